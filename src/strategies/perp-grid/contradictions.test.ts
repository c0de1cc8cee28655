import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { money } from '../../domain/money.ts'
import { contradictionsIn } from './contradictions.ts'
import { contextAt, example, usdt } from './fixture.test.ts'
import type { GridParameters } from './settings.ts'
import { perpGrid } from './strategy.ts'

const terms = { capital: usdt(10_000), leverage: 1, initialPosition: 'open' } as const
const small: GridParameters = { ...example, order_quantity: '0.01' }
const told = (given: GridParameters, other: Partial<typeof terms> = {}) =>
  contradictionsIn({ ...small, ...given }, { ...terms, ...other }).map(
    ({ keys, found, allowed }) => `${keys[0]} ${found ?? '–'}: ${allowed}`,
  )

test('a good grid contradicts nothing', () => {
  assert.deepEqual(told({}), [])
  assert.deepEqual(
    told({ grid_num: null, auto_price: true, price_range: 5, grid_intervals: 9 }),
    [],
  )
  assert.deepEqual(told({ trailing_up: false, trailing_down: 5000, stop_price: 4000 }), [])
})

test('what is missing', () => {
  const bare = contradictionsIn({}, terms)
  assert.deepEqual(
    bare.map(({ keys, found }) => [keys[0], found]),
    [
      ['grid_lower_price', null],
      ['grid_upper_price', null],
      ['grid_num', null],
      ['max_position', null],
    ],
  )
  assert.deepEqual(told({ auto_price: true }), [
    'price_range –: given with auto_price: percent on each side of the price',
  ])
})

test('all that stands against each other is told at once, each at its key', () => {
  assert.deepEqual(
    told({
      grid_lower_price: 20_000,
      grid_upper_price: 10_000,
      grid_intervals: 7,
      total_margin: 50,
      order_notional: 70,
    }),
    [
      'grid_lower_price 20000: below grid_upper_price 10000',
      'grid_num 6: 8 beside grid_intervals 7, or one of the two left out',
      'order_notional 70: left out beside order_quantity: at most one of order_quantity, order_notional, total_margin sizes the orders',
      'total_margin 50: left out beside order_quantity: at most one of order_quantity, order_notional, total_margin sizes the orders',
    ],
  )
  assert.deepEqual(
    told({ trailing_up: 29_000, trailing_down: 11_000, stop_price: 15_000, grid_type: 'short' }),
    [
      'trailing_up 29000: above grid_upper_price 30000',
      'trailing_down 11000: below grid_lower_price 10000',
      'stop_price 15000: above grid_upper_price 30000',
    ],
  )
})

test('sides are judged by the trigger where there is one, and not by bounds that auto_price makes', () => {
  assert.deepEqual(told({ grid_type: 'long', trigger_price: 15_000, take_profit_price: 14_000 }), [
    'take_profit_price 14000: above the price 15000',
  ])
  const auto = { auto_price: true, price_range: 5, grid_type: 'long' }
  assert.deepEqual(told({ ...auto, stop_price: 40_000 }), [])
  assert.match(told({ grid_type: 'long', trigger_price: 9_000 })[0] ?? '', /^trigger_price 9000: /)
  assert.deepEqual(told({ grid_type: 'long', trigger_price: 9_000, allow_price_outside: true }), [])
})

test('margin that no price makes smaller is compared with the capital', () => {
  assert.deepEqual(told({ order_quantity: null, total_margin: 10_000.01 }), [
    'total_margin 10000.01: small enough for the capital of 10000',
  ])
  // 5 cells · 10,000 · 0.3 · 0.99 = 14,850 long; half of them, 3, neutral: 8,910
  const long = { grid_type: 'long', order_quantity: '0.3' }
  assert.deepEqual(told(long), [
    'order_quantity 0.3 (needs at least 14850 of margin at 1x when its last line has filled): small enough for the capital of 10000',
  ])
  assert.deepEqual(told({ order_quantity: '0.3' }), [])
  assert.deepEqual(told(long, { leverage: 2 as 1 }), [])
  assert.equal(told({ ...long, order_quantity: null, max_position: '1.5' }).length, 1)
  assert.equal(told({ ...long, order_quantity: null, order_notional: 6_000 }).length, 1)
})

test('what is refused for its margin when a file is read is refused at every price of the range', () => {
  const grids = fc.record({
    grid_type: fc.constantFrom('neutral', 'long', 'short'),
    grid_num: fc.integer({ min: 2, max: 40 }),
    grid_mode: fc.constantFrom('arithmetic', 'geometric'),
    order_quantity: fc.integer({ min: 100, max: 3_000 }).map((lots) => String(lots / 1000)),
    at: fc.integer({ min: 1_000_000, max: 2_999_999 }),
    initialPosition: fc.constantFrom('open' as const, 'none' as const),
  })
  let refused = 0
  fc.assert(
    fc.property(grids, ({ at, initialPosition, ...grid }) => {
      const given = { ...example, ...grid, allow_liquidation_before_last_line: true }
      const early = contradictionsIn(given, { ...terms, initialPosition })
      if (early.length === 0) return
      refused += 1
      const late = perpGrid.check(
        given,
        contextAt(at, { capital: money(terms.capital), initialPosition }),
      )
      assert.ok(late.some(({ code }) => code === 'margin_exceeds_capital'))
    }),
    { numRuns: 400 },
  )
  assert.ok(refused > 50)
})
