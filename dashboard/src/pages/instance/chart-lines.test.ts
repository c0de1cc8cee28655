import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OrderRow } from '../../../../src/protocol/fleet-messages.ts'
import { distance, gridOrders, offScale, orderLines, timeframeFor } from './chart-lines.ts'
import type { BotStatus, WantedOrder } from './grid-status.ts'

const wanted = (slot: string, change: Partial<WantedOrder> = {}): WantedOrder => ({
  slot,
  side: 'buy',
  price: '140',
  quantity: '0.5',
  protective: false,
  state: 'resting',
  reason: null,
  reason_text: null,
  ...change,
})

const statusOf = (list: readonly WantedOrder[]): BotStatus => ({
  state: 'running',
  parameters: {},
  orders: { wanted: list.length, resting: 0, missing: 0, list },
  grid: { virtual: [{ slot: 'B1', side: 'buy', price: '1', quantity: '1' }] },
})

test('candles grow slowly enough to be read at the speed of the market', () => {
  assert.equal(timeframeFor(1), '1m')
  assert.equal(timeframeFor(60), '5m')
  assert.equal(timeframeFor(1000), '4h')
  assert.equal(timeframeFor(1_000_000), '1d')
})

test('resting, virtual and missing orders are told apart by the style of their lines', () => {
  const missing = wanted('S2', { side: 'sell', state: 'missing', reason: 'paused' })
  const orders = gridOrders(statusOf([wanted('B2'), missing]), undefined)
  assert.deepEqual(
    orderLines(orders).map(({ id, style, tone }) => [id, style, tone]),
    [
      ['resting B2', 'solid', 'good'],
      ['virtual B1', 'dotted', 'good'],
      ['missing S2', 'dashed', 'warn'],
    ],
  )
})

test('of a bot that does not answer the orders that its desk still knows to rest are shown', () => {
  const row = (state: string): OrderRow => ({
    client_id: state,
    instance: 'a',
    venue: 'v',
    symbol: 's',
    side: 'sell',
    kind: 'limit',
    price: '150',
    quantity: '1',
    filled: '0',
    state,
    slot: 'S3',
    reason: null,
    sent_at: '',
  })
  const orders = gridOrders(undefined, [row('open'), row('canceled')])
  assert.deepEqual(orders.resting, [{ slot: 'S3', side: 'sell', price: '150', quantity: '1' }])
})

test('a price off the scale is told with its direction and distance', () => {
  const candle = { at: '', open: '10', high: '11', low: '9', close: '10', volume: '1' }
  const candles = [{ ...candle, finished: true }]
  assert.equal(offScale('12', candles), 'above')
  assert.equal(offScale('8', candles), 'below')
  assert.equal(offScale('9', candles), null)
  assert.equal(offScale(null, candles), null)
  assert.equal(offScale('12', []), null)
  assert.equal(distance('150', '100'), 0.5)
  assert.equal(distance('150', null), null)
})
