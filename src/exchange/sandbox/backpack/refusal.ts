/** How Backpack refuses: an HTTP status and `{code, message}` (openapi: ApiErrorResponse). */

/** The codes that the sandbox answers with; all of them are of the venue's enumeration `ApiErrorCode`. */
export type BackpackCode =
  | 'FORBIDDEN'
  | 'INSUFFICIENT_MARGIN'
  | 'INVALID_CLIENT_REQUEST'
  | 'INVALID_MARKET'
  | 'INVALID_ORDER'
  | 'INVALID_PRICE'
  | 'INVALID_QUANTITY'
  | 'INVALID_SIGNATURE'
  | 'INVALID_SYMBOL'
  | 'MAINTENANCE'
  | 'MAX_LEVERAGE_REACHED'
  | 'NOT_IMPLEMENTED'
  | 'ORDER_LIMIT'
  | 'RESOURCE_NOT_FOUND'
  | 'SERVER_ERROR'
  | 'TIMEOUT'
  | 'TOO_MANY_REQUESTS'
  | 'TRADING_PAUSED'
  | 'UNAUTHORIZED'

const STATUS: Partial<Record<BackpackCode, number>> = {
  FORBIDDEN: 403,
  MAINTENANCE: 503,
  RESOURCE_NOT_FOUND: 404,
  SERVER_ERROR: 500,
  TIMEOUT: 500,
  TOO_MANY_REQUESTS: 429,
  TRADING_PAUSED: 503,
  UNAUTHORIZED: 401,
}

/** A request that the venue refuses; thrown within the front, written to the wire at its edge. */
export class BackpackRefusal extends Error {
  override readonly name = 'BackpackRefusal'
  readonly code: BackpackCode
  readonly status: number

  constructor(code: BackpackCode, message: string) {
    super(message)
    this.code = code
    this.status = STATUS[code] ?? 400
  }

  /** The body of the answer. */
  get body(): { readonly code: BackpackCode; readonly message: string } {
    return { code: this.code, message: this.message }
  }
}
