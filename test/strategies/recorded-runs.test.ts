/**
 * Every shipped signal strategy on a recorded run: what it reported is what wanted() computes from scratch, its figures are
 * those of the ledger, a restart at every single event changes nothing, and nothing looks ahead.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  RestingWant,
  StrategyEvent,
  TargetWant,
  Wake,
  Wanted,
} from '../../src/domain/strategy.ts'
import { disagreementsOf, InstanceEngine } from '../../src/engine/instance.ts'
import type { EngineOutput } from '../../src/engine/wants-recorder.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { singleStrategies } from '../support/strategy-samples.ts'
import { marketOf, ran, recording, requestOf, samples, wildRows } from './signal-market.ts'

/** Wants as a desk keeps them. */
class Kept {
  readonly resting = new Map<string, RestingWant>()
  target: TargetWant | null = null
  wakes: readonly Wake[]

  constructor({ resting, targets, wakes }: Wanted) {
    this.wakes = wakes
    for (const want of resting) this.resting.set(want.slot, want)
    this.target = targets[0] ?? null
  }

  take({ changes, wakes }: EngineOutput): void {
    if (wakes !== null) this.wakes = wakes
    for (const change of changes) {
      if (change.kind === 'rest') this.resting.set(change.want.slot, change.want)
      else if (change.kind === 'drop') this.resting.delete(change.slot)
      else this.target = change.kind === 'target' ? change.want : null
    }
  }

  assertSame({ resting, targets, wakes }: Wanted, what: string): void {
    const bySlot = (a: RestingWant, b: RestingWant) => (a.slot < b.slot ? -1 : 1)
    const kept = [...this.resting.values()].sort(bySlot)
    assert.deepEqual(kept, [...resting].sort(bySlot), what)
    assert.deepEqual(this.target, targets[0] ?? null, what)
    assert.deepEqual(this.wakes, wakes, what)
  }
}

const rows = wildRows(7, 1_500)

for (const [id, variants] of Object.entries(samples)) {
  for (const [index, parameters] of variants.entries()) {
    const name = `${id} ${index + 1}`
    test(`${name}: reports what it wants, agrees with the books, survives a restart at every event`, () => {
      const strategy = strategyById(id)
      assert.ok(strategy)
      const events: StrategyEvent[] = []
      const market = marketOf(rows)
      const backtest = ran(requestOf(recording(strategy, events), parameters, market))
      assert.ok(backtest.counts.fills >= 20, `${name} made ${backtest.counts.fills} fills`)
      assert.deepEqual(disagreementsOf(backtest.engine.report([backtest.price])), [])
      assert.equal(backtest.counts.ordersRejected, 0, JSON.stringify([...backtest.rejections]))

      const context = {
        at: market.candles.openAt[0] ?? 0,
        instruments: [backtest.instrument],
        prices: [{ last: market.candles.open[0], mark: market.candles.open[0] }] as never,
        capital: backtest.request.capital,
        leverage: 1,
        marginMode: 'isolated' as const,
        fees: [],
        positions: [0] as never,
        initialPosition: 'open' as const,
        timeframeMs: market.timeframeMs,
      }
      const steady = InstanceEngine.start(strategy, parameters, context)
      let restarted = InstanceEngine.start(strategy, parameters, context)
      const kept = new Kept(strategy.wanted(steady.stored().state))
      for (const event of events) {
        const output = steady.on(event)
        kept.take(output)
        restarted = InstanceEngine.resume(
          strategy,
          parameters,
          JSON.parse(JSON.stringify(restarted.stored())),
        )
        const what = `${name} at ${event.kind} ${event.at}`
        assert.deepEqual(restarted.on(event), output, what)
        kept.assertSame(strategy.wanted(steady.stored().state), what)
      }
      assert.equal(JSON.stringify(restarted.stored()), JSON.stringify(steady.stored()))
      assert.equal(steady.ledger.fingerprint, backtest.engine.ledger.fingerprint)
    })
  }

  test(`${id}: another future does not change the past`, () => {
    const strategy = strategyById(id)
    assert.ok(strategy)
    const parameters = samples[id]?.[0]
    const cut = 900
    const later = rows.map((row, index) =>
      index < cut ? row : ([5_000, 5_010, 4_990, 5_000] as const),
    )
    const until = (marketOf(rows).candles.openAt[cut] ?? 0) - 1
    const past = (series: typeof rows) =>
      ran(requestOf(strategy, parameters, marketOf(series))).fills.filter(
        ({ fill }) => fill.at <= until,
      )
    const first = past(rows)
    assert.ok(first.length > 5)
    assert.deepEqual(past(rows), first, 'the same run twice gives the same fills')
    assert.deepEqual(past(later), first)
  })
}

test('every strategy of one instrument is tried; perp_grid has its own (test/bot/restart.test.ts)', () => {
  const tried = ['perp_grid', ...Object.keys(samples)].sort()
  assert.deepEqual(tried, singleStrategies.map(({ id }) => id).sort())
})
