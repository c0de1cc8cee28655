/** Comparing what we believe of an account with what the venue says. Pure; called at start, after gaps and on timers. */
import type { InstrumentId } from './instrument.ts'
import type { Quantity } from './money.ts'
import type { ClientOrderId } from './order.ts'

/** Time after a venue deadline before "not found" is believed, ms. */
export const ABSENCE_MARGIN_MS = 500

/**
 * Whether "not found" proves that an order never reached the book and never will: only after its deadline has
 * passed on the venue's own clock, with a margin. Without a deadline it never does.
 * @param expiresAt wall time in ms after which the venue refuses the order
 * @param venueNow the venue's wall clock, ms
 */
export function isAbsenceProven(expiresAt: number | null, venueNow: number): boolean {
  return expiresAt !== null && venueNow >= provableAt(expiresAt)
}

/** When "not found" begins to prove absence, ms of the venue's wall clock. */
export const provableAt = (expiresAt: number): number => expiresAt + ABSENCE_MARGIN_MS + 1

export interface OrderComparison {
  /** Ours, believed to work, but not among the venue's open orders: each must be looked up. */
  readonly missing: readonly ClientOrderId[]
  /** Open at the venue, but not one of ours. */
  readonly foreign: readonly ClientOrderId[]
}

/** Compares our unsettled orders with the venue's open orders. */
export function compareOrders(
  ours: ReadonlySet<ClientOrderId>,
  open: readonly ClientOrderId[],
): OrderComparison {
  const atVenue = new Set(open)
  return {
    missing: [...ours].filter((id) => !atVenue.has(id)),
    foreign: open.filter((id) => !ours.has(id)),
  }
}

export interface PositionDifference {
  readonly instrument: InstrumentId
  readonly booked: Quantity
  readonly venue: Quantity
}

/** The instruments on which the booked position is not the venue's; an absent entry is 0. */
export function comparePositions(
  booked: ReadonlyMap<InstrumentId, Quantity>,
  venue: ReadonlyMap<InstrumentId, Quantity>,
): readonly PositionDifference[] {
  const all = new Set([...booked.keys(), ...venue.keys()])
  const differences: PositionDifference[] = []
  for (const instrument of all) {
    const ours = booked.get(instrument) ?? (0 as Quantity)
    const theirs = venue.get(instrument) ?? (0 as Quantity)
    if (ours !== theirs) differences.push({ instrument, booked: ours, venue: theirs })
  }
  return differences
}
