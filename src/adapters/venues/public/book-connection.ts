/** One WebSocket with the books of some contracts: connects, subscribes, answers losses, connects again. */
import { WebSocket } from 'ws'
import type { Clock } from '../../../ports/clock.ts'
import { backoffMs } from '../live/backoff.ts'
import type { BookNews, BookReader } from '../live/book-feed.ts'
import type { BookContract } from '../live/book-levels.ts'
import type { HostGuard } from '../live/hosts.ts'
import { type ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import type { PublicHttp } from './public-http.ts'

/** Something comes at least this often: the answer to our ping. */
const KEEP_ALIVE_MS = 10_000
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024
const BEGIN_FIRST_MS = 100
const BEGIN_MAX_MS = 30_000
/** A book that stood so long was a good one. */
const STEADY_MS = 60_000
/** Snapshots that are asked at once, and the pause of each before the next one. */
const ASKED_AT_ONCE = 3
const ASK_PAUSE_MS = 50

export interface BookConnectionParts {
  readonly name: string
  /** Asked before each connection. */
  readonly url: () => string
  readonly ping: string | null
  readonly contracts: readonly BookContract[]
  readonly reader: () => BookReader
  readonly http: PublicHttp
  readonly guard: HostGuard
  readonly clock: Clock
  readonly random: () => number
  readonly quota: ConnectQuota
  /** ms of machine time without a word of a book after which it does not count. */
  readonly staleAfterMs: number
  readonly onNews: (news: BookNews) => void
  readonly onTrouble: (text: string) => void
}

interface Row {
  readonly contract: BookContract
  /** Its last book counts. */
  isTold: boolean
  heardMs: number
  /** Begun anew since it was heard. */
  isRefreshed: boolean
  begunMs: number
  failures: number
  cancelBegin: (() => void) | null
}

export class BookConnection {
  readonly #parts: BookConnectionParts
  readonly #loop: StreamLoop
  readonly #rows: ReadonlyMap<BookContract, Row>
  #reader: BookReader
  #socket: WebSocket | null = null
  #onFirst: (() => void) | null = null
  #wanted: Row[] = []
  #asking = 0
  #cancels: (() => void)[] = []

  constructor(parts: BookConnectionParts) {
    const { name, clock, random, quota, contracts, reader } = parts
    this.#parts = parts
    this.#reader = reader()
    this.#rows = new Map(contracts.map((one) => [one, newRow(one)]))
    this.#loop = new StreamLoop({
      ...{ name, clock, random, quota, keepAliveMs: KEEP_ALIVE_MS },
      open: () => this.#open(),
      drop: () => this.#drop(),
      onLive: () => undefined,
      onGap: (reason) => this.#parts.onTrouble(reason),
    })
  }

  get isLive(): boolean {
    return this.#loop.isLive
  }

  get reconnects(): number {
    return this.#loop.reconnects
  }

  start(): void {
    const { clock, staleAfterMs } = this.#parts
    this.#cancels = [
      clock.every(KEEP_ALIVE_MS, () => this.#ping()),
      clock.every(Math.max(50, staleAfterMs / 8), () => this.#watch()),
    ]
    this.#loop.start()
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#loop.stop()
  }

  // The socket

  async #open(): Promise<void> {
    const { guard, contracts, reader } = this.#parts
    const url = this.#parts.url()
    guard.check(url)
    this.#reader = reader()
    const socket = new WebSocket(url, {
      // Reading thousands of messages a second costs less than unpacking them.
      perMessageDeflate: false,
      maxPayload: MESSAGE_BYTES_MAX,
      followRedirects: false,
    })
    this.#socket = socket
    const isOurs = () => this.#socket === socket
    const lost = (reason: string) => isOurs() && this.#loop.lost(reason)
    socket.on('message', (data) => isOurs() && this.#onMessage(String(data)))
    socket.on('ping', () => isOurs() && this.#frame())
    socket.on('pong', () => isOurs() && this.#frame())
    socket.on('close', (code) => lost(`closed with code ${code}`))
    socket.on('error', (error) => lost(error.constructor.name))
    await until(socket, (resolve) => socket.once('open', resolve))
    for (const frame of this.#reader.subscribe(contracts)) this.#send(frame)
    // What was sent before has been read when this is answered.
    await until(socket, (resolve) => {
      this.#onFirst = resolve
      this.#ping()
    })
    for (const row of this.#rows.values()) row.heardMs = this.#parts.clock.monotonicMs()
    if (this.#reader.snapshots) this.#want([...this.#rows.values()])
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    this.#wanted = []
    socket?.terminate()
    const now = this.#parts.clock.monotonicMs()
    for (const row of this.#rows.values()) {
      row.cancelBegin?.()
      row.cancelBegin = null
      row.heardMs = now
      this.#lose(row, 'the connection is gone')
    }
  }

  #send(frame: unknown): void {
    this.#socket?.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  #ping(): void {
    const { ping } = this.#parts
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    if (ping === null) this.#socket.ping()
    else this.#send(ping)
  }

  #frame(): void {
    this.#loop.frame()
    this.#onFirst?.()
    this.#onFirst = null
  }

  #onMessage(text: string): void {
    this.#frame()
    for (const news of this.#reader.onMessage(text)) this.#onNews(news)
  }

  // Books

  #onNews(news: BookNews): void {
    const { onNews, onTrouble, name, clock } = this.#parts
    if (news.kind === 'refused') return onTrouble(`${name}: a subscription was refused`)
    if (news.kind === 'facts') return onNews(news)
    const row = this.#rows.get(news.contract)
    if (row === undefined) return
    if (news.kind === 'lost') {
      this.#lose(row, news.reason)
      if (news.isBroken) this.#beginLater(row)
      return
    }
    row.isTold = true
    row.isRefreshed = false
    row.heardMs = clock.monotonicMs()
    onNews(news)
  }

  #lose(row: Row, reason: string): void {
    if (!row.isTold) return
    row.isTold = false
    this.#parts.onNews({ kind: 'lost', contract: row.contract, reason, isBroken: false })
  }

  /** Books that are silent are asked anew once, then they do not count. */
  #watch(): void {
    if (!this.#loop.isLive) return
    const { clock, staleAfterMs } = this.#parts
    for (const row of this.#rows.values()) {
      const silentMs = clock.monotonicMs() - row.heardMs
      if (silentMs >= staleAfterMs) {
        this.#lose(row, `silent for ${Math.round(silentMs)} ms`)
        this.#beginLater(row)
      } else if (silentMs >= staleAfterMs / 2 && !row.isRefreshed) {
        row.isRefreshed = true
        this.#begin(row)
      }
    }
  }

  #beginLater(row: Row): void {
    if (row.cancelBegin !== null) return
    const { clock, random } = this.#parts
    const isSteady = clock.monotonicMs() - row.begunMs > STEADY_MS
    row.failures = isSteady ? 0 : row.failures + 1
    const waitMs = backoffMs(row.failures, BEGIN_FIRST_MS, BEGIN_MAX_MS, random)
    row.cancelBegin = clock.after(waitMs, () => {
      row.cancelBegin = null
      this.#begin(row)
    })
  }

  #begin(row: Row): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    row.begunMs = this.#parts.clock.monotonicMs()
    for (const frame of this.#reader.begin(row.contract)) this.#send(frame)
    if (this.#reader.snapshots) this.#want([row])
  }

  // Snapshots

  #want(rows: readonly Row[]): void {
    this.#wanted.push(...rows.filter((row) => !this.#wanted.includes(row)))
    while (this.#asking < ASKED_AT_ONCE && this.#asking < this.#wanted.length) void this.#askAll()
  }

  async #askAll(): Promise<void> {
    this.#asking += 1
    try {
      for (let row = this.#wanted.shift(); row; row = this.#wanted.shift()) await this.#ask(row)
    } finally {
      this.#asking -= 1
    }
  }

  async #ask(row: Row): Promise<void> {
    const { http, clock } = this.#parts
    const reader = this.#reader
    const { snapshots } = reader
    if (snapshots === null) return
    try {
      const answer = await http.ask(snapshots.path(row.contract))
      // A reader of an earlier connection has nothing to say any more.
      if (reader !== this.#reader) return
      for (const news of snapshots.take(row.contract, answer)) this.#onNews(news)
    } catch {
      if (reader === this.#reader) this.#beginLater(row)
    }
    await new Promise<void>((resolve) => void clock.after(ASK_PAUSE_MS, resolve))
  }
}

/** Waits for something of a socket, and not behind its end. */
const until = (socket: WebSocket, wait: (resolve: () => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('closed')))
    wait(resolve)
  })

const newRow = (contract: BookContract): Row => ({
  contract,
  isTold: false,
  heardMs: 0,
  isRefreshed: false,
  begunMs: Number.NEGATIVE_INFINITY,
  failures: 0,
  cancelBegin: null,
})
