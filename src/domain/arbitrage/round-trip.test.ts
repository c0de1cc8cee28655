/** What two legs earned: sums to the last unit, and the margin of both legs below the return. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { btcInstrument } from '../../../test/support/instruments.ts'
import { instrumentId } from '../instrument.ts'
import { money, price, quantity, ratio } from '../money.ts'
import type { ClientOrderId, Fill, Side } from '../order.ts'
import { bookFill, totalAt } from '../signal/own-book.ts'
import { type LegIndex, type Legs, legsStart } from './leg-state.ts'
import { advanceLegs } from './leg-watch.ts'
import { heardFrom } from './pair-market.ts'
import {
  advanceOpportunities,
  annualReturn,
  bookOpportunityFill,
  bookOpportunityFunding,
  type LegFigures,
  marginReturn,
  noteDecision,
  type OpportunityBook,
  opportunityBook,
  resultOf,
  totalsOfLeg,
} from './round-trip.ts'

const here = btcInstrument({ id: instrumentId('here', 'BTC/USDT:USDT'), venue: 'here' })
const there = btcInstrument({
  id: instrumentId('there', 'BTC/USDC:USDC'),
  venue: 'there',
  settle: 'USDC',
})

function start(settleRates = [ratio(100_000_000), ratio(100_000_000)]): {
  readonly legs: Legs
  readonly book: OpportunityBook
} {
  const prices = [here, there].map(() => ({ last: price(100_000), mark: price(100_000) }))
  const legs = legsStart({
    at: 0,
    instruments: [here, there],
    prices,
    capital: money(10_000_000_000_000),
    leverage: 2,
    marginMode: 'isolated',
    fees: [],
    positions: [quantity(0), quantity(0)],
    initialPosition: 'none',
    settleRates,
  })
  return { legs, book: opportunityBook() }
}

let serial = 0
function fill(side: Side, at: number, lots: number, fee = 0): Fill {
  serial += 1
  return {
    id: String(serial),
    at: 0,
    instrument: here.id,
    clientId: 'x' as ClientOrderId,
    side,
    price: price(at),
    quantity: quantity(lots),
    fee: money(fee),
    isMaker: false,
  }
}

function trade(legs: Legs, book: OpportunityBook, index: LegIndex, one: Fill) {
  const leg = legs.pair[index]
  bookFill(leg.book, leg.instrument, one)
  return bookOpportunityFill(book, legs, index, one)
}

function moveTo(legs: Legs, book: OpportunityBook, at: number): void {
  advanceOpportunities(book, legs, at)
  advanceLegs(legs, at)
}

function hear(legs: Legs, index: LegIndex, last: number): void {
  const found = {
    last: price(last),
    mark: price(last),
    bid: price(last - 10),
    ask: price(last + 10),
  }
  legs.pair[index].heard = heardFrom(legs.at, found, ratio(0))
}

test('one opportunity by hand: cash, fees, funding, slippage, and the return on the margin of both legs', () => {
  const { legs, book } = start()
  hear(legs, 0, 100_000)
  hear(legs, 1, 101_000)
  noteDecision(book, legs)
  // 1 BTC bought at 1000.20 (the ask was 1000.10), sold at 1009.70 (the bid was 1009.90); lots of 0.001.
  assert.equal(trade(legs, book, 0, fill('buy', 100_020, 1000, 50_000_000)), null)
  assert.equal(trade(legs, book, 1, fill('sell', 100_970, 1000, 60_000_000)), null)
  const day = 86_400_000
  moveTo(legs, book, 10 * day)
  bookOpportunityFunding(book, 1, money(25_000_000))
  hear(legs, 0, 100_500)
  hear(legs, 1, 100_500)
  noteDecision(book, legs)
  assert.equal(trade(legs, book, 0, fill('sell', 100_490, 1000, 50_000_000)), null)
  const closed = trade(legs, book, 1, fill('buy', 100_510, 1000, 60_000_000))
  assert.ok(closed)
  // 1004.90 − 1000.20 + 1009.70 − 1005.10 = 9.30; fees 2.20; funding 0.25.
  assert.equal(resultOf(closed, legs), 735_000_000)
  assert.deepEqual(
    closed.legs.map(({ slippage }) => slippage),
    [10_000_000, 20_000_000],
  )
  assert.equal(closed.side, 1)
  // Margin at leverage 2: (1000 + 1010) ÷ 2 = 1005 over 10 days; 7.35 ÷ 1005 · 365 ÷ 10.
  assert.equal(closed.marginTime, 100_500_000_000 * 10 * day)
  const result = resultOf(closed, legs)
  const share = marginReturn(result, closed.marginTime, 10 * day) ?? 0
  assert.ok(Math.abs(share - 7.35 / 1005) < 1e-14)
  const yearly = annualReturn(result, closed.marginTime, 10 * day) ?? 0
  assert.ok(Math.abs(yearly - (7.35 / 1005) * 36.5) < 1e-12)
  assert.equal(book.won, 1)
  assert.equal(closed.outcome, 'profit')
})

test('a return is told for a year only of what was held for a day', () => {
  const day = 86_400_000
  const margin = 100_000_000
  // 1 % in a day is 365 % a year; in half a minute it would be 1,051,200 %.
  assert.equal(annualReturn(1_000_000, margin * day, day), 3.65)
  assert.equal(annualReturn(1_000_000, margin * (day - 1), day - 1), null)
  assert.equal(annualReturn(1_000_000, margin * 30_000, 30_000), null)
  assert.equal(marginReturn(1_000_000, margin * 30_000, 30_000), 0.01)
  assert.equal(annualReturn(1, 0, day), null)
  assert.equal(marginReturn(1, 0, day), null)
  assert.equal(marginReturn(1, 1, 0), null)
})

test('a payment that comes after the end belongs to the opportunity that has ended', () => {
  const { legs, book } = start()
  bookOpportunityFunding(book, 0, money(7))
  assert.equal(totalsOfLeg(book, 0).funding, 7)
  trade(legs, book, 0, fill('buy', 100_000, 1))
  const closed = trade(legs, book, 0, fill('sell', 100_000, 1))
  bookOpportunityFunding(book, 0, money(-3))
  assert.equal(closed?.legs[0].funding, -3)
  assert.equal(totalsOfLeg(book, 0).funding, 4)
})

test('closed opportunities are counted by outcome over the life, also those that are kept no more', () => {
  const { legs, book } = start()
  const pair = (soldAt: number) => {
    trade(legs, book, 0, fill('buy', 100_000, 1))
    trade(legs, book, 1, fill('sell', soldAt, 1))
    trade(legs, book, 0, fill('sell', 100_000, 1))
    return trade(legs, book, 1, fill('buy', 100_000, 1))
  }
  for (let count = 0; count < 60; count += 1) assert.equal(pair(100_001)?.outcome, 'profit')
  assert.equal(pair(100_000)?.outcome, 'loss', 'nothing was earned')
  assert.equal(pair(99_999)?.outcome, 'loss')
  // The second leg never followed: whatever it brought, it was no pair.
  trade(legs, book, 0, fill('buy', 100_000, 2))
  assert.equal(trade(legs, book, 0, fill('sell', 100_100, 2))?.outcome, 'unwound')
  assert.deepEqual(book.outcomes, { profit: 60, loss: 2, unwound: 1 })
  assert.equal(book.closed.length, 50)
  // A payment that comes later turns nothing round: what was counted stays counted.
  pair(100_001)
  bookOpportunityFunding(book, 0, money(-1_000_000_000))
  assert.deepEqual(book.outcomes, { profit: 61, loss: 2, unwound: 1 })
})

test('amounts of a leg in another currency are converted once, rounded down', () => {
  const { legs, book } = start([ratio(100_000_000), ratio(99_900_000)])
  trade(legs, book, 1, fill('sell', 100_003, 1))
  const closed = trade(legs, book, 1, fill('buy', 100_000, 1, 1))
  assert.ok(closed)
  assert.equal(resultOf(closed, legs), Math.floor(2_999 * 0.999))
})

type Step =
  | {
      readonly kind: 'fill'
      readonly leg: LegIndex
      readonly side: Side
      readonly at: number
      readonly lots: number
      readonly fee: number
    }
  | { readonly kind: 'fund'; readonly leg: LegIndex; readonly amount: number }
  | { readonly kind: 'flatten' }

const leg = fc.constantFrom(0 as const, 1 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      leg,
      side: fc.constantFrom('buy' as const, 'sell' as const),
      at: fc.integer({ min: 90_000, max: 110_000 }),
      lots: fc.integer({ min: 1, max: 40 }),
      fee: fc.integer({ min: -500, max: 5_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fund' as const),
      leg,
      amount: fc.integer({ min: -9_999, max: 9_999 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flatten' as const) }) },
)

test('the opportunities add up to the books of each leg, whatever is filled, in whatever order', () => {
  let closedOnes = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      const { legs, book } = start()
      hear(legs, 0, 100_000)
      hear(legs, 1, 100_300)
      noteDecision(book, legs)
      let before = 0
      for (const [index, one] of steps.entries()) {
        moveTo(legs, book, index * 1000)
        if (one.kind === 'fill')
          trade(legs, book, one.leg, fill(one.side, one.at, one.lots, one.fee))
        else if (one.kind === 'fund') {
          const { book: own } = legs.pair[one.leg]
          own.funding += one.amount
          if (book.open === null && book.closed.length === 0) before += one.amount
          bookOpportunityFunding(book, one.leg, money(one.amount))
        } else
          for (const which of [0, 1] as const) {
            const held = legs.pair[which].book.position
            if (held !== 0)
              trade(legs, book, which, fill(held > 0 ? 'sell' : 'buy', 100_000, Math.abs(held), 3))
          }
        const all = [...book.closed, ...(book.open === null ? [] : [book.open])]
        let funded = 0
        for (const which of [0, 1] as const) {
          const { book: own, instrument } = legs.pair[which]
          const sum = (key: keyof LegFigures) =>
            all.reduce((total, found) => total + found.legs[which][key], 0)
          assert.equal(sum('cash'), own.cash)
          assert.equal(sum('fees'), own.fees)
          funded += own.funding - sum('funding')
          const figures = totalsOfLeg(book, which)
          assert.equal(figures.funding, own.funding)
          const worth = 100_000 * own.position * instrument.moneyPerUnit
          assert.equal(
            figures.cash + worth - figures.fees + figures.funding,
            totalAt(own, instrument, 100_000),
          )
        }
        // What was paid before anything was entered belongs to no opportunity.
        assert.equal(funded, before)
      }
      closedOnes += book.count
    }),
    { numRuns: 150 },
  )
  assert.ok(closedOnes > 60, `${closedOnes} opportunities were closed`)
})
