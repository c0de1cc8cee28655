/**
 * Whether a market is fit for an entry: the spread, what stands at the touch, and whether its prices agree. What a venue does
 * not tell is not judged. Pure; docs/concepts/desk.md.
 */
import type { MarketPrice } from './market.ts'
import type { Quantity } from './money.ts'
import type { OrderRequest } from './order.ts'
import type { ReasonCode } from './reason.ts'

/** Absent or null = without limit. */
export interface MarketLimits {
  /** Ask less bid, in basis points of the middle between them. */
  readonly spreadMaxBps?: number | null
  /** How many times the size of an entry must stand at the touch that it takes from. */
  readonly depthMinMultiple?: number | null
  /** The greatest distance between mark, last and index price, in basis points of the mark. */
  readonly priceDisagreementMaxBps?: number | null
}

const BASIS_POINTS = 10_000

/** The limit of the market that an order which raises risk would meet; null = none. @param lots what it may trade */
export function marketLimitReached(
  request: OrderRequest,
  lots: Quantity,
  price: MarketPrice,
  limits: MarketLimits,
): ReasonCode | null {
  if (disagree(price, limits.priceDisagreementMaxBps ?? null)) return 'limit_price_disagreement'
  if (!isTaking(request, price)) return null
  if (isWide(price, limits.spreadMaxBps ?? null)) return 'limit_spread'
  const multiple = limits.depthMinMultiple ?? null
  const standing = request.side === 'buy' ? price.askQuantity : price.bidQuantity
  const isThin = multiple !== null && standing !== undefined && standing < lots * multiple
  return isThin ? 'limit_depth' : null
}

function disagree({ mark, last, index }: MarketPrice, bps: number | null): boolean {
  if (bps === null) return false
  const known = index === undefined ? [mark, last] : [mark, last, index]
  return (Math.max(...known) - Math.min(...known)) * BASIS_POINTS > bps * mark
}

/** A crossed book is no market either. */
function isWide({ bid, ask }: MarketPrice, bps: number | null): boolean {
  if (bps === null || bid === undefined || ask === undefined) return false
  return ask < bid || (ask - bid) * 2 * BASIS_POINTS > bps * (ask + bid)
}

/** Whether the order takes what stands in the book; one that rests waits for others to come to it. */
function isTaking(
  { side, kind, price, timeInForce, isPostOnly, trigger }: OrderRequest,
  { bid, ask }: MarketPrice,
): boolean {
  if (isPostOnly || trigger !== null) return false
  if (kind === 'market' || timeInForce === 'ioc' || price === null) return true
  return side === 'buy' ? ask !== undefined && price >= ask : bid !== undefined && price <= bid
}
