/**
 * The configuration as the files say it now, read again when they change. A file is taken when it has stood still for a
 * moment, so that one written in two steps is never read in between; one that is faulty, or gone, gets a little longer,
 * since editors take files away before they write them anew. Reading is spread over looks when very many have changed.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault } from '../config/fault.ts'
import type { LoadedFleetConfiguration } from '../config/fleet-configuration.ts'
import type { LoadedInstance } from '../config/instance-file.ts'
import {
  compareInstances,
  fileNames,
  isInstanceFileName,
  loadInstanceFile,
  loadInstanceText,
} from '../config/instances.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { Clock } from '../ports/clock.ts'
import type { Home } from './home.ts'

/** What the files say now. */
export interface ConfiguredInstances {
  readonly instances: readonly ResolvedInstance[]
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

/** A file as it was last taken. */
export interface SeenFile {
  readonly path: string
  readonly loaded: LoadedInstance
  /** What is wrong with it, conflicts with other files included; one sentence each. */
  readonly faults: readonly string[]
}

export interface WatchedConfiguration extends ConfiguredInstances {
  readonly fleet: LoadedFleetConfiguration
  /** By absolute path. */
  readonly files: ReadonlyMap<string, SeenFile>
}

export interface ConfigWatchParts {
  readonly home: Home
  readonly clock: Clock
  loadFleet(): LoadedFleetConfiguration
}

/** Whoever writes in two steps is done after this; JSON that ends too early cannot be read, YAML can. */
const STILL_MS = 200
const STILL_YAML_MS = 450
/** A faulty or missing file is believed after this. */
const PATIENCE_MS = 600
const READ_BUDGET_MS = 80
/** Of the time goes at most one part in so many into looking. */
const SHARE = 20
const PAUSE_MAX_MS = 500

interface Pending {
  readonly stamp: string
  readonly since: number
  /** Read already, and faulty. */
  readonly tried: LoadedInstance | null
}

interface Entry {
  readonly path: string
  stamp: string
  loaded: LoadedInstance | null
  /** The fleet's configuration that it was read with. */
  round: number
  pending: Pending | null
  goneSince: number | null
}

export class ConfigWatch {
  readonly #parts: ConfigWatchParts
  readonly #entries = new Map<string, Entry>()
  #fleet: LoadedFleetConfiguration
  #fleetStamp: string
  #fleetPending: { readonly stamp: string; readonly since: number } | null = null
  #fleetFaults: readonly Fault[] = []
  #folderFaults: readonly Fault[] = []
  #round = 0
  #nextAt = 0
  #isFirst = true
  /** Something was taken since the last whole look. */
  #isDirty = false

  /** `fleet`: as it was read at the start, without faults. */
  constructor(parts: ConfigWatchParts, fleet: LoadedFleetConfiguration) {
    this.#parts = parts
    this.#fleet = fleet
    this.#fleetStamp = stampsOf(fleet.watched)
  }

  get fleet(): LoadedFleetConfiguration {
    return this.#fleet
  }

  /** Everything as it stands, without patience at the first time: what a start reads. */
  read(): WatchedConfiguration {
    this.#nextAt = 0
    this.#look(true)
    this.#isFirst = false
    return this.#compared()
  }

  /** Null: nothing has changed, or what changed does not stand still yet. */
  poll(): WatchedConfiguration | null {
    const { clock } = this.#parts
    const now = clock.monotonicMs()
    if (now < this.#nextAt) return null
    const outcome = this.#look(false)
    const cost = clock.monotonicMs() - now
    this.#nextAt = outcome === 'behind' ? 0 : now + Math.min(PAUSE_MAX_MS, cost * SHARE)
    return outcome === 'changed' ? this.#compared() : null
  }

  /** A text as if it stood in the file: an earlier version of it. */
  resolve(path: string, text: string, instanceId: string | null): LoadedInstance {
    return loadInstanceText(path, text, this.#fleet.configuration, {
      ...this.#options(),
      instanceId,
    })
  }

  #options() {
    return { environment: this.#fleet.environment, home: this.#parts.home.root }
  }

  #look(isAtOnce: boolean): 'same' | 'changed' | 'behind' {
    const now = this.#parts.clock.monotonicMs()
    const isFleetNew = this.#lookAtFleet(now, isAtOnce)
    const folderBefore = this.#folderFaults.length
    const names = this.#names()
    const isFolderNew = this.#folderFaults.length !== folderBefore
    if (names === null) return isFleetNew || isFolderNew ? 'changed' : 'same'
    const until = isAtOnce ? Number.POSITIVE_INFINITY : now + READ_BUDGET_MS
    if (isFleetNew || isFolderNew) this.#isDirty = true
    for (const name of names) {
      if (this.#parts.clock.monotonicMs() > until) return 'behind'
      if (this.#lookAt(name, now, isAtOnce)) this.#isDirty = true
    }
    const present = new Set(names)
    for (const [name, entry] of this.#entries) {
      if (present.has(name)) continue
      entry.goneSince ??= now
      if (!this.#isFirst && now - entry.goneSince < PATIENCE_MS) continue
      this.#entries.delete(name)
      this.#isDirty = true
    }
    const outcome = this.#isDirty ? 'changed' : 'same'
    this.#isDirty = false
    return outcome
  }

  /** Null when the folder is gone or cannot be read: then nothing is taken away, whatever ran runs on. */
  #names(): readonly string[] | null {
    const { active, root } = this.#parts.home
    const had = this.#folderFaults.length > 0
    try {
      const names = readdirSync(active).filter(isInstanceFileName)
      if (had) this.#folderFaults = []
      return names.sort()
    } catch {
      const faults: Fault[] = []
      fileNames(active, root, faults)
      const text = 'config/active: the folder is gone; what ran runs on, make it again'
      const gone = { file: 'config/active', line: 0, code: 'unreadable', key: '', text } as const
      const isMissed = faults.length === 0 && this.#entries.size > 0
      this.#folderFaults = isMissed
        ? [{ ...gone, found: null, allowed: null, suggestion: null }]
        : faults
      return null
    }
  }

  /** @returns whether the configuration, or what is wrong with it, is another now */
  #lookAtFleet(now: number, isAtOnce: boolean): boolean {
    const stamp = stampsOf(this.#fleet.watched)
    if (stamp === this.#fleetStamp) {
      this.#fleetPending = null
      return false
    }
    if (this.#fleetPending?.stamp !== stamp) this.#fleetPending = { stamp, since: now }
    const age = now - this.#fleetPending.since
    if (!isAtOnce && age < STILL_YAML_MS) return false
    const loaded = this.#parts.loadFleet()
    if (loaded.faults.length > 0 && age < PATIENCE_MS) return false
    this.#fleetPending = null
    this.#fleetFaults = loaded.faults
    if (loaded.faults.length > 0) {
      this.#fleetStamp = stamp
      return true
    }
    this.#fleet = loaded
    this.#fleetStamp = stampsOf(loaded.watched)
    this.#round += 1
    return true
  }

  /** @returns whether the file was taken anew */
  #lookAt(name: string, now: number, isAtOnce: boolean): boolean {
    const path = join(this.#parts.home.active, name)
    const entry = this.#entries.get(name) ?? this.#added(name, path)
    const stamp = wholeStamp(path, entry.loaded)
    entry.goneSince = null
    if (stamp === entry.stamp) {
      entry.pending = null
      return entry.round !== this.#round && this.#readAgain(entry)
    }
    if (entry.pending?.stamp !== stamp) entry.pending = { stamp, since: now, tried: null }
    const age = now - entry.pending.since
    const stillMs = /\.ya?ml$/i.test(name) ? STILL_YAML_MS : STILL_MS
    if (!isAtOnce && age < stillMs) return false
    const loaded = entry.pending.tried ?? this.#load(path)
    const isPatient = !this.#isFirst && age < PATIENCE_MS
    if (loaded.instance === null && isPatient) {
      entry.pending = { ...entry.pending, tried: isAtOnce ? null : loaded }
      return false
    }
    // It may have been written on while it was read: then it is looked at once more.
    if (wholeStamp(path, entry.loaded) !== stamp) {
      entry.pending = null
      return false
    }
    // Which file its strategy lies in is known only now.
    entry.stamp = wholeStamp(path, loaded)
    entry.loaded = loaded
    entry.round = this.#round
    entry.pending = null
    return true
  }

  #added(name: string, path: string): Entry {
    const entry = { path, stamp: '', loaded: null, round: this.#round, pending: null }
    const added: Entry = { ...entry, goneSince: null }
    this.#entries.set(name, added)
    return added
  }

  #load(path: string): LoadedInstance {
    return loadInstanceFile(path, this.#fleet.configuration, this.#options())
  }

  /** The fleet's configuration has changed: the same text may mean something else. */
  #readAgain(entry: Entry): boolean {
    entry.round = this.#round
    const text = entry.loaded?.text ?? null
    entry.loaded = text === null ? this.#load(entry.path) : this.resolve(entry.path, text, null)
    return true
  }

  #compared(): WatchedConfiguration {
    const taken = [...this.#entries.values()].flatMap(({ path, loaded }) =>
      loaded === null ? [] : [{ path, loaded }],
    )
    const before = [...this.#fleetFaults, ...this.#folderFaults]
    const loaded = taken.map((one) => one.loaded)
    const { instances, faults, warnings } = compareInstances(loaded, before)
    const byFile = new Map<string, string[]>()
    for (const { file, text } of faults) byFile.set(file, [...(byFile.get(file) ?? []), text])
    const files = taken.map(({ path, loaded: one }): [string, SeenFile] => [
      path,
      { path, loaded: one, faults: byFile.get(one.place.file) ?? [] },
    ])
    return {
      fleet: this.#fleet,
      instances,
      faults: faults.map(({ text }) => text),
      warnings: warnings.map(({ text }) => text),
      files: new Map(files),
    }
  }
}

/** Changes with every write and every replacement. */
function stampOf(path: string): string {
  try {
    const status = statSync(path, { throwIfNoEntry: false })
    if (status === undefined) return 'absent'
    const { ino, size, mtimeMs, ctimeMs, mode } = status
    return `${ino} ${size} ${mtimeMs} ${ctimeMs} ${mode}`
  } catch {
    return 'unreadable'
  }
}

/** Of an instance file, and of the file of its strategy where it has one. */
function wholeStamp(path: string, loaded: LoadedInstance | null): string {
  const own = loaded?.strategyPath
  return own === undefined ? stampOf(path) : `${stampOf(path)} ${stampOf(own)}`
}

const stampsOf = (paths: readonly string[]): string => paths.map(stampOf).join('\n')
