/** donchian_breakout: follows a close beyond the channel of the bars before it; leaves at a shorter channel. */
import { type Donchian, donchianNext, donchianStart } from '../domain/indicator/donchian.ts'
import { levelText } from '../domain/signal/amounts.ts'
import {
  EXIT_LONG,
  EXIT_SHORT,
  LONG,
  NOTHING,
  SHORT,
  type Signal,
} from '../domain/signal/signal-core.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'

interface DonchianBreakout {
  readonly entry: Donchian
  /** Null: nothing but the opposite breakout closes. */
  readonly exit: Donchian | null
  readonly warmUp: number
}

/** Judged by the channels of the bars before this one. */
function judge({ entry, exit }: DonchianBreakout, close: number): Signal {
  const { upper, lower } = entry
  if (upper === null || lower === null) return NOTHING
  if (close > upper) return LONG
  if (close < lower) return SHORT
  if (exit === null || exit.lower === null || exit.upper === null) return NOTHING
  if (close < exit.lower) return EXIT_LONG
  return close > exit.upper ? EXIT_SHORT : NOTHING
}

export const donchianBreakout = signalStrategy<DonchianBreakout>({
  id: 'donchian_breakout',
  parameters: {
    entry_length: {
      type: 'integer',
      doc: 'Bars of the channel whose break is followed, the present bar not counted.',
      unit: 'bars',
      minimum: 1,
      maximum: 5000,
      default: 20,
    },
    exit_length: {
      type: 'integer',
      doc: 'Bars of the channel whose break closes, at most entry_length; 0 = only the opposite breakout closes.',
      unit: 'bars',
      minimum: 0,
      maximum: 5000,
      default: 10,
    },
  },
  contradictions: (given) => given.atMost('exit_length', 'entry_length'),
  start(reader) {
    const entry = reader.count('entry_length')
    const exit = reader.count('exit_length')
    return {
      entry: donchianStart(entry),
      exit: exit === 0 ? null : donchianStart(exit),
      warmUp: entry + 1,
    }
  },
  warmUp: (own) => own.warmUp,
  next(own, bar) {
    const signal = judge(own, bar.close)
    donchianNext(own.entry, bar.high, bar.low)
    if (own.exit !== null) donchianNext(own.exit, bar.high, bar.low)
    return signal
  },
  indicators: ({ entry, exit }, instrument) => ({
    entry_upper: levelText(instrument, entry.upper),
    entry_lower: levelText(instrument, entry.lower),
    exit_upper: levelText(instrument, exit?.upper ?? null),
    exit_lower: levelText(instrument, exit?.lower ?? null),
  }),
})
