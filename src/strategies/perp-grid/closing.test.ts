/** What operators, stops and others close: the split of the profit by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { price } from '../../domain/money.ts'
import type { Json } from '../../domain/strategy.ts'
import { contextAt, example, Rig } from './fixture.test.ts'
import { perpGrid } from './strategy.ts'

const PRICE = 2_024_850

const splitOf = (rig: Rig, mark?: number): Json[] => {
  const prices = mark === undefined ? [] : [{ last: price(mark), mark: price(mark) }]
  const report = perpGrid.report(rig.state, prices) as Record<string, Json>
  return ['grid_profit', 'inventory', 'entry_adjustment', 'closed', 'total'].map(
    (key) => report[key] ?? null,
  )
}

test('close-all by hand: closed is the real result, nothing is bought back, a neutral grid begins anew', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.fillSlot('B1800000')
  rig.fillSlot('B1400000')
  // 0.1 · (13,000 − 14,000); the rest, 0.052 and 0.152, at 13,000 against 14,000 and 18,000
  rig.fill({ kind: 'operator' }, 'sell', 1_300_000, 100)
  assert.deepEqual(splitOf(rig, 1_300_000), ['0', '-812', '0', '-100', '-912'])
  rig.assertSame()
  // 0.052 · (12,900 − 14,000) + 0.152 · (12,900 − 18,000) = −57.2 − 775.2
  rig.fill({ kind: 'operator' }, 'sell', 1_290_000, 204)
  for (const mark of [1, 1_290_000, 9_000_000])
    assert.deepEqual(splitOf(rig, mark), ['0', '0', '0', '-932.4', '-932.4'])
  assert.equal(rig.targetWant, null)
  assert.deepEqual(Object.keys(rig.book()), [
    'B1000000',
    'S1800000',
    'S2200000',
    'S2600000',
    'S3000000',
  ])
  rig.assertSame()
  rig.price(1_310_000)
  assert.equal(rig.targetWant, null)
  rig.fillSlot('S1800000')
  rig.fillSlot('B1400000')
  assert.deepEqual(splitOf(rig), ['608', '0', '0', '-932.4', '-324.4'])
})

test('close-all of a long grid: the entry adjustment stays, the cells wait empty for their lines', () => {
  const rig = new Rig({ ...example, grid_type: 'long' }, contextAt(PRICE))
  rig.fillTarget(2_030_000)
  // V = 0.152 · (22,000 + 26,000) = 7,296; entered for 0.304 · 20,300 = 6,171.2
  assert.deepEqual(splitOf(rig, PRICE)[2], '1124.8')
  rig.fill({ kind: 'operator' }, 'sell', 2_020_000, 304)
  // 0.304 · 20,200 − 7,296; in all 0.304 · (20,200 − 20,300)
  assert.deepEqual(splitOf(rig, 1), ['0', '0', '1124.8', '-1155.2', '-30.4'])
  assert.equal(rig.targetWant, null)
  assert.deepEqual(Object.keys(rig.book()), [
    'B1000000',
    'B1400000',
    'B1800000',
    'B2200000',
    'B2600000',
  ])
  rig.assertSame()
})

test('close-all before the target has traded whole: what was not bought yet is not asked for again', () => {
  const rig = new Rig({ ...example, grid_type: 'long' }, contextAt(PRICE))
  rig.fillTarget(2_030_000, 100)
  rig.fill({ kind: 'operator' }, 'sell', 2_020_000, 100)
  assert.deepEqual([rig.state.book.inventory, rig.targetWant], [0, null])
  assert.equal(splitOf(rig, 1)[1], '0')
  assert.equal(splitOf(rig, 1)[4], '-10')
  rig.assertSame()
})

test('a foreign fill that reduces leaves the cells; one that adds is traded back', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.fillSlot('B1800000')
  rig.fill({ kind: 'foreign' }, 'sell', 1_850_000, 52)
  // 0.052 · (18,500 − 18,000)
  assert.deepEqual(splitOf(rig, 1_800_000), ['0', '0', '0', '26', '26'])
  assert.deepEqual(
    [rig.book()['B1800000'], rig.book()['S2200000'], rig.targetWant],
    [52, 100, null],
  )
  rig.fill({ kind: 'foreign' }, 'buy', 1_850_000, 10)
  assert.equal(rig.targetWant?.quantity, 100)
  assert.equal(splitOf(rig)[3], '26')
  rig.assertSame()
})

test('a stop closes like an operator: until it has, the inventory stays what it is', () => {
  const rig = new Rig({ ...example, stop_loss: '50' }, contextAt(PRICE))
  rig.fillSlot('B1800000')
  rig.price(1_760_000, 1_767_105)
  assert.deepEqual(splitOf(rig, 1_760_000), ['0', '-60.8', '0', '0', '-60.8'])
  rig.fill({ kind: 'operator' }, 'sell', 1_760_000, 152)
  assert.deepEqual(splitOf(rig, 1), ['0', '0', '0', '-60.8', '-60.8'])
  rig.assertSame()
})
