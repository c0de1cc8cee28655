/** What Backpack's refusals prove (its OpenAPI description: ApiErrorCode, read 2026-08). */
import { VenueError, type VenueErrorKind } from '../../../ports/venue.ts'
import { refusal } from '../live/errors.ts'

/** Codes that say "this key will not do"; a desk stops instead of asking again. */
const CREDENTIAL = new Set([
  'ACCOUNT_DEACTIVATED',
  'FORBIDDEN',
  'INVALID_SIGNATURE',
  'INVALID_TWO_FACTOR_CODE',
  'UNAUTHORIZED',
])

/** Codes of requests that the venue has looked at and turned down: nothing has happened. */
const REJECTED = new Set([
  'ACCOUNT_LIQUIDATING',
  'BORROW_LIMIT',
  'BORROW_REQUIRES_LEND_REDEEM',
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_MARGIN',
  'INSUFFICIENT_SUPPLY',
  'INVALID_ASSET',
  'INVALID_CLIENT_REQUEST',
  'INVALID_MARKET',
  'INVALID_ORDER',
  'INVALID_POSITION_ID',
  'INVALID_PRICE',
  'INVALID_QUANTITY',
  'INVALID_RANGE',
  'INVALID_SOURCE',
  'INVALID_SYMBOL',
  'LEND_LIMIT',
  'LEND_REQUIRES_BORROW_REPAY',
  'MAX_LEVERAGE_REACHED',
  'NOT_IMPLEMENTED',
  'ORDER_LIMIT',
  'POSITION_LIMIT',
  'PRECONDITION_FAILED',
  'RESOURCE_NOT_FOUND',
  'TOO_EARLY',
  'TRADING_PAUSED',
])

const NOT_FOUND = 'RESOURCE_NOT_FOUND'

/**
 * The kind of a refusal. ccxt 4.5.84 makes RESOURCE_NOT_FOUND a network failure, MAINTENANCE a plain one and does not know
 * TOO_EARLY and ACCOUNT_DEACTIVATED, so neither its classes nor bare statuses decide here.
 * @param status HTTP status; 200 for a member of a batch
 * @param code the venue's code; null when the body has none, which proves nothing but for too many requests
 */
export function errorKind(status: number, code: string | null): VenueErrorKind {
  if (code === 'MAINTENANCE') return 'unavailable'
  if (code === 'TOO_MANY_REQUESTS' || status === 429) return 'rate_limited'
  // A refusal that comes with a 5xx may have been made up on the way, after the order had gone on.
  if (code === null || status >= 500) return 'unknown'
  if (CREDENTIAL.has(code)) return 'credential'
  return REJECTED.has(code) ? 'rejected' : 'unknown'
}

/** Our words where the engine knows them (domain/reason.ts): by the venue's code, or by what its message says. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^INSUFFICIENT_(MARGIN|FUNDS)/, 'insufficient_margin'],
  [/^TOO_MANY_REQUESTS/, 'limit_request_rate'],
  [/^INVALID_ORDER: .*immediately match/i, 'would_cross'],
  [/^INVALID_CLIENT_REQUEST: .*expired/i, 'expired'],
  [/^INVALID_CLIENT_REQUEST: .*duplicate client/i, 'duplicate_client_id'],
  [/^INVALID_QUANTITY: .*minimum/i, 'below_minimum'],
]

/** Our word for a refusal, else the venue's code. */
export function reasonOf(code: string, message = ''): string {
  const said = `${code}: ${message}`
  return REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? code
}

/** The refusal as the one error that leaves the adapter. Parameters as errorKind. */
export function backpackRefusal(
  status: number,
  code: string | null,
  message: string | undefined,
): VenueError {
  const name = code === null ? `HTTP_${status}` : reasonOf(code, message)
  return refusal(errorKind(status, code), 'backpack', name, message)
}

/** Whether the venue itself says that it does not know the order or resource; an outage is never this. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof VenueError && error.kind === 'rejected' && error.code === NOT_FOUND
