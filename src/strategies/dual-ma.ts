/** dual_ma: long when a fast moving average crosses above a slow one, short when it crosses below. */
import { levelText } from '../domain/signal/amounts.ts'
import {
  averageKindParameter,
  type MovingAverage,
  type MovingAverageKind,
  movingAverageNext,
  movingAverageStart,
} from '../domain/signal/moving-average.ts'
import { LONG, NOTHING, SHORT } from '../domain/signal/signal-core.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'

interface DualMa {
  readonly fastAverage: MovingAverage
  readonly slowAverage: MovingAverage
  readonly warmUp: number
  /** On which side of the slow average the fast one was last; 0 = not known yet. */
  side: 1 | 0 | -1
  /** 0 until warm. */
  fast: number
  slow: number
}

const length = (doc: string, standard: number) =>
  ({ type: 'integer', doc, unit: 'bars', minimum: 1, maximum: 5000, default: standard }) as const

export const dualMa = signalStrategy<DualMa>({
  id: 'dual_ma',
  parameters: {
    fast_length: length('Length of the fast average of closes; below slow_length.', 10),
    slow_length: length('Length of the slow average of closes.', 30),
    ma_type: averageKindParameter,
  },
  contradictions: (given) => given.rising('fast_length', 'slow_length'),
  start(reader) {
    const kind = reader.word<MovingAverageKind>('ma_type', 'sma')
    const slow = reader.count('slow_length')
    return {
      fastAverage: movingAverageStart(kind, reader.count('fast_length')),
      slowAverage: movingAverageStart(kind, slow),
      warmUp: slow,
      side: 0,
      fast: 0,
      slow: 0,
    }
  },
  warmUp: (own) => own.warmUp,
  next(own, bar) {
    const fast = movingAverageNext(own.fastAverage, bar.close)
    const slow = movingAverageNext(own.slowAverage, bar.close)
    // NaN is on neither side.
    if (fast > slow) {
      own.fast = fast
      own.slow = slow
      if (own.side === 1) return NOTHING
      const isCross = own.side === -1
      own.side = 1
      return isCross ? LONG : NOTHING
    }
    if (fast < slow) {
      own.fast = fast
      own.slow = slow
      if (own.side === -1) return NOTHING
      const isCross = own.side === 1
      own.side = -1
      return isCross ? SHORT : NOTHING
    }
    return NOTHING
  },
  indicators: (own, instrument) => ({
    fast: own.side === 0 ? null : levelText(instrument, own.fast),
    slow: own.side === 0 ? null : levelText(instrument, own.slow),
  }),
})
