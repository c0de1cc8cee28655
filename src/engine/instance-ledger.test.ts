import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SOL } from '../../test/bot/tiny-strategy.ts'
import { FillFingerprint } from '../domain/fingerprint.ts'
import type { Instrument } from '../domain/instrument.ts'
import { InvariantError, money, price, quantity } from '../domain/money.ts'
import type { Side } from '../domain/order.ts'
import { InstanceLedger } from './instance-ledger.ts'

const CAPITAL = money(1_000_000_000_000)
const at = (value: number) => [{ last: price(value), mark: price(value) }]
const fill = (side: Side, lots: number, priceUnits: number, fee = 0) => ({
  at: 0,
  side,
  price: price(priceUnits),
  quantity: quantity(lots),
  fee: money(fee),
  isMaker: true,
})

test('a partial close releases cost pro rata and a flip opens the other side at the fill price', () => {
  const ledger = new InstanceLedger([SOL], CAPITAL)
  // 1 SOL at 100.00, then 2 SOL at 103.00: 306.00 in, 3 SOL.
  ledger.fill(0, fill('buy', 100, 10_000))
  ledger.fill(0, fill('buy', 200, 10_300))
  assert.equal(ledger.cost, 306 * 1e8)
  ledger.fill(0, fill('sell', 100, 11_000, 1_234))
  assert.equal(ledger.realised, 8 * 1e8)
  assert.equal(ledger.cost, 204 * 1e8)
  ledger.fill(0, fill('sell', 300, 10_000))
  assert.equal(ledger.position, -100)
  assert.equal(ledger.cost, -100 * 1e8)
  assert.equal(ledger.realised, 4 * 1e8)
  assert.equal(ledger.unrealised(at(9_900)), 1e8)
  assert.equal(ledger.equity(at(9_900)), CAPITAL + 5e8 - 1_234)
  assert.equal(ledger.volume, (100 + 206 + 110 + 300) * 1e8)
})

test('cost that does not divide stays with the rest, so nothing is lost when the position is closed', () => {
  const ledger = new InstanceLedger([SOL], CAPITAL)
  ledger.fill(0, fill('buy', 1, 1))
  ledger.fill(0, fill('buy', 2, 2))
  for (let i = 0; i < 3; i++) ledger.fill(0, fill('sell', 1, 2))
  assert.equal(ledger.cost, 0)
  assert.equal(ledger.realised, SOL.moneyPerUnit)
})

test('an inverse contract earns in its coin', () => {
  // One lot is 100 USD; 10 lots from 50,000.0 to 60,000.0: 1000/50000 − 1000/60000 = 0.00333333… BTC.
  const inverse: Instrument = { ...SOL, kind: 'inverse', priceDecimals: 1, moneyPerUnit: 100 * 1e8 }
  const ledger = new InstanceLedger([inverse], CAPITAL)
  ledger.fill(0, fill('buy', 10, 500_000))
  assert.equal(ledger.unrealised(at(600_000)), 2_000_000 - 1_666_666)
  ledger.fill(0, fill('sell', 10, 600_000))
  assert.equal(ledger.realised, 2_000_000 - 1_666_666)
})

test('a position that was found begins at a profit of 0', () => {
  const ledger = new InstanceLedger([SOL], CAPITAL)
  ledger.adopt(0, quantity(-50), price(10_000))
  assert.equal(ledger.equity(at(10_000)), CAPITAL)
  assert.equal(ledger.equity(at(9_900)), CAPITAL + 0.5e8)
  ledger.fill(0, fill('buy', 50, 9_900))
  assert.equal(ledger.realised, 0.5e8)
})

const steps = fc.array(
  fc.record({
    side: fc.constantFrom<Side>('buy', 'sell'),
    lots: fc.integer({ min: 1, max: 500 }),
    price: fc.integer({ min: 1, max: 50_000 }),
    fee: fc.integer({ min: -1_000, max: 5_000 }),
  }),
  { maxLength: 40 },
)

test('equity is capital plus what came in minus what went out, through any fills, store and restore', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 50_000 }), (list, mark) => {
      let ledger = new InstanceLedger([SOL], CAPITAL)
      let flows = 0n
      let lots = 0n
      for (const step of list) {
        ledger.fill(0, fill(step.side, step.lots, step.price, step.fee))
        ledger = InstanceLedger.restore([SOL], JSON.parse(JSON.stringify(ledger.stored())))
        const sign = step.side === 'buy' ? 1n : -1n
        flows -= sign * BigInt(step.lots) * BigInt(step.price) * 10_000n + BigInt(step.fee)
        lots += sign * BigInt(step.lots)
      }
      const worth = lots * BigInt(mark) * 10_000n
      assert.equal(BigInt(ledger.equity(at(mark))), BigInt(CAPITAL) + flows + worth)
      assert.equal(BigInt(ledger.position), lots)
      if (lots === 0n) assert.equal(ledger.cost, 0)
    }),
    { numRuns: 300 },
  )
})

test('the books as text: money of every part, the lots, turnover, number and fingerprint of the fills', () => {
  const ledger = new InstanceLedger([SOL], CAPITAL)
  const fills = [fill('buy', 150, 10_000, 1_000_000), fill('sell', 50, 10_400, 500_000)]
  const expected = new FillFingerprint()
  for (const one of fills) {
    ledger.fill(0, one)
    expected.add(SOL, one)
  }
  ledger.fund(0, money(25_000_000))
  ledger.fund(0, money(-5_000_000))
  // 1.5 SOL at 100, 0.5 of them sold at 104, one held at a mark of 101.
  assert.deepEqual(ledger.report(at(10_100)), {
    position: '1',
    capital: '10000',
    equity: '10003.185',
    realised: '2',
    unrealised: '1',
    funding: '0.2',
    fees: '0.015',
    total: '3.185',
    volume: '202.00',
    fills: 2,
    fingerprint: expected.value(),
  })
  assert.deepEqual(
    [ledger.capital, ledger.cash, ledger.realised, ledger.fees, ledger.funding, ledger.fillsCount],
    [CAPITAL, -98e8, 2e8, 1_500_000, 20_000_000, 2],
  )
})

test('lots of more than the smallest step are told in base', () => {
  const coarse: Instrument = { ...SOL, lotSize: 5, moneyPerUnit: 5 * SOL.moneyPerUnit }
  const ledger = new InstanceLedger([coarse], CAPITAL)
  ledger.fill(0, fill('sell', 3, 10_000))
  assert.equal(ledger.report(at(10_000)).position, '-0.15')
  assert.equal(new InstanceLedger([], CAPITAL).report([]).position, '0')
})

test('instruments are booked apart, and one that is not held needs no price', () => {
  const ledger = new InstanceLedger([SOL, SOL], CAPITAL)
  assert.deepEqual(ledger.stored().holdings, [
    { position: 0, cost: 0 },
    { position: 0, cost: 0 },
  ])
  ledger.fill(0, fill('buy', 100, 10_000))
  ledger.fill(1, fill('sell', 100, 10_000))
  assert.deepEqual([ledger.holding(0).position, ledger.holding(1).position], [100, -100])
  assert.equal(ledger.equityAt([price(10_100), price(10_200)]), CAPITAL - 1e8)
  assert.throws(() => ledger.equityAt([price(10_100)]), /a price is known for every position/)
  ledger.fill(1, fill('buy', 100, 10_000))
  assert.equal(ledger.equityAt([price(10_100)]), CAPITAL + 1e8)
  assert.throws(() => ledger.fill(2, fill('buy', 1, 1)), InvariantError)
  assert.throws(() => ledger.fill(2, fill('buy', 1, 1)), /an instrument number 2/)
})

test('the cost that a partial close releases is truncated', () => {
  const ledger = new InstanceLedger([{ ...SOL, moneyPerUnit: 1 }], CAPITAL)
  ledger.fill(0, fill('buy', 2, 50))
  ledger.fill(0, fill('buy', 1, 100))
  ledger.fill(0, fill('sell', 1, 70))
  assert.deepEqual([ledger.cost, ledger.realised], [200 - 66, 70 - 66])
})

test('books that do not add up or do not fit are refused', () => {
  const ledger = new InstanceLedger([SOL], CAPITAL)
  ledger.fill(0, fill('buy', 100, 10_000))
  const stored = ledger.stored()
  const broken = InstanceLedger.restore([SOL], { ...stored, realised: money(1) })
  assert.throws(() => broken.fill(0, fill('buy', 1, 10_000)), /cash \+ cost = realised/)
  assert.throws(() => InstanceLedger.restore([SOL, SOL], stored), /a ledger fits its instruments/)
})
