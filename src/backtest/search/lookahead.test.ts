/** The check for knowledge of the future finds a strategy that peeks, wherever it peeks, and clears one that does not. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flipperRequest, walkMarket } from '../../../test/support/search-runs.ts'
import type { RecordedMarket } from '../../domain/history.ts'
import { quantity } from '../../domain/money.ts'
import type { Strategy, StrategyEvent, TargetWant } from '../../domain/strategy.ts'
import type { AnyStrategy } from '../../engine/instance.ts'
import { lookahead, truncatedMarket } from './lookahead.ts'

interface State {
  held: number
  heard: number
  sum: number
}

type Candle = Extract<StrategyEvent, { kind: 'candle' }>

/** Long while `wish` says so, else flat. */
function follower(
  market: RecordedMarket,
  wish: (state: State, event: Candle) => boolean,
): AnyStrategy {
  const target = (state: State): TargetWant => ({
    instrument: market.instrument.id,
    quantity: quantity(state.held),
    worstPrice: null,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: false,
  })
  const strategy: Strategy<unknown, State> = {
    id: 'follower',
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
    start: () => ({ held: 0, heard: 0, sum: 0 }),
    on(state, event, out) {
      if (event.kind !== 'candle') return
      state.heard += 1
      const held = wish(state, event) ? 1_000 : 0
      if (held === state.held) return
      state.held = held
      out.target(target(state))
    },
    wanted: (state) => ({
      resting: [],
      targets: state.held === 0 ? [] : [target(state)],
      wakes: [],
      finish: null,
    }),
    migrate: (state) => state as unknown as State,
    report: () => null,
  }
  return strategy as AnyStrategy
}

const run = (
  wishOn: (market: RecordedMarket) => (state: State, event: Candle) => boolean,
  cuts = 8,
) =>
  lookahead(
    walkMarket(),
    (market) =>
      flipperRequest({ market, strategy: follower(market, wishOn(market)), parameters: {} }),
    { cuts, startShares: [0.25, 0.5] },
  )

describe('lookahead', () => {
  it('clears a strategy that knows only what it has heard', () => {
    const report = run(
      () =>
        (_, { candle }) =>
          candle.close > candle.open,
    )
    assert.equal(report.difference, null)
    assert.equal(report.cuts.length, 8)
    assert.ok(report.decisions > 100)
    assert.deepEqual(
      report.starts.map(({ differing }) => differing),
      [0, 0],
    )
  })

  it('catches one that looks a single candle ahead', () => {
    const report = run(
      ({ candles }) =>
        ({ heard }, { candle }) =>
          (candles.close[heard] ?? 0) > candle.close,
    )
    assert.notEqual(report.difference, null)
    assert.equal(report.difference?.at, report.difference?.cutAt)
    assert.match(`${report.difference?.whole} ${report.difference?.truncated}`, /target|nothing/)
  })

  it('catches one that uses a figure of the whole window', () => {
    const mean = ({ candles }: RecordedMarket) =>
      [...candles.close].reduce((sum, close) => sum + close, 0) / candles.close.length
    const report = run((market) => {
      const level = mean(market)
      return (_, { candle }) => candle.close > level
    })
    assert.notEqual(report.difference, null)
    assert.ok((report.difference?.at ?? 0) <= (report.difference?.cutAt ?? 0))
  })

  it('shows that decisions hang on where it starts', () => {
    // The mean of all that was heard: a start later never forgets.
    const report = run(() => (state, { candle }) => {
      state.sum += candle.close
      return candle.close > state.sum / state.heard
    })
    assert.equal(report.difference, null)
    const [first] = report.starts
    assert.ok((first?.differing ?? 0) > 0, JSON.stringify(report.starts))
    assert.ok((first?.candlesBefore ?? 0) > 100)
  })

  it('cuts every series off', () => {
    const market = walkMarket()
    const cutAt = (market.candles.openAt[10] ?? 0) + 1
    const part = truncatedMarket(market, cutAt)
    assert.equal(part.candles.close.length, 11)
    assert.equal(part.funding?.at.length, 1)
    assert.equal(market.candles.close.length, 480)
  })
})
