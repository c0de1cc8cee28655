import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantity, ratio } from '../../domain/money.ts'
import type { RiskLimits } from '../../domain/risk.ts'
import type { StrategyContext } from '../../domain/strategy.ts'
import { adjustDryRun, gridDifference } from './adjust.ts'
import { btc, contextAt, example, Rig, usdt } from './fixture.test.ts'
import { gridParameters } from './parameters.ts'
import { gridPreview } from './preview.ts'
import type { GridParameters } from './settings.ts'
import { perpGrid } from './strategy.ts'

const PRICE = 2_024_850
const check = (given: GridParameters, other: Partial<StrategyContext> = {}, at = PRICE) =>
  perpGrid.check(given, contextAt(at, other))
const codes = (given: GridParameters, other: Partial<StrategyContext> = {}, at = PRICE) =>
  check(given, other, at).map((fault) => fault.code)
const fees = (maker: number) => [{ maker: ratio(maker), taker: ratio(50_000) }]

test('the example may run, with numbers or texts', () => {
  assert.deepEqual(check(example), [])
  assert.deepEqual(check({ ...example, grid_num: '6', order_quantity: 0.152 }), [])
  assert.deepEqual(check({ ...example, grid_num: undefined, grid_intervals: 5 }), [])
})

test('older files: max_position ÷ intervals, rounded down to the lot', () => {
  const older = { grid_lower_price: 140, grid_upper_price: 160, grid_num: 20, max_position: 10 }
  assert.deepEqual(codes(older, {}, 15_000), [])
  // 10 ÷ 19 = 0.526315…
  assert.equal(new Rig(older, contextAt(15_000)).state.q, 526)
})

test('a worst line that does not pay its fees is refused with its numbers, and may be allowed', () => {
  // top cell 69,800 to 70,000 of 1 BTC: earns 200, at 0.15 % costs 104.70 + 105
  const tight = {
    grid_lower_price: 60000,
    grid_upper_price: 70000,
    grid_intervals: 50,
    order_quantity: 1,
  }
  const other = { fees: fees(150_000), capital: usdt(10_000_000) }
  const [fault] = check(tight, other, 6_500_000)
  assert.equal(fault?.code, 'unprofitable')
  assert.match(
    fault?.text ?? '',
    /69800 to 70000 earns 200 USDT and costs 209\.7 in fees at 0\.15 %/,
  )
  assert.equal(fault?.overrideKey, 'allow_unprofitable')
  assert.deepEqual(codes({ ...tight, allow_unprofitable: true }, other, 6_500_000), [])
  // 60,000 to 60,200 alone would pay: 200 against 180.30; the top decides
  assert.deepEqual(codes(tight, { ...other, fees: fees(140_000) }, 6_500_000), [])
})

test('an order below the minimum at the lowest line is refused with both amounts', () => {
  const instruments = [{ ...btc, notionalMin: usdt(100) }]
  // 100 ÷ 10,000 = 0.010
  const [fault] = check({ ...example, order_quantity: '0.009' }, { instruments })
  assert.equal(fault?.code, 'below_minimum')
  assert.match(
    fault?.text ?? '',
    /an order of 0\.009 BTC is below the venue's minimum of 0\.01 at the lowest line 10000/,
  )
  assert.deepEqual(codes({ ...example, order_quantity: '0.010' }, { instruments }), [])
  assert.deepEqual(codes({ ...example, order_quantity: null, max_position: '0.004' }), [
    'below_minimum',
  ])
})

test('a grid that can be liquidated before its last line is refused on the side that can', () => {
  const [fault] = check(example, { leverage: 10 })
  assert.equal(fault?.code, 'liquidation_before_last_line')
  // after the buy at 18,000: 16,200 ÷ (1 − 0.0055) = 16,289.59…
  assert.match(
    fault?.text ?? '',
    /the long side can be liquidated at 16289\.59 before its line 14000 has filled/,
  )
  const allowed = { ...example, allow_liquidation_before_last_line: true }
  assert.deepEqual(codes(allowed, { leverage: 10 }), [])
  // 26,000 · 1.1 ÷ 1.0055 = 28,443.5604 < 30,000, first dead at …57
  assert.match(
    check(example, { leverage: 10 })[1]?.text ?? '',
    /the short side can be liquidated at 28443\.57/,
  )
  assert.deepEqual(codes(example, { leverage: 10, marginMode: 'cross' }), [])
  assert.deepEqual(codes({ ...example, leverage: 10 }).length, 2)
})

test('range, lines and sizes that make no grid', () => {
  assert.deepEqual(codes({ ...example, grid_lower_price: 30000 }), ['range_inverted'])
  assert.deepEqual(
    codes({ ...example, grid_upper_price: '10000.03', grid_lower_price: '10000.01' }),
    ['duplicate_lines'],
  )
  assert.deepEqual(codes({ ...example, grid_num: null }), ['levels_missing'])
  assert.deepEqual(codes({ ...example, grid_intervals: 6 }), ['levels_conflict'])
  assert.deepEqual(codes({ ...example, order_quantity: null }), ['size_missing'])
  assert.deepEqual(codes({ ...example, total_margin: 1000 }), ['size_conflict'])
  assert.deepEqual(codes({ ...example, grid_upper_price: null }), ['range_missing'])
  assert.deepEqual(codes({ ...example, grid_upper_price: 'abc' }), ['invalid_grid_upper_price'])
  assert.deepEqual(codes({ ...example, stop_loss: -5 }), ['invalid_stop_loss'])
  assert.deepEqual(codes({ ...example, grid_num: 2.5 }), ['invalid_grid_num'])
  assert.deepEqual(codes({ ...example, auto_price: true }), ['price_range_missing'])
  assert.deepEqual(codes({ ...example, max_position: '0.4' }), ['max_position_exceeded'])
  assert.deepEqual(codes({ ...example, trailing_up: 29000, trailing_down: 11000 }), [
    'trailing_up_inside',
    'trailing_down_inside',
  ])
  assert.deepEqual(codes({ ...example, stop_price: '20248.5' }), ['stop_price_reached'])
})

test('a price outside is refused where the whole position would be opened at once', () => {
  const rich = { capital: usdt(50_000) }
  assert.deepEqual(codes({ ...example, grid_type: 'long' }, rich, 900_000), ['price_outside'])
  assert.deepEqual(codes({ ...example, grid_type: 'short' }, rich, 3_100_000), ['price_outside'])
  const allowed = { ...example, grid_type: 'long', allow_price_outside: true }
  assert.deepEqual(codes(allowed, rich, 900_000), [])
  assert.deepEqual(codes(example, rich, 900_000), [])
  assert.deepEqual(
    codes({ ...example, grid_type: 'long', trigger_price: 15000 }, rich, 900_000),
    [],
  )
})

test('more margin than there is capital is refused with both amounts, at the last line', () => {
  // Sold (26,000 + 30,000) · 0.152 = 8,512, bought less; long at 20,248.5: (42,000 + 2 · 20,248.5) · 0.152 = 12,539.544
  assert.deepEqual(codes(example, { capital: usdt(8_512) }), [])
  const [fault] = check(example, { capital: usdt(8_511.99) })
  assert.equal(fault?.code, 'margin_exceeds_capital')
  assert.match(fault?.text ?? '', /needs 8512 USDT .* the capital is 8511\.99 USDT/)
  const long = { ...example, grid_type: 'long' }
  assert.match(
    check(long)[0]?.text ?? '',
    /needs 12539\.544 USDT of margin when its last line has filled \(1x\) and the capital is 10000 USDT/,
  )
  assert.deepEqual(codes(long, { leverage: 2, capital: usdt(6_300) }), [])
})

test('stops and profits on the wrong side of the range or of the price', () => {
  const wrong = (type: string, given: GridParameters, at = PRICE) =>
    codes({ ...example, order_quantity: '0.01', grid_type: type, ...given }, {}, at)
  for (const [type, stop, code] of [
    ['neutral', 15_000, 'stop_price_wrong_side'],
    ['neutral', 9_000, null],
    ['neutral', 31_000, null],
    ['long', 9_999, null],
    ['long', 10_000, 'stop_price_wrong_side'],
    ['long', 31_000, 'stop_price_wrong_side'],
    ['short', 30_001, null],
    ['short', 30_000, 'stop_price_wrong_side'],
    ['short', 9_000, 'stop_price_wrong_side'],
  ] as const)
    assert.deepEqual(
      wrong(type, { stop_price: stop }),
      code === null ? [] : [code],
      `${type} ${stop}`,
    )
  for (const [type, take, code] of [
    ['neutral', 15_000, null],
    ['long', 25_000, null],
    ['long', 15_000, 'take_profit_price_wrong_side'],
    ['long', 9_000, 'take_profit_price_wrong_side'],
    ['short', 15_000, null],
    ['short', 25_000, 'take_profit_price_wrong_side'],
    ['short', 31_000, 'take_profit_price_wrong_side'],
  ] as const)
    assert.deepEqual(
      wrong(type, { take_profit_price: take }),
      code === null ? [] : [code],
      `${type} ${take}`,
    )
  // The price itself lies below the stop of a long grid that may start there.
  const outside = { allow_price_outside: true, stop_price: 9_500 }
  assert.deepEqual(wrong('long', outside, 900_000), ['stop_price_wrong_side'])
  const [fault] = check({ ...example, grid_type: 'long', leverage: 2, stop_price: 31_000 })
  assert.equal(fault?.text, 'stop_price 31000 must lie below grid_lower_price 10000')
})

test('a position that is there already needs adopt; an inverse contract is refused', () => {
  assert.deepEqual(codes(example, { positions: [quantity(5)] }), ['position_found'])
  assert.deepEqual(codes(example, { positions: [quantity(5)], initialPosition: 'adopt' }), [])
  assert.deepEqual(codes(example, { instruments: [{ ...btc, kind: 'inverse' }] }), [
    'inverse_contract',
  ])
})

test('the preview of the example', () => {
  const preview = gridPreview(example, contextAt(PRICE, { leverage: 2 }))
  assert.equal(preview.title, '6 lines, 5 intervals')
  const { grid } = preview
  assert.ok(grid)
  assert.deepEqual(
    grid.lines.map((line) => `${line.side ?? 'empty'} ${line.price}`),
    ['buy 10000', 'buy 14000', 'buy 18000', 'empty 22000', 'sell 26000', 'sell 30000'],
  )
  assert.deepEqual([grid.orders, grid.quantity, grid.initialPosition], [5, '0.152', '0'])
  // 0.152 · 4,000 = 608; fees 0.02 % of 0.152 · 26,000 and 30,000: 0.7904 + 0.912
  assert.deepEqual(
    [grid.worst?.gross, grid.worst?.fees, grid.worst?.net],
    ['608', '1.7024', '606.2976'],
  )
  // 0.152 · 56,000 ÷ 2
  assert.equal(grid.marginNeeded, '4256')
  // 14,000 · 0.5 ÷ 0.9945 = 7,038.71…; 28,000 · 1.5 ÷ 1.0055 = 41,770.26…
  assert.deepEqual(
    [grid.liquidationNow, grid.liquidationWorstLong, grid.liquidationWorstShort],
    [null, '7038.71', '41770.27'],
  )
  const above = gridPreview({ ...example, open_orders_max: 2 }, contextAt(3_100_000))
  assert.deepEqual(
    above.grid?.lines.map((line) => `${line.side} ${line.isVirtual}`),
    ['buy true', 'buy true', 'buy true', 'buy false', 'buy false', 'null false'],
  )
  assert.equal(gridPreview({}, contextAt(PRICE)).grid, null)
})

test('adjust --dry-run counts the difference and changes nothing', () => {
  const rig = new Rig(example, contextAt(PRICE))
  const before = JSON.stringify(rig.state)
  const run = adjustDryRun(rig.state, {
    grid_lower_price: 6000,
    grid_upper_price: 34000,
    grid_num: 8,
  })
  assert.deepEqual(run.difference, { kept: 5, canceled: 0, placed: 2 })
  assert.deepEqual(run.objections, [])
  assert.equal(JSON.stringify(rig.state), before)
  assert.deepEqual(
    adjustDryRun(rig.state, { grid_num: 5000 }).objections.map((f) => f.code),
    ['invalid_grid_num'],
  )
  const slot = { slot: 'B1', quantity: quantity(1) }
  assert.deepEqual(gridDifference([slot], [{ ...slot, quantity: quantity(2) }]), {
    kept: 0,
    canceled: 1,
    placed: 1,
  })
})

test('every parameter has a text, and a default of its own kind', () => {
  for (const [key, schema] of Object.entries(gridParameters)) {
    assert.ok(schema.doc.length > 20, key)
    if (schema.type === 'enum') assert.ok(schema.values?.includes(String(schema.default)), key)
    if (schema.type === 'integer' && schema.default !== undefined)
      assert.ok(Number.isInteger(schema.default), key)
  }
})

test('a preview says what the limits of the instance let through, and where they end', () => {
  const limits: RiskLimits = {
    positionSizeMax: 100_000_000,
    positionNotionalMax: usdt(7_000),
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: 100_000_000,
    onBreach: 'halt',
  }
  const seen = (given: GridParameters, at = PRICE, other: Partial<RiskLimits> = {}) =>
    gridPreview(given, contextAt(at), { ...limits, ...other }).grid
  const told = (given: GridParameters, at = PRICE, other: Partial<RiskLimits> = {}) =>
    seen(given, at, other)?.limits.map(({ code, side, line, before }) => [code, side, line, before])
  // 0.152 · 20,248.5 = 3,077.772 an order: two of a side pass 7,000, the third buy does not
  assert.deepEqual(told(example), [['limit_notional', 'buy', '10000', 2]])
  assert.deepEqual([seen(example)?.orders, seen(example)?.placed], [5, 4])
  const half = { positionNotionalMax: null, capitalUtilizationMax: 50_000_000 }
  assert.deepEqual(told(example, PRICE, half), [
    ['limit_capital', 'buy', '14000', 1],
    ['limit_capital', 'sell', '30000', 1],
  ])
  const share = { positionNotionalMax: null, positionSizeMax: 70_000_000 }
  assert.deepEqual(told(example, PRICE, share), [['limit_position', 'buy', '10000', 2]])
  const band = { positionNotionalMax: null, priceBandBps: 3_000 }
  assert.deepEqual(told(example, PRICE, band), [
    ['limit_price_band', 'buy', '14000', 1],
    ['limit_price_band', 'sell', '30000', 1],
  ])
  const long = { ...example, grid_type: 'long', order_quantity: '0.1' }
  // Two cells at once are 4,049.7; with the buys below the side comes to 10,124.25
  assert.deepEqual(told(long, PRICE, { positionNotionalMax: usdt(4_000) })?.[0], [
    'limit_notional',
    'buy',
    '20248.5',
    null,
  ])
  assert.deepEqual([seen(example)?.outside, seen(example, 900_000)?.outside], [null, 'below'])
  assert.equal(seen(example, 3_100_000)?.outside, 'above')
})
