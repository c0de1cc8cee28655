import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { savedBooks } from './bot-report.ts'
import { ExecutedBook } from './executed.ts'

const told = (profit: number, loss = 0, born_at = 'monday') => ({
  born_at,
  grid: { opportunities_by_outcome: { profit, loss, unwound: 1 } },
})
const everywhere = () => true

test('bots are added; one that books again after a restart takes nothing back', () => {
  const book = new ExecutedBook()
  assert.equal(book.totals(everywhere), null)
  book.take('a', told(5, 2), true)
  book.take('b', told(1), true)
  assert.deepEqual(book.totals(everywhere), { profit: 6, loss: 2, unwound: 2 })
  // Killed: it comes back with what it had saved, does not answer for a moment, and goes on.
  for (const report of [{}, told(3, 2), {}, told(5, 2)]) {
    book.take('a', report, true)
    assert.equal(book.totals(everywhere)?.profit, 6)
  }
  book.take('a', told(7, 2), true)
  assert.equal(book.totals(everywhere)?.profit, 8)
})

test('a new life is counted beside the one before, and what was counted stays when an instance is removed', () => {
  const book = new ExecutedBook()
  book.take('a', told(5), true)
  book.take('a', told(0, 0, 'tuesday'), true)
  assert.equal(book.totals(everywhere)?.profit, 5)
  book.take('a', told(2, 0, 'tuesday'), true)
  assert.deepEqual(
    book.totals(() => false),
    { profit: 7, loss: 0, unwound: 2 },
  )
})

test('nothing is told while the counts of one that runs are not known: a sum without them would jump', () => {
  const book = new ExecutedBook()
  book.take('a', told(5), true)
  book.take('b', {}, true)
  assert.equal(book.totals(everywhere), null)
  assert.equal(book.totals((id) => id !== 'b')?.profit, 5, 'b is removed')
  // Ended, with what it had saved; one that never began; one whose strategy counts nothing.
  book.take('b', savedBooks({ ...told(4), orders: {} }), false)
  book.take('c', {}, false)
  book.take('d', { grid: { grid_profit: null } }, true)
  assert.equal(book.totals(everywhere)?.profit, 9)
  book.take('e', told(Number.NaN), true)
  assert.equal(book.totals(everywhere)?.profit, 9)
})

describe('over a restart of the control plane', () => {
  const paper = () => {
    const written: string[] = []
    const read = () => written.at(-1) ?? null
    return { written, read, write: (text: string) => void written.push(text) }
  }

  test('what a removed instance and an earlier life have closed still counts', () => {
    const kept = paper()
    const before = new ExecutedBook(kept)
    before.take('gone', told(40), true)
    before.take('a', told(5), true)
    before.take('a', told(2, 0, 'tuesday'), true)
    before.take('a', told(1, 0, 'wednesday'), true)
    assert.equal(before.totals(everywhere)?.profit, 48)
    const again = new ExecutedBook(kept)
    assert.equal(again.totals(everywhere)?.profit, 48, 'at once, and nothing but it')
    again.take('a', told(3, 0, 'wednesday'), true)
    assert.deepEqual(again.totals(everywhere), { profit: 50, loss: 0, unwound: 4 })
    assert.equal(new ExecutedBook(kept).totals(everywhere)?.profit, 50)
  })

  test('is written when it changes alone, and again after a full disk', () => {
    const kept = paper()
    let isFull = true
    const write = (text: string): void => {
      if (isFull) throw new Error('no space')
      kept.write(text)
    }
    const book = new ExecutedBook({ read: kept.read, write })
    book.take('a', told(5), true)
    isFull = false
    for (let look = 0; look < 3; look += 1) book.take('a', told(5), true)
    assert.equal(kept.written.length, 1)
    assert.equal(new ExecutedBook(kept).totals(everywhere)?.profit, 5)
  })

  test('what cannot be read counts nothing', () => {
    for (const text of ['', '{', '7', '{"a":{"monday":{"profit":"x"}}}', '{"a":null}'])
      assert.equal(new ExecutedBook({ read: () => text, write() {} }).totals(everywhere), null)
  })
})
