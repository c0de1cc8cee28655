/** A home whose exchange speaks for four venues, with desks and bots as the fleet starts them, without a control plane. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askDesk } from '../src/client/local-socket.ts'
import { money } from '../src/domain/money.ts'
import type { HistogramCounts } from '../src/domain/statistic/histogram.ts'
import type { DeskInstanceSettings } from '../src/protocol/desk-messages.ts'
import type {
  BotLaunch,
  DeskLaunch,
  ExchangeLaunch,
  LiveDeskLaunch,
  SandboxLaunch,
} from '../src/protocol/launch.ts'
import { type SandboxVenue, sandboxVenues } from '../src/protocol/sandbox-messages.ts'
import { Supervised } from '../test/drills/supervised.ts'
import { until } from '../test/drills/world.ts'
import { limits, paper } from './market.ts'

/** Whose desk is measured: the four venues of the sandbox, and the exchange itself. */
export type BenchVenue = SandboxVenue | 'paper'
export const benchVenues: readonly BenchVenue[] = [...sandboxVenues, 'paper']

const TOKEN = 'token-of-the-bench'
const START_LIMIT_MS = 20_000
const DEPOSIT = money(10_000e8)

const symbols: Readonly<Record<BenchVenue, string>> = {
  okx: 'SOL/USDT:USDT',
  hyperliquid: 'SOL/USDC:USDC',
  backpack: 'SOL/USDC:USDC',
  aster: 'SOL/USDT:USDT',
  paper: 'SOL/USDC:USDC',
}

/** The paper account trades under the name of a venue, as every paper account does. */
const nameOf = (venue: BenchVenue): string => (venue === 'paper' ? 'backpack' : venue)

export function settingsOf(venue: BenchVenue): DeskInstanceSettings {
  return {
    instance: `bench_${venue}`,
    venue: nameOf(venue),
    account: 'main',
    mode: venue === 'paper' ? 'paper' : 'sandbox',
    symbol: symbols[venue],
    capital: DEPOSIT,
    leverage: 3,
    marginMode: 'cross',
    onBotLost: 'keep',
    limits,
    timeZone: 'UTC',
    paper: venue === 'paper' ? { ...paper, initialBalance: DEPOSIT } : null,
    feed: null,
    initialPosition: 'open',
  }
}

export interface VenueHomeOptions {
  /** Of the market against machine time. */
  readonly speed: number
  /** There and back, of the sandbox and of the paper wire, ms. */
  readonly latencyMs: number
  readonly hasRateLimits: boolean
}

export class VenueHome {
  readonly folder: string
  readonly exchange: Supervised
  readonly #options: VenueHomeOptions

  /** @param folder of a home that another process of the bench has made; absent = a new one */
  constructor(options: VenueHomeOptions, folder?: string) {
    this.#options = options
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'perpfleet-venues-'))
    for (const name of ['run', 'logs', 'database'])
      mkdirSync(join(this.folder, name), { recursive: true })
    this.#write('control.json', { token: TOKEN })
    this.exchange = this.#supervised('exchange', 'exchange', () => this.#exchangeLaunch())
  }

  /** Resolves when the sandbox has told its addresses and keys. */
  async start(): Promise<void> {
    this.exchange.start()
    const isServed = () => existsSync(this.#sandboxFile) && existsSync(this.exchangeSocket)
    if ((await until(isServed, START_LIMIT_MS)) === null)
      throw new Error(`the exchange of the bench does not start: see ${this.folder}/logs`)
  }

  // Places

  #path(name: string): string {
    return join(this.folder, 'run', name)
  }
  get #sandboxFile(): string {
    return this.#path('sandbox.json')
  }
  get databaseDir(): string {
    return join(this.folder, 'database')
  }
  get exchangeSocket(): string {
    return this.#path('exchange.sock')
  }
  get token(): string {
    return TOKEN
  }
  deskSocket(venue: BenchVenue): string {
    return this.#path(`desk-${venue}.sock`)
  }

  // Launches

  #write(name: string, content: unknown): string {
    const path = this.#path(name)
    writeFileSync(path, JSON.stringify(content), { mode: 0o600 })
    return path
  }

  #log(name: string) {
    const dir = join(this.folder, 'logs', name)
    return { dir, level: 'info', format: 'text', timeZone: 'UTC' } as const
  }

  #supervised(name: string, kind: Supervised['kind'], launch: () => object): Supervised {
    const file = `${name}.launch.json`
    const prepare = () => void this.#write(file, launch())
    return new Supervised({
      name,
      kind,
      home: this.folder,
      launchFile: this.#path(file),
      prepare,
    })
  }

  #exchangeLaunch(): ExchangeLaunch {
    const { speed, latencyMs } = this.#options
    return {
      program: 'exchange',
      token: TOKEN,
      socket: this.exchangeSocket,
      pidFile: this.#path('exchange.pid'),
      dbPath: join(this.databaseDir, 'exchange.db'),
      historyDir: join(this.folder, 'history'),
      feed: 'demo',
      seed: 1,
      speed,
      pace: 'free',
      expectedInstances: [],
      fillRule: 'through',
      // Waited for before a request acts and again before it is answered.
      wireLatencyMs: latencyMs / 2,
      sandbox: this.#sandboxLaunch(),
      log: this.#log('exchange'),
    }
  }

  #sandboxLaunch(): SandboxLaunch {
    const { latencyMs, hasRateLimits } = this.#options
    const { maker, taker, volumeShare } = paper
    const terms = { leverage: 3, marginMode: 'cross', maker, taker, volumeShare } as const
    return {
      file: this.#sandboxFile,
      seedFile: this.#path('sandbox.seed'),
      dbPath: join(this.databaseDir, 'sandbox.db'),
      latencyMs,
      hasRateLimits,
      panelPort: 0,
      venues: sandboxVenues.map((venue) => ({
        venue,
        port: 0,
        accounts: [{ name: 'main', deposit: DEPOSIT, ...terms }],
      })),
    }
  }

  /** null for paper: its desk speaks to the exchange alone. */
  liveLaunch(venue: BenchVenue): LiveDeskLaunch | null {
    if (venue === 'paper') return null
    return {
      mode: 'sandbox',
      venue,
      account: 'main',
      restUrl: null,
      wsUrl: null,
      proxy: null,
      acceptsUnverified: false,
      acceptsMainKey: false,
      accessHash: '',
      credential: { kind: 'sandbox', file: this.#sandboxFile },
    }
  }

  desk(venue: BenchVenue): Supervised {
    const name = `desk-${venue}`
    return this.#supervised(name, 'desk', (): DeskLaunch => {
      return {
        program: 'desk',
        token: TOKEN,
        name,
        socket: this.deskSocket(venue),
        pidFile: this.#path(`${name}.pid`),
        databaseDir: this.databaseDir,
        exchangeSocket: this.exchangeSocket,
        exchangeToken: TOKEN,
        live: this.liveLaunch(venue),
        log: this.#log(name),
      }
    })
  }

  bot(venue: BenchVenue, port: number, parameters: BotLaunch['parameters']): Supervised {
    const settings = settingsOf(venue)
    const name = settings.instance
    return this.#supervised(`bot-${name}`, 'bot', (): BotLaunch => {
      return {
        program: 'bot',
        token: `spawn-of-${name}`,
        settings,
        name,
        strategy: 'perp_grid',
        parameters,
        initialPosition: 'open',
        deskSocket: this.deskSocket(venue),
        deskToken: TOKEN,
        dbPath: join(this.databaseDir, `${name}.db`),
        pidFile: join(this.folder, 'logs', name, 'bot.pid'),
        web: { host: '127.0.0.1', port },
        controlFile: this.#path('control.json'),
        configFile: null,
        log: this.#log(name),
      }
    })
  }

  /** Null while the desk does not answer, or has not taken up the account. */
  async account(venue: BenchVenue): Promise<AccountStatus | null> {
    const desk = { name: `desk-${venue}`, socket: this.deskSocket(venue), token: TOKEN }
    try {
      const status = (await askDesk(desk, { action: 'status' }, 1000)) as {
        readonly accounts: readonly AccountStatus[]
      }
      return status.accounts[0] ?? null
    } catch {
      return null
    }
  }

  async close(): Promise<void> {
    await this.exchange.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What is read of a desk's status. */
export interface AccountStatus {
  readonly is_reconciled: boolean
  /** Acceptances since the process began, by kind of order. */
  readonly executions: Readonly<Record<string, HistogramCounts>>
  readonly instances: readonly {
    readonly orders_working: number
    readonly orders_unknown: number
    readonly last_seq: number
    readonly reasons: Readonly<Record<string, string>>
  }[]
}
