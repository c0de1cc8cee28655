/** What OKX's codes prove (docs-v5, "Error Code"; ccxt's js/src/okx.js names each). */
import {
  VenueError as Failure,
  type VenueError,
  type VenueErrorKind,
} from '../../../ports/venue.ts'
import { refusal } from '../live/errors.ts'

/** Refused before anything was done, for too many requests. */
const RATE_LIMITED = new Set(['50011', '50040', '50061', '51113'])
/** The venue does not know itself whether it was done: requests and orders that timed out inside it too. */
const UNKNOWN = new Set(['50004', '50026', '51054', '51149'])
/** Down, upgrading or busy; what it said of an order proves nothing. */
const UNAVAILABLE = new Set(['50001', '50005', '50013', '51767', '51774'])
/** The key, its rights or the account: no order of it can be placed. */
const CREDENTIAL = new Set([
  ...['50007', '50008', '50009', '50027', '50100', '50101'],
  ...[
    '50103',
    '50104',
    '50105',
    '50106',
    '50107',
    '50110',
    '50111',
    '50113',
    '50114',
    '50119',
    '50120',
  ],
  ...['60001', '60004', '60005', '60006', '60007', '60009', '60024', '60032'],
])

/** Our word where the engine knows one (domain/reason.ts), else the code itself. */
const REASONS: Readonly<Record<string, string>> = {
  '51008': 'insufficient_margin',
  '51119': 'insufficient_margin',
  '51127': 'insufficient_margin',
  '51131': 'insufficient_margin',
  '51764': 'insufficient_margin',
  '50011': 'limit_request_rate',
  '50061': 'limit_request_rate',
  '50036': 'expired',
  '50102': 'expired',
}

/** The id is used: the order exists, or existed. */
export const DUPLICATE = new Set(['51011', '51016', '51065'])
/** To a cancel: it does not exist, or is final already. */
export const NOT_THERE = new Set(['51400', '51401', '51402', '51603'])
/** To a cancel: one is under way. */
export const CANCELING = '51410'
/** To a question: there is no such order. */
export const NO_SUCH_ORDER = new Set(['51603', '51620', '51600'])

export function kindOf(code: string): VenueErrorKind {
  if (RATE_LIMITED.has(code)) return 'rate_limited'
  if (UNKNOWN.has(code)) return 'unknown'
  if (UNAVAILABLE.has(code)) return 'unavailable'
  if (CREDENTIAL.has(code)) return 'credential'
  // Every other code of five digits is a refusal; "1" and "2" stand for results inside.
  return /^\d{5}$/.test(code) ? 'rejected' : 'unknown'
}

export const reasonOf = (code: string): string => REASONS[code] ?? code

/** A refusal by its code. */
export const okxError = (code: string, message: string | undefined): VenueError =>
  refusal(kindOf(code), 'okx', code, message)

/**
 * What an answer that is not a success means; null = it is a success, or holds a result for each order.
 * @param body the parsed answer; undefined when it was no JSON
 */
export function failureOf(httpCode: number, body: unknown): VenueError | null {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as Answer
  const { code, data } = answer
  if (code === '0' || code === '2') return null
  // "All orders failed": each has its own code in the data.
  if (code === '1' && Array.isArray(data) && data.length > 0) return null
  if (typeof code === 'string' && code !== '') return okxError(code, answer.msg)
  if (httpCode === 429)
    return new Failure('rate_limited', 'http_429', 'okx refuses: too many requests.')
  if (httpCode >= 200 && httpCode < 300)
    return new Failure(
      'unknown',
      'unreadable',
      'okx answered with something that is no answer of its own.',
    )
  return new Failure(
    'unavailable',
    `http_${httpCode}`,
    `okx answered with HTTP status ${httpCode}.`,
  )
}

interface Answer {
  readonly code?: unknown
  readonly msg?: string
  readonly data?: unknown
}
