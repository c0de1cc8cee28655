/**
 * Reads what bots and desks have stored, while they run or after: for tables that are shown without a control plane.
 * Opens read-only and changes nothing, least of all the epoch of a journal.
 */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Instrument } from '../../domain/instrument.ts'
import type { ModeCause } from '../../domain/mode-cause.ts'
import type { Quantity } from '../../domain/money.ts'
import type { ReasonCode } from '../../domain/reason.ts'
import type { InstanceMode } from '../../domain/risk.ts'

function reading<T>(path: string, absent: T, read: (database: DatabaseSync) => T): T {
  if (!existsSync(path)) return absent
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2000 })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

/** The status that a bot saved last (as GET /api/status answers it); null = none. */
export function readBotStatus(path: string): unknown {
  return reading(path, null, (database) => {
    const row = database.prepare('SELECT status FROM instance WHERE id = 1').get()
    return typeof row?.['status'] === 'string' ? JSON.parse(row['status']) : null
  })
}

/** What the journal of a desk keeps of an instance: the truth on its position, and what holds it. */
export interface KeptInstance {
  readonly instance: string
  readonly instrument: Instrument
  readonly position: Quantity
  readonly mode: InstanceMode
  readonly latch: ReasonCode | null
  readonly cause: ModeCause | null
}

/** @param path of the journal of an account @returns null = it does not know the instance */
export function readKept(path: string, instance: string): KeptInstance | null {
  return reading(path, null, (database) => {
    const sql = 'SELECT instrument, risk FROM instances WHERE instance = ?'
    const row = database.prepare(sql).get(instance)
    if (row === undefined) return null
    const risk = JSON.parse(String(row['risk'])) as Omit<KeptInstance, 'instance' | 'instrument'>
    const { position, mode, latch, cause = null } = risk
    const instrument = JSON.parse(String(row['instrument'])) as Instrument
    return { instance, instrument, position, mode, latch, cause }
  })
}
