/** All instance files of a folder: good ones run, faulty ones are named with every fault. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Fault, faultAt, type Place, placeText, type Warning, warningAt } from './fault.ts'
import { displayPath } from './files.ts'
import type { FleetConfiguration } from './fleet-configuration.ts'
import {
  type InstanceFileOptions,
  type LoadedInstance,
  readInstanceFile,
  readInstanceText,
  type StrategyCatalogue,
} from './instance-file.ts'
import { type Environment, processEnvironment } from './process-environment.ts'
import { contractsOf, type ResolvedInstance } from './resolved-instance.ts'
import { shippedStrategies } from './strategy-catalogue.ts'

export interface LoadOptions {
  /** What `${NAME}` is read from: LoadedFleetConfiguration.environment; default: of the process. */
  readonly environment?: Environment
  /** Faults show paths relative to it; default: two folders above `config/active`. */
  readonly home?: string
  readonly strategies?: StrategyCatalogue
}

export interface LoadedInstances {
  /** In the order of their ids. */
  readonly instances: readonly ResolvedInstance[]
  readonly faults: readonly Fault[]
  readonly warnings: readonly Warning[]
}

/** A file with its instance, before files are compared with each other. */
interface Candidate {
  readonly instance: ResolvedInstance
  readonly place: Place
}

const INSTANCE_FILE = /^[^.~#].*\.(json|jsonc|ya?ml)$/i

/** Whether a name in config/active/ is that of an instance file: hidden files and editors' copies are not. */
export const isInstanceFileName = (name: string): boolean => INSTANCE_FILE.test(name)

/** Reads a text as if it stood in a file, e.g. an earlier version of it. */
export function loadInstanceText(
  path: string,
  text: string,
  fleet: FleetConfiguration,
  options: LoadOptions & { readonly instanceId?: string | null } = {},
): LoadedInstance {
  return readInstanceText(fileOptions(path, fleet, options), text)
}

/** Reads one instance file, e.g. of `start --config FILE --instance-id ID`. */
export function loadInstanceFile(
  path: string,
  fleet: FleetConfiguration,
  options: LoadOptions & { readonly instanceId?: string | null } = {},
): LoadedInstance {
  return readInstanceFile(fileOptions(path, fleet, options))
}

function fileOptions(
  path: string,
  fleet: FleetConfiguration,
  options: LoadOptions & { readonly instanceId?: string | null },
): InstanceFileOptions {
  const absolute = resolve(path)
  return {
    path: absolute,
    file: options.home === undefined ? path : displayPath(absolute, options.home),
    fleet,
    environment: options.environment ?? processEnvironment(),
    strategies: options.strategies ?? shippedStrategies,
    instanceId: options.instanceId ?? null,
    ...(options.home === undefined ? {} : { home: options.home }),
  }
}

/** Reads every *.json, *.yml and *.yaml of a folder; hidden files and editors' copies are left alone. */
export function loadInstances(
  dir: string,
  fleet: FleetConfiguration,
  options: LoadOptions = {},
): LoadedInstances {
  const absolute = resolve(dir)
  const home =
    options.home ??
    (/[\\/]config[\\/][^\\/]+$/.test(absolute) ? join(absolute, '..', '..') : absolute)
  const faults: Fault[] = []
  const names = fileNames(absolute, home, faults)
  const all = names.map((name) =>
    loadInstanceFile(join(absolute, name), fleet, { ...options, home }),
  )
  return compareInstances(all, faults)
}

/** Compares files that were read one by one with each other; `before`: faults of the folder itself. */
export function compareInstances(
  all: readonly LoadedInstance[],
  before: readonly Fault[] = [],
): LoadedInstances {
  const faults: Fault[] = [...before, ...all.flatMap((one) => one.faults)]
  const warnings: Warning[] = all.flatMap((one) => one.warnings)
  const candidates = all.flatMap(({ instance, place }) =>
    instance === null ? [] : [{ instance, place }],
  )
  const clashing = clashesOf(candidates, faults)
  const good = candidates.filter((candidate) => !clashing.has(candidate))
  warnings.push(...sharedContracts(good), ...mixedMarkets(good))
  const instances = good.map(({ instance }) => instance).sort((a, b) => (a.id < b.id ? -1 : 1))
  return { instances, faults, warnings }
}

/** The names of the instance files of a folder, sorted; a folder that cannot be read is a fault. */
export function fileNames(dir: string, home: string, faults: Fault[]): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory() && isInstanceFileName(entry.name))
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    const why = code === 'EACCES' ? 'this user may not read it' : message
    const place = { file: displayPath(dir, home), line: 0 }
    faults.push(faultAt(place, 'unreadable', '', `the folder cannot be read: ${why}`))
    return []
  }
}

/** What two instances must not share, and how it is called. */
const UNIQUE: readonly {
  readonly key: string
  readonly what: string
  readonly read: (instance: ResolvedInstance) => string
}[] = [
  { key: 'metadata.instance_id', what: 'the id', read: ({ id }) => id },
  { key: 'daemon_config.db_path', what: 'the database', read: ({ dbPath }) => dbPath },
  { key: 'daemon_config.log_dir', what: 'the log folder', read: ({ logDir }) => logDir },
]

/** Files that say the same id, database or log folder: none of them may run, each fault names the other file. */
function clashesOf(candidates: readonly Candidate[], faults: Fault[]): Set<Candidate> {
  const clashing = new Set<Candidate>()
  for (const { key, what, read } of UNIQUE) {
    for (const [value, group] of grouped(candidates, read)) {
      const [first, second] = group
      if (first === undefined || second === undefined) continue
      for (const candidate of group) {
        const other = candidate === first ? second : first
        const isTold = clashing.has(candidate) && clashing.has(other)
        clashing.add(candidate)
        if (isTold && key !== 'metadata.instance_id') continue
        const sentence = `${what} ${value} is also that of ${placeText(other.place)}; give each instance its own`
        faults.push(faultAt(candidate.place, 'duplicate', key, sentence, { found: value }))
      }
    }
  }
  return clashing
}

function grouped(
  candidates: readonly Candidate[],
  read: (instance: ResolvedInstance) => string,
): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const value = read(candidate.instance)
    const group = groups.get(value)
    if (group === undefined) groups.set(value, [candidate])
    else group.push(candidate)
  }
  return groups
}

/** Two instances of one contract on one account may exist, but only one may run at a time; every leg counts. */
function sharedContracts(candidates: readonly Candidate[]): Warning[] {
  const groups = new Map<string, Candidate[]>()
  for (const candidate of candidates)
    for (const { mode, venue, account, symbol } of contractsOf(candidate.instance)) {
      const contract = `${symbol} on account ${account} of ${venue} (${mode})`
      groups.set(contract, [...(groups.get(contract) ?? []), candidate])
    }
  const warnings: Warning[] = []
  for (const [contract, [first, ...others]] of groups) {
    for (const other of others) {
      const sentence = `${other.instance.id} and ${first?.instance.id} both trade ${contract}; only one of them can run at a time`
      warnings.push(warningAt(other.place, 'metadata.symbol', sentence))
    }
  }
  return warnings
}

/** A home has one market, and a sandbox serves none of live prices: the exchange would refuse one of the two. */
function mixedMarkets(candidates: readonly Candidate[]): Warning[] {
  const rehearsed = candidates.find(({ instance }) => instance.settings.mode === 'sandbox')
  if (rehearsed === undefined) return []
  return candidates
    .filter(({ instance }) => instance.settings.feed === 'live')
    .map(({ instance, place }) => {
      const sentence = `${instance.id} takes live prices (exchange_config.feed) and ${rehearsed.instance.id} is in mode sandbox, which has a market of its own; one home has one market: move one of them to another --home, or take feed live out`
      return warningAt(place, 'exchange_config.feed', sentence)
    })
}
