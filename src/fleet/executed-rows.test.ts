import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairStatus } from '../../test/support/taken-opportunity.ts'
import { chosenExecuted, executedRows } from './executed-rows.ts'

const all = { instance: null, venue: null, since: null, limit: 50 }
const numbers = (filter: object) =>
  chosenExecuted(executedRows('arb', pairStatus), { ...all, ...filter }).map(({ number }) => number)

test('the newest first, with the contracts and the currency of each leg', () => {
  const [held, short, long] = executedRows('arb', pairStatus)
  assert.deepEqual([held?.number, held?.closed_at, held?.outcome], [3, null, null])
  assert.deepEqual(
    [long?.margin_return, long?.annual_return, long?.held_s],
    ['0.0084', '3.0660', 86_400],
  )
  assert.deepEqual([short?.margin_return, short?.annual_return], ['0.0084', null])
  assert.deepEqual([short?.opened_at, short?.base], ['2026-01-02T00:00:00.000Z', 'ETH'])
  assert.deepEqual(
    short?.legs.map(({ venue, symbol, settle, total }) => [venue, symbol, settle, total]),
    [
      ['okx', 'ETH/USDT:USDT', 'USDT', '5.05'],
      ['hyperliquid', 'ETH/USDC:USDC', 'USDC', '5.05'],
    ],
  )
})

test('while it is held it was not left for any reason, though its strategy has begun to leave', () => {
  const { opportunities } = pairStatus.grid
  const leaving = { ...opportunities[2], exit: 'converged at 1.8 bps' }
  const [held] = executedRows('arb', { grid: { opportunities: [leaving] } })
  assert.deepEqual([held?.closed_at, held?.exit], [null, null])
  assert.equal(executedRows('arb', pairStatus)[1]?.exit, 'converged at 1.8 bps')
})

test('filters take an instance, the venue of one of its legs, what was open from then on, and a number', () => {
  assert.deepEqual(numbers({}), [3, 2, 1])
  assert.deepEqual(numbers({ instance: 'arb', venue: 'hyperliquid', limit: 2 }), [3, 2])
  assert.deepEqual(numbers({ instance: 'other' }), [])
  assert.deepEqual(numbers({ venue: 'aster' }), [])
  assert.deepEqual(numbers({ since: '2026-01-02T00:00:10.000Z' }), [3, 2])
})

test('of a bot that answers nothing, of a grid and of an earlier version there is no fault', () => {
  for (const status of [null, undefined, 'x', {}, { grid: null }, { grid: { lines: 3 } }])
    assert.deepEqual(executedRows('arb', status), [])
  const { opportunities } = pairStatus.grid
  const { size: _size, fees: _fees, margin_return: _return, ...older } = opportunities[0] ?? {}
  const [row] = executedRows('arb', { grid: { opportunities: [older] } })
  assert.deepEqual([row?.size, row?.fees, row?.margin_return], [null, null, null])
})
