/**
 * The fleet of one home: looks at the files, keeps the exchange, the desk and the bots as desired, and answers for
 * them. One control plane owns it at a time (home-lock.ts).
 */

import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { GrantAnswer } from '../domain/grant.ts'
import { instanceOfLeg } from '../domain/leg-name.ts'
import type { InstanceRecord } from '../ports/fleet-store.ts'
import type { Logger } from '../ports/logger.ts'
import type {
  CandleQuestion,
  ExchangeCandles,
  ExchangeStatus,
} from '../protocol/exchange-messages.ts'
import type { SandboxLaunch } from '../protocol/launch.ts'
import { readHealth } from './bot-probe.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import type { DeskWatch, ModeChange } from './desk-watch.ts'
import { Desks, desksOf } from './desks.ts'
import { textAfter } from './files.ts'
import { FleetRisk } from './fleet-risk.ts'
import type { Home } from './home.ts'
import { type Ending, InstanceUnit, usualEnding } from './instance-unit.ts'
import { KeptProcess, type ProcessTools } from './kept-process.ts'
import { PauseKeeper } from './pause-keeper.ts'
import { Reload, type ReloadParts } from './reload.ts'
import { isServed, launchedSandbox, sandboxLaunch } from './sandbox-accounts.ts'
import { ScannerService, type ScannerServiceParts } from './scanner-service.ts'
import {
  EXCHANGE,
  type FeedChoice,
  keptExchange,
  SCANNER,
  type ServiceAddress,
  type ServiceParts,
  serviceAddress,
  servicePidFile,
} from './services.ts'
import { UnhedgedWatch } from './unhedged.ts'

/** How the fleet reaches its processes; joined in main/. */
export interface FleetLinks {
  askDesk(desk: ServiceAddress, question: unknown, timeoutMs: number): Promise<unknown>
  askExchangeStatus(exchange: ServiceAddress, timeoutMs: number): Promise<ExchangeStatus>
  askExchangeCandles(
    exchange: ServiceAddress,
    question: CandleQuestion,
    timeoutMs: number,
  ): Promise<ExchangeCandles>
  readonly askScanner: ScannerServiceParts['ask']
  /** GET of a path on the own port of an instance. */
  getFromBot(port: number, path: string, timeoutMs: number): Promise<unknown>
  /** What a bot saved last in its database, as its /api/status would answer; null = it has never run. */
  readSaved(dbPath: string): unknown
  postToBot(port: number, path: string, body: unknown, timeoutMs: number): Promise<unknown>
}

export interface FleetParts {
  readonly home: Home
  readonly tools: ProcessTools
  readonly links: FleetLinks
  readonly service: ServiceParts
  readonly choice: FeedChoice
  /** `--feed` was given, now or at the first start: it goes before what instances name. */
  readonly isFeedForced: boolean
  readonly reload: ReloadParts
  readonly arbitrage: {
    readonly settings: ScannerServiceParts['settings']
    readonly market: 'auto' | 'live' | 'sandbox'
  }
  /** A kill that no desk has taken: the desk of the instance finds it. @throws when it cannot be written */
  orderKill(id: string): void
  /** Called after each look: the readable copy of the registry is written then. */
  afterLook(fleet: Fleet): void
  /** Log of what is done with one instance: `daemon.log` in its folder. */
  openDaemonLog(folder: string, id: string): Logger
}

/** How far the end of everything has come; each stage includes those before it. */
type DrainStage = 'nothing' | 'bots' | 'desk' | 'exchange'

const LOOK_INTERVAL_MS = 500
const SCAN_INTERVAL_MS = 250
const SETTLE_TIMEOUT_MS = 20_000
const BOT_TIMEOUT_MS = 2000

export class Fleet {
  readonly parts: FleetParts
  readonly units = new Map<string, InstanceUnit>()
  readonly desks: Desks
  readonly exchange: KeptProcess
  readonly scanner: ScannerService
  /** Limits of all accounts together. */
  readonly risk: FleetRisk
  readonly pauses: PauseKeeper
  readonly unhedged = new UnhedgedWatch()
  #exchangeStatus: ExchangeStatus | null = null
  readonly #reload: Reload
  #drained: DrainStage = 'nothing'
  /** What the exchange that runs was started with. */
  #sandbox: SandboxLaunch | null = null
  #feedRefusal: string | null = null
  #cancelTimers: (() => void)[] = []
  #lookedAt = 0
  /** What failed at the last try, so that a full disk is told once and not twice a second. */
  readonly #failures = new Map<string, string>()

  constructor(parts: FleetParts) {
    this.parts = parts
    this.#reload = new Reload(this, parts.reload)
    const { tools, service } = parts
    this.risk = new FleetRisk({
      ...tools,
      timeZone: service.log.timeZone,
      limits: () => this.#accountLimits(),
      tell: async (account, word) =>
        (await this.askDesk({ action: 'fleet_word', account, word }, 2000)) as GrantAnswer,
    })
    this.pauses = new PauseKeeper({
      namesOf: (id) => this.deskWatch.namesOf(id),
      legRow: (name) => this.legRow(name),
      pause: async (instance) => {
        await this.askDesk({ action: 'pause', instance }, 5000)
        await this.lookAtDesks().catch(() => {})
      },
      onTrouble: (id, text) => this.#onUnpaused(id, text),
    })
    const expected = () => this.#expectedInstances()
    this.exchange = new KeptProcess(
      keptExchange(
        service,
        () => parts.choice,
        expected,
        () => this.#launchSandbox(),
        {
          isWanted: () => this.#drained !== 'exchange' && !this.#isSandboxShort(),
          canStart: () => true,
          probe: () => this.#probeExchange(),
          onHold: (_kind, reason) => this.#onExchangeRefused(reason),
          onRunning: () => {},
        },
      ),
      tools,
      0,
    )
    this.scanner = this.#makeScanner()
    this.desks = new Desks({
      service,
      tools,
      isWanted: () => this.#drained === 'nothing' || this.#drained === 'bots',
      hasExchange: () => this.exchange.phase.kind === 'running' && this.#feedRefusal === null,
      instances: () => this.#configured(),
      ask: (...question) => parts.links.askDesk(...question),
      onTold: (changes) => this.#onDeskTold(changes),
    })
  }

  #makeScanner(): ScannerService {
    const { service, tools, arbitrage, links } = this.parts
    const { settings, market } = arbitrage
    return new ScannerService({
      ...{ service, tools, settings },
      market: () => {
        if (market !== 'auto') return market
        return this.#wantedSandbox() === null ? 'live' : 'sandbox'
      },
      isWanted: () => !this.isDraining,
      hasExchange: () => this.exchange.phase.kind === 'running',
      ask: (...question) => links.askScanner(...question),
    })
  }

  get exchangeStatus(): ExchangeStatus | null {
    return this.#exchangeStatus
  }
  get faults(): readonly string[] {
    return this.#reload.faults
  }
  get warnings(): readonly string[] {
    return this.#reload.warnings
  }
  /** Why the file of an instance does not act as it stands now; null = it does. */
  editRefusal(id: string): string | null {
    return this.#reload.refusalOf(id)
  }
  /** Why the exchange refused this feed; null while it has not. */
  get feedRefusal(): string | null {
    return this.#feedRefusal
  }
  /** Age of the last look, ms: a loop that stands still is a dead fleet. */
  get loopAgeMs(): number {
    return this.parts.tools.clock.monotonicMs() - this.#lookedAt
  }
  get isDraining(): boolean {
    return this.#drained !== 'nothing'
  }
  get exchangeAddress(): ServiceAddress {
    return serviceAddress(this.parts.service, EXCHANGE)
  }
  /** What the desks said of their instances last. */
  get deskWatch(): DeskWatch {
    return this.desks.watch
  }

  /** Reads files and registry, adopts what runs, then looks after everything until it is closed. */
  start(): void {
    const { clock, store } = this.parts.tools
    for (const record of store.instances()) this.#addUnit(lifted(record))
    this.#reload.load()
    this.#adopt()
    this.#reload.afterAdoption()
    this.look()
    this.#cancelTimers = [
      clock.every(LOOK_INTERVAL_MS, () => this.look()),
      clock.every(SCAN_INTERVAL_MS, () =>
        this.#attempt('configuration', () => this.#reload.poll()),
      ),
    ]
  }

  /** Stops looking; every process goes on. */
  close(): void {
    for (const cancel of this.#cancelTimers) cancel()
    this.#cancelTimers = []
    this.exchange.close()
    this.scanner.process.close()
    this.desks.close()
    for (const unit of this.units.values()) {
      unit.process.close()
      unit.removeDaemonPid()
      unit.logger.flush()
    }
    this.#attempt('registry', () => this.parts.afterLook(this))
  }

  /** One thing that fails must not keep the others from being looked after. */
  #attempt(what: string, run: () => void): void {
    try {
      run()
      this.#failures.delete(what)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (this.#failures.get(what) === text) return
      this.#failures.set(what, text)
      this.parts.tools.logger.error('supervision', `${what}: ${text}`)
    }
  }

  look(): void {
    this.#lookedAt = this.parts.tools.clock.monotonicMs()
    this.#attempt('exchange', () => this.exchange.look())
    this.#attempt('desk', () => this.desks.look())
    this.#attempt('scanner', () => this.scanner.look())
    for (const unit of this.units.values()) this.#attempt(unit.id, () => this.#lookAt(unit))
    this.#attempt('unhedged legs', () =>
      this.unhedged.look([...this.units.keys()], this.deskWatch, this.parts.tools.clock),
    )
    this.#attempt('registry', () => this.parts.afterLook(this))
  }

  #lookAt(unit: InstanceUnit): void {
    unit.process.look()
    if (unit.desired === 'paused') this.pauses.look(unit.id)
    if (unit.isRestarting && !unit.process.isAlive) {
      unit.isRestarting = false
      unit.ending = usualEnding
      unit.process.look()
    }
    const isGone = unit.config === null && !unit.process.isAlive && !this.#reload.isFileThere(unit)
    if (isGone && unit.process.phase.kind !== 'stopping') this.#removeUnit(unit)
  }

  /** Reads the files again, as `start` and `restart` ask for. */
  scan(): void {
    this.#reload.scan()
  }

  /** Takes an instance up whose file is seen for the first time. */
  register(record: InstanceRecord): void {
    this.parts.tools.store.saveInstance(record)
    this.#addUnit(record)
  }

  #removeUnit(unit: InstanceUnit): void {
    this.units.delete(unit.id)
    this.parts.tools.store.removeInstance(unit.id)
    this.parts.tools.logger.info('configuration', 'its file is gone: removed', { bot: unit.id })
  }

  #addUnit(record: InstanceRecord): void {
    const { service, tools, links } = this.parts
    const unit = new InstanceUnit(record, {
      ...service,
      socketToken: (name) => service.socketToken(name),
      wallMs: () => service.wallMs(),
      tools,
      portsTaken: (exceptId) => this.#portsTaken(exceptId),
      canStart: () => this.#hasDesk(record.id) && !this.isDraining,
      isDraining: () => this.isDraining,
      feedOf: (config) => (this.parts.isFeedForced ? null : config.settings.feed),
      probeBot: async ({ id, record, process }) => {
        const health = await links.getFromBot(record.webPort ?? 0, '/health', BOT_TIMEOUT_MS)
        return readHealth(health, id, process.identity?.pid ?? null)
      },
      endInstance: (one, ending, end) => void this.#end(one, ending, end),
      onRunning: (one) => void this.#onRunning(one),
      openDaemonLog: (folder, id) => this.parts.openDaemonLog(folder, id),
    })
    this.units.set(record.id, unit)
  }

  #portsTaken(exceptId: string): ReadonlySet<number> {
    const others = [...this.units.values()].filter(({ id }) => id !== exceptId)
    const own = this.units.get(exceptId)?.config?.webPort ?? null
    const ports = others.map(({ record, config }) => {
      const wished = config?.webPort ?? null
      // Of two whose files name one port, the first to start gets it.
      return record.webPort ?? (wished === own ? null : wished)
    })
    return new Set(ports.filter((port) => port !== null))
  }

  #adopt(): void {
    const { store } = this.parts.tools
    const { home } = this.parts
    for (const record of store.processes()) {
      if (record.name === EXCHANGE) this.exchange.adopt(record, servicePidFile(home, EXCHANGE))
      else if (record.name === SCANNER) this.scanner.adopt(record)
      else if (!this.desks.adopt(record)) {
        const unit = this.units.get(record.name.replace(/^bot-/, ''))
        if (unit?.process.adopt(record, unit.pidFile)) unit.writeDaemonPid()
        else store.removeProcess(record.name)
      }
    }
  }

  #expectedInstances(): string[] {
    return (
      [...this.units.values()]
        .filter((unit) => unit.config !== null && unit.desired !== 'stopped' && !unit.record.hold)
        // A market that waits for its instances step by step takes none of several legs.
        .filter(({ config }) => config?.legs.length === 0)
        .map(({ id }) => id)
    )
  }

  async #probeExchange(): Promise<boolean> {
    this.#exchangeStatus = await this.parts.links.askExchangeStatus(this.exchangeAddress, 2000)
    const { feed } = this.#exchangeStatus
    if (feed !== this.parts.choice.feed) {
      this.#feedRefusal = `this home trades on the feed ${feed}, not ${this.parts.choice.feed}: leave --feed out, or choose another folder with --home`
    }
    return true
  }

  #onExchangeRefused(reason: string): void {
    const { stderr } = this.exchange
    const said = stderr === null ? '' : textAfter(stderr.path, stderr.from).trim()
    this.#feedRefusal = said === '' ? `the exchange ${reason}` : said
  }

  /** As it is asked for now; an account that is added later gets an exchange that starts anew with it. */
  #wantedSandbox(): SandboxLaunch | null {
    return sandboxLaunch(this.parts.home, this.#configured(), false)
  }

  #launchSandbox(): SandboxLaunch | null {
    this.#sandbox = this.#wantedSandbox()
    return this.#sandbox
  }

  #isSandboxShort(): boolean {
    if (!this.exchange.isAlive) return false
    this.#sandbox ??= launchedSandbox(this.parts.home)
    return !isServed(this.#sandbox, this.#wantedSandbox())
  }

  #configured(): readonly ResolvedInstance[] {
    return [...this.units.values()].flatMap(({ config }) => (config === null ? [] : [config]))
  }

  /** The desk of its account runs, of several legs that of each. */
  #hasDesk(id: string): boolean {
    const config = this.units.get(id)?.config ?? null
    return config !== null && desksOf(config).every((desk) => this.desks.isRunning(desk))
  }

  /** Takes in what the desks say now. */
  lookAtDesks(): Promise<void> {
    return this.desks.refresh()
  }

  #onDeskTold(changes: readonly ModeChange[]): void {
    for (const change of changes) {
      this.pauses.onTold(change)
      const id = instanceOfLeg(change.instance)
      const unit = this.units.get(id)
      // One leg that goes on while another is still paused is no end of the pause.
      const isHeld = change.desired === 'running' && this.deskWatch.row(id)?.mode === 'paused'
      // Paused or resumed at the instance's own port or at the desk: the desired state follows.
      if (unit && unit.desired !== 'stopped' && !isHeld) unit.setDesired(change.desired)
    }
    const paperAt = this.#exchangeStatus?.marketAt ?? null
    const wallMs = this.parts.tools.clock.wallMs()
    // The market of a venue is where its clock is; that of the home is where its exchange is.
    this.risk.take(this.desks.accounts, (mode) =>
      mode === 'live' || mode === 'testnet' ? wallMs : paperAt,
    )
  }

  /** Of the section `trading`, as the instances were resolved with it. */
  #accountLimits() {
    for (const { config } of this.units.values())
      if (config !== null) return config.settings.accountLimits
    return null
  }

  /** Asks the desk of the instance or account that the question names, else all of them. */
  askDesk(question: unknown, timeoutMs: number): Promise<unknown> {
    return this.desks.ask(question, timeoutMs)
  }

  deskRow(id: string): DeskInstanceRow | null {
    const desk = this.deskWatch.deskOf(id)
    if (desk === null || !this.desks.isRunning(desk)) return null
    const row = this.deskWatch.row(id)
    if (row?.legs === undefined) return row
    // A leg whose desk is away: what it told last stands, and the instance is not heard as a whole.
    const areHeard = row.legs.every(({ instance }) => this.legRow(instance) !== null)
    return areHeard ? row : { ...row, is_bot_connected: false }
  }

  /** Of a leg, by its name at its desk; null = no desk that runs tells of it. */
  legRow(name: string): DeskInstanceRow | null {
    const desk = this.deskWatch.deskOf(name)
    return desk !== null && this.desks.isRunning(desk) ? this.deskWatch.own(name) : null
  }

  /** An instance that should be paused is, also when it was paused before the desk knew it. */
  async #onRunning(unit: InstanceUnit): Promise<void> {
    if (unit.desired !== 'paused') return
    try {
      await this.askDesk({ action: 'pause', instance: unit.id }, 5000)
    } catch (error) {
      this.#onUnpaused(unit.id, error instanceof Error ? error.message : String(error))
    }
  }

  #onUnpaused(id: string, text: string): void {
    const why = `is not paused yet, it is asked again: ${text}`
    this.units.get(id)?.logger.error('supervision', why, { bot: id })
  }

  async #end(unit: InstanceUnit, ending: Ending, end: () => void): Promise<void> {
    const { logger } = unit
    try {
      if (ending.kind === 'detach') {
        await this.askDesk({ action: 'announce_restart', forMs: 60_000 }, 2000)
      } else {
        const { orders, positions } = ending
        const question = { action: 'stop', instance: unit.id, orders, positions }
        const answer = await this.askDesk(question, SETTLE_TIMEOUT_MS)
        logger.info('supervision', settledText(answer), { bot: unit.id })
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const isUnknown = error instanceof Error && 'code' in error && error.code === 'NOT_FOUND'
      // An open account that does not know it holds nothing of it.
      unit.unsettled = isUnknown ? null : text
      logger.warn('supervision', `the desk settled nothing: ${text}`, { bot: unit.id })
    }
    end()
  }

  /** From now on what the stage names is ended and not started again; desired states stay as they are. */
  drain(stage: Exclude<DrainStage, 'nothing'>): void {
    this.#drained = stage
  }
}

function settledText(answer: unknown): string {
  const facts = new Map(Object.entries(typeof answer === 'object' && answer !== null ? answer : {}))
  const position = facts.get('position') === 0 ? 'no position is left' : 'its position stays'
  return `its orders are settled: ${facts.get('orders_canceled') ?? 0} withdrawn, ${position}`
}

/** A new control plane tries again what was refused or left ended; a quarantine stays. */
const lifted = (record: InstanceRecord): InstanceRecord =>
  record.hold?.kind === 'refused' || record.hold?.kind === 'exited'
    ? { ...record, hold: null }
    : record
