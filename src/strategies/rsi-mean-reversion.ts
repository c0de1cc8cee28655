/** rsi_mean_reversion: buys when the RSI comes back from below a low level, sells when it comes back from above a high one. */
import { type Sma, smaNext, smaStart } from '../domain/indicator/average.ts'
import { type Rsi, rsiNext, rsiStart } from '../domain/indicator/rsi.ts'
import { levelText } from '../domain/signal/amounts.ts'
import {
  EXIT_LONG,
  EXIT_SHORT,
  FLAT,
  LONG,
  NOTHING,
  SHORT,
  type Signal,
} from '../domain/signal/signal-core.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'

interface RsiMeanReversion {
  readonly rsi: Rsi
  readonly trendAverage: Sma | null
  readonly oversold: number
  readonly overbought: number
  readonly exitLevel: number
  /** -1 until warm. */
  value: number
  /** 0 until warm or without a filter. */
  trend: number
}

const level = (doc: string, standard: number) =>
  ({ type: 'number', doc, minimum: 0, maximum: 100, default: standard }) as const

function judge(own: RsiMeanReversion, before: number, now: number, close: number): Signal {
  const { oversold, overbought, exitLevel, trend, trendAverage } = own
  const isKnown = trendAverage === null || trend > 0
  if (before < oversold && now >= oversold && isKnown && close >= trend) return LONG
  const mayShort = trendAverage === null || (trend > 0 && close <= trend)
  if (before > overbought && now <= overbought && mayShort) return SHORT
  const isHigh = now >= exitLevel
  const isLow = now <= 100 - exitLevel
  if (isHigh && isLow) return FLAT
  return isHigh ? EXIT_LONG : isLow ? EXIT_SHORT : NOTHING
}

export const rsiMeanReversion = signalStrategy<RsiMeanReversion>({
  id: 'rsi_mean_reversion',
  parameters: {
    rsi_length: {
      type: 'integer',
      doc: 'Length of the relative strength index (Wilder) of closes.',
      unit: 'bars',
      minimum: 1,
      maximum: 5000,
      default: 14,
    },
    oversold: level('Long when the RSI was below it at the bar before and is not any more.', 30),
    overbought: level('Short when the RSI was above it at the bar before and is not any more.', 70),
    exit_level: level(
      'A long position is closed when the RSI is at or above it, a short one when it is at or below 100 − exit_level.',
      50,
    ),
    trend_length: {
      type: 'integer',
      doc: 'Only long at or above and only short at or below the mean of this many closes; 0 = without this filter.',
      unit: 'bars',
      minimum: 0,
      maximum: 5000,
      default: 0,
    },
  },
  contradictions: (given) => [
    ...given.rising('oversold', 'overbought'),
    ...given.rising('oversold', 'exit_level'),
  ],
  start(reader) {
    const trendLength = reader.count('trend_length')
    return {
      rsi: rsiStart(reader.count('rsi_length')),
      trendAverage: trendLength === 0 ? null : smaStart(trendLength),
      oversold: reader.factor('oversold'),
      overbought: reader.factor('overbought'),
      exitLevel: reader.factor('exit_level'),
      value: -1,
      trend: 0,
    }
  },
  warmUp: (own) => Math.max(own.rsi.gain.length + 2, own.trendAverage?.window.length ?? 0),
  next(own, bar) {
    const before = own.value
    const now = rsiNext(own.rsi, bar.close)
    const trend = own.trendAverage === null ? 0 : smaNext(own.trendAverage, bar.close)
    if (trend > 0) own.trend = trend
    if (!(now >= 0)) return NOTHING
    own.value = now
    return before < 0 ? NOTHING : judge(own, before, now, bar.close)
  },
  indicators: (own, instrument) => ({
    rsi: own.value < 0 ? null : own.value.toFixed(2),
    trend: own.trend === 0 ? null : levelText(instrument, own.trend),
  }),
})
