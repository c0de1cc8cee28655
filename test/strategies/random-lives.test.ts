/**
 * Random lives of every signal strategy: fills whole, in part, of the target, of resting orders, of operators, others and
 * the venue; funding; candles and prices; adjustments; the state written and read again after every event. After each
 * event the reported wants are those computed from scratch, and the figures are those of the ledger.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { money, price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, Origin, Side } from '../../src/domain/order.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import type { RestingWant, StrategyEvent, TargetWant, Wake } from '../../src/domain/strategy.ts'
import { type AnyStrategy, disagreementsOf, InstanceEngine } from '../../src/engine/instance.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { MINUTE_MS, START_AT, samples, sol } from './signal-market.ts'

type Step =
  | { readonly kind: 'candle'; readonly by: number; readonly wick: number; readonly skip: number }
  | { readonly kind: 'price'; readonly by: number; readonly basis: number }
  | { readonly kind: 'target'; readonly parts: number; readonly away: number }
  | { readonly kind: 'slot'; readonly pick: number; readonly parts: number }
  | { readonly kind: 'operator' | 'foreign' | 'liquidation'; readonly lots: number }
  | { readonly kind: 'fund'; readonly amount: number }
  | { readonly kind: 'adjust'; readonly parameters: RawParameters }

const parts = fc.constantFrom(1, 1, 1, 2, 5)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('candle' as const),
      by: fc.integer({ min: -150, max: 150 }),
      wick: fc.nat(80),
      skip: fc.constantFrom(0, 0, 0, 0, 0, 1, 7),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      by: fc.integer({ min: -50, max: 50 }),
      basis: fc.integer({ min: -20, max: 20 }),
    }),
  },
  {
    weight: 15,
    arbitrary: fc.record({
      kind: fc.constant('target' as const),
      parts,
      away: fc.integer({ min: -30, max: 30 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('slot' as const), pick: fc.nat(20), parts }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('operator' as const, 'foreign' as const),
      lots: fc.integer({ min: -3_000, max: 3_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fund' as const),
      amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      parameters: fc.oneof(
        fc.record({ stop_loss: fc.constantFrom(0.5, 3, null), stop_loss_atr: fc.constant(null) }),
        fc.record({ take_profit: fc.constantFrom(0.5, '2', 'nonsense') }),
        fc.record({ trailing_stop: fc.constantFrom(0.4, 2), trailing_stop_atr: fc.constant(null) }),
        fc.record({ trailing_stop_atr: fc.constant(2), timeframe: fc.constant('7m') }),
        fc.record({ take_profit_steps: fc.constantFrom('', '3:1, 9:0', '9:1, 3:0') }),
        fc.record({ equity_share: fc.constantFrom(1, 20, 70) }),
        fc.record({ direction: fc.constantFrom('both', 'long', 'short', 'up') }),
        fc.record({ sizing: fc.constantFrom('equity_share', 'risk_per_trade', 'fixed') }),
      ),
    }),
  },
)
const ending: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('liquidation' as const),
  lots: fc.integer({ min: -3_000, max: 3_000 }),
})

const counts: Record<string, number> = {}
const count = (what: string): void => {
  counts[what] = (counts[what] ?? 0) + 1
}

/** An instance whose wants are kept as a desk would keep them. */
class Life {
  engine: InstanceEngine
  readonly resting = new Map<string, RestingWant>()
  target: TargetWant | null = null
  wakes: readonly Wake[]
  isEnded = false
  last: number
  mark: number
  at = START_AT
  readonly #strategy: AnyStrategy
  readonly #parameters: RawParameters
  readonly #restarts: boolean
  #seq = 0

  constructor(strategy: AnyStrategy, parameters: RawParameters, found: number, restarts: boolean) {
    this.#strategy = strategy
    this.#parameters = parameters
    this.#restarts = restarts
    this.last = 10_000
    this.mark = 10_000
    this.engine = InstanceEngine.start(strategy, parameters, {
      at: this.at,
      instruments: [sol],
      prices: [{ last: price(10_000), mark: price(10_000) }],
      capital: money(100_000_000_000),
      leverage: 2,
      marginMode: 'isolated',
      fees: [],
      positions: [quantity(found)],
      initialPosition: found === 0 ? 'open' : 'adopt',
    })
    this.wakes = this.engine.wants().wakes
    for (const change of this.engine.wants().changes) {
      if (change.kind === 'rest') this.resting.set(change.want.slot, change.want)
    }
  }

  #tell(event: StrategyEvent): void {
    if (this.#restarts) {
      const stored = JSON.parse(JSON.stringify(this.engine.stored()))
      this.engine = InstanceEngine.resume(this.#strategy, this.#parameters, stored)
    }
    const { changes, wakes, finish, notes } = this.engine.on(event)
    if (wakes !== null) {
      this.wakes = wakes
      count('wakes')
    }
    for (const change of changes) {
      if (change.kind === 'rest') this.resting.set(change.want.slot, change.want)
      else if (change.kind === 'drop') this.resting.delete(change.slot)
      else this.target = change.kind === 'target' ? change.want : null
    }
    if (changes.some(({ kind }) => kind === 'target')) count('targets')
    for (const { text } of notes) count(text.startsWith('adjusted') ? 'adjusted' : 'notes')
    if (finish !== null) {
      assert.equal(this.isEnded, false, 'a finish is reported once')
      this.isEnded = true
      count('ends')
    }
  }

  #fill(origin: Origin, side: Side, at: number, lots: number): void {
    this.#seq += 1
    const fill = {
      id: String(this.#seq),
      at: this.at,
      instrument: sol.id,
      clientId: `pf${this.#seq}` as ClientOrderId,
      side,
      price: price(Math.max(1, at)),
      quantity: quantity(lots),
      fee: money(lots * 50),
      isMaker: false,
      origin,
    }
    count(`fill of ${origin.kind}`)
    this.#tell({ kind: 'fill', at: this.at, seq: this.#seq, fill })
  }

  play(one: Step): void {
    const held = this.engine.ledger.position
    switch (one.kind) {
      case 'candle': {
        const open = this.last
        const close = Math.min(40_000, Math.max(2_000, open + one.by))
        const openAt = Math.ceil(this.at / MINUTE_MS + one.skip) * MINUTE_MS
        this.at = openAt + MINUTE_MS
        this.last = close
        this.mark = close
        const candle = {
          openAt,
          closeAt: this.at,
          open: price(open),
          high: price(Math.max(open, close) + one.wick),
          low: price(Math.min(open, close) - one.wick),
          close: price(close),
          volume: quantity(1_000),
        }
        const marketPrice = { last: price(close), mark: price(close) }
        this.#tell({ kind: 'candle', at: this.at, instrument: sol.id, candle, price: marketPrice })
        return
      }
      case 'price': {
        this.last = Math.max(2_000, this.last + one.by)
        this.mark = this.last + one.basis
        const marketPrice = { last: price(this.last), mark: price(this.mark) }
        this.#tell({ kind: 'price', at: this.at, instrument: sol.id, price: marketPrice })
        return
      }
      case 'target': {
        const missing = (this.target?.quantity ?? held) - held
        const lots = Math.ceil(Math.abs(missing) / one.parts)
        if (lots > 0) {
          this.#fill({ kind: 'target' }, missing > 0 ? 'buy' : 'sell', this.last + one.away, lots)
        }
        return
      }
      case 'slot': {
        const wants = [...this.resting.values()]
        const want = wants[one.pick % Math.max(1, wants.length)]
        if (want === undefined) return
        const most = want.quantity === 'position' ? Math.abs(held) : want.quantity
        const lots = Math.ceil(most / one.parts)
        if (lots > 0) this.#fill({ kind: 'slot', slot: want.slot }, want.side, want.price, lots)
        return
      }
      case 'operator':
      case 'foreign':
      case 'liquidation': {
        const side = one.lots > 0 ? 'buy' : 'sell'
        if (one.lots !== 0) this.#fill({ kind: one.kind }, side, this.last, Math.abs(one.lots))
        return
      }
      case 'fund': {
        this.#seq += 1
        const amount = money(one.amount)
        this.#tell({ kind: 'funding', at: this.at, seq: this.#seq, instrument: sol.id, amount })
        return
      }
      case 'adjust':
        this.#tell({
          kind: 'command',
          at: this.at,
          command: { name: 'adjust', parameters: one.parameters },
        })
    }
  }

  assertSame(): void {
    const { changes, wakes, finish } = this.engine.wants()
    const resting: RestingWant[] = []
    let target: TargetWant | null = null
    for (const change of changes) {
      if (change.kind === 'rest') resting.push(change.want)
      else if (change.kind === 'target') target = change.want
    }
    const bySlot = (a: RestingWant, b: RestingWant) => (a.slot < b.slot ? -1 : 1)
    assert.deepEqual([...this.resting.values()].sort(bySlot), resting.sort(bySlot))
    assert.deepEqual(this.target, target)
    assert.deepEqual(this.wakes, wakes)
    assert.equal(finish !== null, this.isEnded)
    const prices = [{ last: price(this.last), mark: price(this.mark) }]
    assert.deepEqual(disagreementsOf(this.engine.report(prices)), [])
    const held = this.engine.ledger.position
    for (const want of resting) {
      if (want.quantity !== 'position') continue
      count('protected')
      assert.ok(held !== 0, 'a protective order protects something')
      assert.equal(want.side, held > 0 ? 'sell' : 'buy')
    }
  }
}

for (const [id, variants] of Object.entries(samples)) {
  test(`${id}: reported changes equal the wants from scratch, and the figures the ledger`, () => {
    const strategy = strategyById(id)
    assert.ok(strategy)
    fc.assert(
      fc.property(
        fc.constantFrom(...variants),
        fc.constantFrom(0, 0, 0, 1_500, -700),
        fc.boolean(),
        fc.array(step, { minLength: 40, maxLength: 160 }),
        fc.option(ending, { nil: null, freq: 4 }),
        (parameters, found, restarts, steps, last) => {
          const life = new Life(strategy, parameters, found, restarts)
          life.assertSame()
          for (const one of last === null ? steps : [...steps, last, ...steps.slice(0, 5)]) {
            life.play(one)
            life.assertSame()
          }
        },
      ),
      { numRuns: 60 },
    )
  })
}

test('the random lives reached what they are for', () => {
  const needed = ['targets', 'protected', 'ends', 'adjusted', 'notes', 'wakes']
  const fills = ['target', 'slot', 'operator', 'foreign', 'liquidation'].map(
    (kind) => `fill of ${kind}`,
  )
  for (const what of [...needed, ...fills]) {
    assert.ok((counts[what] ?? 0) >= 20, `${what}: ${counts[what]}`)
  }
})
