import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { testInstrument } from '../../../test/support/fault-venue.ts'
import { approvedOrder, emptyBatch, fillRow } from '../../../test/support/journal-rows.ts'
import type { ClientOrderId } from '../../domain/order.ts'
import type { Json } from '../../domain/strategy.ts'
import type { JournalPart, JournalQuestion } from '../../ports/journal-pages.ts'
import { SqliteJournalPages } from './sqlite-journal-pages.ts'
import { JOURNAL_BEGIN, openJournalReaders } from './sqlite-journal-reader.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-pages-'))
after(() => rmSync(folder, { recursive: true }))

let now = 1000
const journal = (account: string, instance: string, venue = 'test') => {
  const store = new SqliteJournalStore(join(folder, `account-${account}.db`), () => now)
  const instrument = { ...testInstrument, venue }
  const row = { instance, settings: {}, instrument: instrument as unknown as Json, risk: {} }
  store.commit({ ...emptyBatch, instances: [{ ...row, override: null }] })
  return store
}

const all: JournalQuestion = { instance: null, venue: null, since: null, limit: 3, place: null }

describe('pages of the journals of two accounts', () => {
  const pages = new SqliteJournalPages(folder)
  const first = journal('paper-bybit-main', 'a', 'bybit')
  const second = journal('paper-okx-main', 'b', 'okx')
  let sent = 0
  const send = (store: SqliteJournalStore, instance: string) => {
    sent += 1
    now = 1000 + sent
    const { intent } = approvedOrder(`o${sent}`)
    const order = { ...approvedOrder(`o${sent}`), intent: { ...intent, instance } }
    store.commit({ ...emptyBatch, intents: [order as ReturnType<typeof approvedOrder>] })
  }
  const fill = (store: SqliteJournalStore, instance: string, seq: number, at: number) => {
    const row = fillRow(seq, seq, `${instance}${seq}`)
    const event = { ...row.event, at, fill: { ...row.event.fill, at } }
    store.commit({ ...emptyBatch, events: [{ ...row, instance, event }], venueSeq: seq })
  }
  for (let i = 0; i < 8; i += 1) {
    send(i % 2 === 0 ? first : second, i % 2 === 0 ? 'a' : 'b')
  }
  after(() => {
    first.close()
    second.close()
  })
  const ids = (part: ReturnType<typeof pages.orders>) =>
    part.rows.map(({ order }) => String(order.clientId))

  test('one follows the other without a gap and without a row twice, while new rows come in', () => {
    const seen: string[] = []
    let place: JournalQuestion['place'] = null
    for (let page = 0; page < 4; page += 1) {
      const part: JournalPart<{ readonly order: { readonly clientId: ClientOrderId } }> =
        pages.orders({ ...all, place }, 'all')
      seen.push(...part.rows.map(({ order }) => String(order.clientId)))
      if (page === 0) {
        send(first, 'a')
        send(second, 'b')
      }
      place = part.next
      if (place === null) break
    }
    assert.deepEqual(seen, ['o8', 'o7', 'o6', 'o5', 'o4', 'o3', 'o2', 'o1'])
    assert.equal(place, null)
    assert.deepEqual(ids(pages.orders(all, 'all')), ['o10', 'o9', 'o8'])
  })

  test('tell of one instance, of one venue, and of a time on', () => {
    const many = { ...all, limit: 100 }
    assert.deepEqual(ids(pages.orders({ ...many, instance: 'b' }, 'all')), [
      'o10',
      'o8',
      'o6',
      'o4',
      'o2',
    ])
    assert.equal(pages.orders({ ...many, venue: 'bybit' }, 'all').rows.length, 5)
    assert.equal(pages.orders({ ...many, venue: 'nobody' }, 'all').rows.length, 0)
    assert.deepEqual(ids(pages.orders({ ...many, since: 1008 }, 'all')), ['o10', 'o9', 'o8'])
  })

  test('name the orders whose end is not known yet', () => {
    const settle = (id: string) => ({
      clientId: id as ClientOrderId,
      outcome: 'filled' as const,
      reason: null,
      isSettled: true,
    })
    first.commit({ ...emptyBatch, outcomes: ['o1', 'o5', 'o9'].map(settle) })
    const active = pages.orders({ ...all, instance: 'a' }, 'active')
    assert.deepEqual([ids(active), active.next], [['o7', 'o3'], null])
  })

  test('put the events of all accounts in the order of market time and tell their contract', () => {
    fill(first, 'a', 1, 50)
    fill(second, 'b', 1, 60)
    fill(first, 'a', 2, 70)
    const part = pages.events({ ...all, limit: 2 }, 'fill')
    const told = part.rows.map(({ account, event, instrument }) => [
      account,
      event.at,
      instrument.venue,
    ])
    assert.deepEqual(told, [
      ['paper-bybit-main', 70, 'bybit'],
      ['paper-okx-main', 60, 'okx'],
    ])
    const rest = pages.events({ ...all, limit: 2, place: part.next }, 'fill')
    assert.deepEqual([rest.rows.map(({ event }) => event.at), rest.next], [[50], null])
    assert.equal(pages.events(all, 'funding').rows.length, 0)
    assert.deepEqual(
      pages.events({ ...all, since: 60 }, null).rows.map(({ event }) => event.at),
      [70, 60],
    )
  })

  test('leave out what was read before', () => {
    const { top } = pages.events(all, 'fill')
    assert.deepEqual(top, { 'paper-bybit-main': 2, 'paper-okx-main': 1 })
    assert.equal(pages.events({ ...all, above: top }, 'fill').rows.length, 0)
    fill(second, 'b', 2, 80)
    const { rows } = pages.events({ ...all, above: top }, 'fill')
    assert.deepEqual(
      rows.map(({ event }) => event.at),
      [80],
    )
  })
})

describe('an instance of several legs', () => {
  const below = mkdtempSync(join(tmpdir(), 'journal-legs-'))
  after(() => rmSync(below, { recursive: true }))
  const open = (account: string, instance: string, venue: string) => {
    const store = new SqliteJournalStore(join(below, `account-${account}.db`), () => 1)
    const instrument = { ...testInstrument, venue } as unknown as Json
    const row = { instance, settings: {}, instrument, risk: {}, override: null }
    const one = fillRow(1, 1, `${instance} f`)
    store.commit({ ...emptyBatch, instances: [row], events: [{ ...one, instance }], venueSeq: 1 })
    return store
  }
  const stores = [
    open('paper-okx-main', 'arb', 'okx'),
    open('paper-hyperliquid-main', 'arb.2', 'hyperliquid'),
    open('paper-aster-main', 'arb2', 'aster'),
  ]
  after(() => {
    for (const store of stores) store.close()
  })
  const venuesOf = (instance: string) =>
    new SqliteJournalPages(below)
      .events({ ...all, instance }, 'fill')
      .rows.map(({ instrument }) => instrument.venue)
      .sort()

  test('is asked for with all its legs, and with no other whose id begins alike', () => {
    assert.deepEqual(venuesOf('arb'), ['hyperliquid', 'okx'])
    assert.deepEqual(venuesOf('arb2'), ['aster'])
  })

  test('its rows are followed as of the instance, each leg once', () => {
    const readers = openJournalReaders(below, 'arb')
    assert.deepEqual(readers.map(({ instance }) => instance).sort(), ['arb', 'arb.2'])
    for (const reader of readers) {
      assert.equal([...reader.events(JOURNAL_BEGIN)].length, 1)
      reader.close()
    }
  })
})
