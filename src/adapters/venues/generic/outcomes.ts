/** What a failure of an unverified venue proves of an order: only what ccxt names a refusal, everything else nothing. */
import type { PlaceOutcome } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import { placementFailure } from '../live/errors.ts'

/** ccxt's classes for refusals in the venue's own words; a used id is none of them: an order with it exists. */
const REFUSALS: Readonly<Record<string, string>> = {
  InsufficientFunds: 'insufficient_margin',
  OrderImmediatelyFillable: 'would_cross',
  OrderNotFillable: 'venue_rejected',
  BadSymbol: 'venue_rejected',
  ArgumentsRequired: 'venue_rejected',
  InvalidOrder: 'venue_rejected',
}

export function outcomeOfFailure(error: unknown, clientId: PlaceOutcome['clientId']): PlaceOutcome {
  const names = classesOf(error)
  if (names.includes('DuplicateOrderId'))
    return { kind: 'unknown', clientId, reason: 'duplicate_client_id' }
  // OrderNotFound descends from InvalidOrder, and says nothing of an order that is being placed.
  const isLost = names.includes('OrderNotFound') || names.includes('CancelPending')
  const refusal = isLost ? undefined : names.find((name) => REFUSALS[name] !== undefined)
  if (refusal !== undefined)
    return { kind: 'rejected', clientId, reason: REFUSALS[refusal] ?? 'venue_rejected' }
  return placementFailure(error, clientId)
}

/** Of an error as ccxt threw it, or of the one that a VenueError was made of. */
export function classesOf(error: unknown): readonly string[] {
  const source = error instanceof VenueError ? (error.cause ?? error) : error
  const names: string[] = []
  for (let one = Object.getPrototypeOf(Object(source)); one; one = Object.getPrototypeOf(one))
    names.push(String(one.constructor?.name))
  return names
}
