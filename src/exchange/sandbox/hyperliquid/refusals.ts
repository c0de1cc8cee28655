/** How the venue words its refusals ("Error responses"); order errors name the asset. */
import type { OrderRefusal } from '../front.ts'

const TEXTS: Readonly<Record<OrderRefusal, string>> = {
  unknown_instrument: 'Order has invalid asset.',
  not_trading: 'Trading is halted.',
  delisted: 'Order has invalid asset: it is delisted.',
  post_only_mode: 'Only post-only orders allowed immediately after a network upgrade.',
  reduce_only_mode: 'Order would increase open interest while open interest is capped.',
  duplicate_client_id: 'Order has a client order id that is in use.',
  expired: 'Order has expired.',
  bad_price: 'Price must be divisible by tick size.',
  bad_quantity: 'Order has invalid size.',
  bad_trigger: 'Invalid TP/SL price.',
  below_minimum: 'Order must have minimum value of ${least}.',
  reduce_only: 'Reduce only order would increase position.',
  would_cross: 'Post only order would have immediately matched, bbo was {bbo}.',
  insufficient_margin: 'Insufficient margin to place order.',
  leverage_max: 'Order would cause position to exceed margin tier limit at current leverage.',
  bad_request: 'Too many open orders.',
  fault: 'Order was rejected by an internal error.',
}

/** @param moment best prices as `bid@ask`, and the least value of an order in USDC */
export const orderRefusal = (
  reason: OrderRefusal,
  asset: number,
  moment: { readonly bbo: string; readonly least: number } = { bbo: '', least: 10 },
): string => {
  const text = TEXTS[reason] ?? TEXTS.fault
  const told = text.replace('{bbo}', moment.bbo).replace('{least}', String(moment.least))
  return withAsset(told, asset)
}

export const withAsset = (text: string, asset: number): string => `${text} asset=${asset}`

export const ZERO_SIZE = 'Order has zero size.'
export const UNFILLED = 'Order could not immediately match against any resting orders.'
export const MISSING = 'Order was never placed, already canceled, or filled.'
export const TOO_FAR = 'Order price cannot be more than 80% away from the reference price'
export const NOT_MODIFIABLE = 'Cannot modify canceled or filled order'
export const EMPTY_BATCH = 'Batch of orders is empty.'
export const TPSL_NOT_REDUCE_ONLY = 'TP/SL orders must be reduce-only.'

export const unknownSigner = (address: string): string =>
  `User or API Wallet ${address} does not exist.`
/** What an address hears that has signed something only the owner of money may sign. */
export const notDeposited = (address: string): string =>
  `Must deposit before performing actions. User: ${address}`
