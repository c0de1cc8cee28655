import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { approvedOrder, emptyBatch, fillRow } from '../../test/support/journal-rows.ts'
import { SqliteJournalStore } from '../adapters/stores/sqlite-journal-store.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Json } from '../domain/strategy.ts'
import { JournalLines } from './journal-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-lines-'))
const begin = Date.parse('2026-11-21T10:00:00Z')
let now = begin
const store = new SqliteJournalStore(join(folder, 'account-paper-okx-main.db'), () => now)
after(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Line {
  readonly time: string
  readonly level: string
  readonly msg: string
  readonly bot: string
  readonly client_id?: string
  readonly market_time?: string
}
const lines = (source: JournalLines): Line[] =>
  [...source.next()].map((one) => JSON.parse(one) as Line)
const shown = (source: JournalLines) =>
  lines(source).map(({ time, msg, client_id: id }) => `${time.slice(11, 19)} ${msg} ${id}`)

describe('the journal of an instance as lines', () => {
  const source = new JournalLines(folder, 'a', 'json', () => now)

  it('is empty where no desk has heard of the instance', () => {
    assert.deepEqual(lines(source), [])
    assert.deepEqual(lines(new JournalLines(join(folder, 'none'), 'a', 'json', () => now)), [])
  })

  it('tells orders and fills in the order of their times', () => {
    const settings = { instance: 'a', settings: {}, risk: {}, override: null }
    const instrument = testInstrument as unknown as Json
    store.commit({
      ...emptyBatch,
      instances: [{ ...settings, instrument }],
      intents: [approvedOrder('x1'), approvedOrder('x2')],
    })
    now = begin + 60_000
    store.commit({
      ...emptyBatch,
      intents: [approvedOrder('x3')],
      events: [fillRow(1, 1, 'f1', 'x2')],
    })
    now = begin + 120_000
    store.commit({ ...emptyBatch, events: [fillRow(2, 2, 'f2', 'x3'), fillRow(3, 3, 'f3', 'x1')] })
    assert.deepEqual(shown(source), [
      '10:00:00 order sent x1',
      '10:00:00 order sent x2',
      '10:00:00 fill x2',
      '10:01:00 order sent x3',
      '10:01:00 fill x3',
      // Its order is older, but what came before it was not.
      '10:01:00 fill x1',
    ])
  })

  it('goes on with what is new, and tells an order again when it has changed', () => {
    assert.deepEqual(lines(source), [])
    const change = (id: string, outcome: 'accepted' | 'rejected', isSettled: boolean) => ({
      clientId: id as ClientOrderId,
      outcome,
      reason: outcome === 'rejected' ? 'would_cross' : null,
      isSettled,
    })
    store.commit({
      ...emptyBatch,
      outcomes: [change('x1', 'accepted', false), change('x2', 'rejected', true)],
      intents: [approvedOrder('x4')],
    })
    const told = lines(source)
    assert.deepEqual(
      told.map(({ msg, level, client_id: id, bot }) => [msg, level, id, bot]),
      [
        ['order open', 'info', 'x1', 'a'],
        ['order rejected', 'warn', 'x2', 'a'],
        ['order sent', 'info', 'x4', 'a'],
      ],
    )
    assert.deepEqual(lines(source), [])
  })

  it('writes text where the fleet logs text, with market time beside the wall’s', () => {
    const text = [...new JournalLines(folder, 'a', 'text', () => now).next()]
    assert.match(
      text[0] ?? '',
      /^2026-11-21T10:00:00\.000Z INFO \[journal\] order open bot=a .*side=buy/,
    )
    assert.match(text.at(2) ?? '', /\] fill bot=a seq=1 market_time=1970-01-01T00:00:00\.009Z/)
  })
})

it('of several legs tells all journals as one, by time', () => {
  const legs = mkdtempSync(join(tmpdir(), 'journal-legs-'))
  let at = begin
  const open = (venue: string) =>
    new SqliteJournalStore(join(legs, `account-paper-${venue}-main.db`), () => at)
  const stores = [open('hyperliquid'), open('okx')]
  try {
    const common = { settings: {}, risk: {}, override: null }
    const instrument = testInstrument as unknown as Json
    for (const [index, journal] of stores.entries()) {
      const instance = index === 0 ? 'a.2' : 'a'
      journal.commit({ ...emptyBatch, instances: [{ instance, ...common, instrument }] })
    }
    const send = (leg: 0 | 1, id: string): void => {
      at += 1000
      const intents = [approvedOrder(id, leg === 0 ? 'a.2' : 'a')]
      stores[leg]?.commit({ ...emptyBatch, intents })
    }
    for (const [leg, id] of [
      [1, 'lead1'],
      [0, 'hedge1'],
      [1, 'lead2'],
      [0, 'hedge2'],
    ] as const)
      send(leg, id)
    const source = new JournalLines(legs, 'a', 'json', () => at)
    assert.deepEqual(shown(source), [
      '10:00:01 order sent lead1',
      '10:00:02 order sent hedge1',
      '10:00:03 order sent lead2',
      '10:00:04 order sent hedge2',
    ])
    assert.deepEqual(lines(source), [])
    send(0, 'hedge3')
    assert.deepEqual(shown(source), ['10:00:05 order sent hedge3'])
  } finally {
    for (const journal of stores) journal.close()
    rmSync(legs, { recursive: true, force: true })
  }
})
