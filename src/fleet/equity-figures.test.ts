import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { EquityBucket } from '../ports/equity-store.ts'
import { EquityFigureBook, figuresOf } from './equity-figures.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 0, 1)

/** Equity that swings by a percent each day and grows a little. */
function curve(days: number, speed: number, spanMs: number): EquityBucket[] {
  const count = Math.floor((days * 24 * HOUR) / (spanMs * speed))
  return Array.from({ length: count }, (_, i) => {
    const marketAt = START + i * spanMs * speed
    const day = Math.floor(marketAt / (24 * HOUR))
    const equity = 1e12 * (1 + 0.01 * (day % 2) + 0.0001 * (day - START / (24 * HOUR)))
    return { at: i * spanMs, marketAt, equity, low: equity, high: equity, pnl: 0 }
  })
}

const storeOf = (tiers: Readonly<Record<number, readonly EquityBucket[]>>) => {
  let asked = 0
  const buckets = (_series: string, spanMs: number) => {
    asked += 1
    return tiers[spanMs] ?? []
  }
  return { buckets, asked: () => asked }
}

describe('figures of an equity curve', () => {
  test('are told of a curve of months', () => {
    const figures = figuresOf(storeOf({ [HOUR]: curve(60, 1, HOUR) }), 'a')
    assert.ok((figures.sharpe ?? 0) > 0 && (figures.calmar ?? 0) > 0)
    assert.ok(Math.abs((figures.valueAtRisk ?? 0) - 0.0098) < 0.0005)
    assert.ok((figures.expectedShortfall ?? 0) >= (figures.valueAtRisk ?? 1))
  })

  test('are those of the market’s days: of a fast market the fine points are taken', () => {
    // At 3,600 times the pace an hour of ours is 150 days there: of those points none tells of a day.
    const fast = { [HOUR]: curve(600, 3600, HOUR), 5000: curve(60, 3600, 5000) }
    const slow = figuresOf(storeOf({ [HOUR]: curve(60, 1, HOUR) }), 'a')
    const figures = figuresOf(storeOf(fast), 'a')
    assert.ok(Math.abs((figures.sharpe ?? 0) - (slow.sharpe ?? 9)) < 0.2)
    const unknown = { sharpe: null, calmar: null, valueAtRisk: null, expectedShortfall: null }
    assert.deepEqual(figuresOf(storeOf({ [HOUR]: fast[HOUR] }), 'a'), unknown)
    assert.deepEqual(figuresOf(storeOf({}), 'a'), unknown)
  })

  test('are not told of a few days, nor where the equity was used up', () => {
    assert.equal(figuresOf(storeOf({ [HOUR]: curve(13, 1, HOUR) }), 'a').sharpe, null)
    const weeks = figuresOf(storeOf({ [HOUR]: curve(17, 1, HOUR) }), 'a')
    assert.deepEqual([weeks.sharpe === null, weeks.valueAtRisk], [false, null])
    const used = curve(60, 1, HOUR).map((one, i) => (i === 9 ? { ...one, equity: 0 } : one))
    assert.equal(figuresOf(storeOf({ [HOUR]: used }), 'a').sharpe, null)
  })

  test('are read now and then, a few at a time', async () => {
    const clock = new VirtualClock()
    const store = storeOf({ [HOUR]: curve(60, 1, HOUR) })
    const book = new EquityFigureBook(store, clock)
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const told = () => [...book.of(ids).values()].filter(({ sharpe }) => sharpe !== null).length
    assert.deepEqual([told(), told(), told(), store.asked()], [4, 6, 6, 6])
    await clock.advance(600_001)
    assert.deepEqual([told(), store.asked()], [6, 10])
  })
})
