/**
 * macd_divergence: buys when the price makes a lower low that the MACD does not confirm, sells when it makes a higher high
 * that the MACD does not confirm. A low or high is known only when pivot_bars later bars have closed: nothing looks ahead.
 */
import { type Macd, macdNext, macdStart } from '../domain/indicator/macd.ts'
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

/** A swing: where it was, its price, and the MACD there. */
interface Swing {
  /** Number of its bar; 0 = none yet. */
  bar: number
  price: number
  macd: number
}

interface MacdDivergence {
  readonly macd: Macd
  /** Bars on each side that a low must undercut. */
  readonly side: number
  readonly lookback: number
  readonly exitsAtCross: boolean
  readonly warmUp: number
  /** The latest 2 · side + 1 bars, rings written at `at`. */
  readonly lows: number[]
  readonly highs: number[]
  readonly values: number[]
  at: number
  bars: number
  readonly low: Swing
  readonly high: Swing
  /** Sign of the histogram; 0 = not known yet. */
  sign: 1 | 0 | -1
}

const noSwing = (): Swing => ({ bar: 0, price: 0, macd: 0 })

const length = (doc: string, standard: number, minimum = 1) =>
  ({ type: 'integer', doc, unit: 'bars', minimum, maximum: 5000, default: standard }) as const

/** Whether the middle of a full ring lies beyond all others; of equals the first counts. @param sign 1 = highest, -1 = lowest */
function isSwing(ring: readonly number[], oldest: number, side: number, sign: 1 | -1): boolean {
  const size = ring.length
  const middle = ring[(oldest + side) % size] ?? 0
  for (let step = 0; step < size; step += 1) {
    if (step === side) continue
    const lead = sign * (middle - (ring[(oldest + step) % size] ?? 0))
    if (step < side ? lead <= 0 : lead < 0) return false
  }
  return true
}

/** Takes a new swing and says whether it diverges from the one before. @param sign 1 = highs, -1 = lows */
function isDivergent(
  own: MacdDivergence,
  before: Swing,
  price: number,
  macd: number,
  sign: 1 | -1,
): boolean {
  const bar = own.bars - own.side
  const isNear = before.bar > 0 && bar - before.bar <= own.lookback
  const isFound = isNear && sign * (price - before.price) > 0 && sign * (macd - before.macd) < 0
  before.bar = bar
  before.price = price
  before.macd = macd
  return isFound
}

function swingSignal(own: MacdDivergence): Signal {
  const { side, lows, highs, values, at } = own
  const middle = (at + side) % values.length
  const value = values[middle] ?? 0
  let signal: Signal = NOTHING
  if (isSwing(highs, at, side, 1) && isDivergent(own, own.high, highs[middle] ?? 0, value, 1))
    signal = SHORT
  if (isSwing(lows, at, side, -1) && isDivergent(own, own.low, lows[middle] ?? 0, value, -1))
    signal = LONG
  return signal
}

function crossSignal(own: MacdDivergence, histogram: number): Signal {
  const before = own.sign
  if (histogram > 0) own.sign = 1
  else if (histogram < 0) own.sign = -1
  if (!own.exitsAtCross || before === 0 || own.sign === before) return NOTHING
  return own.sign < 0 ? EXIT_LONG : EXIT_SHORT
}

export const macdDivergence = signalStrategy<MacdDivergence>({
  id: 'macd_divergence',
  parameters: {
    fast_length: length('Length of the fast exponential average of closes; below slow_length.', 12),
    slow_length: length('Length of the slow exponential average of closes.', 26),
    signal_length: length('Length of the exponential average of the MACD (signal line).', 9),
    pivot_bars: {
      ...length(
        'A low (high) must lie below (above) the lows (highs) of this many bars before and after it.',
        5,
      ),
      maximum: 200,
    },
    lookback: length(
      'Two lows (highs) are compared when they are at most this many bars apart.',
      60,
      2,
    ),
    exit_at_cross: {
      type: 'boolean',
      doc: 'A long position is closed when the MACD crosses below its signal line, a short one when it crosses above.',
      default: true,
    },
  },
  contradictions: (given) => given.rising('fast_length', 'slow_length'),
  start(reader) {
    const slow = reader.count('slow_length')
    const signal = reader.count('signal_length')
    const side = reader.count('pivot_bars')
    return {
      macd: macdStart(reader.count('fast_length'), slow, signal),
      side,
      lookback: reader.count('lookback'),
      exitsAtCross: reader.flag('exit_at_cross'),
      warmUp: slow + signal + 2 * side,
      lows: [],
      highs: [],
      values: [],
      at: 0,
      bars: 0,
      low: noSwing(),
      high: noSwing(),
      sign: 0,
    }
  },
  warmUp: (own) => own.warmUp,
  next(own, bar) {
    const histogram = macdNext(own.macd, bar.close)
    // NaN until warm.
    if (own.macd.macd === null || !(Math.abs(histogram) >= 0)) return NOTHING
    const size = 2 * own.side + 1
    own.lows[own.at] = bar.low
    own.highs[own.at] = bar.high
    own.values[own.at] = own.macd.macd
    own.at = (own.at + 1) % size
    own.bars += 1
    const exit = crossSignal(own, histogram)
    const entry = own.bars < size ? NOTHING : swingSignal(own)
    return entry === NOTHING ? exit : entry
  },
  indicators: ({ macd, low, high }, instrument) => ({
    macd: levelText(instrument, macd.macd),
    signal: levelText(instrument, macd.signal),
    histogram: levelText(instrument, macd.histogram),
    last_low: low.bar === 0 ? null : levelText(instrument, low.price),
    last_high: high.bar === 0 ? null : levelText(instrument, high.price),
  }),
})
