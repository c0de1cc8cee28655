/**
 * The path of one demo asset, made day by day with random access (docs/concepts/demo-market.md).
 *
 * Daily knots follow a mean-reverting process around the anchor; within a day minutes carry stochastic volatility on
 * three scales, sessions and jumps, and are bridged so that they arrive at the next knot.
 */
import type { DemoAsset } from './demo-assets.ts'
import { DemoNoise } from './demo-noise.ts'

export const MINUTE_MS = 60_000
export const DAY_MINUTES = 1440

/** Minute candles of one day as numbers in price units and lots, index = minute of the day. */
export interface DemoDay {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** Noise streams of an asset; two apart, because a normal uses two. */
const STREAM = {
  knot: 0,
  slow: 2,
  middle: 4,
  fast: 6,
  step: 8,
  jump: 10,
  jumpSize: 12,
  high: 14,
  low: 16,
  volume: 18,
  quiet: 20,
  funding: 22,
} as const
const STREAMS_PER_ASSET = 32
const COMMON = 0

// Mean reversion: a knot keeps 80 % of its distance to the anchor, so distances halve in 3.1 days,
// and no distance is longer than this many daily volatilities (SOL: 10.6 %, so 135 … 167).
const KNOT_KEPT = 0.8
const KNOT_BOUND = 3.2
const KNOT_MEMORY_DAYS = 40
// Log volatility = three independent processes: [standard deviation, share kept per step].
const SLOW = { deviation: 0.44, kept: 0.93, memoryDays: 60 }
const MIDDLE = { deviation: 0.46, kept: 2 ** (-1 / 120) }
const FAST = { deviation: 0.37, kept: 2 ** (-1 / 7) }
const LOG_VARIANCE = SLOW.deviation ** 2 + MIDDLE.deviation ** 2 + FAST.deviation ** 2
// The recursions start this long before the day; the middle one has then forgotten all but 1 part in 64.
const WARM_UP_MINUTES = 720
// A jump: on average every 1,000 minutes, of 5 and more local deviations; it lifts the fast volatility.
const JUMP_PROBABILITY = 1 / 1000
const JUMP_MEAN_EXCESS = 2.5
const JUMP_SIZE_MIN = 5
const JUMP_LIFT = 0.9
const WEEKEND_FACTOR = 0.75
/** Relative volatility of each hour of the day, UTC: calm before Europe opens, lively when America does. */
const SESSION = [
  1.03, 0.95, 0.9, 0.85, 0.81, 0.79, 0.82, 0.88, 0.95, 0.94, 0.9, 0.9, 1.02, 1.2, 1.32, 1.28, 1.22,
  1.13, 1.13, 1.1, 1.1, 1.04, 0.92, 0.92,
]

/** The day of the week of day 0 of the series: 0 = Sunday. */
export interface DemoCalendar {
  readonly firstWeekday: number
}

export class DemoPath {
  readonly asset: DemoAsset
  readonly #noise: DemoNoise
  readonly #own: number
  readonly #calendar: DemoCalendar
  readonly #days = new Map<number, DemoDay>()

  /** `position`: place of the asset in the list, from 0. */
  constructor(asset: DemoAsset, position: number, seed: number, calendar: DemoCalendar) {
    this.asset = asset
    this.#noise = new DemoNoise(seed)
    this.#own = (position + 1) * STREAMS_PER_ASSET
    this.#calendar = calendar
  }

  /** The minutes of day `index` (0 = first day); the last few days are kept. */
  day(index: number): DemoDay {
    const known = this.#days.get(index)
    if (known) return known
    const made = this.#make(index)
    this.#days.set(index, made)
    if (this.#days.size > 4) {
      const oldest = this.#days.keys().next().value
      if (oldest !== undefined) this.#days.delete(oldest)
    }
    return made
  }

  /** Price of the end of a minute, as a float in quote; before the first minute the first open. */
  priceAfter(minute: number): number {
    const unit = 10 ** -this.asset.priceDecimals
    if (minute < 0) return (this.day(0).open[0] ?? 0) * unit
    const day = this.day(Math.floor(minute / DAY_MINUTES))
    return (day.close[minute % DAY_MINUTES] ?? 0) * unit
  }

  /** A standard normal for the funding of one interval. */
  fundingNoise(index: number): number {
    return this.#noise.normal(this.#own + STREAM.funding, index)
  }

  /** Log distance to the anchor at the beginning of a day; 0 at day 0. */
  knot(day: number): number {
    let sum = 0
    for (let back = 0; back < KNOT_MEMORY_DAYS && day - back > 0; back++) {
      const at = day - back
      sum += KNOT_KEPT ** back * this.#mixed(STREAM.knot, at) * this.#slowFactor(at)
    }
    return KNOT_BOUND * Math.tanh(sum / KNOT_BOUND) * this.asset.dailyVolatility
  }

  /** Noise that is partly common to all assets. */
  #mixed(stream: number, index: number): number {
    const share = this.asset.commonShare
    const common = this.#noise.normal(COMMON + stream, index)
    const own = this.#noise.normal(this.#own + stream, index)
    return share * common + Math.sqrt(1 - share * share) * own
  }

  #slowLog(day: number): number {
    let sum = 0
    for (let back = 0; back < SLOW.memoryDays; back++) {
      sum += SLOW.kept ** back * this.#mixed(STREAM.slow, day - back)
    }
    return sum * SLOW.deviation * Math.sqrt(1 - SLOW.kept ** 2)
  }

  #slowFactor(day: number): number {
    return Math.exp(this.#slowLog(day) - SLOW.deviation ** 2)
  }

  #make(index: number): DemoDay {
    const raw = this.#rawReturns(index)
    bridge(raw.returns, raw.deviations, this.knot(index + 1) - this.knot(index))
    return this.#candles(index, raw.returns, raw.deviations)
  }

  /** Minute returns before the bridge, and the standard deviation of each (0 in a minute without a trade). */
  #rawReturns(index: number): { returns: Float64Array; deviations: Float64Array } {
    const returns = new Float64Array(DAY_MINUTES)
    const deviations = new Float64Array(DAY_MINUTES)
    const slowFrom = this.#slowLog(index)
    const slowTo = this.#slowLog(index + 1)
    const scale = this.asset.dailyVolatility / Math.sqrt(DAY_MINUTES)
    const first = index * DAY_MINUTES
    let middle = 0
    let fast = 0
    for (let offset = -WARM_UP_MINUTES; offset < DAY_MINUTES; offset++) {
      const minute = first + offset
      middle = MIDDLE.kept * middle + entering(MIDDLE) * this.#mixed(STREAM.middle, minute)
      fast = FAST.kept * fast + entering(FAST) * this.#mixed(STREAM.fast, minute)
      const jump = this.#jump(minute)
      if (offset >= 0) {
        const slow = slowFrom + ((slowTo - slowFrom) * offset) / DAY_MINUTES
        const log = slow + middle + fast - LOG_VARIANCE
        const deviation = this.#isQuiet(minute)
          ? 0
          : scale * Math.exp(log) * this.#session(index, offset)
        deviations[offset] = deviation
        returns[offset] = deviation * (this.#mixed(STREAM.step, minute) + jump)
      }
      // What follows a jump is livelier; the jump itself is not.
      if (jump !== 0) fast += JUMP_LIFT
    }
    return { returns, deviations }
  }

  /** Size of the jump of a minute in local deviations, mostly 0; half of the jumps hit all assets. */
  #jump(minute: number): number {
    const half = JUMP_PROBABILITY / 2
    const ofAll = this.#noise.uniform(COMMON + STREAM.jump, minute) < half
    const ofOne = this.#noise.uniform(this.#own + STREAM.jump, minute) < half
    if (!ofAll && !ofOne) return 0
    const stream = (ofAll ? COMMON : this.#own) + STREAM.jumpSize
    const draw = this.#noise.uniform(stream, minute)
    const size =
      JUMP_SIZE_MIN - JUMP_MEAN_EXCESS * Math.log(this.#noise.uniform(stream + 1, minute))
    return draw < 0.5 ? -size : size
  }

  #isQuiet(minute: number): boolean {
    const share = this.asset.quietShare
    return share > 0 && this.#noise.uniform(this.#own + STREAM.quiet, minute) < share
  }

  #session(day: number, minuteOfDay: number): number {
    const hour = minuteOfDay / 60
    const from = SESSION[Math.floor(hour)] ?? 1
    const to = SESSION[(Math.floor(hour) + 1) % 24] ?? 1
    const weekday = (this.#calendar.firstWeekday + day) % 7
    const week = weekday === 0 || weekday === 6 ? WEEKEND_FACTOR : 1
    return week * (from + (to - from) * (hour - Math.floor(hour)))
  }

  #candles(index: number, returns: Float64Array, deviations: Float64Array): DemoDay {
    const day = emptyDay()
    const anchor = this.asset.anchor * 10 ** this.asset.priceDecimals
    const meanDeviation = this.asset.dailyVolatility / Math.sqrt(DAY_MINUTES)
    let log = this.knot(index)
    let before = Math.round(anchor * Math.exp(log))
    for (let i = 0; i < DAY_MINUTES; i++) {
      const deviation = deviations[i] ?? 0
      const change = returns[i] ?? 0
      const close = Math.round(anchor * Math.exp(log + change))
      const minute = index * DAY_MINUTES + i
      const up = excursion(change, deviation, this.#noise.uniform(this.#own + STREAM.high, minute))
      const down = excursion(
        -change,
        deviation,
        this.#noise.uniform(this.#own + STREAM.low, minute),
      )
      day.open[i] = before
      day.close[i] = close
      day.high[i] = Math.max(before, close, Math.round(anchor * Math.exp(log + up)))
      day.low[i] = Math.min(before, close, Math.round(anchor * Math.exp(log - down)))
      day.volume[i] = deviation === 0 ? 0 : this.#volume(minute, deviation / meanDeviation, close)
      log += change
      before = close
    }
    return day
  }

  /** Lots traded in a minute: more when the market moves more. At least one. */
  #volume(minute: number, liveliness: number, close: number): number {
    const spread = 0.6
    const noise = spread * this.#noise.normal(this.#own + STREAM.volume, minute) - spread ** 2 / 2
    const turnover = this.asset.minuteTurnover * liveliness ** 0.9 * Math.exp(noise)
    const lotValue = close * 10 ** -(this.asset.priceDecimals + this.asset.quantityDecimals)
    return Math.max(1, Math.round(turnover / lotValue))
  }
}

const entering = (process: { deviation: number; kept: number }): number =>
  process.deviation * Math.sqrt(1 - process.kept ** 2)

/** Moves the returns so that they add up to `total`: each gives by its variance, as a Brownian bridge does. */
function bridge(returns: Float64Array, deviations: Float64Array, total: number): void {
  let sum = 0
  let weight = 0
  for (let i = 0; i < returns.length; i++) {
    sum += returns[i] ?? 0
    weight += (deviations[i] ?? 0) ** 2
  }
  if (weight === 0) return
  for (let i = 0; i < returns.length; i++) {
    returns[i] = (returns[i] ?? 0) + ((total - sum) * (deviations[i] ?? 0) ** 2) / weight
  }
}

/**
 * The highest point of a Brownian path that starts at 0, ends at `change` and has this deviation, for a uniform draw.
 * Source: the law of the maximum of a Brownian bridge, P(max > m) = exp(-2 m (m - change) / deviation²).
 */
function excursion(change: number, deviation: number, draw: number): number {
  return (change + Math.sqrt(change * change - 2 * deviation * deviation * Math.log(draw))) / 2
}

function emptyDay(): DemoDay {
  const column = () => new Float64Array(DAY_MINUTES)
  return { open: column(), high: column(), low: column(), close: column(), volume: column() }
}
