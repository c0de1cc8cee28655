/**
 * ccxt's class of OKX as this program uses it: raw requests with a deadline, an id of ours on every order, our meaning of
 * errors, and stream messages before ccxt's caches, which keep a thousand and lose the rest.
 */
import type { VenueError } from '../../../ports/venue.ts'
import {
  CCXT_OPTIONS,
  type CcxtClass,
  type CcxtClient,
  type CcxtExchange,
  type SignedRequest,
} from '../live/ccxt-class.ts'
import type { Credentials } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import { admitPlainSockets, guardedClassOf, type SocketTap } from '../live/guarded-class.ts'
import { failureOf, okxError } from './errors.ts'

/** A row of OKX: texts all through. */
export type Row = Readonly<Record<string, string>>

/** Where an order enters; each entry there must carry an id of ours. */
const ORDER_ENTRY = /^trade\/(?:batch-orders|order|order-algo|\{order-algo\})$/
/** Ids that ccxt makes up begin so. */
const CCXT_ID = '6b9ad766b55dBCDE'
/** ccxt puts an id of its own into what goes to `trade/order-algo`; the same path written so is left alone. */
export const ALGO_PATH = 'trade/{order-algo}'
/** Keys ours take the place of ccxt's 18 s: a dead socket is found within 20 s. */
export const PING_MS = 10_000

export interface OkxExchange extends CcxtExchange {
  streaming: Record<string, unknown>
  authenticate(params: { readonly access: 'private' | 'business' }): Promise<unknown>
}

export interface OkxExchangeParts {
  readonly credentials: Credentials
  readonly restUrl: string | null
  readonly wsUrl: string | null
  readonly isTestnet: boolean
  readonly tap: () => SocketTap | null
  /** A data message of any channel, as it came. */
  readonly onData: (message: StreamMessage) => void
}

export interface StreamMessage {
  readonly arg: Readonly<Record<string, string>>
  readonly data: readonly unknown[]
}

/** @throws NotSentError `credential` when a part of the key is missing */
export async function okxExchange(parts: OkxExchangeParts): Promise<OkxExchange> {
  const { apiKey, secretKey, passphrase } = parts.credentials
  if (!apiKey || !secretKey || !passphrase)
    throw new NotSentError(
      'credential',
      'incomplete_key',
      'okx asks for api_key, secret_key and passphrase: one of them is empty.',
    )
  const Guarded = await guardedClassOf<OkxExchange>('okx', parts.tap)
  const exchange = new (okxClass(Guarded, parts.onData))({
    ...CCXT_OPTIONS,
    apiKey,
    secret: secretKey,
    password: passphrase,
  })
  exchange.streaming = { ...exchange.streaming, keepAlive: PING_MS }
  if (parts.isTestnet) exchange.setSandboxMode(true)
  const api = exchange.urls.api as Record<string, string>
  exchange.urls.api = {
    ...api,
    ...(parts.restUrl === null ? {} : { rest: parts.restUrl }),
    ...(parts.wsUrl === null ? {} : { ws: parts.wsUrl }),
  }
  await admitPlainSockets(exchange, parts.wsUrl)
  return exchange
}

export function okxClass(
  Base: CcxtClass<OkxExchange>,
  onData: (message: StreamMessage) => void,
): CcxtClass<OkxExchange> {
  const Parent = Base as unknown as CcxtClass<CcxtExchange>
  class Okx extends Parent {
    /** `headers` may hold `expTime`, the venue's wall ms after which it refuses the order. */
    override sign(
      path: string,
      api: string,
      method: string,
      params: unknown,
      headers?: unknown,
      body?: unknown,
    ): SignedRequest {
      if (method === 'POST' && ORDER_ENTRY.test(path)) assertIds(params)
      const signed = super.sign(path, api, method, params, headers, body)
      const expTime = (headers as { readonly expTime?: string } | undefined)?.expTime
      return expTime === undefined ? signed : { ...signed, headers: { ...signed.headers, expTime } }
    }

    /** Asked with each request; a key of which a part is missing makes no exchange. */
    checkRequiredCredentials(): boolean {
      return true
    }

    override handleErrors(
      httpCode: number,
      _reason: string,
      _url: string,
      _method: string,
      _headers: unknown,
      _body: string,
      response: unknown,
    ): unknown {
      const failure = failureOf(httpCode, response)
      if (failure) throw failure
      // True keeps ccxt from judging by the HTTP status once more.
      return true
    }

    override handleMessage(client: CcxtClient, message: unknown): void {
      const told = (typeof message === 'object' && message !== null ? message : {}) as Told
      if (told.event === 'subscribe' && told.arg) client.resolve(true, subscriptionOf(told.arg))
      else if (told.event === 'error') client.reject(errorOf(told))
      else if (told.arg && Array.isArray(told.data)) onData(told as StreamMessage)
      else super.handleMessage(client, message)
    }
  }
  return Okx as unknown as CcxtClass<OkxExchange>
}

interface Told {
  readonly event?: string
  readonly code?: string
  readonly msg?: string
  readonly arg?: Readonly<Record<string, string>>
  readonly data?: unknown
}

const errorOf = ({ code, msg }: Told): VenueError => okxError(String(code ?? ''), msg)

/** The name under which a subscription is waited for: only what was asked, the venue adds a uid. */
export const subscriptionOf = (arg: Readonly<Record<string, string>>): string =>
  `subscribed ${arg['channel']} ${arg['instId'] ?? arg['instType'] ?? ''}`

/** Without an id of ours an order could not be found again after a lost answer; ccxt would make one up. */
function assertIds(params: unknown): void {
  for (const entry of Array.isArray(params) ? params : [params]) {
    const { clOrdId, algoClOrdId } = entry as Partial<Row>
    const id = clOrdId ?? algoClOrdId ?? ''
    if (!/^[A-Za-z0-9]{1,32}$/.test(id) || id.startsWith(CCXT_ID))
      throw new NotSentError(
        'rejected',
        'no_client_id',
        'An order for okx needs a client id of 1 to 32 letters and digits.',
      )
  }
}
