import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ReasonRow } from '../protocol/api-messages.ts'
import { reasonPage, reasonsOf } from './missing-orders.ts'

const order = (slot: string) => ({ slot, side: 'buy', price: '1', quantity: '2', reason: 'paused' })
const rowsOf = (...slots: string[]) => reasonsOf({ orders: { list: slots.map(order) } })
const slotsOf = (rows: readonly ReasonRow[]) => rows.map(({ slot }) => slot).join('')

describe('pages of the orders that are missing', () => {
  it('follow one another and leave none out', () => {
    const rows = rowsOf('a', 'b', 'c', 'd', 'e')
    const first = reasonPage(rows, 2, null)
    const second = reasonPage(rows, 2, first.next)
    const third = reasonPage(rows, 2, second.next)
    assert.deepEqual(
      [first, second, third].map(({ items }) => slotsOf(items)),
      ['ab', 'cd', 'e'],
    )
    assert.equal(third.next, null)
    assert.equal(reasonPage(rows, 5, null).next, null)
  })

  it('go on behind the last row, wherever it stands now, also when it is gone', () => {
    const { next } = reasonPage(rowsOf('a', 'b', 'c', 'd', 'e'), 2, null)
    assert.equal(slotsOf(reasonPage(rowsOf('b', 'c', 'd', 'e'), 9, next).items), 'cde')
    assert.equal(slotsOf(reasonPage(rowsOf('a', 'c', 'd', 'e'), 9, next).items), 'de')
    assert.deepEqual(reasonPage(rowsOf('c'), 9, next), { items: [], next: null })
  })

  it('begin nowhere else', () => {
    for (const place of [{}, 5, 'a', ['a'], ['a', 0], [1, 1], ['a', 0.5]])
      assert.throws(() => reasonPage(rowsOf('a'), 1, place), { code: 'VALIDATION' })
  })
})
