/** What Backpack's queries tell of an account. */
import type { VenueBalance, VenueOrder, VenuePosition } from '../../../domain/venue-report.ts'
import type { VenueFact } from '../live/dialect.ts'
import type { BackpackClient } from './client.ts'
import { isWithheld } from './connect.ts'
import { allRows, listOf, rowOf } from './history.ts'
import {
  balanceReport,
  fillFact,
  fundingFact,
  naiveTime,
  orderReport,
  positionReport,
  transferFact,
} from './reports.ts'
import type {
  CollateralRow,
  FillRow,
  FundingRow,
  OrderRow,
  PositionRow,
  TransferRow,
} from './rows.ts'

const SETTLE = 'USDC'
/** Deposits and withdrawals are listed by when they were asked for and count when they are confirmed: so much later. */
const TRANSFER_MS = 3 * 86_400_000

/** Fills, funding and cash since a moment (venue wall ms), oldest first. */
export async function factsSince(client: BackpackClient, at: number): Promise<VenueFact[]> {
  const from = Math.max(0, Math.floor(at))
  const facts = await Promise.all([
    fills(client, from),
    funding(client, from),
    transfers(client, 'deposit', from),
    transfers(client, 'withdrawal', from),
  ])
  return facts.flat().sort((a, b) => a.at - b.at)
}

/** The newest first: what happens between two pages moves rows to the next one and never past it. */
async function fills(client: BackpackClient, from: number): Promise<VenueFact[]> {
  const params = { from, marketType: 'PERP', sortDirection: 'Desc' }
  const rows = await allRows<FillRow>((offset) =>
    client.page('fills', 'wapi/v1/history/fills', { ...params, offset }),
  )
  return client.readRows(rows, fillFact)
}

/** The newest first, since this history cannot be asked from a moment on. */
async function funding(client: BackpackClient, from: number): Promise<VenueFact[]> {
  const params = { sortDirection: 'Desc' }
  const rows = await allRows<FundingRow>(
    (offset) => client.page('funding', 'wapi/v1/history/funding', { ...params, offset }),
    (row) => naiveTime(row.intervalEndTimestamp) < from,
  )
  return client.readRows(rows, fundingFact)
}

async function transfers(
  client: BackpackClient,
  kind: 'deposit' | 'withdrawal',
  from: number,
): Promise<VenueFact[]> {
  const since = Math.max(0, from - TRANSFER_MS)
  const rows = await allRows<TransferRow>((offset) =>
    client.page(`${kind}s`, `wapi/v1/capital/${kind}s`, { from: since, offset }),
  )
  return rows.flatMap((row) => transferFact(kind, row, SETTLE) ?? [])
}

export async function openOrders(client: BackpackClient): Promise<VenueOrder[]> {
  const params = { marketType: 'PERP' }
  const answer = await client.ask({ name: 'open orders', path: 'api/v1/orders', params })
  return client.readRows(listOf<OrderRow>(answer), orderReport)
}

export async function positions(client: BackpackClient): Promise<VenuePosition[]> {
  const answer = await client.ask({ name: 'positions', path: 'api/v1/position' })
  const reports = await client.readRows(listOf<PositionRow>(answer), positionReport)
  return reports.filter(({ quantity }) => quantity !== 0)
}

export async function collateral(client: BackpackClient): Promise<CollateralRow> {
  return rowOf(await client.ask({ name: 'balance', path: 'api/v1/capital/collateral' }))
}

export const balance = async (client: BackpackClient): Promise<VenueBalance> =>
  balanceReport(SETTLE, await collateral(client))

/** null where the key may not see it. */
export async function depositAddress(client: BackpackClient): Promise<unknown> {
  const path = 'wapi/v1/capital/deposit/address'
  try {
    return await client.ask({ name: 'deposit address', path, params: { blockchain: 'Solana' } })
  } catch (error) {
    if (isWithheld(error)) return null
    throw error
  }
}
