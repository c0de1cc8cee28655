/**
 * Random lives of the strategies of two legs: prices with and without bid, ask, book and funding; fills of targets and slots, whole
 * and in part, of operators and the venue; payments; legs that close and open; adjustments; the state written and read again
 * before every event. After each event the reported wants are those computed from scratch, the figures are those of the ledger,
 * and the opportunities add up to it leg by leg.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LegIndex } from '../../src/domain/arbitrage/leg-state.ts'
import type { AnyPair } from '../../src/domain/arbitrage/pair-state.ts'
import { totalsOfLeg } from '../../src/domain/arbitrage/round-trip.ts'
import { type Instrument, instrumentId } from '../../src/domain/instrument.ts'
import type { MarketPrice } from '../../src/domain/market.ts'
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId, Origin, Side } from '../../src/domain/order.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import type { RestingWant, StrategyEvent, TargetWant, Wake } from '../../src/domain/strategy.ts'
import { type AnyStrategy, disagreementsOf, InstanceEngine } from '../../src/engine/instance.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { btcInstrument } from '../support/instruments.ts'

const AT = Date.UTC(2025, 0, 1)
const here = btcInstrument({ id: instrumentId('here', 'BTC/USDT:USDT'), venue: 'here' })
const there: Instrument = btcInstrument({
  id: instrumentId('there', 'BTC/USDC:USDC'),
  venue: 'there',
  quote: 'USDC',
  settle: 'USDC',
  quantityDecimals: 2,
  moneyPerUnit: 10_000,
  fundingIntervalMs: 3_600_000,
})
const instruments = [here, there]
const RATES = [ratio(100_000_000), ratio(99_950_000)]

const samples: Readonly<Record<string, readonly RawParameters[]>> = {
  spread_arbitrage: [
    { order_quantity: '0.6', min_edge_bps: -20, max_hold_h: 0.1, cooldown_s: 1 },
    {
      order_notional: 500,
      min_edge_bps: 0,
      stop_bps: 30,
      take_profit_bps: 5,
      max_open: 3,
      lead: 'second',
      cooldown_s: 0,
    },
    {
      order_quantity: '0.4',
      clips: 2,
      direction: 'long_first',
      min_edge_bps: -5,
      decide_on: 'candle',
      unwind_after_s: false,
    },
  ],
  funding_arbitrage: [
    { order_quantity: '0.6', min_rate_bps_day: 1, break_even_max_h: 80_000, cooldown_s: 0 },
    {
      order_notional: 700,
      min_rate_bps_day: 0,
      break_even_max_h: 80_000,
      max_hold_h: 0.2,
      exit_rate_bps_day: -5,
      lead: 'second',
    },
  ],
  cross_venue_market_making: [
    { order_quantity: '0.3', min_profit_bps: 2, cooldown_s: 1 },
    {
      order_notional: 300,
      min_profit_bps: -5,
      inventory_max: '0.7',
      cancel_band_bps: 0,
      stop_bps: 40,
      unwind_after_s: 0,
    },
  ],
}

type Step =
  | {
      readonly kind: 'price'
      readonly leg: LegIndex
      readonly by: number
      readonly wait: number
      readonly spread: number
      readonly rate: number
      readonly isCandle: boolean
    }
  | {
      readonly kind: 'target'
      readonly leg: LegIndex
      readonly pick: number
      readonly parts: number
    }
  | { readonly kind: 'slot'; readonly leg: LegIndex; readonly pick: number; readonly parts: number }
  | {
      readonly kind: 'operator' | 'foreign' | 'liquidation'
      readonly leg: LegIndex
      readonly lots: number
    }
  | { readonly kind: 'fund'; readonly leg: LegIndex; readonly amount: number }
  | {
      readonly kind: 'leg'
      readonly leg: LegIndex
      readonly isOpen: boolean
      readonly canReduce: boolean
    }
  | { readonly kind: 'adjust'; readonly parameters: RawParameters }

const leg = fc.constantFrom(0 as const, 1 as const)
const kind = <Kind extends string>(name: Kind) => fc.constant(name)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: kind('price'),
      leg,
      by: fc.integer({ min: -60, max: 60 }),
      wait: fc.constantFrom(0, 100, 1000, 3000, 12_000, 60_000),
      spread: fc.constantFrom(-1, 1, 2, 8),
      rate: fc.integer({ min: -60_000, max: 60_000 }),
      isCandle: fc.boolean(),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: kind('target'),
      leg,
      pick: fc.nat(9),
      parts: fc.constantFrom(1, 1, 2, 5),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kind('slot'),
      leg: fc.constant(0 as const),
      pick: fc.nat(9),
      parts: fc.constantFrom(1, 3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('operator' as const, 'foreign' as const),
      leg,
      lots: fc.integer({ min: -90, max: 90 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('fund'),
      leg,
      amount: fc.integer({ min: -900_000, max: 900_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('leg'),
      leg,
      isOpen: fc.constantFrom(true, true, false),
      canReduce: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('adjust'),
      parameters: fc.oneof(
        fc.record({ clips: fc.constantFrom(1, 3, 'nonsense') }),
        fc.record({ cooldown_s: fc.constantFrom(0, 30) }),
        fc.record({ unwind_after_s: fc.constantFrom(false, '3') }),
        fc.record({ lead: fc.constantFrom('first', 'second') }),
        fc.record({ min_edge_bps: fc.constantFrom(-30, 3) }),
      ),
    }),
  },
)
const ending: fc.Arbitrary<Step> = fc.record({
  kind: kind('liquidation'),
  leg,
  lots: fc.integer({ min: -50, max: 50 }),
})

const counts: Record<string, number> = {}
const count = (what: string): void => {
  counts[what] = (counts[what] ?? 0) + 1
}

class Life {
  engine: InstanceEngine
  readonly resting = new Map<string, RestingWant>()
  readonly targets = new Map<string, TargetWant>()
  wakes: readonly Wake[]
  isEnded = false
  at = AT
  readonly prices: [MarketPrice, MarketPrice] = [
    { last: price(100_000), mark: price(100_000) },
    { last: price(100_000), mark: price(100_000) },
  ]
  readonly #strategy: AnyStrategy
  readonly #parameters: RawParameters
  readonly #seqs: [number, number] = [0, 0]

  constructor(strategy: AnyStrategy, parameters: RawParameters, found: readonly [number, number]) {
    this.#strategy = strategy
    this.#parameters = parameters
    const context = {
      at: AT,
      instruments,
      prices: this.prices,
      capital: money(1_000_000_000_000),
      leverage: 3,
      marginMode: 'cross' as const,
      fees: [],
      positions: found.map(quantity),
      initialPosition: 'adopt' as const,
      settleRates: RATES,
    }
    assert.deepEqual(strategy.check(parameters, context), [])
    this.engine = InstanceEngine.start(strategy, parameters, context)
    this.wakes = this.engine.wants().wakes
    const word = { isOpen: true, canReduce: true, reason: null }
    for (const { id } of instruments) this.tell({ kind: 'leg', at: AT, instrument: id, ...word })
  }

  tell(event: StrategyEvent): void {
    const stored = JSON.parse(JSON.stringify(this.engine.stored()))
    this.engine = InstanceEngine.resume(this.#strategy, this.#parameters, stored)
    const { changes, wakes, finish, notes } = this.engine.on(event)
    this.wakes = wakes ?? this.wakes
    for (const change of changes) {
      if (change.kind === 'rest') this.resting.set(change.want.slot, change.want)
      else if (change.kind === 'drop') this.resting.delete(change.slot)
      else if (change.kind === 'target') this.targets.set(change.want.instrument, change.want)
      else this.targets.delete(change.instrument)
      count(change.kind)
    }
    for (const { text } of notes) count(text.split(' ', 1)[0] ?? '')
    if (finish === null) return
    assert.equal(this.isEnded, false, 'a finish is reported once')
    this.isEnded = true
    count('ends')
  }

  #fill(origin: Origin, index: LegIndex, side: Side, at: number, lots: number): void {
    this.#seqs[index] += 1
    const instrument = instruments[index]?.id ?? here.id
    const fill = {
      id: `${index}.${this.#seqs[index]}`,
      at: this.at,
      instrument,
      clientId: 'x' as ClientOrderId,
      side,
      price: price(Math.max(1, at)),
      quantity: quantity(lots),
      fee: money(lots * 37),
      isMaker: origin.kind === 'slot',
      origin,
    }
    this.tell({ kind: 'fill', at: this.at, seq: this.#seqs[index], fill })
  }

  #hear(one: Extract<Step, { kind: 'price' }>): void {
    const instrument = instruments[one.leg]?.id ?? here.id
    this.at += one.wait
    const last = Math.min(110_000, Math.max(90_000, this.prices[one.leg].last + one.by))
    const terms = {
      rate: ratio(one.rate),
      intervalMs: one.leg === 0 ? 28_800_000 : 3_600_000,
      nextAt: this.at + 60_000,
    }
    const touch = { bid: price(last - one.spread), ask: price(last + one.spread) }
    const book = { bids: [[touch.bid, quantity(400)]], asks: [[touch.ask, quantity(400)]] } as const
    const parts = [
      {},
      touch,
      { ...touch, bidQuantity: quantity(20), askQuantity: quantity(20) },
      { book },
    ]
    const found: MarketPrice = {
      last: price(last),
      mark: price(last + 2),
      funding: terms,
      ...parts[one.rate & 3],
    }
    this.prices[one.leg] = found
    const event = { at: this.at, instrument, price: found }
    if (!one.isCandle) return this.tell({ kind: 'price', ...event })
    const candle = {
      openAt: this.at - 60_000,
      closeAt: this.at,
      open: found.last,
      high: found.last,
      low: found.last,
      close: found.last,
      volume: quantity(5),
    }
    this.tell({ kind: 'candle', ...event, candle })
  }

  play(one: Step): void {
    if (one.kind === 'price') return this.#hear(one)
    if (one.kind === 'adjust')
      return this.tell({
        kind: 'command',
        at: this.at,
        command: { name: 'adjust', parameters: one.parameters },
      })
    const instrument = instruments[one.leg]?.id ?? here.id
    const held = this.engine.ledger.holding(one.leg).position
    const { last } = this.prices[one.leg]
    if (one.kind === 'leg')
      return this.tell({
        kind: 'leg',
        at: this.at,
        instrument,
        isOpen: one.isOpen,
        canReduce: one.isOpen || one.canReduce,
        reason: one.isOpen ? null : 'test',
      })
    if (one.kind === 'fund') {
      this.#seqs[one.leg] += 1
      return this.tell({
        kind: 'funding',
        at: this.at,
        seq: this.#seqs[one.leg],
        instrument,
        amount: money(one.amount),
      })
    }
    if (one.kind === 'target') {
      const missing = (this.targets.get(instrument)?.quantity ?? held) - held
      const lots = Math.ceil(Math.abs(missing) / one.parts)
      if (lots > 0)
        this.#fill(
          { kind: 'target' },
          one.leg,
          missing > 0 ? 'buy' : 'sell',
          last + one.pick - 5,
          lots,
        )
      return
    }
    if (one.kind === 'slot') {
      const wants = [...this.resting.values()]
      const want = wants[one.pick % Math.max(1, wants.length)]
      if (want === undefined || want.quantity === 'position') return
      return this.#fill(
        { kind: 'slot', slot: want.slot },
        0,
        want.side,
        want.price,
        Math.ceil(want.quantity / one.parts),
      )
    }
    if (one.lots !== 0)
      this.#fill(
        { kind: one.kind },
        one.leg,
        one.lots > 0 ? 'buy' : 'sell',
        last,
        Math.abs(one.lots),
      )
  }

  assertSame(): void {
    const { changes, wakes, finish } = this.engine.wants()
    const resting = changes.filter((change) => change.kind === 'rest').map(({ want }) => want)
    const targets = changes.filter((change) => change.kind === 'target').map(({ want }) => want)
    const by = <Item>(items: readonly Item[], key: (item: Item) => string) =>
      [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1))
    assert.deepEqual(
      by([...this.resting.values()], ({ slot }) => slot),
      by(resting, ({ slot }) => slot),
    )
    assert.deepEqual(
      by([...this.targets.values()], ({ instrument }) => instrument),
      by(targets, ({ instrument }) => instrument),
    )
    assert.deepEqual(
      by(this.wakes, ({ instrument }) => instrument),
      by(wakes, ({ instrument }) => instrument),
    )
    assert.equal(finish !== null, this.isEnded)
    assert.deepEqual(disagreementsOf(this.engine.report(this.prices)), [])
    this.#assertBooks()
  }

  /** Leg by leg, in its own settlement money. */
  #assertBooks(): void {
    const { book } = this.engine.stored().state as unknown as AnyPair
    for (const index of [0, 1] as const) {
      const { cash, fees, funding } = this.engine.ledger.legAmounts(index)
      const found = totalsOfLeg(book, index)
      assert.deepEqual([found.cash, found.fees, found.funding], [cash, fees, funding])
    }
    if (book.count > 0) count('opportunities')
  }
}

for (const [id, variants] of Object.entries(samples)) {
  test(`${id}: survives a restart at every event, wants and figures are those from scratch and of the ledger`, () => {
    const strategy = strategyById(id)
    assert.ok(strategy)
    fc.assert(
      fc.property(
        fc.constantFrom(...variants),
        fc.constantFrom([0, 0] as const, [0, 0] as const, [300, -30] as const, [-100, 0] as const),
        fc.array(step, { minLength: 30, maxLength: 120 }),
        fc.option(ending, { nil: null, freq: 4 }),
        (parameters, found, steps, last) => {
          const life = new Life(strategy, parameters, found)
          life.assertSame()
          for (const one of last === null ? steps : [...steps, last, ...steps.slice(0, 5)]) {
            life.play(one)
            life.assertSame()
          }
        },
      ),
      { numRuns: 50 },
    )
  })
}

test('the random lives reached what they are for', () => {
  for (const what of [
    'target',
    'drop_target',
    'rest',
    'drop',
    'entering',
    'leaving',
    'opportunity',
    'opportunities',
    'net',
    'adjusted:',
    'ends',
    'here:BTC/USDT:USDT',
  ])
    assert.ok((counts[what] ?? 0) >= 10, `${what}: ${counts[what]}`)
})
