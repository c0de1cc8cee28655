/** A real exchange process on a real socket in a folder of its own, for tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { PaperVenue } from '../../src/adapters/venues/paper/paper-venue.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { VenueListener } from '../../src/ports/venue.ts'
import type { ExchangeLaunch } from '../../src/protocol/launch.ts'

const program = fileURLToPath(new URL('../../src/main/exchange.ts', import.meta.url))

export class ExchangeProcess {
  readonly home = mkdtempSync(join(tmpdir(), 'perpfleet-exchange-'))
  readonly launch: ExchangeLaunch
  #child: ChildProcess | null = null
  stderr = ''

  constructor(changes: Partial<ExchangeLaunch> = {}) {
    this.launch = {
      program: 'exchange',
      token: 'token-of-a-test',
      socket: join(this.home, 'run', 'exchange.sock'),
      pidFile: join(this.home, 'run', 'exchange.pid'),
      dbPath: join(this.home, 'database', 'exchange.db'),
      historyDir: join(this.home, 'history'),
      feed: 'demo',
      seed: 1,
      speed: 1,
      pace: 'free',
      expectedInstances: [],
      fillRule: 'through',
      wireLatencyMs: 0,
      log: { dir: join(this.home, 'logs'), level: 'info', format: 'text', timeZone: 'UTC' },
      ...changes,
    }
  }

  /** Starts the process; resolves at once, connections wait for it. */
  start(changes: Partial<ExchangeLaunch> = {}): ChildProcess {
    const file = join(this.home, 'exchange.launch.json')
    writeFileSync(file, JSON.stringify({ ...this.launch, ...changes }))
    const child = spawn(process.execPath, [program, '--launch', file], {
      cwd: this.home,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr?.on('data', (chunk) => {
      this.stderr += String(chunk)
    })
    this.#child = child
    return child
  }

  /** Waits for the end of the process. */
  async ended(): Promise<number | null> {
    const child = this.#child
    if (!child) return null
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    return await new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended()
  }

  venue(account: string, requestTimeoutMs = 2000): PaperVenue {
    const { socket, token } = this.launch
    const clock = new SystemClock()
    return new PaperVenue({ socket, token, account, clock, logger: silentLogger, requestTimeoutMs })
  }

  /** A venue that is connected. @throws Error with what the exchange said when it ends instead of listening */
  async connect(
    account: string,
    listener: VenueListener,
    requestTimeoutMs = 2000,
  ): Promise<PaperVenue> {
    const venue = this.venue(account, requestTimeoutMs)
    const child = this.#child
    await new Promise<void>((resolve, reject) => {
      const onExit = () => reject(new Error(`the exchange has ended: ${this.stderr}`))
      if (child?.exitCode !== null) onExit()
      child?.once('exit', onExit)
      void venue.connect(listener).then(() => {
        child?.off('exit', onExit)
        resolve()
      })
    }).catch(async (error: unknown) => {
      await venue.close()
      throw error
    })
    return venue
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.home, { recursive: true, force: true })
  }
}
