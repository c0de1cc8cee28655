/** The live line to the control plane: one WebSocket with ticket, resume, back-off and a watch on its ticks. Knows nothing of React. */
import type {
  CandleTimeframe,
  StreamEvent,
  StreamMessage,
  StreamPosition,
  StreamRequest,
  StreamTopic,
} from '../../../src/protocol/api-messages.ts'

/** `stale`: the line is open and silent; `down`: there is no line, somebody tries to get one. */
export type ChannelState = 'connecting' | 'live' | 'stale' | 'down'

export interface Scope {
  readonly topics: readonly StreamTopic[]
  /** Null = of all instances. */
  readonly instance: string | null
  /** Of the candles. */
  readonly timeframe?: CandleTimeframe
}

/** What the channel needs of a WebSocket. */
export interface Line {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
}

export interface ChannelParts {
  /** A ticket that opens the line once. */
  ticket(): Promise<string>
  open(ticket: string): Line
  /** ms. */
  now(): number
  /** 0 … 1. */
  chance(): number
  onEvents(events: readonly StreamEvent[]): void
  /** What lies between is lost: everything has to be loaded anew. */
  onGap(): void
  onState(state: ChannelState, lastHeardAt: number | null): void
  /** The server closed it since the session has ended. */
  onSessionEnd(): void
}

export interface Channel {
  start(): void
  stop(): void
  /** What is wanted from now on; the line stays. */
  show(scope: Scope): void
  /** Try now: the network came back, or the tab. */
  nudge(): void
}

const isSame = (a: Scope, b: Scope): boolean =>
  a.instance === b.instance && a.timeframe === b.timeframe && String(a.topics) === String(b.topics)

const SESSION_ENDED = 4001
const WATCH_MS = 500
const STALE_MS = 3000
const DEAD_MS = 12_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000

class LiveChannel implements Channel {
  readonly #parts: ChannelParts
  #scope: Scope
  #line: Line | null = null
  #isOpen = false
  #isWanted = false
  #position: StreamPosition | null = null
  /** What `#position` is a place in: the events of these wishes. */
  #told: Scope | null = null
  #state: ChannelState = 'connecting'
  #heardAt: number | null = null
  #failures = 0
  /** Counts attempts: what an earlier one still says is not heard. */
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | null = null
  #watch: ReturnType<typeof setInterval> | null = null

  constructor(parts: ChannelParts, scope: Scope) {
    this.#parts = parts
    this.#scope = scope
  }

  start(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#failures = 0
    this.#watch = setInterval(() => this.#look(), WATCH_MS)
    this.#connect()
  }

  stop(): void {
    this.#isWanted = false
    this.#abandon()
    this.#position = null
    if (this.#retry !== null) clearTimeout(this.#retry)
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#retry = null
    this.#watch = null
    this.#become('connecting')
  }

  show(scope: Scope): void {
    if (isSame(scope, this.#scope)) return
    this.#scope = scope
    if (this.#isOpen) this.#subscribe()
  }

  nudge(): void {
    if (!this.#isWanted || this.#retry === null) return
    clearTimeout(this.#retry)
    this.#connect()
  }

  #become(next: ChannelState): void {
    if (next === this.#state) return
    this.#state = next
    this.#parts.onState(next, this.#heardAt)
  }

  /** Behind the position of other wishes there is nothing to go on from: what they did not ask for was never sent. */
  #subscribe(): void {
    if (this.#told === null || !isSame(this.#told, this.#scope)) this.#position = null
    this.#told = this.#scope
    const request: StreamRequest = { type: 'subscribe', ...this.#scope, since: this.#position }
    this.#line?.send(JSON.stringify(request))
  }

  #connect(): void {
    this.#retry = null
    this.#attempt += 1
    const own = this.#attempt
    this.#parts.ticket().then(
      (ticket) => {
        if (own === this.#attempt && this.#isWanted) this.#wire(this.#parts.open(ticket), own)
      },
      () => {
        if (own === this.#attempt) this.#lose()
      },
    )
  }

  #wire(line: Line, own: number): void {
    this.#line = line
    line.onopen = () => {
      if (own !== this.#attempt) return
      this.#isOpen = true
      this.#heardAt = this.#parts.now()
      this.#subscribe()
    }
    line.onmessage = ({ data }) => {
      if (own !== this.#attempt || typeof data !== 'string') return
      this.#hear(JSON.parse(data) as StreamMessage)
    }
    line.onclose = ({ code }) => {
      if (own !== this.#attempt) return
      if (code === SESSION_ENDED) this.#parts.onSessionEnd()
      this.#lose()
    }
  }

  #hear(message: StreamMessage): void {
    this.#heardAt = this.#parts.now()
    if (message.type === 'welcome') {
      this.#failures = 0
      this.#position = message.position
      if (!message.resumed) this.#parts.onGap()
      this.#become('live')
    } else if (message.type === 'events') {
      const last = message.events.at(-1)
      if (last !== undefined && this.#position !== null)
        this.#position = { ...this.#position, seq: last.seq }
      this.#parts.onEvents(message.events)
      this.#become('live')
    } else if (message.type === 'tick') {
      // before the welcome it is a place in what was wanted before
      if (this.#position !== null) this.#position = message.position
      this.#become('live')
    }
  }

  #lose(): void {
    this.#line = null
    this.#isOpen = false
    if (!this.#isWanted) return
    this.#failures += 1
    this.#become('down')
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1))
    const wait = longest * (0.5 + this.#parts.chance() / 2)
    this.#retry ??= setTimeout(() => this.#connect(), wait)
  }

  #abandon(): void {
    this.#attempt += 1
    this.#line?.close()
    this.#line = null
    this.#isOpen = false
  }

  #look(): void {
    if (!this.#isOpen || this.#heardAt === null) return
    const silence = this.#parts.now() - this.#heardAt
    if (silence > DEAD_MS) {
      this.#abandon()
      this.#lose()
    } else if (silence > STALE_MS) this.#become('stale')
  }
}

export const createChannel = (parts: ChannelParts, scope: Scope): Channel =>
  new LiveChannel(parts, scope)
