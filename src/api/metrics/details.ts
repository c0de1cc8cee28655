/** GET /health/detailed: the health with every process, instance and connection. */
import { connectionRows } from '../../fleet/connections.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Health } from '../../fleet/health.ts'
import type { KeptProcess } from '../../fleet/kept-process.ts'
import { systemHealth } from '../../fleet/system-health.ts'
import { feedView, stateOf } from '../../fleet/view.ts'
import type { HealthDetails, ProcessRow } from '../../protocol/api-messages.ts'

export interface DetailParts {
  readonly fleet: Fleet
  readonly health: Health
  readonly version: { readonly version: string; readonly node: string }
}

export function detailsOf({ fleet, health, version }: DetailParts): HealthDetails {
  const { report } = health
  const units = [...fleet.units.values()]
  return {
    ...report,
    ...version,
    system_health: systemHealth(fleet, report),
    feed: feedView(fleet),
    faults: fleet.faults,
    processes: [
      controlRow(report.uptime),
      processRow(fleet, fleet.exchange),
      ...(fleet.scanner.isConfigured ? [processRow(fleet, fleet.scanner.process)] : []),
      ...fleet.desks.all.map((desk) => processRow(fleet, desk)),
      ...units.map(({ process }) => processRow(fleet, process)),
    ],
    instances: units.map((unit) => ({ id: unit.id, ...stateOf(fleet, unit) })),
    connections: connectionRows(fleet),
  }
}

function controlRow(uptime: number): ProcessRow {
  const { user, system } = process.cpuUsage()
  return {
    name: 'control',
    pid: process.pid,
    state: 'running',
    restarts: 0,
    uptime_s: uptime,
    memory_bytes: process.memoryUsage.rss(),
    cpu_seconds: (user + system) / 1e6,
  }
}

function processRow(fleet: Fleet, one: KeptProcess): ProcessRow {
  const { host, clock } = fleet.parts.tools
  const identity = one.isAlive ? one.identity : null
  const usage = identity === null ? null : host.usage(identity)
  const startedAt = identity === null ? null : one.startedWallMs
  return {
    name: one.kept.name,
    pid: identity?.pid ?? null,
    state: one.phase.kind,
    restarts: one.restarts,
    uptime_s:
      startedAt === null ? null : Math.max(0, Math.floor((clock.wallMs() - startedAt) / 1000)),
    memory_bytes: usage?.memoryBytes ?? null,
    cpu_seconds: usage?.cpuSeconds ?? null,
  }
}
