/**
 * Aster's WebSockets: raw streams at /ws/NAME, combined ones at /stream?streams=A/B, user streams at /ws/LISTENKEY; further
 * streams by SUBSCRIBE. Keeps what a connection has asked for, and nothing else.
 */
import type { MarketEvent } from '../../../domain/market.ts'
import type { FrontConnection, FrontSocket, SandboxBackend, SandboxEvent } from '../front.ts'
import type { ListenKeys } from './listen-keys.ts'
import { MarketStream, parseStream } from './market-stream.ts'
import { marginCall, userMessages } from './user-stream.ts'
import type { Json } from './wire.ts'

/** "Websocket Market Streams": a ping each 5 minutes, a pong within 15, a life of 24 hours, 200 streams, 10 messages a second. */
const PING_EVERY_S = 300
const PONG_WITHIN_S = 900
const LIFE_S = 86_400
const STREAMS_MAX = 200
const MESSAGES_PER_S = 10
const MARGIN_CALL_EVERY_S = 60

interface Connection {
  readonly socket: FrontSocket
  readonly streams: Set<string>
  isCombined: boolean
  seconds: number
  lastPong: number
  messages: number
}

interface Command {
  readonly method?: unknown
  readonly params?: unknown
  readonly id?: unknown
}

export class Streams {
  readonly #backend: SandboxBackend
  readonly #listenKeys: ListenKeys
  readonly #connections = new Set<Connection>()
  readonly #market: MarketStream
  #seconds = 0

  constructor(backend: SandboxBackend, listenKeys: ListenKeys) {
    this.#backend = backend
    this.#listenKeys = listenKeys
    this.#market = new MarketStream(backend, (stream, data) => this.#publish(stream, data))
  }

  /** @returns null for a path that the venue does not have, and for a listen key that is not good */
  connect(socket: FrontSocket, path: string): FrontConnection | null {
    const [bare = '', query = ''] = path.split('?')
    const isCombined = bare === '/stream' || bare === '/stream/'
    if (!isCombined && bare !== '/ws' && !bare.startsWith('/ws/')) return null
    const named = isCombined
      ? (new URLSearchParams(query).get('streams') ?? '').split('/')
      : [bare.slice('/ws/'.length)]
    const streams = named.filter((one) => one !== '')
    if (!isCombined && streams.some((one) => !this.#isGood(one))) return null
    return this.#open(socket, streams, isCombined)
  }

  #open(socket: FrontSocket, streams: readonly string[], isCombined: boolean): FrontConnection {
    const connection: Connection = {
      socket,
      streams: new Set(),
      isCombined,
      seconds: 0,
      lastPong: 0,
      messages: 0,
    }
    this.#connections.add(connection)
    for (const stream of streams) this.#add(connection, stream)
    return {
      onMessage: (text) => this.#onMessage(connection, text),
      onPing: () => undefined,
      onPong: () => {
        connection.lastPong = connection.seconds
      },
      onClose: () => void this.#connections.delete(connection),
    }
  }

  #isGood(stream: string): boolean {
    return this.#market.instrumentOf(stream) !== null || this.#listenKeys.accountOf(stream) !== null
  }

  #add(connection: Connection, stream: string): void {
    connection.streams.add(stream)
    if (parseStream(stream) !== null) this.#market.open(stream)
    if (connection.streams.size > STREAMS_MAX) this.#drop(connection, 'Too many streams')
  }

  #drop(connection: Connection, reason: string): void {
    this.#connections.delete(connection)
    connection.socket.close(1008, reason)
  }

  #publish(stream: string, data: Json): void {
    for (const one of this.#connections) if (one.streams.has(stream)) tell(one, stream, data)
  }

  // Commands

  #onMessage(connection: Connection, text: string): void {
    connection.messages += 1
    if (connection.messages > MESSAGES_PER_S) return this.#drop(connection, 'Too many messages')
    const command = parsed(text)
    const reply = command === null ? INVALID_JSON : this.#obey(connection, command)
    connection.socket.send(JSON.stringify(reply))
  }

  #obey(connection: Connection, { method, params, id }: Command): Json {
    if (id !== undefined && !(Number.isInteger(id) && Number(id) >= 0)) return INVALID_ID
    const done = (result: Json): Json => ({ result, id: id === undefined ? null : Number(id) })
    const list = Array.isArray(params) ? params : []
    switch (method) {
      case 'SUBSCRIBE':
        for (const one of list) this.#add(connection, String(one))
        return done(null)
      case 'UNSUBSCRIBE':
        for (const one of list) connection.streams.delete(String(one))
        return done(null)
      case 'LIST_SUBSCRIPTIONS':
        return done([...connection.streams])
      case 'SET_PROPERTY':
        if (list[0] !== 'combined') return { code: 0, msg: 'Unknown property' }
        if (typeof list[1] !== 'boolean') {
          return { code: 1, msg: 'Invalid value type: expected Boolean' }
        }
        connection.isCombined = list[1]
        return done(null)
      case 'GET_PROPERTY':
        if (list[0] !== 'combined') return { code: 0, msg: 'Unknown property' }
        return done(connection.isCombined)
      default:
        return {
          code: 2,
          msg: `Invalid request: unknown variant ${String(method)}, expected one of SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY, GET_PROPERTY`,
        }
    }
  }

  // Events

  onAccount(name: string, events: readonly SandboxEvent[]): void {
    const account = this.#backend.accounts().find((one) => one.name === name)
    if (account === undefined) return
    for (const event of events) {
      for (const message of userMessages(this.#backend, account, event)) this.#tell(name, message)
    }
  }

  #tell(account: string, message: Json): void {
    for (const connection of this.#connections) {
      for (const stream of connection.streams) {
        if (this.#listenKeys.accountOf(stream) === account) tell(connection, stream, message)
      }
    }
  }

  onMarket(events: readonly MarketEvent[]): void {
    this.#market.onMarket(events, this.#wanted())
  }

  #wanted(): ReadonlySet<string> {
    return new Set([...this.#connections].flatMap((one) => [...one.streams]))
  }

  onSecond(): void {
    this.#seconds += 1
    this.#market.onSecond(this.#wanted())
    for (const key of this.#listenKeys.takeExpired()) {
      this.#publish(key, { e: 'listenKeyExpired', E: this.#backend.wallMs() })
    }
    if (this.#seconds % MARGIN_CALL_EVERY_S === 0) this.#callMargins()
    for (const one of this.#connections) this.#keepAlive(one)
  }

  #callMargins(): void {
    for (const account of this.#backend.accounts()) {
      const call = marginCall(this.#backend, account)
      if (call !== null) this.#tell(account.name, call)
    }
  }

  #keepAlive(connection: Connection): void {
    connection.seconds += 1
    connection.messages = 0
    const { seconds, lastPong } = connection
    if (seconds >= LIFE_S) return this.#drop(connection, 'Connection is 24 hours old')
    if (seconds - lastPong > PING_EVERY_S + PONG_WITHIN_S) {
      return this.#drop(connection, 'Pong timeout')
    }
    if (seconds % PING_EVERY_S === 0) connection.socket.ping()
  }
}

const INVALID_JSON = { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } as const
const INVALID_ID = {
  code: 2,
  msg: 'Invalid request: request ID must be an unsigned integer',
} as const

function parsed(text: string): Command | null {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Command) : {}
  } catch {
    return null
  }
}

function tell(connection: Connection, stream: string, data: Json): void {
  connection.socket.send(JSON.stringify(connection.isCombined ? { stream, data } : data))
}
