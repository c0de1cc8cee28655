/** Stops at venues that know them for the whole position, only with lots of their own, or not at all. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testInstrument } from '../../test/support/instruments.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId, Side } from '../domain/order.ts'
import type { RestingWant } from '../domain/strategy.ts'
import { OrderLoop } from './order-loop.ts'
import type { LoopState } from './order-loop-types.ts'
import { firedRequest, fitted, isTriggered, type StopTerms } from './protection.ts'

const limits = {
  positionSizeMax: ratio(100_000_000),
  positionNotionalMax: null,
  dailyLossMax: 0,
  drawdownMax: 0,
  capitalUtilizationMax: ratio(100_000_000),
  onBreach: 'halt' as const,
}
const at = 1_700_000_000_000
const prices = (value: number) => ({ last: price(value), mark: price(value) })
const want = (change: Partial<RestingWant> = {}): RestingWant => ({
  slot: 'stop',
  instrument: testInstrument.id,
  side: 'sell',
  price: price(14_000),
  quantity: 'position',
  isPostOnly: false,
  isReduceOnly: true,
  trigger: { kind: 'stop', price: price(14_000), by: 'mark' },
  ...change,
})

const withLots: StopTerms = { hasRestingStops: true, hasClosePosition: false }
const watched: StopTerms = { hasRestingStops: false, hasClosePosition: false }

/** A loop that wants a stop, with its sent orders; all that is sent is accepted and rests. */
function newLoop(terms: StopTerms | null, state: LoopState | null = null) {
  const options = {
    instance: 'a',
    instrument: testInstrument,
    capital: money(1_000_000_000_000),
    leverage: 1,
    limits,
    timeZone: 'UTC',
  }
  const loop = new OrderLoop(options, at, prices(15_000))
  if (state !== null) loop.restore(JSON.parse(JSON.stringify(state)) as LoopState, [], 0)
  if (terms !== null) loop.setStops(terms)
  let ids = 0
  let seq = 0
  const plan = () => {
    const { places, cancels } = loop.plan(at, () => `x${ids++}` as ClientOrderId, null)
    for (const clientId of cancels)
      loop.onCanceled({ kind: 'final', clientId, status: 'canceled', quantityFilled: quantity(0) })
    for (const { intent } of places)
      loop.onPlaced({
        kind: 'accepted',
        clientId: intent.clientId,
        status: 'open',
        quantityFilled: quantity(0),
      })
    return { places: places.map(({ intent }) => intent), cancels }
  }
  const trade = (side: Side, lots: number, clientId: string | null = null) => {
    const fill = {
      id: `f${seq}`,
      at,
      instrument: testInstrument.id,
      clientId: clientId as ClientOrderId | null,
      side,
      price: price(15_000),
      quantity: quantity(lots),
      fee: money(0),
      isMaker: false,
    }
    loop.onVenueEvent({ kind: 'fill', venueSeq: ++seq, at, fill, isLiquidation: false }, () => null)
    loop.handed(seq)
  }
  const resting = () => loop.orders().map(({ request }) => request.quantity)
  return {
    loop,
    plan,
    trade,
    resting,
    want: (one: RestingWant | null) =>
      loop.applyWants(seq, false, [
        one === null ? { kind: 'drop', slot: 'stop' } : { kind: 'rest', want: one },
      ]),
  }
}

describe('a stop at a venue that closes positions by itself', () => {
  test('rests for the whole position and is left alone whatever is held', () => {
    const { plan, trade, want: say, resting } = newLoop(null)
    trade('buy', 100)
    say(want())
    assert.equal(plan().places.length, 1)
    trade('buy', 50)
    trade('sell', 20)
    const { places, cancels } = plan()
    assert.deepEqual([places, cancels, resting()], [[], [], ['position']])
  })
})

describe('a stop at a venue that wants lots', () => {
  test('is kept in step with the position, though the bot has not booked it yet', () => {
    const { plan, trade, want: say, resting } = newLoop(withLots)
    say(want())
    assert.deepEqual(plan().places, [], 'nothing is held')
    trade('buy', 100)
    const [first] = plan().places
    assert.deepEqual([first?.request.quantity, first?.request.isReduceOnly], [100, true])
    plan()
    trade('buy', 50)
    plan()
    assert.deepEqual(resting(), [100, 50], 'what protects stays while more is added')
    trade('sell', 80)
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < 4; i++) {
      plan()
      least = Math.min(
        least,
        Number(resting().reduce((sum: number, lots) => sum + Number(lots), 0)),
      )
    }
    assert.deepEqual([resting(), least], [[70], 70], 'never less than what is held')
    trade('sell', 70)
    for (let i = 0; i < 4; i++) plan()
    assert.deepEqual(resting(), [])
  })

  test('never takes room of other orders: it can only close', () => {
    const { loop, plan, trade, want: say } = newLoop(withLots)
    trade('buy', 100)
    say(want())
    plan()
    assert.deepEqual(loop.exposure, { position: 100, buying: 0, selling: 0 })
    assert.equal(loop.hasStop(), true)
  })

  test('of a short position buys, and is nothing for a long one', () => {
    const buy = want({ side: 'buy', trigger: { kind: 'stop', price: price(16_000), by: 'mark' } })
    assert.equal(fitted(buy, quantity(-30), withLots).quantity, 30)
    assert.equal(fitted(buy, quantity(30), withLots).quantity, 0)
  })
})

describe('a stop that the desk watches itself', () => {
  test('fires when the price is there, closes what is held and nothing more', () => {
    const { loop, plan, trade, want: say } = newLoop(watched)
    trade('buy', 100)
    say(want())
    assert.deepEqual([plan().places, loop.reasons()], [[], { stop: 'stop_watched' }])
    assert.equal(loop.hasStop(), false, 'none rests at the venue')
    loop.onPrice(at + 1, prices(14_001))
    assert.deepEqual(plan().places, [])
    loop.onPrice(at + 2, prices(14_000))
    const [fired, more] = plan().places
    assert.equal(more, undefined)
    assert.deepEqual(fired?.request, firedRequest(want(), quantity(100)))
    assert.deepEqual(plan().places, [], 'not twice')
    // Filled in part, and the price comes back: what was begun is brought to its end.
    trade('sell', 60, fired?.clientId)
    loop.onVenueEvent(
      {
        kind: 'order',
        venueSeq: 99,
        at,
        clientId: fired?.clientId as ClientOrderId,
        status: 'canceled',
        quantityFilled: quantity(60),
        reason: null,
      },
      () => null,
    )
    loop.onPrice(at + 3, prices(14_500))
    const [rest] = plan().places
    assert.equal(rest?.request.quantity, 40)
    trade('sell', 40, rest?.clientId)
    loop.onPrice(at + 4, prices(13_000))
    assert.deepEqual([plan().places, loop.position], [[], 0])
  })

  test('which has fired goes on after a restart until nothing is held; another stop waits for its own trigger', () => {
    const before = newLoop(watched)
    before.trade('buy', 100)
    before.want(want())
    before.loop.onPrice(at + 1, prices(14_000))
    const [fired] = before.plan().places
    before.trade('sell', 60, fired?.clientId)
    for (const [trigger, left] of [
      [14_000, 40],
      [13_500, undefined],
    ] as const) {
      const { loop, plan, want: say } = newLoop(watched, before.loop.state())
      loop.onPrice(at + 2, prices(14_500))
      say(want({ trigger: { kind: 'stop', price: price(trigger), by: 'mark' } }))
      assert.equal(plan().places[0]?.request.quantity, left)
    }
    before.trade('sell', 40, fired?.clientId)
    before.plan()
    const flat = newLoop(watched, before.loop.state())
    flat.trade('buy', 100)
    flat.want(want())
    assert.deepEqual(flat.plan().places, [], 'it has done its work')
  })

  test('fires while the instance is paused, halted, its bot is lost and the account is not compared', () => {
    for (const hold of [
      (loop: OrderLoop) => loop.setMode('paused'),
      (loop: OrderLoop) => loop.setMode('halted'),
      (loop: OrderLoop) => loop.setBotLost(true),
      (loop: OrderLoop) => loop.setReconciled(false),
      (loop: OrderLoop) => loop.setMarketStale(true),
    ]) {
      const { loop, plan, trade, want: say } = newLoop(watched)
      trade('buy', 100)
      say(want())
      plan()
      hold(loop)
      loop.onPrice(at + 1, prices(13_900))
      assert.equal(plan().places.length, 1, String(hold))
    }
  })

  test('which way a trigger is reached', () => {
    const reached = (side: Side, kind: 'stop' | 'take_profit', now: number) =>
      isTriggered(want({ side, trigger: { kind, price: price(14_000), by: 'last' } }), prices(now))
    assert.deepEqual(
      [
        reached('sell', 'stop', 13_999),
        reached('sell', 'stop', 14_001),
        reached('buy', 'stop', 14_001),
        reached('buy', 'stop', 13_999),
        reached('sell', 'take_profit', 14_001),
        reached('buy', 'take_profit', 13_999),
        reached('buy', 'take_profit', 14_001),
      ],
      [true, false, true, false, true, true, false],
    )
  })
})
