/** Lines, markers and the time scale of the candle chart. Pure. */

import type { CandleRow } from '../../../../src/protocol/api-messages.ts'
import type { FillRow, OrderRow } from '../../../../src/protocol/fleet-messages.ts'
import type { ChartMarker, PriceLine } from '../../components/chart-types.ts'
import { plotted } from '../../lib/format.ts'
import type { Timeframe } from '../../lib/queries.ts'
import type { BotStatus, VirtualOrder, WantedOrder } from './grid-status.ts'

const MINUTES: Readonly<Record<Timeframe, number>> = {
  '1m': 1,
  '5m': 5,
  '15m': 15,
  '1h': 60,
  '4h': 240,
  '1d': 1440,
}
/** So long a candle should take to grow, seconds of the reader. */
const GROWTH_S = 4

/** Candles that grow slowly enough to be read while the market runs `speed` times as fast as the clock. */
export const timeframeFor = (speed: number): Timeframe =>
  (Object.keys(MINUTES) as Timeframe[]).find((one) => (MINUTES[one] * 60) / speed >= GROWTH_S) ??
  '1d'

/** An order that is wanted and does not rest. */
export interface MissingOrder extends VirtualOrder {
  /** A code of docs/reference/reasons.md, and the server's words for it. */
  readonly reason: string
  readonly text: string
}

/** Orders of a grid by what became of them. */
export interface GridOrders {
  readonly resting: readonly VirtualOrder[]
  readonly missing: readonly MissingOrder[]
  readonly virtual: readonly VirtualOrder[]
}

const NONE: GridOrders = { resting: [], missing: [], virtual: [] }

const isMissing = ({ state, reason }: WantedOrder): boolean =>
  state === 'missing' && reason !== 'virtual'

const missingOf = (order: WantedOrder): MissingOrder => {
  const { slot, side, price, quantity, reason, reason_text: text } = order
  return { slot, side, price, quantity, reason: reason ?? '', text: text ?? reason ?? '' }
}

/** Of a bot that does not answer only what its desk still knows to rest. */
export function gridOrders(
  status: BotStatus | undefined,
  working: readonly OrderRow[] | undefined,
): GridOrders {
  const list = status?.orders?.list
  if (list === undefined) {
    const open = (working ?? []).filter(({ state, price }) => state === 'open' && price !== null)
    if (open.length === 0) return NONE
    return {
      ...NONE,
      resting: open.map(({ slot, side, price, quantity }) => ({
        slot,
        side,
        price: price ?? '0',
        quantity,
      })),
    }
  }
  const shown = list.filter(({ protective }) => !protective)
  return {
    resting: shown.filter(({ state }) => state === 'resting'),
    missing: list.filter(isMissing).map(missingOf),
    virtual: status?.grid?.virtual ?? [],
  }
}

/** Prices that matter beside the orders; null = there is none, or it is not known. */
export interface KeyPrices {
  readonly mark: string | null
  readonly entry: string | null
  readonly liquidation: string | null
  readonly worstLong: string | null
  readonly worstShort: string | null
  readonly stop: string | null
  readonly target: string | null
}

/** Words on the price scale. */
export interface LineWords {
  readonly mark: string
  readonly entry: string
  readonly liquidation: string
  readonly worstLong: string
  readonly worstShort: string
  readonly stop: string
  readonly target: string
}

const sideTone = (side: 'buy' | 'sell') => (side === 'buy' ? 'good' : 'bad')

export function orderLines({ resting, missing, virtual }: GridOrders): PriceLine[] {
  const lineOf =
    (kind: string, style: 'solid' | 'dashed' | 'dotted') =>
    ({ slot, side, price }: VirtualOrder): PriceLine => ({
      id: `${kind} ${slot}`,
      price,
      tone: kind === 'missing' ? 'warn' : sideTone(side),
      style,
      soft: true,
    })
  return [
    ...resting.map(lineOf('resting', 'solid')),
    ...virtual.map(lineOf('virtual', 'dotted')),
    ...missing.map(lineOf('missing', 'dashed')),
  ]
}

export function priceLines(prices: KeyPrices, words: LineWords): PriceLine[] {
  const line = (
    name: keyof KeyPrices,
    tone: PriceLine['tone'],
    style: 'solid' | 'dashed' | 'dotted',
  ): PriceLine[] => {
    const price = prices[name]
    if (price === null) return []
    const fits = name === 'mark' || name === 'entry'
    return [{ id: name, price, tone, style, label: words[name], onScale: true, fits }]
  }
  return [
    ...line('entry', 'accent', 'dashed'),
    ...line('mark', 'quiet', 'dotted'),
    ...line('liquidation', 'bad', 'solid'),
    ...line('worstLong', 'bad', 'dashed'),
    ...line('worstShort', 'bad', 'dashed'),
    ...line('stop', 'warn', 'solid'),
    ...line('target', 'good', 'solid'),
  ]
}

export const fillMarkers = (fills: readonly FillRow[]): ChartMarker[] =>
  fills.map(({ id, at, side, price }) => ({ id, at, side, price }))

const CANDLES_IN_VIEW = 140

/** Where a price lies against what the chart shows of the candles; null = on it, or not known. */
export function offScale(
  price: string | null,
  candles: readonly CandleRow[],
): 'above' | 'below' | null {
  const shown = candles.slice(-CANDLES_IN_VIEW)
  if (price === null || shown.length === 0) return null
  const at = plotted(price)
  if (at > Math.max(...shown.map(({ high }) => plotted(high)))) return 'above'
  if (at < Math.min(...shown.map(({ low }) => plotted(low)))) return 'below'
  return null
}

/** How far a price lies from another, as a share; for people, no money. */
export function distance(price: string | null, from: string | null): number | null {
  if (price === null || from === null || plotted(from) === 0) return null
  return plotted(price) / plotted(from) - 1
}
