/**
 * Tells a journal that can be trusted from one that cannot. SQLite checks the shape of its pages, not what stands in
 * them, and drops the tail of a damaged write-ahead log without a word: so every row carries a sum of its own, and a
 * small file beside the journal (the mark) remembers how many commits it has seen.
 */
import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'

/** The columns that a row's sum covers, per table; `sum` itself is the last column of each. */
const summed = {
  meta: ['key', 'value'],
  orders: [
    'client_id',
    'instance',
    'origin',
    'request',
    'sent_at',
    'expires_at',
    'outcome',
    'reason',
    'filled',
    'is_settled',
  ],
  events: ['seq', 'instance', 'venue_seq', 'kind', 'fill_id', 'body'],
  instances: ['instance', 'settings', 'instrument', 'risk', 'override'],
  notes: ['key', 'body'],
  booked: ['key', 'venue_seq', 'body'],
} as const

type Table = keyof typeof summed
const tables = Object.keys(summed) as Table[]
const keyOf: Readonly<Record<Table, string>> = {
  meta: 'key',
  orders: 'client_id',
  events: 'seq',
  instances: 'instance',
  notes: 'key',
  booked: 'key',
}

/** The first version with sums; what has none is summed once, when it is opened. */
const SUMS_SINCE = 2
/** 3: table `booked`, the names of what was booked once for ever. */
export const JOURNAL_VERSION = 3
/** The first version that has a table, where it is not the first with sums. */
const tableSince: Partial<Readonly<Record<Table, number>>> = { booked: 3 }

/** What was found wrong, in words for a person. */
export class JournalDamagedError extends Error {
  override readonly name = 'JournalDamagedError'
}

const CORRUPT = 11
const NOT_A_DATABASE = 26

/** Whether SQLite says that the file itself is broken, and not the disk or the permissions. */
export function isDamage(error: unknown): boolean {
  if (error instanceof JournalDamagedError) return true
  if (!(error instanceof Error) || !('errcode' in error)) return false
  const code = Number(error.errcode) & 0xff
  return code === CORRUPT || code === NOT_A_DATABASE
}

export function addRowSum(db: DatabaseSync): void {
  const options = { varargs: true, deterministic: true, directOnly: false }
  db.function('row_sum', options, (...values: unknown[]) => crc32(values.join('\u001f')))
}

/** Keeps the sums right for this connection; the triggers are temporary, so that other programs can read the file. */
export function keepSums(db: DatabaseSync): void {
  for (const table of tables) {
    const columns = summed[table]
    const set = `UPDATE ${table} SET sum = row_sum(${columns.join(', ')}) WHERE ${keyOf[table]} = NEW.${keyOf[table]};`
    db.exec(`CREATE TEMP TRIGGER ${table}_added AFTER INSERT ON main.${table} BEGIN ${set} END;
      CREATE TEMP TRIGGER ${table}_changed AFTER UPDATE OF ${columns.join(', ')} ON main.${table} BEGIN ${set} END;`)
  }
}

/** Gives every row of an older journal its sum. */
export function sumAll(db: DatabaseSync): void {
  for (const table of tables)
    db.exec(`UPDATE ${table} SET sum = row_sum(${summed[table].join(', ')}) WHERE sum IS NULL`)
}

/**
 * Reads a whole journal without changing it.
 * @param mark what the file beside it remembers, null = nothing
 * @throws JournalDamagedError with what is wrong; SQLite's own error when it cannot be read for another reason
 */
export function checkJournal(path: string, mark: Mark | null): void {
  if (!existsSync(path) || statSync(path).size === 0) {
    if (mark === null || mark.commits === 0) return
    throw new JournalDamagedError(
      `it is ${existsSync(path) ? 'empty' : 'missing'}, but ${mark.commits} commits were made`,
    )
  }
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    const found = db.prepare('PRAGMA integrity_check(1)').get()
    const word = String(found?.['integrity_check'])
    if (word !== 'ok') {
      const what = word.replace('*** in database main ***', '').trim().replaceAll(/\s+/g, ' ')
      throw new JournalDamagedError(`SQLite says: ${what}`)
    }
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > JOURNAL_VERSION)
      throw new Error(
        `${path} was written by a newer program (version ${version}, this one knows ${JOURNAL_VERSION}): install that one`,
      )
    if (version >= SUMS_SINCE) checkRows(db, mark, version)
    // Of a journal that was never taken out of its log the file alone holds nothing, not even its version.
    else if (mark !== null && mark.commits > 0)
      throw new JournalDamagedError(
        `its write-ahead log is gone or damaged: ${mark.commits} commits were made, none is there`,
      )
  } finally {
    db.close()
  }
}

function checkRows(db: DatabaseSync, mark: Mark | null, version: number): void {
  addRowSum(db)
  for (const table of tables) {
    if ((tableSince[table] ?? SUMS_SINCE) > version) continue
    const key = keyOf[table]
    const wrong = db
      .prepare(
        `SELECT ${key} AS key FROM ${table} WHERE sum IS NOT row_sum(${summed[table].join(', ')})`,
      )
      .get()
    if (wrong) throw new JournalDamagedError(`row ${String(wrong['key'])} of ${table} was changed`)
  }
  const value = (key: string): number =>
    Number(db.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'] ?? 0)
  if (mark === null) return
  const [commits, epoch] = [value('commits'), value('epoch')]
  if (commits < mark.commits || epoch < mark.epoch)
    throw new JournalDamagedError(
      `its last commits are gone: ${commits} of ${mark.commits} are there (start ${epoch} of ${mark.epoch})`,
    )
}

/** How many commits a journal has seen, and in which start. */
export interface Mark {
  readonly commits: number
  readonly epoch: number
}

export const markPath = (journal: string): string => `${journal}-mark`

/** null = there is none, or it cannot be read: then it proves nothing. */
export function readMark(journal: string): Mark | null {
  if (!existsSync(markPath(journal))) return null
  const match = /^(\d{16}) (\d{16}) (\d{10})\n$/.exec(readFileSync(markPath(journal), 'latin1'))
  if (!match) return null
  const [, commits = '', epoch = '', sum = ''] = match
  if (crc32(`${commits} ${epoch}`) !== Number(sum)) return null
  return { commits: Number(commits), epoch: Number(epoch) }
}

/**
 * Written after each commit, not synced: it is behind the journal after a power cut, never ahead of it. A mark that
 * cannot be written stops nothing.
 */
export class MarkWriter {
  readonly #path: string
  #file: number | null = null

  constructor(journal: string) {
    this.#path = markPath(journal)
  }

  write({ commits, epoch }: Mark): void {
    const digits = (value: number): string => String(value).padStart(16, '0')
    const text = `${digits(commits)} ${digits(epoch)}`
    try {
      this.#file ??= openSync(this.#path, existsSync(this.#path) ? 'r+' : 'w', 0o600)
      writeSync(this.#file, `${text} ${String(crc32(text)).padStart(10, '0')}\n`, 0, 'latin1')
    } catch {
      this.close()
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}
