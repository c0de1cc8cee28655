/** Long series in few points for pictures; the extremes stay. */
import type { CandleColumns } from '../domain/history.ts'

export interface ChartPoint {
  readonly at: number
  readonly value: number
}

/** One bucket of a downsampled series. */
export interface Bucket {
  readonly at: number
  readonly low: number
  readonly high: number
  readonly last: number
}

/** Divides a series into at most `count` buckets that keep its extremes. */
export function downsample(
  length: number,
  pointAt: (index: number) => ChartPoint,
  count: number,
): readonly Bucket[] {
  const size = Math.max(1, Math.ceil(length / count))
  const buckets: Bucket[] = []
  for (let start = 0; start < length; start += size) {
    const first = pointAt(start)
    let [low, high, last, at] = [first.value, first.value, first.value, first.at]
    for (let index = start + 1; index < Math.min(length, start + size); index += 1) {
      const point = pointAt(index)
      low = Math.min(low, point.value)
      high = Math.max(high, point.value)
      last = point.value
      at = point.at
    }
    buckets.push({ at, low, high, last })
  }
  return buckets
}

/** Fewer buckets of the same series; the extremes stay. */
export function downsampleBuckets(buckets: readonly Bucket[], count: number): readonly Bucket[] {
  const size = Math.max(1, Math.ceil(buckets.length / count))
  const fewer: Bucket[] = []
  for (let start = 0; start < buckets.length; start += size) {
    const part = buckets.slice(start, start + size)
    const { at = 0, last = 0 } = part.at(-1) ?? {}
    const low = Math.min(...part.map((bucket) => bucket.low))
    const high = Math.max(...part.map((bucket) => bucket.high))
    fewer.push({ at, low, high, last })
  }
  return fewer
}

/** Candles in columns, prices in price units; `at` is the open. */
export interface CandleBuckets {
  readonly at: readonly number[]
  readonly open: readonly number[]
  readonly high: readonly number[]
  readonly low: readonly number[]
  readonly close: readonly number[]
}

/** The candles that open in [from, to) as at most `count` longer ones. */
export function downsampleCandles(
  candles: CandleColumns,
  from: number,
  to: number,
  count: number,
): CandleBuckets {
  const { openAt } = candles
  let begin = 0
  while (begin < openAt.length && (openAt[begin] ?? 0) < from) begin += 1
  let end = begin
  while (end < openAt.length && (openAt[end] ?? 0) < to) end += 1
  const size = Math.max(1, Math.ceil((end - begin) / count))
  const merged = {
    at: [] as number[],
    open: [] as number[],
    high: [] as number[],
    low: [] as number[],
    close: [] as number[],
  }
  for (let start = begin; start < end; start += size) {
    const last = Math.min(end, start + size) - 1
    merged.at.push(openAt[start] ?? 0)
    merged.open.push(candles.open[start] ?? 0)
    merged.close.push(candles.close[last] ?? 0)
    let [high, low] = [candles.high[start] ?? 0, candles.low[start] ?? 0]
    for (let index = start + 1; index <= last; index += 1) {
      high = Math.max(high, candles.high[index] ?? 0)
      low = Math.min(low, candles.low[index] ?? 0)
    }
    merged.high.push(high)
    merged.low.push(low)
  }
  return merged
}
