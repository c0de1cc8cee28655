/** logs/instances.json: a readable copy of the registry, replaced as a whole and only when it changed. */
import { relative } from 'node:path'
import { writeJson } from './files.ts'
import type { Fleet } from './fleet.ts'
import type { InstanceUnit } from './instance-unit.ts'
import { stateOf } from './view.ts'

const lastWritten = new WeakMap<Fleet, string>()

export function writeRegistry(fleet: Fleet): void {
  const entries = [...fleet.units.values()].map((unit) => [unit.id, entryOf(fleet, unit)])
  const registry = Object.fromEntries(entries)
  const text = JSON.stringify(registry)
  if (lastWritten.get(fleet) === text) return
  writeJson(fleet.parts.home.registry, registry, 0o644)
  lastWritten.set(fleet, text)
}

const isoOrNull = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString()

function entryOf(fleet: Fleet, unit: InstanceUnit) {
  const { root } = fleet.parts.home
  const { record, process } = unit
  const pid = process.isAlive ? (process.identity?.pid ?? null) : null
  return {
    config_file: relative(root, record.configFile),
    pid: fleet.parts.tools.host.self().pid,
    bot_pid: pid,
    log_dir: relative(root, unit.logDir),
    db_path: relative(root, unit.dbPath),
    web_port: record.webPort,
    started_at: isoOrNull(record.startedAt),
    registered_at: isoOrNull(record.registeredAt),
    status: stateOf(fleet, unit).state,
  }
}
