/** Joins the parts of the control plane and runs it until it is told to end. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteConfigStore } from '../adapters/stores/sqlite-config-store.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { SystemClock } from '../adapters/system/clock.ts'
import { createFileLogger, type FileLogger } from '../adapters/telemetry/file-logger.ts'
import { SecretMask, secretsIn, secretsOfEnvironment } from '../adapters/telemetry/secrets.ts'
import { request } from '../client/http-client.ts'
import { askDesk, askExchangeStatus, type DeskQuestion } from '../client/local-socket.ts'
import {
  type LoadedFleetConfiguration,
  loadFleetConfiguration,
} from '../config/fleet-configuration.ts'
import { fleetText } from '../config/fleet-difference.ts'
import { childEnvironment } from '../config/process-environment.ts'
import { feedName } from '../exchange/feed.ts'
import { ConfigRecord } from '../fleet/config-record.ts'
import { ConfigWatch } from '../fleet/config-watch.ts'
import { copyDemoInstances } from '../fleet/demo.ts'
import {
  type AskedFeed,
  type ChosenFeed,
  chooseFeed,
  FeedRefused,
  rememberFeed,
} from '../fleet/feed-choice.ts'
import { writeJson } from '../fleet/files.ts'
import { Fleet, type FleetLinks } from '../fleet/fleet.ts'
import { Health } from '../fleet/health.ts'
import { Home } from '../fleet/home.ts'
import { assertWritable } from '../fleet/home-check.ts'
import { releaseLock, takeLock } from '../fleet/home-lock.ts'
import { HttpServer } from '../fleet/http-server.ts'
import { writeRegistry } from '../fleet/registry.ts'
import type { ReloadParts } from '../fleet/reload.ts'
import { stillRunning, stopEverything } from '../fleet/shutdown.ts'
import { Upkeep } from '../fleet/upkeep.ts'
import { feedLabel } from '../fleet/view.ts'
import type { ControlFile } from '../protocol/fleet-messages.ts'
import { controlHttp } from './control-http.ts'

export interface ControlOptions {
  /** Absolute. */
  readonly home: string
  /** Null = as configured (8080); 0 = any free one. */
  readonly port: number | null
  readonly asked: AskedFeed
  readonly fleetConfig: string | null
}

/** The control plane does not start; `exitCode` as in docs/reference/commands.md. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
  readonly exitCode: 1 | 4
  constructor(exitCode: 1 | 4, text: string, options?: ErrorOptions) {
    super(text, options)
    this.exitCode = exitCode
  }
}

/** Where progress is told to people. */
export type Say = (text: string) => void

const PACKAGE_ROOT = join(import.meta.dirname, '..', '..')
const PROGRAMS = join(PACKAGE_ROOT, 'dist', 'main')
const FEED_WAIT_MS = 60_000
const INSTANCES_WAIT_MS = 10_000
const LOOK_MS = 50
/** So long the last answer may take to leave. */
const ANSWER_MS = 50
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i
/** Of very many instances the list tells the rest. */
const INSTANCES_SHOWN = 100
const MEBIBYTE = 1_048_576

export class ControlPlane {
  readonly #home: Home
  readonly #say: Say
  readonly #options: ControlOptions
  readonly #host = new DetachedHost(childEnvironment())
  readonly #clock = new SystemClock()
  readonly #token = randomBytes(32).toString('hex')
  readonly #secrets = new SecretMask()
  #logger!: FileLogger
  #store!: SqliteFleetStore
  #configStore: SqliteConfigStore | null = null
  #fleet!: Fleet
  #health!: Health
  #upkeep: Upkeep | null = null
  #server!: HttpServer
  #chosen!: ChosenFeed
  #isReady = false
  #isEnding = false
  #ended: () => void = () => {}
  /** Resolves when the control plane has ended. */
  readonly ended: Promise<void>

  constructor(options: ControlOptions, say: Say) {
    this.#options = options
    this.#home = new Home(options.home)
    this.#say = say
    this.ended = new Promise((resolve) => {
      this.#ended = resolve
    })
  }

  /** @throws StartRefused */
  async start(): Promise<void> {
    const feed = this.#normalFeed()
    const home = this.#home
    this.#prepareHome()
    const owner = takeLock(home.controlLock, this.#host)
    if (owner !== null) {
      throw new StartRefused(
        4,
        `a control plane (pid ${owner.pid}) already runs in ${home.root}: perpfleet status shows it, perpfleet down ends it`,
      )
    }
    try {
      await this.#startLocked(feed)
    } catch (error) {
      const refusal = this.#refusalOf(error)
      this.#giveUp()
      throw refusal
    }
  }

  /** A start that fails is told in one sentence; where it failed stands in the log. */
  #refusalOf(error: unknown): StartRefused {
    if (error instanceof StartRefused) return error
    const text = error instanceof Error ? error.message : String(error)
    const stack = error instanceof Error ? error.stack : undefined
    this.#logger?.error('control', `the control plane does not start: ${text}`, { stack })
    return new StartRefused(1, text, { cause: error })
  }

  /** @throws StartRefused when nothing can be written there */
  #prepareHome(): void {
    try {
      assertWritable(this.#home)
      process.chdir(this.#home.root)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw new StartRefused(1, text, { cause: error })
    }
  }

  #normalFeed(): string | null {
    const { feed } = this.#options.asked
    if (feed === null) return null
    if (feed === 'live') {
      throw new StartRefused(
        4,
        'live prices are not part of this version: use --feed demo, or --feed replay:SET with imported history',
      )
    }
    try {
      return feedName(feed)
    } catch (error) {
      throw new StartRefused(4, error instanceof Error ? error.message : String(error), {
        cause: error,
      })
    }
  }

  async #startLocked(feed: string | null): Promise<void> {
    const home = this.#home
    const loaded = this.#loadConfiguration()
    const { configuration } = loaded
    this.#logger = createFileLogger({
      dir: home.logs('control'),
      name: 'control',
      level: configuration.logging.level,
      format: configuration.logging.format,
      timeZone: configuration.time_zone,
      sizeMaxBytes: configuration.logging.max_size_mb * MEBIBYTE,
      secrets: this.#secrets,
      errorName: 'error',
    })
    this.#learnSecrets(loaded)
    mkdirSync(home.database, { recursive: true })
    this.#store = new SqliteFleetStore(home.fleetDatabase)
    const copied = copyDemoInstances(home, join(PACKAGE_ROOT, 'config', 'templates'))
    if (copied.length > 0) {
      this.#say(`first start here: copied ${copied.join(', ')} to config/active/`)
    }
    const watch = new ConfigWatch(
      { home, clock: this.#clock, loadFleet: () => this.#readConfiguration() },
      loaded,
    )
    const named = watch.read().instances
    this.#chosen = this.#chooseFeed(
      feed,
      named.map((one) => one.settings.feed),
    )
    this.#configStore = new SqliteConfigStore(home.fleetDatabase)
    const record = new ConfigRecord(this.#configStore, home, () => this.#clock.wallMs())
    this.#recordFleet(record, loaded)
    this.#fleet = this.#makeFleet(loaded, {
      watch,
      record,
      onFleetChanged: (changed) => {
        this.#recordFleet(record, changed)
        this.#learnSecrets(changed)
        this.#logger.setLevel(changed.configuration.logging.level)
      },
    })
    this.#health = new Health(this.#fleet)
    await this.#listen(configuration.api, this.#configStore)
    this.#fleet.start()
    this.#upkeep = new Upkeep(this.#fleet, {
      retentionDays: configuration.logging.retention_days,
      sizeMaxBytes: configuration.logging.max_size_mb * MEBIBYTE,
    })
    this.#upkeep.clean()
    this.#tellFaults()
    await this.#untilFed()
    rememberFeed(this.#store, this.#chosen)
    this.#isReady = true
    await this.#until(INSTANCES_WAIT_MS, () => this.#areSettled())
  }

  #tellFaults(): void {
    const told = [...this.#fleet.faults, ...this.#fleet.warnings]
    for (const text of told.slice(0, INSTANCES_SHOWN)) this.#say(text)
    const left = told.length - INSTANCES_SHOWN
    if (left > 0) this.#say(`and ${left} more: perpfleet config validate`)
  }

  /** What no log of this process may hold, whatever sentence it stands in. */
  #learnSecrets({ configuration, environment }: LoadedFleetConfiguration): void {
    this.#secrets.add(this.#token)
    const values = [...secretsIn(configuration), ...secretsOfEnvironment(environment)]
    for (const value of values) this.#secrets.add(value)
  }

  #chooseFeed(feed: string | null, named: readonly (string | null)[]): ChosenFeed {
    try {
      return chooseFeed({ ...this.#options.asked, feed }, this.#store, named)
    } catch (error) {
      if (error instanceof FeedRefused) throw new StartRefused(4, error.message, { cause: error })
      throw error
    }
  }

  #readConfiguration(): LoadedFleetConfiguration {
    const { fleetConfig } = this.#options
    return loadFleetConfiguration({ home: this.#home.root, fleetConfig })
  }

  #loadConfiguration(): LoadedFleetConfiguration {
    const loaded = this.#readConfiguration()
    if (loaded.faults.length > 0) {
      throw new StartRefused(1, loaded.faults.map(({ text }) => text).join('\n'))
    }
    for (const { text } of loaded.warnings) this.#say(text)
    return loaded
  }

  /** The fleet's configuration has versions too: what holds, key by key, secrets masked. */
  #recordFleet(record: ConfigRecord, { configuration }: LoadedFleetConfiguration): void {
    const text = fleetText(configuration)
    const path = join(this.#home.root, 'config', 'local.yml')
    if (record.isNew('fleet', text)) record.addAll([record.found('fleet', path, text)])
  }

  #makeFleet(loaded: LoadedFleetConfiguration, reload: ReloadParts): Fleet {
    const { logging, time_zone: timeZone } = loaded.configuration
    return new Fleet({
      home: this.#home,
      tools: {
        host: this.#host,
        store: this.#store,
        clock: this.#clock,
        logger: this.#logger,
        newToken: () => randomBytes(16).toString('hex'),
      },
      links: this.#links(),
      service: {
        home: this.#home,
        programs: PROGRAMS,
        log: {
          level: logging.level,
          format: logging.format,
          timeZone,
          sizeMaxBytes: logging.max_size_mb * MEBIBYTE,
        },
        socketToken: (name) => this.#socketToken(name),
        wallMs: () => this.#clock.wallMs(),
      },
      choice: this.#chosen.choice,
      isFeedForced: this.#chosen.isForced,
      reload,
      afterLook: writeRegistry,
      openDaemonLog: (dir, id) => {
        const { level, format } = logging
        return createFileLogger({
          dir,
          name: 'daemon',
          level,
          format,
          timeZone,
          sizeMaxBytes: logging.max_size_mb * MEBIBYTE,
          secrets: this.#secrets,
          fields: { bot: id },
        })
      },
    })
  }

  #links(): FleetLinks {
    const bot = (port: number) => ({ url: `http://127.0.0.1:${port}`, token: this.#token })
    return {
      askDesk: (desk, question, timeoutMs) => askDesk(desk, question as DeskQuestion, timeoutMs),
      askExchangeStatus,
      getFromBot: (port, path, timeoutMs) => request(bot(port), { method: 'GET', path, timeoutMs }),
      postToBot: (port, path, body, timeoutMs) =>
        request(bot(port), { method: 'POST', path, body, timeoutMs }),
    }
  }

  #socketToken(name: string): string {
    const key = `token.${name}`
    const known = this.#store.setting(key)
    this.#secrets.add(known ?? '')
    if (known !== null) return known
    const token = randomBytes(32).toString('hex')
    this.#store.saveSetting(key, token)
    this.#secrets.add(token)
    return token
  }

  async #listen(
    api: { readonly host: string; readonly port: number },
    configStore: SqliteConfigStore,
  ): Promise<void> {
    const isOpen = !LOOPBACK.test(api.host)
    const { fleetConfig } = this.#options
    const parts = { fleet: this.#fleet, configStore, fleetConfig, packageRoot: PACKAGE_ROOT }
    this.#server = new HttpServer({
      ...controlHttp(parts),
      isOpen,
      fleet: this.#fleet,
      health: this.#health,
      token: this.#token,
      version: { version: packageVersion(), node: process.version },
      isReady: () => this.#isReady && !this.#isEnding,
      shutDown: (withBots) => this.end(withBots),
    })
    const port = await this.#server
      .listen(api.host, this.#options.port ?? api.port)
      .catch((error: Error) => {
        throw new StartRefused(4, error.message, { cause: error })
      })
    if (isOpen) {
      const text = `other machines may ask at ${api.host}:${port}, and their tokens travel in clear: put a proxy with TLS in front, or set api.host to 127.0.0.1 and use a tunnel`
      this.#say(text)
      this.#logger.warn('control', text)
    }
    const file: ControlFile = {
      url: `http://${localName(api.host)}:${port}`,
      pid: process.pid,
      token: this.#token,
      started_at: new Date(this.#clock.wallMs()).toISOString(),
    }
    writeJson(this.#home.controlFile, file, 0o600)
    this.#logger.info('control', 'listening', { url: file.url, pid: file.pid })
  }

  /** @throws StartRefused when the exchange refuses the feed */
  async #untilFed(): Promise<void> {
    const fleet = this.#fleet
    const isKnown = () => fleet.feedRefusal !== null || fleet.exchange.phase.kind === 'running'
    const isDone = await this.#until(FEED_WAIT_MS, isKnown)
    if (fleet.feedRefusal !== null) throw new StartRefused(4, fleet.feedRefusal)
    if (!isDone)
      this.#say(`the exchange is not ready yet: ${this.#home.logs('exchange')} tells why`)
  }

  #areSettled(): boolean {
    const wanted = [...this.#fleet.units.values()].filter(
      (unit) => unit.desired !== 'stopped' && unit.config !== null,
    )
    return wanted.every(({ process: one }) => ['running', 'held'].includes(one.phase.kind))
  }

  async #until(limitMs: number, isDone: () => boolean): Promise<boolean> {
    const end = this.#clock.monotonicMs() + limitMs
    while (!isDone()) {
      if (this.#isEnding || this.#clock.monotonicMs() > end) return false
      await new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve))
    }
    return true
  }

  /** What people read after the start. */
  banner(): string {
    const fleet = this.#fleet
    const url = `http://localhost:${new URL(this.#url()).port}`
    const status = fleet.exchangeStatus
    const lines = [`dashboard  ${url}`, `market     ${feedLabel(status ?? this.#chosen.choice)}`]
    const units = [...fleet.units.values()]
    for (const unit of units.slice(0, INSTANCES_SHOWN)) {
      const { phase } = unit.process
      const where = unit.process.isAlive ? `http://localhost:${unit.record.webPort}` : ''
      const hold = unit.record.hold
      const word =
        phase.kind === 'held'
          ? `${phase.hold}: ${hold?.reason ?? phase.reason}`
          : unit.desired === 'stopped'
            ? 'stopped'
            : phase.kind
      lines.push(
        `${unit.id}  ${[unit.config?.settings.symbol, where, word].filter(Boolean).join('  ')}`,
      )
    }
    const left = units.length - INSTANCES_SHOWN
    if (left > 0) lines.push(`and ${left} more: perpfleet list`)
    return lines.join('\n')
  }

  #url(): string {
    return (JSON.parse(readFileSync(this.#home.controlFile, 'utf8')) as ControlFile).url
  }

  /**
   * Ends the control plane; `withBots`: bots, desk and exchange too. Desired states stay.
   * @returns what runs on of what should have stopped; whoever asked over HTTP still gets the answer
   */
  async end(withBots: boolean): Promise<readonly string[]> {
    if (this.#isEnding) return []
    this.#isEnding = true
    let left: readonly string[] = []
    this.#logger.info('control', withBots ? 'ends with everything' : 'ends, bots go on')
    if (withBots) {
      this.#say('cancelling orders and stopping everything; positions are kept …')
      left = await stopEverything(this.#fleet)
      this.#say(
        left.length === 0
          ? 'everything has stopped; perpfleet up goes on where it was'
          : `still running: ${left.join(', ')}; perpfleet down --stop-bots tries again`,
      )
    } else this.#say(`the control plane ends; ${stillRunning(this.#fleet)}`)
    this.#clock.after(ANSWER_MS, () => {
      this.#giveUp()
      this.#ended()
    })
    return left
  }

  /** Ends at once and leaves everything as it is. */
  leaveAtOnce(): void {
    this.#isEnding = true
    this.#giveUp()
    this.#ended()
  }

  #giveUp(): void {
    this.#upkeep?.close()
    this.#fleet?.close()
    this.#health?.close()
    this.#server?.close()
    rmSync(this.#home.controlFile, { force: true })
    this.#configStore?.close()
    this.#store?.close()
    this.#logger?.close()
    releaseLock(this.#home.controlLock, this.#host)
  }
}

/** How this machine reaches what listens there. */
function localName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

const packageVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'))
  const isNamed = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isNamed ? String(manifest.version) : 'unknown'
}
