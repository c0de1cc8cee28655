/** A process under the restart policy that ships: at once, then 0.5, 1, 2 … s; forgotten after 60 healthy seconds. */
import { join } from 'node:path'
import { DetachedHost } from '../../src/adapters/processes/detached-host.ts'
import { backOffMs, servicePolicy } from '../../src/fleet/supervise.ts'
import type { ProcessExit, ProcessIdentity } from '../../src/ports/process-host.ts'

/** The compiled programs: what people run. */
export const PROGRAMS = join(import.meta.dirname, '..', '..', 'dist', 'main')

export type ProgramKind = 'exchange' | 'desk' | 'bot'

const HEALTHY_AFTER_MS = servicePolicy.healthyAfterMs
/** daemon_config.restart_delay as shipped; services: fleet/supervise.ts. */
const BOT_DELAY_MAX_MS = 60_000
/** daemon_config.crash_loop as shipped is 5 ends in 300 s; this supervisor counts them and never quarantines. */
const CRASH_LOOP_WINDOW_MS = 300_000

const host = new DetachedHost(process.env)

export interface SupervisedParts {
  readonly name: string
  readonly kind: ProgramKind
  readonly home: string
  readonly launchFile: string
  /** Writes the launch file of the next process. */
  prepare(): void
}

export class Supervised {
  readonly name: string
  readonly kind: ProgramKind
  readonly #parts: SupervisedParts
  #identity: ProcessIdentity | null = null
  #spawnedAt = 0
  #attempt = 0
  #isWanted = false
  #timer: NodeJS.Timeout | null = null
  #ended: (() => void)[] = []
  #ends: number[] = []
  restarts = 0
  /** Exit codes of ends that nobody asked for and that were no kill. */
  readonly failures: string[] = []

  constructor(parts: SupervisedParts) {
    this.#parts = parts
    this.name = parts.name
    this.kind = parts.kind
  }

  get pid(): number | null {
    return this.#identity?.pid ?? null
  }
  /** Since when this process runs, by performance.now(). */
  get spawnedAt(): number {
    return this.#spawnedAt
  }
  get isHealthy(): boolean {
    return this.#identity !== null && performance.now() - this.#spawnedAt >= HEALTHY_AFTER_MS
  }
  /** The most ends within a window of crash_loop. */
  get endsInWindow(): number {
    return this.#ends.length
  }

  start(): void {
    this.#isWanted = true
    this.#spawn()
  }

  #spawn(): void {
    const { name, kind, home, launchFile, prepare } = this.#parts
    prepare()
    this.#spawnedAt = performance.now()
    const identity = host.spawn(
      {
        program: join(PROGRAMS, `${kind}.js`),
        args: ['--launch', launchFile],
        folder: home,
        stdoutFile: join(home, 'logs', `${name}_stdout.log`),
        stderrFile: join(home, 'logs', `${name}_stderr.log`),
        token: name,
        environment: {},
      },
      (exit) => this.#onExit(identity, exit),
    )
    this.#identity = identity
  }

  #onExit(identity: ProcessIdentity, exit: ProcessExit): void {
    if (this.#identity?.pid !== identity.pid) return
    const now = performance.now()
    if (now - this.#spawnedAt >= HEALTHY_AFTER_MS) this.#attempt = 0
    this.#identity = null
    for (const resolve of this.#ended.splice(0)) resolve()
    if (exit.signal !== 'SIGKILL' && this.#isWanted) {
      this.failures.push(`${this.name} ended by itself: code ${exit.code}, signal ${exit.signal}`)
    }
    if (!this.#isWanted) return
    this.#ends = [...this.#ends.filter((at) => now - at < CRASH_LOOP_WINDOW_MS), now]
    this.restarts += 1
    const delayMaxMs = this.kind === 'bot' ? BOT_DELAY_MAX_MS : servicePolicy.delayMaxMs
    const delayMs = backOffMs(this.#attempt, delayMaxMs)
    this.#attempt += 1
    if (delayMs === 0) this.#spawn()
    else this.#timer = setTimeout(() => this.#spawn(), delayMs)
  }

  /** kill -9; resolves when the process is gone. The restart policy goes on. */
  async kill(): Promise<void> {
    const identity = this.#identity
    if (identity === null) return
    const gone = this.#end()
    process.kill(identity.pid, 'SIGKILL')
    await gone
  }

  /** Resolves at the next end of the process; detached children do not keep this process alive by themselves. */
  #end(): Promise<void> {
    const alive = setInterval(() => {}, 1000)
    return new Promise((resolve) => {
      this.#ended.push(() => {
        clearInterval(alive)
        resolve()
      })
    })
  }

  /** Resolves when the present process has ended, killed by somebody else. */
  async gone(pid: number): Promise<void> {
    if (this.#identity?.pid === pid) await this.#end()
  }

  /** An end that is asked for elsewhere (a stop by the desk) is no failure. */
  expectEnd(): void {
    this.#isWanted = false
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** SIGTERM, after 5 s SIGKILL; not started again. */
  async stop(): Promise<void> {
    this.expectEnd()
    const identity = this.#identity
    if (identity === null) return
    const gone = this.#end()
    host.signal(identity, 'SIGTERM')
    const timer = setTimeout(() => void host.signal(identity, 'SIGKILL'), 5000)
    await gone
    clearTimeout(timer)
  }
}
