import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest, Origin } from '../domain/order.ts'
import { isExposed } from '../domain/order-state.ts'
import type { VenueOrderStatus } from '../domain/venue-report.ts'
import { TARGET, WorkingOrders } from './working-orders.ts'

const ID = 'id' as ClientOrderId
const LOTS = 10
const request: OrderRequest = {
  instrument: testInstrument.id,
  side: 'buy',
  kind: 'limit',
  price: price(15_000),
  quantity: quantity(LOTS),
  timeInForce: 'gtc',
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
}
const fill = (lots: number): Fill => ({
  id: 'f',
  at: 0,
  instrument: testInstrument.id,
  clientId: ID,
  side: 'buy',
  price: price(15_000),
  quantity: quantity(lots),
  fee: money(0),
  isMaker: true,
})

function tracked() {
  const orders = new WorkingOrders(() => {})
  const order = orders.track(ID, { kind: 'slot', slot: 'B' }, request, null, quantity(0))
  const told = (status: VenueOrderStatus, filled: number) =>
    orders.report({ clientId: ID, status, quantityFilled: quantity(filled) }, null, 0)
  const reserved = () => orders.exposure(quantity(0)).buying
  return { orders, order, told, reserved }
}

test('what has ended never works again, whatever is told late', () => {
  const { orders, order, told, reserved } = tracked()
  told('canceled', 4)
  assert.deepEqual([order.status, orders.size], ['final', 1], 'fills are still to come')
  told('open', 0)
  orders.lose(order)
  orders.reportCancel({ kind: 'absent', clientId: ID })
  orders.bookFill(order, fill(1))
  assert.equal(order.status, 'final')
  orders.bookFill(order, fill(3))
  assert.deepEqual([order.status, orders.size, reserved()], ['settled', 0, 0])
})

test('an order that is withdrawn is open until the venue has ended it, and unknown when nobody finds it', () => {
  const { orders, order, told } = tracked()
  told('open', 0)
  orders.cancel(order)
  assert.equal(order.status, 'cancelling')
  told('open', 0)
  assert.equal(order.status, 'cancelling', 'an older word of the venue')
  orders.reportCancel({ kind: 'absent', clientId: ID })
  assert.deepEqual([order.status, order.isCancelRequested], ['unknown', false])
  told('open', 0)
  assert.equal(order.status, 'open')
})

test('an order that was open and that nobody finds after its deadline is gone', () => {
  const { orders, order, told, reserved } = tracked()
  told('open', 0)
  orders.bookFill(order, fill(3))
  orders.proveAbsent(order)
  assert.deepEqual([orders.size, reserved()], [0, 0])
})

test('whatever is told in whatever order: what is reserved is what the venue may still fill, and it ends once', () => {
  const word = fc.constantFrom(
    'open',
    'canceled',
    'rejected',
    'lose',
    'cancel',
    'absent',
    'unknown',
    'fill',
  )
  const property = fc.property(fc.array(word, { maxLength: 25 }), (words) => {
    const { orders, order, told, reserved } = tracked()
    let isOver = false
    for (const one of words) {
      if (orders.size === 0) break
      if (one === 'open') told('open', order.booked)
      else if (one === 'canceled' || one === 'rejected') told(one, order.booked)
      else if (one === 'lose') orders.lose(order)
      else if (one === 'cancel') orders.cancel(order)
      else if (one === 'fill') orders.bookFill(order, fill(1))
      else orders.reportCancel({ kind: one, clientId: ID, reason: '' })
      isOver ||= !isExposed(order.status)
      assert.equal(isExposed(order.status), !isOver)
      assert.equal(reserved(), orders.size === 0 ? 0 : LOTS - order.booked)
    }
  })
  fc.assert(property, { numRuns: 400 })
})

const SLOT: Origin = { kind: 'slot', slot: 'B' }
const stopRequest: OrderRequest = {
  ...request,
  side: 'sell',
  kind: 'market',
  price: null,
  isPostOnly: false,
  isReduceOnly: true,
  trigger: { kind: 'stop', price: price(14_000), by: 'mark' },
}
const takeProfit: OrderRequest = {
  ...stopRequest,
  trigger: { kind: 'take_profit', price: price(16_000), by: 'last' },
}

/** Orders that tell of each slot that changed; ids are numbers. */
function world() {
  const changed: string[] = []
  const orders = new WorkingOrders((slot) => changed.push(slot.name))
  let count = 0
  const place = (origin: Origin, asked: OrderRequest = request, position = 0) => {
    count += 1
    return orders.track(`${count}` as ClientOrderId, origin, asked, null, quantity(position))
  }
  return { orders, changed, place }
}

describe('what orders occupy', () => {
  test('an order is known by its id, sent, and in its slot; targets and operators share one', () => {
    const { orders, place } = world()
    const order = orders.track(ID, SLOT, request, 77, quantity(0))
    assert.deepEqual(order, {
      clientId: ID,
      origin: SLOT,
      slot: 'B',
      request,
      lots: LOTS,
      booked: 0,
      filledFinal: null,
      status: 'sent',
      isCancelRequested: false,
      expiresAt: 77,
      isReserved: true,
    })
    assert.equal(orders.get(ID), order)
    assert.equal(orders.get('other' as ClientOrderId), undefined)
    const [aim, hand] = [place({ kind: 'target' }), place({ kind: 'operator' })]
    assert.deepEqual(orders.all(), [order, aim, hand])
    assert.deepEqual(orders.slot('B').orders, [order])
    assert.deepEqual(orders.slot(TARGET).orders, [aim, hand])
    assert.equal(orders.slot('B'), orders.slots.get('B'))
  })

  test('both sides are reserved apart; what can only close reserves nothing', () => {
    const { orders, place } = world()
    const exposure = () => orders.exposure(quantity(3))
    const sell = place(SLOT, { ...request, side: 'sell', quantity: quantity(4) })
    place(SLOT)
    assert.deepEqual(exposure(), { position: 3, buying: 10, selling: 4 })
    const stop = place(SLOT, stopRequest)
    const whole = place(SLOT, { ...stopRequest, trigger: null, quantity: 'position' }, -9)
    assert.deepEqual([stop.isReserved, whole.isReserved, whole.lots], [false, false, 9])
    assert.deepEqual(exposure(), { position: 3, buying: 10, selling: 4 })
    // Without a trigger it may fill at once, with one it may raise the position: both count.
    const closer = place(SLOT, { ...stopRequest, trigger: null })
    const entry = place(SLOT, { ...stopRequest, isReduceOnly: false })
    assert.deepEqual([closer.isReserved, entry.isReserved], [true, true])
    assert.equal(exposure().selling, 24)
    orders.bookFill(sell, { ...fill(1), side: 'sell' })
    assert.equal(exposure().selling, 23)
    orders.refuse(stop, 'x', 0)
    orders.refuse(sell, 'x', 0)
    assert.deepEqual(exposure(), { position: 3, buying: 10, selling: 20 })
  })

  test('a fill beyond the order takes no more than was reserved', () => {
    const { orders, place } = world()
    place(SLOT)
    const order = place(SLOT)
    orders.bookFill(order, fill(4))
    orders.bookFill(order, fill(LOTS + 5))
    assert.deepEqual([orders.exposure(quantity(0)).buying, orders.size], [LOTS, 1])
  })

  test('an order of the whole position ends when the venue says so, however much it filled', () => {
    const { orders, place } = world()
    const order = place(SLOT, { ...stopRequest, quantity: 'position' }, 5)
    orders.bookFill(order, { ...fill(5), side: 'sell' })
    assert.deepEqual([orders.size, order.status], [1, 'open'])
    orders.report(
      { clientId: order.clientId, status: 'filled', quantityFilled: quantity(7) },
      null,
      0,
    )
    assert.deepEqual([orders.size, order.status], [1, 'final'])
    orders.bookFill(order, { ...fill(2), side: 'sell' })
    assert.deepEqual([orders.size, order.status], [0, 'settled'])
  })

  test('from the journal: what was filled is neither reserved nor expected again, and nobody knows the rest', () => {
    const { orders, place } = world()
    const order = place(SLOT)
    orders.takeUp(order, quantity(4))
    assert.deepEqual([order.booked, order.status], [4, 'unknown'])
    assert.equal(orders.exposure(quantity(0)).buying, 6)
    orders.bookFill(order, fill(6))
    assert.deepEqual([orders.size, orders.exposure(quantity(0)).buying], [0, 0])
    const over = place(SLOT)
    orders.takeUp(over, quantity(LOTS + 2))
    assert.equal(orders.exposure(quantity(0)).buying, 0)
  })

  test('what works on a side counts for slots, not for targets', () => {
    const { orders, place } = world()
    place({ kind: 'target' })
    assert.equal(orders.hasOn('buy'), false)
    place(SLOT, { ...request, side: 'sell' })
    assert.deepEqual([orders.hasOn('buy'), orders.hasOn('sell')], [false, true])
  })
})

describe('whether a stop is there', () => {
  const rest = (asked: OrderRequest) => ({
    slot: 'S',
    instrument: asked.instrument,
    side: asked.side,
    price: price(14_000),
    quantity: 'position' as const,
    isPostOnly: false,
    isReduceOnly: true,
    trigger: asked.trigger,
  })

  test('one that works, never a take-profit or a plain order', () => {
    const { orders, place } = world()
    place(SLOT)
    place(SLOT, takeProfit)
    assert.deepEqual([orders.hasStop(true), orders.hasStop(false)], [false, false])
    place(SLOT, stopRequest)
    assert.deepEqual([orders.hasStop(true), orders.hasStop(false)], [true, true])
  })

  test('one that is wanted, where stops rest at the venue', () => {
    const { orders } = world()
    orders.slot('empty')
    orders.slot('T').want = rest(takeProfit)
    assert.equal(orders.hasStop(true), false)
    orders.slot('plain').want = rest(request)
    assert.equal(orders.hasStop(true), false)
    orders.slot('S').want = rest(stopRequest)
    assert.deepEqual([orders.hasStop(true), orders.hasStop(false)], [true, false])
  })

  test('when nothing is wanted any more only slots with orders are left', () => {
    const { orders, place } = world()
    orders.slot('S').want = rest(stopRequest)
    orders.slot('B').want = rest(request)
    place(SLOT)
    orders.forgetWants()
    assert.deepEqual([...orders.slots.keys()], ['B'])
    assert.equal(orders.slot('B').want, null)
    assert.equal(orders.hasStop(true), false)
  })
})

describe('how an order ends', () => {
  test('it leaves its slot alone, and the slot is told', () => {
    const { orders, changed, place } = world()
    const [first, second] = [place(SLOT), place(SLOT)]
    orders.bookFill(first, fill(LOTS))
    assert.deepEqual([orders.slot('B').orders, changed], [[second], ['B']])
    assert.equal(orders.get(first.clientId), undefined)
  })

  test('a cancel: final with what it filled, pending, or without a proof', () => {
    const { orders, place } = world()
    const order = place(SLOT)
    const { clientId } = order
    const open = { clientId, status: 'open' as const, quantityFilled: quantity(0) }
    orders.report(open, null, 0)
    orders.cancel(order)
    assert.equal(order.isCancelRequested, true)
    orders.reportCancel({ kind: 'pending', clientId })
    assert.deepEqual([order.status, order.isCancelRequested], ['cancelling', true])
    orders.reportCancel({ kind: 'unknown', clientId, reason: 'time-out' })
    assert.deepEqual([order.status, order.isCancelRequested], ['unknown', false])
    orders.reportCancel({
      kind: 'final',
      clientId,
      status: 'canceled',
      quantityFilled: quantity(2),
    })
    assert.deepEqual([order.status, order.filledFinal, orders.size], ['final', 2, 1])
    orders.bookFill(order, fill(2))
    assert.equal(orders.size, 0)
    orders.reportCancel({ kind: 'absent', clientId })
    orders.report(open, null, 0)
    assert.equal(orders.size, 0, 'what is not known is not made known by a late word')
  })

  test('an answer to a cancel before the order was acknowledged: a miss proves nothing, a time-out neither', () => {
    const { orders, place } = world()
    const order = place(SLOT)
    orders.reportCancel({ kind: 'absent', clientId: order.clientId })
    assert.equal(order.status, 'sent')
    orders.reportCancel({ kind: 'unknown', clientId: order.clientId, reason: '' })
    assert.equal(order.status, 'unknown')
  })

  test('an order that works again after nobody knew is told to its slot, an expected one is not', () => {
    const { orders, changed, place } = world()
    const order = place(SLOT)
    const open = { clientId: order.clientId, status: 'open' as const, quantityFilled: quantity(0) }
    orders.report(open, null, 0)
    orders.report(open, null, 0)
    orders.lose(order)
    orders.lose(order)
    assert.deepEqual(changed, [])
    orders.report(open, null, 0)
    assert.deepEqual(changed, ['B'])
  })

  test('an order that was never acknowledged and is not found ends with what it filled', () => {
    const { orders, place } = world()
    const order = place(SLOT)
    orders.proveAbsent(order)
    assert.deepEqual([order.status, order.filledFinal, orders.size], ['settled', 0, 0])
    const partly = place(SLOT)
    orders.bookFill(partly, fill(3))
    orders.proveAbsent(partly)
    assert.deepEqual([partly.status, partly.filledFinal, orders.size], ['settled', 3, 0])
  })
})

describe('after a refusal a slot waits', () => {
  const refusedTimes = (count: number, reason = 'odd') => {
    const { orders, place } = world()
    for (let i = 0; i < count; i += 1) orders.refuse(place(SLOT), reason, 1000)
    return { orders, place, slot: orders.slot('B') }
  }

  test('1, 2, 4 … 60 s of market time', () => {
    const waits = [1, 2, 3, 6, 7, 9].map((count) => refusedTimes(count).slot.retryAt - 1000)
    assert.deepEqual(waits, [1000, 2000, 4000, 32_000, 60_000, 60_000])
    assert.equal(refusedTimes(1).orders.size, 0)
  })

  test('a second each time where the journal cannot be written: once it can, nothing waits for long', () => {
    const { slot } = refusedTimes(9, 'journal_unavailable')
    assert.deepEqual([slot.retryAt, slot.retryReason], [2000, 'journal_unavailable'])
  })

  test('for a reason that people know, or else that of the venue', () => {
    for (const reason of [
      'would_cross',
      'insufficient_margin',
      'limit_request_rate',
      'limit_address_budget',
    ])
      assert.equal(refusedTimes(1, reason).slot.retryReason, reason)
    assert.equal(refusedTimes(1).slot.retryReason, 'venue_rejected')
  })

  test('as well when the venue says it later', () => {
    const { orders, place } = world()
    const { clientId } = place(SLOT)
    orders.report({ clientId, status: 'rejected', quantityFilled: quantity(0) }, 'would_cross', 500)
    const { retryAt, retryReason } = orders.slot('B')
    assert.deepEqual([orders.size, retryAt, retryReason], [0, 1500, 'would_cross'])
  })

  test('but not after a mere cancel, and no longer once an order has traded', () => {
    const { orders, place, slot } = refusedTimes(2)
    const { clientId } = place(SLOT)
    orders.report({ clientId, status: 'canceled', quantityFilled: quantity(0) }, null, 5000)
    assert.deepEqual([slot.retryAt, slot.backoffMs], [3000, 2000])
    orders.bookFill(place(SLOT), fill(LOTS))
    assert.deepEqual([slot.retryAt, slot.backoffMs], [0, 0])
  })

  test('while the venue is away, until it is back; other waits stay', () => {
    const { orders, place, slot } = refusedTimes(1)
    orders.refuse(place({ kind: 'slot', slot: 'C' }), 'not_connected', 1000)
    const away = orders.slot('C')
    assert.deepEqual(
      [away.retryAt, away.retryReason, away.backoffMs],
      [Number.MAX_SAFE_INTEGER, 'venue_unavailable', 0],
    )
    orders.resume()
    assert.deepEqual([away.retryAt, slot.retryAt], [0, 2000])
  })

  test('a stop that has fired is kept with it, and alone', () => {
    const { orders, slot } = refusedTimes(1)
    const fired = { side: 'sell' as const, trigger: stopRequest.trigger }
    slot.fired = fired
    orders.slot('S').fired = fired
    orders.slot('idle')
    const delays = orders.delays()
    assert.deepEqual(delays, {
      B: { retryAt: 2000, backoffMs: 1000, retryReason: 'venue_rejected', fired },
      S: { retryAt: 0, backoffMs: 0, retryReason: 'venue_rejected', fired },
    })
    const again = world().orders
    again.restoreDelays(JSON.parse(JSON.stringify(delays)))
    assert.deepEqual([again.slot('B').fired, again.slot('S').fired], [fired, fired])
    again.forgetWants()
    assert.deepEqual(again.delays(), {})
  })

  test('over a restart, except for the venue alone', () => {
    const { orders, place } = refusedTimes(1)
    orders.slot('idle')
    // Refused first, then away: of this slot the time of the refusal is gone.
    orders.refuse(place({ kind: 'slot', slot: 'C' }), 'would_cross', 1000)
    orders.refuse(place({ kind: 'slot', slot: 'C' }), 'not_connected', 1000)
    const delays = orders.delays()
    assert.deepEqual(delays, {
      B: { retryAt: 2000, backoffMs: 1000, retryReason: 'venue_rejected' },
    })
    const { orders: again, place: placeAgain } = world()
    again.restoreDelays(JSON.parse(JSON.stringify(delays)))
    assert.deepEqual(again.delays(), delays)
    again.refuse(placeAgain(SLOT), 'odd', 1000)
    assert.equal(again.slot('B').retryAt, 3000)
  })
})
