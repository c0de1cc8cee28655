/** Entries and exits of every signal strategy on candles that were worked out by hand; prices in cents, 1,000 lots = 1 SOL. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BacktestRefused } from '../../src/backtest/run.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import { ratio } from '../../src/domain/money.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { MINUTE_MS, marketOf, type Row, ran, requestOf, START_AT } from './signal-market.ts'

const oneSol = { sizing: 'fixed', order_quantity: 1 }

/** Candles without wicks that stand at their closes. */
const flat = (...closes: readonly number[]): Row[] =>
  closes.map((close) => {
    const at = Math.round(close * 100)
    return [at, at, at, at]
  })

/** Neither funding nor slippage. */
function plain(strategy: AnyStrategy, parameters: RawParameters, market: RecordedMarket) {
  const request = requestOf(strategy, parameters, { ...market, funding: null })
  return ran({ ...request, paper: { ...request.paper, slippage: ratio(0) } })
}

function runOf(id: string, parameters: RawParameters, rows: readonly Row[], timeframeMs?: number) {
  const strategy = strategyById(id)
  assert.ok(strategy)
  const market = marketOf(rows, timeframeMs)
  return plain(strategy, { ...oneSol, ...parameters }, market)
}

/** Bar, signed lots, price; a fill at a close belongs to the bar that closes. */
function trades(...given: Parameters<typeof runOf>): number[][] {
  const [, , , timeframeMs = MINUTE_MS] = given
  return runOf(...given).fills.map(({ fill }) => [
    Math.ceil((fill.at - START_AT) / timeframeMs) - 1,
    fill.side === 'buy' ? fill.quantity : -fill.quantity,
    fill.price,
  ])
}

// Means of 2: 99.5 98.5 97.5 98.5 101.5 102.5 100 96.5; of 3: 99 98 98.33 100 101.67 101 98.33, from the third on.
const turning = flat(100, 99, 98, 97, 100, 103, 102, 98, 95)

test('dual_ma: enters at the close of the bar in which the averages cross, and turns at the next cross', () => {
  const parameters = { fast_length: 2, slow_length: 3 }
  assert.deepEqual(trades('dual_ma', parameters, turning), [
    [4, 1_000, 10_000],
    [7, -2_000, 9_800],
  ])
})

test('direction: a signal of the other side only closes', () => {
  const parameters = { fast_length: 2, slow_length: 3 }
  assert.deepEqual(trades('dual_ma', { ...parameters, direction: 'long' }, turning), [
    [4, 1_000, 10_000],
    [7, -1_000, 9_800],
  ])
  assert.deepEqual(trades('dual_ma', { ...parameters, direction: 'short' }, turning), [
    [7, -1_000, 9_800],
  ])
})

test('triple_ma: enters in full order, leaves when the fast average is beyond the middle one', () => {
  const parameters = { fast_length: 1, middle_length: 2, slow_length: 3 }
  assert.deepEqual(trades('triple_ma', parameters, turning), [
    [4, 1_000, 10_000],
    [6, -1_000, 10_200],
    [7, -1_000, 9_800],
  ])
})

test('donchian_breakout: the channel is that of the bars before; the shorter one closes', () => {
  const rows = flat(100, 110, 120, 110, 130, 120, 115, 109)
  assert.deepEqual(trades('donchian_breakout', { entry_length: 3, exit_length: 2 }, rows), [
    [4, 1_000, 13_000],
    [6, -1_000, 11_500],
    [7, -1_000, 10_900],
  ])
  assert.deepEqual(trades('donchian_breakout', { entry_length: 3, exit_length: 0 }, rows), [
    [4, 1_000, 13_000],
    [7, -2_000, 10_900],
  ])
})

test('supertrend: enters when a close has passed the band', () => {
  const rows = flat(100, 101, 102, 103, 105, 104, 103, 103)
  assert.deepEqual(trades('supertrend', { length: 2, multiplier: 1 }, rows), [
    [4, 1_000, 10_500],
    [6, -2_000, 10_300],
  ])
})

test('rsi_mean_reversion: enters on the way back, leaves at exit_level', () => {
  // RSI(2): 0 0 33.3 60 88.2 60 26.3 from the third close on.
  const rows = flat(100, 98, 96, 94, 95, 96, 99, 98, 96, 96)
  const parameters = { rsi_length: 2, oversold: 30, overbought: 70 }
  assert.deepEqual(trades('rsi_mean_reversion', parameters, rows), [
    [4, 1_000, 9_500],
    [5, -1_000, 9_600],
    [7, -1_000, 9_800],
    [8, 1_000, 9_600],
  ])
  // The mean of three closes, 95 and 97.67, bars the long one (95 is at it) and lets neither short at 98.
  const filtered = { ...parameters, trend_length: 3 }
  assert.deepEqual(trades('rsi_mean_reversion', filtered, rows), [
    [4, 1_000, 9_500],
    [5, -1_000, 9_600],
  ])
})

test('bollinger_breakout: enters beyond a band, leaves behind the middle or at the other band', () => {
  const rows = flat(100, 100, 101, 100, 100, 103, 102, 101.9, 99, 99)
  assert.deepEqual(trades('bollinger_breakout', { length: 3, deviations: 1 }, rows), [
    [5, 1_000, 10_300],
    [7, -1_000, 10_190],
    [8, -1_000, 9_900],
  ])
  const opposite = { length: 3, deviations: 1, exit_at: 'opposite' }
  assert.deepEqual(trades('bollinger_breakout', opposite, rows), [
    [5, 1_000, 10_300],
    [8, -2_000, 9_900],
  ])
})

test('macd_divergence: a lower low that the MACD does not confirm, known one bar later', () => {
  // MACD(1, 2): −3.33 at the low of 100, −1.20 at that of 99; 0.22 at the high of 104, 0.20 at that of 104.2.
  const rows = flat(110, 110, 100, 104, 102, 99, 101, 103, 103.4, 103.9, 104.2, 104, 104)
  const lengths = { fast_length: 1, slow_length: 2, signal_length: 1, pivot_bars: 1 }
  assert.deepEqual(trades('macd_divergence', { ...lengths, lookback: 7 }, rows), [
    [6, 1_000, 10_100],
    [11, -2_000, 10_400],
  ])
  assert.deepEqual(trades('macd_divergence', { ...lengths, lookback: 6 }, rows), [
    [6, 1_000, 10_100],
  ])
})

test('dca: further orders below, all sold at a profit on the average, then the next deal', () => {
  const rows: Row[] = [
    [10_000, 10_000, 10_000, 10_000],
    [10_000, 10_000, 9_898, 9_900],
    [9_900, 10_050, 9_900, 10_040],
  ]
  const parameters = { safety_orders: 2, deviation: 1, volume_scale: 2, take_profit: 1 }
  // 1 SOL at 100 and 2 at 99 cost 99.33 on average; 1 % above that is 100.33.
  assert.deepEqual(trades('dca', parameters, rows), [
    [0, 1_000, 10_000],
    [1, 2_000, 9_900],
    [2, -3_000, 10_033],
    [2, 1_000, 10_040],
  ])
})

test('dca: orders by time', () => {
  const parameters = { safety_orders: 0, repeat_bars: 2, repeats_max: 2 }
  assert.deepEqual(trades('dca', parameters, flat(100, 100, 100, 100, 100, 100, 100, 100)), [
    [0, 1_000, 10_000],
    [2, 1_000, 10_000],
    [4, 1_000, 10_000],
  ])
})

test('dca: a deal that capital and leverage cannot cover is refused', () => {
  const parameters = { order_quantity: 2, safety_orders: 10, deviation: 0.1 }
  assert.throws(
    () => runOf('dca', parameters, flat(100, 100)),
    (error: unknown) =>
      error instanceof BacktestRefused && /a whole deal could be worth 2189/.test(error.message),
  )
})

const quoting = { spread: 1, inventory_max: 2, requote_tolerance: 0 }

test('market_making: quotes half a spread from the last close on both sides', () => {
  const rows: Row[] = [
    [10_000, 10_000, 10_000, 10_000],
    [10_000, 10_000, 9_940, 9_960],
    [9_960, 10_020, 9_960, 10_000],
  ]
  assert.deepEqual(trades('market_making', { ...quoting, skew: 0 }, rows), [
    [1, 1_000, 9_950],
    [2, -1_000, 10_010],
  ])
})

test('market_making: what is held moves both quotes against it, and ends one side at inventory_max', () => {
  const rows: Row[] = [
    [10_000, 10_000, 10_000, 10_000],
    [10_000, 10_000, 9_940, 9_960],
  ]
  const reported = (parameters: RawParameters) => {
    const { engine, price } = runOf('market_making', { ...quoting, ...parameters }, rows)
    return engine.report([price]).strategy as {
      readonly indicators: { readonly [key: string]: unknown }
      readonly indicative: string
    }
  }
  const { indicators, indicative } = reported({ skew: 1 })
  // Middle 99.60 − half of 0.498 = 99.351; ± 0.498.
  assert.deepEqual(indicators, { bid: '98.85', ask: '99.85', order_quantity: '1' })
  assert.match(indicative, /market making on candles is indicative/)
  assert.equal(reported({ inventory_max: 1 }).indicators['bid'], null)
})

test('stop_loss: rests at the venue from the entry on; the next entry needs a new signal', () => {
  const rows: Row[] = [...turning.slice(0, 5), [10_000, 10_010, 9_890, 9_980], ...flat(101, 102)]
  const parameters = { fast_length: 2, slow_length: 3, stop_loss: 1 }
  assert.deepEqual(trades('dual_ma', parameters, rows), [
    [4, 1_000, 10_000],
    [5, -1_000, 9_900],
  ])
})

test('take_profit: a limit beyond the entry', () => {
  const rows: Row[] = [...turning.slice(0, 5), [10_000, 10_201, 9_990, 10_100], ...flat(101)]
  const parameters = { fast_length: 2, slow_length: 3, take_profit: 2 }
  assert.deepEqual(trades('dual_ma', parameters, rows), [
    [4, 1_000, 10_000],
    [5, -1_000, 10_200],
  ])
})

test('take_profit_steps: less profit is asked for as time passes, at last any price will do', () => {
  const entered = [...turning.slice(0, 5), ...flat(101, 101, 101.5)]
  const parameters = { fast_length: 2, slow_length: 3, take_profit: 2 }
  const of = (steps: string) =>
    trades('dual_ma', { ...parameters, take_profit_steps: steps }, entered)
  // Bought at 100 with the close of bar 4; bars 5 and 6 stand at 101, bar 7 opens at 101.50 in the moment bar 6 closes.
  assert.deepEqual(of(''), [[4, 1_000, 10_000]])
  assert.deepEqual(of('1:1'), [
    [4, 1_000, 10_000],
    [6, -1_000, 10_100],
  ])
  assert.deepEqual(of('1:1.5, 2:0.5'), [
    [4, 1_000, 10_000],
    [6, -1_000, 10_100],
  ])
  assert.deepEqual(of('2:-100'), of('2:0.5'))
})

test('trailing_stop: follows the high of candles that have closed, from trailing_offset on', () => {
  const rows: Row[] = [
    ...turning.slice(0, 5),
    [10_000, 10_300, 10_000, 10_250],
    // 1 % below 103.00 is 101.97.
    [10_250, 10_290, 10_190, 10_240],
    ...flat(103),
  ]
  const parameters = { fast_length: 2, slow_length: 3, trailing_stop: 1 }
  assert.deepEqual(trades('dual_ma', parameters, rows), [
    [4, 1_000, 10_000],
    [6, -1_000, 10_197],
  ])
  assert.deepEqual(trades('dual_ma', { ...parameters, trailing_offset: 4 }, rows), [
    [4, 1_000, 10_000],
  ])
})

test('time_exit: at the close of so many bars after the entry', () => {
  const parameters = { fast_length: 2, slow_length: 3, time_exit: 2 }
  assert.deepEqual(trades('dual_ma', parameters, turning.slice(0, 7)), [
    [4, 1_000, 10_000],
    [6, -1_000, 10_200],
  ])
})

test('exits in ATRs are measured at the signal', () => {
  // True ranges 1 1 1 3: the ATR of 2 is 1, 1, 2; the stop of 1.5 stands at 97.
  const rows: Row[] = [...turning.slice(0, 5), [10_000, 10_000, 9_690, 9_710]]
  const parameters = { fast_length: 2, slow_length: 3, stop_loss_atr: 1.5, atr_length: 2 }
  assert.deepEqual(trades('dual_ma', parameters, rows), [
    [4, 1_000, 10_000],
    [5, -1_000, 9_700],
  ])
})

test('timeframe: bars of two minutes decide at the close of the second; half a first bar is left out', () => {
  const minutes = turning.flatMap((row) => [row, row])
  const parameters = { fast_length: 2, slow_length: 3, timeframe: '2m' }
  assert.deepEqual(trades('dual_ma', parameters, minutes), [
    [9, 1_000, 10_000],
    [15, -2_000, 9_800],
  ])
  const cut = (turning[0] ?? []) as unknown as Row
  const market = marketOf([cut, ...minutes])
  const openAt = market.candles.openAt.map((at) => at - MINUTE_MS)
  const strategy = strategyById('dual_ma')
  assert.ok(strategy)
  const shifted = { ...market, candles: { ...market.candles, openAt: Float64Array.from(openAt) } }
  const run = plain(strategy, { ...oneSol, ...parameters }, shifted)
  assert.deepEqual(
    run.fills.map(({ fill }) => (fill.at - START_AT) / MINUTE_MS),
    [10, 16],
  )
})

test('timeframe: finer than the data, or no multiple of it, is refused with a sentence', () => {
  const messageOf = (timeframe: string): string => {
    try {
      runOf('dual_ma', { timeframe }, turning, 300_000)
      return 'ran'
    } catch (error) {
      return error instanceof BacktestRefused ? error.message : String(error)
    }
  }
  assert.match(messageOf('1m'), /timeframe 1m is finer than the candles of 5m that this market has/)
  assert.match(messageOf('12m'), /timeframe 12m is no multiple of 5m/)
  assert.match(messageOf('5x'), /timeframe must be a number and s, m, h, d or w/)
  assert.equal(messageOf('10m'), 'ran')
})

test('contradictions are refused with the key and what it must be', () => {
  const refused = (id: string, parameters: RawParameters): string => {
    const faults = strategyById(id)?.contradictions?.(parameters, {} as never) ?? []
    return faults.map(({ keys, allowed }) => `${keys[0]} ${allowed}`).join('; ')
  }
  assert.equal(
    refused('dual_ma', { fast_length: 30, slow_length: 30 }),
    'fast_length below slow_length 30',
  )
  assert.match(refused('dual_ma', { sizing: 'risk_per_trade' }), /^sizing equity_share or fixed/)
  assert.match(refused('dual_ma', { sizing: 'fixed' }), /^order_quantity given with sizing fixed/)
  assert.match(
    refused('dual_ma', { order_notional: 5 }),
    /^order_notional left out with sizing equity_share/,
  )
  assert.match(
    refused('dual_ma', { stop_loss: 1, stop_loss_atr: 1 }),
    /^stop_loss_atr left out beside/,
  )
  assert.match(refused('dual_ma', { trailing_offset: 1 }), /^trailing_offset 0 or left out/)
  assert.match(
    refused('donchian_breakout', { exit_length: 30 }),
    /^exit_length at most entry_length 20/,
  )
  assert.match(
    refused('dual_ma', { take_profit_steps: '60=2' }),
    /^take_profit_steps minutes:percent/,
  )
  assert.match(refused('dual_ma', { take_profit_steps: '60:2, 30:1' }), /rising in time/)
  assert.equal(refused('rsi_mean_reversion', {}), '')
})
