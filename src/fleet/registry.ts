/**
 * logs/instances.json: a readable copy of the registry, replaced as a whole when it changed, and made again when somebody
 * has removed, cut or changed it. It is never read as truth: that stands in database/fleet.db.
 */
import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { writeJson } from './files.ts'
import type { Fleet } from './fleet.ts'
import type { InstanceUnit } from './instance-unit.ts'
import { stateOf } from './view.ts'

interface Written {
  readonly text: string
  readonly stamp: string
}

const lastWritten = new WeakMap<Fleet, Written>()

export function writeRegistry(fleet: Fleet): void {
  const path = fleet.parts.home.registry
  const { pid } = fleet.parts.tools.host.self()
  const entries = [...fleet.units.values()].map((unit) => [unit.id, entryOf(fleet, unit, pid)])
  const registry = Object.fromEntries(entries)
  const text = JSON.stringify(registry)
  const last = lastWritten.get(fleet)
  if (last?.text === text && last.stamp === stampOf(path)) return
  writeJson(path, registry, 0o644)
  lastWritten.set(fleet, { text, stamp: stampOf(path) })
}

function stampOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false })
  return status === undefined ? '' : `${status.ino} ${status.size} ${status.mtimeMs}`
}

const isoOrNull = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString()

function entryOf(fleet: Fleet, unit: InstanceUnit, controlPid: number) {
  const { root } = fleet.parts.home
  const { record, process } = unit
  const pid = process.isAlive ? (process.identity?.pid ?? null) : null
  return {
    config_file: relative(root, record.configFile),
    pid: controlPid,
    bot_pid: pid,
    log_dir: relative(root, unit.logDir),
    db_path: relative(root, unit.dbPath),
    web_port: record.webPort,
    started_at: isoOrNull(record.startedAt),
    registered_at: isoOrNull(record.registeredAt),
    status: stateOf(fleet, unit).state,
  }
}
