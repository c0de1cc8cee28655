/** Traits of a venue that can do everything, to be changed by a test. */
import type { VenueTraits } from '../../src/ports/venue.ts'

export const fullTraits: VenueTraits = {
  idScheme: 'text',
  deadlineMs: 2500,
  queryLagMs: 0,
  batchMax: 20,
  deadMan: null,
  deadManMs: null,
  hasRestingStops: true,
  hasClosePosition: true,
}
