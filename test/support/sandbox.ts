/** A venue of the sandbox in memory: scripted market, clocks moved by hand, no socket and no process. For tests of fronts. */
import { SqliteExchangeStore } from '../../src/adapters/stores/sqlite-exchange-store.ts'
import { SqliteSandboxStore } from '../../src/adapters/stores/sqlite-sandbox-store.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type { MarketEvent } from '../../src/domain/market.ts'
import { ratio } from '../../src/domain/money.ts'
import { ExchangeBooks } from '../../src/exchange/exchange-books.ts'
import { demoFeed, type Feed } from '../../src/exchange/feed.ts'
import { VenueBackend } from '../../src/exchange/sandbox/backend.ts'
import { SandboxCore } from '../../src/exchange/sandbox/core.ts'
import type {
  FrontConnection,
  FrontFactory,
  FrontRequest,
  FrontResponse,
  SandboxAccount,
  SandboxCredentials,
  SandboxVenue,
  VenueFront,
} from '../../src/exchange/sandbox/front.ts'
import { sandboxCredentials } from '../../src/exchange/sandbox/keys.ts'
import type { ExchangeStore } from '../../src/ports/exchange-store.ts'
import type { SandboxStore } from '../../src/ports/sandbox-store.ts'
import type { FaultWish } from '../../src/protocol/sandbox-messages.ts'
import { MINUTE_MS, ONE, type Row, TableSource } from './table-market.ts'

export interface TestSandboxOptions {
  readonly venue: SandboxVenue
  readonly front: FrontFactory
  /** By unified symbol; absent = BTC waves around 30,000 and SOL around 100, in price units of the demo market. */
  readonly rows?: Readonly<Record<string, readonly Row[]>>
  /** Funding rates of the first symbol: market time from 0 and the rate in 1e-8. */
  readonly rates?: readonly (readonly [number, number])[]
  /** Machine wall clock at the beginning; 1_700_000_000_000 when absent. */
  readonly wallMs?: number
  readonly hasRateLimits?: boolean
  /** Names of the accounts; ['main'] when absent. */
  readonly accounts?: readonly string[]
  /** Instead of generated ones, for the first account: known keys of recorded requests. */
  readonly credentials?: Partial<SandboxCredentials>
  /** In 1e-8; 10,000 when absent. */
  readonly deposit?: number
  readonly volumeShare?: number
  /** Of an earlier sandbox, to go on after a restart. */
  readonly stores?: TestStores
  /** Changes the contracts as they are listed. */
  readonly adapt?: (instrument: Instrument) => Instrument
}

/** What survives the end of a process. */
interface TestStores {
  readonly exchange: ExchangeStore
  readonly sandbox: SandboxStore
}

export const SETTLE: Readonly<Record<SandboxVenue, string>> = {
  okx: 'USDT',
  hyperliquid: 'USDC',
  backpack: 'USDC',
  aster: 'USDT',
}

/** A WebSocket of the test: what was sent on it, parsed where it is JSON. */
export class TestSocket {
  readonly texts: string[] = []
  pings = 0
  closed: { readonly code: number; readonly reason: string } | null = null
  connection: FrontConnection | null = null

  get messages(): readonly unknown[] {
    return this.texts.map((text) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        return text
      }
    })
  }

  /** Hands a message of the client in. */
  say(message: unknown): void {
    this.connection?.onMessage(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** Everything since the last call. */
  take(): readonly unknown[] {
    const taken = this.messages
    this.texts.length = 0
    return taken
  }
}

export class TestSandbox {
  readonly core: SandboxCore
  readonly backend: VenueBackend
  readonly front: VenueFront
  readonly books: ExchangeBooks
  readonly stores: TestStores
  #wallMs: number
  #monotonicMs = 0

  constructor(options: TestSandboxOptions) {
    const { venue } = options
    this.#wallMs = options.wallMs ?? 1_700_000_000_000
    const feed = scriptedFeed(options)
    this.stores = options.stores ?? {
      exchange: new SqliteExchangeStore(':memory:'),
      sandbox: new SqliteSandboxStore(':memory:'),
    }
    const { exchange: store, sandbox } = this.stores
    this.books = new ExchangeBooks({ feed, store, pace: 'free', fillRule: 'touch' })
    this.core = new SandboxCore({
      books: this.books,
      store: sandbox,
      clock: { monotonicMs: () => this.#monotonicMs, wallMs: () => this.#wallMs },
      hasRateLimits: options.hasRateLimits ?? false,
    })
    const names = options.accounts ?? ['main']
    this.backend = new VenueBackend({
      core: this.core,
      venue,
      source: feed.source,
      instruments: feed.source.instruments,
      accounts: names.map((name, index) => ({
        name,
        credentials: {
          ...sandboxCredentials(Buffer.alloc(32, 7), venue, name),
          ...(index === 0 ? options.credentials : {}),
        },
        conditions: {
          deposit: options.deposit ?? 10_000 * ONE,
          leverage: 5,
          marginMode: 'cross',
          maker: ratio(20_000),
          taker: ratio(50_000),
          slippage: ratio(0),
          volumeShare: ratio(options.volumeShare ?? 100_000_000),
        },
      })),
    })
    this.front = options.front(this.backend)
    // The deposit is no news: nobody is connected yet.
    this.backend.takeEvents()
    this.books.takeFresh()
  }

  get account(): SandboxAccount {
    const [first] = this.backend.accounts()
    if (first === undefined) throw new Error('the test sandbox has no account')
    return first
  }

  get wallMs(): number {
    return this.#wallMs
  }

  /** A request as a client would send it; `target` is path and query. */
  http(
    method: string,
    target: string,
    parts: { readonly headers?: Record<string, string>; readonly body?: string } = {},
  ): FrontResponse {
    const [path = '', query = ''] = target.split(/\?(.*)/s)
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(parts.headers ?? {})) {
      headers[name.toLowerCase()] = value
    }
    const request: FrontRequest = {
      method,
      path,
      query,
      headers,
      body: parts.body ?? '',
      address: '127.0.0.1',
    }
    const answer = this.front.http(request)
    this.deliver()
    return answer
  }

  connect(path: string): TestSocket {
    const socket = new TestSocket()
    socket.connection = this.front.connect(
      {
        send: (text) => void socket.texts.push(text),
        ping: () => {
          socket.pings += 1
        },
        close: (code, reason) => {
          socket.closed = { code, reason }
        },
      },
      path,
      '127.0.0.1',
    )
    return socket
  }

  /** Tells the front what its accounts were told. */
  deliver(): void {
    for (const { account, events } of this.backend.takeEvents()) {
      this.front.onAccount(account, events)
    }
  }

  /** Moves the market, and both clocks of the machine with it; seconds are told on the way. */
  advance(marketMs: number, machineMs: number = marketMs): void {
    const until = this.books.at + marketMs
    const market: MarketEvent[] = []
    for (;;) {
      const moment = this.books.advance(until)
      if (moment === null) break
      market.push(...moment.market)
    }
    this.books.commit()
    this.#wallMs += machineMs
    this.#monotonicMs += machineMs
    this.core.keepTime()
    this.backend.sync(this.backend.marketKey)
    for (const { name } of this.backend.accounts())
      this.backend.sync(`${this.backend.venue}/sandbox-${name}`)
    this.deliver()
    this.front.onMarket(this.backend.shownEvents(market))
    for (let second = 0; second < Math.min(120, Math.floor(machineMs / 1000)); second += 1) {
      this.front.onSecond()
    }
  }

  /** A price push without moving: what the exchange tells ten times a second. */
  tick(symbol: string): void {
    const found = this.backend.instrument(symbol)
    if (found === null) throw new Error(`the test sandbox does not list ${symbol}`)
    const { id } = found.instrument
    const price = this.books.price(id)
    const event: MarketEvent = { kind: 'price', at: this.books.at, instrument: id, price }
    this.front.onMarket(this.backend.shownEvents([event]))
  }

  fault(wish: FaultWish): string {
    return this.core.faults.set(wish)
  }
}

function scriptedFeed(options: TestSandboxOptions): Feed {
  const { venue, adapt = (instrument) => instrument } = options
  const quote = SETTLE[venue]
  const rows = options.rows ?? {
    [`BTC/${quote}:${quote}`]: wave(300_000, 600),
    [`SOL/${quote}:${quote}`]: wave(10_000, 20),
  }
  const demo = demoFeed(1)
  const tables = Object.entries(rows).map(([symbol, table], index) => ({
    instrument: adapt(demo.offer(venue, symbol)),
    rows: table,
    ...(index === 0 && options.rates ? { rates: options.rates } : {}),
  }))
  const source = new TableSource(...tables)
  return {
    name: 'scripted',
    seed: 0,
    source,
    startAt: 0,
    endAt: null,
    offer(_venue, symbol) {
      const found = source.instruments.find((one) => one.symbol === symbol)
      if (!found) throw new Error(`the script has no ${symbol}`)
      return found
    },
  }
}

/** A day of minutes that rise and fall by `reach` around a price. */
export function wave(around: number, reach: number): readonly Row[] {
  return Array.from({ length: (24 * 60 * MINUTE_MS) / MINUTE_MS }, (_, minute): Row => {
    const isUp = minute % 2 === 0
    const open = around + (isUp ? -reach : reach)
    const close = around + (isUp ? reach : -reach)
    return [open, Math.max(open, close), Math.min(open, close), close, 1_000_000]
  })
}
