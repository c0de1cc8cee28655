/** `perpfleet doctor`: looks at home and machine, with or without a control plane, and changes nothing. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readRegistry } from '../adapters/stores/sqlite-look.ts'
import { HttpError, request } from '../client/http-client.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstances } from '../config/instances.ts'
import { readHealth } from '../fleet/bot-probe.ts'
import { diagnose } from '../fleet/doctor.ts'
import type { ControlFacts, DoctorFacts, InstanceFacts, PortFacts } from '../fleet/doctor-facts.ts'
import { readJson } from '../fleet/files.ts'
import type { Home } from '../fleet/home.ts'
import type { ProcessHost } from '../ports/process-host.ts'
import type { DoctorCheck, DoctorOptions } from '../protocol/doctor-report.ts'
import type { ControlFile, HealthReport } from '../protocol/fleet-messages.ts'
import {
  damagedJournals,
  databaseFacts,
  homeFacts,
  instanceFacts,
  type Known,
  livingOf,
  lockFacts,
  logFacts,
  pidFileFacts,
  processFacts,
  registryCopy,
  strayFacts,
} from './doctor-home.ts'
import { type Begun, clockFacts, diskFacts, machineFacts, programFacts } from './doctor-machine.ts'
import { productionFacts } from './doctor-production.ts'
import { venueFacts } from './doctor-venue.ts'
import { PACKAGE_ROOT } from './package-root.ts'

const PROBE_MS = 2000

export interface DoctorParts {
  readonly home: Home
  readonly host: ProcessHost
  readonly fleetConfig: string | null
}

export async function examine(
  parts: DoctorParts,
  { venue, isProduction }: DoctorOptions,
): Promise<readonly DoctorCheck[]> {
  const { home } = parts
  const loaded = loadFleetConfiguration({ home: home.root, fleetConfig: parts.fleetConfig })
  const facts = await factsOf(parts, loaded)
  const production = isProduction ? productionFacts(home, loaded) : null
  if (venue === null) return diagnose(facts, production, null)
  const { configuration, environment } = loaded
  const { instances } = loadInstances(home.active, configuration, {
    environment,
    home: home.root,
  })
  return diagnose(facts, production, await venueFacts(venue, home, instances))
}

type Loaded = ReturnType<typeof loadFleetConfiguration>

async function factsOf({ home, host }: DoctorParts, fleet: Loaded): Promise<DoctorFacts> {
  const { configuration, environment } = fleet
  const files = loadInstances(home.active, configuration, { environment, home: home.root })
  const ofHome = homeFacts(home)
  const lock = lockFacts(home, host)
  const registry = readRegistry(home.fleetDatabase)
  const living = livingOf(host, registry.processes)
  const controlPid = lock.file === 'held' ? lock.pid : null
  const { instances: configured } = files
  const known: Known = { home, host, configuration, configured, registry, living, controlPid }
  const control = await controlFacts(known)
  const instances = instanceFacts(known)
  const wanted = instances.filter(({ desired, hasFile }) => desired !== 'stopped' && hasFile)
  return {
    program: programFacts(PACKAGE_ROOT),
    configuration: {
      faults: [...fleet.faults, ...files.faults].map(({ text }) => text),
      warnings: [...fleet.warnings, ...files.warnings].map(({ text }) => text),
      instanceCount: configured.length,
    },
    home: ofHome,
    disks: await diskFacts([home.root, join(home.root, 'logs'), home.database].filter(existsSync)),
    clock: await clockOf(known),
    ports: await portFacts(known, instances, control),
    lock,
    pidFiles: pidFileFacts(known),
    processes: processFacts(known),
    strays: strayFacts(known),
    instances,
    registryCopy: registryCopy(home),
    databases: databaseFacts(known),
    damagedJournals: damagedJournals(known),
    logs: logFacts(known),
    machine: machineFacts(controlPid, {
      instancesWanted: wanted.length,
      instancesAlive: instances.filter(({ isAlive }) => isAlive).length,
    }),
    control,
  }
}

function clockOf({ host, configuration, registry, living }: Known) {
  const begun = registry.processes.flatMap(({ name, startedAt }): Begun[] => {
    const identity = living.get(name)
    return identity === undefined ? [] : [{ identity, startedAt }]
  })
  const written = [
    ...registry.processes.map(({ startedAt }) => startedAt),
    ...registry.instances.flatMap(({ startedAt, registeredAt }) => [startedAt ?? 0, registeredAt]),
  ]
  return clockFacts(host, configuration.time_zone, begun, written)
}

async function controlFacts({ home, controlPid }: Known): Promise<ControlFacts> {
  const file = readJson(home.controlFile) as ControlFile | null
  if (controlPid === null || file === null || file.pid !== controlPid) return { kind: 'absent' }
  const { url } = file
  const asked = { method: 'GET', path: '/health', timeoutMs: PROBE_MS } as const
  try {
    const report = (await request({ url, token: null }, asked)) as HealthReport
    const unwell = Object.entries(report.checks)
      .filter(([, word]) => word === 'warning' || word === 'unhealthy')
      .map(([name, word]) => `${name} ${word}`)
    return { kind: 'answers', url, status: report.status, unwell }
  } catch (error) {
    if (error instanceof HttpError && error.status === 503)
      return { kind: 'answers', url, status: 'unhealthy', unwell: [] }
    return { kind: 'silent', url, why: error instanceof Error ? error.message : String(error) }
  }
}

/** Of the control plane, and of every instance that runs or should. */
async function portFacts(
  known: Known,
  instances: readonly InstanceFacts[],
  control: ControlFacts,
): Promise<PortFacts[]> {
  const { host, configuration, configured, registry, living } = known
  const listening = host.listeningPorts()
  const isListening = (port: number) => listening?.has(port) ?? null
  const url = control.kind === 'absent' ? null : control.url
  const port = url === null ? configuration.api.port : Number(new URL(url).port)
  const isOurs = control.kind === 'answers'
  const own = {
    owner: 'control plane',
    port,
    isControl: true,
    isListening: isListening(port),
    isOurs,
  }
  const wished = new Map(configured.map(({ id, webPort }) => [id, webPort]))
  const given = new Map(registry.instances.map(({ id, webPort }) => [id, webPort]))
  const ports = instances.flatMap(({ id, desired }) => {
    const of = given.get(id) ?? wished.get(id) ?? null
    return of === null || desired === 'stopped' ? [] : [{ id, port: of }]
  })
  const probed = ports.map(async ({ id, port: one }): Promise<PortFacts> => {
    const pid = living.get(`bot-${id}`)?.pid ?? null
    const answers = pid !== null && (await isBot(one, id, pid))
    return {
      owner: id,
      port: one,
      isControl: false,
      isListening: isListening(one),
      isOurs: answers,
    }
  })
  return [own, ...(await Promise.all(probed))]
}

async function isBot(port: number, id: string, pid: number): Promise<boolean> {
  const asked = { method: 'GET', path: '/health', timeoutMs: PROBE_MS } as const
  try {
    readHealth(await request({ url: `http://127.0.0.1:${port}`, token: null }, asked), id, pid)
    return true
  } catch (error) {
    // A bot that is not well answers 503 and is still the one that should be there.
    return error instanceof HttpError && error.status === 503
  }
}
