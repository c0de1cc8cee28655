/** How failures of a venue become VenueErrors: by what they prove, in a text without URL, body or secret. */
import type { PlaceOutcome } from '../../../domain/venue-report.ts'
import { VenueError, type VenueErrorKind } from '../../../ports/venue.ts'

/** The request never left this process, so it did nothing. */
export class NotSentError extends VenueError {
  constructor(kind: VenueErrorKind, code: string, text: string) {
    super(kind, code, text)
  }
}

/**
 * ccxt's classes of errors (js/src/base/errorHierarchy.js), most special first: the first that an error is or descends from
 * counts. InvalidNonce, RateLimitExceeded and RequestTimeout are NetworkErrors there, so the order matters.
 */
const CCXT_KINDS: readonly (readonly [string, VenueErrorKind])[] = [
  ['RateLimitExceeded', 'rate_limited'],
  ['DDoSProtection', 'rate_limited'],
  // A nonce that was used up may have been used by the very request: it proves nothing.
  ['InvalidNonce', 'unknown'],
  ['RequestTimeout', 'unknown'],
  ['OnMaintenance', 'unavailable'],
  ['ExchangeNotAvailable', 'unavailable'],
  ['NetworkError', 'unavailable'],
  ['BadResponse', 'unknown'],
  ['NullResponse', 'unknown'],
  ['AuthenticationError', 'credential'],
]

/**
 * The VenueError of anything thrown by ccxt or below it. What nobody knows proves nothing: `unknown`.
 * @param what what was asked for, e.g. `positions`
 */
export function toVenueError(error: unknown, venue: string, what: string): VenueError {
  if (error instanceof VenueError) return error
  const names = ancestry(error)
  const found = CCXT_KINDS.find(([name]) => names.includes(name))
  const code = names[0] ?? 'failed'
  return new VenueError(
    found?.[1] ?? 'unknown',
    snake(code),
    `${venue} gave no usable answer to ${what} (${code}).`,
  )
}

/** The class of an error and its ancestors, most special first. */
function ancestry(error: unknown): string[] {
  const names: string[] = []
  for (
    let proto = Object.getPrototypeOf(Object(error));
    proto;
    proto = Object.getPrototypeOf(proto)
  )
    if (typeof proto.constructor?.name === 'string') names.push(proto.constructor.name)
  return names
}

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()

/** A refusal in the venue's own words: its code and message, nothing of the request. */
export function refusal(
  kind: VenueErrorKind,
  venue: string,
  code: string,
  message: string | undefined,
): VenueError {
  const said = scrub(message ?? '', []).slice(0, 200)
  return new VenueError(kind, code, `${venue} refuses (${code})${said === '' ? '' : `: ${said}`}.`)
}

/** What may not stand in a log: URLs, long tokens, and the given values. */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '***')
  return clean
    .replace(/\b(?:https?|wss?):\/\/\S+/gi, '(url)')
    .replace(/\b0x[0-9a-f]{40,}\b/gi, '(hex)')
    .replace(/[A-Za-z0-9+/=_-]{48,}/g, '(token)')
    .replace(/\s+/g, ' ')
    .trim()
}

/**
 * What a failure of a whole placement says of one order: only a refusal, or a request that never left, proves that no order
 * exists; everything else is unknown.
 */
export function placementFailure(error: unknown, clientId: PlaceOutcome['clientId']): PlaceOutcome {
  if (!(error instanceof VenueError)) return { kind: 'unknown', clientId, reason: 'failed' }
  const isCertain =
    error instanceof NotSentError ||
    error.kind === 'rejected' ||
    error.kind === 'rate_limited' ||
    error.kind === 'credential'
  return { kind: isCertain ? 'rejected' : 'unknown', clientId, reason: error.code }
}
