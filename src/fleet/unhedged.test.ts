import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Instrument } from '../domain/instrument.ts'
import { type Money, money, quantity, ratio } from '../domain/money.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import { joinedRow } from './leg-rows.ts'
import { openDeltaOf, stoppedText, UNHEDGED_MS, UnhedgedWatch, whyOpen } from './unhedged.ts'

const PAR = ratio(1e8)

/** Lots of 0.1 and 0.0001 ETH; at the second venue no order is smaller than 0.001 ETH. */
const instruments = [
  { venue: 'okx', lotSize: 1, quantityDecimals: 1, quantityMin: 1 },
  { venue: 'hyperliquid', lotSize: 1, quantityDecimals: 4, quantityMin: 10 },
] as const

function leg(index: 0 | 1, lots: number, change: Partial<DeskInstanceRow> = {}): DeskInstanceRow {
  const instrument = { ...instruments[index], base: 'ETH', kind: 'linear' } as Instrument
  return {
    instance: index === 0 ? 'a' : 'a.2',
    symbol: 'ETH/USDT:USDT',
    instrument,
    mode: 'running',
    latch: null,
    is_bot_connected: true,
    position: quantity(lots),
    equity: money(0) as Money,
    orders_working: 0,
    orders_unknown: 0,
    ...change,
  }
}

const pair = (first: DeskInstanceRow, second: DeskInstanceRow): DeskInstanceRow =>
  joinedRow('a', [first, second], [PAR, PAR])

const hanging = pair(leg(0, 0), leg(1, -1662))
const at = (ms: number) => ({ monotonicMs: ms, wallMs: Date.UTC(2026, 10, 22, 0, 11, 8) + ms })

describe('what two legs hold on one alone', () => {
  test('in base, whatever the lots of both venues', () => {
    assert.deepEqual(openDeltaOf(hanging), { amount: '-0.1662', base: 'ETH' })
    assert.deepEqual(openDeltaOf(pair(leg(0, 5), leg(1, -4000))), { amount: '0.1', base: 'ETH' })
    assert.deepEqual(openDeltaOf(pair(leg(0, 20), leg(1, 0))), { amount: '2', base: 'ETH' })
  })

  test('nothing of a pair that is hedged to the dust, of one contract, of two bases', () => {
    assert.equal(openDeltaOf(pair(leg(0, 5), leg(1, -5000))), null)
    assert.equal(openDeltaOf(pair(leg(0, 5), leg(1, -4001))), null, 'less than the smallest order')
    assert.equal(openDeltaOf(leg(0, 5)), null)
    const other = leg(1, 0)
    const btc = { ...other, instrument: { ...other.instrument, base: 'BTC' } }
    assert.equal(openDeltaOf(pair(leg(0, 5), btc)), null)
  })

  test('why, leg by leg', () => {
    assert.equal(whyOpen(hanging, null), 'no desk holds a leg back')
    const lost = pair(leg(0, 5, { orders_unknown: 2 }), leg(1, 0))
    assert.equal(whyOpen(lost, null), 'okx ETH/USDT:USDT: 2 orders of unknown outcome')
    const stale = pair(leg(0, 5), leg(1, 0, { reasons: { target: 'stale_market' } }))
    assert.match(whyOpen(stale, null), /^hyperliquid ETH\/USDT:USDT: \S/)
    assert.match(whyOpen(lost, 'the venue of x is away: y'), /^the venue of x is away: y, okx/)
  })
})

test('a stop says what it leaves unhedged, and nothing of a pair that is hedged', () => {
  assert.equal(
    stoppedText('a', hanging),
    'stopped; 0.1662 ETH is unhedged and stays so: perpfleet stop a --positions close closes both legs',
  )
  for (const row of [pair(leg(0, 5), leg(1, -5000)), leg(0, 5), null])
    assert.equal(stoppedText('a', row), 'stopped')
})

describe('for how long', () => {
  test('a clip that is hedged in time is never told, also not after many of them', () => {
    const watch = new UnhedgedWatch()
    const hedged = pair(leg(0, 5), leg(1, -5000))
    for (let ms = 0; ms <= 4 * UNHEDGED_MS; ms += 500) {
      watch.take('a', ms % 10_000 === 0 ? hedged : hanging, null, at(ms))
      assert.equal(watch.of('a'), null)
    }
  })

  test('one that hangs is told after its time with its beginning, and resolves by itself', () => {
    const watch = new UnhedgedWatch()
    watch.take('a', hanging, null, at(0))
    watch.take('a', hanging, null, at(UNHEDGED_MS))
    assert.equal(watch.of('a'), null)
    watch.take('a', hanging, null, at(UNHEDGED_MS + 1))
    const told = watch.of('a')
    assert.deepEqual(
      [told?.amount, told?.base, told?.since],
      ['0.1662', 'ETH', '2026-11-22T00:11:08.000Z'],
    )
    watch.take('a', pair(leg(0, 0), leg(1, 0)), null, at(UNHEDGED_MS + 500))
    assert.equal(watch.of('a'), null)
  })

  test('the silence of a desk hedges nothing', () => {
    const watch = new UnhedgedWatch()
    watch.take('a', hanging, null, at(0))
    watch.take('a', null, null, at(UNHEDGED_MS + 1))
    assert.equal(watch.of('a')?.amount, '0.1662')
    watch.take('b', null, null, at(0))
    assert.equal(watch.of('b'), null)
  })
})
