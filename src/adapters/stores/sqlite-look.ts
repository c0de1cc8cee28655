/** Looks at databases without changing them: whether they are whole, and what the registry says. */
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { InstanceRecord, ProcessRecord } from '../../ports/fleet-store.ts'
import { openToRead } from './database-fault.ts'
import { instanceOf, processOf } from './sqlite-fleet-store.ts'
import { checkJournal, isDamage, readMark } from './sqlite-journal-check.ts'

/** Both null: it is whole. */
export interface Condition {
  /** What is wrong with the file. */
  readonly damage: string | null
  /** Why it could not be looked at. */
  readonly trouble: string | null
}

/** By SQLite's own check of the pages. */
export const conditionOf = (path: string): Condition =>
  condition(() =>
    reading(path, (database) => {
      const found = database.prepare('PRAGMA integrity_check(1)').get()
      const word = String(found?.['integrity_check'])
      if (word !== 'ok') return `SQLite says: ${word}`
      return null
    }),
  )

/** With the sums of its rows and the number of its commits, as its desk checks it at the start. */
export const conditionOfJournal = (path: string): Condition =>
  condition(() => {
    // First the mark: a desk that runs meanwhile only adds to the journal.
    const mark = readMark(path)
    checkJournal(path, mark)
    return null
  })

function condition(look: () => string | null): Condition {
  try {
    return { damage: look(), trouble: null }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return isDamage(error) ? { damage: text, trouble: null } : { damage: null, trouble: text }
  }
}

export interface Registry {
  readonly instances: readonly InstanceRecord[]
  readonly processes: readonly ProcessRecord[]
}

/** The registry of a home as it stands; empty when there is none, or when it cannot be read. */
export function readRegistry(path: string): Registry {
  const none: Registry = { instances: [], processes: [] }
  if (!existsSync(path)) return none
  try {
    return reading(path, (database) => ({
      instances: database.prepare('SELECT * FROM instance ORDER BY id').all().map(instanceOf),
      processes: database.prepare('SELECT * FROM process ORDER BY name').all().map(processOf),
    }))
  } catch {
    // Its condition is told apart.
    return none
  }
}

function reading<T>(path: string, read: (database: DatabaseSync) => T): T {
  const database = openToRead(path)
  try {
    return read(database)
  } finally {
    database.close()
  }
}
