import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { approvedOrder, emptyBatch, fillRow } from '../../../test/support/journal-rows.ts'
import type { ClientOrderId } from '../../domain/order.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `${++files}.db`)
const open = (path: string) => new SqliteJournalStore(path, () => 1)

describe('journal on SQLite', () => {
  test('every commit is synced to the disk: WAL with synchronous FULL', () => {
    const path = newPath()
    const store = open(path)
    const mode = new DatabaseSync(path).prepare('PRAGMA journal_mode').get() as {
      journal_mode: string
    }
    assert.equal(mode.journal_mode, 'wal')
    assert.equal(store.synchronous, 2)
    store.close()
  })

  test('the log is brought into the file between orders, not by the commit of one', () => {
    const path = newPath()
    const store = open(path)
    const before = statSync(path).size
    for (let i = 0; i < 600; i++) store.commit({ ...emptyBatch, intents: [approvedOrder(`x${i}`)] })
    assert.equal(statSync(path).size, before)
    store.tidy()
    assert.ok(statSync(path).size > before)
    store.close()
  })

  test('an epoch is never used twice and ids come from reserved blocks', () => {
    const path = newPath()
    const first = open(path)
    assert.equal(first.reserveIds(10), 0)
    assert.equal(first.reserveIds(10), 10)
    const { epoch } = first
    first.close()
    const second = open(path)
    assert.equal(second.epoch, epoch + 1)
    second.close()
  })

  test('a position that was taken over is an event without a number of the venue', () => {
    const path = newPath()
    const store = open(path)
    store.commit({ ...emptyBatch, events: [fillRow(1, 7, 'f1')], venueSeq: 7 })
    for (const seq of [2, 3])
      store.commit({ ...emptyBatch, events: [fillRow(seq, -seq, `adopted-${seq}`)] })
    store.close()
    const again = open(path)
    assert.deepEqual(
      [again.damage, again.lastSeq, again.lastVenueSeq, again.eventsAfter('a', 1, 10).length],
      [null, 3, 7, 2],
    )
    again.close()
  })

  test('an intent is unsettled until its outcome says so, with what was filled', () => {
    const path = newPath()
    const store = open(path)
    store.commit({ ...emptyBatch, intents: [approvedOrder('x1')] })
    store.commit({ ...emptyBatch, events: [fillRow(1, 1, 'f1')], venueSeq: 1 })
    store.close()
    const again = open(path)
    const [order] = again.unsettled('a')
    assert.deepEqual([order?.clientId, order?.quantityFilled, order?.expiresAt], ['x1', 2, 5000])
    assert.deepEqual(again.originOf('x1' as ClientOrderId), { kind: 'slot', slot: 'B15000' })
    assert.deepEqual(
      [again.lastSeq, again.lastVenueSeq, again.eventsAfter('a', 0, 10).length],
      [1, 1, 1],
    )
    again.commit({
      ...emptyBatch,
      outcomes: [
        { clientId: 'x1' as ClientOrderId, outcome: 'filled', reason: null, isSettled: true },
      ],
    })
    assert.equal(again.unsettled('a').length, 0)
    again.close()
  })

  test('a fill booked twice breaks the whole commit and leaves no half of it', () => {
    const store = open(newPath())
    store.commit({
      ...emptyBatch,
      intents: [approvedOrder('x1')],
      events: [fillRow(1, 1, 'f1')],
      venueSeq: 1,
    })
    assert.throws(() =>
      store.commit({
        ...emptyBatch,
        intents: [approvedOrder('x2')],
        events: [fillRow(2, 2, 'f1')],
        venueSeq: 2,
      }),
    )
    assert.deepEqual([store.lastSeq, store.lastVenueSeq, store.unsettled('a').length], [1, 1, 1])
    store.close()
  })

  test('a client id used twice is refused', () => {
    const store = open(newPath())
    store.commit({ ...emptyBatch, intents: [approvedOrder('x1')] })
    assert.throws(() => store.commit({ ...emptyBatch, intents: [approvedOrder('x1')] }))
    store.close()
  })
})
