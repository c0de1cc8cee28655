import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SOL } from '../../test/bot/tiny-strategy.ts'
import { price, quantity } from '../domain/money.ts'
import type { RestingWant } from '../domain/strategy.ts'
import { adjustedParameters, orderDifference, readAdjustRequest } from './adjustment.ts'

const want = (slot: string, at: number, lots: number): RestingWant => ({
  slot,
  instrument: SOL.id,
  side: slot.startsWith('B') ? 'buy' : 'sell',
  price: price(at),
  quantity: quantity(lots),
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
})
const wants = (...list: RestingWant[]) => ({
  changes: list.map((item) => ({ kind: 'rest' as const, want: item })),
  wakes: [],
  finish: null,
})

test('numbers and decimal texts are taken alike', () => {
  assert.deepEqual(
    readAdjustRequest({
      grid_upper_price: 165,
      grid_lower_price: '135.5',
      levels: 21,
      dry_run: true,
    }),
    {
      lower: '135.5',
      upper: '165',
      levels: 21,
      isDryRun: true,
      isTemporary: false,
    },
  )
})

test('each fault of a body has its sentence', () => {
  const faultsOf = (body: unknown) => {
    const read = readAdjustRequest(body)
    return 'lower' in read ? [] : read
  }
  assert.equal(faultsOf([]).length, 1)
  assert.equal(faultsOf({}).length, 2)
  const faults = faultsOf({
    grid_upper_price: '1e',
    grid_lower_price: -1,
    grid_num: 1.5,
    levels: 4,
    dry_run: 'yes',
    lower: 1,
  })
  assert.equal(faults.length, 6)
  assert.match(faults.join(' '), /lower is unknown here/)
})

test('the new lines replace intervals, and a range that followed the price is fixed', () => {
  const present = {
    grid_lower_price: '1',
    grid_upper_price: '2',
    grid_intervals: 5,
    auto_price: true,
    kept: 'x',
  }
  const request = { lower: '3', upper: '4', levels: null, isDryRun: false, isTemporary: false }
  const range = { grid_lower_price: '3', grid_upper_price: '4', auto_price: false, kept: 'x' }
  assert.deepEqual(adjustedParameters(present, request), { ...range, grid_intervals: 5 })
  assert.deepEqual(adjustedParameters(present, { ...request, levels: 9 }), {
    ...range,
    grid_num: 9,
  })
})

test('only orders that differ are cancelled and placed', () => {
  const before = wants(
    want('B90', 90, 5),
    want('B91', 91, 5),
    want('S95', 95, 5),
    want('S96', 96, 5),
  )
  const after = wants(
    want('B91', 91, 5),
    want('S95', 95, 7),
    want('S96', 96, 3),
    want('S97', 97, 5),
  )
  // B91 stays; S95 stays and is topped up; B90 goes; S96 is too large and is made anew; S97 is new.
  assert.deepEqual(orderDifference(before, after), {
    orders_kept: 2,
    orders_canceled: 2,
    orders_placed: 3,
  })
  assert.deepEqual(orderDifference(before, before), {
    orders_kept: 4,
    orders_canceled: 0,
    orders_placed: 0,
  })
})
