import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantity } from '../../domain/money.ts'
import type { Json } from '../../domain/strategy.ts'
import { strategyById } from '../registry.ts'
import { contextAt, example, Rig, usdt } from './fixture.test.ts'
import { perpGrid } from './strategy.ts'

const PRICE = 2_024_850
const reasonOf = (rig: Rig): string | null => rig.finished?.reason ?? null
const reportOf = (rig: Rig): Record<string, Json> =>
  perpGrid.report(rig.state, []) as Record<string, Json>

test('the contract: 6 lines, 5 orders, 22,000 empty', () => {
  const rig = new Rig(example, contextAt(PRICE))
  assert.deepEqual(rig.book(), {
    B1000000: 152,
    B1400000: 152,
    B1800000: 152,
    S2600000: 152,
    S3000000: 152,
  })
  assert.equal(rig.targetWant, null)
  assert.equal(reportOf(rig)['lines'], '6 lines, 5 intervals')
})

test('initial position: long 2q above the cell of the price, short 3q, none flat; worst price ± 1 %', () => {
  const long = new Rig({ ...example, grid_type: 'long' }, contextAt(PRICE))
  assert.equal(long.targetWant?.quantity, 304)
  // 20,248.50 · 1.01 = 20,450.985, rounded away
  assert.equal(long.targetWant?.worstPrice, 2_045_099)
  const short = new Rig({ ...example, grid_type: 'short' }, contextAt(PRICE))
  assert.equal(short.targetWant?.quantity, -456)
  assert.equal(short.targetWant?.worstPrice, 2_004_601)
  const none = new Rig(
    { ...example, grid_type: 'short' },
    contextAt(PRICE, { initialPosition: 'none' }),
  )
  assert.equal(none.targetWant, null)
  const adopt = new Rig(
    { ...example, grid_type: 'long' },
    contextAt(PRICE, { initialPosition: 'adopt', positions: [quantity(304)] }),
  )
  assert.equal(adopt.targetWant, null)
  assert.equal(reportOf(adopt)['total'], '0')
})

test('a buy puts its sell one line up; completed, the buy returns', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.fillSlot('B1800000')
  assert.deepEqual(rig.book(), {
    B1000000: 152,
    B1400000: 152,
    S2200000: 152,
    S2600000: 152,
    S3000000: 152,
  })
  rig.fillSlot('S2200000')
  assert.deepEqual(Object.keys(rig.book())[2], 'B1800000')
  const report = reportOf(rig)
  // 0.152 · 4,000
  assert.deepEqual(
    [report['grid_profit'], report['completed_cells'], report['total']],
    ['608', 1, '608'],
  )
  rig.assertSame()
})

test('a fill among 1,000 cells reports its own two lines only', () => {
  const wide = {
    grid_lower_price: 10000,
    grid_upper_price: 30000,
    grid_intervals: 1000,
    order_quantity: 0.001,
  }
  const rig = new Rig(wide, contextAt(PRICE))
  rig.fillSlot('B2024000')
  assert.equal(rig.changes, 2)
  rig.assertSame()
})

test('a late fill is corrected by the target, within the worst price, renewed at each re-check', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.fill({ kind: 'slot', slot: 'B1750000' }, 'buy', 1_750_000, 40)
  assert.equal(rig.targetWant?.quantity, 0)
  // the last price is now 17,500; −1 %
  assert.equal(rig.targetWant?.worstPrice, 1_732_500)
  assert.equal(rig.wakeBy('last').at, rig.at + 60_000)
  rig.close(1_900_000)
  assert.equal(rig.targetWant?.worstPrice, 1_881_000)
  rig.fillTarget(1_890_000, 15)
  assert.equal(rig.targetWant?.quantity, 0)
  rig.fillTarget(1_890_000)
  assert.equal(rig.targetWant, null)
  // 40 · (18,900 − 17,500) / 1000
  assert.equal(reportOf(rig)['entry_adjustment'], '56')
  rig.assertSame()
})

test('stop_loss: the exact mark price, latched, closes; the equivalent price is shown', () => {
  const rig = new Rig({ ...example, stop_loss: '50' }, contextAt(PRICE))
  rig.fillSlot('B1800000')
  // 0.152 · (18,000 − p) = 50 → p = 17,671.0526…; total <= −50 first at 17,671.05
  assert.equal(rig.wakeBy('mark').below, 1_767_105)
  assert.equal(reportOf(rig)['stop_loss_price'], '17671.05')
  rig.price(1_760_000, 1_767_106)
  assert.equal(reasonOf(rig), null)
  rig.price(1_760_000, 1_767_105)
  assert.deepEqual(rig.finished, { reason: 'stop_loss', orders: 'cancel', positions: 'close' })
  assert.deepEqual(rig.book(), {})
  assert.equal(rig.targetWant?.quantity, 0)
  assert.equal(rig.targetWant?.isReduceOnly, true)
  rig.price(2_500_000)
  rig.fillTarget(1_766_000)
  assert.equal(rig.targetWant, null)
  const report = reportOf(rig)
  // 0.152 · (17,660 − 18,000)
  assert.deepEqual(
    [report['closed'], report['total'], report['grid_profit']],
    ['-51.68', '-51.68', '0'],
  )
  rig.assertSame()
})

test('take_profit counts funding and fees; a short profits downward', () => {
  const rig = new Rig({ ...example, take_profit: 20 }, contextAt(PRICE))
  rig.fill({ kind: 'slot', slot: 'S2600000' }, 'sell', 2_600_000, 152, 79_040_000)
  rig.fund(29_040_000)
  // 0.152 · (26,000 − p) − 0.7904 + 0.2904 = 20 → p = 25,865.1315…
  assert.equal(rig.wakeBy('mark').below, 2_586_513)
  rig.price(2_590_000, 2_586_513)
  assert.equal(reasonOf(rig), 'take_profit')
})

test('stop_price and take_profit_price act from the side on which they lay', () => {
  const rig = new Rig({ ...example, stop_price: 9000, take_profit_price: 31000 }, contextAt(PRICE))
  assert.deepEqual([rig.wakeBy('mark').below, rig.wakeBy('mark').above], [900_000, 3_100_000])
  rig.price(2_000_000, 900_001)
  assert.equal(reasonOf(rig), null)
  rig.price(2_000_000, 3_100_000)
  assert.equal(reasonOf(rig), 'take_profit_price')
})

test('trailing_stop: percent of peak equity', () => {
  const rig = new Rig({ ...example, trailing_stop: 1 }, contextAt(PRICE))
  rig.fillSlot('B1800000')
  // the mark of before the fill makes no peak
  assert.equal(reportOf(rig)['peak_equity'], '10000')
  rig.close(1_900_000)
  // peak 10,000 + 152 = 10,152; 99 % = 10,050.48: total 50.48 at 18,000 + 50.48 / 0.152 = 18,332.1052…
  assert.equal(reportOf(rig)['peak_equity'], '10152')
  assert.equal(rig.wakeBy('mark').below, 1_833_210)
  rig.price(1_833_211)
  assert.equal(reasonOf(rig), null)
  rig.price(1_833_210)
  assert.equal(reasonOf(rig), 'trailing_stop')
})

test('trigger_price: nothing before, the cells start at the price that reached it', () => {
  const rig = new Rig({ ...example, grid_type: 'long', trigger_price: '17000' }, contextAt(PRICE))
  assert.deepEqual(rig.book(), {})
  assert.equal(rig.targetWant?.quantity, undefined)
  assert.equal(rig.wakeBy('last').below, 1_700_000)
  rig.price(1_700_001)
  assert.deepEqual(rig.book(), {})
  rig.price(1_699_000)
  assert.deepEqual(Object.keys(rig.book()), [
    'B1000000',
    'B1400000',
    'S2200000',
    'S2600000',
    'S3000000',
  ])
  assert.equal(rig.targetWant?.quantity, 456)
  rig.assertSame()
})

test('auto_price is resolved once: ± 10 % of the first price, kept by a restart and by a whole command', () => {
  const automatic = { auto_price: true, price_range: 10, grid_num: 5, order_quantity: 0.1 }
  const rig = new Rig(automatic, contextAt(2_000_000))
  assert.deepEqual(Object.keys(rig.book()), ['B1800000', 'B1900000', 'B2000000', 'S2200000'])
  rig.isRestarting = true
  rig.price(2_090_000)
  rig.command({ ...automatic, stop_loss: 100 })
  assert.deepEqual(Object.keys(rig.book()), ['B1800000', 'B1900000', 'B2000000', 'S2200000'])
  assert.equal(rig.state.settings.stopLoss, usdt(100))
  // a change of shape keeps the range of the first start too
  rig.command({ order_quantity: '0.2' })
  assert.deepEqual(rig.book(), { B1800000: 200, B1900000: 200, B2000000: 200, S2200000: 200 })
})

test('trailing_up as Bybit shows it: the lowest buy goes, a buy at the old upper limit comes', () => {
  const rig = new Rig({ ...example, trailing_up: 38000 }, contextAt(PRICE))
  rig.fillSlot('S2600000')
  rig.fillSlot('S3000000')
  assert.deepEqual(Object.keys(rig.book()), [
    'B1000000',
    'B1400000',
    'B1800000',
    'B2200000',
    'B2600000',
  ])
  assert.equal(rig.wakeBy('last').above, 3_400_000)
  rig.changes = 0
  rig.price(3_400_000)
  assert.equal(rig.changes, 2)
  assert.deepEqual(Object.keys(rig.book()), [
    'B1400000',
    'B1800000',
    'B2200000',
    'B2600000',
    'B3000000',
  ])
  assert.deepEqual(reportOf(rig)['range'], { lower: '14000', upper: '34000' })
  // 38,000 is allowed, 42,000 is beyond the limit
  rig.price(4_500_000)
  assert.deepEqual(reportOf(rig)['range'], { lower: '18000', upper: '38000' })
  assert.equal(rig.wakeBy('last').above, null)
  rig.assertSame()
})

test('trailing_down of a long grid adds a cell that is bought at once by the target', () => {
  const rig = new Rig({ ...example, grid_type: 'long', trailing_down: 5000 }, contextAt(PRICE))
  rig.fillTarget(PRICE)
  for (const slot of ['B1800000', 'B1400000', 'B1000000']) rig.fillSlot(slot)
  rig.price(600_000)
  assert.deepEqual(reportOf(rig)['range'], { lower: '6000', upper: '26000' })
  // one cell dropped at the top, one added full: the same 5 cells of 0.152
  assert.equal(rig.targetWant, null)
  assert.deepEqual(Object.keys(rig.book()), [
    'S1000000',
    'S1400000',
    'S1800000',
    'S2200000',
    'S2600000',
  ])
  rig.assertSame()
})

test('a shift that could be liquidated before its last line is refused once, in words', () => {
  const short = {
    grid_lower_price: 19000,
    grid_upper_price: 21000,
    grid_num: 3,
    order_quantity: 0.1,
    grid_type: 'short',
  }
  const rig = new Rig({ ...short, trailing_up: 90000 }, contextAt(PRICE, { leverage: 10 }))
  rig.fillTarget(PRICE)
  // short 0.2 at 20,248.50 and 10x: 22,273.35 ÷ 1.0055 = 22,151.51; a top line at 22,000 stays below, 23,000 not
  rig.price(2_200_000)
  assert.deepEqual(reportOf(rig)['range'], { lower: '20000', upper: '22000' })
  rig.price(2_300_000)
  assert.deepEqual(reportOf(rig)['range'], { lower: '20000', upper: '22000' })
  assert.match(rig.notes.at(-1) ?? '', /does not follow up: the short side can be liquidated at/)
  assert.equal(rig.wakeBy('last').above, null)
  rig.assertSame()
})

test('boundary pause: what rests stays, nothing new comes until the price is back', () => {
  const rig = new Rig(
    { ...example, boundary_action: 'pause', boundary_tolerance: 1 },
    contextAt(PRICE),
  )
  rig.fillSlot('S2600000')
  assert.equal(rig.wakeBy('last').above, 3_030_001)
  rig.price(3_030_000)
  assert.equal(rig.state.frozen, null)
  rig.price(3_030_001)
  assert.deepEqual(Object.keys(rig.book()), [
    'B1000000',
    'B1400000',
    'B1800000',
    'B2200000',
    'S3000000',
  ])
  rig.fillSlot('S3000000', 100)
  assert.equal(rig.book()['S3000000'], 52)
  rig.fillSlot('S3000000')
  // the buy at 26,000 would be new
  assert.deepEqual(Object.keys(rig.book()), ['B1000000', 'B1400000', 'B1800000', 'B2200000'])
  rig.assertSame()
  assert.equal(rig.wakeBy('last').below, 3_000_000)
  rig.price(3_000_000)
  assert.deepEqual(Object.keys(rig.book()), [
    'B1000000',
    'B1400000',
    'B1800000',
    'B2200000',
    'B2600000',
  ])
})

test("boundary close needs a minute's close beyond bound × (1 ± tolerance); emergency_close is the same", () => {
  for (const action of ['close', 'emergency_close']) {
    const rig = new Rig(
      { ...example, boundary_action: action, boundary_tolerance: '2' },
      contextAt(PRICE),
    )
    rig.fillSlot('B1800000')
    rig.price(900_000)
    assert.equal(reasonOf(rig), null)
    rig.close(980_000)
    assert.equal(reasonOf(rig), null)
    rig.close(979_999)
    assert.deepEqual(rig.finished, { reason: 'boundary', orders: 'cancel', positions: 'close' })
    assert.equal(rig.targetWant?.quantity, 0)
  }
})

test('boundary recentre says what it realises, then moves the same width around the price', () => {
  const rig = new Rig({ ...example, boundary_action: 'recentre' }, contextAt(PRICE))
  for (const slot of ['B1800000', 'B1400000', 'B1000000']) rig.fillSlot(slot)
  rig.price(999_000)
  assert.deepEqual(reportOf(rig)['range'], { lower: '10000', upper: '30000' })
  rig.close(999_999)
  // 10,000 below 0 would be needed: refused, and said
  assert.match(rig.notes.at(-1) ?? '', /the range is not moved/)
  const narrow = {
    grid_lower_price: 18000,
    grid_upper_price: 22000,
    grid_num: 5,
    order_quantity: 0.1,
    boundary_action: 'recentre',
  }
  const moved = new Rig(narrow, contextAt(2_000_000))
  moved.fillSlot('B2000000')
  moved.fillSlot('B1900000')
  moved.fillSlot('B1800000')
  moved.close(1_700_000)
  // 0.1 · ((17,000 − 20,000) + (17,000 − 19,000) + (17,000 − 18,000))
  assert.match(moved.notes.at(-1) ?? '', /moves to 15000 to 19000 and realises -600 USDT/)
  assert.deepEqual(Object.keys(moved.book()), ['B1500000', 'B1600000', 'B1700000', 'S1900000'])
  assert.equal(moved.targetWant?.quantity, 0)
  moved.fillTarget(1_700_000)
  assert.equal(reportOf(moved)['total'], '-600')
  moved.assertSame()
})

test('open_orders_max: the nearest rest, the others are virtual; a crossed line moves them', () => {
  const rig = new Rig({ ...example, open_orders_max: 2 }, contextAt(PRICE))
  // distances: 18,000 → 2,248.5; 26,000 → 5,751.5; 14,000 → 6,248.5
  assert.deepEqual(Object.keys(rig.book()), ['B1800000', 'S2600000'])
  assert.deepEqual([rig.wakeBy('last').below, rig.wakeBy('last').above], [1_799_999, 2_200_000])
  assert.deepEqual(reportOf(rig)['virtual'], [
    { slot: 'B1000000', side: 'buy', price: '10000', quantity: '0.152' },
    { slot: 'B1400000', side: 'buy', price: '14000', quantity: '0.152' },
    { slot: 'S3000000', side: 'sell', price: '30000', quantity: '0.152' },
  ])
  assert.deepEqual(reportOf(new Rig(example, contextAt(PRICE)))['virtual'], [])
  rig.fillSlot('B1800000')
  // at 18,000: 22,000 and 14,000 are equally near
  assert.deepEqual(Object.keys(rig.book()), ['B1400000', 'S2200000'])
  rig.price(2_500_000)
  assert.deepEqual(Object.keys(rig.book()), ['S2200000', 'S2600000'])
  rig.assertSame()
})

test('duration: orders cancelled, the position kept, at its exact time', () => {
  const rig = new Rig({ ...example, duration: 86400 }, contextAt(PRICE))
  assert.equal(rig.wakeBy('last').at, 1_000_000 + 86_400_000)
  rig.fillSlot('B1800000')
  rig.at = 1_000_000 + 86_400_000 - 1
  rig.price(1_800_000)
  assert.equal(reasonOf(rig), null)
  rig.at += 1
  rig.price(1_800_000)
  assert.deepEqual(rig.finished, { reason: 'duration', orders: 'cancel', positions: 'keep' })
  assert.equal(rig.targetWant, null)
  assert.deepEqual(rig.book(), {})
  // an order that filled before its cancel
  rig.fill({ kind: 'slot', slot: 'S2200000' }, 'sell', 2_200_000, 152)
  assert.equal(reportOf(rig)['grid_profit'], '608')
  rig.assertSame()
})

test('a liquidation ends the grid: nothing is wanted, what it cost is closed', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.fillSlot('B1800000')
  rig.fill({ kind: 'liquidation' }, 'sell', 1_000_000, 100, 500)
  assert.equal(reasonOf(rig), 'liquidation')
  assert.deepEqual([rig.book(), rig.targetWant], [{}, null])
  rig.fill({ kind: 'liquidation' }, 'sell', 1_000_000, 52, 500)
  const report = reportOf(rig)
  assert.deepEqual(
    [report['closed'], report['fees'], report['position']],
    ['-1216', '0.00001', '0'],
  )
  rig.assertSame()
})

test('adjust: only the difference of orders; a cell with the same two lines keeps what it holds', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.fillSlot('B1800000', 100)
  rig.changes = 0
  rig.command({ grid_lower_price: '6000', grid_upper_price: 34000, grid_num: 8 })
  // lines 6, 10, …, 34 k: the buy at 6,000 and the sell at 34,000 are new
  assert.equal(rig.changes, 2)
  assert.deepEqual(rig.book(), {
    B600000: 152,
    B1000000: 152,
    B1400000: 152,
    B1800000: 52,
    S2200000: 100,
    S2600000: 152,
    S3000000: 152,
    S3400000: 152,
  })
  assert.match(rig.notes.at(-1) ?? '', /8 lines, 7 intervals: 6 orders kept, 0 cancelled, 2 placed/)
  assert.equal(rig.targetWant, null)
  rig.assertSame()
})

test('adjust of a neutral grid keeps the inventory it bought on the way', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.fillSlot('B1800000')
  rig.fillSlot('B1400000')
  rig.price(1_300_000)
  rig.command({ grid_lower_price: '9000', grid_upper_price: 29000 })
  // cells of 9, 13, 17, 21, 25 k; base 20,248.50 lies in the third: 13,000 to 21,000 was bought, 2 cells
  assert.equal(rig.state.book.inventory, 152)
  assert.equal(rig.targetWant?.quantity, 152)
  rig.assertSame()
})

test('a faulty adjustment changes nothing and says why', () => {
  const rig = new Rig(example, contextAt(PRICE))
  rig.command({ grid_lower_price: 40000 })
  assert.match(
    rig.notes[0] ?? '',
    /refused: grid_lower_price 40000 must be above 0 and below grid_upper_price 30000/,
  )
  rig.command({ grid_type: 'long', leverage: 3 })
  assert.match(rig.notes[1] ?? '', /grid_type, leverage cannot change/)
  assert.deepEqual(rig.book(), new Rig(example, contextAt(PRICE)).book())
  rig.assertSame()
})

test('the registry finds it', () => {
  assert.equal(strategyById('perp_grid')?.id, 'perp_grid')
  assert.equal(strategyById('nothing'), null)
})
