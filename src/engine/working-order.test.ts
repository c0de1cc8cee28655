/** How an order compares with what is wanted, and which request a slot or a target still lacks. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testInstrument, usdcInstrument } from '../../test/support/instruments.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest, Trigger } from '../domain/order.ts'
import type { RestingWant, TargetWant } from '../domain/strategy.ts'
import {
  flatWant,
  isAtRest,
  isSameRest,
  isSameTarget,
  matches,
  misfitsOf,
  missingRequest,
  nearestFirst,
  newSlot,
  restingRequest,
  type Slot,
  type SlotFacts,
  targetRequest,
  type WorkingOrder,
} from './working-order.ts'

const stop: Trigger = { kind: 'stop', price: price(9_000), by: 'mark' }
const profit: Trigger = { kind: 'take_profit', price: price(11_000), by: 'last' }

const want: RestingWant = {
  slot: 'B',
  instrument: testInstrument.id,
  side: 'buy',
  price: price(10_000),
  quantity: quantity(10),
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
}

const request: OrderRequest = {
  instrument: testInstrument.id,
  side: 'buy',
  kind: 'limit',
  price: price(10_000),
  quantity: quantity(10),
  timeInForce: 'gtc',
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
}

const order = (parts: Partial<WorkingOrder> = {}): WorkingOrder => ({
  clientId: 'id' as ClientOrderId,
  origin: { kind: 'slot', slot: 'B' },
  slot: 'B',
  request,
  lots: quantity(10),
  booked: quantity(0),
  filledFinal: null,
  status: 'open',
  isCancelRequested: false,
  expiresAt: null,
  isReserved: true,
  ...parts,
})

const slotOf = (wanted: RestingWant | null, ...orders: WorkingOrder[]): Slot => ({
  ...newSlot(wanted?.slot ?? 'B'),
  want: wanted,
  orders,
})

test('a new slot wants nothing, holds nothing and waits for nothing', () => {
  assert.deepEqual(newSlot('S'), {
    name: 'S',
    want: null,
    orders: [],
    retryAt: 0,
    backoffMs: 0,
    retryReason: 'venue_rejected',
    reason: null,
    fired: null,
    isDue: false,
    isWaiting: false,
    isUnsettled: false,
  })
})

describe('an order is of the kind that is wanted', () => {
  test('when everything but the lots is the same', () => {
    assert.equal(matches(request, want), true)
    assert.equal(matches(request, { ...want, quantity: quantity(3) }), true)
    const others: readonly Partial<RestingWant>[] = [
      { side: 'sell' },
      { price: price(10_001) },
      { isPostOnly: false },
      { isReduceOnly: true },
      { quantity: 'position' },
      { trigger: profit },
      { trigger: stop },
    ]
    for (const one of others)
      assert.equal(matches(request, { ...want, ...one }), false, JSON.stringify(one))
  })

  test('when its trigger is the same, and of the whole position when that is wanted', () => {
    const armed = { ...request, trigger: profit, quantity: 'position' as const }
    const asked = { ...want, trigger: profit, quantity: 'position' as const }
    assert.equal(matches(armed, asked), true)
    assert.equal(matches(armed, { ...asked, quantity: quantity(10) }), false)
    assert.equal(matches(armed, { ...asked, trigger: null }), false)
    assert.equal(matches(armed, { ...asked, trigger: { ...profit, price: price(1) } }), false)
    const stopAtSamePrice = { ...stop, price: profit.price }
    assert.equal(matches(armed, { ...asked, trigger: stopAtSamePrice }), false)
  })

  test('a stop goes to the market: its limit does not matter', () => {
    const placed = { ...request, kind: 'market' as const, price: null, trigger: stop }
    assert.equal(matches(placed, { ...want, trigger: stop }), true)
    assert.equal(matches({ ...placed, trigger: profit }, { ...want, trigger: profit }), false)
  })
})

test('two wants of a slot ask for the same when nothing that a venue sees differs', () => {
  const one: RestingWant = { ...want, trigger: stop }
  assert.equal(isSameRest(one, { ...one, trigger: { ...stop } }), true)
  assert.equal(isSameRest(want, { ...want }), true)
  const others: readonly Partial<RestingWant>[] = [
    { side: 'sell' },
    { price: price(10_001) },
    { quantity: quantity(11) },
    { isPostOnly: false },
    { isReduceOnly: true },
    { trigger: null },
    { trigger: { ...stop, kind: 'take_profit' } },
    { trigger: { ...stop, price: price(9_001) } },
    { trigger: { ...stop, by: 'last' } },
  ]
  for (const other of others) {
    assert.equal(isSameRest(one, { ...one, ...other }), false, JSON.stringify(other))
    assert.equal(isSameRest({ ...one, ...other }, one), false, JSON.stringify(other))
  }
})

const target: TargetWant = {
  instrument: testInstrument.id,
  quantity: quantity(5),
  worstPrice: price(10_000),
  style: 'take',
  deadlineAt: 1000,
  isReduceOnly: false,
}

test('two targets ask for the same when position, price, manner and deadline are the same', () => {
  assert.equal(isSameTarget(target, { ...target }), true)
  const others: readonly Partial<TargetWant>[] = [
    { quantity: quantity(-5) },
    { worstPrice: null },
    { style: 'maker_first' },
    { deadlineAt: null },
    { isReduceOnly: true },
  ]
  for (const other of others)
    assert.equal(isSameTarget(target, { ...target, ...other }), false, JSON.stringify(other))
})

describe('a slot is at rest', () => {
  test('when its orders may still trade just what is wanted', () => {
    assert.equal(isAtRest(slotOf(want, order())), true)
    const topUp = order({ lots: quantity(7), booked: quantity(3) })
    const partly = order({ lots: quantity(10), booked: quantity(4) })
    assert.equal(isAtRest(slotOf(want, partly, topUp)), true)
    assert.equal(isAtRest(slotOf(want, partly)), false)
    assert.equal(isAtRest(slotOf(want)), false)
    assert.equal(isAtRest(slotOf({ ...want, quantity: quantity(0) })), true)
  })

  test('not with an order of another kind, nor without a want, nor of the whole position', () => {
    const elsewhere = order({ request: { ...request, price: price(9_999) } })
    assert.equal(isAtRest(slotOf(want, elsewhere)), false)
    assert.equal(isAtRest(slotOf(null)), false)
    const whole: RestingWant = { ...want, quantity: 'position', trigger: stop }
    const closer = order({ request: restingRequest(whole, 0), lots: quantity(0) })
    assert.equal(isAtRest(slotOf(whole, closer)), false)
  })
})

describe('what does not fit is cancelled first', () => {
  const elsewhere = order({ request: { ...request, price: price(9_999) } })

  test('orders of another kind, or all when nothing is wanted', () => {
    const fits = order()
    assert.deepEqual(misfitsOf(slotOf(want, elsewhere, fits), want, false), {
      misfits: [elsewhere],
      reason: 'canceling',
    })
    assert.deepEqual(misfitsOf(slotOf(null, fits), null, false), {
      misfits: [fits],
      reason: 'canceling',
    })
    assert.deepEqual(misfitsOf(slotOf(want, fits), want, false), { misfits: [], reason: null })
    assert.deepEqual(misfitsOf(slotOf(null), null, false).misfits, [])
  })

  test('an outcome that nobody knows is told as such', () => {
    const lost = order({ status: 'unknown' })
    const { misfits, reason } = misfitsOf(slotOf(want, lost, elsewhere), want, false)
    assert.deepEqual([misfits, reason], [[elsewhere], 'unknown_outcome'])
    assert.equal(misfitsOf(slotOf(null, elsewhere, lost), null, false).reason, 'unknown_outcome')
  })

  test('too much in all: the latest goes, unless a fill that nobody has booked may have made it fit', () => {
    const first = order({ lots: quantity(7), booked: quantity(1) })
    const second = order({ lots: quantity(4) })
    const third = order({ lots: quantity(1) })
    const slot = slotOf(want, first, second, third)
    assert.deepEqual(misfitsOf(slot, want, false), { misfits: [third], reason: 'canceling' })
    assert.deepEqual(misfitsOf(slot, want, true), { misfits: [], reason: 'basis_behind' })
    const enough = { ...want, quantity: quantity(11) }
    assert.deepEqual(misfitsOf(slot, enough, true), { misfits: [], reason: null })
  })

  test('an order of the whole position is never too much', () => {
    const whole: RestingWant = { ...want, quantity: 'position', trigger: stop }
    const closer = order({ request: restingRequest(whole, 0), lots: quantity(99) })
    assert.deepEqual(misfitsOf(slotOf(whole, closer), whole, false), { misfits: [], reason: null })
  })
})

const facts: SlotFacts = {
  instrument: testInstrument,
  position: quantity(0),
  isBehind: false,
  last: price(10_500),
  at: 5_000,
}

describe('what a slot still lacks', () => {
  const lacks = (slot: Slot, wanted: RestingWant = want, other: Partial<SlotFacts> = {}) =>
    missingRequest(slot, wanted, { ...facts, ...other })

  test('all of it, the rest of it, or nothing', () => {
    assert.deepEqual(lacks(slotOf(want)), request)
    const partly = order({ lots: quantity(6), booked: quantity(2) })
    assert.deepEqual(lacks(slotOf(want, partly)), { ...request, quantity: 6 })
    assert.equal(lacks(slotOf(want, order())), null)
  })

  test('nothing may be added while a fill is not booked; what is complete stays complete', () => {
    const isBehind = true
    assert.equal(lacks(slotOf(want), want, { isBehind }), 'basis_behind')
    assert.equal(lacks(slotOf(want, order()), want, { isBehind }), null)
  })

  test('from the minimum of the venue on: less beside an order is not worth a word, alone it is', () => {
    const instrument = usdcInstrument({ quantityMin: quantity(4) })
    const holds = (lots: number) => slotOf(want, order({ lots: quantity(lots) }))
    assert.deepEqual(lacks(holds(6), want, { instrument }), { ...request, quantity: 4 })
    assert.equal(lacks(holds(7), want, { instrument }), null)
    const little = { ...want, quantity: quantity(3) }
    assert.equal(lacks(slotOf(little), little, { instrument }), 'below_minimum')
    // 300 USDC at 100.00 are 3 SOL: 300 lots.
    const dear = usdcInstrument({ notionalMin: money(300e8) })
    assert.equal(lacks(slotOf(want), want, { instrument: dear }), 'below_minimum')
  })

  test('an order of the whole position, once, while there is one', () => {
    const whole: RestingWant = {
      ...want,
      quantity: 'position',
      trigger: stop,
      side: 'sell',
      isPostOnly: false,
      isReduceOnly: true,
    }
    const asked = lacks(slotOf(whole), whole, { position: quantity(5) })
    assert.deepEqual(asked, restingRequest(whole, 0))
    assert.equal(lacks(slotOf(whole), whole), null)
    const closer = order({ request: restingRequest(whole, 0) })
    assert.equal(lacks(slotOf(whole, closer), whole, { position: quantity(5) }), null)
  })

  test('after a refusal not before its time, for the reason of the refusal', () => {
    const refused: Slot = { ...slotOf(want), retryAt: 5_001, retryReason: 'insufficient_margin' }
    assert.equal(lacks(refused), 'insufficient_margin')
    assert.deepEqual(lacks({ ...refused, retryAt: 5_000 }), request)
  })

  test('a post-only order that would trade at once waits, one with a trigger or a taker does not', () => {
    const last = price(9_999)
    assert.equal(lacks(slotOf(want), want, { last }), 'would_cross')
    assert.deepEqual(lacks(slotOf(want), want, { last: price(10_000) }), request)
    const sell: RestingWant = { ...want, side: 'sell' }
    assert.equal(lacks(slotOf(sell), sell), 'would_cross')
    const touches = lacks(slotOf(sell), sell, { last: price(10_000) })
    assert.deepEqual(touches, { ...request, side: 'sell' })
    const taker: RestingWant = { ...want, isPostOnly: false }
    assert.deepEqual(lacks(slotOf(taker), taker, { last }), { ...request, isPostOnly: false })
    const armed: RestingWant = { ...want, trigger: profit }
    assert.deepEqual(lacks(slotOf(armed), armed, { last }), { ...request, trigger: profit })
  })
})

test('a stop is sent to the market, everything else rests at its limit', () => {
  assert.deepEqual(restingRequest({ ...want, trigger: stop, isReduceOnly: true }, 4), {
    ...request,
    kind: 'market',
    price: null,
    quantity: 6,
    isReduceOnly: true,
    trigger: stop,
  })
  const taking = restingRequest({ ...want, trigger: profit, quantity: 'position' }, 0)
  assert.deepEqual(taking, { ...request, quantity: 'position', trigger: profit })
})

test('cancels come first, then what lies nearest to the price; names break a tie', () => {
  const at = (name: string, units: number): Slot => ({
    ...newSlot(name),
    want: { ...want, slot: name, price: price(units) },
  })
  const names = (...slots: Slot[]) => nearestFirst(slots, price(10_000)).map(({ name }) => name)
  const near = at('near', 10_000)
  assert.deepEqual(names(at('far', 9_000), near, newSlot('gone'), at('mid', 10_400)), [
    'gone',
    'near',
    'mid',
    'far',
  ])
  assert.deepEqual(names(at('b', 9_900), at('a', 10_100)), ['a', 'b'])
  assert.deepEqual(names(at('a', 10_100), at('b', 9_900)), ['a', 'b'])
})

test('to be flat is wanted at whatever price, and never more than that', () => {
  assert.deepEqual(flatWant(testInstrument), {
    instrument: testInstrument.id,
    quantity: 0,
    worstPrice: null,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: true,
  })
})

describe('the order that brings a position to its target', () => {
  const tick5 = usdcInstrument({ priceRule: { kind: 'tick', tick: 5 } })
  const market = { last: price(10_500), mark: price(10_400) }
  const asked = (wanted: Partial<TargetWant>, held = 0, now = 0) => {
    const all = { ...target, ...wanted }
    const missing = all.quantity - held
    return targetRequest(tick5, all, missing, quantity(held), market, now)
  }
  const taking: OrderRequest = {
    ...request,
    instrument: tick5.id,
    quantity: quantity(5),
    timeInForce: 'ioc',
    isPostOnly: false,
  }

  test('is immediate within the worst price, which is rounded to the safe side', () => {
    assert.deepEqual(asked({}), taking)
    assert.deepEqual(asked({ worstPrice: price(10_004) }), { ...taking, price: 10_000 })
    const sold = asked({ worstPrice: price(10_001), quantity: quantity(-5) })
    assert.deepEqual(sold, { ...taking, side: 'sell', price: 10_005 })
    // Below the smallest price that the venue takes there is none.
    assert.deepEqual(asked({ worstPrice: price(3) }), { ...taking, price: 5 })
  })

  test('goes to the market when no price is too bad', () => {
    assert.deepEqual(asked({ worstPrice: null }), { ...taking, kind: 'market', price: null })
  })

  test('rests at the last price until the deadline, then takes', () => {
    const style = 'maker_first'
    const resting = { ...taking, price: 10_500, timeInForce: 'gtc', isPostOnly: true }
    assert.deepEqual(asked({ style }, 0, 999), resting)
    assert.deepEqual(asked({ style }, 0, 1000), taking)
    assert.deepEqual(asked({ style, deadlineAt: null }, 0, 1e12), resting)
    assert.deepEqual(asked({ deadlineAt: null }), taking)
  })

  test('only reduces when its target lies between the position and zero, or when that is asked', () => {
    const reduces = (held: number, to: number, isReduceOnly = false) =>
      asked({ quantity: quantity(to), isReduceOnly }, held).isReduceOnly
    assert.deepEqual(
      [reduces(9, 5), reduces(9, 0), reduces(-9, -5), reduces(-9, 0)],
      Array(4).fill(true),
    )
    assert.deepEqual(
      [
        reduces(9, 12),
        reduces(9, -1),
        reduces(-9, -12),
        reduces(-9, 1),
        reduces(0, 5),
        reduces(0, -5),
      ],
      Array(6).fill(false),
    )
    assert.equal(reduces(9, 12, true), true)
    const { side, quantity: lots } = asked({ quantity: quantity(2) }, 9)
    assert.deepEqual([side, lots], ['sell', 7])
  })
})
