import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SOL } from '../../test/bot/tiny-strategy.ts'
import { notionalOf } from '../domain/instrument.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { RestingWant } from '../domain/strategy.ts'
import {
  adjustedParameters,
  orderChanges,
  orderDifference,
  outlookOf,
  readAdjustRequest,
} from './adjustment.ts'

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

test('a dry run names each order of the difference, a larger one for what it lacks', () => {
  const before = wants(want('B100', 100, 5), want('B110', 110, 5), want('S130', 130, 5))
  const after = wants(want('B110', 110, 8), want('S130', 130, 3), want('S140', 140, 5))
  const { canceled, placed } = orderChanges(before, after, SOL)
  assert.deepEqual(
    canceled.map(
      ({ slot, quantity }) => `${slot} ${Number(quantity) * 10 ** SOL.quantityDecimals}`,
    ),
    ['B100 5', 'S130 5'],
  )
  assert.deepEqual(
    placed.map(({ slot, quantity }) => `${slot} ${Number(quantity) * 10 ** SOL.quantityDecimals}`),
    ['B110 3', 'S130 3', 'S140 5'],
  )
})

test('the outlook says where the price lies and which limit is reached at which line', () => {
  const unit = 10 ** SOL.priceDecimals
  const at = (value: number) => value * unit
  const buys = [90, 91, 92].map((line) => want(`B${line}`, at(line), 10))
  const worth = notionalOf(SOL, price(at(95)), quantity(10))
  const limits: RiskLimits = {
    positionSizeMax: 1e8,
    positionNotionalMax: money(2 * worth),
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: 1e8,
    onBreach: 'halt',
  }
  const state = {
    instrument: SOL,
    limits,
    leverage: 1,
    equity: money(1e15),
    prices: { last: price(at(95)), mark: price(at(95)) },
    position: quantity(0),
  }
  const outlook = outlookOf(wants(...buys), { lower: '90', upper: '94' }, state)
  assert.deepEqual(
    { ...outlook, limits: outlook.limits.map(({ code, line, before }) => [code, line, before]) },
    {
      price_outside: 'above',
      price: '95',
      orders_wanted: 3,
      orders_allowed: 2,
      limits: [['limit_notional', '90', 2]],
    },
  )
  const free = { ...state, limits: { ...limits, positionNotionalMax: null } }
  const inside = outlookOf(wants(...buys), { lower: '90', upper: '100' }, free)
  assert.deepEqual([inside.price_outside, inside.orders_allowed, inside.limits], [null, 3, []])
})
