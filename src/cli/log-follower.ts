/** Reads the log of one instance over its days: the last lines, then what is added. */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'

export type LogStream = 'bot' | 'daemon'
export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevelName = (typeof logLevels)[number]

const DAY = /^\d{4}-\d{2}-\d{2}$/
const CHUNK_BYTES = 1024 * 1024

export interface LogFilter {
  readonly level: LogLevelName | null
  readonly pattern: RegExp | null
}

/** The level of a line in either format; null = a line without one (a continued text). */
export function levelOf(line: string): LogLevelName | null {
  const word = /^\{.*?"level":"([a-z]+)"/.exec(line)?.[1] ?? /^\S+ ([A-Z]+) \[/.exec(line)?.[1]
  return logLevels.find((level) => level === word?.toLowerCase()) ?? null
}

export function isShown(line: string, { level, pattern }: LogFilter): boolean {
  if (pattern !== null && !pattern.test(line)) return false
  if (level === null) return true
  const own = levelOf(line)
  return own !== null && logLevels.indexOf(own) >= logLevels.indexOf(level)
}

export class LogFollower {
  readonly #folder: string
  readonly #stream: LogStream
  #file: string | null = null
  #offset = 0

  constructor(folder: string, stream: LogStream) {
    this.#folder = folder
    this.#stream = stream
  }

  #files(): string[] {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .filter((name) => DAY.test(name))
      .sort()
      .map((day) => join(this.#folder, day, `${this.#stream}.log`))
      .filter((path) => existsSync(path))
  }

  /** The last lines that pass the filter, oldest first; `more` goes on behind them. */
  last(count: number, filter: LogFilter): string[] {
    const files = this.#files()
    const lines: string[] = []
    for (const path of [...files].reverse()) {
      const text = readFileSync(path, 'utf8')
      if (path === files.at(-1)) this.#startAt(path, text)
      const shown = text.split('\n').filter((line) => line !== '' && isShown(line, filter))
      lines.unshift(...shown.slice(-(count - lines.length || 1)))
      if (lines.length >= count) break
    }
    return count === 0 ? [] : lines.slice(-count)
  }

  #startAt(path: string, text: string): void {
    const end = text.lastIndexOf('\n') + 1
    this.#file = path
    this.#offset = Buffer.byteLength(text.slice(0, end))
  }

  /** Whole lines added since the last call; goes over to the next day's file. */
  more(filter: LogFilter): string[] {
    const newest = this.#files().at(-1) ?? null
    const lines = this.#file === null ? [] : this.#read(this.#file)
    if (newest !== null && newest !== this.#file) {
      this.#file = newest
      this.#offset = 0
      lines.push(...this.#read(newest))
    }
    return lines.filter((line) => line !== '' && isShown(line, filter))
  }

  #read(path: string): string[] {
    const file = openSync(path, 'r')
    try {
      const size = fstatSync(file).size
      // A file that was cut is read from its beginning.
      if (size < this.#offset) this.#offset = 0
      const bytes = Buffer.alloc(Math.min(size - this.#offset, CHUNK_BYTES))
      const count = readSync(file, bytes, 0, bytes.length, this.#offset)
      // A character may be cut at the end of what is there: only whole lines are taken.
      const end = bytes.subarray(0, count).lastIndexOf(10) + 1
      this.#offset += end
      return bytes.subarray(0, end).toString('utf8').split('\n')
    } finally {
      closeSync(file)
    }
  }
}
