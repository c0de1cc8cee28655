/** Small files, written so that a reader sees the old or the new text, never half of one. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Replaces a file as a whole; `mode` is that of the new file (0o600 for anything with a token). When there is no room
 * for it the old file stays and nothing lies beside it.
 * @throws Error with one sentence
 */
export function writeWhole(path: string, text: string, mode: number): void {
  try {
    replaceFile(path, text, mode)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new Error(`${path} cannot be written ${WRITE_FAULTS[code] ?? `(${code})`}`, {
      cause: error,
    })
  }
}

const WRITE_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: '(its disk is full): make room there',
  EDQUOT: '(the quota is used up): make room there',
  EROFS: '(read-only file system): make it writable',
  EACCES: '(no access): give this user write access to its folder',
  EPERM: '(not permitted): give this user write access to its folder',
}

function replaceFile(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.new`
  rmSync(draft, { force: true })
  const file = openSync(draft, 'wx', mode)
  try {
    writeAll(file, Buffer.from(text))
    fsyncSync(file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}

/** A disk with little room takes a part at a time and says that it is full only at the next one. */
function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

export const writeJson = (path: string, value: unknown, mode: number): void =>
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`, mode)

/** The file itself where a path is a link to it: what replaces a text must not replace the link. */
export const fileBehind = (path: string): string => (existsSync(path) ? realpathSync(path) : path)

/** The parsed file, or null when it is missing or no JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** A plain decimal pid file; null when there is none or it holds something else. */
export function readPid(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null
  } catch {
    return null
  }
}

/** The last lines of a file, read from its end. */
export function lastLines(path: string, count: number): string[] {
  const BYTES_MAX = 256 * 1024
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return []
  }
  try {
    const size = fstatSync(file).size
    const bytes = Buffer.alloc(Math.min(size, BYTES_MAX))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    const lines = bytes.toString('utf8').split('\n')
    if (size > BYTES_MAX) lines.shift()
    if (lines.at(-1) === '') lines.pop()
    return count === 0 ? [] : lines.slice(-count)
  } finally {
    closeSync(file)
  }
}

/** What was written to a file after its first `from` bytes, at most 64 KiB of it. */
export function textAfter(path: string, from: number): string {
  try {
    return readFileSync(path).subarray(from).subarray(-65_536).toString('utf8')
  } catch {
    return ''
  }
}

/** The folders of days below a log folder, oldest first. */
export function dayFolders(logDir: string): string[] {
  if (!existsSync(logDir)) return []
  return readdirSync(logDir)
    .filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name))
    .sort()
    .map((name) => join(logDir, name))
}
