import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { testInstrument } from '../../../test/support/fault-venue.ts'
import { approvedOrder, emptyBatch, fillRow } from '../../../test/support/journal-rows.ts'
import { money, price, ratio } from '../../domain/money.ts'
import type { ClientOrderId, Side } from '../../domain/order.ts'
import type { Json } from '../../domain/strategy.ts'
import type { JournalOutcome } from '../../ports/journal-store.ts'
import { SqliteJournalFigures } from './sqlite-journal-figures.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-figures-'))
after(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'account-paper-test-main.db')

function open(): SqliteJournalStore {
  const store = new SqliteJournalStore(path, () => 1)
  const instrument = testInstrument as unknown as Json
  const row = { instance: 'a', settings: {}, instrument, risk: {}, override: null }
  store.commit({ ...emptyBatch, instances: [row] })
  return store
}

const end = (store: SqliteJournalStore, id: string, outcome: JournalOutcome, isSettled = true) =>
  store.commit({
    ...emptyBatch,
    outcomes: [{ clientId: id as ClientOrderId, outcome, reason: null, isSettled }],
  })

function trade(store: SqliteJournalStore, seq: number, side: Side, at: number): void {
  const row = fillRow(seq, seq, `f${seq}`)
  const fill = { ...row.event.fill, side, price: price(at) }
  store.commit({ ...emptyBatch, events: [{ ...row, event: { ...row.event, fill } }] })
}

function fund(store: SqliteJournalStore, seq: number, amount: number): void {
  const row = fillRow(seq, seq, `f${seq}`)
  const { fill } = row.event
  const event = {
    seq,
    at: seq,
    kind: 'funding',
    instrument: fill.instrument,
    amount: money(amount),
    rate: ratio(1),
    position: fill.quantity,
  } as const
  store.commit({ ...emptyBatch, events: [{ ...row, event }] })
}

describe('what journals add up to', () => {
  let store = open()
  const figures = new SqliteJournalFigures(folder)
  const only = async () => {
    const [one, ...others] = (await figures.read()) ?? []
    assert.equal(others.length, 0)
    return one
  }

  test('counts an order once, when its end is known', async () => {
    for (const id of ['x1', 'x2', 'x3'])
      store.commit({ ...emptyBatch, intents: [approvedOrder(id)] })
    end(store, 'x1', 'filled')
    end(store, 'x2', 'accepted', false)
    assert.deepEqual((await only())?.outcomes, { filled: 1 })
    assert.deepEqual((await only())?.outcomes, { filled: 1 })
    end(store, 'x2', 'canceled')
    end(store, 'x3', 'rejected')
    assert.deepEqual((await only())?.outcomes, { filled: 1, canceled: 1, rejected: 1 })
  })

  test('closes round trips over several looks, and counts losses in a row', async () => {
    trade(store, 1, 'buy', 15_000)
    assert.deepEqual((await only())?.trades, { long: 0, short: 0 })
    trade(store, 2, 'sell', 15_100)
    trade(store, 3, 'sell', 15_000)
    trade(store, 4, 'buy', 15_200)
    trade(store, 5, 'sell', 15_000)
    trade(store, 6, 'buy', 15_100)
    const one = await only()
    assert.deepEqual([one?.trades, one?.wins, one?.lossesInARow], [{ long: 1, short: 2 }, 1, 2])
    // Two lots by 100, −200 and −100 price units, and six fees of 3.
    const unit = testInstrument.moneyPerUnit
    assert.equal(one?.tradeProfit, 2 * (100 - 200 - 100) * unit - 6 * 3)
  })

  test('counts the funding that was paid, not what was received', async () => {
    fund(store, 7, -500)
    fund(store, 8, 200)
    fund(store, 9, -30)
    assert.equal((await only())?.fundingPaid, 530)
  })

  test('reads a long journal in several looks and says when it has come to its end', async () => {
    const many = join(folder, 'long')
    const long = new SqliteJournalStore(join(many, 'account-paper-test-main.db'), () => 1)
    const instrument = testInstrument as unknown as Json
    const row = { instance: 'a', settings: {}, instrument, risk: {}, override: null }
    const count = 52_000
    const intents = Array.from({ length: count }, (_, i) => approvedOrder(`y${i}`))
    long.commit({ ...emptyBatch, instances: [row], intents })
    const reader = new SqliteJournalFigures(many)
    assert.equal(await reader.read(), null)
    assert.equal((await reader.read())?.length, 1)
    long.close()
  })

  test('begins anew with a journal that took the place of a damaged one', async () => {
    store.close()
    for (const suffix of ['', '-wal', '-shm', '.mark']) rmSync(`${path}${suffix}`, { force: true })
    store = open()
    store.commit({ ...emptyBatch, intents: [approvedOrder('z1')] })
    end(store, 'z1', 'filled')
    const one = await only()
    assert.deepEqual([one?.outcomes, one?.trades], [{ filled: 1 }, { long: 0, short: 0 }])
    store.close()
  })
})
