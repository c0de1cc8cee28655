/** What lists and details show of a bot's /api/status, and what the desk's numbers say while the bot does not answer. */
import { formatLots } from '../domain/instrument.ts'
import { formatMoney, MONEY_SCALE, money, parseDecimal } from '../domain/money.ts'
import { reasonCodes } from '../domain/reason.ts'
import type { BooksView, InstanceView, MissingOrders } from '../protocol/fleet-messages.ts'
import type { DeskInstanceRow } from './desk-rows.ts'

/** The part of a bot's /api/status that is shown; every field may be missing. */
export interface BotReport {
  readonly equity?: unknown
  readonly settle?: unknown
  readonly price?: { readonly mark?: unknown } | null
  readonly pnl?: {
    readonly total?: unknown
    readonly realised?: unknown
    readonly unrealised?: unknown
    readonly funding?: unknown
    readonly fees?: unknown
  }
  readonly position?: {
    readonly quantity?: unknown
    readonly base?: unknown
    readonly entry_price?: unknown
    readonly liquidation_price?: unknown
  }
  readonly fills?: { readonly count?: unknown }
  readonly orders?: {
    readonly resting?: unknown
    readonly wanted?: unknown
    readonly list?: unknown
  }
  readonly fingerprint?: unknown
  readonly reasons?: unknown
  readonly grid?: unknown
  /** Of several legs: why each takes no new risk now, null = it may. */
  readonly legs_closed?: unknown
  /** When the life of the instance began. */
  readonly born_at?: unknown
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** An answer of a bot, whatever it is. */
export const asReport = (answer: unknown): BotReport =>
  typeof answer === 'object' && answer !== null ? (answer as BotReport) : {}

type Numbers = Pick<
  InstanceView,
  | 'equity'
  | 'pnl'
  | 'pnl_today'
  | 'position'
  | 'fills'
  | 'orders'
  | 'orders_unknown'
  | 'orders_wanted'
  | 'orders_missing_reason'
  | 'missing_orders'
  | 'books'
  | 'fingerprint'
>

/** The bot knows its own books; while it does not answer, the desk's numbers stand in. */
export function numbersOf(report: BotReport, row: DeskInstanceRow | null): Numbers {
  const missing = missingOf(report, row)
  return {
    equity: textOrNull(report.equity) ?? (row === null ? null : formatMoney(row.equity)),
    pnl: textOrNull(report.pnl?.total),
    pnl_today: row === null ? null : todayOf(row, textOrNull(report.equity)),
    // The desk books first: after a kill nobody must read the position of a moment ago.
    position: heldOf(row) ?? textOrNull(report.position?.quantity),
    fills: numberOrNull(report.fills?.count),
    orders: row?.orders_working ?? numberOrNull(report.orders?.resting),
    orders_unknown: row?.orders_unknown ?? null,
    orders_wanted: numberOrNull(report.orders?.wanted),
    orders_missing_reason: missing[0]?.text ?? null,
    missing_orders: missing,
    fingerprint: textOrNull(report.fingerprint),
    // Of another position than the one held now they would be wrong.
    books: row !== null && report.position?.quantity !== heldOf(row) ? null : booksOf(report),
  }
}

/** The desk knows the start of the day, the bot is newer: both profits of one answer are of the same moment. */
function todayOf({ pnl_today: today, equity }: DeskInstanceRow, now: string | null): string | null {
  if (today === undefined) return null
  return formatMoney(now === null ? today : money(today + amountOf(now) - equity))
}

/** What a bot has saved, without orders and reasons: of a bot that has ended these are over. */
export function savedBooks(saved: unknown): BotReport {
  const { orders: _orders, reasons: _reasons, ...books } = asReport(saved)
  return books
}

/** The position of a contract, in lots. */
export type Booked = Pick<DeskInstanceRow, 'instrument' | 'position'>

/**
 * Of a bot that has ended: the books that it saved last, where what its desk books is not newer.
 * @param saved what it saved, as its /api/status would answer
 * @param booked what its desk has booked, now or last; its row, when it tells one
 */
export function savedNumbers(
  saved: unknown,
  row: DeskInstanceRow | null,
  booked: Booked | null = row,
): Numbers {
  const report = savedBooks(saved)
  const numbers = numbersOf(report, row)
  const position = heldOf(booked) ?? numbers.position
  const isOther = report.position?.quantity !== position
  const books = isOther ? null : (numbers.books ?? null)
  if (row === null) return { ...numbers, position, books }
  return { ...numbers, ...movedTo(row, report), pnl_today: todayOf(row, null), position, books }
}

/** The equity of the desk, and by how much the profit has moved with it since the bot saved its own. */
function movedTo({ equity }: DeskInstanceRow, report: BotReport): Pick<Numbers, 'equity' | 'pnl'> {
  const [before, pnl] = [textOrNull(report.equity), textOrNull(report.pnl?.total)]
  const moved =
    before === null || pnl === null ? null : money(amountOf(pnl) + equity - amountOf(before))
  return { equity: formatMoney(equity), pnl: moved === null ? null : formatMoney(moved) }
}

const amountOf = (text: string): number => parseDecimal(text, 8)

export function heldOf(row: Booked): string
export function heldOf(row: Booked | null): string | null
export function heldOf(row: Booked | null): string | null {
  if (row === null) return null
  const { instrument, position } = row
  return formatLots(instrument, position)
}

function booksOf(report: BotReport): BooksView | null {
  const { pnl, position } = report
  if (pnl === undefined || position === undefined) return null
  const grid = new Map(Object.entries(asReport(report.grid)))
  return {
    base: textOrNull(position.base) ?? '',
    settle: textOrNull(report.settle) ?? '',
    mark: textOrNull(report.price?.mark),
    entry_price: textOrNull(position.entry_price),
    liquidation_price: textOrNull(position.liquidation_price),
    grid_profit: textOrNull(grid.get('grid_profit')),
    realised: textOrNull(pnl.realised),
    unrealised: textOrNull(pnl.unrealised),
    funding: textOrNull(pnl.funding),
    fees: textOrNull(pnl.fees),
  }
}

/** The orders that are wanted and do not rest, by reason, the most frequent first. */
export function missingOf(report: BotReport, row: DeskInstanceRow | null): MissingOrders[] {
  const told = reasonsIn(report.orders?.list) ?? Object.values(row?.reasons ?? {})
  const target = new Map(Object.entries(asReport(report.reasons))).get('target')
  const counts = new Map<string, number>()
  for (const reason of [...told, ...(typeof target === 'string' ? [target] : [])])
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => ({
      reason,
      text: reasonText(reason) + figuresText(reason, row),
      count,
    }))
}

/** Null = the bot has not told its orders. */
function reasonsIn(list: unknown): string[] | null {
  if (!Array.isArray(list)) return null
  const orders: readonly { readonly reason?: unknown }[] = list
  return orders.flatMap(({ reason }) => (typeof reason === 'string' ? [reason] : []))
}

/** `; it would come to 510.25 USDC, 500.00 USDC are allowed` of a limit that the desk has figures of. */
function figuresText(code: string, row: DeskInstanceRow | null): string {
  const figures = row?.limits?.[code]
  if (row === null || figures === undefined) return ''
  const isCount = code === 'limit_account_positions'
  const [found, allowed] = [figures.found, figures.allowed].map((value) =>
    isCount ? String(value) : `${(value / MONEY_SCALE).toFixed(2)} ${row.instrument.settle}`,
  )
  return `; it would come to ${found}, ${allowed} are allowed`
}

const reasonText = (code: string): string =>
  Object.hasOwn(reasonCodes, code) ? reasonCodes[code as keyof typeof reasonCodes] : code
