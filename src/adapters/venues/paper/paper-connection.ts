/** The socket to the exchange process: connects again with back-off, matches answers to requests, knows time-outs. */
import { connect, type Socket } from 'node:net'
import { Histogram } from '../../../domain/statistic/histogram.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import { VenueError, type VenueLink } from '../../../ports/venue.ts'
import {
  type AccountRequest,
  type DeskToExchange,
  EXCHANGE_PROTOCOL_VERSION,
  type ExchangeAnswer,
  type ExchangeNotice,
  type ExchangePush,
  type ExchangeResults,
  type ExchangeToDesk,
  type ExchangeWelcome,
} from '../../../protocol/exchange-messages.ts'
import { encodeLine, LineReader, localSocketPath } from '../../../protocol/lines.ts'

const BACKOFF_FIRST_MS = 50
// A local socket costs nothing to try, and every wait is time in which nobody trades.
const BACKOFF_MAX_MS = 250
const REQUEST_TIMEOUT_MS = 2000
const OPENING_TIMEOUT_MS = 30_000
/** Before the welcome the wire's latency is not known. */
const HELLO_TIMEOUT_MS = 10_000
/** Upper ends of what is counted of round trips, s. */
const ROUND_TRIPS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5]

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never
export type Request = Unnumbered<AccountRequest>

/** The request left this process, or may have, and no answer came: its effect is not known. */
export class NoAnswerError extends VenueError {}

export interface PaperConnectionOptions {
  readonly socket: string
  readonly token: string
  readonly account: { readonly venue: string; readonly account: string }
  readonly clock: Clock
  readonly logger: Logger
  /** Machine time for an answer beyond twice the wire's latency; 2 s when absent. */
  readonly requestTimeoutMs?: number
}

export interface ConnectionListener {
  /** A connection is welcome and subscribed; may be called again after every loss. */
  onOpen(): void
  onLost(reason: string): void
  onPush(push: ExchangePush): void
}

interface Pending {
  readonly resolve: (answer: ExchangeAnswer) => void
  readonly reject: (error: VenueError) => void
  readonly cancelTimeout: () => void
}

export class PaperConnection {
  readonly #options: PaperConnectionOptions
  readonly #listener: ConnectionListener
  readonly #pending = new Map<number, Pending>()
  #socket: Socket | null = null
  #welcome: ExchangeWelcome | null = null
  #isOpen = false
  #isClosed = false
  #nextId = 1
  #backoffMs = BACKOFF_FIRST_MS
  #cancelRetry: (() => void) | null = null
  #lastTrouble = ''
  #opened = 0
  #lastMessageAt: number | null = null
  readonly #roundTrips = new Histogram(ROUND_TRIPS_S)

  constructor(options: PaperConnectionOptions, listener: ConnectionListener) {
    this.#options = options
    this.#listener = listener
  }

  /** Whether requests can be sent now. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  get link(): VenueLink {
    return {
      isOpen: this.#isOpen,
      reconnects: Math.max(0, this.#opened - 1),
      lastMessageAt: this.#lastMessageAt,
      roundTrips: this.#roundTrips.counts(),
    }
  }

  open(): void {
    const socket = connect(localSocketPath(this.#options.socket, process.cwd()))
    const reader = new LineReader()
    let reason = 'closed by the exchange'
    socket.setEncoding('utf8')
    this.#socket = socket
    socket.on('connect', () => void this.#greet())
    socket.on('data', (chunk: string) => {
      try {
        for (const message of reader.push(chunk)) this.#receive(message as ExchangeToDesk)
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
        socket.destroy()
      }
    })
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => this.#onClose(reason))
  }

  close(): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    this.#socket?.end()
  }

  /** Gives the connection up; the next one comes after the back-off. */
  drop(): void {
    this.#socket?.destroy()
  }

  /**
   * Sends a request and waits for its answer.
   * @throws VenueError `unavailable` when nothing was sent; NoAnswerError when it was, without an answer;
   * `rejected` with the exchange's code and sentence when it refused
   */
  async request<T extends Request['type']>(
    request: Extract<Request, { type: T }>,
  ): Promise<ExchangeResults[T]> {
    if (!this.#isOpen) {
      throw new VenueError('unavailable', 'not_connected', 'The exchange process is not connected.')
    }
    // A contract of live prices is opened at its venue when the first instance asks for it.
    const isOpening = request.type === 'attach' && this.#welcome?.feed === 'live'
    const timeoutMs = isOpening ? OPENING_TIMEOUT_MS : this.#timeoutMs()
    return (await this.#ask(request, timeoutMs)) as ExchangeResults[T]
  }

  /** Says something that needs no answer; lost when there is no connection. */
  note(notice: ExchangeNotice): void {
    if (this.#isOpen) this.#write(notice)
  }

  #timeoutMs(): number {
    const base = this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
    return base + 2 * (this.#welcome?.wireLatencyMs ?? 0)
  }

  async #greet(): Promise<void> {
    const { token, account } = this.#options
    const version = EXCHANGE_PROTOCOL_VERSION
    try {
      const hello = { type: 'hello', version, token, account } as const
      // Both at once: on a slow wire every question that waits for another is time in which nobody trades.
      const [welcome] = await Promise.all([
        this.#ask(hello, HELLO_TIMEOUT_MS),
        this.#ask({ type: 'subscribe' }, HELLO_TIMEOUT_MS),
      ])
      this.#welcome = welcome as ExchangeWelcome
    } catch (error) {
      this.#trouble(error instanceof Error ? error.message : String(error))
      this.drop()
      return
    }
    this.#backoffMs = BACKOFF_FIRST_MS
    this.#lastTrouble = ''
    this.#isOpen = true
    this.#opened += 1
    this.#listener.onOpen()
  }

  async #ask(
    request: Request | { readonly type: 'hello'; readonly version: number; readonly token: string },
    timeoutMs: number,
  ): Promise<ExchangeResults[keyof ExchangeResults]> {
    const id = this.#nextId++
    const askedMs = this.#options.clock.monotonicMs()
    const answer = await new Promise<ExchangeAnswer>((resolve, reject) => {
      const cancelTimeout = this.#options.clock.after(timeoutMs, () => {
        this.#pending.delete(id)
        const text = `The exchange did not answer ${request.type} within ${timeoutMs} ms.`
        reject(new NoAnswerError('unknown', 'timeout', text))
      })
      this.#pending.set(id, { resolve, reject, cancelTimeout })
      this.#write({ ...request, id } as DeskToExchange)
    })
    this.#roundTrips.add((this.#options.clock.monotonicMs() - askedMs) / 1000)
    if (!answer.ok) {
      // What the exchange cannot do now it may do later.
      const kind = answer.code === 'busy' ? 'unavailable' : 'rejected'
      throw new VenueError(kind, answer.code, answer.text)
    }
    return answer.result
  }

  #write(message: DeskToExchange): void {
    this.#socket?.write(encodeLine(message))
  }

  #receive(message: ExchangeToDesk): void {
    this.#lastMessageAt = this.#options.clock.wallMs()
    if (message.type !== 'answer') {
      this.#listener.onPush(message)
      return
    }
    const pending = this.#pending.get(message.id)
    // An answer after its time-out says nothing that is still asked.
    if (!pending) return
    this.#pending.delete(message.id)
    pending.cancelTimeout()
    pending.resolve(message)
  }

  #onClose(reason: string): void {
    const wasOpen = this.#isOpen
    this.#isOpen = false
    this.#socket = null
    for (const [id, pending] of this.#pending) {
      this.#pending.delete(id)
      pending.cancelTimeout()
      const text = `The connection to the exchange has ended before its answer: ${reason}.`
      pending.reject(new NoAnswerError('unknown', 'disconnected', text))
    }
    if (this.#isClosed) return
    if (wasOpen) this.#listener.onLost(reason)
    else this.#trouble(reason)
    this.#cancelRetry = this.#options.clock.after(this.#backoffMs, () => this.open())
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, this.#backoffMs * 2)
  }

  /** Says once why there is no connection. */
  #trouble(reason: string): void {
    if (reason === this.#lastTrouble) return
    this.#lastTrouble = reason
    const { account, logger } = this.#options
    const name = `${account.venue}/${account.account}`
    logger.warn('venue', `account ${name} has no connection to the exchange: ${reason}`)
  }
}
