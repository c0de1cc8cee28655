/** A contract whose steps the venue has changed under a process that counts by the old ones. */
import type { Instrument } from '../../../domain/instrument.ts'
import { scaleDifference } from '../../../domain/scale-change.ts'
import { SCALE_CHANGED, VenueError } from '../../../ports/venue.ts'

/**
 * Lots of one scale, sent in another, would be other amounts.
 * @param known as this process has attached it; undefined = not yet
 * @throws VenueError `unavailable` (SCALE_CHANGED) when the venue counts otherwise now
 */
export function checkSteps(known: Instrument | undefined, now: Instrument): void {
  const key = known === undefined ? null : scaleDifference(known, now)
  if (known === undefined || key === null) return
  throw new VenueError(
    'unavailable',
    SCALE_CHANGED,
    `${now.venue} counts ${now.symbol} in other steps than when this desk began (${key} was ${known[key]} and is ${now[key]}): it must begin anew.`,
  )
}
