/** Processes of this machine, started detached: each in a session of its own, its output in files. */
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import type {
  ProcessExit,
  ProcessHost,
  ProcessIdentity,
  ProcessUsage,
  SpawnRequest,
} from '../../ports/process-host.ts'

/** The started process carries its token under this name and need not read it. (PERPFLEET_… would be read as a key.) */
const TOKEN_VARIABLE = 'FLEET_PROCESS_TOKEN'

/** Linux counts processor time in USER_HZ, which is 100 on every platform that Node.js runs on. */
const TICKS_PER_SECOND = 100

/** Fields of /proc/PID/stat after the command name, counted from `state` (see proc(5)). */
const STATE = 0
const USER_TICKS = 11
const SYSTEM_TICKS = 12
const START_TICKS = 19

const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

function statOf(pid: number): readonly string[] | null {
  const text = textOf(`/proc/${pid}/stat`)
  // The command name stands in parentheses and may hold spaces and parentheses itself.
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** From the text of /proc/PID/status: its kB do not depend on the size of a memory page. */
function residentBytesOf(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`) ?? '')
  return Number(match?.[1] ?? 0) * 1024
}

const hasProc = textOf('/proc/self/stat') !== null

const askPs = (...args: string[]): string =>
  execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

/** Start of a process where there is no /proc (macOS); to the second. */
function startFromPs(pid: number): string | null {
  try {
    const text = askPs('-o', 'stat=,lstart=', '-p', String(pid))
    return text === '' || text.startsWith('Z') ? null : text.replace(/^\S+\s+/, '')
  } catch {
    return null
  }
}

function startOf(pid: number): string | null {
  if (!hasProc) return startFromPs(pid)
  const stat = statOf(pid)
  // A zombie has ended; only its exit code has not been collected.
  if (stat === null || stat[STATE] === 'Z' || stat[STATE] === 'X') return null
  return stat[START_TICKS] ?? null
}

export class DetachedHost implements ProcessHost {
  readonly #bootId: string
  readonly #environment: Readonly<Record<string, string | undefined>>

  /** `environment`: what started processes inherit. */
  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment
    this.#bootId = textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  }

  self(): ProcessIdentity {
    return { pid: process.pid, startTime: startOf(process.pid) ?? '', bootId: this.#bootId }
  }

  spawn(request: SpawnRequest, onExit: (exit: ProcessExit) => void): ProcessIdentity {
    const stdout = openForAppend(request.stdoutFile)
    const stderr = openForAppend(request.stderrFile)
    try {
      const child = spawn(
        process.execPath,
        [...flagsOf(request), request.program, ...request.args],
        {
          cwd: request.folder,
          detached: true,
          stdio: ['ignore', stdout, stderr],
          env: { ...this.#environment, ...request.environment, [TOKEN_VARIABLE]: request.token },
        },
      )
      let hasEnded = false
      const end = (exit: ProcessExit) => {
        if (!hasEnded) onExit(exit)
        hasEnded = true
      }
      child.once('exit', (code, signal) => end({ code, signal }))
      child.once('error', () => end({ code: null, signal: null }))
      child.unref()
      if (child.pid === undefined) throw new Error(`${request.program} could not be started`)
      // A child that has ended already still has its /proc entry: it is collected later than now.
      const startTime = (hasProc ? statOf(child.pid)?.[START_TICKS] : startFromPs(child.pid)) ?? ''
      return { pid: child.pid, startTime, bootId: this.#bootId }
    } finally {
      closeSync(stdout)
      closeSync(stderr)
    }
  }

  identify(pid: number): ProcessIdentity | null {
    const startTime = startOf(pid)
    return startTime === null ? null : { pid, startTime, bootId: this.#bootId }
  }

  isAlive(identity: ProcessIdentity): boolean {
    return identity.bootId === this.#bootId && startOf(identity.pid) === identity.startTime
  }

  hasToken(identity: ProcessIdentity, token: string): boolean {
    const text = hasProc ? textOf(`/proc/${identity.pid}/environ`) : environmentFromPs(identity.pid)
    return (
      text?.split(hasProc ? '\0' : ' ').some((part) => part === `${TOKEN_VARIABLE}=${token}`) ??
      false
    )
  }

  signal(identity: ProcessIdentity, name: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): boolean {
    if (!this.isAlive(identity)) return false
    try {
      return process.kill(identity.pid, name)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
      throw error
    }
  }

  usage(identity: ProcessIdentity): ProcessUsage | null {
    const stat = this.isAlive(identity) ? statOf(identity.pid) : null
    if (stat === null) return null
    const ticks = Number(stat[USER_TICKS]) + Number(stat[SYSTEM_TICKS])
    return {
      memoryBytes: residentBytesOf(identity.pid),
      cpuSeconds: ticks / TICKS_PER_SECOND,
    }
  }

  listeningPorts(): ReadonlySet<number> | null {
    if (!hasProc) return null
    return new Set(['tcp', 'tcp6'].flatMap((name) => listenersIn(`/proc/net/${name}`)))
  }

  openFiles(folder: string): ReadonlySet<string> | null {
    if (!hasProc) return null
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    const paths = pids.flatMap(filesOf).filter((path) => path.startsWith(`${folder}/`))
    return new Set(paths)
  }
}

/** Local ports in the state LISTEN (0A) of a table of sockets, see proc_net_tcp. */
function listenersIn(path: string): number[] {
  const lines = (textOf(path) ?? '').split('\n').slice(1)
  return lines.flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    return state === '0A' ? [Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16)] : []
  })
}

/** What a process has open; nothing when it is gone or belongs to somebody else. */
function filesOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).map((name) => linkOf(`${folder}/${name}`))
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/**
 * A small young generation keeps a bot below its memory target (see bench memory); whoever answers many at once would
 * clear it all the time.
 */
const flagsOf = ({ isServer = false }: SpawnRequest): readonly string[] => [
  `--max-semi-space-size=${isServer ? 8 : 1}`,
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
]

function environmentFromPs(pid: number): string | null {
  try {
    return askPs('-E', '-o', 'command=', '-p', String(pid))
  } catch {
    return null
  }
}

/** Output that has no room must not keep a process from running: it goes nowhere then. */
function openForAppend(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'a', 0o640)
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
    if (!isFull) throw error
    return openSync('/dev/null', 'a')
  }
}
