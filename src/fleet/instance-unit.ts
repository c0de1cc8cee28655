/** One instance of the fleet: its configuration, what is remembered of it, and its bot process. */
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { DesiredState } from '../domain/instance-state.ts'
import type { Hold, HoldKind, InstanceRecord } from '../ports/fleet-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { ProcessExit } from '../ports/process-host.ts'
import { type BotLaunch, type ExitNote, exitNotePath } from '../protocol/launch.ts'
import { deskOf } from './desks.ts'
import { environmentHash } from './environment-hash.ts'
import {
  dayFolders,
  lastLines,
  readJson,
  readPid,
  textAfter,
  writeJson,
  writeWhole,
} from './files.ts'
import { dayName } from './home.ts'
import { TwofoldLogger } from './instance-log.ts'
import { type Kept, KeptProcess, type LaunchPlan, type ProcessTools } from './kept-process.ts'
import { type ServiceParts, socketPath } from './services.ts'
import { type SupervisionPolicy, servicePolicy } from './supervise.ts'
import type { UsageLimits } from './usage-watch.ts'
import { chooseWebPort } from './web-port.ts'

/** How an instance is ended: `stop` settles its orders by the desk first, `detach` leaves them at the venue. */
export type Ending =
  | {
      readonly kind: 'stop'
      readonly orders: 'cancel' | 'keep'
      readonly positions: 'keep' | 'close'
    }
  | { readonly kind: 'detach' }

export const usualEnding: Ending = { kind: 'stop', orders: 'cancel', positions: 'keep' }

/** What a unit needs of the fleet around it. */
export interface UnitParts extends ServiceParts {
  readonly tools: ProcessTools
  /** Ports given to other instances. */
  portsTaken(exceptId: string): ReadonlySet<number>
  /** The desk runs and the fleet is not going down. */
  canStart(): boolean
  isDraining(): boolean
  /** Null = instances are told nothing of a feed: whatever runs is theirs (`--feed` was given). */
  feedOf(instance: ResolvedInstance): string | null
  /** Whether its bot runs; rejects when it does not answer, or another process does at its port. */
  probeBot(unit: InstanceUnit): Promise<boolean>
  /** Settles the instance at its desk, then calls `end`. */
  endInstance(unit: InstanceUnit, ending: Ending, end: () => void): void
  onRunning(unit: InstanceUnit): void
  openDaemonLog(folder: string, id: string): Logger
}

const MEBIBYTE = 1_048_576
/** Lines of the log that a quarantine keeps. */
const KEPT_LINES = 20

export class InstanceUnit {
  readonly id: string
  readonly process: KeptProcess
  /** Set while an operation ends it in another way than usual. */
  ending: Ending = usualEnding
  /** The operator restarts it: it is wanted, but first it has to end. */
  isRestarting = false
  /** Why its desk could not settle its orders at the last stop; null = it did. */
  unsettled: string | null = null
  readonly #parts: UnitParts
  #record: InstanceRecord
  #config: ResolvedInstance | null = null
  readonly #logger: Logger
  #daemon: { readonly folder: string; readonly logger: Logger } | null = null
  #beginsAnew = false

  constructor(record: InstanceRecord, parts: UnitParts) {
    this.id = record.id
    this.#record = record
    this.#parts = parts
    this.#logger = new TwofoldLogger(parts.tools.logger, () => this.#daemonLog())
    const tools = { ...parts.tools, logger: this.#logger }
    this.process = new KeptProcess(this.#kept(), tools, record.restarts)
    if (record.hold) this.process.hold(record.hold.kind, record.hold.reason)
  }

  get record(): InstanceRecord {
    return this.#record
  }
  /** Null: its file is gone or faulty. */
  get config(): ResolvedInstance | null {
    return this.#config
  }
  get desired(): DesiredState {
    return this.#record.desired
  }

  /** Takes the file as it is now; a changed file lifts a refusal. */
  setConfig(config: ResolvedInstance | null): void {
    const isChanged = config !== null && config.fileHash !== this.#record.configHash
    this.#config = config
    if (config !== null && config.file !== this.#record.configFile) {
      this.#save({ configFile: config.file })
    }
    if (isChanged && this.#record.hold?.kind === 'refused') this.release()
  }

  setDesired(desired: DesiredState): void {
    if (desired !== this.#record.desired) this.#save({ desired })
  }

  /** An operator's start: forgets what held it; after an end by its own rule a new life begins. */
  release(): void {
    if (this.#record.hold?.kind === 'finished') this.#beginsAnew = true
    if (this.#record.hold !== null) this.#save({ hold: null })
    this.process.release()
  }

  get logDir(): string {
    const { home } = this.#parts
    return resolve(home.root, this.#config?.logDir ?? join('logs', this.id))
  }
  get dbPath(): string {
    return resolve(this.#parts.home.root, this.#config?.dbPath ?? join('database', `${this.id}.db`))
  }
  get pidFile(): string {
    return join(this.logDir, 'bot.pid')
  }

  /** What the control plane does with this instance is told here. */
  get logger(): Logger {
    return this.#logger
  }

  #daemonLog(): Logger {
    const folder = this.logDir
    if (this.#daemon?.folder !== folder) {
      this.#daemon?.logger.flush()
      this.#daemon = { folder, logger: this.#parts.openDaemonLog(folder, this.id) }
    }
    return this.#daemon.logger
  }

  #save(change: Partial<InstanceRecord>): void {
    this.#record = { ...this.#record, ...change }
    this.#parts.tools.store.saveInstance(this.#record)
  }

  #kept(): Kept {
    return {
      name: `bot-${this.id}`,
      policy: () => policyOf(this.#config),
      isWanted: () =>
        this.#record.desired !== 'stopped' && !this.isRestarting && !this.#parts.isDraining(),
      canStart: () => this.#config !== null && this.#parts.canStart(),
      probeIntervalMs: () => this.#config?.healthCheckIntervalMs ?? 30_000,
      limits: () => limitsOf(this.#config),
      launch: (token, usesNextPort) => this.#launch(token, usesNextPort),
      probe: () => this.#parts.probeBot(this),
      terminate: (end) => this.#parts.endInstance(this, this.ending, end),
      onSpawned: (_identity, isRestart) => {
        const restarts = this.#record.restarts + (isRestart ? 1 : 0)
        this.#save({ restarts, startedAt: this.#parts.wallMs(), hold: null })
        this.#beginsAnew = false
        this.writeDaemonPid()
      },
      onHold: (kind, reason) => this.#onHold(kind, reason),
      toldExit: (pid) => readExitNote(exitNotePath(this.pidFile), pid),
      // A bot that was killed could not take its pid file away.
      onEnded: () => this.#removeOwnFiles(),
      onRunning: () => this.#parts.onRunning(this),
    }
  }

  #removeOwnFiles(): void {
    rmSync(this.pidFile, { force: true })
    rmSync(exitNotePath(this.pidFile), { force: true })
  }

  /** The control plane that looks after the instance now. */
  writeDaemonPid(): void {
    const path = join(this.logDir, 'daemon.pid')
    try {
      writeWhole(path, `${this.#parts.tools.host.self().pid}\n`, 0o644)
    } catch (error) {
      // For people and older tools; a full disk below the log folder changes nothing else.
      const text = error instanceof Error ? error.message : String(error)
      this.#logger.error('supervision', `${path} is not written: ${text}`, { bot: this.id })
    }
  }

  /** Unless a successor has written its own. */
  removeDaemonPid(): void {
    const path = join(this.logDir, 'daemon.pid')
    if (readPid(path) === this.#parts.tools.host.self().pid) rmSync(path, { force: true })
  }

  #onHold(kind: HoldKind, verdict: string): void {
    const said = kind === 'refused' ? this.#refusal() : this.#saidOnError()
    const reason = kind === 'refused' && said.length > 0 ? togetherOf(said) : verdict
    const lines = kind === 'quarantined' ? this.#lastLogLines(said) : []
    const hold: Hold = { kind, reason, lines, at: this.#parts.wallMs() }
    const isOver = kind === 'finished' || kind === 'stopped'
    this.#save(isOver ? { hold, desired: 'stopped' } : { hold })
    this.process.hold(kind, reason)
    // Its hello may have attached it: in lockstep the market would wait for a bot that never answers.
    if (kind === 'refused') this.#parts.endInstance(this, usualEnding, () => {})
  }

  /** Where an earlier control plane started it nobody knows where its sentences begin: who is refused says one, the last. */
  #refusal(): string[] {
    if (this.process.stderr !== null) return this.#saidOnError()
    const folder = dayFolders(this.logDir).at(-1)
    return folder === undefined ? [] : this.#withoutId(lastLines(join(folder, 'bot_stderr.log'), 1))
  }

  /** The sentences of the last process, without the id that each begins with. */
  #saidOnError(): string[] {
    const { stderr } = this.process
    if (stderr === null) return []
    return this.#withoutId(textAfter(stderr.path, stderr.from).split('\n'))
  }

  #withoutId(lines: readonly string[]): string[] {
    const prefix = `${this.id}: `
    return lines
      .map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line).trimEnd())
      .filter((line) => line !== '')
      .slice(-KEPT_LINES)
  }

  #lastLogLines(said: readonly string[]): string[] {
    const folder = dayFolders(this.logDir).at(-1)
    const logged = folder === undefined ? [] : lastLines(join(folder, 'bot.log'), KEPT_LINES)
    return [...logged, ...said].slice(-KEPT_LINES)
  }

  #launch(token: string, usesNextPort: boolean): LaunchPlan {
    const { home, log, wallMs, programs } = this.#parts
    const config = this.#config
    if (config === null) throw new Error(`the file of ${this.id} is missing or faulty`)
    const port = this.#choosePort(config, usesNextPort)
    this.#save({ webPort: port, configHash: config.fileHash })
    // How an earlier process ended says nothing of the next one, which may even get the same pid.
    rmSync(exitNotePath(this.pidFile), { force: true })
    const launchFile = home.launchFile(`bot-${this.id}`)
    writeJson(launchFile, this.#launchOf(config, token, port), 0o600)
    const folder = join(this.logDir, dayName(wallMs(), log.timeZone))
    return {
      program: join(programs, 'bot.js'),
      launchFile,
      folder: home.root,
      pidFile: this.pidFile,
      stdoutFile: join(folder, 'bot_stdout.log'),
      stderrFile: join(folder, 'bot_stderr.log'),
      environment: config.environment,
    }
  }

  /** What a bot would be started with now in the place of the one that runs. */
  launchFor(config: ResolvedInstance, running: BotLaunch): BotLaunch {
    // A port that was taken at the start is no change of the file.
    const isPortNew = this.#config !== null && this.#config.webPort !== config.webPort
    const port = isPortNew && config.webPort !== null ? config.webPort : running.web.port
    const { beginAnew: _, ...launch } = this.#launchOf(config, running.token, port)
    return launch
  }

  #choosePort(config: ResolvedInstance, usesNextPort: boolean): number {
    const previous = this.#record.webPort
    // Another home, or any other program: asked first, so that a bot need not die of it to find out.
    const listening = this.#parts.tools.host.listeningPorts() ?? []
    const taken = new Set([...this.#parts.portsTaken(this.id), ...listening])
    // A port that served before is kept, so that bookmarks stay right, unless the file names another now.
    const wished = this.#isPortWishNew(config) ? (config.webPort ?? previous) : previous
    const port = chooseWebPort(wished, usesNextPort ? previous : null, taken)
    if (config.webPort !== null && port !== config.webPort && port !== previous) {
      const text = `port ${config.webPort} is taken, ${this.id} uses ${port}`
      this.#logger.warn('ports', text, { bot: this.id })
    }
    return port
  }

  #isPortWishNew(config: ResolvedInstance): boolean {
    const { webPort, configHash } = this.#record
    if (webPort === null) return true
    if (config.fileHash === configHash) return false
    const path = this.#parts.home.launchFile(`bot-${this.id}`)
    const before = readJson(path) as Partial<BotLaunch> | null
    return before?.web?.wished !== config.webPort
  }

  /** What the launch says of further legs: nothing where there are none. */
  #legsOf(config: ResolvedInstance): Pick<BotLaunch, 'legs' | 'legsLimits'> {
    if (config.legs.length === 0) return {}
    const { home, socketToken } = this.#parts
    const legs = config.legs.map((leg) => ({
      settings: { ...leg.settings, feed: this.#parts.feedOf(config) },
      deskSocket: socketPath(home, deskOf(leg)),
      deskToken: socketToken(deskOf(leg)),
      settleRate: leg.settleRate,
    }))
    return { legs, ...(config.legsLimits === null ? {} : { legsLimits: config.legsLimits }) }
  }

  #launchOf(config: ResolvedInstance, token: string, port: number): BotLaunch {
    const { home, log } = this.#parts
    const { level, format, sizeMaxBytes } = config.log
    return {
      program: 'bot',
      token,
      settings: { ...config.settings, feed: this.#parts.feedOf(config) },
      name: config.name,
      strategy: config.strategy,
      ...(config.strategyFile === undefined ? {} : { strategyFile: config.strategyFile }),
      parameters: config.parameters,
      initialPosition: config.initialPosition,
      deskSocket: socketPath(home, deskOf(config)),
      deskToken: this.#parts.socketToken(deskOf(config)),
      ...this.#legsOf(config),
      dbPath: this.dbPath,
      pidFile: this.pidFile,
      web: { host: '127.0.0.1', port, wished: config.webPort },
      controlFile: home.controlFile,
      configFile: config.file,
      environmentHash: environmentHash(config.environment),
      ...(this.#beginsAnew ? { beginAnew: true } : {}),
      log: { dir: this.logDir, level, format, timeZone: log.timeZone, sizeMaxBytes },
    }
  }
}

/** @returns null when the note is missing, cut, or of another process */
function readExitNote(path: string, pid: number): ProcessExit | null {
  const note = readJson(path) as Partial<ExitNote> | null
  if (note?.pid !== pid || typeof note.code !== 'number') return null
  return { code: note.code, signal: null }
}

function policyOf(config: ResolvedInstance | null): SupervisionPolicy {
  if (config === null) return { ...servicePolicy, restarts: true }
  const { isAutomatic, delayMaxMs, attemptsMax, crashLoop } = config.restart
  return {
    restarts: isAutomatic,
    delayMaxMs,
    attemptsMax,
    crashLoop: crashLoop.exits > 0 ? crashLoop : null,
    healthyAfterMs: 60_000,
    stopTimeoutMs: 30_000,
  }
}

const limitsOf = (config: ResolvedInstance | null): UsageLimits | null =>
  config && {
    memoryBytes: config.memoryLimitMb * MEBIBYTE,
    cpuPercent: config.cpuLimitPercent,
  }

/** A file seen for the first time. */
export const newRecord = (config: ResolvedInstance, now: number): InstanceRecord => ({
  id: config.id,
  desired: config.isAutostart ? 'running' : 'stopped',
  configFile: config.file,
  configHash: '',
  webPort: null,
  restarts: 0,
  startedAt: null,
  registeredAt: now,
  hold: null,
})

/** Sentences of which not each ends with a full stop. */
export const togetherOf = (sentences: readonly string[]): string =>
  sentences.reduce((text, next) => `${text}${/[.!?]$/.test(text) ? ' ' : '; '}${next}`)
