/** Orders, fills and positions for people and for HTTP: the integers of the core as decimal text. */
import type { Instrument } from '../domain/instrument.ts'
import { formatDecimal, formatMoney, type Money } from '../domain/money.ts'
import type { Fill, OrderRequest } from '../domain/order.ts'
import type { JournalOrderRow } from '../ports/journal-store.ts'
import type { FillRow, OrderRow, PositionRow } from '../protocol/fleet-messages.ts'
import type { DeskInstanceRow } from './desk-watch.ts'

const lots = (instrument: Instrument, count: number): string =>
  formatDecimal(count * instrument.lotSize, instrument.quantityDecimals)

const iso = (at: number): string => new Date(at).toISOString()

function stateOf(row: JournalOrderRow): string {
  if (row.outcome === null) return 'sent'
  return row.outcome === 'accepted' ? 'open' : row.outcome
}

export function orderRow(row: JournalOrderRow, instrument: Instrument): OrderRow {
  const request = row.request as unknown as OrderRequest
  return {
    client_id: row.clientId,
    instance: row.instance,
    symbol: instrument.symbol,
    side: request.side,
    kind: request.trigger?.kind ?? request.kind,
    price: request.price === null ? null : formatDecimal(request.price, instrument.priceDecimals),
    quantity: request.quantity === 'position' ? 'position' : lots(instrument, request.quantity),
    filled: lots(instrument, row.quantityFilled),
    state: stateOf(row),
    slot: row.origin.kind === 'slot' ? row.origin.slot : row.origin.kind,
    reason: row.reason,
    sent_at: iso(row.sentAt),
  }
}

export function fillRow(
  fill: Fill & { readonly instance: string },
  instrument: Instrument,
): FillRow {
  return {
    id: fill.id,
    at: iso(fill.at),
    instance: fill.instance,
    symbol: instrument.symbol,
    side: fill.side,
    price: formatDecimal(fill.price, instrument.priceDecimals),
    quantity: lots(instrument, fill.quantity),
    fee: formatMoney(fill.fee),
    maker: fill.isMaker,
    client_id: fill.clientId,
  }
}

export function positionRow(row: DeskInstanceRow): PositionRow {
  return {
    instance: row.instance,
    symbol: row.symbol,
    quantity: lots(row.instrument, row.position),
    equity: formatMoney(row.equity as Money),
    orders: row.orders_working,
  }
}
