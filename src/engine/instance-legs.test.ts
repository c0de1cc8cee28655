/** One instance on several instruments: numbers, books and money of each leg apart, the totals together. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type PairParameters, pair } from '../../test/bot/pair-strategy.ts'
import { usdcInstrument } from '../../test/support/instruments.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { AttributedFill, ClientOrderId, Side } from '../domain/order.ts'
import { AT_PAR, paidAt, worthAt } from '../domain/settle-rate.ts'
import type { StrategyContext, StrategyEvent } from '../domain/strategy.ts'
import { type AnyStrategy, InstanceEngine, type StoredInstance } from './instance.ts'
import { InstanceLedger, type StoredLedger } from './instance-ledger.ts'
import { EMPTY_OUTPUT } from './wants-recorder.ts'

const legs = [usdcInstrument({}, 'SOL', 'okx'), usdcInstrument({}, 'SOL', 'hyperliquid')] as const
const parameters: PairParameters = { lots: 10, finish_above: 1e9, rest_below: 0 }
const at = (value: number) => ({ last: price(value), mark: price(value) })
const prices = [at(10_000), at(10_000)]

const context: StrategyContext = {
  at: 1000,
  instruments: legs,
  prices,
  capital: money(2_000e8),
  leverage: 1,
  marginMode: 'isolated',
  fees: legs.map(({ makerFee: maker, takerFee: taker }) => ({ maker, taker })),
  positions: legs.map(() => quantity(0)),
  initialPosition: 'open',
  settleRates: [AT_PAR, ratio(99_950_000)],
}

const begin = (afterSeqs: readonly number[] = []) =>
  InstanceEngine.start(pair as AnyStrategy, parameters, context, afterSeqs)
const resume = (stored: StoredInstance) =>
  InstanceEngine.resume(pair as AnyStrategy, parameters, JSON.parse(JSON.stringify(stored)))

function fillOf(leg: 0 | 1, seq: number, side: Side, lots: number, fee = 0): StrategyEvent {
  const fill: AttributedFill = {
    id: `f${leg}.${seq}`,
    at: 2000,
    instrument: legs[leg].id,
    clientId: 'pf1' as ClientOrderId,
    side,
    price: price(10_000),
    quantity: quantity(lots),
    fee: money(fee),
    isMaker: false,
    origin: { kind: 'target' },
  }
  return { kind: 'fill', at: 2000, seq, fill }
}

const fundingOf = (leg: 0 | 1, seq: number, amount: number): StrategyEvent => ({
  kind: 'funding',
  at: 2000,
  seq,
  instrument: legs[leg].id,
  amount: money(amount),
})

test('each leg has numbers of its own: an event of one says nothing of the other', () => {
  let engine = begin([0, 40])
  assert.deepEqual([engine.lastSeqOf(0), engine.lastSeqOf(1)], [0, 40])
  engine.on(fillOf(0, 7, 'buy', 10))
  assert.deepEqual([engine.lastSeqOf(0), engine.lastSeqOf(1)], [7, 40])
  // Of an earlier life, though greater than what the first leg has heard.
  assert.equal(engine.on(fillOf(1, 40, 'sell', 10)), EMPTY_OUTPUT)
  engine.on(fillOf(1, 41, 'sell', 4))
  engine = resume(engine.stored())
  engine.on(fillOf(0, 8, 'buy', 1))
  assert.equal(engine.on(fillOf(1, 41, 'sell', 4)), EMPTY_OUTPUT)
  engine.on(fundingOf(1, 42, -5))
  assert.deepEqual([engine.lastSeqOf(0), engine.lastSeqOf(1)], [8, 42])
  assert.deepEqual([engine.ledger.holding(0).position, engine.ledger.holding(1).position], [11, -4])
})

test('a market event is as old as the market of its own leg, also after a restart', () => {
  let engine = begin()
  const heard = (leg: 0 | 1, time: number) => {
    const before = engine.stored().heard?.[leg]?.lastMarketAt
    engine.on({ kind: 'price', at: time, instrument: legs[leg].id, price: at(10_000) })
    return before !== engine.stored().heard?.[leg]?.lastMarketAt
  }
  assert.ok(heard(0, 5000))
  assert.ok(heard(1, 4000))
  engine = resume(engine.stored())
  assert.equal(heard(0, 4500), false)
  assert.ok(heard(1, 4500))
  assert.equal(engine.lastAt, 5000)
})

test('a leg event is shown whatever its time, and changes no number', () => {
  const engine = begin()
  for (const [leg, { id }] of legs.entries()) {
    const word = { isOpen: true, canReduce: true, reason: null }
    engine.on({ kind: 'leg', at: 1, instrument: id, ...word })
    assert.equal(engine.lastSeqOf(leg), 0)
  }
  const { positions, heard } = engine.strategyReport(prices) as Record<string, unknown>
  assert.deepEqual({ positions, heard }, { positions: [0, 0], heard: ['0 open', '1 open'] })
})

test('each leg is booked in its own money; the totals are worth it at the rates of the first start', () => {
  const engine = begin()
  engine.on(fillOf(0, 1, 'buy', 10, 1001))
  engine.on(fillOf(1, 1, 'sell', 10, 1001))
  engine.on(fundingOf(1, 2, 333))
  const { ledger } = resume(engine.stored())
  assert.deepEqual(
    [0, 1].map((leg) => [ledger.legAmounts(leg).fees, ledger.legAmounts(leg).funding]),
    [
      [1001, 0],
      [1001, 333],
    ],
  )
  // Fees are rounded up (1001 · 0.9995 = 1000.4995), what came in down (332.8335).
  assert.deepEqual([ledger.fees, ledger.funding], [2002, 332])
  const moved = [at(10_500), at(10_500)]
  // 0.1 SOL: +0.5 on the first, -0.5 at 0.9995 on the other.
  assert.equal(ledger.unrealised(moved), 50_000_000 - 49_975_000)
  assert.deepEqual(ledger.legReport(1, price(10_500)), {
    position: '-0.1',
    realised: '0',
    unrealised: '-0.5',
    funding: '0.00000333',
    fees: '0.00001001',
    total: '-0.50000668',
    volume: '10.00',
    fills: 1,
  })
  assert.deepEqual([ledger.settleRate(0), ledger.settleRate(1)], [100_000_000, 99_950_000])
})

test('what is converted never counts more than there is', () => {
  const amount = fc.integer({ min: -1e12, max: 1e12 })
  const rate = fc.integer({ min: 1, max: 2e8 })
  fc.assert(
    fc.property(amount, rate, (value, by) => {
      const exact = BigInt(value) * BigInt(by)
      const worth = BigInt(worthAt(money(value), ratio(by))) * 100_000_000n
      const paid = BigInt(paidAt(money(value), ratio(by))) * 100_000_000n
      assert.ok(worth <= exact && exact - worth < 100_000_000n)
      assert.ok(paid >= exact && paid - exact < 100_000_000n)
    }),
  )
})

test('books of several legs that do not fit are refused', () => {
  const stored = begin().stored().ledger
  const { legs: kept = [], ...old } = stored
  assert.throws(() => InstanceLedger.restore(legs, old), /a ledger fits its instruments/)
  const short: StoredLedger = { ...stored, legs: kept.slice(0, 1) }
  assert.throws(() => InstanceLedger.restore(legs, short), /a ledger fits its instruments/)
})

/** As a version before legs wrote it, shortened by nothing but the fills. */
const OLD: StoredInstance = {
  strategy: 'pair',
  stateVersion: 1,
  state: {
    parameters: { lots: 10, finish_above: 1e9, rest_below: 0 },
    instruments: [legs[0]],
    first: [10_000],
    positions: [10],
    closed: [null],
    hasEntered: false,
    rests: [0],
    heard: [],
    finish: null,
  } as never,
  instruments: [legs[0]],
  ledger: {
    capital: money(1_000e8),
    holdings: [{ position: quantity(10), cost: money(10e8) }],
    cash: money(-9e8),
    realised: money(1e8),
    fees: money(5_000),
    funding: money(-70),
    volume: 30e8,
    fillsCount: 3,
    fingerprint: new InstanceLedger([], money(0)).stored().fingerprint,
  },
  lastSeq: 12,
  lastStep: -1,
  lastAt: 5000,
  lastMarketAt: 4000,
  startedAt: 1000,
}

test('what an earlier version stored of one leg goes on as it was, and is written as it was', () => {
  const engine = resume(OLD)
  assert.deepEqual(engine.stored(), OLD)
  const { ledger } = engine
  assert.deepEqual(
    [engine.lastSeqOf(0), ledger.cash, ledger.realised, ledger.fees, ledger.funding, ledger.volume],
    [12, -9e8, 1e8, 5_000, -70, 30e8],
  )
  assert.equal(engine.on(fillOf(0, 12, 'buy', 1)), EMPTY_OUTPUT)
  assert.equal(ledger.equityAt([price(11_000)]), 1_000e8 + 1e8 + 1e8 - 70 - 5_000)
})
