/** CandleChart's drawing, by lightweight-charts. Its own chunk. */
import {
  type AutoscaleInfoProvider,
  type CandlestickData,
  CandlestickSeries,
  type ChartOptions,
  createChart,
  createSeriesMarkers,
  type DeepPartial,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type PriceLineOptions,
  type SeriesMarker,
  type UTCTimestamp,
} from 'lightweight-charts'
import { type RefObject, useCallback, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CandleRow } from '../../../src/protocol/api-messages.ts'
import { plotted } from '../lib/format.ts'
import { themeColour, useTheme } from '../lib/theme.ts'
import type { CandleChartProps, ChartMarker, PriceLine } from './chart-types.ts'

/** px for a candle of the first view; a young market has few: they may be wider, and fill the chart. */
const BAR_WIDTH = 8
const BAR_WIDTH_MAX = 28
/** Free places behind the newest. */
const AHEAD = 3
const STYLES = {
  solid: LineStyle.Solid,
  // dashes that are told from dots at one pixel
  dashed: LineStyle.LargeDashed,
  dotted: LineStyle.Dotted,
} as const

interface Parts {
  readonly chart: IChartApi
  readonly series: ISeriesApi<'Candlestick'>
  readonly markers: ISeriesMarkersPluginApi<never>
  readonly lines: Map<string, IPriceLine>
}

/** The chart shows UTC: shifted, so that it reads as the reader's own clock. */
function chartTime(at: string): UTCTimestamp {
  const date = new Date(at)
  return (Math.floor(date.getTime() / 1000) - date.getTimezoneOffset() * 60) as UTCTimestamp
}

const barOf = ({ at, open, high, low, close }: CandleRow): CandlestickData<UTCTimestamp> => ({
  time: chartTime(at),
  open: plotted(open),
  high: plotted(high),
  low: plotted(low),
  close: plotted(close),
})

const decimalsIn = (text: string): number => text.split('.')[1]?.length ?? 0

function precisionOf(candles: readonly CandleRow[]): number {
  const recent = candles.slice(-50).flatMap(({ open, close }) => [open, close])
  return Math.min(8, Math.max(2, ...recent.map(decimalsIn)))
}

function chartColours(): DeepPartial<ChartOptions> {
  const line = themeColour('line')
  const edge = themeColour('edge')
  return {
    layout: {
      background: { color: 'transparent' },
      textColor: themeColour('dim'),
      fontSize: 11,
      fontFamily: 'system-ui, sans-serif',
      // it would write a style element, which the policy of the page forbids; the link stands below the chart
      attributionLogo: false,
    },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    rightPriceScale: { borderColor: line },
    timeScale: { borderColor: line, timeVisible: true, secondsVisible: false, rightOffset: 4 },
    crosshair: {
      vertLine: { color: edge, labelBackgroundColor: edge },
      horzLine: { color: edge, labelBackgroundColor: edge },
    },
  }
}

function candleColours() {
  const up = themeColour('good')
  const down = themeColour('bad')
  return {
    upColor: up,
    wickUpColor: up,
    downColor: down,
    wickDownColor: down,
    borderVisible: false,
  }
}

/** How much of a colour is seen, in hex. */
const SOFT = '8c'

const toneColour = (tone: PriceLine['tone']): string =>
  themeColour(tone === 'quiet' ? 'faint' : tone)

const lineOptions = (line: PriceLine): PriceLineOptions => ({
  id: line.id,
  price: plotted(line.price),
  color: `${toneColour(line.tone)}${line.soft === true ? SOFT : ''}`,
  lineWidth: 1,
  lineStyle: STYLES[line.style ?? 'dashed'],
  lineVisible: true,
  axisLabelVisible: line.onScale ?? false,
  title: line.label ?? '',
  axisLabelColor: toneColour(line.tone),
  axisLabelTextColor: themeColour('panel'),
})

function drawLines({ series, lines }: Parts, wanted: readonly PriceLine[]): void {
  const ids = new Set(wanted.map(({ id }) => id))
  for (const [id, line] of lines) {
    if (ids.has(id)) continue
    series.removePriceLine(line)
    lines.delete(id)
  }
  for (const one of wanted) {
    const known = lines.get(one.id)
    if (known === undefined) lines.set(one.id, series.createPriceLine(lineOptions(one)))
    else known.applyOptions(lineOptions(one))
  }
}

function placeOf({ side, price }: ChartMarker) {
  if (price !== undefined)
    return {
      position: 'atPriceMiddle' as const,
      price: plotted(price),
      shape: side === 'buy' ? ('arrowUp' as const) : ('arrowDown' as const),
      size: 1,
    }
  if (side === 'buy') return { position: 'belowBar' as const, shape: 'arrowUp' as const, size: 0.7 }
  return { position: 'aboveBar' as const, shape: 'arrowDown' as const, size: 0.7 }
}

/** On the candle that it happened in: markers between candles are not drawn. */
function markersOn(
  candles: readonly CandleRow[],
  markers: readonly ChartMarker[],
): SeriesMarker<UTCTimestamp>[] {
  const openings = candles.map(({ at }) => chartTime(at))
  const found = markers.flatMap((marker) => {
    const time = openings.findLast((opening) => opening <= chartTime(marker.at))
    if (time === undefined) return []
    const isBuy = marker.side === 'buy'
    return [
      {
        id: marker.id,
        time,
        ...placeOf(marker),
        color: themeColour(isBuy ? 'good' : 'bad'),
        ...(marker.text !== undefined && { text: marker.text }),
      },
    ]
  })
  return found.sort((a, b) => a.time - b.time)
}

/** Only the last candle has changed, or one was added: then the chart is not laid out anew. */
function isContinued(old: readonly CandleRow[], next: readonly CandleRow[]): boolean {
  const [first] = old
  if (first === undefined || first.at !== next[0]?.at || next.length < old.length) return false
  if (next.length - old.length > 1) return false
  return next[old.length - 2] === old[old.length - 2]
}

function useParts(place: RefObject<HTMLDivElement | null>): RefObject<Parts | null> {
  const parts = useRef<Parts | null>(null)
  useEffect(() => {
    const node = place.current
    if (node === null) return
    const chart = createChart(node, { autoSize: true, ...chartColours() })
    const series = chart.addSeries(CandlestickSeries, candleColours())
    const markers = createSeriesMarkers(series, []) as unknown as ISeriesMarkersPluginApi<never>
    parts.current = { chart, series, markers, lines: new Map() }
    return () => {
      chart.remove()
      parts.current = null
    }
  }, [place])
  return parts
}

/** The newest candles, as many as fit; all of a young market. */
function showNewest(chart: IChartApi, count: number): void {
  const width = chart.timeScale().width()
  if (width <= 0) return
  const span = Math.min(width / BAR_WIDTH, Math.max(width / BAR_WIDTH_MAX, count + AHEAD))
  const to = Math.max(count - 1 + AHEAD, span - 0.5)
  chart.timeScale().setVisibleLogicalRange({ from: to - span, to })
}

/** Until somebody moves or zooms it, the view fits: also when the chart gets its size, and while a young market grows. */
function useFit(place: RefObject<HTMLDivElement | null>, parts: RefObject<Parts | null>) {
  const count = useRef(0)
  const isMoved = useRef(false)
  useEffect(() => {
    const node = place.current
    const chart = parts.current?.chart
    if (node === null || chart === undefined) return
    const move = () => {
      isMoved.current = true
    }
    const fit = () => {
      if (!isMoved.current && count.current > 0) showNewest(chart, count.current)
    }
    const control = new AbortController()
    const options = { signal: control.signal, passive: true, capture: true }
    node.addEventListener('pointerdown', move, options)
    node.addEventListener('wheel', move, options)
    chart.timeScale().subscribeSizeChange(fit)
    return () => {
      control.abort()
      chart.timeScale().unsubscribeSizeChange(fit)
    }
  }, [place, parts])
  return useCallback(
    (candles: number, isNewView: boolean) => {
      if (isNewView) isMoved.current = false
      const isGrown = candles > count.current
      count.current = candles
      const chart = parts.current?.chart
      if (chart !== undefined && !isMoved.current && (isNewView || isGrown))
        showNewest(chart, candles)
    },
    [parts],
  )
}

function useBars(
  place: RefObject<HTMLDivElement | null>,
  parts: RefObject<Parts | null>,
  candles: readonly CandleRow[],
  viewKey: string,
) {
  const fit = useFit(place, parts)
  const drawn = useRef<{ candles: readonly CandleRow[]; viewKey: string }>({
    candles: [],
    viewKey: '',
  })
  useEffect(() => {
    const { chart, series } = parts.current ?? {}
    if (chart === undefined || series === undefined) return
    const isNewView = drawn.current.viewKey !== viewKey || drawn.current.candles.length === 0
    if (!isNewView && isContinued(drawn.current.candles, candles)) {
      for (const candle of candles.slice(drawn.current.candles.length - 1))
        series.update(barOf(candle))
    } else {
      const precision = precisionOf(candles)
      series.applyOptions({
        priceFormat: { type: 'price', precision, minMove: 10 ** -precision },
      })
      series.setData(candles.map(barOf))
    }
    fit(candles.length, isNewView)
    drawn.current = { candles, viewKey }
  }, [parts, candles, viewKey, fit])
}

/** The range of the candles in view, widened to the lines. */
function widened(lines: readonly PriceLine[]): AutoscaleInfoProvider {
  const prices = lines.filter(({ fits }) => fits !== false).map(({ price }) => plotted(price))
  return (original) => {
    const info = original()
    const range = info?.priceRange
    if (info === null || range == null || prices.length === 0) return info
    const minValue = Math.min(range.minValue, ...prices)
    return { ...info, priceRange: { minValue, maxValue: Math.max(range.maxValue, ...prices) } }
  }
}

const asIs: AutoscaleInfoProvider = (original) => original()

const NO_LINES: readonly PriceLine[] = []
const NO_MARKERS: readonly ChartMarker[] = []

export default function CandlePlot(props: CandleChartProps) {
  const { candles, lines = NO_LINES, markers = NO_MARKERS, label, height = 360, viewKey } = props
  const { fitLines = false } = props
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const parts = useParts(place)
  const { shown: theme } = useTheme()
  useBars(place, parts, candles, viewKey)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the page, not from the variable
  useEffect(() => {
    parts.current?.chart.applyOptions(chartColours())
    parts.current?.series.applyOptions(candleColours())
  }, [parts, theme])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the page, not from the variable
  useEffect(() => {
    if (parts.current !== null) drawLines(parts.current, lines)
  }, [parts, lines, theme])

  useEffect(() => {
    const autoscaleInfoProvider = fitLines ? widened(lines) : asIs
    parts.current?.series.applyOptions({ autoscaleInfoProvider })
  }, [parts, lines, fitLines])

  const opening = candles.at(-1)?.at
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed last candle moves no marker; its opening and the theme do
  useEffect(() => {
    const shown = markersOn(candles, markers)
    ;(parts.current?.markers as ISeriesMarkersPluginApi<UTCTimestamp> | undefined)?.setMarkers(
      shown,
    )
  }, [parts, markers, opening, viewKey, theme])

  return (
    <figure aria-label={label} className="relative m-0">
      <div ref={place} style={{ height }} className="min-w-0" />
      <figcaption className="px-3 py-1 text-right text-2xs text-faint">
        <a
          href="https://www.tradingview.com/"
          target="_blank"
          rel="noreferrer"
          className="hover:underline"
        >
          {t('chart.credit')}
        </a>
      </figcaption>
    </figure>
  )
}
