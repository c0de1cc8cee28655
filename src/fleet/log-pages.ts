/**
 * The log of one process in pieces of bounded size, for those who read it over HTTP. A cursor names the file by its inode:
 * a log that turns over (`bot.log` → `bot.1.log`) is read on where the reader was.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { LogPage } from '../protocol/fleet-messages.ts'
import { dayFolders } from './files.ts'

const PAGE_BYTES_MAX = 256 * 1024
const BEGINNING = '0000-00-00/0@0'
const CURSOR = /^(\d{4}-\d{2}-\d{2})\/(\d{1,20})@(\d{1,15})$/
const NEWLINE = 10

interface LogFile {
  readonly day: string
  readonly path: string
  readonly inode: number
  readonly size: number
}

interface Place {
  readonly day: string
  readonly inode: number
  readonly offset: number
}

/** null = no cursor. */
export function readCursor(text: string): Place | null {
  const [, day, inode, offset] = CURSOR.exec(text) ?? []
  if (day === undefined) return null
  return { day, inode: Number(inode), offset: Number(offset) }
}

const cursorAt = ({ day, inode }: LogFile, offset: number): string => `${day}/${inode}@${offset}`

export class LogPages {
  readonly #folder: string
  readonly #name: string

  /** @param folder holds one folder a day; @param name of the log, without its ending */
  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
  }

  /** Oldest first. */
  #files(): LogFile[] {
    return dayFolders(this.#folder).flatMap((folder) =>
      [`${this.#name}.1.log`, `${this.#name}.log`].flatMap((name) => {
        const path = join(folder, name)
        if (!existsSync(path)) return []
        const { ino: inode, size } = statSync(path)
        return [{ day: basename(folder), path, inode, size }]
      }),
    )
  }

  /** The last lines before a cursor, or of all; fewer than `limit` when they are long. */
  before(cursor: Place | null, limit: number): LogPage {
    const files = this.#files()
    const last = files.at(-1)
    if (last === undefined) return { items: [], older: null, newer: BEGINNING }
    const newer = cursorAt(last, endOfLines(last))
    const found = files.findIndex((file) => file.inode === cursor?.inode && file.day === cursor.day)
    if (cursor !== null && found === -1) return { items: [], older: null, newer }
    let index = cursor === null ? files.length - 1 : found
    let end = cursor?.offset ?? endOfLines(last)
    const items: string[] = []
    let budget = PAGE_BYTES_MAX
    for (;;) {
      const file = files[index]
      if (file === undefined) return { items, older: null, newer }
      const piece = linesBefore(file.path, end, limit - items.length, budget)
      items.unshift(...piece.lines)
      budget -= end - piece.start
      end = piece.start
      if (items.length >= limit || budget <= 0) {
        const isFirst = index === 0 && end === 0
        return { items, older: isFirst ? null : cursorAt(file, end), newer }
      }
      if (end > 0) continue
      index -= 1
      end = files[index]?.size ?? 0
    }
  }

  /** Whole lines that were added behind a cursor. */
  after(cursor: Place): LogPage {
    const files = this.#files()
    const found = files.findIndex((file) => file.inode === cursor.inode && file.day === cursor.day)
    const isGone = found === -1
    let index = isGone ? files.findIndex((file) => file.day >= cursor.day) : found
    let offset = isGone ? 0 : cursor.offset
    const items: string[] = []
    let newer = `${cursor.day}/${cursor.inode}@${cursor.offset}`
    let budget = PAGE_BYTES_MAX
    while (index !== -1 && budget > 0) {
      const file = files[index]
      if (file === undefined) break
      // A file that was cut is read from its beginning.
      if (offset > file.size) offset = 0
      const piece = linesAfter(file.path, offset, budget)
      items.push(...piece.lines)
      budget -= piece.end - offset
      newer = cursorAt(file, piece.end)
      if (files[index + 1] === undefined || piece.end < endOfLines(file)) break
      index += 1
      offset = 0
    }
    return { items, older: null, newer }
  }
}

function bytesOf(path: string, from: number, length: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(Math.max(0, length))
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from))
  } finally {
    closeSync(file)
  }
}

/** Where the last whole line ends: a line may be half written. */
function endOfLines({ path, size }: LogFile): number {
  const from = Math.max(0, size - PAGE_BYTES_MAX)
  const end = bytesOf(path, from, size - from).lastIndexOf(NEWLINE)
  return end === -1 ? from : from + end + 1
}

const linesOf = (bytes: Buffer): string[] =>
  bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')

/** The last lines that end at `end`; `start` is where the first of them begins. */
function linesBefore(path: string, end: number, limit: number, budget: number) {
  const from = Math.max(0, end - budget)
  const bytes = bytesOf(path, from, end - from)
  let start = bytes.length
  let count = 0
  while (start > 0 && count < limit) {
    const previous = start < 2 ? -1 : bytes.lastIndexOf(NEWLINE, start - 2)
    // The first line of a piece may be the end of a longer one; a line as long as the piece is given in pieces.
    if (previous === -1 && from > 0 && count > 0) break
    start = previous + 1
    count += 1
  }
  return { lines: linesOf(bytes.subarray(start)), start: from + start }
}

/** Whole lines from `offset` on; `end` is where the last of them ends. */
function linesAfter(path: string, offset: number, budget: number) {
  const bytes = bytesOf(path, offset, budget)
  const last = bytes.lastIndexOf(NEWLINE)
  const isOneLongLine = last === -1 && bytes.length === budget
  const length = isOneLongLine ? bytes.length : last + 1
  return { lines: linesOf(bytes.subarray(0, length)), end: offset + length }
}
