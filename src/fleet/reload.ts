/**
 * Brings what runs into line with what the files say: hot keys are handed to the bot, others replace its process with
 * its orders kept, one bot after the other; what is faulty or cannot be changed is refused, and the configuration
 * accepted last goes on (docs/guides/configuration.md).
 */

import type { LoadedFleetConfiguration } from '../config/fleet-configuration.ts'
import { changedFleetKeys } from '../config/fleet-difference.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { shippedStrategies } from '../config/strategy-catalogue.ts'
import type { NewConfigVersion } from '../ports/config-store.ts'
import type { InstanceRecord } from '../ports/fleet-store.ts'
import type { BotLaunch } from '../protocol/launch.ts'
import { takeAdjustReports } from './adjust-reports.ts'
import type { ConfigRecord } from './config-record.ts'
import type { ConfigWatch, WatchedConfiguration } from './config-watch.ts'
import { readJson, writeJson } from './files.ts'
import type { Home } from './home.ts'
import { type InstanceUnit, newRecord } from './instance-unit.ts'
import type { ProcessTools } from './kept-process.ts'
import { planReload, refusalText } from './reload-plan.ts'

export interface ReloadParts {
  readonly watch: ConfigWatch
  readonly record: ConfigRecord
  /** The fleet's configuration is another now; what is hot acts at once. */
  onFleetChanged(loaded: LoadedFleetConfiguration): void
}

/** The part of the fleet that the files act on. */
export interface ReloadedFleet {
  readonly units: ReadonlyMap<string, InstanceUnit>
  readonly isDraining: boolean
  readonly parts: {
    readonly home: Home
    readonly tools: ProcessTools
    readonly links: {
      postToBot(port: number, path: string, body: unknown, timeoutMs: number): Promise<unknown>
    }
  }
  register(record: InstanceRecord): void
}

/** An edit that does not act, and why. */
interface Refusal {
  readonly text: string
  /** Of the content that was refused; null = a faulty file. */
  readonly fileHash: string | null
}

const HOT_TIMEOUT_MS = 5000
const HOT_RETRY_MS = 1000
/** A bot that was replaced has so long to run before the next one is. */
const RESTART_WAIT_MS = 20_000
/** Answers of a bot that will be the same the next time. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'REFUSED_RISK',
  'VALIDATION',
  'CONFLICT',
  'INTERNAL',
])

export class Reload {
  readonly #fleet: ReloadedFleet
  readonly #parts: ReloadParts
  #watched: WatchedConfiguration | null = null
  readonly #refusals = new Map<string, Refusal>()
  #told: ReadonlySet<string> = new Set()
  /** Being handed to a bot, or waiting to be tried again. */
  readonly #hot = new Map<string, { readonly config: ResolvedInstance; nextAt: number }>()
  readonly #toRestart = new Set<string>()
  #restarting: { readonly id: string; readonly since: number } | null = null
  #accepted: NewConfigVersion[] = []
  #isLoading = false

  constructor(fleet: ReloadedFleet, parts: ReloadParts) {
    this.#fleet = fleet
    this.#parts = parts
  }

  get faults(): readonly string[] {
    const edits = [...this.#refusals].filter(([, { fileHash }]) => fileHash !== null)
    return [...(this.#watched?.faults ?? []), ...edits.map(([id, { text }]) => `${id}: ${text}`)]
  }
  get warnings(): readonly string[] {
    return this.#watched?.warnings ?? []
  }
  /** Why the file of an instance does not act as it stands; null = it does. */
  refusalOf(id: string): string | null {
    return this.#refusals.get(id)?.text ?? null
  }

  /** Reads the files now, as `start` and `restart` ask for. */
  scan(): void {
    this.#take(this.#parts.watch.read())
  }

  /** Before anything is adopted: which instances there are. Nothing is judged or written down yet. */
  load(): void {
    this.#isLoading = true
    this.scan()
    this.#isLoading = false
  }

  /** After the adoption: what was edited while no control plane ran is judged by what the bots were told. */
  afterAdoption(): void {
    for (const unit of this.#fleet.units.values()) {
      const { config } = unit
      if (config === null || !this.#isConfigured(config)) continue
      if (unit.process.isAlive) this.#useAccepted(unit)
      this.#judge(unit, config)
    }
    this.#saveAccepted()
  }

  #isConfigured(config: ResolvedInstance): boolean {
    return this.#watched?.instances.includes(config) ?? false
  }

  /** Looks whether files have changed, and goes on with what is under way. */
  poll(): void {
    this.#takeAdjustments()
    const watched = this.#parts.watch.poll()
    if (watched !== null) this.#take(watched)
    this.#retryHot()
    this.#restartNext()
  }

  #takeAdjustments(): void {
    const { home, tools } = this.#fleet.parts
    takeAdjustReports({
      ...this.#parts,
      folder: home.run,
      logger: tools.logger,
      wallMs: () => tools.clock.wallMs(),
      fileOf: (id) => this.#fleet.units.get(id)?.config?.file ?? null,
    })
  }

  #take(watched: WatchedConfiguration): void {
    const before = this.#watched
    this.#watched = watched
    this.#fleetTaken(before?.fleet ?? null, watched.fleet)
    this.#tell(watched)
    const byId = new Map(watched.instances.map((one) => [one.id, one]))
    this.#register(byId)
    for (const unit of this.#fleet.units.values()) {
      const config = byId.get(unit.id)
      if (config !== undefined) this.#offer(unit, config)
      else if (this.isFileThere(unit)) this.#keepOld(unit, watched)
      else this.#fileIsGone(unit)
    }
    this.#saveAccepted()
  }

  #register(byId: ReadonlyMap<string, ResolvedInstance>): void {
    const { clock } = this.#fleet.parts.tools
    for (const config of byId.values()) {
      if (!this.#fleet.units.has(config.id)) this.#fleet.register(newRecord(config, clock.wallMs()))
    }
  }

  /** Faults and warnings are logged when they come up, and faults are alerts. */
  #tell({ faults, warnings }: WatchedConfiguration): void {
    const { logger } = this.#fleet.parts.tools
    for (const text of faults) if (!this.#told.has(text)) this.#alert(text, {})
    for (const text of warnings) if (!this.#told.has(text)) logger.warn('configuration', text)
    this.#told = new Set([...faults, ...warnings])
  }

  #alert(text: string, fields: Readonly<Record<string, unknown>>): void {
    const alert = { alert: 'ConfigurationRefused', severity: 'warning' }
    this.#fleet.parts.tools.logger.error('configuration', text, { ...alert, ...fields })
  }

  #fleetTaken(before: LoadedFleetConfiguration | null, now: LoadedFleetConfiguration): void {
    if (before === now || before === null) return
    const { logger } = this.#fleet.parts.tools
    const changes = changedFleetKeys(before.configuration, now.configuration)
    const keys = changes.map(({ key }) => key)
    logger.info('configuration', 'the fleet’s configuration was taken over', { keys })
    // What instances use reaches them by their own files; the control plane itself reads the rest once.
    const later = changes.filter(({ key, isHot }) => !isHot && !/^trading\./.test(key))
    if (later.length > 0) {
      const names = later.map(({ key }) => key).join(', ')
      logger.warn('configuration', `${names}: acts when the control plane starts the next time`)
    }
    this.#parts.onFleetChanged(now)
  }

  /** Whether its file lies in config/active/ still, faulty or not. */
  isFileThere(unit: InstanceUnit): boolean {
    const seen = this.#watched?.files.get(unit.record.configFile)
    if (seen === undefined) return false
    const { instance } = seen.loaded
    return instance === null || instance.id === unit.id
  }

  #fileIsGone(unit: InstanceUnit): void {
    unit.setConfig(null)
    unit.setDesired('stopped')
    this.#refusals.delete(unit.id)
    this.#hot.delete(unit.id)
  }

  /** Its file is faulty: what was accepted last goes on. */
  #keepOld(unit: InstanceUnit, watched: WatchedConfiguration): void {
    const { configFile } = unit.record
    const faults = watched.files.get(configFile)?.faults ?? []
    if (unit.config === null) this.#useAccepted(unit)
    const goesOn = unit.config === null ? '' : ' (the configuration accepted last goes on)'
    const text = `its file has faults${goesOn}: ${faults.join(' ')}`
    this.#refusals.set(unit.id, { text, fileHash: null })
  }

  /** After a restart of the control plane the last good text stands in fleet.db. */
  #useAccepted(unit: InstanceUnit): void {
    const newest = this.#parts.record.newest(unit.id)
    if (newest === null) return
    const { instance } = this.#parts.watch.resolve(unit.record.configFile, newest.content, unit.id)
    if (instance !== null) unit.setConfig(instance)
  }

  #offer(unit: InstanceUnit, config: ResolvedInstance): void {
    if (this.#isLoading) unit.setConfig(config)
    else if (unit.config !== config && this.#hot.get(unit.id)?.config !== config)
      this.#judge(unit, config)
  }

  #judge(unit: InstanceUnit, config: ResolvedInstance): void {
    this.#hot.delete(unit.id)
    const running = unit.process.isAlive ? this.#runningLaunch(unit) : null
    if (running === null) return this.#accept(unit, config)
    const wanted = unit.launchFor(config, running)
    const schemas = config.strategySchemas ?? shippedStrategies.parametersOf(config.strategy) ?? {}
    const plan = planReload(running, wanted, schemas)
    if (plan.kind === 'refuse') {
      this.#refuse(unit, config, refusalText(plan, running))
    } else if (plan.kind === 'restart') {
      const { keys } = plan
      this.#accept(unit, config)
      unit.logger.info('configuration', 'changed: its process is replaced', { bot: unit.id, keys })
      this.#toRestart.add(unit.id)
    } else if (plan.kind === 'hot') this.#hand(unit, config, wanted)
    else this.#accept(unit, config)
  }

  #runningLaunch(unit: InstanceUnit): BotLaunch | null {
    const launch = readJson(this.#fleet.parts.home.launchFile(`bot-${unit.id}`))
    const isLaunch = typeof launch === 'object' && launch !== null && 'settings' in launch
    return isLaunch ? (launch as BotLaunch) : null
  }

  #accept(unit: InstanceUnit, config: ResolvedInstance): void {
    unit.setConfig(config)
    if (this.#refusals.delete(unit.id)) {
      unit.logger.info('configuration', 'its file is in order again', { bot: unit.id })
    }
    const text = this.#watched?.files.get(config.file)?.loaded.text ?? null
    const { record } = this.#parts
    if (text === null || !record.isNew(unit.id, text)) return
    this.#accepted.push(record.found(unit.id, config.file, text))
  }

  #saveAccepted(): void {
    const accepted = this.#accepted
    this.#accepted = []
    if (accepted.length > 0) this.#parts.record.addAll(accepted)
  }

  #refuse(unit: InstanceUnit, config: ResolvedInstance, text: string): void {
    const { fileHash } = config
    if (this.#refusals.get(unit.id)?.fileHash === fileHash) return
    this.#refusals.set(unit.id, { text, fileHash })
    this.#alert(`${unit.id}: ${text}`, { bot: unit.id, file: config.file })
  }

  // --- hot keys -----------------------------------------------------------------------------------

  #hand(unit: InstanceUnit, config: ResolvedInstance, wanted: BotLaunch): void {
    const { clock } = this.#fleet.parts.tools
    this.#hot.set(unit.id, { config, nextAt: clock.monotonicMs() + HOT_TIMEOUT_MS + HOT_RETRY_MS })
    void this.#send(unit, config, wanted)
  }

  async #send(unit: InstanceUnit, config: ResolvedInstance, wanted: BotLaunch): Promise<void> {
    const { links, tools, home } = this.#fleet.parts
    const { parameters, settings, log } = wanted
    const legs = (wanted.legs ?? []).map((leg) => leg.settings)
    const body = { parameters, settings, legs, log_level: log.level }
    const isStillAsked = () => this.#hot.get(unit.id)?.config === config
    try {
      await links.postToBot(wanted.web.port, '/api/configure', body, HOT_TIMEOUT_MS)
      if (!isStillAsked()) return
      this.#hot.delete(unit.id)
      // What is compared at the next change, and what the next control plane compares with.
      writeJson(home.launchFile(`bot-${unit.id}`), wanted, 0o600)
      this.#accept(unit, config)
      this.#saveAccepted()
      unit.logger.info('configuration', 'changed while it runs', { bot: unit.id })
    } catch (error) {
      if (!isStillAsked()) return
      const text = error instanceof Error ? error.message : String(error)
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (code === 'NOT_FOUND') {
        // A bot of an earlier version of the program.
        this.#hot.delete(unit.id)
        this.#accept(unit, config)
        this.#saveAccepted()
        this.#toRestart.add(unit.id)
      } else if (FINAL_CODES.has(code)) {
        this.#refuse(
          unit,
          config,
          `the changed file does not act, the old configuration goes on: ${text}`,
        )
      } else {
        const retry = this.#hot.get(unit.id)
        if (retry) retry.nextAt = tools.clock.monotonicMs() + HOT_RETRY_MS
      }
    }
  }

  /** A bot that was just starting, or did not answer, is asked again. */
  #retryHot(): void {
    const now = this.#fleet.parts.tools.clock.monotonicMs()
    for (const [id, { config, nextAt }] of [...this.#hot]) {
      const unit = this.#fleet.units.get(id)
      if (unit === undefined) this.#hot.delete(id)
      else if (this.#refusals.get(id)?.fileHash === config.fileHash) continue
      else if (now >= nextAt || !unit.process.isAlive) {
        this.#judge(unit, config)
        this.#saveAccepted()
      }
    }
  }

  // --- restarts -----------------------------------------------------------------------------------

  /** One bot after the other: a change of the fleet's configuration may concern all. */
  #restartNext(): void {
    const { units, parts } = this.#fleet
    const now = parts.tools.clock.monotonicMs()
    if (this.#restarting !== null) {
      const { id, since } = this.#restarting
      const unit = units.get(id)
      const isOver = unit === undefined || (!unit.isRestarting && isSettled(unit))
      if (!isOver && now - since < RESTART_WAIT_MS) return
      this.#restarting = null
    }
    const [id] = this.#toRestart
    if (id === undefined || this.#fleet.isDraining) return
    this.#toRestart.delete(id)
    const unit = units.get(id)
    if (unit === undefined || !unit.process.isAlive || unit.desired === 'stopped') return
    this.#restarting = { id, since: now }
    unit.ending = { kind: 'detach' }
    unit.isRestarting = true
    unit.process.look()
  }
}

const isSettled = ({ process }: InstanceUnit): boolean =>
  ['running', 'held', 'idle'].includes(process.phase.kind)
