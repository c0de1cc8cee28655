/** triple_ma: long when three moving averages come to stand in rising order, short when they come to stand in falling order. */
import { levelText } from '../domain/signal/amounts.ts'
import {
  averageKindParameter,
  type MovingAverage,
  type MovingAverageKind,
  movingAverageNext,
  movingAverageStart,
} from '../domain/signal/moving-average.ts'
import { EXIT_LONG, EXIT_SHORT, LONG, NOTHING, SHORT } from '../domain/signal/signal-core.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'

interface TripleMa {
  readonly fastAverage: MovingAverage
  readonly middleAverage: MovingAverage
  readonly slowAverage: MovingAverage
  readonly warmUp: number
  /** 1: fast above middle above slow; -1: the reverse; 0: neither; 2: not known yet. */
  order: 1 | 0 | -1 | 2
  fast: number
  middle: number
  slow: number
}

const length = (doc: string, standard: number) =>
  ({ type: 'integer', doc, unit: 'bars', minimum: 1, maximum: 5000, default: standard }) as const

export const tripleMa = signalStrategy<TripleMa>({
  id: 'triple_ma',
  parameters: {
    fast_length: length('Length of the fast average of closes; below middle_length.', 5),
    middle_length: length('Length of the middle average of closes; below slow_length.', 20),
    slow_length: length('Length of the slow average of closes.', 50),
    ma_type: averageKindParameter,
  },
  contradictions: (given) => [
    ...given.rising('fast_length', 'middle_length'),
    ...given.rising('middle_length', 'slow_length'),
  ],
  start(reader) {
    const kind = reader.word<MovingAverageKind>('ma_type', 'sma')
    const slow = reader.count('slow_length')
    return {
      fastAverage: movingAverageStart(kind, reader.count('fast_length')),
      middleAverage: movingAverageStart(kind, reader.count('middle_length')),
      slowAverage: movingAverageStart(kind, slow),
      warmUp: slow + 1,
      order: 2,
      fast: 0,
      middle: 0,
      slow: 0,
    }
  },
  warmUp: (own) => own.warmUp,
  next(own, { close }) {
    const fast = movingAverageNext(own.fastAverage, close)
    const middle = movingAverageNext(own.middleAverage, close)
    const slow = movingAverageNext(own.slowAverage, close)
    if (!(slow > 0)) return NOTHING
    const before = own.order
    own.fast = fast
    own.middle = middle
    own.slow = slow
    own.order = fast > middle && middle > slow ? 1 : fast < middle && middle < slow ? -1 : 0
    if (own.order !== before && before !== 2) {
      if (own.order === 1) return LONG
      if (own.order === -1) return SHORT
    }
    if (fast === middle) return NOTHING
    return fast < middle ? EXIT_LONG : EXIT_SHORT
  },
  indicators: (own, instrument) => ({
    fast: own.order === 2 ? null : levelText(instrument, own.fast),
    middle: own.order === 2 ? null : levelText(instrument, own.middle),
    slow: own.order === 2 ? null : levelText(instrument, own.slow),
  }),
})
