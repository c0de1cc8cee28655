import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../../../test/support/virtual-clock.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import { silentLogger } from '../../../ports/logger.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { DialectParts } from '../live/dialect.ts'
import { GenericDialect } from './dialect.ts'
import { outcomeOfFailure } from './outcomes.ts'
import { contractFrom, fillFrom, orderFrom, positionFrom, priceFromTicker } from './reports.ts'
import type { UnifiedExchange, UnifiedMarket, UnifiedTicker } from './unified.ts'

const parts = (changes: Partial<DialectParts> = {}): DialectParts => ({
  credentials: { apiKey: 'k', secretKey: 's' },
  restUrl: null,
  wsUrl: null,
  isTestnet: false,
  acceptsMainKey: false,
  acceptsUnverified: true,
  clock: new VirtualClock(),
  logger: silentLogger,
  budget: { async take() {}, block() {}, used() {} },
  random: () => 0.5,
  ...changes,
})

test('a venue that nobody has verified needs an acceptance in words, and must be able to prove outcomes', async () => {
  const refused = GenericDialect.create('bybit', parts({ acceptsUnverified: false }))
  await assert.rejects(refused, { code: 'unverified' })
  await assert.rejects(GenericDialect.create('nosuchvenue', parts()), { code: 'no_such_venue' })
  const bybit = await GenericDialect.create('bybit', parts())
  assert.equal(bybit.traits.deadlineMs, null, 'so that an absence is never proven')
  assert.equal(bybit.traits.hasRestingStops, false)
  await bybit.close()
  const moved = GenericDialect.create('bybit', parts({ restUrl: 'https://evil.example' }))
  await assert.rejects(moved, { code: 'urls' })
})

test('only what ccxt names a refusal is one', async () => {
  const root = import.meta.resolve('ccxt')
  const errors = (await import(new URL('./src/base/errors.js', root).href)) as Record<
    string,
    new () => Error
  >
  const expected: Record<string, string> = {
    InsufficientFunds: 'rejected',
    InvalidOrder: 'rejected',
    OrderImmediatelyFillable: 'rejected',
    DuplicateOrderId: 'unknown',
    OrderNotFound: 'unknown',
    ExchangeError: 'unknown',
    OperationRejected: 'unknown',
    RequestTimeout: 'unknown',
    NetworkError: 'unknown',
    ExchangeNotAvailable: 'unknown',
    BadResponse: 'unknown',
  }
  for (const [name, kind] of Object.entries(expected)) {
    const Thrown = errors[name]
    assert.ok(Thrown, name)
    assert.equal(outcomeOfFailure(new Thrown(), 'a' as ClientOrderId).kind, kind, name)
  }
  const late = new VenueError('unknown', 'timeout', 'No answer.')
  assert.equal(outcomeOfFailure(late, 'a' as ClientOrderId).kind, 'unknown')
})

const market = {
  id: 'SOLUSDT',
  symbol: 'SOL/USDT:USDT',
  base: 'SOL',
  quote: 'USDT',
  settle: 'USDT',
  swap: true,
  linear: true,
  contractSize: '10',
  precision: { price: '0.01', amount: '0.1' },
  limits: { amount: { min: '0.5' }, cost: { min: '5' }, leverage: { max: '50' } },
  info: {},
} as UnifiedMarket
const exchange = { id: 'bybit', precisionMode: 4 } as UnifiedExchange

test('contracts, orders, trades and positions are counted in lots', () => {
  const contract = contractFrom(exchange, market)
  const { instrument } = contract
  // A tenth of a contract of 10 SOL.
  assert.deepEqual(
    [instrument.quantityDecimals, instrument.lotSize, instrument.quantityMin],
    [0, 1, 5],
  )
  const order = {
    id: '1',
    clientOrderId: 'a',
    status: 'open',
    side: 'sell',
    price: '150.5',
    amount: '2',
    filled: '0.5',
  }
  const known = orderFrom(contract, order)
  assert.deepEqual(
    [known.request.quantity, known.quantityFilled, known.request.price],
    [20, 5, 15_050],
  )
  const trade = {
    id: '7',
    order: '1',
    side: 'sell',
    price: '150',
    amount: '0.3',
    timestamp: 1_700_000_000_000,
  }
  const fill = fillFrom(contract, trade, null)
  assert.equal(fill?.key, 'fill:SOL/USDT:USDT:7:1')
  assert.equal(fillFrom(contract, { ...trade, id: '' }, null), null)
  const short = positionFrom(contract, { side: 'short', contracts: '0.3', entryPrice: '150' })
  assert.deepEqual([short?.quantity, short?.cost], [-3, -450 * 1e8])
  const decimals = { ...exchange, precisionMode: 2 } as UnifiedExchange
  const byPlaces = contractFrom(decimals, { ...market, precision: { price: '2', amount: '1' } })
  assert.deepEqual(byPlaces.instrument.priceRule, { kind: 'tick', tick: 1 })
})

test('mark and index are read where ccxt writes them', async () => {
  const root = import.meta.resolve('ccxt')
  const loaded = (await import(new URL('./src/bybit.js', root).href)) as {
    default: new (options: object) => { parseTicker(row: object): UnifiedTicker }
  }
  const row = { symbol: 'SOLUSDT', lastPrice: '150.10', bid1Price: '150', ask1Price: '150.20' }
  const parse = (more: object) =>
    new loaded.default({ number: String }).parseTicker({ ...row, ...more })
  const contract = contractFrom(exchange, market)
  const told = parse({ markPrice: '150.05', indexPrice: '149.95' })
  assert.deepEqual(priceFromTicker(contract, told), {
    last: 15_010,
    mark: 15_005,
    bid: 15_000,
    ask: 15_020,
    index: 14_995,
  })
  // What the venue does not tell is not made up: the last price stands for the mark.
  const { mark, index } = priceFromTicker(contract, parse({}))
  assert.deepEqual([mark, index], [15_010, undefined])
})

test('what cannot be counted exactly is refused', () => {
  const inverse = { ...market, linear: false } as UnifiedMarket
  assert.throws(() => contractFrom(exchange, inverse), { code: 'not_linear' })
  const figures = { ...exchange, precisionMode: 3 } as UnifiedExchange
  assert.throws(() => contractFrom(figures, market), { code: 'precision' })
  const fine = { ...market, precision: { price: '0.0000001', amount: '0.001' } }
  assert.throws(() => contractFrom(exchange, fine), { code: 'too_fine' })
})
