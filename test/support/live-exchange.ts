/** An exchange on live prices in one process: a venue of the sandbox on real HTTP and WebSocket, time moved by hand. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SqliteExchangeStore } from '../../src/adapters/stores/sqlite-exchange-store.ts'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { PaperVenue } from '../../src/adapters/venues/paper/paper-venue.ts'
import type { MarketEvent } from '../../src/domain/market.ts'
import type { VenueAccountEvent } from '../../src/domain/venue-report.ts'
import { ExchangeBooks } from '../../src/exchange/exchange-books.ts'
import { ExchangeServer } from '../../src/exchange/exchange-server.ts'
import type { LiveFeed } from '../../src/exchange/live-feed.ts'
import type { FrontFactory, SandboxVenue } from '../../src/exchange/sandbox/front.ts'
import { openLiveFeed } from '../../src/main/live-prices.ts'
import { SETTLE, TestSandbox } from './sandbox.ts'
import { MINUTE_MS, ONE, paperTerms, type Row } from './table-market.ts'
import { VirtualClock } from './virtual-clock.ts'
import { sandboxVenue, Wire } from './wire.ts'

const TOKEN = 'token'
/** Minutes of the venue before the exchange comes. */
const PAST_MINUTES = 10

class WallClock extends VirtualClock {
  // A whole minute, so that a test knows where in a minute it is; of now, because ccxt looks at the clock itself.
  readonly #base = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
  override wallMs(): number {
    return this.#base + this.monotonicMs()
  }
}

export interface LiveScript {
  readonly venue: SandboxVenue
  readonly front: FrontFactory
  /** Where the venue's sockets are, after the host. */
  readonly wsPath: string
  /** Minutes from the moment at which the exchange comes, in price units of the venue's contract. */
  readonly rows: readonly Row[]
}

/** What the desk's side was told. */
class Heard {
  readonly market: MarketEvent[] = []
  readonly account: VenueAccountEvent[] = []
  readonly stale: boolean[] = []
}

export class LiveExchange {
  readonly clock = new WallClock()
  readonly symbol: string
  readonly warnings: string[] = []
  readonly heard = new Heard()
  readonly wire: Wire
  readonly #script: LiveScript
  readonly #folder = mkdtempSync(join(tmpdir(), 'live-'))
  readonly #sandbox: TestSandbox
  #running: {
    readonly store: SqliteExchangeStore
    readonly feed: LiveFeed
    readonly server: ExchangeServer
    readonly books: ExchangeBooks
    readonly desk: PaperVenue
  } | null = null

  static async open(script: LiveScript): Promise<LiveExchange> {
    const settle = SETTLE[script.venue]
    const symbol = `SOL/${settle}:${settle}`
    const wallMs = new WallClock().wallMs()
    const [first] = script.rows
    const at = first?.[0] ?? 0
    const past = Array.from({ length: PAST_MINUTES }, (): Row => [at, at, at, at, 1_000_000])
    const sandbox = new TestSandbox({
      venue: script.venue,
      front: script.front,
      rows: { [symbol]: [...past, ...script.rows] },
      wallMs: wallMs - PAST_MINUTES * MINUTE_MS,
    })
    sandbox.advance(PAST_MINUTES * MINUTE_MS)
    const venue = sandboxVenue(sandbox)
    let made: LiveExchange | null = null
    const wire = await Wire.open({
      http: (request) => venue.http(request),
      socket: (socket, target) => {
        if (made?.isVenueAway === true) socket.terminate()
        else venue.socket?.(socket, target)
      },
    })
    wire.fault = () => (made?.isVenueAway === true ? 'lose_request' : 'pass')
    made = new LiveExchange(script, symbol, sandbox, wire)
    return made
  }

  private constructor(script: LiveScript, symbol: string, sandbox: TestSandbox, wire: Wire) {
    this.#script = script
    this.symbol = symbol
    this.#sandbox = sandbox
    this.wire = wire
  }

  get #now() {
    if (this.#running === null) throw new Error('the exchange does not run')
    return this.#running
  }
  get desk(): PaperVenue {
    return this.#now.desk
  }
  get books(): ExchangeBooks {
    return this.#now.books
  }
  /** The venue's own last price. */
  get venuePrice(): number {
    const found = this.#sandbox.backend.instrument(this.symbol)
    if (found === null) throw new Error('no contract')
    return this.#sandbox.books.price(found.instrument.id).last
  }

  #isVenueAway = false
  get isVenueAway(): boolean {
    return this.#isVenueAway
  }
  /** Nobody reaches the venue any more; its market goes on. */
  set isVenueAway(isAway: boolean) {
    this.#isVenueAway = isAway
    if (isAway) for (const socket of this.wire.sockets) socket.terminate()
  }

  /** Starts the exchange and connects a desk. */
  async start(): Promise<void> {
    const { venue, wsPath } = this.#script
    const { wire, clock } = this
    const quiet = { debug() {}, info() {}, error() {}, flush() {}, mask() {} }
    const logger = { ...quiet, warn: (_: string, text: string) => void this.warnings.push(text) }
    const dbPath = join(this.#folder, 'exchange.db')
    const store = new SqliteExchangeStore(dbPath)
    const liveUrls = { [venue]: { rest: wire.restUrl, ws: `${wire.wsUrl}${wsPath}` } }
    const launch = { dbPath, liveUrls, pace: 'free' as const, speed: 1 }
    const feed = openLiveFeed(launch, store, { clock, logger })
    const books = new ExchangeBooks({ feed, store, pace: 'free', fillRule: 'through' })
    feed.resume(() => books.at)
    const options = { token: TOKEN, pace: 'free' as const, speed: 1, expectedInstances: [] }
    const server = new ExchangeServer(
      { ...options, wireLatencyMs: 0 },
      { books, clock, logger, onShutdown: () => {}, onFatal: fail },
    )
    const socket = join(this.#folder, 'x.sock')
    await server.listen(socket)
    const desk = new PaperVenue({
      ...{ socket, token: TOKEN, account: `${venue}/main`, logger },
      clock: new SystemClock(),
    })
    this.#running = { store, feed, server, books, desk }
    await desk.connect({
      onAccount: (events) => void this.heard.account.push(...events),
      onMarket: (events) => void this.heard.market.push(...events),
      onStep: () => {},
      onGap: () => {},
      onReady: () => {},
      onStale: (_, isStale) => void this.heard.stale.push(isStale),
    })
  }

  async stop(): Promise<void> {
    const { desk, server, feed, books, store } = this.#now
    this.#running = null
    await desk.close()
    await server.close()
    feed.close()
    books.commit()
    store.close()
    rmSync(join(this.#folder, 'x.sock'), { force: true })
    this.clock.forget()
  }

  async close(): Promise<void> {
    if (this.#running !== null) await this.stop()
    await this.wire.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async attach(symbol: string = this.symbol) {
    return await this.whileMoving(
      this.desk.attach({
        ...{ instance: 'one', symbol, leverage: 5, marginMode: 'cross' as const, feed: 'live' },
        paper: paperTerms({ initialBalance: 10_000 * ONE }),
      }),
    )
  }

  /** Moves the venue's market and the machine's time by whole seconds; what is on the wires arrives in between. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.#sandbox.advance(1000)
      for (let part = 0; part < 2; part += 1) {
        await this.clock.advance(500)
        await wired()
      }
    }
  }

  /** Nobody serves: the venue's market goes on alone. */
  passAlone(seconds: number): void {
    this.#sandbox.advance(seconds * 1000)
    void this.clock.advance(seconds * 1000)
  }

  /** While the clock stands nothing is asked and nothing times out: it moves until an answer is there. */
  async whileMoving<T>(answer: Promise<T>): Promise<T> {
    let isThere = false
    const done = answer.finally(() => {
      isThere = true
    })
    done.catch(() => {})
    while (!isThere) {
      await this.clock.advance(1)
      await wired()
    }
    return await done
  }

  /** Passes seconds until something is so. */
  async until(what: string, isSo: () => boolean, seconds = 20): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      if (isSo()) return
      await this.pass(1)
    }
    if (!isSo()) throw new Error(`not within ${seconds} s of market time: ${what}`)
  }
}

const wired = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 3))

function fail(error: unknown): never {
  throw error
}
