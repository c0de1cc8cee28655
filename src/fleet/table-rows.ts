/** Orders, fills, positions, balances and trades for people and for HTTP: the integers of the core as decimal text. */
import type { NumberedEvent } from '../domain/account-event.ts'
import { formatLots, type Instrument } from '../domain/instrument.ts'
import { instanceOfLeg } from '../domain/leg-name.ts'
import { formatDecimal, formatMoney, type Money } from '../domain/money.ts'
import type { Fill, OrderRequest } from '../domain/order.ts'
import type { Trade } from '../domain/statistic/trade-list.ts'
import type { PlacedEvent } from '../ports/journal-pages.ts'
import type { JournalOrderRow } from '../ports/journal-store.ts'
import type { FundingRow, JournalEventRow } from '../protocol/api-messages.ts'
import type {
  BalanceRow,
  FillRow,
  OrderRow,
  PositionRow,
  TableFilter,
  TableRow,
  TradeRow,
} from '../protocol/fleet-messages.ts'
import type { DeskAccount, DeskInstanceRow } from './desk-rows.ts'

const iso = (at: number): string => new Date(at).toISOString()

/** Trades are made of so many of the newest fills. */
export const TRADE_FILLS_MAX = 20_000

/** Of a Ratio. */
const RATE_DECIMALS = 8

function stateOf(row: JournalOrderRow): string {
  if (row.outcome === null) return 'sent'
  return row.outcome === 'accepted' ? 'open' : row.outcome
}

export function orderRow(row: JournalOrderRow, instrument: Instrument): OrderRow {
  const request = row.request as unknown as OrderRequest
  return {
    client_id: row.clientId,
    instance: instanceOfLeg(row.instance),
    venue: instrument.venue,
    symbol: instrument.symbol,
    side: request.side,
    kind: request.trigger?.kind ?? request.kind,
    price: request.price === null ? null : formatDecimal(request.price, instrument.priceDecimals),
    quantity:
      request.quantity === 'position' ? 'position' : formatLots(instrument, request.quantity),
    filled: formatLots(instrument, row.quantityFilled),
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
    instance: instanceOfLeg(fill.instance),
    venue: instrument.venue,
    symbol: instrument.symbol,
    side: fill.side,
    price: formatDecimal(fill.price, instrument.priceDecimals),
    quantity: formatLots(instrument, fill.quantity),
    fee: formatMoney(fill.fee),
    maker: fill.isMaker,
    client_id: fill.clientId,
  }
}

type Placed<Kind extends NumberedEvent['kind']> = Omit<PlacedEvent, 'event'> & {
  readonly event: Extract<NumberedEvent, { kind: Kind }>
}

export function fundingRow({
  account,
  instance,
  instrument,
  event,
}: Placed<'funding'>): FundingRow {
  return {
    id: `${account}-${event.seq}`,
    at: iso(event.at),
    instance: instanceOfLeg(instance),
    venue: instrument.venue,
    symbol: instrument.symbol,
    rate: formatDecimal(event.rate, RATE_DECIMALS),
    amount: formatMoney(event.amount),
    position: formatLots(instrument, event.position),
  }
}

export function journalEventRow(placed: PlacedEvent): JournalEventRow {
  const { account, event, instance, instrument } = placed
  const common = { seq: event.seq, account, at: iso(event.at) }
  if (event.kind === 'funding') {
    return { ...common, kind: 'funding', fill: null, funding: fundingRow({ ...placed, event }) }
  }
  const fill = fillRow({ ...event.fill, instance }, instrument)
  return { ...common, kind: 'fill', fill, funding: null }
}

export function positionRow(row: DeskInstanceRow): PositionRow {
  return {
    instance: instanceOfLeg(row.instance),
    venue: row.instrument.venue,
    symbol: row.symbol,
    quantity: formatLots(row.instrument, row.position),
    equity: formatMoney(row.equity as Money),
    orders: row.orders_working,
  }
}

/** What was closed at one moment stays in its order. */
export const newestFirst = (rows: TradeRow[]): TradeRow[] =>
  rows.sort((a, b) => (a.closed_at === b.closed_at ? 0 : a.closed_at < b.closed_at ? 1 : -1))

export const tradeRow = (instance: string, instrument: Instrument, trade: Trade): TradeRow => ({
  instance: instanceOfLeg(instance),
  venue: instrument.venue,
  symbol: instrument.symbol,
  side: trade.side,
  opened_at: iso(trade.openedAt),
  closed_at: iso(trade.closedAt),
  quantity: formatLots(instrument, trade.quantity),
  entry: formatDecimal(trade.entry, instrument.priceDecimals),
  exit: formatDecimal(trade.exit, instrument.priceDecimals),
  gross: formatMoney(trade.gross),
  fees: formatMoney(trade.fees),
  pnl: formatMoney((trade.gross - trade.fees) as Money),
  id: trade.id,
})

/** An account as its desk tells it; what no instance has moved is the rest. */
export function balanceRow(account: DeskAccount): BalanceRow {
  const { account: name, instances, equity, is_equity_known: isKnown } = account
  const [mode = '', venue = ''] = name.split('-')
  const own = instances.reduce((sum, row) => sum + row.equity, 0) as Money
  const total = isKnown === true && equity !== undefined ? equity : null
  return {
    account: name,
    venue,
    mode,
    currency: instances[0]?.instrument.settle ?? '',
    equity: total === null ? null : formatMoney(total),
    instances_equity: formatMoney(own),
    unallocated: total === null ? null : formatMoney((total - own) as Money),
    instances: [...new Set(instances.map((row) => instanceOfLeg(row.instance)))],
  }
}

/** Rows that a filter lets through, at most as many as it wants. */
export function filtered(rows: readonly TableRow[], filter: TableFilter): readonly TableRow[] {
  const { instance, venue, since, limit } = filter
  const passing = rows.filter((row) => {
    if (venue !== null && row.venue !== venue) return false
    if (instance !== null && !instancesOf(row).includes(instance)) return false
    const at = timeOf(row)
    return since === null || at === null || at >= since
  })
  return passing.slice(0, limit)
}

const instancesOf = (row: TableRow): readonly string[] =>
  'instances' in row ? row.instances : [row.instance]

function timeOf(row: TableRow): string | null {
  if ('sent_at' in row) return row.sent_at
  if ('closed_at' in row) return row.closed_at
  return 'at' in row ? row.at : null
}
