import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareLegs,
  compareOpportunities,
  netDelta,
  type ToldInstance,
} from './arbitrage-books.ts'
import type { WireFill, WireStatement } from './arbitrage-wire.ts'
import { decimal, decimalText, minus, times, zero } from './decimal.ts'

const fill = (at: number, size: string, price: string, fee: string): WireFill => ({
  ...{ venue: 'okx', id: at, at, orderId: String(at), isMaker: false },
  ...{ price: decimal(price), size: decimal(size), fee: decimal(fee) },
})

const statement = (fills: readonly WireFill[], paid: string): WireStatement => ({
  fills,
  funding: [{ at: 2500, amount: decimal(paid) }],
  position: zero,
  openOrders: 0,
  balance: zero,
  deposits: zero,
})

const pair = [
  statement([fill(1000, '-2', '150.7', '0.1507'), fill(3000, '2', '150.1', '0.1501')], '0.0002'),
  statement([fill(2000, '2', '150', '0.15'), fill(9000, '-2', '150.1', '0.1501')], '-0.0001'),
] as const

const legs = [
  {
    ...{ bought: '2', sold: '2', cash: '1.2', fees: '0.3008' },
    funding: '0.0002',
    total: '0.8994',
  },
  {
    ...{ bought: '2', sold: '2', cash: '0.2', fees: '0.3001' },
    funding: '-0.0001',
    total: '-0.1002',
  },
] as const

function told(change: Readonly<Record<string, string>> = {}): ToldInstance {
  const said = [{ ...legs[0], ...change }, legs[1]]
  const books = said.map(({ fees, funding, total }, index) => ({
    ...{ fees, funding, total, fills: 2, volume: ['601.6', '600.2'][index] },
  }))
  const opportunity = { number: 1, closed_at: 9000, exit: 'converged', total: '0.7992', legs: said }
  return {
    ...{ state: 'killed', pid: 1, pnl: { total: '0.7992' } },
    legs: books.map((pnl) => ({
      ...{ is_open: true, closed_reason: null, desk: { connected: true, ready: true } },
      ...{ position: { quantity: '0' }, pnl },
    })),
    grid: {
      ...{ phase: 'flat', net_delta: '0', delta: {}, legs: said },
      ...{ fees: '0.6009', funding: '0.0001', total: '0.7992', opportunities: [opportunity] },
    },
  }
}

test('a statement that is the same to the last decimal has no fault, one unit of 1e-8 is one', () => {
  assert.deepEqual(compareLegs(pair, told()), [])
  assert.deepEqual(compareOpportunities(pair, told()), [])
  const faults = compareLegs(pair, told({ fees: '0.30080001' }))
  assert.match(faults.join('\n'), /leg 1 of the report fees: venue 0\.3008, told 0\.30080001/)
  assert.equal(compareOpportunities(pair, told({ funding: '-0.0002' })).length, 1)
})

test('net delta is measured between the fills of both venues, apart for an outage', () => {
  const outage = { from: 4000, until: 7000 }
  const found = netDelta(pair, decimal('1'), decimal('0.1'), [outage], 10_000)
  assert.equal(decimalText(found.most), '2')
  // Ahead from 1000 to 2000 and from 3000 to 9000, the outage in the middle of that.
  assert.deepEqual([found.outsideMs, found.outsideCutMs], [4000, 3000])
  assert.deepEqual([found.longestMs, found.longestCutMs], [2000, 3000])
  assert.deepEqual([found.baseSeconds, found.baseSecondsCut], [8, 6])
  assert.equal(netDelta(pair, decimal('2'), decimal('0.1'), [], 10_000).outsideMs, 0)
})

test('decimals are never rounded', () => {
  assert.equal(decimalText(times(decimal('-149.81'), decimal('2.02'))), '-302.6162')
  assert.equal(decimalText(minus(decimal('0.1'), decimal('0.3'))), '-0.2')
  assert.throws(() => decimal('1e5'), RangeError)
  assert.throws(() => times(decimal('0.00000001'), decimal('0.000000001')), RangeError)
})
