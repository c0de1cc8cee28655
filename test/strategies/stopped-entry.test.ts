/** Entries that are stopped, given up or turned while they are still being filled; instances that end by themselves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money, price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, Origin, Side } from '../../src/domain/order.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import { InstanceEngine } from '../../src/engine/instance.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { MINUTE_MS, START_AT, sol } from './signal-market.ts'

const parameters: RawParameters = {
  fast_length: 2,
  slow_length: 3,
  sizing: 'fixed',
  order_quantity: 1,
  stop_loss: 1,
}

/** Its first bar is to come; the length of the candles is not known. */
function started(other: RawParameters = {}) {
  const strategy = strategyById('dual_ma')
  assert.ok(strategy)
  const engine = InstanceEngine.start(
    strategy,
    { ...parameters, ...other },
    {
      at: START_AT,
      instruments: [sol],
      prices: [{ last: price(10_000), mark: price(10_000) }],
      capital: money(100_000_000_000),
      leverage: 1,
      marginMode: 'isolated',
      fees: [],
      positions: [quantity(0)],
      initialPosition: 'open',
    },
  )
  let bars = 0
  let seq = 0
  const close = (dollars: number) => {
    const at = price(dollars * 100)
    const openAt = START_AT + bars * MINUTE_MS
    bars += 1
    const closeAt = openAt + MINUTE_MS
    const candle = { openAt, closeAt, open: at, high: at, low: at, close: at, volume: quantity(9) }
    const marketPrice = { last: at, mark: at }
    return engine.on({
      kind: 'candle',
      at: closeAt,
      instrument: sol.id,
      candle,
      price: marketPrice,
    })
  }
  const fill = (origin: Origin, side: Side, dollars: number, lots: number) => {
    seq += 1
    const at = START_AT + bars * MINUTE_MS
    const common = { id: String(seq), at, instrument: sol.id, side, isMaker: false, origin }
    const clientId = `pf${seq}` as ClientOrderId
    const amounts = { price: price(dollars * 100), quantity: quantity(lots), fee: money(0) }
    return engine.on({ kind: 'fill', at, seq, fill: { ...common, clientId, ...amounts } })
  }
  const kinds = (output: { readonly changes: readonly { readonly kind: string }[] }) =>
    output.changes.map(({ kind }) => kind)
  return { engine, close, fill, kinds }
}

/** An entry to buy 1,000 lots is wanted. */
function running() {
  const life = started()
  for (const dollars of [100, 99, 98, 97]) life.close(dollars)
  const target = life.close(100).changes[0]
  assert.ok(target?.kind === 'target' && target.want.quantity === 1_000)
  return life
}

test('a stop that closes the first part of an entry ends the entry too', () => {
  const { engine, fill, kinds } = running()
  assert.deepEqual(kinds(fill({ kind: 'target' }, 'buy', 100, 400)), ['rest'])
  assert.deepEqual(kinds(fill({ kind: 'slot', slot: 'stop' }, 'sell', 99, 400)), [
    'drop',
    'drop_target',
  ])
  assert.deepEqual(engine.wants().changes, [])
})

test('a reached target is taken back, so that nothing fights the stop', () => {
  const { engine, fill, kinds } = running()
  assert.deepEqual(kinds(fill({ kind: 'target' }, 'buy', 100, 1_000)), ['rest', 'drop_target'])
  assert.deepEqual(kinds(engine.wants()), ['rest'])
})

test('what is not filled by the close of the next bar is given up; what is held stays protected', () => {
  const { close, engine, fill, kinds } = running()
  fill({ kind: 'target' }, 'buy', 100, 400)
  const { changes, notes } = close(101)
  assert.deepEqual(kinds({ changes }), ['drop_target'])
  assert.match(notes[0]?.text ?? '', /entry was not filled within entry_slippage/)
  assert.deepEqual(kinds(engine.wants()), ['rest'])
})

test('a turn that is not filled by the close of the next bar closes at the market', () => {
  const { close, fill, engine } = running()
  fill({ kind: 'target' }, 'buy', 100, 1_000)
  for (const dollars of [103, 102]) close(dollars)
  const turn = close(98).changes[0]
  assert.ok(turn?.kind === 'target' && turn.want.quantity === -1_000)
  fill({ kind: 'target' }, 'sell', 98, 300)
  const [change] = close(97).changes
  assert.ok(change?.kind === 'target')
  assert.deepEqual(
    [change.want.quantity, change.want.worstPrice, change.want.isReduceOnly],
    [0, null, true],
  )
  fill({ kind: 'target' }, 'sell', 97, 700)
  assert.deepEqual(engine.wants().changes, [])
})

test('a timeframe that the candles turn out not to make ends the instance with a sentence', () => {
  const { close, engine } = started({ timeframe: '90s' })
  const { finish, notes } = close(100)
  assert.deepEqual(finish, { reason: 'timeframe', orders: 'cancel', positions: 'keep' })
  assert.match(notes[0]?.text ?? '', /timeframe 90s is no multiple of 1m that this market has/)
  assert.deepEqual(close(101).finish, null)
  assert.deepEqual(engine.wants().finish, finish)
})

test('a liquidation ends the instance: nothing rests and nothing is wanted any more', () => {
  const { fill, kinds, engine, close } = running()
  fill({ kind: 'target' }, 'buy', 100, 400)
  const output = fill({ kind: 'liquidation' }, 'sell', 50, 400)
  assert.deepEqual(kinds(output), ['drop', 'drop_target'])
  assert.equal(output.finish?.reason, 'liquidation')
  for (const dollars of [90, 80, 120, 140]) assert.deepEqual(kinds(close(dollars)), [])
  assert.deepEqual(engine.wants().changes, [])
})
