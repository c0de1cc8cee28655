/** A ccxt class that reaches listed hosts alone, keeps its connections, and whose sockets tell what happens on them. */
import {
  type CcxtClass,
  type CcxtClient,
  type CcxtExchange,
  type CcxtRequest,
  loadCcxtClass,
} from './ccxt-class.ts'
import { HostGuard } from './hosts.ts'

/** What is heard of the sockets of an exchange, before ccxt's own handlers. */
export interface SocketTap {
  /** Bytes came: a message, a ping or a pong. */
  onFrame(url: string): void
  /** The socket is gone: its subscriptions are. */
  onLost(url: string, reason: string): void
}

/** What undici is asked to send; `reset` false = the connection is kept (undici, docs/docs/api/Dispatcher.md). */
type Dispatch = (
  options: { readonly method?: string; readonly reset?: boolean },
  handler: unknown,
) => boolean

/** What ccxt sends with. */
interface Dispatcher {
  compose(around: (dispatch: Dispatch) => Dispatch): Dispatcher
}

/**
 * undici ends the connection after each DELETE that has a body, as cancels of some venues do, since a server might take the
 * body for the next request. Venues that ask for the body read it; without this the order after a cancel would wait for a
 * new connection, two or three round trips with TLS.
 */
const keepsConnection =
  (dispatch: Dispatch): Dispatch =>
  (options, handler) =>
    dispatch(options.method === 'DELETE' ? { ...options, reset: false } : options, handler)

/** @param tap told of every socket; asked anew at each event, so that it may be set after the class is made */
export function guardedClass<E extends CcxtExchange>(
  Base: CcxtClass<E>,
  guard: HostGuard,
  tap: () => SocketTap | null,
): CcxtClass<E> {
  const Parent = Base as CcxtClass<CcxtExchange>
  class Guarded extends Parent {
    #keeps = false
    override fetch(
      url: string,
      method?: string,
      headers?: unknown,
      body?: unknown,
    ): Promise<unknown> {
      guard.check(url)
      return super.fetch(url, method, headers, body)
    }
    /** Once, without ccxt's retries and its history of requests: an order waits for neither. Its limiter stays where it is on. */
    override async fetch2(...request: CcxtRequest): Promise<unknown> {
      if (this.enableRateLimit) return await super.fetch2(...request)
      const [path, api, method, params, headers, body] = request
      const signed = this.sign(path, api, method, params, headers, body)
      return await this.fetch(signed.url, signed.method, signed.headers, signed.body)
    }
    override client(url: string): CcxtClient {
      const isKnown = this.clients?.[url] !== undefined
      if (!isKnown) guard.check(url)
      const client = super.client(url)
      if (!isKnown) tapClient(client, tap)
      return client
    }
    /** ccxt calls it with each request until it has been done once. */
    async loadFetchImplementation(): Promise<void> {
      const load = (Parent.prototype as { loadFetchImplementation(): Promise<void> })
        .loadFetchImplementation
      await load.call(this)
      if (this.#keeps) return
      this.#keeps = true
      const sender = this as { fetchDispatcher?: Dispatcher }
      // Absent where ccxt does not send with undici.
      if (sender.fetchDispatcher)
        sender.fetchDispatcher = sender.fetchDispatcher.compose(keepsConnection)
    }
    /** StreamLoop waits alone: behind ccxt's own wait a socket would open after it was given up. */
    calculateWsBackoffDelay(): number {
      return 0
    }
  }
  return Guarded as unknown as CcxtClass<E>
}

/** The class of ccxt that trades at a venue, which reaches the hosts of that venue alone. */
export async function guardedClassOf<E extends CcxtExchange>(
  venue: ConstructorParameters<typeof HostGuard>[0],
  tap: () => SocketTap | null,
): Promise<CcxtClass<E>> {
  return guardedClass(await loadCcxtClass<E>(venue), new HostGuard(venue), tap)
}

/** ccxt opens sockets without TLS, as the sandbox has them, only after this. @param wsUrl where its sockets go */
export async function admitPlainSockets(
  exchange: CcxtExchange,
  wsUrl: string | null | undefined,
): Promise<void> {
  if (wsUrl?.startsWith('ws://') === true) await exchange.loadHttpProxyAgent()
}

/** Sockets that were given up: what they still say belongs to no stream, least of all to their successor at the same URL. */
const dropped = new WeakSet<CcxtClient>()

/**
 * Gives the socket of a URL up, also one whose other end is silent: its futures fail, and the next watch opens another one.
 * ccxt's own close waits for the other end.
 */
export function dropClient(exchange: CcxtExchange, url: string): void {
  const client = exchange.clients?.[url]
  if (!client) return
  dropped.add(client)
  delete exchange.clients[url]
  const { connection } = client as CcxtClient & { readonly connection?: { terminate?(): void } }
  const error = new Error('the socket was given up')
  // Otherwise ccxt, when this one has closed at last, forgets whichever socket is the URL's by then.
  ;(client as { error?: Error }).error = error
  // Its timers end and its futures fail: with an error set ccxt would do neither at the end.
  client.reset(error)
  connection?.terminate?.()
}

/** ccxt binds these methods when it connects, so they are replaced before. */
function tapClient(client: CcxtClient, allTaps: () => SocketTap | null): void {
  const { url } = client
  const tap = (): SocketTap | null => (dropped.has(client) ? null : allTaps())
  const { onMessage, onPong, onPing, onError, onClose } = client
  client.onMessage = (event) => {
    if (dropped.has(client)) return
    tap()?.onFrame(url)
    onMessage.call(client, event)
  }
  client.onPong = () => {
    tap()?.onFrame(url)
    onPong.call(client)
  }
  client.onPing = () => {
    tap()?.onFrame(url)
    onPing.call(client)
  }
  client.onError = (error) => {
    onError.call(client, error)
    // The text of a socket's error may hold its URL; its class says enough.
    tap()?.onLost(url, error instanceof Error ? error.constructor.name : 'error')
  }
  client.onClose = (event) => {
    onClose.call(client, event)
    tap()?.onLost(url, `closed with code ${event?.code ?? 'none'}`)
  }
}
