/** One sentence for a database that cannot be opened, read or written: what, where, how to mend it. */
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const BUSY = 5
const READ_ONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

/** The message is one sentence that names the file. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault'
}

/** What the file system itself says when the file is made or its mode is set. */
const SYSTEM_CODES: Readonly<Record<string, number>> = {
  EROFS: READ_ONLY,
  EACCES: CANNOT_OPEN,
  EPERM: CANNOT_OPEN,
  ENOSPC: FULL,
}

function codeOf(error: unknown): number {
  if (!(error instanceof Error)) return 0
  if ('errcode' in error) return Number(error.errcode) & 0xff
  return 'code' in error ? (SYSTEM_CODES[String(error.code)] ?? 0) : 0
}

/** Whether the file is there and only cannot be written. */
export const isReadOnly = (error: unknown): boolean =>
  [READ_ONLY, CANNOT_OPEN].includes(codeOf(error))

/**
 * @param mend what to do about a damaged file, as the end of a sentence
 * @returns the error itself when it is none of SQLite's
 */
export function databaseFault(path: string, error: unknown, mend: string): unknown {
  const why = error instanceof Error ? error.message : String(error)
  const name = basename(path)
  const tell = (text: string): DatabaseFault => new DatabaseFault(text, { cause: error })
  switch (codeOf(error)) {
    case CORRUPT:
    case NOT_A_DATABASE:
      return tell(`${path} is damaged (${why}): ${mend}`)
    case FULL:
      return tell(`${path} cannot be written, its disk is full: make room there`)
    case READ_ONLY:
    case CANNOT_OPEN:
      return tell(
        `${path} cannot be written (${why}): give this user write access to it and to its folder`,
      )
    case IO_ERROR:
      return tell(`${path} cannot be used (${why}): look after its disk, see the system's log`)
    case BUSY:
      return tell(`${path} is held by another program: end whoever has ${name} open`)
    default:
      return error
  }
}

/**
 * Opens a database that may lie where nothing can be written. The log that lies beside the file needs a file of shared
 * memory: where none can be made, the file is read alone and its last changes may be missing.
 */
export function openToRead(path: string): DatabaseSync {
  const open = (from: string | URL): DatabaseSync => {
    const database = new DatabaseSync(from, { readOnly: true, timeout: 5000 })
    try {
      database.prepare('PRAGMA user_version').get()
      return database
    } catch (error) {
      database.close()
      throw error
    }
  }
  try {
    return open(path)
  } catch (error) {
    if (!isReadOnly(error)) throw error
    const url = pathToFileURL(path)
    url.searchParams.set('immutable', '1')
    return open(url)
  }
}
