/**
 * One supervised process: looks at it, lets `decide` judge, and does what was decided. Every spawn is recorded
 * before it happens, so that a control plane that dies in between finds the process again.
 */
import { existsSync, statSync } from 'node:fs'
import type { Clock } from '../ports/clock.ts'
import type { FleetStore, HoldKind, ProcessRecord } from '../ports/fleet-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { ProcessExit, ProcessHost, ProcessIdentity } from '../ports/process-host.ts'
import { readPid } from './files.ts'
import {
  decide,
  describeExit,
  neverStarted,
  type Observation,
  type Phase,
  release,
  type Supervised,
  type SupervisionAction,
  type SupervisionPolicy,
  spawnFailed,
} from './supervise.ts'
import { type UsageLimits, UsageWatch } from './usage-watch.ts'

export interface ProcessTools {
  readonly host: ProcessHost
  readonly store: FleetStore
  readonly clock: Clock
  readonly logger: Logger
  /** A new random token. */
  newToken(): string
}

/** What to run; `pidFile` is written by the program itself. */
export interface LaunchPlan {
  readonly program: string
  readonly launchFile: string
  readonly folder: string
  readonly pidFile: string
  readonly stdoutFile: string
  readonly stderrFile: string
  readonly environment: Readonly<Record<string, string>>
}

/** What differs between bots, desks and the exchange. */
export interface Kept {
  /** `bot-ID`, `desk-NAME` or `exchange`. */
  readonly name: string
  policy(): SupervisionPolicy
  isWanted(): boolean
  canStart(): boolean
  /** Pause between two probes of a process that runs, ms. */
  probeIntervalMs(): number
  /** Null = without limit. */
  limits(): UsageLimits | null
  /** Writes the launch file for a process with this token. `usesNextPort`: the last port was taken. */
  launch(token: string, usesNextPort: boolean): LaunchPlan
  /** Resolves whether it runs (false: it is getting ready); rejects when it does not answer. */
  probe(): Promise<boolean>
  /** Asks it to end; the default sends SIGTERM. */
  terminate(end: () => void): void
  onSpawned(identity: ProcessIdentity, isRestart: boolean): void
  onHold(kind: HoldKind, reason: string): void
  /** How a process that is no child of this one has ended, as it wrote it down itself; null = it did not. */
  toldExit(pid: number): ProcessExit | null
  /** Its process is gone, asked or unasked. */
  onEnded(): void
  /** It came to run: heard once after each start and adoption. */
  onRunning(): void
}

const PROBE_STARTING_MS = 250
const PROBE_FAILING_MS = 1000
const HUNG_FAILURES = 3
const HUNG_RUNNING_MS = 5000
const HUNG_STARTING_MS = 60_000

export class KeptProcess {
  readonly kept: Kept
  readonly #tools: ProcessTools
  #state: Supervised
  #identity: ProcessIdentity | null = null
  #isChild = false
  #exit: ProcessExit | null = null
  #stderr: { readonly path: string; readonly from: number } | null = null
  #isReady = false
  #isProbing = false
  #nextProbeAt = 0
  #failures = 0
  #silentSince: number | null = null
  #startedWallMs: number | null = null
  #isClosed = false
  readonly #usage = new UsageWatch()
  #overLimit: string | null = null

  constructor(kept: Kept, tools: ProcessTools, restarts: number) {
    this.kept = kept
    this.#tools = tools
    this.#state = { ...neverStarted, restarts }
  }

  get phase(): Phase {
    return this.#state.phase
  }
  get restarts(): number {
    return this.#state.restarts
  }
  get identity(): ProcessIdentity | null {
    return this.#identity
  }
  get startedWallMs(): number | null {
    return this.#identity === null ? null : this.#startedWallMs
  }
  /** It was asked and did not answer the last times. */
  get isSilent(): boolean {
    return this.#failures >= 2 && this.#state.phase.kind === 'running'
  }
  get isAlive(): boolean {
    return this.#isAlive()
  }
  /** Where the present or last process writes its errors, from its first byte on. */
  get stderr(): { readonly path: string; readonly from: number } | null {
    return this.#stderr
  }

  /** Keeps it from starting, as remembered from before. */
  hold(kind: HoldKind, reason: string): void {
    this.#state = { ...this.#state, phase: { kind: 'held', hold: kind, reason } }
  }

  /** Forgets failures, back-off and whatever held it. */
  release(): void {
    const { kind } = this.#state.phase
    if (kind === 'held' || kind === 'waiting') this.#state = release(this.#state)
    else this.#state = { ...this.#state, attempt: 0, failedStarts: 0, ends: [] }
  }

  /**
   * Takes over the process that an earlier control plane started, when it still runs and carries its token.
   * A record of a process that is gone, or whose pid belongs to another program now, is removed.
   * @returns whether one was adopted
   */
  adopt(record: ProcessRecord, pidFile: string): boolean {
    const { host, store, logger } = this.#tools
    const identity = this.#recognise(record, pidFile)
    if (identity === null) {
      store.removeProcess(record.name)
      return false
    }
    if (record.pid === null) store.saveProcess({ ...record, ...identity })
    this.#take(identity, false, record.startedAt)
    logger.info('supervision', 'adopted', { process: record.name, pid: identity.pid })
    return host.isAlive(identity)
  }

  #recognise(record: ProcessRecord, pidFile: string): ProcessIdentity | null {
    const { host } = this.#tools
    // Without a pid the control plane died between record and spawn, or just after it: the program names itself.
    const pid = record.pid ?? readPid(pidFile)
    if (pid === null) return null
    const identity =
      record.pid === null
        ? host.identify(pid)
        : { pid, startTime: record.startTime, bootId: record.bootId }
    if (identity === null || !host.isAlive(identity)) return null
    return host.hasToken(identity, record.token) ? identity : null
  }

  #take(identity: ProcessIdentity, isChild: boolean, startedWallMs: number): void {
    this.#identity = identity
    this.#isChild = isChild
    this.#exit = null
    this.#isReady = false
    this.#failures = 0
    this.#silentSince = null
    this.#nextProbeAt = 0
    this.#startedWallMs = startedWallMs
    this.#usage.reset()
    this.#overLimit = null
  }

  #isAlive(): boolean {
    if (this.#identity === null) return false
    // The exit code of a child comes a moment after its end: without it the end could not be judged.
    if (this.#isChild) return this.#exit === null
    return this.#tools.host.isAlive(this.#identity)
  }

  /** From now on nothing is looked at, started or ended: the process goes on by itself. */
  close(): void {
    this.#isClosed = true
  }

  /** One look; called every half second and whenever something has happened. */
  look(): void {
    if (this.#isClosed) return
    const now = this.#tools.clock.monotonicMs()
    const isAlive = this.#isAlive()
    if (!isAlive && this.#identity !== null) this.#forget()
    this.#sample(now)
    const { next, action } = decide(this.kept.policy(), this.#state, this.#see(isAlive, now), now)
    const wasRunning = this.#state.phase.kind === 'running'
    this.#state = next
    if (!wasRunning && next.phase.kind === 'running') this.kept.onRunning()
    if (action !== null) this.#act(action)
    if (this.#identity !== null) this.#probe(now)
  }

  #see(isAlive: boolean, now: number): Observation {
    const limitMs = this.#state.phase.kind === 'starting' ? HUNG_STARTING_MS : HUNG_RUNNING_MS
    const silentMs = this.#silentSince === null ? 0 : now - this.#silentSince
    return {
      isAlive,
      isReady: this.#isReady,
      isHung: this.#failures >= HUNG_FAILURES && silentMs >= limitMs,
      overLimit: this.#overLimit,
      exit: isAlive ? null : this.#exit,
      isWanted: this.kept.isWanted(),
      canStart: this.kept.canStart(),
    }
  }

  #sample(now: number): void {
    const limits = this.kept.limits()
    if (limits === null || this.#identity === null || !this.#usage.isDue(now)) return
    const usage = this.#tools.host.usage(this.#identity)
    this.#overLimit = usage === null ? null : this.#usage.take(now, usage, limits)
  }

  /** Book-keeping that fails (a full disk) must not keep the process from being looked after. */
  #attempt(what: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      const process = this.kept.name
      this.#tools.logger.error('supervision', `${what}: ${textOf(error)}`, { process })
    }
  }

  #forget(): void {
    const { logger, store } = this.#tools
    if (!this.#isChild && this.#identity !== null)
      this.#exit = this.kept.toldExit(this.#identity.pid)
    const isAsked = this.#state.phase.kind === 'stopping'
    const fields = { process: this.kept.name, pid: this.#identity?.pid }
    if (isAsked) logger.info('supervision', describeExit(this.#exit), fields)
    else logger.warn('supervision', describeExit(this.#exit), fields)
    this.#identity = null
    this.#isReady = false
    this.#overLimit = null
    this.#attempt('its record was not removed', () => store.removeProcess(this.kept.name))
    this.#attempt('its pid file was not removed', () => this.kept.onEnded())
  }

  #act(action: SupervisionAction): void {
    const { host, logger } = this.#tools
    const identity = this.#identity
    if (action.kind === 'spawn') this.#spawn(action.isRestart, action.usesNextPort)
    else if (action.kind === 'hold') {
      logger.warn('supervision', `${action.hold}: ${action.reason}`, { process: this.kept.name })
      this.kept.onHold(action.hold, action.reason)
    } else if (identity !== null && action.kind === 'kill') {
      logger.error('supervision', `killed: it ${action.reason}`, { process: this.kept.name })
      host.signal(identity, 'SIGKILL')
      this.#failures = 0
      this.#silentSince = null
    } else if (identity !== null) {
      this.kept.terminate(() => void host.signal(identity, 'SIGTERM'))
    }
  }

  #spawn(isRestart: boolean, usesNextPort: boolean): void {
    const { clock, logger } = this.#tools
    const { name } = this.kept
    this.#exit = null
    try {
      const spawned = this.#spawnRecorded(usesNextPort)
      this.#attempt('its start was not written down', () => this.kept.onSpawned(spawned, isRestart))
      const text = isRestart ? 'restarted' : 'started'
      logger.info('supervision', text, { process: name, pid: spawned.pid })
    } catch (error) {
      const reason = `could not be started: ${textOf(error)}`
      logger.error('supervision', reason, { process: name })
      this.#state = spawnFailed(this.kept.policy(), this.#state, reason, clock.monotonicMs())
    }
  }

  /** The record stands before the process does. @throws Error when there is no process */
  #spawnRecorded(usesNextPort: boolean): ProcessIdentity {
    const { host, store, clock } = this.#tools
    const { name } = this.kept
    const token = this.#tools.newToken()
    const startedAt = clock.wallMs()
    const plan = this.kept.launch(token, usesNextPort)
    const record = { name, token, launchFile: plan.launchFile, startedAt }
    store.saveProcess({ ...record, pid: null, startTime: '', bootId: '' })
    this.#stderr = { path: plan.stderrFile, from: sizeOf(plan.stderrFile) }
    const spawned = host.spawn({ ...plan, args: ['--launch', plan.launchFile], token }, (exit) =>
      this.#onExit(spawned, exit),
    )
    this.#take(spawned, true, startedAt)
    this.#attempt('its pid was not recorded', () => store.saveProcess({ ...record, ...spawned }))
    return spawned
  }

  #onExit(spawned: ProcessIdentity, exit: ProcessExit): void {
    if (this.#identity?.pid !== spawned.pid) return
    this.#exit = exit
    this.look()
  }

  #probe(now: number): void {
    if (this.#isProbing || now < this.#nextProbeAt) return
    this.#isProbing = true
    const { clock } = this.#tools
    const identity = this.#identity
    this.kept
      .probe()
      .then(
        (isReady) => {
          if (identity !== this.#identity) return
          this.#failures = 0
          this.#silentSince = null
          this.#isReady = isReady
        },
        () => {
          if (identity !== this.#identity) return
          this.#failures += 1
          this.#silentSince ??= now
        },
      )
      .finally(() => {
        this.#isProbing = false
        this.#nextProbeAt = clock.monotonicMs() + this.#probePauseMs()
      })
  }

  #probePauseMs(): number {
    if (!this.#isReady || this.#state.phase.kind === 'starting') return PROBE_STARTING_MS
    return this.#failures > 0 ? PROBE_FAILING_MS : this.kept.probeIntervalMs()
  }
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
