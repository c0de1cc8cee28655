import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AAA, Bench, FLAT } from '../../test/support/exchange-bench.ts'
import { MINUTE_MS, type Row } from '../../test/support/table-market.ts'
import { price } from '../domain/money.ts'
import type { Json } from '../domain/strategy.ts'
import { type CandlePath, SimulatedExchange } from './simulated-exchange.ts'

const rising: Row = [10_000, 10_200, 9_800, 10_050]
const falling: Row = [10_000, 10_200, 9_800, 9_950]

/** Holds +5 or −5 with a stop 100 away and a profit to take 100 away, then one candle: which came first. */
function first(row: Row, held: 5 | -5, path?: CandlePath): string {
  const bench = new Bench([FLAT, row], path === undefined ? {} : { path })
  const [open, close] = held > 0 ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const)
  bench.place(open, 5, null)
  const trigger = { kind: 'stop', price: price(10_000 - 20 * held), by: 'last' } as const
  bench.place(close, 5, null, { trigger, timeInForce: 'gtc', isReduceOnly: true })
  bench.place(close, 5, 10_000 + 20 * held, { isReduceOnly: true })
  const fills = bench.rest().filter((line) => / at /.test(line))
  return fills[1]?.endsWith('maker') ? 'profit' : 'stop'
}

test('by direction the low comes first in a candle that rises, whatever is held', () => {
  for (const path of [undefined, 'by_direction'] as const) {
    assert.deepEqual([first(rising, 5, path), first(falling, 5, path)], ['stop', 'profit'])
    assert.deepEqual([first(rising, -5, path), first(falling, -5, path)], ['profit', 'stop'])
  }
})

test('adverse: what hurts the position comes first, whichever way the candle closes', () => {
  for (const row of [rising, falling])
    for (const held of [5, -5] as const) assert.equal(first(row, held, 'adverse'), 'stop')
})

test('adverse and flat: by direction', () => {
  for (const [row, expected] of [
    [rising, ['70.2s buy 5 at 9900 maker', '90.1s sell 5 at 10100 maker']],
    [falling, ['70.2s sell 5 at 10100 maker', '90.1s buy 5 at 9900 maker']],
  ] as const) {
    const bench = new Bench([FLAT, row], { path: 'adverse' })
    bench.place('buy', 5, 9_900)
    bench.place('sell', 5, 10_100)
    // 9,899 lies 101/200 of 20 s into the first leg, 10,101 301/400 into the second.
    assert.deepEqual(
      bench.rest().map((line) => line.replace(/^\S+/, '')),
      expected.map((line) => line.replace(/^\S+/, '')),
    )
  }
})

test('the way is chosen when the candle opens: a fill within it does not turn it', () => {
  const bench = new Bench([FLAT, falling], { path: 'adverse' })
  bench.place('sell', 5, 10_100)
  bench.place('buy', 5, 9_900)
  const sold = bench.rest()
  assert.deepEqual([sold.length, sold[0]?.includes('sell')], [2, true])
})

test('a state that is taken up within a candle goes on the same way', () => {
  const bench = new Bench([FLAT, falling], { path: 'adverse' })
  bench.place('buy', 5, null)
  bench.told()
  bench.exchange.advance(MINUTE_MS + 25_000)
  bench.exchange.advance(MINUTE_MS + 25_000)
  assert.equal(bench.exchange.at, MINUTE_MS + 25_000)
  const options = { source: bench.source, startAt: 0, endAt: 2 * MINUTE_MS } as const
  const other = new SimulatedExchange({ ...options, fillRule: 'through', candlePath: 'adverse' })
  other.restore(structuredClone(bench.exchange.snapshot()) as Json)
  assert.deepEqual(other.price(AAA.id), bench.exchange.price(AAA.id))
  // Low at 20 s, so 5 s later it rises again: 9,800 + 400 · 5/20.
  assert.equal(other.price(AAA.id).last, 9_900)
})
