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
import type { AlertCenter } from '../alerts/alert-center.ts'
import type { ApiServer } from '../api/server.ts'
import {
  type LoadedFleetConfiguration,
  loadFleetConfiguration,
} from '../config/fleet-configuration.ts'
import { fleetText } from '../config/fleet-difference.ts'
import { childEnvironment, processVariables } from '../config/process-environment.ts'
import { ConfigRecord } from '../fleet/config-record.ts'
import { ConfigWatch } from '../fleet/config-watch.ts'
import { type AccessCounts, counted } from '../fleet/counted.ts'
import { copyDemoInstances } from '../fleet/demo.ts'
import { type ChosenFeed, rememberFeed } from '../fleet/feed-choice.ts'
import { writeJson } from '../fleet/files.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { Health } from '../fleet/health.ts'
import { Home } from '../fleet/home.ts'
import { assertWritable } from '../fleet/home-check.ts'
import { releaseLock, takeLock } from '../fleet/home-lock.ts'
import { stillRunning, stopEverything } from '../fleet/shutdown.ts'
import { Upkeep } from '../fleet/upkeep.ts'
import { stateOf } from '../fleet/view.ts'
import type { ControlFile } from '../protocol/fleet-messages.ts'
import { ControlAccess } from './control-access.ts'
import { openAlerts } from './control-alerts.ts'
import { controlApi, isOpenHost, localName } from './control-api.ts'
import { bannerText, INSTANCES_SHOWN } from './control-banner.ts'
import { makeFleet } from './control-fleet.ts'
import { type ControlLab, openLab } from './control-lab.ts'
import {
  type ControlOptions,
  chosenFeed,
  normalFeed,
  type Say,
  StartRefused,
} from './control-start.ts'
import { PACKAGE_ROOT } from './package-root.ts'

const PROGRAMS = join(PACKAGE_ROOT, 'dist', 'main')
const FEED_WAIT_MS = 60_000
const INSTANCES_WAIT_MS = 10_000
const LOOK_MS = 50
/** So long the last answer may take to leave. */
const ANSWER_MS = 50
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
  /** For /metrics. */
  readonly #queries: AccessCounts = { ok: 0, failed: 0 }
  #configStore: SqliteConfigStore | null = null
  #fleet!: Fleet
  #health!: Health
  #upkeep: Upkeep | null = null
  #alerts: AlertCenter | null = null
  #configuration!: LoadedFleetConfiguration['configuration']
  #access: ControlAccess | null = null
  #lab: ControlLab | null = null
  #server!: ApiServer
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
    const feed = normalFeed(this.#options.asked.feed)
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

  async #startLocked(feed: string | null): Promise<void> {
    const home = this.#home
    const loaded = this.#loadConfiguration()
    const { configuration } = loaded
    this.#configuration = configuration
    this.#logger = this.#openLog(configuration)
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
    this.#chosen = chosenFeed(
      { ...this.#options.asked, feed },
      this.#store,
      named.map((one) => one.settings.feed),
    )
    this.#configStore = new SqliteConfigStore(home.fleetDatabase)
    this.#fleet = this.#makeFleet(loaded, watch, this.#configStore)
    this.#health = new Health(this.#fleet)
    this.#alerts = openAlerts({
      fleet: this.#fleet,
      store: this.#store,
      configuration: () => this.#configuration,
    })
    this.#access = await this.#openDoor(loaded)
    await this.#listen(configuration, this.#access, this.#configStore)
    this.#fleet.start()
    this.#upkeep = new Upkeep(this.#fleet, {
      retentionDays: configuration.logging.retention_days,
      sizeMaxBytes: configuration.logging.max_size_mb * MEBIBYTE,
    })
    this.#upkeep.clean()
    this.#tellFaults()
    await this.#untilFed()
    if (this.#isEnding) return
    rememberFeed(this.#store, this.#chosen)
    await this.#access.makeFirstUser()
    this.#isReady = true
    await this.#until(INSTANCES_WAIT_MS, () => this.#areSettled())
  }

  #openLog({
    logging,
    time_zone: timeZone,
  }: LoadedFleetConfiguration['configuration']): FileLogger {
    return createFileLogger({
      dir: this.#home.logs('control'),
      name: 'control',
      level: logging.level,
      format: logging.format,
      timeZone,
      sizeMaxBytes: logging.max_size_mb * MEBIBYTE,
      secrets: this.#secrets,
      errorName: 'error',
    })
  }

  #makeFleet(
    loaded: LoadedFleetConfiguration,
    watch: ConfigWatch,
    configStore: SqliteConfigStore,
  ): Fleet {
    const home = this.#home
    const record = new ConfigRecord(configStore, home, () => this.#clock.wallMs())
    this.#recordFleet(record, loaded)
    return makeFleet({
      home,
      host: this.#host,
      store: counted(this.#store, this.#queries),
      clock: this.#clock,
      logger: this.#logger,
      secrets: this.#secrets,
      token: this.#token,
      programs: PROGRAMS,
      configuration: loaded.configuration,
      chosen: this.#chosen,
      reload: {
        watch,
        record,
        onFleetChanged: (changed) => {
          this.#configuration = changed.configuration
          this.#recordFleet(record, changed)
          this.#learnSecrets(changed)
          this.#access?.adopt(changed.configuration.api)
          this.#logger.setLevel(changed.configuration.logging.level)
        },
      },
    })
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

  /** @throws Error for a PERPFLEET_ADMIN_PASSWORD that cannot be taken */
  async #openDoor({
    configuration,
    environment,
  }: LoadedFleetConfiguration): Promise<ControlAccess> {
    return ControlAccess.open({
      fleetDatabase: this.#home.fleetDatabase,
      fleetStore: this.#store,
      api: configuration.api,
      localToken: this.#token,
      adminPassword: processVariables(environment).adminPassword,
      secrets: this.#secrets,
      logger: this.#logger,
      wallMs: () => this.#clock.wallMs(),
    })
  }

  async #listen(
    { api, retention, jobs }: LoadedFleetConfiguration['configuration'],
    access: ControlAccess,
    configStore: SqliteConfigStore,
  ): Promise<void> {
    const isOpen = isOpenHost(api.host)
    const { fleetConfig } = this.#options
    this.#lab = openLab({
      home: this.#home,
      programs: PROGRAMS,
      fleetConfig,
      concurrency: jobs.concurrency,
      wallMs: () => this.#clock.wallMs(),
    })
    this.#server = await controlApi({
      fleet: this.#fleet,
      health: this.#health,
      alerts: this.#alerts as AlertCenter,
      configStore,
      fleetConfig,
      lab: this.#lab.parts,
      packageRoot: PACKAGE_ROOT,
      api,
      equityDays: retention.equity_days,
      access: access.parts(),
      version: packageVersion(),
      queries: this.#queries,
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
    return wanted.every(
      (unit) =>
        unit.process.phase.kind === 'held' ||
        (unit.process.phase.kind === 'running' &&
          stateOf(this.#fleet, unit).state !== 'reconciling'),
    )
  }

  async #until(limitMs: number, isDone: () => boolean): Promise<boolean> {
    const end = this.#clock.monotonicMs() + limitMs
    while (!isDone()) {
      if (this.#isEnding || this.#clock.monotonicMs() > end) return false
      await new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve))
    }
    return true
  }

  /** How to log in for the first time, told once; null = there is nothing to tell. */
  takeLoginText(command: string, isLogged: boolean): string | null {
    return this.#access?.takeLoginText(command, isLogged) ?? null
  }

  /** What people read after the start. */
  banner(): string {
    const { port } = new URL(this.#url())
    return bannerText(this.#fleet, this.#chosen.choice, port)
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
    this.#alerts?.close()
    this.#fleet?.close()
    this.#health?.close()
    void this.#server?.close().catch(() => {})
    rmSync(this.#home.controlFile, { force: true })
    this.#access?.close()
    this.#lab?.close()
    this.#configStore?.close()
    this.#store?.close()
    this.#logger?.close()
    releaseLock(this.#home.controlLock, this.#host)
  }
}

const packageVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'))
  const isNamed = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isNamed ? String(manifest.version) : 'unknown'
}
