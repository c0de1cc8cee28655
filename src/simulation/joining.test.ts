/** A market that somebody begins to trade in the midst of a candle. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { paperTerms } from '../../test/support/table-market.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import type { Json } from '../domain/strategy.ts'
import { DEMO_START_AT, DemoMarket } from './demo-market.ts'
import type { MarketSource } from './market-source.ts'
import { SimulatedExchange } from './simulated-exchange.ts'

const ACCOUNT = 'okx/main'
const MINUTE_MS = 60_000
const TERMS = { leverage: 2, marginMode: 'cross', paper: paperTerms() } as const

function exchangeOf(source: MarketSource, startAt: number): SimulatedExchange {
  const exchange = new SimulatedExchange({ source, startAt, endAt: null, fillRule: 'through' })
  exchange.openAccount(ACCOUNT)
  return exchange
}

describe('a contract that is traded from the midst of a candle on', () => {
  const market = new DemoMarket(7)
  const early = market.offer('okx', 'ETH/USDT:USDT')
  const late = market.offer('okx', 'SOL/USDT:USDT')
  assert.ok(early && late)

  /** @param joinedAt ms after the start */
  const joined = (joinedAt: number): SimulatedExchange => {
    const exchange = exchangeOf(market, DEMO_START_AT)
    exchange.attach(ACCOUNT, 'one', early.id, TERMS)
    assert.equal(exchange.advance(DEMO_START_AT + joinedAt), null)
    exchange.attach(ACCOUNT, 'two', late.id, TERMS)
    return exchange
  }
  const goneTo = (exchange: SimulatedExchange, id: InstrumentId, at: number): number => {
    exchange.advance(DEMO_START_AT + at)
    return exchange.price(id).last
  }

  test('moves at once, as if it had been traded from the start', () => {
    const [first, second] = [joined(0), joined(20_500)]
    const times = [21_000, 30_000, 45_000, 59_000]
    const path = times.map((at) => goneTo(second, late.id, at))
    assert.deepEqual(
      path,
      times.map((at) => goneTo(first, late.id, at)),
    )
    assert.ok(new Set(path).size > 1, `it stands still: ${path.join(', ')}`)
  })

  test('its candle closes whole, as the market has it', () => {
    const stop = joined(20_500).advance(DEMO_START_AT + MINUTE_MS)
    const told = stop?.market.find(({ instrument }) => instrument === late.id)
    assert.ok(told?.kind === 'candle')
    assert.deepEqual(told.candle, market.candleFrom(late.id, DEMO_START_AT))
  })

  test('its price before and after it is traded is one', () => {
    const exchange = joined(0)
    const other = market.offer('okx', 'BTC/USDT:USDT')
    assert.ok(other)
    exchange.advance(DEMO_START_AT + 40_000)
    const before = exchange.price(other.id)
    exchange.attach(ACCOUNT, 'three', other.id, TERMS)
    assert.deepEqual(exchange.price(other.id), before)
  })

  test('goes on where it was after a restart', () => {
    const exchange = joined(20_500)
    const again = exchangeOf(market, DEMO_START_AT)
    again.restore(JSON.parse(JSON.stringify(exchange.snapshot())) as Json)
    assert.equal(goneTo(again, late.id, 50_000), goneTo(exchange, late.id, 50_000))
  })
})
