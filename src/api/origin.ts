/** Web pages of elsewhere get nothing, neither from the API nor from the stream. */
import { ApiError } from './context.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** Whether a `Host` header is a name that every machine has for itself. */
export const isLoopbackName = (host: string | undefined): boolean => LOOPBACK.test(host ?? '')

export interface OriginRules {
  /** Other machines may ask, by whatever name this one has: what is not open to all then needs a token. */
  readonly isOpen: boolean
  /** Other origins whose pages may ask (`api.cors_origins`). */
  readonly corsOrigins: readonly string[]
}

export interface AskedFrom {
  /** The header. */
  readonly host: string | undefined
  readonly origin: string | undefined
  /** Origin of this server as its own pages see it, behind a proxy that is believed: the proxy's. */
  readonly ownOrigin: string
}

/**
 * The Origin of a foreign page is foreign, and a name that it rebinds to this machine stands in Host.
 * @throws ApiError FORBIDDEN
 */
export function refuseForeign({ host, origin, ownOrigin }: AskedFrom, rules: OriginRules): void {
  if (!rules.isOpen && !isLoopbackName(host))
    throw new ApiError('FORBIDDEN', 'this server answers to localhost and 127.0.0.1 only')
  if (origin === undefined || origin === ownOrigin || rules.corsOrigins.includes(origin)) return
  throw new ApiError('FORBIDDEN', 'pages of another origin may not use this server')
}
