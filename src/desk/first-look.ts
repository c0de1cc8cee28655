/**
 * What an instance finds at the venue at its first start under this journal: a position and orders that are there
 * already. They are refused, or taken over (`initial_position: adopt`, or a journal that was lost).
 */
import { type InstrumentId, instrumentId } from '../domain/instrument.ts'
import type { Quantity } from '../domain/money.ts'
import type { VenueOrder } from '../domain/venue-report.ts'
import { type VenueAccount, VenueError } from '../ports/venue.ts'
import type { DeskInstanceSettings } from '../protocol/desk-messages.ts'

export interface Found {
  readonly position: Quantity | 0
  readonly orders: readonly VenueOrder[]
}

const nothing: Found = { position: 0, orders: [] }

/** Asks the venue; an account that it does not know yet holds nothing. @throws VenueError when it does not answer */
export async function lookAt(venue: VenueAccount, instrument: InstrumentId): Promise<Found> {
  try {
    const [open, positions] = await Promise.all([venue.openOrders(), venue.positions()])
    return {
      position: positions.find((one) => one.instrument === instrument)?.quantity ?? 0,
      orders: open.filter(({ request }) => request.instrument === instrument),
    }
  } catch (error) {
    if (error instanceof VenueError && error.code === 'unknown_account') return nothing
    throw error
  }
}

/** The identity that the instrument of these settings will have. */
export const instrumentOf = ({ venue, symbol }: DeskInstanceSettings): InstrumentId =>
  instrumentId(venue, symbol)

/** Takes over the orders that are there: they are withdrawn, the instance places its own. @throws Error when one stays */
export async function withdraw(
  venue: VenueAccount,
  instrument: InstrumentId,
  orders: readonly VenueOrder[],
): Promise<void> {
  if (orders.length === 0) return
  await venue.cancel(
    instrument,
    orders.map(({ clientId }) => clientId),
  )
  const left = (await lookAt(venue, instrument)).orders
  if (left.length > 0)
    throw new VenueError(
      'unavailable',
      'orders_left',
      `${left.length} orders that were there before could not be withdrawn yet; it is tried again`,
    )
}

/** One sentence: the account is not empty, and what to do. */
export function notEmpty(settings: DeskInstanceSettings, key: string, found: Found): string {
  const { instance, symbol } = settings
  const what =
    found.position === 0
      ? `${found.orders.length} open orders`
      : `a position of ${found.position} lots`
  return (
    `this is the first start of ${instance}, but account ${key} already holds ${what} of ${symbol}: ` +
    'set exchange_config.initial_position to adopt, or close it first (perpfleet close-all --direct)'
  )
}
