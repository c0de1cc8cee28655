import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Instrument, instrumentId } from '../instrument.ts'
import { money, price, quantity, ratio } from '../money.ts'
import type { Fill, Side } from '../order.ts'
import { tradesOf } from './trade-list.ts'

/** One price unit times one lot is one unit of money. */
const instrument: Instrument = {
  id: instrumentId('okx', 'SOL/USDC:USDC'),
  venue: 'okx',
  symbol: 'SOL/USDC:USDC',
  base: 'SOL',
  quote: 'USDC',
  settle: 'USDC',
  kind: 'linear',
  priceDecimals: 2,
  priceRule: { kind: 'tick', tick: 1 } as unknown as Instrument['priceRule'],
  quantityDecimals: 2,
  lotSize: 1,
  moneyPerUnit: 1,
  quantityMin: quantity(1),
  notionalMin: money(0),
  makerFee: ratio(0),
  takerFee: ratio(0),
  liquidationFee: ratio(0),
  marginTiers: [],
  fundingIntervalMs: 3_600_000,
}

let count = 0
const fill = (side: Side, at: number, lots: number, fee = 0): Fill => {
  count += 1
  return {
    id: `f${count}`,
    at: count,
    instrument: instrument.id,
    clientId: null,
    side,
    price: price(at),
    quantity: quantity(lots),
    fee: money(fee),
    isMaker: true,
  }
}

describe('trades', () => {
  it('of a grid are its completed cells: the newest lots are closed first', () => {
    const fills = [fill('buy', 150, 2), fill('buy', 140, 2), fill('sell', 150, 2, 3)]
    const trips = tradesOf(instrument, fills)
    assert.equal(trips.length, 1)
    assert.deepEqual(
      { ...trips[0], id: null, openedAt: null, closedAt: null },
      {
        ...{ id: null, openedAt: null, closedAt: null, side: 'long', quantity: 2 },
        ...{ entry: 140, exit: 150, gross: 20, fees: 3 },
      },
    )
  })
  it('share fees by lots, and go through zero', () => {
    const fills = [fill('buy', 100, 4, 8), fill('sell', 110, 1, 1), fill('sell', 120, 5, 10)]
    const trips = tradesOf(instrument, [...fills, fill('buy', 100, 2, 2)])
    const shown = trips.map((one) => [one.side, one.quantity, one.gross, one.fees])
    assert.deepEqual(shown, [
      ['long', 1, 10, 3],
      ['long', 3, 60, 12],
      ['short', 2, 40, 6],
    ])
  })
  it('and what is still open account for every cent that was traded', () => {
    const one = fc.record({
      side: fc.constantFrom<Side>('buy', 'sell'),
      at: fc.integer({ min: 1, max: 1000 }),
      lots: fc.integer({ min: 1, max: 50 }),
      fee: fc.integer({ min: 0, max: 100 }),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (given) => {
        const fills = given.map(({ side, at, lots, fee }) => fill(side, at, lots, fee))
        const position = fills.reduce(
          (sum, { side, quantity: lots }) => sum + (side === 'buy' ? lots : -lots),
          0,
        )
        if (position === 0) {
          const cash = fills.reduce(
            (sum, { side, price: at, quantity: lots }) =>
              sum + (side === 'buy' ? -at * lots : at * lots),
            0,
          )
          const trips = tradesOf(instrument, fills)
          const sum = (of: 'gross' | 'fees') => trips.reduce((all, trip) => all + trip[of], 0)
          assert.equal(sum('gross'), cash)
          assert.equal(
            sum('fees'),
            fills.reduce((all, { fee }) => all + fee, 0),
          )
        }
        // Closing what is left must always make it whole.
        if (position !== 0) {
          const rest = fill(position > 0 ? 'sell' : 'buy', 500, Math.abs(position))
          const all = [...fills, rest]
          const cash = all.reduce(
            (sum, { side, price: at, quantity: lots }) =>
              sum + (side === 'buy' ? -at * lots : at * lots),
            0,
          )
          const gross = tradesOf(instrument, all).reduce((sum, trip) => sum + trip.gross, 0)
          assert.equal(gross, cash)
        }
      }),
      { numRuns: 300 },
    )
  })
})
