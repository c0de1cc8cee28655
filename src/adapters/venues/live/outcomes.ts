/** Outcomes that several venues share. */
import type { ClientOrderId } from '../../../domain/order.ts'
import type { CancelOutcome, PlaceOutcome, VenueOrder } from '../../../domain/venue-report.ts'
import type { WireOrder } from './dialect.ts'

/** For venues that take one id twice: what was sent once is never sent again, and the first order stands. */
export const sentBefore = (clientId: ClientOrderId): PlaceOutcome => ({
  kind: 'rejected',
  clientId,
  reason: 'duplicate_client_id',
})

/** How the order ended, where the venue tells it at once; else the outcome as it was, which proves nothing by itself. */
export async function finalOr(
  outcome: CancelOutcome,
  lookup: () => Promise<VenueOrder | null>,
): Promise<CancelOutcome> {
  try {
    const order = await lookup()
    if (order === null || order.status === 'open') return outcome
    const { status, quantityFilled } = order
    return { kind: 'final', clientId: outcome.clientId, status, quantityFilled }
  } catch {
    return outcome
  }
}

/** In messages of at most `size` orders. */
export function chunks(orders: readonly WireOrder[], size: number): WireOrder[][] {
  const all: WireOrder[][] = []
  for (const order of orders) {
    const last = all.at(-1)
    if (last && last.length < size) last.push(order)
    else all.push([order])
  }
  return all
}
