/** Whether exchange and order loop rest as a leapable grid wants them: one order on every line but one, nothing under way. */
import type { Instrument } from '../../domain/instrument.ts'
import type { MarketPrice } from '../../domain/market.ts'
import type { LeapableGrid } from '../../strategies/perp-grid/leap.ts'
import { nearestFirst, slotOf } from '../../strategies/perp-grid/orders.ts'
import type { World } from './landing.ts'

/** What rests, and how far the numbers of the exchange have come. */
export interface RestingIds {
  readonly accountSeq: number
  readonly orderNumber: number
  /** By line; 0 = none. */
  readonly ids: Float64Array
  readonly numbers: Float64Array
  readonly ranks: Float64Array
  /** Put aside for an isolated position. */
  readonly margin: number
  /** null = since the start. */
  readonly fundedUntil: number | null
}

interface StoredExchange {
  readonly clock: {
    readonly lastNumber: number
    readonly queue: readonly unknown[]
    readonly events: readonly unknown[]
  }
  readonly markets: {
    readonly [id: string]: { readonly isOpen: boolean; readonly fundedUntil: number }
  }
  readonly accounts: {
    readonly [name: string]: {
      readonly seq: number
      readonly ledger: { insurance: number }
      readonly holdings: { readonly [id: string]: { readonly margin: number } }
    }
  }
  readonly orders: { readonly [key: string]: StoredResting }
}

interface StoredResting {
  readonly number: number
  readonly clientId: string
  readonly lots: number
  readonly filled: number
  readonly place: string
  readonly request: { readonly side: 'buy' | 'sell'; readonly price: number | null }
}

/** The orders of a grid by line; null when they are not exactly what it wants, or something is under way. */
export function restingIds(
  view: { readonly world: World | null; readonly price: MarketPrice },
  account: string,
  instrument: Instrument,
  grid: LeapableGrid,
): RestingIds | null {
  if (view.world === null) return freshIds(grid, view.price.last)
  const { exchange, loop } = view.world
  if (loop.hasWork() || loop.risk.mode !== 'running' || loop.risk.latch !== null) return null
  const stored = exchange.snapshot() as unknown as StoredExchange
  const market = stored.markets[instrument.id]
  const owner = stored.accounts[account]
  if (market === undefined || owner === undefined || market.isOpen) return null
  const isBusy = stored.clock.events.length > 0 || stored.clock.queue.length > 0
  if (isBusy || owner.ledger.insurance !== 0) return null
  const isOpen = loop
    .orders()
    .every(({ status, isCancelRequested }) => status === 'open' && !isCancelRequested)
  const lines = isOpen ? linesOf(Object.values(stored.orders), grid) : null
  const ranks = ranksOf(loop.slotNames(), grid)
  if (lines === null || ranks === null) return null
  return {
    ...lines,
    ranks,
    accountSeq: owner.seq,
    orderNumber: stored.clock.lastNumber,
    margin: owner.holdings[instrument.id]?.margin ?? 0,
    fundedUntil: market.fundedUntil,
  }
}

/** The start: orders are placed as the grid wants them, the nearest first. The account has heard of its deposit. */
function freshIds({ lines, empty }: LeapableGrid, last: number): RestingIds {
  const ids = new Float64Array(lines.length)
  let number = 0
  for (const line of nearestFirst(lines, last)) {
    if (line === empty) continue
    number += 1
    ids[line] = number
  }
  return {
    accountSeq: 1,
    orderNumber: number,
    ids,
    numbers: ids.slice(),
    ranks: ids.slice(),
    margin: 0,
    fundedUntil: null,
  }
}

/** The places of the slots; null when one is missing. */
function ranksOf(names: readonly string[], { lines, empty }: LeapableGrid): Float64Array | null {
  const places = new Map(names.map((name, place) => [name, place + 1]))
  const ranks = new Float64Array(lines.length)
  for (let line = 0; line < lines.length; line += 1) {
    if (line === empty) continue
    const place = places.get(slotOf(line < empty ? 1 : -1, lines[line] ?? 0))
    if (place === undefined) return null
    ranks[line] = place
  }
  return ranks
}

function linesOf(orders: readonly StoredResting[], grid: LeapableGrid) {
  const { lines, q, empty } = grid
  if (orders.length !== lines.length - 1) return null
  const byPrice = new Map(orders.map((order) => [order.request.price, order]))
  const ids = new Float64Array(lines.length)
  const numbers = new Float64Array(lines.length)
  for (let line = 0; line < lines.length; line += 1) {
    if (line === empty) continue
    const order = byPrice.get(lines[line] ?? 0)
    if (order === undefined || order.place !== 'resting') return null
    const isWanted = order.request.side === (line < empty ? 'buy' : 'sell')
    if (!isWanted || order.filled !== 0 || order.lots !== q) return null
    ids[line] = Number(order.clientId.slice('pf1b'.length))
    numbers[line] = order.number
  }
  return { ids, numbers }
}
