import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, changesOf, faultsOf, isSame, isSound, rangeOf } from './adjustment.ts'

const range = { lower: '140', upper: '160', levels: '81' }

test('the form begins with the grid as it stands, also where it was counted in intervals', () => {
  const grid = { range: { lower: '141', upper: '161' } }
  const parameters = { grid_lower_price: '140', grid_upper_price: '160', grid_num: 81 }
  assert.deepEqual(rangeOf({ state: 'running', parameters, grid }), {
    lower: '141',
    upper: '161',
    levels: '81',
  })
  const bare = { state: 'running', parameters: { grid_lower_price: '1', grid_intervals: 4 } }
  assert.deepEqual(rangeOf(bare), { lower: '1', upper: '', levels: '5' })
})

test('what the bot could not read is not asked', () => {
  assert.equal(isSound(faultsOf(range)), true)
  assert.equal(isSound(faultsOf({ ...range, levels: '' })), true)
  assert.equal(faultsOf({ ...range, lower: '-1' }).lower, 'price')
  assert.equal(faultsOf({ ...range, lower: '1e2' }).lower, 'price')
  assert.equal(faultsOf({ ...range, upper: '140' }).upper, 'order')
  assert.equal(faultsOf({ ...range, upper: '0' }).upper, 'price')
  assert.equal(faultsOf({ ...range, levels: '1' }).levels, 'levels')
  assert.equal(faultsOf({ ...range, levels: '1002' }).levels, 'levels')
})

test('prices are sent as the text that was typed', () => {
  const typed = { lower: '140.10', upper: '160', levels: '' }
  assert.deepEqual(bodyOf(typed), { grid_lower_price: '140.10', grid_upper_price: '160' })
  assert.deepEqual(bodyOf(range).grid_num, 81)
  assert.equal(isSame(range, { ...range, lower: '140.0' }), true)
  assert.equal(isSame(range, { ...range, levels: '82' }), false)
})

test('the difference is read from the highest price down', () => {
  const order = { side: 'buy', quantity: '1' } as const
  const result = {
    orders_kept: 1,
    orders_canceled: 1,
    orders_placed: 1,
    dry_run: true,
    changes: { canceled: [{ ...order, price: '9' }], placed: [{ ...order, price: '10' }] },
  }
  assert.deepEqual(
    changesOf(result).map(({ what, price }) => [what, price]),
    [
      ['place', '10'],
      ['cancel', '9'],
    ],
  )
  assert.deepEqual(changesOf({ ...result, changes: undefined } as never), [])
})
