/** `perpfleet cleanup`: takes away what processes that are gone have left in the registry, below run/ and in log folders. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { FleetStore, ProcessRecord } from '../ports/fleet-store.ts'
import type { ProcessHost } from '../ports/process-host.ts'
import type { CleanupResult } from '../protocol/fleet-messages.ts'
import { readJson, readPid, writeJson } from './files.ts'
import type { Home } from './home.ts'
import { assertWritable } from './home-check.ts'
import { lockOwner } from './home-lock.ts'

export interface CleanupParts {
  readonly home: Home
  readonly store: FleetStore
  readonly host: ProcessHost
  /** Absolute log folders of the known instances; logs/ of the home is looked through anyway. */
  readonly logDirs: readonly string[]
}

/**
 * Files and rows of living processes stay; desired states of instances that have a file stay too.
 * @throws HomeError when nothing can be written there
 */
export function cleanUp(parts: CleanupParts): CleanupResult {
  const { home, store, host } = parts
  assertWritable(home)
  const living = new Map<string, number>()
  let rows = 0
  for (const record of store.processes()) {
    const pid = livingPid(host, record, pidFilesOf(parts, record.name))
    if (pid !== null) living.set(record.name, pid)
    else {
      store.removeProcess(record.name)
      rows += 1
    }
  }
  for (const { id, configFile } of store.instances()) {
    if (existsSync(configFile) || living.has(`bot-${id}`)) continue
    store.removeInstance(id)
    rows += 1
  }
  const pids = new Set(living.values())
  const control = lockOwner(home.controlLock, host)?.pid ?? null
  const gone = allPidFiles(parts).filter((path) => {
    const pid = readPid(path)
    return path.endsWith('daemon.pid') ? pid !== control : pid === null || !pids.has(pid)
  })
  const services = staleServiceFiles(home, living)
  for (const path of [...gone, ...services]) rmSync(path, { force: true })
  if (control === null) correctRegistry(home, store, living)
  return { rows, pid_files: gone.length + services.length }
}

function livingPid(
  host: ProcessHost,
  record: ProcessRecord,
  pidFiles: readonly string[],
): number | null {
  const { pid, startTime, bootId, token } = record
  // Without a pid its control plane died while it started it: the program may have named itself.
  const candidates =
    pid === null
      ? pidFiles.map((path) => host.identify(readPid(path) ?? 0))
      : [{ pid, startTime, bootId }]
  const found = candidates.find((one) => one && host.isAlive(one) && host.hasToken(one, token))
  return found?.pid ?? null
}

function pidFilesOf({ home, logDirs }: CleanupParts, name: string): string[] {
  if (!name.startsWith('bot-')) return [join(home.run, `${name}.pid`)]
  return [home.logs(name.slice('bot-'.length)), ...logDirs].map((dir) => join(dir, 'bot.pid'))
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

/** Every pid file of a home that is there. */
export function allPidFiles({ home, logDirs }: Pick<CleanupParts, 'home' | 'logDirs'>): string[] {
  const logs = join(home.root, 'logs')
  const folders = new Set([...namesIn(logs).map((name) => join(logs, name)), ...logDirs])
  const inLogs = [...folders].flatMap((dir) => [join(dir, 'bot.pid'), join(dir, 'daemon.pid')])
  const inRun = namesIn(home.run).filter((name) => name.endsWith('.pid'))
  return [...inLogs, ...inRun.map((name) => join(home.run, name))].filter((path) =>
    existsSync(path),
  )
}

/** run/{desk-…,exchange}.json: whoever finds one expects that its process runs. */
const staleServiceFiles = (home: Home, living: ReadonlyMap<string, number>): string[] =>
  namesIn(home.run)
    .filter((name) => /^(desk-[a-z0-9_-]+|exchange)\.json$/.test(name))
    .filter((name) => !living.has(name.slice(0, -'.json'.length)))
    .map((name) => join(home.run, name))

/** Without a control plane nobody writes the readable copy: what it says of dead processes is corrected here. */
function correctRegistry(home: Home, store: FleetStore, living: ReadonlyMap<string, number>): void {
  const found = readJson(home.registry)
  if (typeof found !== 'object' || found === null) return
  const known = new Set(store.instances().map(({ id }) => id))
  const entries = Object.entries(found)
    .filter(([id]) => known.has(id))
    .map(([id, entry]) => {
      const bot = living.get(`bot-${id}`) ?? null
      const ended = bot === null ? { status: 'stopped' } : {}
      return [id, { ...entry, pid: null, bot_pid: bot, ...ended }]
    })
  const registry: unknown = Object.fromEntries(entries)
  if (JSON.stringify(registry) !== JSON.stringify(found)) writeJson(home.registry, registry, 0o644)
}
