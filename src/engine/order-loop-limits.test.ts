/** Order rate, price band and losing round trips in the loop that desk, replay and backtest share. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId, Side } from '../domain/order.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { WantChange } from '../domain/strategy.ts'
import { OrderLoop } from './order-loop.ts'

const start = 1_700_000_000_000
const free: RiskLimits = {
  positionSizeMax: ratio(100_000_000),
  positionNotionalMax: null,
  dailyLossMax: 0,
  drawdownMax: 0,
  capitalUtilizationMax: ratio(100_000_000),
  onBreach: 'reduce_only',
}

const rest = (side: Side, at: number, isReduceOnly = false): WantChange => ({
  kind: 'rest',
  want: {
    slot: `${side === 'buy' ? 'B' : 'S'}${at}`,
    instrument: testInstrument.id,
    side,
    price: price(at),
    quantity: quantity(10),
    isPostOnly: true,
    isReduceOnly,
    trigger: null,
  },
})

const target = (lots: number, worst: number | null): WantChange => ({
  kind: 'target',
  want: {
    instrument: testInstrument.id,
    quantity: quantity(lots),
    worstPrice: worst === null ? null : price(worst),
    style: 'take',
    deadlineAt: null,
    isReduceOnly: false,
  },
})

const prices = (value: number) => ({ last: price(value), mark: price(value) })

/** A loop with a venue that accepts everything and fills what a test names. */
class Rig {
  loop: OrderLoop
  readonly #limits: RiskLimits
  at = start
  #ids = 0
  #seq = 0
  #fills = 0

  constructor(limits: Partial<RiskLimits>) {
    this.#limits = { ...free, ...limits }
    this.loop = this.#fresh()
  }

  #fresh(): OrderLoop {
    const capital = money(1_000_000_000_000)
    const terms = { capital, leverage: 1, limits: this.#limits, timeZone: 'UTC' }
    return new OrderLoop(
      { instance: 'a', instrument: testInstrument, ...terms },
      this.at,
      this.loop?.risk.price ?? prices(15_000),
    )
  }

  /** A new loop from what is stored; its orders are unknown until the venue has told of each. */
  restart(wants: readonly WantChange[] = []): void {
    const state = JSON.parse(JSON.stringify(this.loop.state()))
    const orders = this.loop.orders().map(({ clientId, origin, request, booked }) => {
      return { clientId, origin, request, quantityFilled: booked, expiresAt: null }
    })
    this.loop = this.#fresh()
    this.loop.restore(state, orders, this.#seq)
    for (const { clientId, request } of orders) {
      const at = { clientId, request, quantityFilled: quantity(0), reason: null, venueId: 'v' }
      this.loop.onResolved(clientId, { ...at, status: 'open' } as never)
    }
    this.loop.setReconciled(true)
    this.loop.onPrice(this.at, this.loop.risk.price)
    this.loop.applyWants(this.#seq, true, wants)
  }

  wants(...changes: readonly WantChange[]): void {
    this.loop.applyWants(this.#seq, false, changes)
  }

  price(value: number, waitMs = 0): void {
    this.at += waitMs
    this.loop.onPrice(this.at, prices(value))
  }

  /** What is sent now; everything is accepted. */
  sent(): string[] {
    const plan = this.loop.plan(this.at, () => `id${++this.#ids}` as ClientOrderId, null)
    return plan.places.map(({ intent: { clientId, request } }) => {
      const isOver = request.timeInForce === 'ioc'
      const status = isOver ? 'canceled' : 'open'
      this.loop.onPlaced({ kind: 'accepted', clientId, status, quantityFilled: quantity(0) })
      return `${request.side} ${request.kind} ${request.price}`
    })
  }

  fill(side: Side, lots: number, at: number, fee = 0): void {
    const id = `f${++this.#fills}`
    const fill = { id, at: this.at, instrument: testInstrument.id, clientId: null, isMaker: true }
    const terms = { side, price: price(at), quantity: quantity(lots), fee: money(fee) }
    const head = { kind: 'fill', venueSeq: this.#fills, at: this.at, isLiquidation: false } as const
    this.loop.onVenueEvent({ ...head, fill: { ...fill, ...terms } }, () => ({ kind: 'target' }))
    this.loop.handed(++this.#seq)
    this.loop.applyWants(this.#seq, false, [])
  }

  /** Buys and sells, at a loss or not. */
  trip(isLoss: boolean): void {
    this.fill('buy', 10, 15_000)
    this.fill('sell', 10, isLoss ? 14_990 : 15_010)
  }
}

const lines = [14_700, 14_800, 14_900].map((at) => rest('buy', at))

test('orders above the rate wait, the nearest go first, and market time brings the others', () => {
  const rig = new Rig({ orderRatePerS: 2 })
  rig.wants(...lines, rest('sell', 15_050))
  assert.deepEqual(rig.sent(), ['sell limit 15050', 'buy limit 14900'])
  assert.deepEqual(rig.loop.reasons(), { B14700: 'limit_order_rate', B14800: 'limit_order_rate' })
  rig.price(15_000, 499)
  assert.deepEqual(rig.sent(), [])
  rig.price(15_000, 1)
  assert.deepEqual(rig.sent(), ['buy limit 14800'])
  rig.price(15_000, 10_000)
  assert.deepEqual(rig.sent(), ['buy limit 14700'])
  assert.deepEqual(rig.loop.reasons(), {})
})

test('a rate never holds up a cancel, an order that only reduces, or an operator', () => {
  const rig = new Rig({ orderRatePerS: 1 })
  rig.wants(rest('buy', 14_900))
  rig.sent()
  rig.fill('buy', 10, 15_000)
  rig.wants({ kind: 'drop', slot: 'B14900' }, rest('sell', 15_100, true), rest('sell', 15_200))
  const plan = rig.loop.plan(rig.at, () => 'x' as ClientOrderId, null)
  assert.equal(plan.cancels.length, 1)
  assert.deepEqual(
    plan.places.map(({ intent }) => intent.request.price),
    [15_100],
  )
  rig.loop.onCanceled({
    kind: 'final',
    clientId: plan.cancels[0] ?? ('' as ClientOrderId),
    status: 'canceled',
    quantityFilled: quantity(0),
  })
  rig.loop.setOverride('flatten')
  const places = rig.loop.orders().map(({ clientId }) => clientId)
  for (const clientId of places)
    rig.loop.onCanceled({
      kind: 'final',
      clientId,
      status: 'canceled',
      quantityFilled: quantity(0),
    })
  assert.deepEqual(rig.sent(), ['sell market null'])
})

test('a restart neither forgets what was sent nor changes who waits', () => {
  const calm = new Rig({ orderRatePerS: 2 })
  const restarted = new Rig({ orderRatePerS: 2 })
  for (const rig of [calm, restarted]) {
    rig.wants(...lines)
    assert.deepEqual(rig.sent(), ['buy limit 14900', 'buy limit 14800'])
  }
  restarted.restart(lines)
  assert.deepEqual(restarted.sent(), [])
  for (const rig of [calm, restarted]) {
    rig.at += 500
    // An account event brings no price; what waits for time alone goes all the same.
    rig.wants()
    assert.deepEqual(rig.sent(), ['buy limit 14700'])
  }
})

test('a target goes before the lines', () => {
  const rig = new Rig({ orderRatePerS: 1 })
  rig.wants(...lines, target(10, 15_100))
  assert.deepEqual(rig.sent(), ['buy limit 15100'])
})

test('lines beyond the price band wait until the mark comes near; orders that rest stay', () => {
  const rig = new Rig({ priceBandBps: 100 })
  rig.wants(...lines, rest('sell', 15_150), rest('sell', 15_151))
  assert.deepEqual(rig.sent().sort(), ['buy limit 14900', 'sell limit 15150'])
  assert.equal(rig.loop.reasons()['S15151'], 'limit_price_band')
  assert.equal(rig.loop.reasons()['B14700'], 'limit_price_band')
  rig.price(14_840)
  assert.deepEqual(rig.sent().sort(), ['buy limit 14700', 'buy limit 14800'])
  const plan = rig.loop.plan(rig.at, () => 'x' as ClientOrderId, null)
  assert.deepEqual(plan.cancels, [])
})

test('a target is cut to the band, what an operator closes is not', () => {
  const rig = new Rig({ priceBandBps: 100 })
  rig.wants(target(10, 16_000))
  assert.deepEqual(rig.sent(), ['buy limit 15150'])
  rig.wants(target(10, null))
  assert.deepEqual(rig.sent(), ['buy limit 15150'])
  rig.fill('buy', 10, 15_000)
  rig.loop.setOverride('flatten')
  assert.deepEqual(rig.sent(), ['sell market null'])
})

test('an id drawn for a refused order is the next order’s', () => {
  const rig = new Rig({ priceBandBps: 100 })
  rig.wants(...lines)
  const drawn: string[] = []
  const draw = () => {
    drawn.push(`d${drawn.length}`)
    return drawn.at(-1) as ClientOrderId
  }
  for (let look = 0; look < 50; look++) {
    rig.loop.onPrice(rig.at, prices(15_000))
    rig.loop.plan(rig.at, draw, null)
  }
  assert.ok(drawn.length <= 2, `${drawn.length} ids for one order`)
})

for (const [onBreach, mode] of [
  ['reduce_only', 'reduce_only'],
  ['halt', 'halted'],
  ['flatten', 'halted'],
] as const)
  test(`the sixth losing round trip in a row acts when 5 are allowed: ${onBreach}`, () => {
    const rig = new Rig({ consecutiveLossesMax: 5, onBreach })
    rig.wants(...lines)
    rig.sent()
    for (const isLoss of [true, true, false, true, true, true, true, true]) rig.trip(isLoss)
    assert.equal(rig.loop.risk.mode, 'running')
    rig.restart(lines)
    assert.equal(rig.loop.risk.losses, 5)
    rig.trip(true)
    assert.equal(rig.loop.risk.latch, 'limit_consecutive_losses')
    assert.equal(rig.loop.risk.mode, mode)
    // Nothing new between the fill and the next price.
    rig.wants(rest('buy', 14_600))
    assert.deepEqual(rig.sent(), [])
    rig.restart(lines)
    assert.equal(rig.loop.risk.mode, mode)
    assert.deepEqual(rig.sent(), [])
  })

test('an operator’s resume begins the row anew; a new day does not', () => {
  const rig = new Rig({ consecutiveLossesMax: 1 })
  rig.trip(true)
  rig.trip(true)
  rig.price(15_000, 2 * 86_400_000)
  assert.equal(rig.loop.risk.mode, 'reduce_only')
  rig.loop.setMode('running')
  assert.equal(rig.loop.risk.losses, 0)
  rig.trip(true)
  assert.equal(rig.loop.risk.mode, 'running')
  rig.trip(true)
  assert.equal(rig.loop.risk.mode, 'reduce_only')
})

test('0 is off', () => {
  const rig = new Rig({ consecutiveLossesMax: 0 })
  for (let i = 0; i < 20; i++) rig.trip(true)
  assert.equal(rig.loop.risk.mode, 'running')
})

test('an allowance that is spent holds back new risk alone: cancels and what reduces go', () => {
  const rig = new Rig({})
  rig.price(15_000, 1)
  rig.wants(rest('buy', 14_900), rest('buy', 14_800))
  assert.equal(rig.sent().length, 2)
  let refusal: 'limit_address_budget' | null = 'limit_address_budget'
  rig.loop.setBudget(() => refusal)
  rig.wants(rest('buy', 14_700), rest('sell', 15_100, true))
  assert.deepEqual(rig.sent(), ['sell limit 15100'])
  assert.equal(rig.loop.reasons()['B14700'], 'limit_address_budget')
  rig.loop.applyWants(0, false, [{ kind: 'drop', slot: 'B14900' }])
  assert.equal(rig.loop.plan(rig.at, () => 'y' as ClientOrderId, null).cancels.length, 1)
  refusal = null
  rig.price(15_001, 1)
  assert.equal(rig.sent().length, 1)
})

test('an order that found no room for its request in time says so, and goes a moment later', () => {
  const rig = new Rig({})
  rig.price(15_000, 1)
  rig.wants(rest('buy', 14_900))
  const { places } = rig.loop.plan(rig.at, () => 'z1' as ClientOrderId, null)
  const [sent] = places
  assert.ok(sent)
  rig.loop.onPlaced({
    kind: 'rejected',
    clientId: sent.intent.clientId,
    reason: 'limit_request_rate',
  })
  assert.equal(rig.loop.plan(rig.at, () => 'z2' as ClientOrderId, null).places.length, 0)
  assert.equal(rig.loop.reasons()['B14900'], 'limit_request_rate')
  rig.price(15_000, 1001)
  assert.equal(rig.sent().length, 1)
})

test('a limit on what may be held tells its figures, as long as it is a reason', () => {
  const rig = new Rig({ positionNotionalMax: money(200 * 1e8), orderRatePerS: 1 })
  const figures = () => rig.loop.risk.refused.figures(Object.values(rig.loop.reasons()))
  rig.price(15_000, 1)
  assert.deepEqual(figures(), {})
  const large = rest('buy', 14_900)
  assert.ok(large.kind === 'rest')
  rig.wants({ ...large, want: { ...large.want, quantity: quantity(200) } })
  rig.sent()
  assert.deepEqual(rig.loop.reasons(), { B14900: 'limit_notional' })
  assert.deepEqual(figures(), { limit_notional: { found: 300 * 1e8, allowed: 200 * 1e8 } })
  rig.wants({ kind: 'drop', slot: 'B14900' })
  rig.sent()
  assert.deepEqual(figures(), {})
})
