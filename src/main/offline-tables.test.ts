import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { emptyBatch, fillRow } from '../../test/support/journal-rows.ts'
import { SqliteJournalStore } from '../adapters/stores/sqlite-journal-store.ts'
import type { Json } from '../domain/strategy.ts'
import type { FillRow } from '../protocol/fleet-messages.ts'
import { OfflineTables } from './offline-tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'offline-tables-'))
after(() => rmSync(folder, { recursive: true }))

/** The journal of an account on which `a` has bought one contract. */
function keep(account: string, venue: string, seq: number): void {
  const journal = new SqliteJournalStore(join(folder, `account-${account}.db`), () => seq)
  const instrument = { ...testInstrument, venue } as unknown as Json
  const instance = { instance: 'a', settings: {}, instrument, risk: {}, override: null }
  const row = fillRow(seq, seq, `${venue}${seq}`)
  const event = { ...row.event, at: seq, fill: { ...row.event.fill, at: seq } }
  const events = [{ ...row, instance: 'a', event }]
  journal.commit({ ...emptyBatch, instances: [instance], events, venueSeq: seq })
  journal.close()
}

test('an instance that has moved to another account keeps the contract of each of its executions', async () => {
  keep('paper-okx-main', 'okx', 1)
  keep('paper-bybit-main', 'bybit', 2)
  const registry = { home: { database: folder }, find: () => null }
  const nobody = {} as never
  const tables = new OfflineTables(registry as never, nobody, nobody)
  const all = { instance: 'a', venue: null, since: null, limit: 10 }
  const venues = async (filter: { readonly venue?: string; readonly limit?: number }) =>
    (await tables.rows('fills', { ...all, ...filter })).map((row) => (row as FillRow).venue)
  assert.deepEqual(await venues({}), ['bybit', 'okx'])
  assert.deepEqual(await venues({ limit: 1 }), ['bybit'])
  assert.deepEqual(await venues({ venue: 'okx', limit: 1 }), ['okx'])
  assert.deepEqual(await tables.rows('trades', all), [])
  assert.deepEqual(await tables.rows('orders', all), [])
})
