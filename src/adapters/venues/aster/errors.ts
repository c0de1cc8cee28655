/** What Aster's refusals prove (futures API v3, "HTTP Return Codes" and "Error Codes", read 2026-06). */
import { VenueError, type VenueErrorKind } from '../../../ports/venue.ts'
import { refusal } from '../live/errors.ts'

/** The key will not do. */
const CREDENTIAL = new Set([-1002, -1011, -1022, -2014, -2015, -4056, -4057, -4088])
/**
 * Of -10xx only these say that nothing was done. The others speak of the venue's insides: -1000 unknown error (ccxt 4.5.84
 * reads a refusal), -1001 disconnected, -1006 unexpected response and -1007 timeout, "execution status unknown".
 */
const REJECTED_10XX = new Set([-1013, -1014, -1020, -1023])
/** Of a batch as a whole, without a word of its orders. */
const BATCH_FAILED = -4083
const SHUTTING_DOWN = -1016
/** Too old, or used before; by whom is not told. */
export const NONCE_EXPIRED = -4225

/**
 * The kind of a refusal.
 * @param status HTTP status; 200 for a member of a batch
 * @param code the venue's code; null when the body has none
 */
export function errorKind(status: number, code: number | null): VenueErrorKind {
  if (status === 429 || status === 418 || code === -1003 || code === -1015) return 'rate_limited'
  // The service is going down; whether an order still got through is not said.
  if (code === SHUTTING_DOWN) return 'unavailable'
  // "Do not treat it as a failure: the execution status is unknown" (503); other 5xx are no better.
  if (code === null || status >= 500) return 'unknown'
  if (CREDENTIAL.has(code)) return 'credential'
  if (code === NONCE_EXPIRED || code === -1021) return 'unavailable'
  if (code > -1100) return REJECTED_10XX.has(code) ? 'rejected' : 'unknown'
  return code === BATCH_FAILED ? 'unknown' : 'rejected'
}

/** Our words where the engine knows them (domain/reason.ts). */
const REASONS: Readonly<Record<string, string>> = {
  '-1003': 'limit_request_rate',
  '-1015': 'limit_request_rate',
  '-2018': 'insufficient_margin',
  '-2019': 'insufficient_margin',
  '-4050': 'insufficient_margin',
  '-4051': 'insufficient_margin',
  '-4004': 'below_minimum',
  '-4164': 'below_minimum',
  '-5022': 'would_cross',
  '-5076': 'below_minimum',
}

/** Our word for a refusal, else the venue's code; -2010 is any refusal, so its message decides. */
export function reasonOf(code: number, message = ''): string {
  if (code === -2010 && /duplicate/i.test(message)) return 'duplicate_client_id'
  return REASONS[code] ?? String(code)
}

/** The refusal as the one error that leaves the adapter. Parameters as errorKind. */
export function asterRefusal(
  status: number,
  code: number | null,
  message: string | undefined,
): VenueError {
  const name = code === null ? `HTTP_${status}` : reasonOf(code, message)
  return refusal(errorKind(status, code), 'aster', name, message)
}

const NOT_FOUND = ['-2011', '-2013']

/** Whether the venue itself says that it does not know the order; an outage is never this. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof VenueError && error.kind === 'rejected' && NOT_FOUND.includes(error.code)

export const hasCode = (error: unknown, code: number): boolean =>
  error instanceof VenueError && error.code === String(code)
