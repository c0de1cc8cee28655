/** A home with one exchange, one desk and many bots as real processes, without a control plane. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askDesk, askExchangeStatus, type DeskQuestion } from '../../src/client/local-socket.ts'
import { money } from '../../src/domain/money.ts'
import type { PaperTerms } from '../../src/domain/paper-terms.ts'
import type { RiskLimits } from '../../src/domain/risk.ts'
import type { Json } from '../../src/domain/strategy.ts'
import type { DeskInstanceSettings } from '../../src/protocol/desk-messages.ts'
import type { ExchangeStatus } from '../../src/protocol/exchange-messages.ts'
import type { BotLaunch, DeskLaunch, ExchangeLaunch } from '../../src/protocol/launch.ts'
import { Supervised } from './supervised.ts'

export type Parameters = { readonly [key: string]: Json | undefined }

export interface WorldInstance {
  readonly id: string
  readonly venue: string
  readonly account: string
  /** ccxt's spelling, e.g. SOL/USDC:USDC. */
  readonly symbol: string
  /** Absent = perp_grid. */
  readonly strategy?: string
  readonly parameters: Parameters
  readonly capital?: number
  readonly leverage?: number
  readonly marginMode?: 'isolated' | 'cross'
  readonly paper?: Partial<PaperTerms>
  readonly limits?: Partial<RiskLimits>
}

export interface WorldOptions {
  readonly name: string
  /** First web port of the bots. */
  readonly port: number
  readonly instances: readonly WorldInstance[]
  readonly feed: string
  readonly seed: number
  readonly speed: number
  readonly pace: 'free' | 'lockstep'
  readonly wireLatencyMs: number
  readonly historyDir?: string
}

/** What the drills read of a desk's status; money and quantities in integers of the core. */
export interface DeskInstanceStatus {
  readonly instance: string
  readonly is_bot_connected: boolean
  readonly position: number
  readonly orders_working: number
  readonly orders_unknown: number
  readonly last_seq: number
  readonly reasons: Readonly<Record<string, string>>
}
export interface DeskStatus {
  readonly accounts: readonly {
    readonly account: string
    readonly is_reconciled: boolean
    readonly foreign_orders: readonly string[]
    readonly instances: readonly DeskInstanceStatus[]
  }[]
}

/** What the drills read of a bot's /api/status. */
export interface BotStatus {
  readonly state: string
  readonly pid: number
  readonly last_seq?: number
  readonly last_step?: number
  readonly fingerprint?: string
  readonly equity?: string
  readonly pnl?: Readonly<Record<string, unknown>>
  readonly position?: { readonly quantity: string }
  readonly fills?: { readonly count: number }
  readonly disagreements?: readonly string[]
  readonly orders?: {
    readonly wanted: number
    readonly resting: number
    readonly missing: number
    readonly list: readonly {
      readonly slot: string
      readonly side: string
      readonly price: string
      readonly quantity: string
      readonly state: string
    }[]
  }
}

export const CONTROL_TOKEN = 'token-of-the-drills'
const DESK_TOKEN = 'token-of-the-desk'
const EXCHANGE_TOKEN = 'token-of-the-exchange'
const ALL = 1e8

const defaultPaper: PaperTerms = {
  initialBalance: money(10_000e8),
  maker: 10_000 as PaperTerms['maker'],
  taker: 30_000 as PaperTerms['taker'],
  slippage: 0 as PaperTerms['slippage'],
  latencyMs: 0,
  volumeShare: ALL as PaperTerms['volumeShare'],
}

export function settingsOf(one: WorldInstance, feed: string | null): DeskInstanceSettings {
  const paper = { ...defaultPaper, ...one.paper }
  return {
    instance: one.id,
    venue: one.venue,
    account: one.account,
    mode: 'paper',
    symbol: one.symbol,
    capital: money(one.capital ?? paper.initialBalance),
    leverage: one.leverage ?? 1,
    marginMode: one.marginMode ?? 'isolated',
    onBotLost: 'cancel',
    limits: {
      positionSizeMax: ALL,
      positionNotionalMax: null,
      dailyLossMax: ALL,
      drawdownMax: ALL,
      capitalUtilizationMax: ALL,
      onBreach: 'reduce_only',
      ...one.limits,
    },
    timeZone: 'UTC',
    paper,
    feed,
  }
}

export class World {
  readonly options: WorldOptions
  readonly home: string
  readonly exchange: Supervised
  readonly desk: Supervised
  readonly bots: ReadonlyMap<string, Supervised>
  readonly #ports = new Map<string, number>()

  constructor(options: WorldOptions) {
    this.options = options
    this.home = mkdtempSync(join(tmpdir(), `perpfleet-${options.name}-`))
    for (const folder of ['run', 'logs', 'database']) mkdirSync(join(this.home, folder))
    this.#write('control.json', { token: CONTROL_TOKEN })
    this.exchange = this.#supervised('exchange', 'exchange', () => this.#exchangeLaunch())
    this.desk = this.#supervised('desk-paper', 'desk', () => this.#deskLaunch())
    const bots = options.instances.map((one, index) => {
      this.#ports.set(one.id, options.port + index)
      const bot = this.#supervised(`bot-${one.id}`, 'bot', () => this.#botLaunch(one))
      return [one.id, bot] as const
    })
    this.bots = new Map(bots)
  }

  #write(name: string, content: unknown): string {
    const path = join(this.home, 'run', name)
    writeFileSync(path, JSON.stringify(content), { mode: 0o600 })
    return path
  }

  #supervised(name: string, kind: 'exchange' | 'desk' | 'bot', launch: () => object): Supervised {
    const file = `${name}.launch.json`
    return new Supervised({
      name,
      kind,
      home: this.home,
      launchFile: join(this.home, 'run', file),
      prepare: () => void this.#write(file, launch()),
    })
  }

  #log(name: string) {
    const dir = join(this.home, 'logs', name)
    return { dir, level: 'info', format: 'text', timeZone: 'UTC' } as const
  }

  get exchangeDb(): string {
    return join(this.home, 'database', 'exchange.db')
  }
  journalDb(venue: string, account: string): string {
    return join(this.home, 'database', `account-paper-${venue}-${account}.db`)
  }
  botDb(instance: string): string {
    return join(this.home, 'database', `${instance}.db`)
  }
  get deskSocket(): string {
    return join(this.home, 'run', 'desk.sock')
  }
  get exchangeSocket(): string {
    return join(this.home, 'run', 'exchange.sock')
  }
  get exchangeToken(): string {
    return EXCHANGE_TOKEN
  }
  /** `venue/account` of every account, with its journal. */
  get accounts(): ReadonlyMap<string, string> {
    const all = this.options.instances.map(
      ({ venue, account }) => [`${venue}/${account}`, this.journalDb(venue, account)] as const,
    )
    return new Map(all)
  }

  #exchangeLaunch(): ExchangeLaunch {
    const { feed, seed, speed, pace, wireLatencyMs, instances, historyDir } = this.options
    return {
      program: 'exchange',
      token: EXCHANGE_TOKEN,
      socket: this.exchangeSocket,
      pidFile: join(this.home, 'run', 'exchange.pid'),
      dbPath: this.exchangeDb,
      historyDir: historyDir ?? join(this.home, 'history'),
      feed,
      seed,
      speed,
      pace,
      expectedInstances: instances.map(({ id }) => id),
      fillRule: 'through',
      wireLatencyMs,
      log: this.#log('exchange'),
    }
  }

  #deskLaunch(): DeskLaunch {
    return {
      program: 'desk',
      token: DESK_TOKEN,
      name: 'desk-paper',
      socket: this.deskSocket,
      pidFile: join(this.home, 'run', 'desk.pid'),
      databaseDir: join(this.home, 'database'),
      exchangeSocket: this.exchangeSocket,
      exchangeToken: EXCHANGE_TOKEN,
      log: this.#log('desk-paper'),
    }
  }

  #botLaunch(one: WorldInstance): BotLaunch {
    return {
      program: 'bot',
      token: `spawn-of-${one.id}`,
      settings: settingsOf(one, null),
      name: one.id,
      strategy: one.strategy ?? 'perp_grid',
      parameters: one.parameters,
      initialPosition: 'open',
      deskSocket: this.deskSocket,
      deskToken: DESK_TOKEN,
      dbPath: this.botDb(one.id),
      pidFile: join(this.home, 'logs', one.id, 'bot.pid'),
      web: { host: '127.0.0.1', port: this.port(one.id) },
      controlFile: join(this.home, 'run', 'control.json'),
      configFile: null,
      log: this.#log(one.id),
    }
  }

  port(instance: string): number {
    return this.#ports.get(instance) ?? 0
  }

  program(name: string): Supervised | undefined {
    return name === 'exchange' ? this.exchange : name === 'desk' ? this.desk : this.bots.get(name)
  }

  start(): void {
    this.exchange.start()
    this.desk.start()
    for (const bot of this.bots.values()) bot.start()
  }

  async deskAnswer(question: DeskQuestion, timeoutMs = 1000): Promise<unknown> {
    const desk = { name: 'desk', socket: this.deskSocket, token: DESK_TOKEN }
    return askDesk(desk, question, timeoutMs)
  }

  /** Null when the desk does not answer. */
  async deskStatus(): Promise<DeskStatus | null> {
    try {
      return (await this.deskAnswer({ action: 'status' })) as DeskStatus
    } catch {
      return null
    }
  }

  async exchangeStatus(): Promise<ExchangeStatus | null> {
    const exchange = { name: 'exchange', socket: this.exchangeSocket, token: EXCHANGE_TOKEN }
    try {
      return await askExchangeStatus(exchange, 2000)
    } catch {
      return null
    }
  }

  async botStatus(instance: string): Promise<BotStatus | null> {
    try {
      const reply = await fetch(`http://127.0.0.1:${this.port(instance)}/api/status`, {
        signal: AbortSignal.timeout(1000),
      })
      return (await reply.json()) as BotStatus
    } catch {
      return null
    }
  }

  async post(instance: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    const reply = await fetch(`http://127.0.0.1:${this.port(instance)}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${CONTROL_TOKEN}` },
      body: JSON.stringify(body),
    })
    const answer = (await reply.json()) as Record<string, unknown>
    if (!reply.ok) throw new Error(`${path} answers ${reply.status}: ${JSON.stringify(answer)}`)
    return answer
  }

  /** Stops everything that still runs; the files stay. */
  async stop(): Promise<void> {
    await Promise.all([...this.bots.values()].map((bot) => bot.stop()))
    await this.desk.stop()
    await this.exchange.stop()
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))

/** Asks until the answer is yes; returns the ms it took, or null after the limit. */
export async function until(
  isDone: () => Promise<boolean> | boolean,
  limitMs: number,
  pauseMs = 20,
): Promise<number | null> {
  const started = performance.now()
  for (;;) {
    if (await isDone()) return performance.now() - started
    if (performance.now() - started > limitMs) return null
    await sleep(pauseMs)
  }
}
