/**
 * Backpack's WebSocket: one connection, many streams by SUBSCRIBE and UNSUBSCRIBE, every message in an envelope
 * `{stream, data}` (asyncapi). Keeps what a connection has asked for, and nothing else.
 */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { MarketEvent } from '../../../domain/market.ts'
import { money } from '../../../domain/money.ts'
import { signOf } from '../../../domain/order.ts'
import type {
  FrontConnection,
  FrontSocket,
  SandboxAccount,
  SandboxBackend,
  SandboxEvent,
  SandboxFill,
} from '../front.ts'
import { INTERVALS } from '../intervals.ts'
import { instrumentOf } from './account-call.ts'
import { positionNumber, positionSums } from './account-routes.ts'
import type { BookTape } from './book-tape.ts'
import { MarketStream, parseStream } from './market-stream.ts'
import { listed } from './markets.ts'
import {
  type Json,
  liquidationJson,
  marketSymbol,
  orderUpdateJson,
  positionUpdateJson,
} from './wire.ts'

/** The venue pings each minute and closes after two without an answer. */
const PING_EVERY_S = 60
const PONG_WITHIN_S = 120
/** The one public stream of all markets. */
const LIQUIDATION = 'liquidation'

/** Checks the signature of a subscription. Null = it does not hold. */
export type Verify = (signature: readonly string[]) => SandboxAccount | string

interface Connection {
  readonly socket: FrontSocket
  readonly streams: Set<string>
  account: SandboxAccount | null
  secondsSincePing: number
  secondsSincePong: number
}

interface Command {
  readonly method?: unknown
  readonly params?: unknown
  readonly signature?: unknown
  readonly id?: unknown
}

export class Streams {
  readonly #backend: SandboxBackend
  readonly #verify: Verify
  readonly #connections = new Set<Connection>()
  readonly #market: MarketStream
  /** By account and instrument: the number of the position, known still when it is closed. */
  readonly #positionIds = new Map<string, number>()

  constructor(backend: SandboxBackend, tape: BookTape, verify: Verify) {
    this.#backend = backend
    this.#verify = verify
    this.#market = new MarketStream(backend, tape, (stream, data) => this.#publish(stream, data))
  }

  connect(socket: FrontSocket): FrontConnection {
    const connection: Connection = {
      socket,
      streams: new Set(),
      account: null,
      secondsSincePing: 0,
      secondsSincePong: 0,
    }
    this.#connections.add(connection)
    return {
      onMessage: (text) => this.#onMessage(connection, text),
      onPing: () => undefined,
      onPong: () => {
        connection.secondsSincePong = 0
      },
      onClose: () => void this.#connections.delete(connection),
    }
  }

  #publish(stream: string, data: Json): void {
    for (const one of this.#connections) if (one.streams.has(stream)) send(one, stream, data)
  }

  // Subscriptions

  #onMessage(connection: Connection, text: string): void {
    const command = parsed(text)
    const { method } = command
    if (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE') {
      return refuse(connection, 4002, 'Invalid method')
    }
    const streams = Array.isArray(command.params) ? command.params.map(String) : []
    if (streams.length === 0) return refuse(connection, 4005, 'Invalid params')
    if (method === 'UNSUBSCRIBE') {
      for (const stream of streams) connection.streams.delete(stream)
      return
    }
    for (const stream of streams) {
      if (!this.#subscribe(connection, stream, command.signature)) return
    }
  }

  #subscribe(connection: Connection, stream: string, signature: unknown): boolean {
    if (stream.startsWith('account.')) return this.#subscribeAccount(connection, stream, signature)
    if (stream === LIQUIDATION) {
      connection.streams.add(stream)
      return true
    }
    const found = parseStream(stream)
    const market = listed(this.#backend).find(
      (one) => marketSymbol(one.instrument) === found?.symbol,
    )
    if (found === null || market === undefined || !isInterval(found.interval)) {
      refuse(connection, 4005, `Invalid stream: ${stream}`)
      return false
    }
    connection.streams.add(stream)
    this.#backend.watch(market.instrument.id)
    this.#market.open(stream, found, market.instrument)
    return true
  }

  #subscribeAccount(connection: Connection, stream: string, signature: unknown): boolean {
    // Nobody asks for quotes here: that stream is taken and stays silent.
    const symbol = /^account\.(?:orderUpdate|positionUpdate|rfqUpdate)(?:\.([A-Z0-9_]+))?$/.exec(
      stream,
    )
    const found = Array.isArray(signature)
      ? this.#verify(signature.map(String))
      : 'Missing signature'
    if (symbol === null || typeof found === 'string') {
      const reason = typeof found === 'string' ? found : `Invalid stream: ${stream}`
      refuse(connection, 4006, reason)
      return false
    }
    connection.account = found
    connection.streams.add(stream)
    if (stream.startsWith('account.positionUpdate')) {
      this.#sendPositions(connection, found, stream, symbol[1])
    }
    return true
  }

  /** The open positions, without an event's name, as the venue sends them on subscription. */
  #sendPositions(
    connection: Connection,
    account: SandboxAccount,
    stream: string,
    symbol: string | undefined,
  ): void {
    for (const position of account.positions()) {
      const instrument = instrumentOf(this.#backend, position.instrument)
      if (symbol !== undefined && symbol !== marketSymbol(instrument)) continue
      const id = this.#positionId(account, position.instrument)
      const { realised } = positionSums(account, position)
      const data = positionUpdateJson(
        {
          event: null,
          at: this.#backend.marketAt(),
          lots: position.quantity,
          ...position,
          realised,
          id,
        },
        instrument,
      )
      send(connection, stream, data)
    }
  }

  // Events

  onAccount(name: string, events: readonly SandboxEvent[]): void {
    const account = this.#backend.accounts().find((one) => one.name === name)
    if (account === undefined) return
    for (const event of events) {
      if (event.kind !== 'order') continue
      const instrument = instrumentOf(this.#backend, event.order.instrument)
      const data = orderUpdateJson(event, instrument)
      this.#tell(account, 'account.orderUpdate', instrument, data)
      if (event.fill === null) continue
      this.#tellPosition(account, event.fill, instrument)
      if (event.fill.origin === 'liquidation') {
        this.#publish(LIQUIDATION, liquidationJson(event.fill, instrument))
      }
    }
  }

  /** To the stream of all markets and to that of this one. */
  #tell(account: SandboxAccount, stream: string, instrument: Instrument, data: Json): void {
    for (const one of this.#connections) {
      if (one.account?.name !== account.name) continue
      for (const name of [stream, `${stream}.${marketSymbol(instrument)}`]) {
        if (one.streams.has(name)) send(one, name, data)
      }
    }
  }

  #tellPosition(account: SandboxAccount, fill: SandboxFill, instrument: Instrument): void {
    const lots = fill.positionBefore + signOf(fill.side) * fill.quantity
    const now = account.positions().find((one) => one.instrument === fill.instrument)
    const isFlat = lots === 0 || now === undefined
    const id = this.#positionId(account, fill.instrument)
    const { mark } = this.#backend.price(fill.instrument)
    const event = isFlat
      ? 'positionClosed'
      : fill.positionBefore === 0
        ? 'positionOpened'
        : 'positionAdjusted'
    const data = positionUpdateJson(
      {
        event,
        at: fill.at,
        lots: isFlat ? 0 : lots,
        entryPrice: isFlat ? fill.price : now.entryPrice,
        mark,
        unrealised: isFlat ? money(0) : now.unrealised,
        realised: now === undefined ? fill.realised : positionSums(account, now).realised,
        notional: isFlat ? money(0) : now.notional,
        id,
      },
      instrument,
    )
    if (isFlat) this.#positionIds.delete(`${account.name} ${fill.instrument}`)
    this.#tell(account, 'account.positionUpdate', instrument, data)
  }

  #positionId(account: SandboxAccount, instrument: InstrumentId): number {
    const key = `${account.name} ${instrument}`
    const position = account.positions().find((one) => one.instrument === instrument)
    const id =
      position === undefined
        ? (this.#positionIds.get(key) ?? this.#backend.marketAt() * 1000)
        : positionNumber(position, this.#backend)
    this.#positionIds.set(key, id)
    return id
  }

  onMarket(events: readonly MarketEvent[]): void {
    this.#market.onMarket(events, this.#wanted())
  }

  #wanted(): ReadonlySet<string> {
    return new Set([...this.#connections].flatMap((one) => [...one.streams]))
  }

  onSecond(): void {
    this.#market.onSecond(this.#wanted())
    for (const one of this.#connections) this.#keepAlive(one)
  }

  #keepAlive(connection: Connection): void {
    connection.secondsSincePing += 1
    connection.secondsSincePong += 1
    if (connection.secondsSincePong > PING_EVERY_S + PONG_WITHIN_S) {
      this.#connections.delete(connection)
      return connection.socket.close(1001, 'Pong timeout')
    }
    if (connection.secondsSincePing < PING_EVERY_S) return
    connection.secondsSincePing = 0
    connection.socket.ping()
  }
}

const isInterval = (interval: string | null): boolean =>
  interval === null || INTERVALS[interval] !== undefined

function parsed(text: string): Command {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Command) : {}
  } catch {
    return {}
  }
}

const send = (connection: Connection, stream: string, data: Json): void =>
  connection.socket.send(JSON.stringify({ stream, data }))

/** An error on the socket. The description names no form; this one is what its server sends. */
function refuse(connection: Connection, code: number, message: string): void {
  connection.socket.send(JSON.stringify({ id: null, error: { code, message } }))
}
