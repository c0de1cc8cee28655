/** supertrend: long when the SuperTrend turns up, short when it turns down. */
import {
  type SuperTrend,
  superTrendNext,
  superTrendStart,
} from '../domain/indicator/super-trend.ts'
import { levelText } from '../domain/signal/amounts.ts'
import { LONG, NOTHING, SHORT } from '../domain/signal/signal-core.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'

export const supertrend = signalStrategy<SuperTrend>({
  id: 'supertrend',
  parameters: {
    length: {
      type: 'integer',
      doc: 'Length of the average true range that the bands hang on.',
      unit: 'bars',
      minimum: 1,
      maximum: 5000,
      default: 10,
    },
    multiplier: {
      type: 'number',
      doc: 'Distance of the bands from the middle of the bar.',
      unit: 'ATR',
      exclusiveMinimum: 0,
      maximum: 100,
      default: 3,
    },
  },
  start: (reader) => superTrendStart(reader.count('length'), reader.factor('multiplier')),
  warmUp: (own) => own.atr.average.length + 1,
  next(own, bar) {
    const before = own.direction
    superTrendNext(own, bar.high, bar.low, bar.close)
    // The first direction is one by definition, not a turn.
    if (before === null || own.direction === before) return NOTHING
    return own.direction === 1 ? LONG : SHORT
  },
  indicators: ({ line, direction }, instrument) => ({
    line: levelText(instrument, line),
    trend: direction === null ? null : direction > 0 ? 'up' : 'down',
  }),
})
