import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usdcInstrument } from '../../../test/support/instruments.ts'
import type { Candle } from '../market.ts'
import type { Ratio } from '../money.ts'
import { type Exits, parseSteps } from './exit-parameters.ts'
import {
  beginSteps,
  nextStepAt,
  openTrade,
  protectiveWants,
  raiseBest,
  setLevels,
} from './exits.ts'

const sol = usdcInstrument({ priceRule: { kind: 'tick', tick: 5 } })
const percent = (value: number) => (value * 1_000_000) as Ratio
const none: Exits = {
  stopLoss: null,
  stopLossAtr: null,
  takeProfit: null,
  takeProfitAtr: null,
  takeProfitSteps: [],
  trailingStop: null,
  trailingStopAtr: null,
  trailingOffset: percent(0),
  timeExit: null,
  atrLength: 14,
  triggerBy: 'last',
}
const levels = (exits: Partial<Exits>, side: 1 | -1, entry: number, best = entry, atr = 0) => {
  const trade = openTrade(side, 0, best, atr)
  trade.entry = entry
  setLevels({ ...none, ...exits }, sol, trade)
  return [trade.stop, trade.takeProfit]
}
const candle = (openAt: number, high: number, low: number, close: number): Candle =>
  ({ openAt, closeAt: openAt + 60_000, open: close, high, low, close, volume: 1 }) as Candle

test('levels are rounded away from the market to allowed prices', () => {
  const exits = { stopLoss: percent(1), takeProfit: percent(2) }
  // 99.99 and 103.02; 102.01 and 98.98 for a short: in steps of 0.05.
  assert.deepEqual(levels(exits, 1, 10_101), [9_995, 10_305])
  assert.deepEqual(levels(exits, -1, 10_101), [10_205, 9_895])
})

test('exits in ATRs need one; without it there is none, not one at the entry', () => {
  const exits = { stopLossAtr: 2, takeProfitAtr: 3 }
  assert.deepEqual(levels(exits, 1, 10_000, 10_000, 50), [9_900, 10_150])
  assert.deepEqual(levels(exits, 1, 10_000, 10_000, 0), [null, null])
})

test('the tighter of stop loss and trailing stop counts, from trailing_offset on', () => {
  const exits = { stopLoss: percent(3), trailingStop: percent(5) }
  assert.deepEqual(levels(exits, 1, 10_000), [9_700, null])
  assert.deepEqual(levels(exits, 1, 10_000, 11_000), [10_450, null])
  assert.deepEqual(levels(exits, -1, 10_000, 9_000), [9_450, null])
  const late = { ...exits, trailingOffset: percent(10) }
  assert.deepEqual(levels(late, 1, 10_000, 10_999), [9_700, null])
  assert.deepEqual(levels(late, 1, 10_000, 11_000), [10_450, null])
})

test('of the candle in which a trade began only the close counts', () => {
  const trade = openTrade(1, 30_000, 10_000, 0)
  assert.equal(raiseBest(trade, candle(0, 10_500, 9_900, 10_050)), true)
  assert.equal(trade.best, 10_050)
  assert.equal(raiseBest(trade, candle(60_000, 10_040, 9_900, 10_000)), false)
  assert.equal(raiseBest(trade, candle(120_000, 10_300, 9_900, 10_000)), true)
  assert.equal(trade.best, 10_300)
  const short = openTrade(-1, 60_000, 10_000, 0)
  raiseBest(short, candle(60_000, 10_500, 9_800, 10_050))
  assert.equal(short.best, 9_800)
})

test('take-profit steps begin at their time, each for the rest', () => {
  const exits = {
    ...none,
    takeProfit: percent(3),
    takeProfitSteps: parseSteps('1:1, 3:-0.5, 5:-100'),
  }
  const trade = openTrade(1, 1_000, 10_000, 0)
  const found: unknown[] = []
  for (const at of [1_000, 60_999, 61_000, 181_000, 301_000]) {
    beginSteps(exits, trade, at)
    setLevels(exits, sol, trade)
    found.push([trade.takeProfit, nextStepAt(exits, trade)])
  }
  assert.deepEqual(found, [
    [10_300, 61_000],
    [10_300, 61_000],
    [10_100, 181_000],
    [9_950, 301_000],
    [5, null],
  ])
  for (const text of ['1', '1:', '0:1', '5:1, 5:2', '3:-101', '1:2;3:4']) {
    assert.throws(
      () => parseSteps(text),
      /take_profit_steps ".*" (cannot be read|must have rising)/,
    )
  }
  assert.deepEqual(parseSteps(' '), [])
})

test('protective orders are for the whole position and only reduce', () => {
  const trade = openTrade(-1, 0, 10_000, 0)
  const exits: Exits = { ...none, stopLoss: percent(1), takeProfit: percent(1), triggerBy: 'mark' }
  setLevels(exits, sol, trade)
  assert.deepEqual(
    protectiveWants(exits, sol, trade).map(({ slot, side, quantity, isReduceOnly, trigger }) => [
      slot,
      side,
      quantity,
      isReduceOnly,
      trigger,
    ]),
    [
      ['stop', 'buy', 'position', true, { kind: 'stop', price: 10_100, by: 'mark' }],
      ['take_profit', 'buy', 'position', true, { kind: 'take_profit', price: 9_900, by: 'mark' }],
    ],
  )
  assert.deepEqual(protectiveWants(exits, sol, null), [])
})
