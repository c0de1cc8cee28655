import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  assertIdentity,
  bookClosingFill,
  bookLineFill,
  bookOutsideFill,
  type CellBook,
  emptyBook,
  freshLayout,
  goHome,
  inventoryOf,
  lotsAtLine,
  netAll,
  netLine,
  replaceCells,
  splitProfit,
  virtualOf,
} from './cells.ts'

// The contract's example in whole units of the quote currency; one lot, one price unit = 1.
const lines = [10_000, 14_000, 18_000, 22_000, 26_000, 30_000]
const none = (): void => undefined
const bookOf = (type: 'neutral' | 'long' | 'short', q: number, at = 20_248): CellBook => {
  const book = emptyBook(1)
  replaceCells(book, freshLayout(lines, q, at, type, false))
  return book
}
const orders = (book: CellBook, minimum = 1): number[] =>
  book.lines.map((_, line) => lotsAtLine(book, line, minimum))

test('price 20,248 of 10,000 to 30,000: buys 18/14/10 k, sells 26/30 k, 22 k empty, in all three types', () => {
  for (const type of ['neutral', 'long', 'short'] as const) {
    assert.deepEqual(orders(bookOf(type, 7)), [7, 7, 7, 0, -7, -7], type)
  }
})

test('initial position: long 2 cells above the one of the price, short that cell and the two below', () => {
  assert.equal(bookOf('long', 7).inventory, 14)
  assert.equal(bookOf('short', 7).inventory, -21)
  assert.equal(bookOf('neutral', 7).inventory, 0)
  assert.equal(inventoryOf(freshLayout(lines, 7, 20_248, 'long', true)), 0)
})

test('a price on a line belongs to the cell above; below the range all is full, above it empty', () => {
  assert.deepEqual(orders(bookOf('long', 1, 18_000)), [1, 1, 1, 0, -1, -1])
  assert.deepEqual(orders(bookOf('long', 1, 9_999)), [0, -1, -1, -1, -1, -1])
  assert.deepEqual(orders(bookOf('long', 1, 30_000)), [1, 1, 1, 1, 1, 0])
})

test('the price 54,000 on 45/49/53/57/61/65 k buys at 53 k and leaves 57 k empty', () => {
  const book = emptyBook(1)
  const ladder = [45_000, 49_000, 53_000, 57_000, 61_000, 65_000]
  replaceCells(book, freshLayout(ladder, 1, 54_000, 'neutral', false))
  assert.deepEqual(orders(book), [1, 1, 1, 0, -1, -1])
})

test('one long cell by hand: entry 20,300 for 2 × 7, buy at 18,000, sell at 22,000', () => {
  const book = bookOf('long', 7)
  // V = 7 · (22,000 + 26,000) = 336,000 and so A
  assert.equal(book.virtual, 336_000)
  assert.equal(book.adjustment, 336_000)
  bookOutsideFill(book, 'buy', 20_300, 14)
  assert.equal(book.adjustment, 336_000 - 284_200)
  assert.equal(bookLineFill(book, 'buy', 18_000, 18_000, 7, none), 2)
  assert.deepEqual(orders(book), [7, 7, 0, -7, -7, -7])
  assert.equal(book.grid, 0)
  assert.equal(bookLineFill(book, 'sell', 22_000, 22_010, 7, none), 2)
  assert.equal(book.grid, 7 * 4_000)
  assert.equal(book.completed, 1)
  // better by 10 on 7
  assert.equal(book.adjustment, 51_800 + 70)
  assertIdentity(book)
  // cash −284,200 − 126,000 + 154,070; position 14 at 23,000 = 322,000
  const split = splitProfit(book, 23_000)
  assert.equal(split.total, -284_200 - 126_000 + 154_070 + 322_000)
  assert.deepEqual(
    [split.grid, split.inventory, split.entryAdjustment, split.closed],
    [28_000, 14 * 23_000 - 336_000, 51_870, 0],
  )
})

test('short: a buy completes, a sell opens', () => {
  const book = bookOf('short', 5)
  bookOutsideFill(book, 'sell', 20_000, 15)
  bookLineFill(book, 'sell', 26_000, 26_000, 5, none)
  assert.equal(book.grid, 0)
  assert.equal(book.inventory, -20)
  bookLineFill(book, 'buy', 22_000, 22_000, 5, none)
  assert.equal(book.grid, 5 * 4_000)
  assert.equal(book.position, -15)
  assertIdentity(book)
})

test('a partial fill keeps both orders of a cell, each from the minimum on', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'buy', 18_000, 18_000, 4, none)
  assert.deepEqual(orders(book), [10, 10, 6, -4, -10, -10])
  assert.deepEqual(orders(book, 5), [10, 10, 6, 0, -10, -10])
  assert.equal(book.completed, 0)
  bookLineFill(book, 'sell', 22_000, 22_000, 4, none)
  assert.equal(book.completed, 1)
  assert.equal(book.grid, 16_000)
})

test('sell and buy wanted on one line are netted inside, with the profit of both lines', () => {
  const book = bookOf('neutral', 10)
  // late: the buy at 18,000 and the sell at 26,000 both filled, then the sell of the top cell's line
  bookLineFill(book, 'buy', 18_000, 18_000, 10, none)
  bookLineFill(book, 'sell', 26_000, 26_000, 10, none)
  // cell 2 wants to sell at 22,000, cell 3 to buy there
  const touched: number[] = []
  netLine(
    book,
    3,
    () => 1,
    (cell) => touched.push(cell),
  )
  assert.deepEqual(orders(book), [10, 10, 10, 0, -10, -10])
  assert.deepEqual(touched, [2, 3])
  // both cells are home again: 4,000 each
  assert.equal(book.grid, 80_000)
  assert.equal(book.inventory, 0)
  assert.equal(splitProfit(book, 1).total, 80_000)
})

test('netting leaves amounts below the minimum alone', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'buy', 18_000, 18_000, 3, none)
  bookLineFill(book, 'sell', 26_000, 26_000, 10, none)
  netLine(book, 3, () => 5, none)
  assert.equal(book.x[2], 3)
  assert.equal(book.x[3], 0)
})

test('a fill whose line is gone, or beyond what its cell can take, counts as a target fill', () => {
  const book = bookOf('neutral', 10)
  assert.equal(bookLineFill(book, 'buy', 17_000, 17_000, 4, none), -1)
  assert.deepEqual([book.position, book.inventory, book.adjustment], [4, 0, -68_000])
  assert.equal(bookLineFill(book, 'buy', 18_000, 18_000, 12, none), 2)
  assert.deepEqual([book.position, book.inventory], [16, 10])
  assert.equal(bookLineFill(book, 'sell', 10_000, 10_000, 1, none), -1)
  assertIdentity(book)
})

test('what is closed leaves the cells from the price outward; closed is its result against V', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'buy', 18_000, 18_000, 10, none)
  bookLineFill(book, 'buy', 14_000, 14_000, 10, none)
  assert.equal(bookClosingFill(book, 'sell', 13_000, 12), false)
  // 10 bought at 14,000 and 2 bought at 18,000
  assert.deepEqual(book.x, [0, 0, 8, 10, 10])
  assert.deepEqual([book.inventory, book.virtual, book.closed], [8, 144_000, -10_000 - 10_000])
  assert.equal(bookClosingFill(book, 'sell', 12_000, 8), true)
  assert.deepEqual([book.inventory, book.virtual, book.closed], [0, 0, -20_000 - 48_000])
  assert.deepEqual([book.adjustment, book.grid, book.completed, book.position], [0, 0, 0, 0])
  assert.equal(splitProfit(book, 99).inventory, 0)
  assert.equal(splitProfit(book, 99).total, -68_000)
  assertIdentity(book)
})

test('short: what was sold goes home from the top down', () => {
  const book = bookOf('short', 10)
  bookOutsideFill(book, 'sell', 20_000, 30)
  bookClosingFill(book, 'buy', 21_000, 15)
  assert.deepEqual(book.x, [0, 5, 10, 10, 10])
  // 10 virtually sold at 22,000 and 5 at 18,000
  assert.equal(book.closed, 10_000 - 15_000)
  assert.equal(book.inventory, -15)
  assertIdentity(book)
})

test('what is closed beyond the inventory, or on its side, is none of the cells', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'buy', 18_000, 18_000, 10, none)
  assert.equal(bookClosingFill(book, 'buy', 17_000, 4), false)
  assert.deepEqual([book.closed, book.adjustment, book.inventory], [0, -68_000, 10])
  assert.equal(bookClosingFill(book, 'sell', 17_500, 14), true)
  assert.deepEqual([book.closed, book.adjustment, book.inventory], [-5_000, 2_000, 0])
  assert.equal(bookClosingFill(book, 'sell', 17_500, 1), false)
  assertIdentity(book)
})

test('cells that go home without a fill leave what they wanted to the entry adjustment', () => {
  const book = bookOf('long', 7)
  goHome(book)
  assert.deepEqual([book.inventory, book.virtual, book.adjustment, book.closed], [0, 0, 0, 0])
  assertIdentity(book)
})

test('a broken book is noticed', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'buy', 18_000, 18_000, 10, none)
  book.grid += 1
  assert.throws(() => assertIdentity(book), /Invariant: cash = grid/)
  assert.throws(() => splitProfit(book, 18_000), /Invariant: the parts of the profit/)
})

test('a book without cells wants nothing and books what comes outside of them', () => {
  const book = emptyBook(10)
  assert.deepEqual([book.lines, book.x, book.home], [[], [], []])
  bookOutsideFill(book, 'buy', 100, 2)
  assert.deepEqual([book.cash, book.position, book.adjustment], [-2000, 2, -2000])
  assert.equal(splitProfit(book, 110).entryAdjustment, 200)
  assertIdentity(book)
})

test('money is price · lots · value of a price unit, in every part', () => {
  const book = emptyBook(10)
  replaceCells(book, freshLayout(lines, 5, 20_248, 'short', false))
  // −5 in each of the three cells that were sold: at 14, 18 and 22 k.
  assert.deepEqual([book.virtual, book.adjustment], [-5 * 54_000 * 10, -5 * 54_000 * 10])
  bookOutsideFill(book, 'sell', 20_000, 15)
  assert.equal(book.cash, 15 * 20_000 * 10)
  bookLineFill(book, 'sell', 26_000, 26_010, 5, none)
  assert.equal(book.virtual, -5 * 80_000 * 10)
  assertIdentity(book)
  bookLineFill(book, 'buy', 22_000, 22_000, 5, none)
  assert.deepEqual([book.grid, book.virtual], [5 * 4_000 * 10, -5 * 54_000 * 10])
  bookClosingFill(book, 'buy', 21_000, 7)
  // 5 that were sold at 22 k and 2 that were sold at 18 k.
  assert.equal(book.closed, (5 * 1_000 - 2 * 3_000) * 10)
  bookOutsideFill(book, 'buy', 23_000, 1)
  const { total, inventory } = splitProfit(book, 20_000)
  assert.equal(
    total,
    (15 * 20_000 + 5 * 26_010 - 5 * 22_000 - 7 * 21_000 - 23_000 - 7 * 20_000) * 10,
  )
  // 3 at 18 k and 5 at 14 k are still sold.
  assert.equal(inventory, (3 * 18_000 + 5 * 14_000 - 8 * 20_000) * 10)
  assertIdentity(book)
})

test('other cells in place of the present ones leave profit and holdings as they are', () => {
  const book = bookOf('long', 7)
  bookOutsideFill(book, 'buy', 20_000, 14)
  const before = splitProfit(book, 21_000).total
  replaceCells(book, freshLayout([18_000, 20_000, 22_000], 3, 20_500, 'long', false))
  assert.deepEqual(
    [book.lines, book.q, book.x, book.home],
    [[18_000, 20_000, 22_000], 3, [0, 0], [0, 0]],
  )
  assert.deepEqual([book.position, book.virtual, splitProfit(book, 21_000).total], [14, 0, before])
  assertIdentity(book)
})

test('cells that went home want what a flat grid wants', () => {
  const book = bookOf('long', 7)
  goHome(book)
  assert.deepEqual(book.x, [0, 0, 0, 0, 0])
  assert.deepEqual(orders(book), [7, 7, 7, 7, 7, 0])
})

test('the rest of a cell is not bought when it is below the minimum', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'buy', 18_000, 18_000, 6, none)
  assert.deepEqual(orders(book, 5), [10, 10, 0, -6, -10, -10])
})

test('the cell that changes is told before it changes, and only then', () => {
  const book = bookOf('neutral', 10)
  const told: unknown[] = []
  const touch = (cell: number) => told.push([cell, book.x[cell]])
  bookLineFill(book, 'buy', 10_000, 10_000, 4, touch)
  assert.deepEqual(told, [[0, 0]])
  // The cell above 26,000 is full, and no cell lies above the last line or below the first.
  assert.equal(bookLineFill(book, 'buy', 26_000, 26_000, 1, touch), -1)
  assert.equal(bookLineFill(book, 'buy', 30_000, 30_000, 1, touch), -1)
  assert.equal(bookLineFill(book, 'sell', 10_000, 10_000, 1, touch), -1)
  assert.equal(told.length, 1)
})

test('long and short cells at once: closing takes what makes the inventory, the whole of it empties all', () => {
  const mixed = () => {
    const book = bookOf('neutral', 10)
    bookLineFill(book, 'buy', 18_000, 18_000, 10, none)
    bookLineFill(book, 'buy', 14_000, 14_000, 10, none)
    bookLineFill(book, 'sell', 30_000, 30_000, 5, none)
    return book
  }
  const part = mixed()
  assert.equal(bookClosingFill(part, 'sell', 16_000, 12), false)
  assert.deepEqual([part.x, part.inventory], [[0, 0, 8, 10, 5], 3])
  assert.equal(part.closed, 10 * 2_000 - 2 * 2_000)
  assertIdentity(part)
  const whole = mixed()
  assert.equal(bookClosingFill(whole, 'sell', 16_000, 15), true)
  assert.deepEqual([whole.x, whole.inventory, whole.virtual], [[0, 0, 0, 10, 10], 0, 0])
  assertIdentity(whole)
})

test('closing a short passes by the cells that were bought', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'sell', 26_000, 26_000, 10, none)
  bookLineFill(book, 'sell', 30_000, 30_000, 10, none)
  bookLineFill(book, 'buy', 18_000, 18_000, 5, none)
  bookClosingFill(book, 'buy', 27_000, 12)
  assert.deepEqual([book.x, book.inventory], [[0, 0, 5, 2, 10], -3])
  assertIdentity(book)
})

test('cells on the other side of the inventory are passed by, wherever they lie', () => {
  const of = (x: readonly number[], home: readonly number[]) => {
    const book = emptyBook(10)
    replaceCells(book, { lines: [100, 110, 130, 160], q: 10, x, home })
    return book
  }
  const long = of([5, 10, 10], [10, 0, 0])
  bookClosingFill(long, 'sell', 120, 12)
  assert.deepEqual([long.x, long.inventory], [[5, 0, 8], 3])
  const short = of([0, 0, 5], [10, 10, 0])
  bookClosingFill(short, 'buy', 120, 12)
  assert.deepEqual([short.x, short.inventory], [[2, 10, 5], -3])
})

test('a cell is completed when the last of its lots is home', () => {
  const book = bookOf('neutral', 10)
  bookLineFill(book, 'buy', 18_000, 18_000, 10, none)
  bookLineFill(book, 'sell', 22_000, 22_000, 4, none)
  assert.deepEqual([book.completed, book.grid], [0, 4 * 4_000])
  bookLineFill(book, 'sell', 22_000, 22_000, 6, none)
  assert.deepEqual([book.completed, book.grid], [1, 10 * 4_000])
})

const holding = (x: readonly number[], q: number): CellBook => {
  const book = emptyBook(10)
  replaceCells(book, { lines: [100, 110, 130, 160], q, x, home: [0, 0, 0] })
  return book
}
const one = () => 1

test('netting goes on to the lines above and below', () => {
  const up = holding([10, 0, 0], 10)
  netLine(up, 1, one, none)
  // The ten lots rise over two lines, 10 + 30 each from line to line.
  assert.deepEqual([up.x, up.grid], [[0, 0, 10], 10 * (10 + 20) * 10])
  const down = holding([10, 10, 0], 10)
  netLine(down, 2, one, none)
  assert.deepEqual(down.x, [0, 10, 10])
  const all = holding([10, 10, 0], 10)
  netAll(all, one)
  assert.deepEqual(all.x, [0, 10, 10])
})

test('netting moves the smaller side, from the minimum of its line on', () => {
  const book = holding([3, 2, 10], 10)
  netLine(book, 1, one, none)
  assert.deepEqual(book.x, [0, 5, 10])
  const least = holding([3, 7, 10], 10)
  netLine(least, 1, () => 3, none)
  assert.deepEqual(least.x, [0, 10, 10])
  const tooFewToBuy = holding([6, 8, 10], 10)
  netLine(tooFewToBuy, 1, () => 3, none)
  assert.deepEqual(tooFewToBuy.x, [6, 8, 10])
  const asked: number[] = []
  netLine(
    holding([10, 0, 10], 10),
    1,
    (line) => {
      asked.push(line)
      return 1
    },
    none,
  )
  assert.equal(asked[0], 1)
  const apart = holding([10, 10, 0], 10)
  netLine(apart, 0, one, none)
  netLine(apart, 3, one, none)
  assert.deepEqual(apart.x, [10, 10, 0])
})

const booking = fc.record({
  kind: fc.constantFrom('line', 'closing', 'outside', 'net', 'home', 'fresh'),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  line: fc.integer({ min: 0, max: lines.length - 1 }),
  at: fc.integer({ min: 9_000, max: 31_000 }),
  lots: fc.integer({ min: 1, max: 25 }),
  type: fc.constantFrom('neutral' as const, 'long' as const, 'short' as const),
})

test('whatever is booked: cells stay cells, and each sum of the book is that of its parts', () => {
  const property = fc.property(fc.array(booking, { maxLength: 30 }), (list) => {
    const book = emptyBook(10)
    replaceCells(book, freshLayout(lines, 10, 20_248, 'neutral', false))
    let cash = 0
    let position = 0
    for (const { kind, side, line, at, lots, type } of list) {
      const linePrice = lines[line] ?? 0
      if (kind === 'line') bookLineFill(book, side, linePrice, at, lots, none)
      else if (kind === 'closing') bookClosingFill(book, side, at, lots)
      else if (kind === 'outside') bookOutsideFill(book, side, at, lots)
      else if (kind === 'net') netAll(book, () => lots)
      else if (kind === 'home') goHome(book)
      else replaceCells(book, freshLayout(lines, 10, at, type, false))
      if (kind === 'line' || kind === 'closing' || kind === 'outside') {
        position += side === 'buy' ? lots : -lots
        cash -= (side === 'buy' ? lots : -lots) * at * 10
      }
      assert.deepEqual([book.cash, book.position], [cash, position])
      assert.deepEqual([book.inventory, book.virtual], [inventoryOf(book), virtualOf(book, 10)])
      assert.ok(book.x.every((held) => held >= 0 && held <= book.q))
      if (kind === 'net')
        for (let i = 1; i < book.x.length; i += 1)
          assert.ok(Math.min(book.x[i - 1] ?? 0, book.q - (book.x[i] ?? 0)) < lots)
      assertIdentity(book)
      assert.equal(splitProfit(book, at).total, cash + position * at * 10)
    }
  })
  fc.assert(property, { numRuns: 150 })
})
