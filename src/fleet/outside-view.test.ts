import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, quantity } from '../domain/money.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import { outsideOf, stateShown } from './outside-view.ts'
import { deskRestraint } from './restraint.ts'

const rowOf = (change: Partial<DeskInstanceRow> = {}): DeskInstanceRow => ({
  instance: 'sol',
  symbol: testInstrument.symbol,
  instrument: testInstrument,
  mode: 'running',
  latch: null,
  is_bot_connected: true,
  position: quantity(150),
  equity: money(0),
  orders_working: 0,
  orders_unknown: 0,
  ...change,
})

test('a position that differs is shown with both numbers, as reduce_only, with the way out', () => {
  const row = rowOf({ position_venue: 70 })
  assert.equal(stateShown(row), 'reduce_only')
  assert.equal(outsideOf(row).position_venue, '0.7')
  const restraint = deskRestraint(row)
  assert.equal(restraint?.why, 'position_mismatch: the venue holds 0.7 SOL, the books 1.5 SOL')
  assert.match(restraint?.way_out ?? '', /until they agree, or perpfleet resume sol takes/)
})

test('a mode that holds it as well stays the first thing said, and arm is the way out of killed', () => {
  const row = rowOf({ mode: 'killed', position_venue: 0 })
  assert.equal(stateShown(row), 'killed')
  const { why = '', way_out: way = '' } = deskRestraint(row) ?? {}
  assert.match(why, /kill switch.*; position_mismatch: the venue holds 0 SOL, the books 1\.5 SOL$/)
  assert.match(way, /perpfleet arm sol/)
})

test('books that agree are no news, also of a desk that does not tell', () => {
  for (const row of [rowOf(), rowOf({ position_venue: null }), null]) {
    assert.deepEqual(outsideOf(row), { position_venue: null, foreign_orders: null })
    assert.equal(deskRestraint(row), null)
  }
  assert.equal(stateShown(rowOf()), 'running')
})

test('orders of others are shown with what they may still buy and sell', () => {
  const { foreign_orders: shown } = outsideOf(
    rowOf({ foreign: { orders: 2, buying: 30, selling: 1000 } }),
  )
  assert.deepEqual(shown, { count: 2, buying: '0.3', selling: '10' })
  const none = rowOf({ foreign: { orders: 0, buying: 0, selling: 0 } })
  assert.equal(outsideOf(none).foreign_orders, null)
})
