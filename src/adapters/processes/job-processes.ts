/** Carries jobs of the lab out: the command of a person in a process of its own, told apart only by its channel. */
import { fork } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import type { Json } from '../../domain/strategy.ts'
import type { JobListener, JobProcesses } from '../../ports/job-store.ts'

const TEXT_MAX = 4000
/** So long a process may take to keep what it has. */
const END_MS = 5000

export interface CommandProcessesParts {
  /** The compiled program of the command line. */
  readonly program: string
  readonly home: string
  /** Folder below which each job has its own. */
  readonly reports: string
  readonly environment: Record<string, string>
  /** Options that every command gets. */
  readonly more: readonly string[]
}

export class CommandProcesses implements JobProcesses {
  readonly #parts: CommandProcessesParts
  readonly #reports: string

  constructor(parts: CommandProcessesParts) {
    this.#parts = parts
    this.#reports = parts.reports
  }

  start(command: readonly string[], listener: JobListener): { stop(): void } {
    const { program, home, environment, more } = this.#parts
    const child = fork(program, [...command, '--home', home, ...more], {
      cwd: home,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    })
    lowerPriority(child.pid)
    let text = ''
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      text = `${text}${part}`.slice(-TEXT_MAX)
    })
    child.on('message', (message) => {
      const share = progressOf(message)
      if (share !== null) listener.onProgress(share)
    })
    let isOver = false
    const end = (code: number | null, said: string): void => {
      if (isOver) return
      isOver = true
      listener.onExit({ code, text: said })
    }
    child.on('error', (error) => end(null, error.message))
    child.on('close', (code) => end(code, whatItSaid(text)))
    return {
      stop: () => {
        child.kill('SIGINT')
        setTimeout(() => child.kill('SIGKILL'), END_MS).unref()
      },
    }
  }

  reportFolder(id: string): string {
    const folder = join(this.#reports, id)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  summaryOf(id: string): Json {
    for (const [file, keys] of Object.entries(HEADLINES)) {
      const text = this.readReport(id, file)
      if (text !== null) return headlineOf(text, keys)
    }
    return null
  }

  readReport(id: string, file: string): string | null {
    try {
      return readFileSync(join(this.#reports, id, file), 'utf8')
    } catch {
      return null
    }
  }

  removeReport(id: string): void {
    rmSync(join(this.#reports, id), { recursive: true, force: true })
  }
}

/** What trades goes first. */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It has ended already.
  }
}

/** Faults of one file are told in a line each: all of them are wanted. */
const FAULTS_MAX = 8

/** The last line that was said; the lines before it that begin with the same place are joined to it. */
export function whatItSaid(text: string): string {
  const lines = text.trim().split('\n')
  const last = lines.at(-1)?.trim() ?? ''
  const place = /^\S[^:]*: /.exec(last)?.[0] ?? null
  if (place === null) return last
  const first = lines.findLastIndex((line) => !line.startsWith(place)) + 1
  const faults = lines.slice(Math.max(first, lines.length - FAULTS_MAX))
  return place + faults.map((line) => line.slice(place.length).trim()).join('; ')
}

function progressOf(message: unknown): number | null {
  const share =
    typeof message === 'object' && message !== null && 'progress' in message
      ? message.progress
      : null
  return typeof share === 'number' && Number.isFinite(share) ? share : null
}

/** What a list shows, by the file that a command writes; the whole stands in the report. */
const HEADLINES: Readonly<Record<string, readonly string[]>> = {
  'result.json': [
    ...['instance', 'strategy', 'set', 'instrument', 'timeframe', 'startAt', 'endAt', 'end'],
    ...['returnOnCapital', 'ledger', 'drawdown', 'statistics', 'engine', 'fingerprint'],
    'restriction',
  ],
  'optimize.json': ['set', 'isWhole', 'objectives', 'counts', 'steadiest', 'deflatedSharpe'],
  'walk-forward.json': [
    ...['isWhole', 'objective', 'totalReturn', 'maxDrawdown', 'sharpe', 'efficiency'],
    'profitableShare',
  ],
}

function headlineOf(text: string, keys: readonly string[]): Json {
  try {
    const result: unknown = JSON.parse(text)
    if (typeof result !== 'object' || result === null) return null
    return Object.fromEntries(Object.entries(result).filter(([key]) => keys.includes(key))) as Json
  } catch {
    // A report that cannot be read has no figures; its page says so.
    return null
  }
}
