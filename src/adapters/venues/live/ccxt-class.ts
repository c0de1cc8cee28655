/**
 * Loads one pro class of ccxt by its internal path: the whole package weighs 84 MB of memory, one class about 30. Internal
 * paths may change with any release, so the version is checked before anything of it runs.
 */
import { readFileSync } from 'node:fs'
import { VenueError } from '../../../ports/venue.ts'

/** The release whose source was read; another one is refused. */
export const CCXT_VERSION = '4.5.84'

/** A WebSocket of ccxt (js/src/base/ws/Client.js); only what is used here. */
export interface CcxtClient {
  readonly url: string
  lastPong?: number
  keepAlive: number
  isConnected: boolean
  readonly subscriptions: Record<string, unknown>
  readonly futures: Record<string, unknown>
  onMessage(event: { readonly data: unknown }): void
  onPong(): void
  onPing(): void
  onError(error: unknown): void
  onClose(event: { readonly code?: number }): void
  /** Resolves the future that a watch waits for. */
  resolve(result: unknown, messageHash: string): unknown
  reject(error: unknown, messageHash?: string): unknown
  /** Ends its timers and fails all futures. */
  reset(error: unknown): void
  close(): unknown
}

/** What is used of ccxt's Exchange (js/src/base/Exchange.js) by every venue. */
export interface CcxtExchange {
  readonly id: string
  urls: { api: unknown; test?: unknown }
  hostname?: string
  options: Record<string, unknown>
  headers: Record<string, string>
  /** ms until the first byte of an answer. */
  timeout: number
  enableRateLimit: boolean
  verbose: boolean
  number: unknown
  markets?: Record<string, CcxtMarket>
  clients: Record<string, CcxtClient>
  last_response_headers?: Readonly<Record<string, string>>
  loadMarkets(reload?: boolean): Promise<Record<string, CcxtMarket>>
  market(symbol: string): CcxtMarket
  setSandboxMode(on: boolean): void
  loadHttpProxyAgent(): Promise<unknown>
  /** Signs and sends; `params` is the payload. */
  request(
    path: string,
    api: string,
    method: string,
    params: unknown,
    headers?: unknown,
    body?: unknown,
    config?: unknown,
  ): Promise<unknown>
  sign(...request: CcxtRequest): SignedRequest
  /** What `request` ends in. */
  fetch2(...request: CcxtRequest): Promise<unknown>
  fetch(url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown>
  handleErrors(
    httpCode: number,
    reason: string,
    url: string,
    method: string,
    headers: unknown,
    body: string,
    response: unknown,
    requestHeaders: unknown,
    requestBody: unknown,
  ): unknown
  handleMessage(client: CcxtClient, message: unknown): void
  client(url: string): CcxtClient
  watch(
    url: string,
    messageHash: string,
    message?: unknown,
    subscribeHash?: string,
    subscription?: unknown,
  ): Promise<unknown>
  close(): Promise<unknown>
}

export type CcxtRequest = [
  path: string,
  api: string,
  method: string,
  params: unknown,
  headers?: unknown,
  body?: unknown,
]

export interface SignedRequest {
  url: string
  method: string
  body?: string | undefined
  headers?: Record<string, string> | undefined
}

/** ccxt's unified market; `info` is the venue's own text. */
export interface CcxtMarket {
  readonly id: string
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly settle: string
  readonly swap?: boolean
  readonly linear?: boolean
  readonly inverse?: boolean
  readonly active?: boolean
  readonly contractSize?: number | string
  readonly info: Readonly<Record<string, unknown>>
}

export type CcxtClass<E extends CcxtExchange = CcxtExchange> = new (options: object) => E

/**
 * The pro class of a venue, e.g. `okx`.
 * @throws VenueError `rejected` when ccxt is of another version or has no such class
 */
export async function loadCcxtClass<E extends CcxtExchange = CcxtExchange>(
  name: string,
): Promise<CcxtClass<E>> {
  const root = import.meta.resolve('ccxt')
  const version = installedVersion(root)
  if (version !== CCXT_VERSION) {
    throw new VenueError(
      'rejected',
      'ccxt_version',
      `ccxt ${version} is installed and this program was checked with ${CCXT_VERSION}: run npm ci.`,
    )
  }
  if (!/^[a-z0-9]+$/.test(name)) throw noClass(name)
  try {
    const module = (await import(new URL(`./src/pro/${name}.js`, root).href)) as {
      readonly default: CcxtClass<E>
    }
    return module.default
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') throw noClass(name)
    throw error
  }
}

function installedVersion(root: string): string {
  const file = new URL('../package.json', root)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

const noClass = (name: string): VenueError =>
  new VenueError('rejected', 'no_such_venue', `ccxt ${CCXT_VERSION} has no streams for "${name}".`)

/** Options that every class is made with: decimals as text, no limiter and no retries of ccxt's own. */
export const CCXT_OPTIONS = {
  number: String,
  enableRateLimit: false,
  enableLastHttpResponse: false,
  enableLastJsonResponse: false,
  verbose: false,
} as const
