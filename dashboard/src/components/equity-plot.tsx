/** EquityChart's drawing: two uPlot charts with one cursor. Its own chunk. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import uPlot from 'uplot'
import type { EquityPoint } from '../../../src/protocol/api-messages.ts'
import { clockTime, dateTime, plotted } from '../lib/format.ts'
import { themeColour, useTheme } from '../lib/theme.ts'
import type { EquityChartProps, EquityCurve } from './chart-types.ts'
import { Money, Percent } from './numbers.tsx'

const DRAWDOWN_HEIGHT = 88
const AXIS_WIDTH = 64
const DAY_S = 86_400

interface Curves {
  /** Equity or PnL, with the span of each point. */
  readonly upper: uPlot.AlignedData
  readonly drawdown: uPlot.AlignedData
}

function curvesOf(points: readonly EquityPoint[], curve: EquityCurve): Curves {
  const at = points.map((point) => Date.parse(point.at) / 1000)
  const equity = points.map((point) => plotted(point.equity))
  let peak = Number.NEGATIVE_INFINITY
  const drawdown = equity.map((value) => {
    peak = Math.max(peak, value)
    return peak > 0 ? value / peak - 1 : 0
  })
  const pnl = points.map((point) => plotted(point.pnl))
  // within a point the capital does not change: its span is that of PnL too
  const moved = (value: string, index: number) =>
    curve === 'equity' ? plotted(value) : plotted(value) - (equity[index] ?? 0) + (pnl[index] ?? 0)
  const high = points.map((point, index) => moved(point.high, index))
  const low = points.map((point, index) => moved(point.low, index))
  const line = curve === 'equity' ? equity : pnl
  return { upper: [at, line, high, low], drawdown: [at, drawdown] }
}

/** Half a label: one that would begin left of the chart is left out. */
const LABEL_ROOM = 26

const timeWords = (chart: uPlot, splits: number[], _: number, __: number, step: number): string[] =>
  splits.map((at) => {
    if (chart.valToPos(at, 'x') < LABEL_ROOM) return ''
    const date = new Date(at * 1000)
    if (step >= DAY_S) return dateTime(date).slice(5, 10)
    return step >= 60 ? clockTime(date).slice(0, 5) : clockTime(date)
  })

function axesOf(values: uPlot.Axis.Values, withTime: boolean): uPlot.Axis[] {
  const stroke = themeColour('faint')
  const grid = { stroke: themeColour('line'), width: 1 }
  const font = '11px system-ui, sans-serif'
  const shared = { stroke, grid, font, ticks: { show: false } }
  return [
    withTime
      ? { ...shared, values: timeWords, size: 28, space: 58 }
      : { ...shared, values: () => [], size: 6, space: 58 },
    { ...shared, values, size: AXIS_WIDTH, side: 1, space: 36 },
  ]
}

/** With as many decimals as the step between them needs. */
function evenly(splits: readonly number[]): string[] {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0))
  const isWhole = (digits: number) =>
    Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6
  const digits = [0, 1, 2, 3, 4, 5].find(isWhole) ?? 6
  const shape = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return splits.map((value) => value.toLocaleString('en-US', shape))
}

const percent = (text: string): string => `${text} %`

const cursorOf = (key: string): uPlot.Cursor => ({
  y: false,
  sync: { key },
  drag: { x: false, y: false },
  points: { size: 7 },
})

function optionsOf(
  key: string,
  curve: EquityCurve,
  { width, height }: { readonly width: number; readonly height: number },
  onHover: (at: number | null) => void,
) {
  const isAlone = curve === 'pnl'
  const accent = themeColour('accent')
  const bad = themeColour('bad')
  const span: uPlot.Series = { stroke: 'transparent', points: { show: false } }
  const shared = {
    width,
    legend: { show: false },
    cursor: cursorOf(key),
    padding: [8, 0, 0, 8] as uPlot.Padding,
  }
  const upper: uPlot.Options = {
    ...shared,
    height: isAlone ? height + DRAWDOWN_HEIGHT : height,
    axes: axesOf((_, splits) => evenly(splits), isAlone),
    series: [{}, { stroke: accent, width: 1.5, points: { show: false } }, span, span],
    bands: [{ series: [2, 3], fill: `${accent}2e` }],
    hooks: { setCursor: [(chart) => onHover(chart.cursor.idx ?? null)] },
  }
  const drawdown: uPlot.Options = {
    ...shared,
    height: DRAWDOWN_HEIGHT,
    scales: { y: { range: (_, low) => [Math.min(low * 1.1, -0.001), 0] } },
    axes: axesOf((_, splits) => evenly(splits.map((share) => share * 100)).map(percent), true),
    series: [{}, { stroke: bad, width: 1, fill: `${bad}2e`, points: { show: false } }],
  }
  return isAlone ? [upper] : [upper, drawdown]
}

function Reading({
  point,
  share,
  currency,
}: {
  readonly point: EquityPoint
  /** null = not of what is shown */
  readonly share: number | null
  readonly currency: string
}) {
  const { t } = useTranslation()
  return (
    <p className="num flex flex-wrap gap-x-4 px-4 pt-2 text-xs text-dim">
      <span>{dateTime(point.at)}</span>
      <span>
        {t('chart.equity')} <Money value={point.equity} currency={currency} className="text-ink" />
      </span>
      <span>
        {t('chart.pnl')} <Money value={point.pnl} signed />
      </span>
      {share !== null && (
        <span>
          {t('chart.drawdown')} <Percent share={share} className="text-ink" />
        </span>
      )}
    </p>
  )
}

export default function EquityPlot({
  points,
  currency,
  curve,
  label,
  height = 200,
}: EquityChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const charts = useRef<readonly uPlot[]>([])
  const { shown: theme } = useTheme()
  const [hovered, setHovered] = useState<number | null>(null)
  const curves = useMemo(() => curvesOf(points, curve), [points, curve])
  const latest = useRef(curves)
  latest.current = curves

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the page, not from the variable
  useEffect(() => {
    const node = place.current
    if (node === null) return
    const size = { width: node.clientWidth, height }
    const { upper, drawdown } = latest.current
    const made = optionsOf(`equity-${label}`, curve, size, setHovered).map(
      (options, index) => new uPlot(options, index === 0 ? upper : drawdown, node),
    )
    charts.current = made
    const watch = new ResizeObserver(() => {
      for (const chart of made) chart.setSize({ width: node.clientWidth, height: chart.height })
    })
    watch.observe(node)
    return () => {
      watch.disconnect()
      for (const chart of made) chart.destroy()
      charts.current = []
    }
  }, [theme, height, label, curve])

  useEffect(() => {
    const [upper, drawdown] = charts.current
    upper?.setData(curves.upper)
    drawdown?.setData(curves.drawdown)
  }, [curves])

  const at = hovered !== null && hovered < points.length ? hovered : points.length - 1
  const point = points[at]
  return (
    <figure aria-label={label} className="m-0">
      {point !== undefined && (
        <Reading
          point={point}
          share={curve === 'pnl' ? null : (curves.drawdown[1]?.[at] ?? 0)}
          currency={currency}
        />
      )}
      <div ref={place} className="min-w-0 overflow-hidden" />
    </figure>
  )
}
