/** Checks orders at the door, so that nothing malformed reaches the books: a broken invariant there stops the process. */
import { type Instrument, isPriceAllowed } from '../domain/instrument.ts'
import type { Price } from '../domain/money.ts'
import type { OrderRequest } from '../domain/order.ts'

const CLIENT_ID = /^[A-Za-z0-9_.:-]{1,64}$/

export const isClientId = (value: unknown): boolean =>
  typeof value === 'string' && CLIENT_ID.test(value)

/** A code when the venue does not take an order like this, whatever the market does; null when it does. */
export function malformationOf(request: OrderRequest, instrument: Instrument): string | null {
  if (request.side !== 'buy' && request.side !== 'sell') return 'bad_side'
  if (request.kind !== 'limit' && request.kind !== 'market') return 'bad_kind'
  if (request.timeInForce !== 'gtc' && request.timeInForce !== 'ioc') return 'bad_time_in_force'
  if ((request.kind === 'limit') !== (request.price !== null)) return 'bad_price'
  if (request.price !== null && !isTradable(request.price, instrument)) return 'bad_price'
  const { trigger, quantity } = request
  if (trigger !== null && !isTradable(trigger.price, instrument)) return 'bad_trigger'
  if (quantity === 'position')
    return trigger !== null && request.isReduceOnly ? null : 'bad_quantity'
  if (!Number.isSafeInteger(quantity) || quantity <= 0) return 'bad_quantity'
  if (request.isPostOnly && (request.kind === 'market' || request.timeInForce === 'ioc'))
    return 'bad_post_only'
  return null
}

function isTradable(at: Price, instrument: Instrument): boolean {
  return Number.isSafeInteger(at) && isPriceAllowed(instrument, at)
}
