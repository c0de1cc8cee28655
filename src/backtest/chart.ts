/** Plain SVG charts of a report: no script, colours by CSS variables so that light and dark both work. */
import { formatTimeShort } from '../domain/timeframe.ts'

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

export interface ChartOptions {
  readonly title: string
  readonly buckets: readonly Bucket[]
  readonly height: number
  /** `line`: the last value within its range; `area`: filled to 0. */
  readonly style: 'line' | 'area'
  /** CSS class that sets the colour. */
  readonly tone: string
  readonly format: (value: number) => string
  /** Horizontal lines (grid lines) behind the series. */
  readonly rules: readonly number[]
  /** `narrow`: drawn for telephones, so that labels keep their size; `wide` when absent. */
  readonly width?: 'wide' | 'narrow'
}

interface Frame {
  readonly left: number
  readonly right: number
  /** Labels on the time axis less one. */
  readonly spans: number
}

const frames = {
  wide: { left: 74, right: 946, spans: 6 },
  narrow: { left: 62, right: 354, spans: 2 },
} as const
const MARGIN = 14
const TOP = 12
const BOTTOM = 24
const DAY_MS = 86_400_000

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

/** Round steps (1, 2, 5 · 10^n) over a span, about `count` of them. */
export function ticks(low: number, high: number, count: number): readonly number[] {
  const span = high - low
  if (!(span > 0)) return [low]
  const magnitude = 10 ** Math.floor(Math.log10(span / count))
  const step =
    [1, 2, 5, 10].map((factor) => factor * magnitude).find((s) => span / s <= count) ??
    magnitude * 10
  const result: number[] = []
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) {
    result.push(Math.abs(value) < step / 1e6 ? 0 : value)
  }
  return result
}

/** One chart as an SVG element. */
export function chart(options: ChartOptions): string {
  const { buckets, height, style, tone } = options
  const frame = frames[options.width ?? 'wide']
  const [low, high] = bounds(options)
  const firstAt = buckets[0]?.at ?? 0
  const spanMs = Math.max(1, (buckets.at(-1)?.at ?? firstAt) - firstAt)
  const x = (at: number) =>
    fixed(frame.left + ((at - firstAt) / spanMs) * (frame.right - frame.left))
  const y = (value: number) =>
    fixed(TOP + ((high - value) / (high - low)) * (height - TOP - BOTTOM))
  const line = buckets.map(({ at, last }) => `${x(at)},${y(last)}`).join(' ')
  const parts = [
    axis(options, frame, low, high, y),
    timeAxis(firstAt, spanMs, frame.spans, height, x),
    ...options.rules
      .filter((rule) => rule >= low && rule <= high)
      .map(
        (rule) =>
          `<line class="rule" x1="${frame.left}" x2="${frame.right}" y1="${y(rule)}" y2="${y(rule)}"/>`,
      ),
  ]
  if (style === 'area') {
    const [from, to] = [x(firstAt), x(firstAt + spanMs)]
    parts.push(`<polygon class="${tone} fill" points="${from},${y(0)} ${line} ${to},${y(0)}"/>`)
  } else {
    const up = buckets.map(({ at, high: top }) => `${x(at)},${y(top)}`)
    const down = buckets.map(({ at, low: bottom }) => `${x(at)},${y(bottom)}`).reverse()
    parts.push(`<polygon class="${tone} fill" points="${[...up, ...down].join(' ')}"/>`)
  }
  parts.push(`<polyline class="${tone}" points="${line}"/>`)
  const label = escapeHtml(options.title)
  return `<svg viewBox="0 0 ${frame.right + MARGIN} ${height}" role="img" aria-label="${label}">${parts.join('')}</svg>`
}

function bounds({ buckets, style }: ChartOptions): readonly [number, number] {
  let low = style === 'area' ? 0 : Number.POSITIVE_INFINITY
  let high = style === 'area' ? 0 : Number.NEGATIVE_INFINITY
  for (const bucket of buckets) {
    low = Math.min(low, bucket.low)
    high = Math.max(high, bucket.high)
  }
  if (!(high > low)) return [low - 1, low + 1]
  const margin = style === 'area' ? 0 : (high - low) * 0.04
  return [low - margin, high + margin]
}

function axis(
  options: ChartOptions,
  frame: Frame,
  low: number,
  high: number,
  y: (v: number) => string,
): string {
  return ticks(low, high, Math.max(3, Math.floor(options.height / 45)))
    .map((value) => {
      const at = y(value)
      const text = escapeHtml(options.format(value))
      return `<line class="tick" x1="${frame.left}" x2="${frame.right}" y1="${at}" y2="${at}"/><text x="${frame.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${text}</text>`
    })
    .join('')
}

function timeAxis(
  firstAt: number,
  spanMs: number,
  count: number,
  height: number,
  x: (at: number) => string,
): string {
  const isLong = spanMs > 3 * DAY_MS
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = firstAt + (spanMs * index) / count
    const rounded = Math.round(at / 60_000) * 60_000
    const text = isLong
      ? new Date(rounded).toISOString().slice(0, 10)
      : formatTimeShort(rounded).slice(5, 16).replace('T', ' ')
    const anchor = index === 0 ? 'start' : index === count ? 'end' : 'middle'
    return `<text x="${x(at)}" y="${height - 6}" text-anchor="${anchor}">${text}</text>`
  }).join('')
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10)

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
