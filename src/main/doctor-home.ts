/** Gathers what the doctor must know of a home. Looks only, changes nothing. */
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { conditionOf, conditionOfJournal, type Registry } from '../adapters/stores/sqlite-look.ts'
import type { FleetConfiguration } from '../config/fleet-configuration.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { allPidFiles } from '../fleet/cleanup.ts'
import { deskOf } from '../fleet/desks.ts'
import type {
  DatabaseFacts,
  DoctorFacts,
  HomeFacts,
  InstanceFacts,
  LockFacts,
  LogFacts,
  PidFileFacts,
  ProcessFacts,
  StrayFacts,
} from '../fleet/doctor-facts.ts'
import { dayFolders, readJson, readPid } from '../fleet/files.ts'
import type { Home } from '../fleet/home.ts'
import { lockOwner } from '../fleet/home-lock.ts'
import { EXCHANGE, PAPER_DESK, SCANNER } from '../fleet/services.ts'
import type { ProcessRecord } from '../ports/fleet-store.ts'
import type { ProcessHost, ProcessIdentity } from '../ports/process-host.ts'

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Before anything is opened: a database takes files of its own beside it. */
export function homeFacts(home: Home): HomeFacts {
  const { root } = home
  const folders = [root, home.run, home.database, join(root, 'logs'), home.active]
  const sealed = folders.filter(existsSync).flatMap((folder) => {
    const why = whySealed(folder)
    return why === null ? [] : [{ folder, why }]
  })
  return { root, exists: existsSync(root), sealed, modes: modesOf(home) }
}

function whySealed(folder: string): string | null {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

function modesOf({ root, run, database }: Home): HomeFacts['modes'] {
  const inRun = namesIn(run).filter((name) => /\.(json|lock)$/.test(name))
  const inDatabase = namesIn(database).filter((name) => /^fleet\.db(-wal|-shm)?$/.test(name))
  const files = [
    ...inRun.map((name) => join(run, name)),
    ...inDatabase.map((name) => join(database, name)),
  ]
  return [run, ...files].flatMap((path) => {
    const status = statSync(path, { throwIfNoEntry: false })
    const shown = relative(root, path) + (path === run ? '/' : '')
    return status === undefined ? [] : [{ path: shown, mode: status.mode & 0o777 }]
  })
}

export function lockFacts(home: Home, host: ProcessHost): LockFacts {
  const hasControlFile = existsSync(home.controlFile)
  const owner = lockOwner(home.controlLock, host)
  if (owner !== null) return { file: 'held', pid: owner.pid, hasControlFile }
  if (!existsSync(home.controlLock)) return { file: 'absent', pid: null, hasControlFile }
  const found = readJson(home.controlLock)
  const pid = typeof found === 'object' && found !== null && 'pid' in found ? found.pid : null
  return typeof pid === 'number'
    ? { file: 'stale', pid, hasControlFile }
    : { file: 'unreadable', pid: null, hasControlFile }
}

/** Processes of the registry that run: pid, start time, boot and token agree. */
export function livingOf(
  host: ProcessHost,
  records: readonly ProcessRecord[],
): ReadonlyMap<string, ProcessIdentity> {
  return new Map(
    records.flatMap(({ name, pid, startTime, bootId, token }): [string, ProcessIdentity][] => {
      const identity = { pid: pid ?? 0, startTime, bootId }
      const isAlive = pid !== null && host.isAlive(identity) && host.hasToken(identity, token)
      return isAlive ? [[name, identity]] : []
    }),
  )
}

/** What the other facts are made of. */
export interface Known {
  readonly home: Home
  readonly host: ProcessHost
  readonly configuration: FleetConfiguration
  readonly configured: readonly ResolvedInstance[]
  readonly registry: Registry
  readonly living: ReadonlyMap<string, ProcessIdentity>
  readonly controlPid: number | null
}

const logDirOf = ({ home }: Known, id: string, config: ResolvedInstance | undefined): string =>
  resolve(home.root, config?.logDir ?? join('logs', id))

function logDirs(known: Known): string[] {
  const { registry, configured } = known
  const configs = new Map(configured.map((one) => [one.id, one]))
  const ids = new Set([...configs.keys(), ...registry.instances.map(({ id }) => id)])
  return [...ids].map((id) => logDirOf(known, id, configs.get(id)))
}

export function pidFileFacts(known: Known): PidFileFacts[] {
  const { home, host, living, controlPid } = known
  const own = new Set([...living.values()].map(({ pid }) => pid))
  return allPidFiles({ home, logDirs: logDirs(known) }).map((path) => {
    const pid = readPid(path)
    const isOwn = path.endsWith('daemon.pid') ? pid === controlPid : own.has(pid ?? 0)
    const foreign = pid !== null && host.identify(pid) !== null ? 'foreign' : 'stale'
    const state = pid === null ? 'unreadable' : isOwn ? 'own' : foreign
    return { path: relative(home.root, path), state, pid }
  })
}

export const processFacts = ({ registry, living }: Known): ProcessFacts[] =>
  registry.processes.map(({ name, pid }) => ({ name, pid, isAlive: living.has(name) }))

/** A process that has just been started may not stand in the registry yet. */
const STRAY_AGE_MS = 5000
const TICK_MS = 10

/** Programs of this home by their command lines; none where the system does not tell. */
export function strayFacts({ home, host, living, controlPid }: Known): StrayFacts[] {
  const known = new Set([...[...living.values()].map(({ pid }) => pid), controlPid, process.pid])
  const own = Number(host.self().startTime)
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && !known.has(Number(name)))
    .flatMap((name): StrayFacts[] => {
      const words = commandOf(name)
      const launchFile = words[words.indexOf('--launch') + 1]
      if (!words.includes('--launch') || !launchFile?.startsWith(`${home.run}/`)) return []
      const began = Number(host.identify(Number(name))?.startTime ?? own)
      const isOld = (own - began) * TICK_MS > STRAY_AGE_MS
      return isOld ? [{ pid: Number(name), launchFile: relative(home.root, launchFile) }] : []
    })
}

function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

export function instanceFacts({ registry, configured, living }: Known): InstanceFacts[] {
  const files = new Set(configured.map(({ id }) => id))
  const registered = registry.instances.map((one) => ({
    id: one.id,
    desired: one.desired,
    isAlive: living.has(`bot-${one.id}`),
    hasFile: files.has(one.id) || existsSync(one.configFile),
    hold: one.hold?.reason ?? null,
  }))
  const known = new Set(registered.map(({ id }) => id))
  const fresh = configured
    .filter(({ id }) => !known.has(id))
    .map(({ id, isAutostart }): InstanceFacts => {
      const desired = isAutostart ? 'running' : 'stopped'
      return { id, desired, isAlive: false, hasFile: true, hold: null }
    })
  return [...registered, ...fresh]
}

export function registryCopy(home: Home): DoctorFacts['registryCopy'] {
  if (!existsSync(home.registry)) return 'absent'
  const found = readJson(home.registry)
  return typeof found === 'object' && found !== null ? { ids: Object.keys(found) } : 'unreadable'
}

export function databaseFacts({ home, configured }: Known): DatabaseFacts[] {
  const inside = namesIn(home.database)
    .filter((name) => name.endsWith('.db'))
    .map((name) => join(home.database, name))
  const named = configured.map(({ dbPath }) => resolve(home.root, dbPath)).filter(existsSync)
  return [...new Set([...inside, ...named])].sort().map((path) => {
    const kind = databaseKind(basename(path))
    const found = kind === 'journal' ? conditionOfJournal(path) : conditionOf(path)
    return { path: relative(home.root, path), kind, ...found }
  })
}

function databaseKind(name: string): DatabaseFacts['kind'] {
  if (name === 'fleet.db' || name === 'exchange.db')
    return name === 'fleet.db' ? 'fleet' : 'exchange'
  return name.startsWith('account-') ? 'journal' : 'bot'
}

export const damagedJournals = ({ home }: Known): string[] =>
  namesIn(home.database)
    .filter((name) => /^account-.+\.db\.damaged-\d{8}T\d{6}Z(-\d+)?$/.test(name))
    .map((name) => relative(home.root, join(home.database, name)))

const MEBIBYTE = 1_048_576

/** Of each log folder the largest log. */
export function logFacts(known: Known): LogFacts[] {
  const { home, configured, configuration } = known
  const sharedMax = configuration.logging.max_size_mb * MEBIBYTE
  const sizes = new Map(
    configured.map((one) => [logDirOf(known, one.id, one), one.log.sizeMaxBytes]),
  )
  const desks = new Set([PAPER_DESK, ...configured.map(deskOf)])
  const shared = ['control', ...desks, EXCHANGE, SCANNER].map((name) => home.logs(name))
  return [...shared, ...logDirs(known)].flatMap((folder) => {
    const largest = largestLog(folder)
    const maxBytes = sizes.get(folder) ?? sharedMax
    return largest === null ? [] : [{ folder: relative(home.root, folder), ...largest, maxBytes }]
  })
}

/** A log and its turned-over part count together. */
function largestLog(folder: string): { readonly name: string; readonly bytes: number } | null {
  let largest: { readonly name: string; readonly bytes: number } | null = null
  for (const day of dayFolders(folder)) {
    const sizes = new Map<string, number>()
    for (const file of namesIn(day).filter((name) => name.endsWith('.log'))) {
      const name = file.replace(/\.1\.log$/, '.log')
      const size = statSync(join(day, file), { throwIfNoEntry: false })?.size ?? 0
      sizes.set(name, (sizes.get(name) ?? 0) + size)
    }
    for (const [name, bytes] of sizes)
      if (bytes > (largest?.bytes ?? -1)) largest = { name: join(basename(day), name), bytes }
  }
  return largest
}
