/** Plain SVG charts of a report: no script, colours by CSS variables so that light and dark both work. */
import { formatTimeShort } from '../domain/timeframe.ts'
import type { Bucket } from './downsample.ts'

export interface ChartSeries {
  readonly buckets: readonly Bucket[]
  /** `line`: the last value within its range; `area`: filled to 0; `plain`: the last value alone. */
  readonly style: 'line' | 'area' | 'plain'
  /** CSS class that sets the colour. */
  readonly tone: string
}

export interface ChartOptions {
  readonly title: string
  /** The first is drawn last, above the others; its times are those of the axis. */
  readonly series: readonly ChartSeries[]
  readonly height: number
  readonly format: (value: number) => string
  /** Horizontal lines (grid lines, the capital) behind the series. */
  readonly rules: readonly number[]
  /** `narrow`: drawn for telephones, so that labels keep their size; `half` for a column; `wide` when absent. */
  readonly width?: keyof typeof frames
}

interface Frame {
  readonly left: number
  readonly right: number
  /** Labels on the time axis less one. */
  readonly spans: number
}

const frames = {
  wide: { left: 78, right: 1046, spans: 6 },
  half: { left: 48, right: 486, spans: 4 },
  narrow: { left: 62, right: 354, spans: 2 },
} as const
const MARGIN = 14
const TOP = 12
const BOTTOM = 24
const DAY_MS = 86_400_000

/** Round steps (1, 2, 5 · 10^n) over a span, about `count` of them. */
export function ticks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low)) return [low]
  const step = roundStep(high - low, count)
  const result: number[] = []
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) {
    result.push(Math.abs(value) < step / 1e6 ? 0 : value)
  }
  return result
}

/** The smallest of 1, 2, 5 · 10^n that divides a span into at most `count` parts. */
function roundStep(span: number, count: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(span / count))
  const steps = [1, 2, 5, 10].map((factor) => factor * magnitude)
  return steps.find((step) => span / step <= count) ?? magnitude * 10
}

type Scale = (value: number) => string

/** One chart as an SVG element. */
export function chart(options: ChartOptions): string {
  const { series, height } = options
  const frame = frames[options.width ?? 'wide']
  const [low, high] = bounds(options)
  const axisBuckets = series[0]?.buckets ?? []
  const firstAt = axisBuckets[0]?.at ?? 0
  const spanMs = Math.max(1, (axisBuckets.at(-1)?.at ?? firstAt) - firstAt)
  const x: Scale = (at) =>
    fixed(frame.left + ((at - firstAt) / spanMs) * (frame.right - frame.left))
  const y: Scale = (value) => fixed(TOP + ((high - value) / (high - low)) * (height - TOP - BOTTOM))
  const parts = [
    axis(options, frame, [low, high], y),
    timeAxis(firstAt, spanMs, frame.spans, height, x),
    ...options.rules
      .filter((rule) => rule >= low && rule <= high)
      .map(
        (rule) =>
          `<line class="rule" x1="${frame.left}" x2="${frame.right}" y1="${y(rule)}" y2="${y(rule)}"/>`,
      ),
    ...series.toReversed().map((one) => drawn(one, x, y)),
  ]
  return svg(frame, options, parts)
}

function svg(
  frame: Frame,
  { title, height }: Pick<ChartOptions, 'title' | 'height'>,
  parts: readonly string[],
): string {
  const label = escapeHtml(title)
  return `<svg viewBox="0 0 ${frame.right + MARGIN} ${height}" role="img" aria-label="${label}">${parts.join('')}</svg>`
}

function drawn({ buckets, style, tone }: ChartSeries, x: Scale, y: Scale): string {
  if (buckets.length === 0) return ''
  const line = buckets.map(({ at, last }) => `${x(at)},${y(last)}`).join(' ')
  const stroke = `<polyline class="${tone}" points="${line}"/>`
  if (style === 'plain') return stroke
  if (style === 'area') {
    const [from, to] = [x(buckets[0]?.at ?? 0), x(buckets.at(-1)?.at ?? 0)]
    return `<polygon class="${tone} fill" points="${from},${y(0)} ${line} ${to},${y(0)}"/>${stroke}`
  }
  const up = buckets.map(({ at, high }) => `${x(at)},${y(high)}`)
  const down = buckets.map(({ at, low }) => `${x(at)},${y(low)}`).reverse()
  return `<polygon class="${tone} fill" points="${[...up, ...down].join(' ')}"/>${stroke}`
}

function bounds({ series }: ChartOptions): readonly [number, number] {
  const isArea = series.some(({ style }) => style === 'area')
  let low = isArea ? 0 : Number.POSITIVE_INFINITY
  let high = isArea ? 0 : Number.NEGATIVE_INFINITY
  for (const { buckets, style } of series) {
    for (const bucket of buckets) {
      low = Math.min(low, style === 'plain' ? bucket.last : bucket.low)
      high = Math.max(high, style === 'plain' ? bucket.last : bucket.high)
    }
  }
  if (!(high > low)) return [low - 1, low + 1]
  const margin = isArea ? 0 : (high - low) * 0.04
  return [low - margin, high + margin]
}

function axis(
  { height, format }: Pick<ChartOptions, 'height' | 'format'>,
  frame: Frame,
  [low, high]: readonly [number, number],
  y: Scale,
): string {
  return ticks(low, high, Math.max(3, Math.floor(height / 45)))
    .map((value) => {
      const at = y(value)
      const text = escapeHtml(format(value))
      const tone = value === 0 ? 'tick zero' : 'tick'
      return `<line class="${tone}" x1="${frame.left}" x2="${frame.right}" y1="${at}" y2="${at}"/><text x="${frame.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${text}</text>`
    })
    .join('')
}

function timeAxis(firstAt: number, spanMs: number, count: number, height: number, x: Scale) {
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

/** A column of a histogram, from and to a value. */
export interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
}

export interface BarsOptions {
  readonly title: string
  readonly bars: readonly Bar[]
  readonly height: number
  readonly format: (value: number) => string
  readonly width?: keyof typeof frames
}

/** A histogram; columns below 0 and above 0 have their own colours. */
export function barChart(options: BarsOptions): string {
  const { bars, height } = options
  const frame = frames[options.width ?? 'wide']
  const highest = bars.reduce((most, { count }) => Math.max(most, count), 1)
  const low = bars[0]?.from ?? 0
  const span = (bars.at(-1)?.to ?? 1) - low || 1
  const x: Scale = (value) =>
    fixed(frame.left + ((value - low) / span) * (frame.right - frame.left))
  const y: Scale = (count) => fixed(TOP + ((highest - count) / highest) * (height - TOP - BOTTOM))
  const whole = (value: number) => (Number.isInteger(value) ? value.toLocaleString('en-US') : '')
  const columns = bars
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => {
      const [left, right, top] = [Number(x(from)), Number(x(to)), Number(y(count))]
      const tone = to <= 0 ? 'loss' : 'win'
      const name = `${options.format(from)} to ${options.format(to)}: ${count}`
      return `<rect class="${tone}" x="${fixed(left + 0.5)}" y="${fixed(top)}" width="${fixed(Math.max(1, right - left - 1))}" height="${fixed(height - BOTTOM - top)}"><title>${escapeHtml(name)}</title></rect>`
    })
  const labels = ticks(low, low + span, frame.spans + 2).map(
    (value) =>
      `<text x="${x(value)}" y="${height - 6}" text-anchor="middle">${escapeHtml(options.format(value))}</text>`,
  )
  const axisLines = axis({ height, format: whole }, frame, [0, highest], y)
  return svg(frame, options, [axisLines, ...columns, ...labels])
}

/**
 * Divides values into about `count` columns of a round width, none of them across 0. What lies beyond the 1st and the
 * 99th of 100 values is counted in the first and the last column, so that one outlier does not flatten the rest.
 */
export function histogram(values: readonly number[], count: number): readonly Bar[] {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return []
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  const [low, high] = [Math.min(at(0.01), 0), Math.max(at(0.99), 0)]
  const step = roundStep(high > low ? high - low : 1, count)
  const first = Math.floor(low / step + 1e-9)
  const length = Math.max(1, Math.ceil(high / step - 1e-9) - first)
  const counts = Array.from({ length }, () => 0)
  for (const value of sorted) {
    const place = Math.floor(value / step) - first
    const index = Math.min(length - 1, Math.max(0, place))
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts.map((n, i) => ({ from: (first + i) * step, to: (first + i + 1) * step, count: n }))
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10)

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
