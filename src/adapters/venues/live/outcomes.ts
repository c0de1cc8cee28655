/** What becomes of a cancel that found nothing to cancel. */
import type { CancelOutcome, VenueOrder } from '../../../domain/venue-report.ts'

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
