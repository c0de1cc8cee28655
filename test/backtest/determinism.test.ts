/** The same run twice gives the same fills, for every strategy that ships, whatever ran in between. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backtest, type BacktestRequest } from '../../src/backtest/run.ts'
import type { AnyStrategy } from '../../src/strategies/registry.ts'
import { backtestRequest } from '../support/backtest-request.ts'
import { sampleParameters, singleStrategies } from '../support/strategy-samples.ts'
import { walkMarket } from '../support/walk-market.ts'

const FILLS_MIN = 8
const market = walkMarket(3, 1500)

const requestOf = (strategy: AnyStrategy): BacktestRequest =>
  backtestRequest(strategy, sampleParameters[strategy.id], market, 1_000_000_000_000, {
    paper: { slippage: 10_000, volumeShare: 2_000_000 },
  })

/** What must be equal: the fills, the books, the equity of every day, how deep it fell, and what the strategy says. */
function outcome(backtest: Backtest, candles: number) {
  while (backtest.run(candles)) {
    // In stretches of so many candles.
  }
  const { engine, equity, counts, price, positionWatch } = backtest
  return {
    ...engine.report([price]),
    counts,
    daily: equity.daily,
    drawdown: equity.drawdown,
    steepest: equity.steepestDrawdown,
    worstMarginRatio: positionWatch.worstMarginRatio,
    heldMs: positionWatch.heldMs(backtest.exchange.at),
  }
}

for (const strategy of singleStrategies) {
  test(`${strategy.id}: once more, beside another run, and with figures alone`, () => {
    assert.ok(sampleParameters[strategy.id], `test/support/strategy-samples.ts has ${strategy.id}`)
    const request = requestOf(strategy)
    const first = outcome(new Backtest(request), 1_000_000)
    assert.ok(first.counts.fills >= FILLS_MIN, `${first.counts.fills} fills`)
    const [one, other] = [new Backtest(request), new Backtest({ ...request, leverage: 2 })]
    while (one.run(7)) other.run(11)
    assert.deepEqual(outcome(one, 1), first)
    const stepped = { ...request, detail: 'figures', engine: 'stepping' } as const
    assert.deepEqual(outcome(new Backtest(stepped), 100), first)
    // What is leapt over is not hashed when figures alone are asked for.
    const lean = outcome(new Backtest({ ...request, detail: 'figures' }), 100)
    const { fingerprint } = lean.ledger
    assert.deepEqual(lean, { ...first, ledger: { ...first.ledger, fingerprint } })
  })
}
