import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CandleRow, EquityPoint } from '../../../src/protocol/api-messages.ts'
import type { InstanceList, InstanceView } from '../../../src/protocol/fleet-messages.ts'
import { isCut, withCandle, withInstances, within, withPoint, withRows } from './live-cache.ts'

const instance = (id: string, equity: string) => ({ id, equity }) as InstanceView
const point = (second: number, equity: string): EquityPoint => ({
  at: new Date(second * 1000).toISOString(),
  market_at: null,
  equity,
  low: equity,
  high: equity,
  pnl: '0',
})
const candle = (at: string, close: string): CandleRow => ({
  at,
  open: '1',
  high: '2',
  low: '1',
  close,
  volume: '0',
  finished: true,
})

describe('what the stream changes in the cache', () => {
  it('replaces instances that changed, adds and removes, and leaves the others as they are', () => {
    const old: InstanceList = {
      items: [instance('a', '1'), instance('b', '1'), instance('c', '1')],
      next_cursor: null,
      feed: null,
      faults: [],
    }
    const next = withInstances(old, [
      { items: [instance('b', '2')], removed: [], feed: null, faults: [] },
      { items: [instance('aa', '1')], removed: ['c'], feed: null, faults: ['a fault'] },
    ])
    assert.deepEqual(
      next.items.map(({ id, equity }) => `${id} ${equity}`),
      ['a 1', 'aa 1', 'b 2'],
    )
    assert.equal(next.items[0], old.items[0])
    assert.deepEqual(next.faults, ['a fault'])
  })
  it('replaces rows in their place and puts new ones in front, the newest first', () => {
    const old = [
      { id: 'b', v: 1 },
      { id: 'a', v: 1 },
    ]
    const news = [
      { id: 'a', v: 2 },
      { id: 'c', v: 1 },
      { id: 'd', v: 1 },
    ]
    const next = withRows(old, news, ({ id }) => id)
    assert.deepEqual(
      next.map(({ id, v }) => `${id}${v}`),
      ['d1', 'c1', 'b1', 'a2'],
    )
    assert.equal(next[2], old[0])
    assert.equal(
      withRows(old, [], ({ id }) => id),
      old,
    )
  })
  it('adds points of the present tier and merges them into points of a coarser one', () => {
    const fine = [point(0, '1'), point(5, '2')]
    assert.equal(withPoint(fine, point(10, '3')).length, 3)
    const coarse = [point(0, '1'), point(60, '5')]
    const merged = withPoint(coarse, point(65, '3'))
    assert.equal(merged.length, 2)
    assert.deepEqual(
      [merged[1]?.equity, merged[1]?.low, merged[1]?.high, merged[1]?.at],
      ['3', '3', '5', coarse[1]?.at],
    )
    assert.equal(withPoint(fine, point(3, '9')), fine)
  })
  it('lets points go that have left the span', () => {
    const points = [point(0, '1'), point(600, '2'), point(3700, '3')]
    assert.deepEqual(within(points, '1h'), points.slice(1))
    assert.equal(within(points, 'all'), points)
  })
  it('renews the last candle, adds the next and ignores an earlier one', () => {
    const old = [candle('2026-01-01T00:00:00.000Z', '1'), candle('2026-01-01T00:01:00.000Z', '1')]
    assert.equal(withCandle(old, candle('2026-01-01T00:01:00.000Z', '2')).at(-1)?.close, '2')
    assert.equal(withCandle(old, candle('2026-01-01T00:02:00.000Z', '2')).length, 3)
    assert.equal(withCandle(old, candle('2026-01-01T00:00:00.000Z', '2')), old)
  })
  it('knows that the end of a candle was missed', () => {
    const ended = candle('2026-01-01T00:00:00.000Z', '1')
    const open = { ...ended, finished: false }
    const next = candle('2026-01-01T00:01:00.000Z', '1')
    assert.deepEqual(
      [isCut([ended], next), isCut([open], next), isCut([open], open), isCut([], next)],
      [false, true, false, false],
    )
  })
})
