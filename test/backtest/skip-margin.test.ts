/** The margin that a leap carries in doubles, beside the one that the exchange rounds at each fill. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import { IsolatedMargin, marginTables } from '../../src/backtest/skip/isolated-margin.ts'
import { type LeapTerms, lineTables } from '../../src/backtest/skip/line-tables.ts'
import type { MarketIndex } from '../../src/backtest/skip/market-index.ts'
import { money, mulDiv, price, quantity, ratio } from '../../src/domain/money.ts'
import { initialMargin } from '../../src/domain/position/margin.ts'
import { applyExecution, FLAT } from '../../src/domain/position/position.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import type { LeapableGrid } from '../../src/strategies/perp-grid/leap.ts'
import { Random } from '../support/random.ts'

const instrument = makeReplayInstrument(
  'test',
  parseSymbol('SOL/USDC:USDC'),
  { priceDecimals: 4, quantityDecimals: 2, lotSize: 1 },
  null,
)

function gridOf(random: Random): LeapableGrid {
  const cells = random.pick([1, 2, 7, 100, 400])
  const step = random.int(11, 19)
  const lines = Array.from({ length: cells + 1 }, (_, i) => 200_003 + i * step)
  const homesFull = random.int(0, cells)
  const never = { stopLoss: null, takeProfit: null, lastBelow: null, lastAbove: null }
  const more = { markBelow: null, markAbove: null, endAt: null }
  const q = random.int(1, 99_991)
  return { instrument, lines, q, empty: cells - homesFull, homesFull, ...never, ...more }
}

test('on every way through a grid it stays below what the exchange has, by less than twice the slack', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = new Random(seed)
    const grid = gridOf(random)
    const leverage = random.pick([1, 2, 3, 7, 12.5, 20])
    const capital = money(100_000 * 1e8)
    const paper = { maker: ratio(0), taker: ratio(50_000), slippage: ratio(0), latencyMs: 0 }
    const terms = {
      fillRule: 'through',
      capital,
      leverage,
      marginMode: 'isolated',
      limits: { positionSizeMax: 1e8, positionNotionalMax: null, capitalUtilizationMax: 1e8 },
      paper: { ...paper, initialBalance: capital, volumeShare: ratio(1e8) },
    } as unknown as LeapTerms
    const index = { basisMin: 0, basisMax: 0 } as MarketIndex
    const tables = marginTables(grid, terms, lineTables(grid, terms, index), index)
    const carried = new IsolatedMargin(tables, 0)
    let position = FLAT
    let margin = 0
    let { empty } = grid
    for (let step = 0; step < 3000; step += 1) {
      const isSell = empty === 0 || (empty < grid.lines.length - 1 && random.chance(0.5))
      empty += isSell ? 1 : -1
      const at = price(grid.lines[empty] ?? 0)
      const held = Math.abs(position.quantity)
      const side = isSell ? 'sell' : 'buy'
      const change = applyExecution(instrument, position, side, at, quantity(grid.q))
      if (change.closed > 0) margin -= mulDiv(margin, change.closed, held, 'trunc')
      const opened = money(at * change.opened * instrument.moneyPerUnit)
      if (change.opened > 0) margin += initialMargin(opened, leverage)
      position = change.position
      carried.take(empty, isSell, 0)
      const standing = margin - position.cost
      const wallet = carried.wallet(empty)
      assert.ok(wallet <= standing, `seed ${seed}: ${wallet} is above ${standing}`)
      assert.ok(wallet >= standing - 2 * tables.slack, `seed ${seed}: ${wallet} is far from it`)
    }
  }
})
