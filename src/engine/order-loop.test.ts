import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId, Side } from '../domain/order.ts'
import type { RestingWant, TargetWant, WantChange } from '../domain/strategy.ts'
import type { VenueAccountEvent } from '../domain/venue-report.ts'
import { OrderLoop } from './order-loop.ts'

const limits = {
  positionSizeMax: ratio(100_000_000),
  positionNotionalMax: null,
  dailyLossMax: ratio(5_000_000),
  drawdownMax: ratio(10_000_000),
  capitalUtilizationMax: ratio(100_000_000),
  onBreach: 'reduce_only' as const,
}
const options = {
  instance: 'a',
  instrument: testInstrument,
  capital: money(1_000_000_000_000),
  leverage: 1,
  limits,
  timeZone: 'UTC',
}
const at = 1_700_000_000_000
const prices = (value: number) => ({ last: price(value), mark: price(value) })

function rest(side: Side, at: number, lots: number): WantChange {
  const want: RestingWant = {
    slot: `${side === 'buy' ? 'B' : 'S'}${at}`,
    instrument: testInstrument.id,
    side,
    price: price(at),
    quantity: quantity(lots),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
  return { kind: 'rest', want }
}

function target(lots: number): WantChange {
  const want: TargetWant = {
    instrument: testInstrument.id,
    quantity: quantity(lots),
    worstPrice: price(15_200),
    style: 'take',
    deadlineAt: null,
    isReduceOnly: false,
  }
  return { kind: 'target', want }
}

describe('order loop', () => {
  let loop: OrderLoop
  let counter = 0
  let venueSeq = 0
  let seq = 0

  beforeEach(() => {
    counter = 0
    venueSeq = 0
    seq = 0
    loop = new OrderLoop(options, at, prices(15_000))
  })

  const plan = () => loop.plan(at, () => `id${++counter}` as ClientOrderId, null)
  const placed = () =>
    plan().places.map(
      ({ intent }) => `${intent.request.side} ${intent.request.quantity} @ ${intent.request.price}`,
    )
  const accept = (id: string) =>
    loop.onPlaced({
      kind: 'accepted',
      clientId: id as ClientOrderId,
      status: 'open',
      quantityFilled: quantity(0),
    })
  const book = (event: VenueAccountEvent) => {
    if (loop.onVenueEvent(event, () => null)) loop.handed(++seq)
  }
  const fill = (id: string, side: Side, lots: number, at_ = 15_000) =>
    book({
      kind: 'fill',
      venueSeq: ++venueSeq,
      at,
      isLiquidation: false,
      fill: {
        id: `f${venueSeq}`,
        at,
        instrument: testInstrument.id,
        clientId: id as ClientOrderId,
        side,
        price: price(at_),
        quantity: quantity(lots),
        fee: money(0),
        isMaker: true,
      },
    })

  test('a want becomes one order, the same want again none', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    assert.deepEqual(placed(), ['buy 10 @ 14900'])
    loop.applyWants(0, false, [rest('buy', 14_900, 10)])
    assert.deepEqual(placed(), [])
  })

  test('nothing is planned before the bot has spoken', () => {
    loop.restore(null, [], 0)
    assert.deepEqual(placed(), [])
  })

  test('an order leaves its slot only when its fills are booked', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    plan()
    accept('id1')
    // The venue says: filled 10. The fill itself has not come: the slot stays occupied.
    book({
      kind: 'order',
      venueSeq: ++venueSeq,
      at,
      clientId: 'id1' as ClientOrderId,
      status: 'filled',
      quantityFilled: quantity(10),
      reason: null,
    })
    assert.deepEqual(placed(), [])
    assert.equal(loop.orders().length, 1)
    fill('id1', 'buy', 10, 14_900)
    assert.equal(loop.orders().length, 0)
    assert.equal(loop.position, 10)
  })

  test('nothing new is sent until the bot has booked the latest event', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    plan()
    accept('id1')
    fill('id1', 'buy', 10, 14_900)
    assert.deepEqual(placed(), [])
    assert.equal(loop.reasons().B14900, 'basis_behind')
    loop.applyWants(1, false, [rest('buy', 14_900, 0), rest('sell', 15_100, 10)])
    assert.deepEqual(placed(), ['sell 10 @ 15100'])
  })

  test('a top-up counts open and unknown orders', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    plan()
    loop.onPlaced({ kind: 'unknown', clientId: 'id1' as ClientOrderId, reason: 'timeout' })
    assert.deepEqual(placed(), [])
    loop.applyWants(0, false, [rest('buy', 14_900, 14)])
    assert.deepEqual(placed(), ['buy 4 @ 14900'])
  })

  test('a part fill on a want that stays as it is is topped up as soon as the bot has booked it', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10), rest('buy', 14_800, 10)])
    plan()
    accept('id1')
    accept('id2')
    // The second: a fill that opens the position makes the loop look at more than its own slot.
    for (const lots of [4, 3]) {
      fill('id1', 'buy', lots, 14_900)
      assert.deepEqual(placed(), [])
      assert.deepEqual(loop.reasons(), { B14900: 'basis_behind' })
      loop.applyWants(seq, false, [])
      assert.deepEqual(placed(), [`buy ${lots} @ 14900`])
      assert.deepEqual(loop.reasons(), {})
      accept(`id${counter}`)
    }
  })

  test('an unknown order is not sent again under another id', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    plan()
    loop.onPlaced({ kind: 'unknown', clientId: 'id1' as ClientOrderId, reason: 'timeout' })
    loop.onPrice(at + 120_000, prices(15_001))
    assert.deepEqual(placed(), [])
    loop.onResolved('id1' as ClientOrderId, null)
    assert.deepEqual(placed(), ['buy 10 @ 14900'])
  })

  test('a change of price cancels, waits for the proof, then places', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    plan()
    accept('id1')
    const moved = rest('buy', 14_800, 10)
    if (moved.kind !== 'rest') throw new Error('unreachable')
    loop.applyWants(0, false, [{ kind: 'rest', want: { ...moved.want, slot: 'B14900' } }])
    const { cancels, places } = plan()
    assert.deepEqual([cancels, places], [['id1'], []])
    loop.onCanceled({
      kind: 'final',
      clientId: 'id1' as ClientOrderId,
      status: 'canceled',
      quantityFilled: quantity(0),
    })
    assert.deepEqual(placed(), ['buy 10 @ 14800'])
  })

  test('a cancel that found nothing proves nothing', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    plan()
    accept('id1')
    loop.applyWants(0, false, [{ kind: 'drop', slot: 'B14900' }])
    assert.deepEqual(plan().cancels, ['id1'])
    loop.onCanceled({ kind: 'absent', clientId: 'id1' as ClientOrderId })
    assert.equal(loop.orders()[0]?.status, 'unknown')
  })

  for (const proof of ['a part fill', 'an event', 'a lookup'] as const)
    for (const outcome of ['unknown', 'absent'] as const)
      test(`a cancel answered with ${outcome} is said again when ${proof} proves the order open`, () => {
        const clientId = 'id1' as ClientOrderId
        // Something is held already: the fill below neither opens nor closes a position.
        loop.applyWants(0, true, [rest('sell', 15_200, 5)])
        plan()
        accept('id1')
        fill('id1', 'sell', 5, 15_200)
        counter = 0
        loop.applyWants(seq, true, [rest('buy', 14_900, 10)])
        const { request } = plan().places[0]?.intent ?? {}
        assert.ok(request)
        accept('id1')
        loop.applyWants(seq, false, [{ kind: 'drop', slot: 'B14900' }])
        assert.deepEqual(plan().cancels, [clientId])
        loop.onCanceled({ kind: outcome, clientId, reason: 'timeout' })
        assert.deepEqual(plan().cancels, [], 'nothing is known of it')
        const open = {
          clientId,
          status: 'open',
          quantityFilled: quantity(0),
          reason: null,
        } as const
        if (proof === 'a part fill') fill('id1', 'buy', 3, 14_900)
        else if (proof === 'an event') book({ kind: 'order', venueSeq: ++venueSeq, at, ...open })
        else loop.onResolved(clientId, { ...open, request })
        assert.ok(loop.hasWork())
        assert.deepEqual(plan().cancels, [clientId])
        assert.deepEqual(plan().cancels, [], 'once for each answer')
      })

  test('a target is reached by one immediate order at a time and never passed', () => {
    loop.applyWants(0, true, [target(50)])
    assert.deepEqual(placed(), ['buy 50 @ 15200'])
    fill('id1', 'buy', 20)
    assert.deepEqual(placed(), [])
    loop.applyWants(1, false, [])
    assert.deepEqual(placed(), [], 'the first order still works')
    loop.onPlaced({
      kind: 'accepted',
      clientId: 'id1' as ClientOrderId,
      status: 'canceled',
      quantityFilled: quantity(20),
    })
    assert.deepEqual(placed(), [], 'not filled: it waits a second of market time')
    loop.onPrice(at + 1000, prices(15_000))
    assert.deepEqual(placed(), ['buy 30 @ 15200'])
  })

  test('a post-only order that would cross waits for the price', () => {
    loop.applyWants(0, true, [rest('sell', 14_900, 10)])
    assert.deepEqual(placed(), [])
    assert.equal(loop.reasons().S14900, 'would_cross')
    loop.onPrice(at, prices(14_850))
    assert.deepEqual(placed(), ['sell 10 @ 14900'])
  })

  test('paused: what could raise the position is cancelled, what reduces it stays', () => {
    loop.applyWants(0, true, [rest('buy', 15_000, 10)])
    plan()
    accept('id1')
    fill('id1', 'buy', 10)
    loop.applyWants(1, true, [
      rest('buy', 14_900, 10),
      rest('sell', 15_100, 10),
      rest('sell', 15_200, 10),
    ])
    assert.equal(placed().length, 3)
    for (const id of ['id2', 'id3', 'id4']) accept(id)
    loop.setMode('paused')
    const { cancels, places } = plan()
    assert.deepEqual([[...cancels].sort(), places.length], [['id2', 'id4'], 0])
    assert.equal(loop.reasons().B14900, 'paused')
  })

  test('flatten closes the position reduce-only whatever the bot wants', () => {
    loop.applyWants(0, true, [target(50)])
    plan()
    fill('id1', 'buy', 50)
    loop.applyWants(1, false, [rest('buy', 14_900, 10)])
    plan()
    accept('id2')
    loop.setOverride('flatten')
    const { cancels, places } = plan()
    assert.deepEqual(cancels, ['id2'])
    const request = places[0]?.intent.request
    assert.deepEqual(
      [request?.side, request?.quantity, request?.isReduceOnly, request?.kind],
      ['sell', 50, true, 'market'],
    )
    assert.equal(loop.isQuiet(), false)
  })

  test('a position limit refuses with its reason and lets go when there is room', () => {
    // 10,000 of capital at leverage 1: 66 SOL at 150 fit, 70 do not.
    loop.applyWants(0, true, [rest('buy', 14_900, 7000)])
    assert.deepEqual(placed(), [])
    assert.equal(loop.reasons().B14900, 'limit_position')
    loop.onPrice(at, prices(14_000 + 900))
    loop.applyWants(0, false, [rest('buy', 14_800, 6000), { kind: 'drop', slot: 'B14900' }])
    assert.deepEqual(placed(), ['buy 6000 @ 14800'])
  })

  test('daily loss latches, only reducing passes, and the next day lets go', () => {
    loop.applyWants(0, true, [target(6000)])
    plan()
    fill('id1', 'buy', 6000)
    // 60 SOL fall by 9.00: 540 of 10,000 is more than 5 %.
    assert.equal(loop.onPrice(at, prices(14_100)), 'limit_daily_loss')
    loop.applyWants(1, true, [rest('buy', 14_000, 10), rest('sell', 15_100, 10)])
    assert.deepEqual(placed(), ['sell 10 @ 15100'])
    assert.equal(loop.reasons().B14000, 'limit_daily_loss')
    loop.onPrice(at + 86_400_000, prices(14_100))
    assert.equal(loop.risk.mode, 'running')
  })

  test('the day of the daily loss survives a restart', () => {
    loop.applyWants(0, true, [target(6000)])
    plan()
    fill('id1', 'buy', 6000)
    assert.equal(loop.onPrice(at, prices(14_500)), null)
    const stored = JSON.parse(JSON.stringify(loop.risk.state()))
    const next = new OrderLoop(options, at, prices(14_500))
    next.restore(stored, [], seq)
    assert.equal(next.onPrice(at, prices(14_100)), 'limit_daily_loss')
  })

  test('what a refused slot waits for survives a restart, and a bot that says the same again', () => {
    const refuse = (id: string, of = loop) =>
      of.onPlaced({ kind: 'rejected', clientId: id as ClientOrderId, reason: 'would_cross' })
    const want = [rest('buy', 14_900, 10)]
    loop.applyWants(0, true, want)
    plan()
    refuse('id1')
    const next = new OrderLoop(options, at, prices(15_000))
    next.restore(JSON.parse(JSON.stringify(loop.state())), [], seq)
    next.setReconciled(true)
    for (const [one, name] of [
      [loop, 'the bot comes back'],
      [next, 'the desk comes back'],
    ] as const) {
      const placedAt = (ms: number) =>
        one.plan(at + ms, () => `id${++counter}` as ClientOrderId, null).places.length
      one.applyWants(0, true, want)
      assert.equal(placedAt(0), 0, name)
      one.onPrice(at + 1000, prices(15_000))
      assert.equal(placedAt(1000), 1, name)
      refuse(`id${counter}`, one)
      one.onPrice(at + 2000, prices(15_000))
      assert.equal(placedAt(2000), 0, `${name}: the second wait is 2 s`)
      one.onPrice(at + 3000, prices(15_000))
      assert.equal(placedAt(3000), 1, name)
      refuse(`id${counter}`, one)
      one.applyWants(0, false, [rest('buy', 14_900, 11)])
      assert.equal(placedAt(3000), 1, `${name}: another want begins anew`)
    }
  })

  test('a refusal that a lookup tells counts like one that was heard', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    const [order] = plan().places
    assert.ok(order)
    const { clientId, request } = order.intent
    loop.onPlaced({ kind: 'unknown', clientId, reason: 'timeout' })
    loop.onResolved(clientId, {
      clientId,
      request,
      status: 'rejected',
      quantityFilled: quantity(0),
      reason: 'insufficient_margin',
    })
    assert.deepEqual(placed(), [])
    assert.equal(loop.reasons().B14900, 'insufficient_margin')
  })

  test('a lost bot: what raises the position is withdrawn, what reduces it stays, until the bot speaks', () => {
    loop.applyWants(0, true, [target(10)])
    plan()
    fill('id1', 'buy', 10)
    loop.applyWants(1, true, [rest('buy', 14_900, 10), rest('sell', 15_100, 10)])
    plan()
    accept('id2')
    accept('id3')
    loop.setBotLost(true)
    assert.deepEqual(plan().cancels, ['id2'])
    loop.onCanceled({
      kind: 'final',
      clientId: 'id2' as ClientOrderId,
      status: 'canceled',
      quantityFilled: quantity(0),
    })
    assert.deepEqual(placed(), [])
    assert.equal(loop.reasons().B14900, 'bot_lost')
    loop.setBotLost(false)
    assert.deepEqual(placed(), ['buy 10 @ 14900'])
  })

  test('flatten waits for an order that could still fill and turn the position', () => {
    loop.applyWants(0, true, [target(50)])
    plan()
    fill('id1', 'buy', 50)
    loop.applyWants(1, false, [rest('sell', 15_100, 50)])
    plan()
    accept('id2')
    loop.setOverride('flatten')
    const first = plan()
    assert.deepEqual([first.cancels, first.places], [['id2'], []])
    const done = {
      clientId: 'id2' as ClientOrderId,
      status: 'canceled',
      quantityFilled: quantity(0),
    } as const
    loop.onCanceled({ kind: 'final', ...done })
    assert.deepEqual(placed(), ['sell 50 @ null'])
  })

  test('money that is added or taken away is neither profit nor loss', () => {
    const terms = (units: number) => loop.setTerms(money(units * 1e8), 1, limits)
    terms(5000)
    assert.equal(loop.onPrice(at, prices(15_000)), null)
    assert.equal(loop.risk.mode, 'running')
    terms(20_000)
    assert.equal(loop.risk.profitToday(), 0)
  })

  test('a price of the day before does not begin a day', () => {
    loop.applyWants(0, true, [target(6000)])
    plan()
    fill('id1', 'buy', 6000)
    assert.equal(loop.onPrice(at, prices(14_100)), 'limit_daily_loss')
    loop.onPrice(at - 86_400_000, prices(14_100))
    assert.equal(loop.risk.latch, 'limit_daily_loss')
  })

  test('an order or an equity beyond the numbers of the core is refused or allowed, never fatal', () => {
    loop.setTerms(money(9e15), 100, limits)
    loop.applyWants(0, true, [rest('buy', 14_900, 10), rest('buy', 14_800, 1e11)])
    assert.deepEqual(placed(), ['buy 10 @ 14900'])
    assert.equal(loop.reasons().B14800, 'limit_position')
  })

  test('an ended instance sends nothing until a bot speaks again', () => {
    loop.applyWants(0, true, [rest('buy', 14_900, 10)])
    loop.forgetWants()
    loop.setMode('running')
    loop.setOverride(null)
    loop.onPrice(at, prices(15_000))
    assert.deepEqual(placed(), [])
  })
})
