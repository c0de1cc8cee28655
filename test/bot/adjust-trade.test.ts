/** What a moved perp grid trades at market, computed from its own wants. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { marketTradeOf } from '../../src/bot/adjust-trade.ts'
import { notionalOf } from '../../src/domain/instrument.ts'
import { formatMoney, money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { StrategyContext, StrategyEvent } from '../../src/domain/strategy.ts'
import { InstanceEngine, type WholeWants } from '../../src/engine/instance.ts'
import { perpGrid } from '../../src/strategies/perp-grid/strategy.ts'
import { testInstrument } from '../support/fault-venue.ts'

const prices = { last: price(15_000), mark: price(15_000) }
const context: StrategyContext = {
  at: 0,
  instruments: [testInstrument],
  prices: [prices],
  capital: money(100_000_000_000),
  leverage: 10,
  marginMode: 'cross',
  fees: [{ maker: ratio(20_000), taker: ratio(50_000) }],
  positions: [quantity(0)],
  initialPosition: 'open',
}

type Filled = Extract<StrategyEvent, { kind: 'fill' }>

const filled = (
  seq: number,
  side: 'buy' | 'sell',
  lots: number,
  origin: Filled['fill']['origin'],
): Filled => {
  const size = { price: prices.last, quantity: quantity(Math.abs(lots)), fee: money(0) }
  const known = { id: `f${seq}`, at: 1, instrument: testInstrument.id, clientId: null }
  return { kind: 'fill', seq, at: 1, fill: { ...known, ...size, side, isMaker: false, origin } }
}

/** A grid of 130 to 170 in 20 cells at 150 that holds what it wants, and some buys of its lines, moved. */
function moved(type: string, lower: string, upper: string, bought = 0) {
  const parameters = {
    grid_type: type,
    grid_mode: 'arithmetic',
    grid_lower_price: '130',
    grid_upper_price: '170',
    grid_num: 21,
    order_quantity: '1',
    allow_price_outside: true,
  }
  const engine = InstanceEngine.start(perpGrid as never, parameters, context)
  const target = engine.wants().changes.find((change) => change.kind === 'target')
  const lots = target?.want.quantity ?? 0
  if (lots !== 0) engine.on(filled(1, lots > 0 ? 'buy' : 'sell', lots, { kind: 'target' }))
  const buys = engine.wants().changes.flatMap((change) => {
    return change.kind === 'rest' && change.want.side === 'buy' ? [change.want] : []
  })
  const nearest = buys.sort((a, b) => b.price - a.price).slice(0, bought)
  for (const [at, { slot, quantity: size }] of nearest.entries())
    engine.on(filled(2 + at, 'buy', Number(size), { kind: 'slot', slot }))
  const before = engine.wants()
  const command = {
    name: 'adjust',
    parameters: { ...parameters, grid_lower_price: lower, grid_upper_price: upper },
  } as const
  const { notes } = engine.on({ kind: 'command', at: 2, command })
  assert.deepEqual(
    notes.filter(({ level }) => level === 'warn'),
    [],
  )
  const { position } = engine.ledger
  const state = { instrument: testInstrument, prices, position }
  const trade = marketTradeOf(before, engine.wants(), state, ratio(50_000))
  return trade && [trade.side, trade.quantity, `${trade.position_before} → ${trade.position_after}`]
}

const IN = ['126', '166'] as const
const BELOW = ['100', '140'] as const
const ABOVE = ['160', '200'] as const

test('a range that wants what is held trades nothing', () => {
  for (const type of ['long', 'short', 'neutral']) assert.equal(moved(type, '130', '170'), null)
})

test('a long grid sells what the new range does not want: all of it below the price', () => {
  assert.deepEqual(moved('long', ...IN), ['sell', '2', '9 → 7'])
  assert.deepEqual(moved('long', ...BELOW), ['sell', '9', '9 → 0'])
  assert.deepEqual(moved('long', ...ABOVE), ['buy', '11', '9 → 20'])
})

test('a short grid buys back what the new range does not want: all of it above the price', () => {
  assert.deepEqual(moved('short', '132', '172'), ['buy', '1', '-11 → -10'])
  assert.deepEqual(moved('short', ...BELOW), ['sell', '9', '-11 → -20'])
  assert.deepEqual(moved('short', ...ABOVE), ['buy', '11', '-11 → 0'])
})

test('a neutral grid that holds nothing trades nothing, inside and outside', () => {
  for (const [lower, upper] of [IN, BELOW, ABOVE])
    assert.equal(moved('neutral', lower, upper), null)
})

test('a neutral grid keeps what it bought inside the range and sells it outside', () => {
  assert.equal(moved('neutral', ...IN, 2), null)
  assert.deepEqual(moved('neutral', ...BELOW, 2), ['sell', '2', '2 → 0'])
  assert.deepEqual(moved('neutral', ...ABOVE, 2), ['sell', '2', '2 → 0'])
})

test('price and fee are those of a taker at the last price; a target of before is not of the adjustment', () => {
  const target = (lots: number): WholeWants => {
    const want = { instrument: testInstrument.id, quantity: quantity(lots), worstPrice: null }
    const rest = { style: 'take', deadlineAt: null, isReduceOnly: false } as const
    return { changes: [{ kind: 'target', want: { ...want, ...rest } }], wakes: [], finish: null }
  }
  const state = { instrument: testInstrument, prices, position: quantity(20) }
  const none: WholeWants = { changes: [], wakes: [], finish: null }
  const trade = marketTradeOf(none, target(5), state, ratio(50_000))
  const worth = notionalOf(testInstrument, prices.last, quantity(15))
  assert.deepEqual(
    [trade?.side, trade?.price, trade?.fee, trade?.settle],
    ['sell', '150', formatMoney(money(worth / 2000)), testInstrument.settle],
  )
  assert.equal(marketTradeOf(target(5), target(5), state, ratio(50_000)), null)
  assert.equal(marketTradeOf(target(5), none, state, ratio(50_000)), null)
})
