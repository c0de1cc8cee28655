/** When a leap must count round trips, and when it closes one loss too many. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FillLog } from '../../src/backtest/skip/fill-log.ts'
import type { LineTables } from '../../src/backtest/skip/line-tables.ts'
import { tripWatchOf } from '../../src/backtest/skip/trip-watch.ts'

/** Lines at 900, 1000, 1100 that each cost a fee; flat with line 1 empty. */
function tablesOf(fee: number): LineTables {
  const values = [900, 1000, 1100]
  const buy = Float64Array.from(values, (value) => -value - fee)
  const sell = Float64Array.from(values, (value) => value - fee)
  return { cells: 2, buy, sell } as unknown as LineTables
}

const at = (empty: number) => ({ homesFull: 1, empty })

test('nobody counts where no limit is or no trip can lose', () => {
  assert.equal(tripWatchOf(tablesOf(60), at(1), { trip: 0, losses: 5 }, 0), null)
  assert.equal(tripWatchOf(tablesOf(10), at(1), { trip: 0, losses: 2 }, 2), null)
  assert.notEqual(tripWatchOf(tablesOf(60), at(1), { trip: 0, losses: 0 }, 2), null)
})

test('an open trip that may lose is counted when the row is full', () => {
  // The way back from line 0 sells at 1000 less the fee of 10.
  assert.equal(tripWatchOf(tablesOf(10), at(0), { trip: -990, losses: 2 }, 2), null)
  assert.equal(tripWatchOf(tablesOf(10), at(0), { trip: -991, losses: 1 }, 2), null)
  assert.notEqual(tripWatchOf(tablesOf(10), at(0), { trip: -991, losses: 2 }, 2), null)
  // From line 2 it buys at 1000.
  assert.equal(tripWatchOf(tablesOf(10), at(2), { trip: 1010, losses: 2 }, 2), null)
  assert.notEqual(tripWatchOf(tablesOf(10), at(2), { trip: 1009, losses: 2 }, 2), null)
})

test('the fill that closes one loss too many is not taken', () => {
  const watch = tripWatchOf(tablesOf(60), at(1), { trip: 0, losses: 1 }, 2)
  const log = new FillLog(8)
  // Down to line 0 and back, twice: a loss of 20 each time.
  const [buy, sell] = [0 << 3, (1 << 3) | 1]
  log.codes.set([buy, sell, buy, sell])
  assert.equal(watch?.take(log, 2), true)
  log.length = 2
  assert.equal(watch?.take(log, 1), true)
  log.length = 3
  assert.equal(watch?.take(log, 1), false)
})
