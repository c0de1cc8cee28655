/** One WebSocket of a client: its subscriptions, what it is told, and what it posts ("Websocket", "Post requests"). */
import type { FrontConnection, FrontSocket } from '../front.ts'
import { isGroupingValid, readSubscription, type Subscription } from './subscriptions.ts'
import { MalformedBody, objectOf, text, uint } from './wire-reader.ts'

/** Seconds without a word of ours after which the venue closes. */
const SILENCE_SECONDS = 60
/** What cannot be served ends the whole connection, without a word: so does the venue. */
const UNSERVABLE = 1008

const message = objectOf(
  { method: text },
  { subscription: (value: unknown) => value, id: uint, request: (value: unknown) => value },
)
const request = objectOf({ type: text, payload: (value: unknown) => value })

/** What a connection needs of all of them together. */
export interface Hub {
  mayTalk(connection: Connection): boolean
  isServable(subscription: Subscription): boolean
  /** Why a subscription is refused, null = it is not. */
  refusalOf(connection: Connection, subscription: Subscription): string | null
  begin(connection: Connection, live: Live): void
  post(type: string, payload: unknown, address: string): unknown
  drop(connection: Connection): void
}

/** A stream with what was last told on it. */
export interface Live {
  readonly subscription: Subscription
  sentAt: number
  last: string
  lastId: number
}

export class Connection implements FrontConnection {
  readonly address: string
  readonly streams = new Map<string, Live>()
  readonly #hub: Hub
  readonly #socket: FrontSocket
  #silentSeconds = 0

  constructor(hub: Hub, socket: FrontSocket, address: string) {
    this.#hub = hub
    this.#socket = socket
    this.address = address
  }

  tell(channel: string, data?: unknown): void {
    this.#silentSeconds = 0
    this.#socket.send(JSON.stringify(data === undefined ? { channel } : { channel, data }))
  }

  end(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  onMessage(raw: string): void {
    if (!this.#hub.mayTalk(this)) return
    try {
      this.#act(message(JSON.parse(raw)))
    } catch (error) {
      if (!isMalformed(error)) throw error
      this.tell('error', `Error parsing JSON into valid websocket request: ${raw}`)
    }
  }

  #act(said: ReturnType<typeof message>): void {
    switch (said.method) {
      case 'ping':
        return this.tell('pong')
      case 'subscribe':
        return this.#subscribe(readSubscription(said.subscription))
      case 'unsubscribe':
        return this.#unsubscribe(readSubscription(said.subscription))
      case 'post': {
        const { type, payload } = request(said.request)
        return this.#post(uint(said.id), type, payload)
      }
      default:
        // The reader of nothing refuses everything, in the words of the others.
        readSubscription(null)
    }
  }

  #subscribe(subscription: Subscription): void {
    const key = JSON.stringify(subscription)
    if (this.streams.has(key)) return this.tell('error', `Already subscribed: ${key}`)
    if (!this.#hub.isServable(subscription) || !isGroupingValid(subscription)) {
      return this.end(UNSERVABLE, '')
    }
    const refusal = this.#hub.refusalOf(this, subscription)
    if (refusal !== null) return this.tell('error', refusal)
    const live: Live = { subscription, sentAt: 0, last: '', lastId: 0 }
    this.streams.set(key, live)
    this.tell('subscriptionResponse', { method: 'subscribe', subscription })
    this.#hub.begin(this, live)
  }

  #unsubscribe(subscription: Subscription): void {
    const key = JSON.stringify(subscription)
    if (!this.streams.delete(key)) return this.tell('error', `Already unsubscribed: ${key}`)
    this.tell('subscriptionResponse', { method: 'unsubscribe', subscription })
  }

  #post(id: number, type: string, payload: unknown): void {
    const response = this.#hub.post(type, payload, this.address)
    this.tell('post', { id, response })
  }

  onPing(): void {
    this.#silentSeconds = 0
  }

  onPong(): void {}

  onClose(): void {
    this.#hub.drop(this)
  }

  onSecond(): void {
    this.#silentSeconds += 1
    if (this.#silentSeconds > SILENCE_SECONDS) this.end(1000, 'Inactive')
  }
}

const isMalformed = (error: unknown): boolean =>
  error instanceof SyntaxError || error instanceof MalformedBody
