/** Reads the log of one instance over its days and turned-over parts: what was asked for, then what is added. */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { LineSource, NewLines } from './context.ts'
import { LineSieve, type LogFilter, Tail } from './log-line.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000
const CHUNK_BYTES = 1024 * 1024

interface ReadFile {
  readonly path: string
  readonly inode: number
  /** Behind the last whole line that was read. */
  readonly offset: number
}

export class LogFollower implements LineSource {
  readonly #folder: string
  readonly #name: string
  #newest: ReadFile | null = null
  #sieve: LineSieve | null = null

  /** @param name of the files without their ending: `bot` for bot.log and bot.1.log */
  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
  }

  /** Oldest first; within a day the turned-over part comes before the present one. */
  #files(): string[] {
    return this.#days().flatMap((day) => this.#filesOf(day))
  }

  #days(): string[] {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .filter((name) => DAY.test(name))
      .sort()
  }

  #filesOf(day: string): string[] {
    return [`${this.#name}.1.log`, `${this.#name}.log`]
      .map((name) => join(this.#folder, day, name))
      .filter((path) => existsSync(path))
  }

  last(count: number, filter: LogFilter): readonly string[] {
    const newest = this.#files().at(-1)
    let lines: readonly string[] = []
    for (const day of this.#days().reverse()) {
      const files = this.#filesOf(day)
      const isNeeded = lines.length < count && mayHold(day, filter)
      // The newest file is read in any case: `more` goes on behind it.
      if (!isNeeded && !files.includes(newest ?? '')) continue
      const tail = new Tail(Math.max(0, count - lines.length))
      for (const path of files) this.#readWhole(path, path === newest, new LineSieve(filter), tail)
      lines = [...tail.lines, ...lines]
    }
    return lines
  }

  #readWhole(path: string, isNewest: boolean, sieve: LineSieve, tail: Tail): void {
    const take = (line: string) => {
      if (sieve.takes(line)) tail.add(line)
    }
    const read = readLines(path, 0, take)
    if (read === null) return
    if (read.rest !== '') take(read.rest)
    if (!isNewest) return
    this.#newest = read.file
    this.#sieve = sieve
  }

  /** A file that was turned over meanwhile is read to its end under its new name. */
  more(filter: LogFilter): readonly string[] {
    const lines: string[] = []
    this.#sieve ??= new LineSieve(filter)
    const sieve = this.#sieve
    const take = (line: string) => {
      if (sieve.takes(line)) lines.push(line)
    }
    const files = this.#files()
    const before = this.#newest
    const known = files.findLastIndex((path) => before !== null && inodeOf(path) === before.inode)
    // A file that is not there under any name was replaced: what stands in its place is new.
    const from = known >= 0 ? known : Math.max(0, files.indexOf(before?.path ?? ''))
    for (const [at, path] of files.slice(from).entries()) {
      const offset = at === 0 && known >= 0 ? (before?.offset ?? 0) : 0
      this.#newest = readLines(path, offset, take)?.file ?? this.#newest
    }
    return lines
  }
}

/** Whether lines of a day folder may lie in the time asked for, in whatever zone its days were counted. */
function mayHold(day: string, { since, until }: LogFilter): boolean {
  const from = Date.parse(`${day}T00:00:00Z`)
  return (
    (since === null || from + 2 * DAY_MS >= since) && (until === null || from - DAY_MS <= until)
  )
}

const inodeOf = (path: string): number | null =>
  statSync(path, { throwIfNoEntry: false })?.ino ?? null

function opened(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    // Between the look at the folder and now it was turned over or removed.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Reads whole lines from an offset on; `rest` is what stands behind the last line feed. null: no such file. */
function readLines(
  path: string,
  from: number,
  take: (line: string) => void,
): { readonly file: ReadFile; readonly rest: string } | null {
  const file = opened(path)
  if (file === null) return null
  try {
    const { size, ino: inode } = fstatSync(file)
    // A file that was cut is read from its beginning.
    let offset = size < from ? 0 : from
    let at = offset
    let rest = ''
    const decoder = new StringDecoder('utf8')
    const bytes = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(1, size - at)))
    for (;;) {
      const count = readSync(file, bytes, 0, bytes.length, at)
      if (count === 0) break
      const end = bytes.subarray(0, count).lastIndexOf(10)
      if (end >= 0) offset = at + end + 1
      at += count
      const parts = (rest + decoder.write(bytes.subarray(0, count))).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) take(line)
    }
    return { file: { path, inode, offset }, rest: rest + decoder.end() }
  } finally {
    closeSync(file)
  }
}

/** Lines that somebody else makes. */
export class SievedLines implements LineSource {
  readonly #lines: NewLines

  constructor(lines: NewLines) {
    this.#lines = lines
  }

  last(count: number, filter: LogFilter): readonly string[] {
    const tail = new Tail(count)
    const sieve = new LineSieve(filter)
    for (const line of this.#lines.next()) if (sieve.takes(line)) tail.add(line)
    return tail.lines
  }

  more(filter: LogFilter): readonly string[] {
    return this.last(Number.POSITIVE_INFINITY, filter)
  }
}
