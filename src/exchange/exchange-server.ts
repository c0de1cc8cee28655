/** The exchange on its local socket: connections, requests, answers, pushes. See docs/concepts/exchange.md. */

import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import {
  type AccountRequest,
  type DeskToExchange,
  EXCHANGE_PROTOCOL_VERSION,
  type ExchangeControlRequest,
  type ExchangePush,
  type ExchangeResults,
  type ExchangeStatus,
} from '../protocol/exchange-messages.ts'
import type { SandboxRequest, SandboxState } from '../protocol/sandbox-messages.ts'
import { ChartCandles } from './chart-candles.ts'
import type { ExchangeBooks } from './exchange-books.ts'
import { FreePace } from './free-pace.ts'
import { LiveFeed } from './live-feed.ts'
import { LivePace } from './live-pace.ts'
import { LockstepPace } from './lockstep-pace.ts'
import type { Pace, Teller } from './pace.ts'
import { ExchangeRefused } from './refused.ts'
import { Session } from './session.ts'

export interface ExchangeServerOptions {
  readonly token: string
  readonly pace: 'free' | 'lockstep'
  readonly speed: number
  readonly expectedInstances: readonly string[]
  readonly wireLatencyMs: number
}

export interface ExchangeServerParts {
  readonly books: ExchangeBooks
  readonly clock: Clock
  readonly logger: Logger
  /** The wire protocols of venues; absent = switched off. */
  readonly sandbox?: SandboxControl
  /** Called once when a control program asks for the end. */
  readonly onShutdown: () => void
  /** A broken invariant or a store that cannot be written: the process must stop before anything more is told. */
  readonly onFatal: (error: unknown) => void
}

/** What the exchange and its sandbox have to do with each other. */
export interface SandboxControl {
  onPush(account: string, message: ExchangePush): void
  /** @throws ExchangeRefused */
  request(request: SandboxRequest): SandboxState
}

const CLOSE_TIMEOUT_MS = 500

type Result = ExchangeResults[keyof ExchangeResults]

export class ExchangeServer implements Teller {
  readonly #options: ExchangeServerOptions
  readonly #parts: ExchangeServerParts
  readonly #pace: Pace
  readonly #candles: ChartCandles
  readonly #server: Server
  readonly #sessions = new Set<Session>()
  #isStopped = false

  constructor(options: ExchangeServerOptions, parts: ExchangeServerParts) {
    this.#options = options
    this.#parts = parts
    const { books, clock } = parts
    this.#candles = new ChartCandles(books.feed, clock, () => books.at)
    this.#pace = this.#paceOf()
    this.#server = createServer((socket) => this.#accept(socket))
  }

  #paceOf(): Pace {
    const { books } = this.#parts
    const { pace, speed, expectedInstances } = this.#options
    if (pace === 'lockstep') return new LockstepPace(books, this, expectedInstances)
    const clock = guarded(this.#parts.clock, (error) => this.#fail(error))
    if (books.feed instanceof LiveFeed) return new LivePace(books, books.feed, this, clock)
    return new FreePace(books, this, clock, speed)
  }

  /** Listens on a path that nobody listens on; only this user may connect. */
  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, resolve)
    })
    chmodSync(path, 0o600)
    this.#pace.start()
  }

  /** Stops the market and closes every connection. */
  async close(): Promise<void> {
    this.#isStopped = true
    this.#pace.stop()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#sessions) session.close()
    // A peer that hangs must not hold the end back.
    const cancel = this.#parts.clock.after(CLOSE_TIMEOUT_MS, () => {
      for (const session of this.#sessions) session.destroy()
    })
    await closed
    cancel()
  }

  push(account: string, message: ExchangePush): void {
    this.#parts.sandbox?.onPush(account, message)
    for (const session of this.#sessions) {
      if (session.isSubscribed && session.key === account) session.send(message)
    }
  }

  isLive(instance: string): boolean {
    for (const session of this.#sessions) if (session.instances.has(instance)) return true
    return false
  }

  #accept(socket: Socket): void {
    const session = new Session(socket, this.#parts.clock, this.#options.wireLatencyMs)
    this.#sessions.add(session)
    session.listen(
      (message) => this.#guard(() => this.#handle(session, message as DeskToExchange)),
      (reason) => this.#guard(() => this.#onClosed(session, reason)),
    )
  }

  #onClosed(session: Session, reason: string): void {
    this.#sessions.delete(session)
    if (session.key === null) return
    this.#parts.logger.info('exchange', `connection of ${session.key} has ended: ${reason}`)
    if (!this.#isStopped) this.#pace.onDetached(session.key, null)
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#pace.stop()
    this.#parts.onFatal(error)
  }

  #handle(session: Session, message: DeskToExchange): void {
    if (this.#isStopped) return
    if (!isMessage(message)) {
      session.close()
      return
    }
    if (message.type === 'setWakes' || message.type === 'stepDone') {
      this.#note(session, message)
      return
    }
    try {
      this.#answer(session, message)
    } catch (error) {
      this.#refuse(session, message.id, error)
      if (!session.isWelcome) session.close()
    }
  }

  /** @throws what is no refusal */
  #refuse(session: Session, id: number, error: unknown): void {
    if (!(error instanceof ExchangeRefused)) throw error
    session.send({ type: 'answer', id, ok: false, code: error.code, text: error.message })
  }

  #note(
    session: Session,
    message: Extract<DeskToExchange, { type: 'setWakes' | 'stepDone' }>,
  ): void {
    const { key } = session
    if (key === null || !session.isWelcome) return
    if (message.type === 'stepDone') this.#pace.onStepDone(key, message.step)
    else if (session.instances.has(message.instance)) {
      this.#parts.books.setWakes(message.instance, message.wakes)
    }
  }

  #answer(session: Session, request: AccountRequest | ExchangeControlRequest): void {
    const { id } = request
    const answer = (result: Result) => session.send({ type: 'answer', id, ok: true, result })
    if (request.type === 'hello') {
      answer(this.#welcome(session, request))
      return
    }
    if (!session.isWelcome) {
      throw new ExchangeRefused('unauthorized', 'The first message of a connection must be hello.')
    }
    if (request.type === 'status') answer(this.#status())
    else if (request.type === 'sandbox') answer(this.#sandbox(request))
    else if (request.type === 'candles') {
      // A look at the past takes turns with the market: what was asked meanwhile is answered before it.
      this.#candles
        .answer(request)
        .then(answer, (error: unknown) => this.#guard(() => this.#refuse(session, id, error)))
    } else if (request.type === 'shutdown') {
      answer(null)
      this.#parts.onShutdown()
    } else this.#answerAccount(session, request, answer)
  }

  #sandbox(request: SandboxRequest): SandboxState {
    const { sandbox } = this.#parts
    if (sandbox !== undefined) return sandbox.request(request)
    const text =
      'This exchange runs without a sandbox: start an instance with exchange_config.mode sandbox.'
    throw new ExchangeRefused('no_sandbox', text)
  }

  #welcome(session: Session, hello: Extract<ExchangeControlRequest, { type: 'hello' }>) {
    if (hello.token !== this.#options.token) {
      const text =
        'The token of the connection is not the one of this exchange: it was started anew, connect again.'
      throw new ExchangeRefused('unauthorized', text)
    }
    if (hello.version !== EXCHANGE_PROTOCOL_VERSION) {
      throw new ExchangeRefused(
        'protocol_version',
        `The exchange speaks version ${EXCHANGE_PROTOCOL_VERSION} of its protocol and the desk ${hello.version}: restart the older of the two.`,
      )
    }
    session.isWelcome = true
    session.account = hello.account
    const { pace, wireLatencyMs } = this.#options
    const feed = this.#parts.books.feed.name
    return { version: EXCHANGE_PROTOCOL_VERSION, feed, pace, wireLatencyMs }
  }

  #answerAccount(
    session: Session,
    request: AccountRequest,
    answer: (result: Result) => void,
  ): void {
    const { account } = session
    if (account === null) {
      const text = `A connection without an account cannot ask for ${request.type}: name the account in hello.`
      throw new ExchangeRefused('bad_request', text)
    }
    const { books, clock } = this.#parts
    const key = `${account.venue}/${account.account}`
    if (request.type === 'attach') {
      this.#attach(session, account, request, answer)
      return
    }
    if (request.type === 'detach') {
      books.detach(request.instance)
      session.instances.delete(request.instance)
      answer(null)
      this.#pace.onDetached(key, request.instance)
    } else if (request.type === 'subscribe') {
      session.isSubscribed = true
      answer(null)
    } else if (request.type === 'place') answer(books.place(key, request.orders, clock.wallMs()))
    else if (request.type === 'cancel')
      answer(books.cancel(key, request.instrument, request.clientIds))
    else answer(this.#query(key, request))
    this.#pace.onHandled()
  }

  /** Live prices of a contract must come before it can be traded; the books themselves wait for nothing. */
  #attach(
    session: Session,
    { venue, account }: NonNullable<Session['account']>,
    { id, request }: Extract<AccountRequest, { type: 'attach' }>,
    answer: (result: Result) => void,
  ): void {
    const { books } = this.#parts
    const attach = (): void => {
      if (this.#isStopped || !this.#sessions.has(session)) return
      answer(books.attach(venue, account, request, (instance) => this.isLive(instance)))
      session.instances.add(request.instance)
      this.#pace.onAttached(`${venue}/${account}`)
      this.#pace.onHandled()
    }
    const prepared = books.feed.prepare?.(venue, request.symbol)
    if (prepared === undefined) return attach()
    const refuse = (error: unknown): void => this.#guard(() => this.#refuse(session, id, error))
    prepared.then(() => {
      try {
        attach()
      } catch (error) {
        refuse(error)
      }
    }, refuse)
  }

  #query(account: string, request: AccountRequest): Result {
    const { books, clock } = this.#parts
    if (request.type === 'lookup') return books.lookup(account, request.clientId)
    if (request.type === 'openOrders') return books.openOrders(account)
    if (request.type === 'eventsSince') return books.eventsSince(account, request.venueSeq)
    if (request.type === 'positions') return books.positions(account)
    if (request.type === 'balance') return books.balance(account)
    if (request.type === 'time') return { wallMs: clock.wallMs(), marketAt: books.at }
    throw new ExchangeRefused('bad_request', `The exchange knows no request "${request.type}".`)
  }

  #status(): ExchangeStatus {
    const { books } = this.#parts
    const { pace, speed } = this.#options
    const connected = new Set([...this.#sessions].map((session) => session.key))
    return {
      state: this.#pace.state,
      feed: books.feed.name,
      seed: books.feed.seed,
      pace,
      speed,
      startAt: books.feed.startAt,
      marketAt: books.at,
      endAt: books.feed.endAt,
      step: books.step,
      waitingFor: this.#pace.waitingFor,
      accounts: [...books.attached()].map(([account, instances]) => ({
        account,
        instances,
        isConnected: connected.has(account),
        lastSeq: books.lastSeqOf(account),
      })),
    }
  }
}

function isMessage(message: unknown): message is DeskToExchange {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false
  const isNotice = message.type === 'setWakes' || message.type === 'stepDone'
  return isNotice || ('id' in message && Number.isSafeInteger(message.id))
}

/** A clock whose callbacks hand what they throw to `onError`. */
function guarded(clock: Clock, onError: (error: unknown) => void): Clock {
  const guard = (callback: () => void) => () => {
    try {
      callback()
    } catch (error) {
      onError(error)
    }
  }
  return {
    monotonicMs: () => clock.monotonicMs(),
    wallMs: () => clock.wallMs(),
    after: (delayMs, callback) => clock.after(delayMs, guard(callback)),
    every: (intervalMs, callback) => clock.every(intervalMs, guard(callback)),
  }
}
