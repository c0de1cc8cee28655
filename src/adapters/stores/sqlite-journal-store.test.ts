import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { testInstrument } from '../../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../../domain/money.ts'
import type { ClientOrderId } from '../../domain/order.ts'
import { ApprovedIntent, checkIntent } from '../../domain/risk.ts'
import type { JournalBatch } from '../../ports/journal-store.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `${++files}.db`)
const open = (path: string) => new SqliteJournalStore(path, () => 1)

function approved(id: string): ApprovedIntent {
  const request = {
    instrument: testInstrument.id,
    side: 'buy',
    kind: 'limit',
    price: price(15_000),
    quantity: quantity(5),
    timeInForce: 'gtc',
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  } as const
  const verdict = checkIntent(
    {
      clientId: id as ClientOrderId,
      instance: 'a',
      origin: { kind: 'slot', slot: 'B15000' },
      request,
    },
    {
      instrument: testInstrument,
      mode: 'running',
      latch: null,
      isReconciled: true,
      limits: {
        positionSizeMax: ratio(1e8),
        positionNotionalMax: null,
        dailyLossMax: 0,
        drawdownMax: 0,
        capitalUtilizationMax: ratio(1e8),
        onBreach: 'halt',
      },
      leverage: 1,
      equity: money(1e12),
      mark: price(15_000),
      exposure: { position: quantity(0), buying: quantity(0), selling: quantity(0) },
    },
    5000,
  )
  assert.ok(verdict instanceof ApprovedIntent)
  return verdict
}

const empty: JournalBatch = { intents: [], outcomes: [], events: [], venueSeq: null, instances: [] }
const fillEvent = (seq: number, venueSeq: number, fillId: string) =>
  ({
    instance: 'a',
    venueSeq,
    event: {
      seq,
      at: 9,
      kind: 'fill',
      fill: {
        id: fillId,
        at: 9,
        instrument: testInstrument.id,
        clientId: 'x1' as ClientOrderId,
        side: 'buy',
        price: price(15_000),
        quantity: quantity(2),
        fee: money(3),
        isMaker: true,
        origin: { kind: 'slot', slot: 'B15000' },
      },
    },
  }) as const

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

  test('an intent is unsettled until its outcome says so, with what was filled', () => {
    const path = newPath()
    const store = open(path)
    store.commit({ ...empty, intents: [approved('x1')] })
    store.commit({ ...empty, events: [fillEvent(1, 1, 'f1')], venueSeq: 1 })
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
      ...empty,
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
      ...empty,
      intents: [approved('x1')],
      events: [fillEvent(1, 1, 'f1')],
      venueSeq: 1,
    })
    assert.throws(() =>
      store.commit({
        ...empty,
        intents: [approved('x2')],
        events: [fillEvent(2, 2, 'f1')],
        venueSeq: 2,
      }),
    )
    assert.deepEqual([store.lastSeq, store.lastVenueSeq, store.unsettled('a').length], [1, 1, 1])
    store.close()
  })

  test('a client id used twice is refused', () => {
    const store = open(newPath())
    store.commit({ ...empty, intents: [approved('x1')] })
    assert.throws(() => store.commit({ ...empty, intents: [approved('x1')] }))
    store.close()
  })
})
