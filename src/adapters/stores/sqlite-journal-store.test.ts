import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { approvedOrder, emptyBatch, fillRow } from '../../../test/support/journal-rows.ts'
import type { NumberedEvent } from '../../domain/account-event.ts'
import { firstSerial } from '../../domain/client-id.ts'
import type { InstrumentId } from '../../domain/instrument.ts'
import { money, quantity, ratio } from '../../domain/money.ts'
import type { ClientOrderId } from '../../domain/order.ts'
import { openJournal } from './sqlite-journal-file.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `${++files}.db`)
const fundingRow = (seq: number, at: number) => ({
  instance: 'a',
  venueSeq: seq,
  event: {
    kind: 'funding' as const,
    seq,
    at,
    instrument: 'test:SOL' as InstrumentId,
    amount: money(-3),
    rate: ratio(1),
    position: quantity(2),
  },
})
const cash = (venueSeq: number, id: string) => ({
  kind: 'cash' as const,
  venueSeq,
  at: 5,
  key: `cash:${id}`,
  amount: money(100),
  reason: 'deposit',
})
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

  test('a new journal gives out no id of one that was here before, or that another home keeps', () => {
    const [one, path] = [newPath(), newPath()]
    const before = new SqliteJournalStore(one, () => 1_790_000_000_000)
    const after = new SqliteJournalStore(path, () => 1_790_000_005_000)
    assert.deepEqual([before.epoch, after.epoch], [1_790_000_001, 1_790_000_006])
    for (const store of [before, after]) store.close()
  })

  test('before the first event the venue is asked from the beginning of the journal, whatever our clock said of an order', () => {
    const store = new SqliteJournalStore(newPath(), () => 1_790_000_900_000)
    store.keepVenue('account', 1_790_000_000_000)
    store.commit({ ...emptyBatch, intents: [approvedOrder('x1')] })
    assert.equal(store.venueMemory().eventsFrom, 1_790_000_000_000)
    store.close()
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

  test('what a venue must be asked for again begins where it was asked to, or at the oldest open order', () => {
    const path = newPath()
    const store = open(path)
    assert.deepEqual(store.venueMemory(), {
      fingerprint: null,
      journalFrom: null,
      eventsFrom: null,
    })
    store.keepVenue('account 7', 1000)
    assert.equal(store.venueMemory().eventsFrom, 1000)
    store.commit({ ...emptyBatch, events: [fillRow(1, 1, 'f1')], venueSeq: 1 })
    const bookedAt = store.venueMemory().eventsFrom ?? 0
    store.keepAsked(bookedAt - 500)
    store.close()
    const again = open(path)
    const memory = again.venueMemory()
    assert.deepEqual([memory.fingerprint, memory.journalFrom], ['account 7', 1000])
    assert.equal(
      memory.eventsFrom,
      bookedAt - 500,
      'not at the last event: older ones may be missing',
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

  test('funding and cash are booked once for ever, whatever is told again after a restart', () => {
    const path = newPath()
    const store = open(path)
    store.commit({
      ...emptyBatch,
      events: [fundingRow(1, 7)],
      unowned: [cash(8, 'd1')],
      venueSeq: 8,
    })
    store.close()
    const again = open(path)
    assert.deepEqual(
      ['funding:test:SOL:7', 'cash:d1', 'cash:d2'].map((key) => again.isBooked(key)),
      [true, true, false],
    )
    assert.throws(() => again.commit({ ...emptyBatch, unowned: [cash(9, 'd1')] }), /UNIQUE/)
    assert.throws(() => again.commit({ ...emptyBatch, events: [fundingRow(2, 7)] }), /UNIQUE/)
    assert.deepEqual(again.unowned(10), [cash(8, 'd1')])
    assert.equal(again.lastSeq, 1)
    again.close()
  })

  test('a fill is known by its id, of an instance or of nobody', () => {
    const store = open(newPath())
    const { fill } = fillRow(1, 1, 'f1').event as Extract<NumberedEvent, { kind: 'fill' }>
    store.commit({ ...emptyBatch, events: [fillRow(1, 1, 'f1')], venueSeq: 1 })
    const foreign = { kind: 'fill', venueSeq: 2, at: 5, fill: { ...fill, id: 'f2' } } as const
    store.commit({ ...emptyBatch, unowned: [{ ...foreign, isLiquidation: false }], venueSeq: 2 })
    assert.deepEqual(
      ['fill:f1', 'fill:f2', 'fill:f3'].map((key) => store.isBooked(key)),
      [true, true, false],
    )
    store.close()
  })

  test('a journal of before there were names is readable, and gets those of its funding', () => {
    const path = newPath()
    const store = open(path)
    store.commit({ ...emptyBatch, events: [fundingRow(1, 7), fillRow(2, 8, 'f1')], venueSeq: 8 })
    store.close()
    const old = new DatabaseSync(path)
    old.exec('DROP TABLE booked; PRAGMA user_version = 2')
    old.close()
    const again = openJournal(path, () => 1)
    assert.deepEqual(
      [
        again.damage,
        again.lastSeq,
        again.isBooked('funding:test:SOL:7'),
        again.isBooked('fill:f1'),
      ],
      [null, 2, true, true],
    )
    again.close()
    openJournal(path, () => 1).close()
  })

  test('serials go on over starts; those of a new journal begin where the clock says', () => {
    const path = newPath()
    const wallMs = Date.UTC(2026, 5, 1)
    const first = new SqliteJournalStore(path, () => wallMs)
    assert.equal(first.reserveSerials(64), firstSerial(wallMs))
    first.close()
    const second = new SqliteJournalStore(path, () => wallMs + 1e9)
    assert.equal(second.reserveSerials(64), firstSerial(wallMs) + 64)
    second.close()
  })

  test('a client id used twice is refused', () => {
    const store = open(newPath())
    store.commit({ ...emptyBatch, intents: [approvedOrder('x1')] })
    assert.throws(() => store.commit({ ...emptyBatch, intents: [approvedOrder('x1')] }))
    store.close()
  })
})

test('a desk whose journal another has opened since writes nothing, so it sends nothing', () => {
  const path = newPath()
  const first = openJournal(path, () => 1)
  first.commit({ ...emptyBatch, intents: [approvedOrder('o1')] })
  const second = openJournal(path, () => 2)
  const late = { ...emptyBatch, intents: [approvedOrder('o2')] }
  assert.throws(() => first.commit(late), /another desk has opened the journal since/)
  assert.equal(second.originOf('o2' as ClientOrderId), null)
  second.commit({ ...emptyBatch, intents: [approvedOrder('o3')] })
  second.close()
  first.close()
})
