/**
 * What a strategy hears while it runs is what had happened by then: every candle is the recorded one that ends at this
 * moment, whether the exchange walks it or passes it in one step, and cutting the future off changes nothing before.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backtest, type BacktestRequest } from '../../src/backtest/run.ts'
import { price } from '../../src/domain/money.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import type { AnyStrategy } from '../../src/strategies/registry.ts'
import { backtestRequest } from '../support/backtest-request.ts'
import { sampleParameters, singleStrategies } from '../support/strategy-samples.ts'
import { walkMarket } from '../support/walk-market.ts'

const market = walkMarket(8, 900)

const requestOf = (strategy: AnyStrategy, to: number | null = null): BacktestRequest =>
  backtestRequest(strategy, sampleParameters[strategy.id], market, 1_000_000_000_000, {
    window: { from: null, to },
    leverage: 2,
    paper: { slippage: 10_000 },
  })

interface Ear {
  heard: number
}

/** Compares every candle with the record, and always has a wake near the price, so that most candles are walked. */
const listener = (isNear: boolean): Strategy<unknown, Ear> => ({
  id: 'listener',
  stateVersion: 1,
  parameters: {},
  inputs: () => ({
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: [],
    warmUpCandles: 0,
    bookDepth: 0,
  }),
  check: () => [],
  start: () => ({ heard: 0 }),
  on(state, event, out) {
    if (event.kind !== 'candle') return
    const { candles, timeframeMs } = market
    const index = state.heard
    assert.equal(event.candle.openAt, candles.openAt[index])
    assert.equal(event.at, (candles.openAt[index] ?? 0) + timeframeMs)
    const { open, high, low, close } = event.candle
    assert.deepEqual(
      [open, high, low, close, event.price.last],
      [candles.open, candles.high, candles.low, candles.close, candles.close].map(
        (column) => column[index],
      ),
    )
    state.heard += 1
    if (!isNear) return
    const { instrument } = event
    const [below, above] = [price(close - 3), price(close + 3)]
    out.wake({ instrument, below, above, at: null, by: 'last' })
  },
  wanted: () => ({ resting: [], targets: [], wakes: [], finish: null }),
  migrate: () => ({ heard: 0 }),
  report: (state) => ({ heard: state.heard }),
})

for (const isNear of [false, true]) {
  test(`each candle is heard when it has closed, ${isNear ? 'walked' : 'passed in one step'}`, () => {
    const run = new Backtest(requestOf(listener(isNear) as AnyStrategy))
    run.run(10_000)
    assert.equal(run.counts.candles, market.candles.openAt.length)
    assert.equal(run.counts.rounds > 1.2 * run.counts.candles, isNear)
  })
}

for (const strategy of singleStrategies) {
  test(`${strategy.id}: fills until a moment are the same whether or not the market went on`, () => {
    const whole = new Backtest(requestOf(strategy))
    whole.run(10_000)
    const cut = (market.candles.openAt[0] ?? 0) + 500 * market.timeframeMs
    const part = new Backtest(requestOf(strategy, cut))
    part.run(10_000)
    const before = whole.fills.filter(({ fill }) => fill.at < cut)
    assert.ok(before.length > 0, 'a run without fills shows nothing')
    assert.deepEqual(
      part.fills.filter(({ fill }) => fill.at < cut),
      before,
    )
  })
}
