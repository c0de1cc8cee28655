import { clsx } from 'clsx'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CandleRow } from '../../../../src/protocol/api-messages.ts'
import type { FillRow } from '../../../../src/protocol/fleet-messages.ts'
import { CandleChart } from '../../components/candle-chart.tsx'
import { Card } from '../../components/card.tsx'
import { Percent, Price } from '../../components/numbers.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { Segments } from '../../components/tabs.tsx'
import { type Timeframe, timeframes, useCandles } from '../../lib/queries.ts'
import {
  distance,
  fillMarkers,
  type GridOrders,
  type KeyPrices,
  type LineWords,
  offScale,
  orderLines,
  priceLines,
} from './chart-lines.ts'

const FRAMES = timeframes.map((one) => ({ value: one, label: one }))

type Stroke = 'solid' | 'dashed' | 'dotted'

/** A piece of a line as the chart draws it. */
function Swatch({ tone, stroke }: { readonly tone: string; readonly stroke: Stroke }) {
  return (
    <span
      aria-hidden
      className={clsx('inline-block w-5 shrink-0 border-t-2', tone)}
      style={{ borderTopStyle: stroke }}
    />
  )
}

interface LegendItem {
  readonly name: string
  readonly tone: string
  readonly stroke: Stroke
  readonly count: number
}

function OrderLegend({ orders, isLeg }: { readonly orders: GridOrders; readonly isLeg: boolean }) {
  const { t } = useTranslation('instance')
  const count = (side: 'buy' | 'sell') => orders.resting.filter((one) => one.side === side).length
  const resting: readonly LegendItem[] = [
    { name: t('chart.buys'), tone: 'border-good', stroke: 'solid', count: count('buy') },
    { name: t('chart.sells'), tone: 'border-bad', stroke: 'solid', count: count('sell') },
  ]
  const ofGrids: readonly LegendItem[] = [
    {
      name: t('chart.virtual'),
      tone: 'border-dim',
      stroke: 'dotted',
      count: orders.virtual.length,
    },
    {
      name: t('chart.missing'),
      tone: 'border-warn',
      stroke: 'dashed',
      count: orders.missing.length,
    },
  ]
  // most pairs rest nothing
  const items = isLeg ? resting.filter((item) => item.count > 0) : [...resting, ...ofGrids]
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {items.map(({ name, tone, stroke, count: n }) => (
        <li key={name} className="inline-flex items-center gap-1.5">
          <Swatch tone={tone} stroke={stroke} />
          {name}
          <span className="num font-medium text-ink">{n}</span>
        </li>
      ))}
      <li className="inline-flex items-center gap-1.5">
        <span aria-hidden className="text-good">
          ▲
        </span>
        <span aria-hidden className="-ml-1 text-bad">
          ▼
        </span>
        {t('chart.fills')}
      </li>
    </ul>
  )
}

interface KeyPriceProps {
  readonly name: string
  readonly tone: string
  readonly stroke: Stroke
  readonly price: string | null
  /** What stands when there is none. */
  readonly none: string
  readonly mark: string | null
  readonly candles: readonly CandleRow[]
}

/** A price that matters, with its distance from the mark; an arrow where it lies off the scale. */
function KeyPrice({ name, tone, stroke, price, none, mark, candles }: KeyPriceProps) {
  const { t } = useTranslation('instance')
  const off = offScale(price, candles)
  const share = distance(price, mark)
  return (
    <li className="min-w-0">
      <div className="flex items-center gap-1.5 text-2xs text-dim">
        <Swatch tone={tone} stroke={stroke} />
        {name}
      </div>
      <div className="num flex flex-wrap items-baseline gap-x-1.5 text-sm font-medium">
        {price === null ? (
          <span className="text-xs font-normal text-dim">{none}</span>
        ) : (
          <>
            <Price value={price} />
            {share !== null && share !== 0 && (
              <span className="text-2xs font-normal text-dim">
                {share > 0 ? '+' : ''}
                <Percent share={share} places={1} />
              </span>
            )}
            {off !== null && (
              <span className="text-2xs font-normal text-dim">
                {off === 'above' ? t('chart.above') : t('chart.below')}
              </span>
            )}
          </>
        )}
      </div>
    </li>
  )
}

function KeyPriceList({
  prices,
  candles,
  isKnown,
  isLeg,
}: {
  readonly prices: KeyPrices
  readonly candles: readonly CandleRow[]
  readonly isKnown: boolean
  readonly isLeg: boolean
}) {
  const { t } = useTranslation('instance')
  const shared = { mark: prices.mark, candles }
  const never = isKnown ? t('chart.never') : t('chart.unknown')
  return (
    <ul className="grid grid-cols-2 gap-x-5 gap-y-2.5 sm:grid-cols-3 xl:grid-cols-5">
      <KeyPrice
        {...shared}
        name={t('chart.mark')}
        tone="border-faint"
        stroke="dotted"
        price={prices.mark}
        none="–"
        mark={null}
      />
      <KeyPrice
        {...shared}
        name={t('chart.entry')}
        tone="border-accent"
        stroke="dashed"
        price={prices.entry}
        none={isKnown ? t('chart.flat') : '–'}
      />
      {!isLeg && (
        <>
          <KeyPrice
            {...shared}
            name={t('chart.liquidation')}
            tone="border-bad"
            stroke="solid"
            price={prices.liquidation}
            none={never}
          />
          <KeyPrice
            {...shared}
            name={t('chart.worstLong')}
            tone="border-bad"
            stroke="dashed"
            price={prices.worstLong}
            none={never}
          />
          <KeyPrice
            {...shared}
            name={t('chart.worstShort')}
            tone="border-bad"
            stroke="dashed"
            price={prices.worstShort}
            none={never}
          />
        </>
      )}
    </ul>
  )
}

function useLineWords(): LineWords {
  const { t } = useTranslation('instance')
  return useMemo(
    () => ({
      mark: t('scale.mark'),
      entry: t('scale.entry'),
      liquidation: t('scale.liquidation'),
      worstLong: t('scale.worstLong'),
      worstShort: t('scale.worstShort'),
      stop: t('scale.stop'),
      target: t('scale.target'),
    }),
    [t],
  )
}

const RETRY_MS = 5000

/** A market that does not tell yet is asked again. */
function useRetry(error: Error | null, refetch: () => unknown): void {
  useEffect(() => {
    if (error === null) return
    const timer = setInterval(refetch, RETRY_MS)
    return () => clearInterval(timer)
  }, [error, refetch])
}

type Scale = 'price' | 'grid'

function ScaleChoice(props: { readonly value: Scale; readonly onChange: (scale: Scale) => void }) {
  const { t } = useTranslation('instance')
  const options = [
    { value: 'price', label: t('chart.toPrice') },
    { value: 'grid', label: t('chart.toGrid') },
  ] as const
  return <Segments label={t('chart.scale')} options={options} {...props} />
}

interface ChartCardProps {
  readonly id: string
  readonly symbol: string
  /** Told where there are several. */
  readonly venue: string | null
  readonly orders: GridOrders
  readonly prices: KeyPrices
  /** The prices but the candles are not of now. */
  readonly isOld: boolean
  /** The bot has told what there is: what is null there is not. */
  readonly isKnown: boolean
  /** Of several legs the first: it has no grid, and nobody here says where it would be liquidated. */
  readonly isLeg: boolean
  readonly fills: readonly FillRow[]
  readonly timeframe: Timeframe
  readonly onTimeframe: (timeframe: Timeframe) => void
}

/** Candles with what the bot has, wants and did on them. */
export function ChartCard(props: ChartCardProps) {
  const { id, symbol, venue, orders, prices, isOld, isKnown, isLeg, fills } = props
  const { timeframe, onTimeframe } = props
  const { t } = useTranslation('instance')
  const { t: tPair } = useTranslation('pair')
  const { data: candles, error, refetch } = useCandles(id, timeframe)
  useRetry(error, refetch)
  const [scale, setScale] = useState<Scale>('price')
  const words = useLineWords()
  const lines = useMemo(
    () => [
      ...orderLines(orders),
      // the candles go on while it rests: its mark would stand beside them as if it were of now
      ...priceLines(isKnown ? prices : { ...prices, mark: null }, words),
    ],
    [orders, prices, words, isKnown],
  )
  const markers = useMemo(() => fillMarkers(fills), [fills])
  const actions = (
    <>
      {!isLeg && <ScaleChoice value={scale} onChange={setScale} />}
      <Segments
        label={t('chart.timeframe')}
        options={FRAMES}
        value={timeframe}
        onChange={onTimeframe}
      />
    </>
  )
  return (
    <Card title={venue === null ? symbol : `${symbol} · ${venue}`} actions={actions} flush>
      {candles === undefined && error === null && <Skeleton lines={8} className="p-4" />}
      {candles === undefined && error !== null && (
        <div className="py-16">
          <ErrorState error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {candles?.length === 0 && <EmptyState title={t('chart.empty')} />}
      {candles !== undefined && candles.length > 0 && (
        <CandleChart
          candles={candles}
          lines={lines}
          fitLines={scale === 'grid'}
          markers={markers}
          label={
            isLeg
              ? tPair('chart.label', { symbol, timeframe })
              : t('chart.label', { symbol, timeframe })
          }
          height={isLeg ? 260 : 380}
          viewKey={`${id} ${timeframe}`}
        />
      )}
      <div className="space-y-3 border-t border-line px-4 py-3 text-xs text-dim">
        <OrderLegend orders={orders} isLeg={isLeg} />
        <div className={isOld ? 'as-of' : undefined}>
          <KeyPriceList prices={prices} candles={candles ?? []} isKnown={isKnown} isLeg={isLeg} />
        </div>
      </div>
    </Card>
  )
}
