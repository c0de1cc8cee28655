/** The whole sandbox in this process: real ports, a demo market that runs at free pace. For tests over sockets. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SqliteExchangeStore } from '../../src/adapters/stores/sqlite-exchange-store.ts'
import { SqliteSandboxStore } from '../../src/adapters/stores/sqlite-sandbox-store.ts'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import type { PublicUrls } from '../../src/adapters/venues/public/urls.ts'
import type { InstrumentId } from '../../src/domain/instrument.ts'
import { ExchangeBooks } from '../../src/exchange/exchange-books.ts'
import { demoFeed, withGaps } from '../../src/exchange/feed.ts'
import { FreePace } from '../../src/exchange/free-pace.ts'
import { PriceGaps } from '../../src/exchange/price-gaps.ts'
import { Sandbox } from '../../src/exchange/sandbox/sandbox.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { SandboxLaunch } from '../../src/protocol/launch.ts'
import type {
  FaultWish,
  SandboxKeysFile,
  SandboxVenue,
  SandboxVenueKeys,
} from '../../src/protocol/sandbox-messages.ts'
import { sandboxLaunch } from './sandbox-launch.ts'

interface Options {
  /** Of the market; null = it stands still. 20 when absent. */
  readonly speed?: number | null
  /** Of keys, accounts and books, kept at the end: for a sandbox that is started again. Absent = one of its own. */
  readonly folder?: string
}

export class RunningSandbox {
  readonly books: ExchangeBooks
  readonly sandbox: Sandbox
  readonly launch: SandboxLaunch
  readonly errors: unknown[] = []
  readonly #folder: string
  readonly #isKept: boolean
  readonly #store: SqliteExchangeStore
  readonly #pace: FreePace | null

  private constructor(venues: readonly SandboxVenue[], { speed = 20, folder }: Options) {
    const clock = new SystemClock()
    this.#isKept = folder !== undefined
    this.#folder = folder ?? mkdtempSync(join(tmpdir(), 'running-sandbox-'))
    this.launch = sandboxLaunch(this.#folder, venues)
    this.#store = new SqliteExchangeStore(join(this.#folder, 'exchange.db'))
    const feed = withGaps(demoFeed(3), new PriceGaps())
    this.books = new ExchangeBooks({ feed, store: this.#store, pace: 'free', fillRule: 'touch' })
    this.sandbox = new Sandbox({
      launch: this.launch,
      books: this.books,
      store: new SqliteSandboxStore(this.launch.dbPath),
      clock,
      logger: { ...silentLogger, mask() {} },
      onFatal: (error) => this.errors.push(error),
    })
    const teller = {
      push: (account: string, message: Parameters<Sandbox['onPush']>[1]) =>
        this.sandbox.onPush(account, message),
      isLive: () => true,
    }
    this.#pace = speed === null ? null : new FreePace(this.books, teller, clock, speed)
  }

  static async start(
    venues: readonly SandboxVenue[],
    options: Options = {},
  ): Promise<RunningSandbox> {
    const running = new RunningSandbox(venues, options)
    await running.sandbox.start()
    running.#pace?.start()
    return running
  }

  /** As it stands in the folder. */
  get keysFile(): SandboxKeysFile {
    return JSON.parse(readFileSync(this.launch.file, 'utf8')) as SandboxKeysFile
  }

  keys(venue: SandboxVenue): SandboxVenueKeys {
    const found = this.keysFile.venues[venue]
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
    this.#pace?.stop()
    await this.sandbox.close()
    this.books.commit()
    this.#store.close()
    if (!this.#isKept) rmSync(this.#folder, { recursive: true, force: true })
  }
}
