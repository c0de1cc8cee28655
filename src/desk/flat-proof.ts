/** Flat as the venue itself says now, not as the desk has counted. */
import type { Instrument } from '../domain/instrument.ts'
import { type Quantity, quantity } from '../domain/money.ts'
import type { VenueAccount } from '../ports/venue.ts'

export interface FlatProof {
  readonly is_flat: boolean
  readonly position: Quantity
  /** Orders of anybody that are open on the instrument. */
  readonly orders: number
}

/** Asks for position and open orders of one instrument. @throws VenueError when the venue does not answer */
export async function proveFlat(venue: VenueAccount, instrument: Instrument): Promise<FlatProof> {
  // Orders first: one that fills between the two questions shows as a position.
  const open = await venue.openOrders()
  const positions = await venue.positions()
  const orders = open.filter(({ request }) => request.instrument === instrument.id).length
  const held = positions.find((position) => position.instrument === instrument.id)
  const position = held?.quantity ?? quantity(0)
  return { is_flat: position === 0 && orders === 0, position, orders }
}
