/** What Aster's queries tell of an account. */
import type { VenueBalance, VenueOrder, VenuePosition } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { VenueFact } from '../live/dialect.ts'
import { type AsterClient, listOf, rowOf } from './client.ts'
import { balanceReport, incomeFact, orderReport, positionReport, tradeFact } from './reports.ts'
import type { AccountRow, IncomeRow, OrderRow, PositionRow, TradeRow } from './rows.ts'

export const SETTLE = 'USDT'
const PAGE_ROWS = 1000
/** No history may be asked for a longer time at once. */
const DAY_MS = 86_400_000
const WINDOW_MS = 7 * DAY_MS - 1000
const PAGES_MAX = 200

/** Whose order a number is; the venue's fills name the number alone. */
export interface OrderNames {
  get(orderId: string): string | undefined
  set(orderId: string, clientId: string): void
}

/** Fills, funding and cash since a moment (venue wall ms), oldest first. @param watched market ids that may have fills */
export async function factsSince(
  client: AsterClient,
  names: OrderNames,
  watched: readonly string[],
  at: number,
): Promise<VenueFact[]> {
  const from = Math.max(1, Math.floor(at))
  const [income, positions] = await Promise.all([incomeRows(client, from), positionRows(client)])
  // Every fill has a commission or a profit, or has left a position: no market is missed.
  const symbols = new Set([
    ...watched,
    ...income.map(({ symbol }) => symbol).filter((symbol) => symbol !== ''),
    ...positions.filter(({ positionAmt }) => Number(positionAmt) !== 0).map(({ symbol }) => symbol),
  ])
  const facts = income.flatMap((row) => incomeFact(client.perpetual(row.symbol), row, SETTLE) ?? [])
  for (const symbol of symbols) facts.push(...(await fills(client, names, symbol, from)))
  return facts.sort((a, b) => a.at - b.at)
}

/** All kinds of income, page by page: the next begins at the moment of the last row. */
async function incomeRows(client: AsterClient, from: number): Promise<readonly IncomeRow[]> {
  const rows = new Map<string, IncomeRow>()
  await forWindows(client, from, async (startTime, endTime) => {
    const params = { startTime, endTime, limit: PAGE_ROWS }
    const found = listOf<IncomeRow>(await client.ask({ name: 'income', path: 'v3/income', params }))
    for (const row of found) rows.set(`${row.incomeType}:${row.tranId}:${row.symbol}`, row)
    return found
  })
  return [...rows.values()]
}

async function fills(
  client: AsterClient,
  names: OrderNames,
  symbol: string,
  from: number,
): Promise<VenueFact[]> {
  const rows = new Map<string, TradeRow>()
  await forWindows(client, from, async (startTime, endTime) => {
    const params = { symbol, startTime, endTime, limit: PAGE_ROWS }
    const found = listOf<TradeRow>(
      await client.ask({ name: 'fills', path: 'v3/userTrades', params }),
    )
    for (const row of found) rows.set(`${row.id}:${row.orderId}`, row)
    return found
  })
  const trades = [...rows.values()]
  await findNames(client, names, symbol, trades)
  return client.readRows(trades, (instrument, row) =>
    tradeFact(instrument, row, names.get(String(row.orderId)) ?? ''),
  )
}

/**
 * Asks window by window and page by page from a moment to now; a full page is followed by one that begins at its last row,
 * so that rows of one moment are never cut apart.
 * @throws VenueError `unavailable` when the venue's pages do not come to an end
 */
async function forWindows(
  client: AsterClient,
  from: number,
  page: (start: number, end: number) => Promise<readonly { readonly time: number }[]>,
): Promise<void> {
  // Stamps may lie ahead of the clock.
  const until = Math.max(from, client.venueNow()) + DAY_MS
  let start = from
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const end = start + WINDOW_MS
    const rows = await page(start, end)
    const last = rows.reduce((latest, { time }) => Math.max(latest, time), start)
    if (rows.length < PAGE_ROWS) {
      start = end
      if (start >= until) return
    } else if (last > start) start = last
    else break
  }
  throw new VenueError(
    'unavailable',
    'history_too_long',
    "aster's history does not come to an end.",
  )
}

/** Our ids of orders of which only the number is known. */
async function findNames(
  client: AsterClient,
  names: OrderNames,
  symbol: string,
  trades: readonly TradeRow[],
): Promise<void> {
  const missing = new Set(
    trades.map(({ orderId }) => String(orderId)).filter((id) => names.get(id) === undefined),
  )
  for (const orderId of missing) {
    if (names.get(orderId) !== undefined) continue
    // From this order on: the others are most likely among them.
    const params = { symbol, orderId, limit: PAGE_ROWS }
    const rows = listOf<OrderRow>(
      await client.ask({ name: 'orders', path: 'v3/allOrders', params }),
    )
    for (const row of rows) names.set(String(row.orderId), row.clientOrderId)
    if (names.get(orderId) === undefined) names.set(orderId, '')
  }
}

export async function openOrders(client: AsterClient): Promise<readonly VenueOrder[]> {
  const answer = await client.ask({ name: 'open orders', path: 'v3/openOrders' })
  return client.readRows(listOf<OrderRow>(answer), orderReport)
}

async function positionRows(client: AsterClient): Promise<readonly PositionRow[]> {
  return listOf(await client.ask({ name: 'positions', path: 'v3/positionRisk' }))
}

export async function positions(client: AsterClient): Promise<readonly VenuePosition[]> {
  const rows = (await positionRows(client)).filter(({ positionAmt }) => Number(positionAmt) !== 0)
  return client.readRows(rows, positionReport)
}

export async function account(client: AsterClient): Promise<AccountRow> {
  return rowOf(await client.ask({ name: 'balance', path: 'v3/accountWithJoinMargin' }))
}

export const balance = async (client: AsterClient): Promise<VenueBalance> =>
  balanceReport(await account(client), SETTLE)
