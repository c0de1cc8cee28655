/**
 * Long when a fast average of closes crosses above a slow one, short when it crosses below: a rule for signalStrategy,
 * which looks after sizing, stops, take-profit, trailing and the timeframe (docs/guides/plug-ins.md).
 */
import {
  type Ema,
  emaNext,
  emaStart,
  LONG,
  levelText,
  NOTHING,
  SHORT,
  signalStrategy,
} from 'perpfleet/strategy'

/** The rule's own state: plain JSON, so that a restart goes on from it. */
interface MeanCross {
  readonly fast: Ema
  readonly slow: Ema
  readonly warmUp: number
  /** On which side of the slow average the fast one was last; 0 = not known yet. */
  side: 1 | 0 | -1
  fastNow: number
  slowNow: number
}

export default signalStrategy<MeanCross>({
  id: 'mean_cross',
  parameters: {
    fast: {
      type: 'integer',
      doc: 'Bars of the fast average.',
      minimum: 1,
      maximum: 5000,
      default: 10,
    },
    slow: {
      type: 'integer',
      doc: 'Bars of the slow average.',
      minimum: 2,
      maximum: 5000,
      default: 30,
    },
  },
  contradictions: (given) => given.rising('fast', 'slow'),
  start: (reader) => ({
    fast: emaStart(reader.count('fast')),
    slow: emaStart(reader.count('slow')),
    warmUp: reader.count('slow'),
    side: 0,
    fastNow: 0,
    slowNow: 0,
  }),
  warmUp: (own) => own.warmUp,
  next(own, bar) {
    const fast = emaNext(own.fast, bar.close)
    const slow = emaNext(own.slow, bar.close)
    // NaN until warm, and NaN is on neither side.
    const side = fast > slow ? 1 : fast < slow ? -1 : 0
    if (side === 0) return NOTHING
    own.fastNow = fast
    own.slowNow = slow
    const isCross = own.side === -side
    own.side = side
    if (!isCross) return NOTHING
    return side === 1 ? LONG : SHORT
  },
  indicators: (own, instrument) => ({
    fast: own.side === 0 ? null : levelText(instrument, own.fastNow),
    slow: own.side === 0 ? null : levelText(instrument, own.slowNow),
  }),
})
