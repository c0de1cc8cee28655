import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { testInstrument } from '../../../test/support/fault-venue.ts'
import { approvedOrder, emptyBatch, fillRow } from '../../../test/support/journal-rows.ts'
import type { ClientOrderId } from '../../domain/order.ts'
import type { Json } from '../../domain/strategy.ts'
import type { JournalChanges } from '../../ports/journal-tail.ts'
import { SqliteJournalStore } from './sqlite-journal-store.ts'
import { SqliteJournalTail } from './sqlite-journal-tail.ts'

const root = mkdtempSync(join(tmpdir(), 'journal-tail-'))
after(() => rmSync(root, { recursive: true }))

const instances = [
  {
    instance: 'a',
    settings: {},
    instrument: testInstrument as unknown as Json,
    risk: {},
    override: null,
  },
]

function journal(name: string, folder: string): SqliteJournalStore {
  const store = new SqliteJournalStore(join(folder, `account-${name}.db`), () => 1)
  store.commit({ ...emptyBatch, instances })
  return store
}

const newFolder = () => mkdtempSync(join(root, 'home-'))
const quiet = (text: string): never => assert.fail(text)
const told = ({ orders, fills }: JournalChanges) => ({
  orders: orders.map(({ order }) => `${order.clientId} ${order.outcome} ${order.quantityFilled}`),
  fills: fills.map(({ fill }) => `${fill.instance} ${fill.id}`),
})
const outcome = (id: string, word: 'accepted' | 'canceled', isSettled: boolean) => ({
  clientId: id as ClientOrderId,
  outcome: word,
  reason: null,
  isSettled,
})

describe('tail of the journals', () => {
  it('tells what comes behind its opening: new orders, fills, and what changes on known orders', () => {
    const folder = newFolder()
    const store = journal('one', folder)
    store.commit({ ...emptyBatch, intents: [approvedOrder('x1'), approvedOrder('x2')] })
    store.commit({ ...emptyBatch, events: [fillRow(1, 1, 'old', 'x2')] })
    const tail = new SqliteJournalTail(folder, quiet)
    assert.deepEqual(told(tail.poll()), { orders: [], fills: [] })
    store.commit({ ...emptyBatch, outcomes: [outcome('x1', 'accepted', false)] })
    assert.deepEqual(told(tail.poll()), { orders: ['x1 accepted 0'], fills: [] })
    assert.deepEqual(told(tail.poll()), { orders: [], fills: [] })
    store.commit({ ...emptyBatch, intents: [approvedOrder('x3')] })
    store.commit({ ...emptyBatch, events: [fillRow(2, 2, 'f2', 'x1')] })
    assert.deepEqual(told(tail.poll()), { orders: ['x1 accepted 2', 'x3 null 0'], fills: ['a f2'] })
    store.commit({ ...emptyBatch, outcomes: [outcome('x3', 'canceled', true)] })
    store.commit({ ...emptyBatch, outcomes: [outcome('x1', 'canceled', true)] })
    assert.deepEqual(told(tail.poll()).orders, ['x1 canceled 2', 'x3 canceled 0'])
    tail.close()
    store.close()
  })

  it('lets the desk bring its log into the file between two looks', () => {
    const folder = newFolder()
    const store = journal('one', folder)
    const tail = new SqliteJournalTail(folder, quiet)
    store.commit({ ...emptyBatch, intents: [approvedOrder('x1')] })
    tail.poll()
    store.checkpoint()
    store.commit({ ...emptyBatch, intents: [approvedOrder('x2')] })
    assert.deepEqual(told(tail.poll()).orders, ['x2 null 0'])
    tail.close()
    store.close()
  })

  it('finds the journal of a new account, and the one that takes the place of another', () => {
    const folder = newFolder()
    const tail = new SqliteJournalTail(folder, quiet)
    const looks = () => Array.from({ length: 6 }, () => told(tail.poll()).orders).flat()
    const first = journal('one', folder)
    first.commit({ ...emptyBatch, intents: [approvedOrder('x1')] })
    assert.deepEqual(looks(), ['x1 null 0'])
    first.close()
    renameSync(join(folder, 'account-one.db'), join(folder, 'kept-aside'))
    const second = journal('one', folder)
    second.commit({ ...emptyBatch, intents: [approvedOrder('y1')] })
    assert.deepEqual(looks(), ['y1 null 0'])
    second.close()
    tail.close()
  })

  it('says once that a journal cannot be read, goes on with the others, and reads it when it is mended', () => {
    const folder = newFolder()
    const store = journal('one', folder)
    store.close()
    const broken = join(folder, 'account-two.db')
    writeFileSync(broken, 'no database at all, and longer than a header has to be'.repeat(20))
    const faults: string[] = []
    const tail = new SqliteJournalTail(folder, (text) => void faults.push(text))
    for (let i = 0; i < 12; i++) tail.poll()
    assert.equal(faults.length, 1)
    assert.match(faults[0] ?? '', /account-two\.db cannot be followed/)
    copyFileSync(join(folder, 'account-one.db'), broken)
    for (let i = 0; i < 6; i++) tail.poll()
    const mended = new SqliteJournalStore(broken, () => 1)
    mended.commit({ ...emptyBatch, intents: [approvedOrder('z1')] })
    assert.deepEqual(told(tail.poll()).orders, ['z1 null 0'])
    mended.close()
    tail.close()
  })
})
