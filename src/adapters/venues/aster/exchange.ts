/**
 * ccxt's aster class as this program uses it: an API wallet signs for an account, every nonce is used once and carries the
 * deadline, only listed requests are ever signed, and raw stream messages are handed on before ccxt's caches.
 */
import type { Clock } from '../../../ports/clock.ts'
import {
  CCXT_OPTIONS,
  type CcxtClass,
  type CcxtClient,
  type CcxtExchange,
  type SignedRequest,
} from '../live/ccxt-class.ts'
import { NotSentError } from '../live/errors.ts'
import { admitPlainSockets, guardedClassOf, type SocketTap } from '../live/guarded-class.ts'
import { MonotoneNonce } from '../live/nonce.ts'
import { asterRefusal } from './errors.ts'
import { addressOf, privateKeyBytes, signMessage } from './signing.ts'

/** Everything that is signed. ccxt would also approve a builder's fee, move money and change agents: nothing of that here. */
const SIGNED = new Set([
  'GET v3/accountWithJoinMargin',
  'GET v3/allOrders',
  'GET v3/commissionRate',
  'GET v3/income',
  'GET v3/leverageBracket',
  'GET v3/openOrders',
  'GET v3/order',
  'GET v3/positionRisk',
  'GET v3/positionSide/dual',
  'GET v3/userTrades',
  'POST v3/batchOrders',
  'POST v3/countdownCancelAll',
  'POST v3/leverage',
  'POST v3/listenKey',
  'POST v3/marginType',
  'POST v3/noop',
  'POST v3/order',
  'PUT v3/listenKey',
  'DELETE v3/batchOrders',
  'DELETE v3/order',
])

/** The venue refuses what is older, by its nonce. */
export const NONCE_AGE_MS = 10_000
/** From signing to the moment after which the venue refuses a request. */
export const DEADLINE_MS = 5000
/** A deadline may pass by so much, since nonces only grow: desks wait longer before they call an order dead. */
const DEADLINE_SLACK_MS = 500
const PING_MS = 10_000

export interface AsterCredentials {
  /** The account: 0x and 40 hex digits. */
  readonly walletAddress: string
  /** Of the API wallet (agent). */
  readonly privateKey: string
}

export interface AsterUrls {
  readonly rest: string
  readonly ws: string
}

/** What ccxt hands to `sign` as headers. */
export interface SignTerms {
  /** Venue wall ms after which the venue must refuse the request. */
  readonly expiresAt?: number | null
  /** µs; instead of a new one: to burn that of another request. */
  readonly nonce?: number
  /** Told the nonce before anything leaves. */
  readonly onNonce?: (nonce: number) => void
}

export interface AsterExchange extends CcxtExchange {
  /** Venue wall clock minus ours, ms. */
  clockOffsetMs: number
  rawencode(value: unknown): string
}

export interface AsterExchangeParts {
  readonly credentials: AsterCredentials
  readonly urls: AsterUrls
  readonly clock: Clock
  readonly tap: () => SocketTap | null
  readonly onMessage: (client: CcxtClient, message: unknown) => void
  /** Of every answer: names of headers in lower case. */
  readonly onAnswer: (status: number, headers: Readonly<Record<string, string>>) => void
}

/** ccxt's class, made anew for each desk: sockets, nonces and clock belong to it. */
export async function asterExchange(parts: AsterExchangeParts): Promise<AsterExchange> {
  const guarded = await guardedClassOf<AsterExchange>('aster', parts.tap)
  const { rest, ws } = parts.urls
  const exchange = new (asterClass(guarded, parts))({
    ...CCXT_OPTIONS,
    // Only our own `sign` signs; ccxt is left without the key, so that no method of its own can.
    options: { builderFee: false, approvedBuilderFee: false, ws: { keepAlive: PING_MS } },
    urls: {
      api: {
        fapiPublic: `${rest}/fapi`,
        fapiPrivate: `${rest}/fapi`,
        ws: { public: { swap: `${ws}/stream` }, private: { swap: `${ws}/ws` } },
      },
    },
  })
  await admitPlainSockets(exchange, ws)
  return exchange
}

function asterClass(
  Base: CcxtClass<AsterExchange>,
  { credentials, clock, onMessage, onAnswer }: AsterExchangeParts,
): CcxtClass<AsterExchange> {
  const key = privateKeyBytes(credentials.privateKey)
  const signer = addressOf(key)
  const user = credentials.walletAddress.toLowerCase()
  class Aster extends Base {
    override clockOffsetMs = 0
    readonly #nonces = new Nonces(() => clock.wallMs() + this.clockOffsetMs)

    override sign(
      path: string,
      api: string,
      method: string,
      params: unknown,
      terms?: unknown,
    ): SignedRequest {
      const given = (params ?? {}) as Readonly<Record<string, unknown>>
      const url = `${(this.urls.api as Readonly<Record<string, string>>)[api]}/${path}`
      if (api === 'fapiPublic' && method === 'GET') {
        const query = this.rawencode(given)
        return { url: query === '' ? url : `${url}?${query}`, method }
      }
      if (api !== 'fapiPrivate' || !SIGNED.has(`${method} ${path}`))
        throw new NotSentError(
          'rejected',
          'never_sent',
          `${method} ${path} is not among the requests that this program signs for aster.`,
        )
      const nonce = this.#nonces.take((terms ?? {}) as SignTerms)
      const message = encoded({ nonce: String(nonce), user, signer, ...given })
      const form = `${message}&signature=${signMessage(message, key)}`
      if (method === 'GET') return { url: `${url}?${form}`, method }
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      return { url, method, body: form, headers }
    }

    override handleErrors(
      status: number,
      _reason: string,
      _url: string,
      _method: string,
      headers: unknown,
      _body: string,
      answer: unknown,
    ): unknown {
      onAnswer(status, lowerCase(headers))
      return acceptOrThrow(status, answer)
    }

    override handleMessage(client: CcxtClient, message: unknown): void {
      onMessage(client, message)
    }

    /** ccxt would ask for and approve its builder's fee here. */
    signIn(): Promise<boolean> {
      return Promise.resolve(false)
    }

    initializeClient(): Promise<boolean> {
      return Promise.resolve(false)
    }
  }
  return Aster as unknown as CcxtClass<AsterExchange>
}

/** One row of nonces for all requests of a desk: the venue wants each once, and shifted back they are the deadline. */
class Nonces {
  /** Venue wall ms. */
  readonly #now: () => number
  #wantedMs = 0
  readonly #row = new MonotoneNonce(() => this.#wantedMs * 1000)

  constructor(now: () => number) {
    this.#now = now
  }

  /** @throws NotSentError `rejected` when the deadline cannot be held */
  take({ expiresAt, nonce, onNonce }: SignTerms): number {
    const now = this.#now()
    const diesAt = Math.min(now + DEADLINE_MS, expiresAt ?? Number.POSITIVE_INFINITY)
    this.#wantedMs = diesAt - NONCE_AGE_MS
    const taken = nonce ?? this.#row.next()
    if (expiresAt != null) checkDeadline(taken, expiresAt, now)
    onNonce?.(taken)
    return taken
  }
}

/** Whether the answer is one; a success has code 200 or none. @throws VenueError */
function acceptOrThrow(status: number, answer: unknown): true {
  const { code, msg } = (answer ?? {}) as { code?: unknown; msg?: unknown }
  const number = code === undefined ? Number.NaN : Number(code)
  const isSuccess = Number.isNaN(number) || number === 200
  if (status < 400 && isSuccess) return true
  throw asterRefusal(status, isSuccess ? null : number, typeof msg === 'string' ? msg : undefined)
}

/**
 * The venue refuses a request NONCE_AGE_MS after its nonce: that must not be later than the deadline.
 * @throws NotSentError `rejected` when the deadline has passed, or the nonce would let the order live longer
 */
function checkDeadline(nonce: number, expiresAt: number, now: number): void {
  const dies = nonce / 1000 + NONCE_AGE_MS
  if (now < expiresAt && dies <= expiresAt + DEADLINE_SLACK_MS) return
  throw new NotSentError(
    'rejected',
    'expired',
    'The order was not sent to aster: it could not be signed in time for its deadline.',
  )
}

/** As ccxt encodes parameters, in their order; lists and objects as JSON. */
export function encoded(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const written = typeof value === 'object' ? JSON.stringify(value) : String(value)
      return `${name}=${encodeURIComponent(written)}`
    })
    .join('&')
}

function lowerCase(headers: unknown): Readonly<Record<string, string>> {
  const pairs = Object.entries((headers ?? {}) as Readonly<Record<string, string>>)
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]))
}
