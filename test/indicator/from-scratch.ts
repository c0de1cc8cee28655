/**
 * The formulas of the indicators written a second time over whole arrays, slowly and without any state; null = not
 * warm.
 */
import type { PlainCandle } from './candles.ts'

export type Series = readonly (number | null)[]

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
const typical = (one: PlainCandle): number => (one.high + one.low + one.close) / 3

/** One figure of each complete window. */
const perWindow = <T>(all: readonly T[], length: number, figure: (part: readonly T[]) => number) =>
  all.map((_, i) => (i + 1 < length ? null : figure(all.slice(i + 1 - length, i + 1))))

/** Applies a series function to what is known and puts the unknown beginning back in front. */
function known(series: Series, apply: (values: readonly number[]) => Series): Series {
  const values = series.filter((x) => x !== null)
  return [...series.filter((x) => x === null), ...apply(values)]
}

const pair = (a: Series, b: Series, join: (x: number, y: number) => number): Series =>
  a.map((x, i) => {
    const y = b[i] ?? null
    return x === null || y === null ? null : join(x, y)
  })

export const closes = (all: readonly PlainCandle[]): readonly number[] =>
  all.map((one) => one.close)

export const sma = (values: readonly number[], length: number): Series =>
  perWindow(values, length, mean)

export const wma = (values: readonly number[], length: number): Series =>
  perWindow(values, length, (part) => {
    const weights = part.map((_, i) => i + 1)
    return sum(part.map((x, i) => x * (i + 1))) / sum(weights)
  })

/** An average with a weight for the newest value, seeded with a mean. */
function smoothed(values: readonly number[], length: number, weight: number): Series {
  let last: number | null = null
  return values.map((x, i) => {
    if (i + 1 < length) return null
    last = last === null ? mean(values.slice(0, length)) : last * (1 - weight) + x * weight
    return last
  })
}

export const ema = (values: readonly number[], length: number): Series =>
  smoothed(values, length, 2 / (length + 1))

export const wilder = (values: readonly number[], length: number): Series =>
  smoothed(values, length, 1 / length)

const changes = (values: readonly number[]): readonly number[] =>
  values.slice(1).map((x, i) => x - (values[i] ?? 0))

export function rsi(values: readonly number[], length: number): Series {
  const moves = changes(values)
  const up = wilder(
    moves.map((x) => Math.max(0, x)),
    length,
  )
  const down = wilder(
    moves.map((x) => Math.max(0, -x)),
    length,
  )
  const index = pair(up, down, (x, y) => (x + y === 0 ? 0 : 100 - 100 / (1 + x / y)))
  return values.length === 0 ? [] : [null, ...index]
}

export function macd(values: readonly number[], fast: number, slow: number): Series {
  const late = values.slice(slow - fast)
  const head = values.slice(0, slow - fast).map(() => null)
  return pair([...head, ...ema(late, fast)], ema(values, slow), (x, y) => x - y)
}

export const macdSignal = (
  values: readonly number[],
  fast: number,
  slow: number,
  length: number,
): Series => known(macd(values, fast, slow), (line) => ema(line, length))

export const deviation = (values: readonly number[], length: number): Series =>
  perWindow(values, length, (part) => Math.sqrt(mean(part.map((x) => (x - mean(part)) ** 2))))

export const band = (middle: Series, width: Series, times: number): Series =>
  pair(middle, width, (x, y) => x + times * y)

export function atr(all: readonly PlainCandle[], length: number): Series {
  const ranges = all.slice(1).map(({ high, low }, i) => {
    const before = all[i]?.close ?? 0
    return Math.max(high - low, Math.abs(high - before), Math.abs(low - before))
  })
  return all.length === 0 ? [] : [null, ...wilder(ranges, length)]
}

export const highest = (values: readonly number[], length: number): Series =>
  perWindow(values, length, (part) => Math.max(...part))

export const lowest = (values: readonly number[], length: number): Series =>
  perWindow(values, length, (part) => Math.min(...part))

export const channelMiddle = (all: readonly PlainCandle[], length: number): Series =>
  pair(
    highest(
      all.map((one) => one.high),
      length,
    ),
    lowest(
      all.map((one) => one.low),
      length,
    ),
    (x, y) => (x + y) / 2,
  )

export const stochasticK = (all: readonly PlainCandle[], length: number, slowing: number): Series =>
  known(
    perWindow(all, length, (part) => {
      const top = Math.max(...part.map((one) => one.high))
      const bottom = Math.min(...part.map((one) => one.low))
      return top === bottom ? 0 : (100 * ((part.at(-1)?.close ?? 0) - bottom)) / (top - bottom)
    }),
    (raw) => sma(raw, slowing),
  )

export const smoothedK = (k: Series, length: number): Series =>
  known(k, (line) => sma(line, length))

export const stochasticRsiK = (
  values: readonly number[],
  rsiLength: number,
  length: number,
  slowing: number,
): Series =>
  known(rsi(values, rsiLength), (line) =>
    stochasticK(
      line.map((x) => ({ openAt: 0, high: x, low: x, close: x, volume: 0 })),
      length,
      slowing,
    ),
  )

export const williamsR = (all: readonly PlainCandle[], length: number): Series =>
  perWindow(all, length, (part) => {
    const top = Math.max(...part.map((one) => one.high))
    const bottom = Math.min(...part.map((one) => one.low))
    return top === bottom ? 0 : (-100 * (top - (part.at(-1)?.close ?? 0))) / (top - bottom)
  })

export const cci = (all: readonly PlainCandle[], length: number): Series =>
  perWindow(all.map(typical), length, (part) => {
    const center = mean(part)
    const spread = mean(part.map((x) => Math.abs(x - center)))
    return spread < 1e-9 ? 0 : ((part.at(-1) ?? 0) - center) / (0.015 * spread)
  })

export const obv = (all: readonly PlainCandle[]): Series =>
  all.map((_, end) =>
    sum(
      all.slice(0, end + 1).map(({ close, volume }, i) => {
        const before = all[i - 1]?.close ?? 0
        return volume * (i === 0 ? 1 : Math.sign(close - before))
      }),
    ),
  )

const weighted = (part: readonly PlainCandle[]): number => {
  const volume = sum(part.map((one) => one.volume))
  const last = part.at(-1)
  if (volume === 0) return last ? typical(last) : Number.NaN
  return sum(part.map((one) => typical(one) * one.volume)) / volume
}

export const sessionVwap = (all: readonly PlainCandle[]): Series =>
  all.map(({ openAt }, i) => {
    const day = new Date(openAt).toISOString().slice(0, 10)
    return weighted(
      all.slice(0, i + 1).filter((one) => new Date(one.openAt).toISOString().startsWith(day)),
    )
  })

export const rollingVwap = (all: readonly PlainCandle[], length: number): Series =>
  perWindow(all, length, weighted)

export const mfi = (all: readonly PlainCandle[], length: number): Series =>
  perWindow(all, length + 1, (part) => {
    const flows = part.slice(1).map((one, i) => {
      const before = part[i]
      const rise = before ? typical(one) - typical(before) : 0
      return Math.sign(rise) * typical(one) * one.volume
    })
    const inflow = sum(flows.filter((x) => x > 0))
    const total = sum(flows.map(Math.abs))
    return total === 0 ? 0 : (100 * inflow) / total
  })

export const roc = (values: readonly number[], length: number): Series =>
  perWindow(values, length + 1, (part) => 100 * ((part.at(-1) ?? 0) / (part[0] ?? 0) - 1))

export const delayed = (series: Series, by: number): Series =>
  series.map((_, i) => series[i - by] ?? null)

export const meanOf = (a: Series, b: Series): Series => pair(a, b, (x, y) => (x + y) / 2)

/** Directional indicators and ADX with the sums of Wilder's book. */
export function directional(all: readonly PlainCandle[], length: number) {
  const moves = all.slice(1).map(({ high, low }, i) => {
    const before = all[i] ?? { high: 0, low: 0, close: 0 }
    const up = high - before.high
    const down = before.low - low
    return {
      up: up > down && up > 0 ? up : 0,
      down: down > up && down > 0 ? down : 0,
      range: Math.max(high, before.close) - Math.min(low, before.close),
    }
  })
  const fading = (values: readonly number[]): Series => {
    let total = sum(values.slice(0, length - 1))
    return values.map((x, i) => {
      if (i < length - 1) return null
      total = total - total / length + x
      return total
    })
  }
  const range = fading(moves.map((one) => one.range))
  const share = (x: number, y: number) => (y === 0 ? 0 : (100 * x) / y)
  const plus = pair(fading(moves.map((one) => one.up)), range, share)
  const minus = pair(fading(moves.map((one) => one.down)), range, share)
  const index = pair(plus, minus, (x, y) =>
    x + y === 0 ? Number.NaN : share(Math.abs(x - y), x + y),
  )
  const adx = known(index, (line) => directionalAverage(line, length))
  const whole = (series: Series): Series => (all.length === 0 ? [] : [null, ...series])
  return { plus: whole(plus), minus: whole(minus), adx: whole(adx) }
}

/** Wilder's average in which an undefined value counts 0 in the seed and changes nothing afterwards. */
function directionalAverage(line: readonly number[], length: number): Series {
  let last: number | null = null
  return line.map((x, i) => {
    if (i + 1 < length) return null
    if (last === null)
      last = mean(line.slice(0, length).map((one) => (Number.isNaN(one) ? 0 : one)))
    else if (!Number.isNaN(x)) last = (last * (length - 1) + x) / length
    return last
  })
}

/** The final bands and the direction, candle by candle over whole arrays. */
export function superTrend(all: readonly PlainCandle[], length: number, multiplier: number) {
  const ranges = atr(all, length)
  const upper: (number | null)[] = []
  const lower: (number | null)[] = []
  const direction: (number | null)[] = []
  for (const [i, one] of all.entries()) {
    const range = ranges[i] ?? null
    const lastUpper = upper[i - 1] ?? null
    const lastLower = lower[i - 1] ?? null
    const before = all[i - 1]?.close ?? 0
    if (range === null) {
      upper.push(null)
      lower.push(null)
      direction.push(null)
      continue
    }
    const top = (one.high + one.low) / 2 + multiplier * range
    const bottom = (one.high + one.low) / 2 - multiplier * range
    const keepsTop = lastUpper !== null && top >= lastUpper && before <= lastUpper
    const keepsBottom = lastLower !== null && bottom <= lastLower && before >= lastLower
    upper.push(keepsTop ? lastUpper : top)
    lower.push(keepsBottom ? lastLower : bottom)
    const last = direction[i - 1] ?? null
    if (last === null) direction.push(-1)
    else if (last === 1) direction.push(one.close < (lower[i] ?? 0) ? -1 : 1)
    else direction.push(one.close > (upper[i] ?? 0) ? 1 : -1)
  }
  return { upper, lower, direction }
}
