/** The pictures of a report, each a piece of HTML made of plain data; sweeps and the dashboard use the same. */
import { barChart, type ChartOptions, chart, escapeHtml, histogram } from './chart.ts'
import { type Bucket, downsampleBuckets } from './downsample.ts'
import { countText, percentText, signedText } from './report-figures.ts'
import { box } from './report-page.ts'
import type { MonthReturn, PriceSeries, ReportSeries } from './report-series.ts'

const NARROW_BUCKETS = 320
const RESULT_COLUMNS = 48
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A month of so much is painted in full colour; stronger ones set the scale. */
const FULL_HEAT_MIN = 0.05

const plain = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 8 })

/** A chart in both widths; CSS shows the one that fits. */
export function responsiveChart(options: ChartOptions): string {
  const series = options.series.map((one) => ({
    ...one,
    buckets: downsampleBuckets(one.buckets, NARROW_BUCKETS),
  }))
  const narrow = chart({ ...options, series, width: 'narrow' })
  return `<div class="broad">${chart(options)}</div><div class="narrow">${narrow}</div>`
}

/** @param inner HTML @param legend HTML behind the title */
const figure = (title: string, inner: string, legend = ''): string =>
  `<section class="box"><h2>${escapeHtml(title)}${legend}</h2>${inner}</section>`

/** Equity against buy and hold of the same capital. */
export function equityFigure(
  { equity, buyAndHold }: Pick<ReportSeries, 'equity' | 'buyAndHold'>,
  currency: string,
  capital: number,
): string {
  const legend =
    '<span class="legend"><i class="equity"></i>equity<i class="hold"></i>buy and hold, same capital</span>'
  const drawing = responsiveChart({
    title: 'equity and buy and hold',
    series: [
      { buckets: equity, style: 'line', tone: 'equity' },
      { buckets: buyAndHold, style: 'plain', tone: 'hold' },
    ],
    height: 320,
    format: plain,
    rules: [capital],
  })
  return figure(`Equity, ${currency}`, drawing, legend)
}

/** How far equity is below its highest point until then. */
export function drawdownFigure({ drawdown }: Pick<ReportSeries, 'drawdown'>): string {
  const percentBuckets = (buckets: readonly Bucket[]) =>
    buckets.map(({ at, low, high, last }) => ({
      at,
      low: low * 100,
      high: high * 100,
      last: last * 100,
    }))
  const drawing = responsiveChart({
    title: 'drawdown',
    series: [{ buckets: percentBuckets(drawdown), style: 'area', tone: 'drawdown' }],
    height: 150,
    format: (value) => `${plain(value)} %`,
    rules: [],
  })
  return figure('Drawdown from the highest equity before', drawing)
}

/** Signed base held. */
export function positionFigure({ position }: Pick<ReportSeries, 'position'>, base: string): string {
  const drawing = responsiveChart({
    title: 'position',
    series: [{ buckets: position, style: 'area', tone: 'position' }],
    height: 150,
    format: plain,
    rules: [],
  })
  return figure(`Position, ${base}`, drawing)
}

const inPercent = (share: number): string => percentText(share, 1).replace(' %', '')

/** Years by months in percent, painted by their size. */
export function monthTable(months: readonly MonthReturn[]): string {
  const years = [...new Set(months.map(({ year }) => year))]
  const strongest = months.reduce((most, { change }) => Math.max(most, Math.abs(change)), 0)
  const full = Math.max(FULL_HEAT_MIN, strongest)
  const cell = (change: number | undefined) => {
    if (change === undefined) return '<td></td>'
    const tone = change < 0 ? 'bad' : 'good'
    const strength = Math.min(0.6, 0.06 + 0.54 * (Math.abs(change) / full))
    return `<td style="background:rgba(var(--${tone}-rgb),${strength.toFixed(2)})">${inPercent(change)}</td>`
  }
  const rows = years.map((year) => {
    const own = months.filter((one) => one.year === year)
    const total = own.reduce((product, { change }) => product * (1 + change), 1) - 1
    const cells = MONTHS.map((_, index) =>
      cell(own.find(({ month }) => month === index + 1)?.change),
    )
    return `<tr><th scope="row">${year}</th>${cells.join('')}<td class="year">${inPercent(total)}</td></tr>`
  })
  const head = ['', ...MONTHS, 'Year'].map((name) => `<th scope="col">${name}</th>`).join('')
  return `<table class="heat"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

/** Parts of a total as bars to the left (loss) and to the right (gain); the last row is the sum. */
export function profitSplit(rows: readonly (readonly [name: string, amount: number])[]): string {
  const largest = rows.reduce((most, [, amount]) => Math.max(most, Math.abs(amount)), 0)
  const cells = rows.map(([name, amount], index) => {
    const width = largest > 0 ? ((Math.abs(amount) / largest) * 50).toFixed(2) : '0'
    const tone = amount < 0 ? 'loss' : 'win'
    const sum = index === rows.length - 1 ? ' class="sum"' : ''
    return `<span${sum}>${escapeHtml(name)}</span><div class="bar"><i class="${tone}" style="width:${width}%"></i></div><b${sum}>${signedText(amount)}</b>`
  })
  return `<div class="split">${cells.join('')}</div>`
}

/** What was closed, by what it brought. @param parts `none` stands in the place of the picture, `note` above it */
export function resultsFigure(
  title: string,
  parts: { readonly results: readonly number[]; readonly none: string; readonly note: string },
): string {
  const { results, none, note } = parts
  if (results.length === 0) return box(title, `<p class="span">${escapeHtml(none)}</p>`)
  const bars = histogram(results, RESULT_COLUMNS)
  const format = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
  const drawing = barChart({ title, bars, height: 240, format, width: 'half' })
  return box(title, drawing, `${note}; the outermost columns hold what lies beyond them`)
}

/** Candles and fills: a drawing that a script makes into one that zooms. The data stands in the page as JSON. */
export function priceFigure(series: PriceSeries, symbol: string): string {
  const { candles, fills, fillsLeftOut, lines, scale } = series
  const buckets = candles.at.map((at, index) => ({
    at,
    low: (candles.low[index] ?? 0) / scale,
    high: (candles.high[index] ?? 0) / scale,
    last: (candles.close[index] ?? 0) / scale,
  }))
  const drawing = responsiveChart({
    title: 'price',
    series: [{ buckets: downsampleBuckets(buckets, 900), style: 'line', tone: 'price' }],
    height: 320,
    format: plain,
    rules: lines.map((line) => line / scale),
  })
  const left =
    fillsLeftOut > 0 ? `, evenly chosen of ${countText(fills.at.length + fillsLeftOut)}` : ''
  const note = `${countText(fills.at.length)} fills${left}${lines.length > 0 ? `; the ${lines.length} lines of the grid at the end` : ''}. Drag to move, Ctrl + wheel, two fingers or the buttons to zoom.`
  const tools =
    '<span class="tools"><button type="button" data-zoom="in" aria-label="zoom in">+</button><button type="button" data-zoom="out" aria-label="zoom out">−</button><button type="button" data-zoom="all">all</button></span>'
  const data = JSON.stringify(series).replaceAll('<', '\\u003c')
  return `<section class="box"><h2>${tools}Price of ${escapeHtml(symbol)}</h2><p class="note">${escapeHtml(note)}</p><div class="canvas" id="price">${drawing}</div><script type="application/json" id="price-data">${data}</script></section>`
}
