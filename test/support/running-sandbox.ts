/** The whole sandbox in this process: real ports, a demo market that runs at free pace. For tests over sockets. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SqliteExchangeStore } from '../../src/adapters/stores/sqlite-exchange-store.ts'
import { SqliteSandboxStore } from '../../src/adapters/stores/sqlite-sandbox-store.ts'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import type { PublicUrls } from '../../src/adapters/venues/public/urls.ts'
import type { InstrumentId } from '../../src/domain/instrument.ts'
import { money, ratio } from '../../src/domain/money.ts'
import { ExchangeBooks } from '../../src/exchange/exchange-books.ts'
import { demoFeed, withGaps } from '../../src/exchange/feed.ts'
import { FreePace } from '../../src/exchange/free-pace.ts'
import { PriceGaps } from '../../src/exchange/price-gaps.ts'
import { Sandbox } from '../../src/exchange/sandbox/sandbox.ts'
import type { SandboxLaunch } from '../../src/protocol/launch.ts'
import type {
  FaultWish,
  SandboxKeysFile,
  SandboxVenue,
  SandboxVenueKeys,
} from '../../src/protocol/sandbox-messages.ts'
import { ONE } from './table-market.ts'

const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  flush: () => {},
  mask: () => {},
}

const launchOf = (folder: string, venues: readonly SandboxVenue[]): SandboxLaunch => ({
  file: join(folder, 'sandbox.json'),
  seedFile: join(folder, 'sandbox.seed'),
  dbPath: join(folder, 'sandbox.db'),
  latencyMs: 0,
  hasRateLimits: true,
  panelPort: 0,
  venues: venues.map((venue) => ({
    venue,
    port: 0,
    accounts: [
      {
        name: 'main',
        deposit: money(10_000 * ONE),
        leverage: 5,
        marginMode: 'cross',
        maker: ratio(20_000),
        taker: ratio(50_000),
        volumeShare: ratio(100_000_000),
      },
    ],
  })),
})

export class RunningSandbox {
  readonly books: ExchangeBooks
  readonly sandbox: Sandbox
  readonly #folder = mkdtempSync(join(tmpdir(), 'running-sandbox-'))
  readonly #launch: SandboxLaunch
  readonly #store: SqliteExchangeStore
  readonly #pace: FreePace
  readonly errors: unknown[] = []

  private constructor(venues: readonly SandboxVenue[], speed: number) {
    const clock = new SystemClock()
    this.#launch = launchOf(this.#folder, venues)
    this.#store = new SqliteExchangeStore(':memory:')
    const feed = withGaps(demoFeed(3), new PriceGaps())
    this.books = new ExchangeBooks({ feed, store: this.#store, pace: 'free', fillRule: 'touch' })
    this.sandbox = new Sandbox({
      launch: this.#launch,
      books: this.books,
      store: new SqliteSandboxStore(this.#launch.dbPath),
      clock,
      logger: quiet,
      onFatal: (error) => this.errors.push(error),
    })
    const teller = {
      push: (account: string, message: Parameters<Sandbox['onPush']>[1]) =>
        this.sandbox.onPush(account, message),
      isLive: () => true,
    }
    this.#pace = new FreePace(this.books, teller, clock, speed)
  }

  static async start(venues: readonly SandboxVenue[], speed = 20): Promise<RunningSandbox> {
    const running = new RunningSandbox(venues, speed)
    await running.sandbox.start()
    running.#pace.start()
    return running
  }

  keys(venue: SandboxVenue): SandboxVenueKeys {
    const file = JSON.parse(readFileSync(this.#launch.file, 'utf8')) as SandboxKeysFile
    const found = file.venues[venue]
    if (found === undefined) throw new Error(`the sandbox serves no ${venue}`)
    return found
  }

  urls(venue: SandboxVenue): PublicUrls {
    const { rest_url: rest, ws_url: ws } = this.keys(venue)
    return { rest, ws }
  }

  last(instrument: InstrumentId): number {
    return this.books.price(instrument).last
  }

  setFault(fault: FaultWish): void {
    this.sandbox.request({ type: 'sandbox', action: 'set', fault })
  }

  clearFaults(): void {
    this.sandbox.request({ type: 'sandbox', action: 'clear', fault: null })
  }

  async stop(): Promise<void> {
    this.#pace.stop()
    await this.sandbox.close()
    this.#store.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
