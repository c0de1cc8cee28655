/** Finds an order of Backpack by our id, resting or past; the venue has no query that tells both. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { VenueOrder } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { BackpackClient } from './client.ts'
import { isNotFound } from './errors.ts'
import { allRows, rowOf } from './history.ts'
import { isNamed, orderName } from './orders.ts'
import { naiveTime, orderReport } from './reports.ts'
import type { FillRow, OrderRow } from './rows.ts'

/**
 * First the resting order, then the histories: an order that is filled in between is in the second answer.
 * @param from venue wall ms before which the order cannot have been sent; 0 = nobody knows
 * @returns null only when the venue has said "not found" and both histories were read to `from`
 * @throws VenueError when a question failed: an error is never an absence
 */
export async function lookupOrder(
  client: BackpackClient,
  instrument: Instrument,
  id: ClientOrderId,
  from: number,
): Promise<VenueOrder | null> {
  const symbol = client.marketId(instrument.id)
  const row =
    (await restingOrder(client, symbol, id)) ?? (await pastOrder(client, symbol, id, from))
  if (row !== null) return orderReport(instrument, row)
  if (!(await hasFill(client, symbol, id, from))) return null
  const text = 'backpack tells fills of an order that its order history does not show yet.'
  throw new VenueError('unavailable', 'history_late', text)
}

async function restingOrder(
  client: BackpackClient,
  symbol: string,
  id: ClientOrderId,
): Promise<OrderRow | null> {
  try {
    const params = { symbol, ...orderName(id) }
    return rowOf(await client.ask({ name: 'an order', path: 'api/v1/order', params }))
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

/** The newest first, so that an id of an earlier life is never taken for a later one. */
async function pastOrder(
  client: BackpackClient,
  symbol: string,
  id: ClientOrderId,
  from: number,
): Promise<OrderRow | null> {
  let found: OrderRow | null = null
  const params = { symbol, sortDirection: 'Desc' }
  await allRows<OrderRow>(
    (offset) => client.page('order history', 'wapi/v1/history/orders', { ...params, offset }),
    (row) => {
      if (isNamed(row.id, row.clientId, id)) found ??= row
      return found !== null || naiveTime(row.createdAt) < from
    },
  )
  return found
}

async function hasFill(
  client: BackpackClient,
  symbol: string,
  id: ClientOrderId,
  from: number,
): Promise<boolean> {
  const params = {
    symbol,
    sortDirection: 'Desc',
    ...(from > 0 ? { from: Math.floor(from) } : {}),
  }
  const rows = await allRows<FillRow>((offset) =>
    client.page('fill history', 'wapi/v1/history/fills', { ...params, offset }),
  )
  return rows.some((row) => isNamed(row.orderId, row.clientId, id))
}
