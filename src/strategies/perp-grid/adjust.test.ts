import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testInstrument } from '../../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../../domain/money.ts'
import type { StrategyContext } from '../../domain/strategy.ts'
import { InstanceEngine } from '../../engine/instance.ts'
import { perpGrid } from './strategy.ts'

const context: StrategyContext = {
  at: 0,
  instruments: [testInstrument],
  prices: [{ last: price(15_000), mark: price(15_000) }],
  capital: money(100_000_000_000),
  leverage: 10,
  marginMode: 'cross',
  fees: [{ maker: ratio(20_000), taker: ratio(50_000) }],
  positions: [quantity(0)],
  initialPosition: 'open',
}
const parameters = (lots: string) => ({
  grid_type: 'long',
  grid_mode: 'arithmetic',
  grid_lower_price: '130',
  grid_upper_price: '170',
  grid_num: 21,
  order_quantity: lots,
})

test('an adjustment counts what it would buy: it refuses what a fresh start refuses', () => {
  const isFreshRefused = (lots: string) => perpGrid.check(parameters(lots), context).length > 0
  assert.deepEqual(['1', '2', '4', '5'].map(isFreshRefused), [false, false, true, true])
  const isAdjustRefused = (lots: string): boolean => {
    const engine = InstanceEngine.start(perpGrid as never, parameters('1'), context)
    const target = engine.wants().changes.find((change) => change.kind === 'target')
    assert.ok(target?.kind === 'target')
    engine.on({
      kind: 'fill',
      seq: 1,
      at: 1,
      fill: {
        id: 'f1',
        at: 1,
        instrument: testInstrument.id,
        clientId: null,
        side: 'buy',
        price: price(15_000),
        quantity: target.want.quantity,
        fee: money(0),
        isMaker: false,
        origin: { kind: 'target' },
      },
    })
    const command = { name: 'adjust', parameters: { order_quantity: lots } } as const
    return engine.on({ kind: 'command', at: 2, command }).changes.length === 0
  }
  assert.deepEqual(['2', '4', '5'].map(isAdjustRefused), [false, true, true])
})
