/** bollinger_breakout: follows a close beyond a Bollinger band; leaves at the middle or at the opposite band. */
import { type Bollinger, bollingerNext, bollingerStart } from '../domain/indicator/bollinger.ts'
import { levelText } from '../domain/signal/amounts.ts'
import { EXIT_LONG, EXIT_SHORT, LONG, NOTHING, SHORT } from '../domain/signal/signal-core.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'

interface BollingerBreakout {
  readonly bands: Bollinger
  readonly exitsAtMiddle: boolean
  /** Where the last close lay: above the upper band, below the lower one, or between; 2 = not known yet. */
  zone: 1 | 0 | -1 | 2
}

export const bollingerBreakout = signalStrategy<BollingerBreakout>({
  id: 'bollinger_breakout',
  parameters: {
    length: {
      type: 'integer',
      doc: 'Bars of the mean and the standard deviation of closes, the present one included.',
      unit: 'bars',
      minimum: 2,
      maximum: 5000,
      default: 20,
    },
    deviations: {
      type: 'number',
      doc: 'Distance of the bands from the middle.',
      unit: 'standard deviations',
      exclusiveMinimum: 0,
      maximum: 10,
      default: 2,
    },
    exit_at: {
      type: 'enum',
      doc: 'middle: a long position is closed by a close below the middle, a short one by a close above it; opposite: only the opposite breakout closes.',
      values: ['middle', 'opposite'],
      default: 'middle',
    },
  },
  start: (reader) => ({
    bands: bollingerStart(reader.count('length'), reader.factor('deviations')),
    exitsAtMiddle: reader.word('exit_at', 'middle') === 'middle',
    zone: 2,
  }),
  warmUp: (own) => own.bands.average.window.length + 1,
  next(own, { close }) {
    const { bands, zone } = own
    bollingerNext(bands, close)
    const { upper, middle, lower } = bands
    if (upper === null || middle === null || lower === null) return NOTHING
    own.zone = close > upper ? 1 : close < lower ? -1 : 0
    if (zone !== 2 && own.zone === 1 && zone !== 1) return LONG
    if (zone !== 2 && own.zone === -1 && zone !== -1) return SHORT
    if (!own.exitsAtMiddle || close === middle) return NOTHING
    return close < middle ? EXIT_LONG : EXIT_SHORT
  },
  indicators: ({ bands }, instrument) => ({
    upper: levelText(instrument, bands.upper),
    middle: levelText(instrument, bands.middle),
    lower: levelText(instrument, bands.lower),
  }),
})
