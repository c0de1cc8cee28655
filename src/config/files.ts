/** Reading configuration files: every failure of the file system becomes a fault with a way out. */
import { lstatSync, readFileSync, statSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { type Fault, faultAt } from './fault.ts'

const BYTES_MAX = 1_048_576

/** The path as people read it: below the home relative to it, else as it is. */
export function displayPath(path: string, home: string): string {
  const below = relative(home, path)
  return below === '' || below.startsWith('..') ? path : below.split(sep).join('/')
}

export interface ReadText {
  /** null when the file is absent (no fault) or cannot be read (with fault). */
  readonly text: string | null
  readonly fault: Fault | null
}

/** Reads a text file of at most 1 MiB. */
export function readText(path: string, file: string, isOptional: boolean): ReadText {
  const refuse = (why: string): ReadText => {
    const fault = faultAt({ file, line: 0 }, 'unreadable', '', `the file cannot be read: ${why}`)
    return { text: null, fault }
  }
  try {
    const { size, isFile } = kindOf(path)
    if (!isFile) return refuse('it is no ordinary file')
    if (size > BYTES_MAX) return refuse(`it has ${size} bytes, at most ${BYTES_MAX} are allowed`)
    return {
      text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)),
      fault: null,
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' && isOptional && !isDangling(path)) return { text: null, fault: null }
    return refuse(REASONS[code ?? ''] ?? (error instanceof Error ? error.message : String(error)))
  }
}

function kindOf(path: string): { size: number; isFile: boolean } {
  const status = statSync(path)
  return { size: status.size, isFile: status.isFile() }
}

function isDangling(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this user may not read it',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is no UTF-8 text',
}

/** The fault of a file with secrets that others on this machine can read, or null. */
export function readableByOthers(path: string, file: string, what: string): Fault | null {
  if (process.platform === 'win32') return null
  const status = statSync(path, { throwIfNoEntry: false })
  const mode = (status?.mode ?? 0) & 0o777
  if ((mode & 0o077) === 0) return null
  const found = `mode ${mode.toString(8)}`
  const sentence = `${what} but can be read by others (${found}); run chmod 600 ${file}`
  return faultAt({ file, line: 0 }, 'permission', '', sentence, { found, allowed: 'mode 600' })
}
