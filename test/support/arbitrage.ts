/** Two venues of one base for tests of arbitrage: books in plain numbers, terms that cost nothing unless said. */
import fc from 'fast-check'
import type { LegMarket, TradeTerms } from '../../src/domain/arbitrage/opportunity.ts'
import { type Instrument, linearMoneyPerUnit } from '../../src/domain/instrument.ts'
import type { BookLevel, MarketBook } from '../../src/domain/market.ts'
import { money, price, quantity, RATIO_SCALE, ratio } from '../../src/domain/money.ts'
import { usdcInstrument } from './instruments.ts'

export const level = (at: number, lots: number): BookLevel => [price(at), quantity(lots)]

export const bookOf = (
  bids: readonly (readonly [number, number])[],
  asks: readonly (readonly [number, number])[],
): MarketBook => ({
  bids: bids.map(([at, lots]) => level(at, lots)),
  asks: asks.map(([at, lots]) => level(at, lots)),
})

/** SOL in cents; lots of `lotSize` · 10^-quantityDecimals. */
export const solAt = (venue: string, quantityDecimals: number, lotSize: number): Instrument =>
  usdcInstrument(
    {
      quantityDecimals,
      lotSize,
      moneyPerUnit: linearMoneyPerUnit(2, quantityDecimals, lotSize),
    },
    'SOL',
    venue,
  )

/** No fees, no funding, leverage 1, settled at par. */
export const legOf = (
  instrument: Instrument,
  book: MarketBook,
  parts: Partial<LegMarket> = {},
): LegMarket => ({
  instrument,
  book,
  funding: null,
  fees: { entry: ratio(0), exit: ratio(0) },
  leverage: 1,
  marginFree: null,
  settleRate: ratio(RATIO_SCALE),
  ...parts,
})

export const freeTerms = (parts: Partial<TradeTerms> = {}): TradeTerms => ({
  wanted: { base: { units: 1, decimals: 0 } },
  slippage: ratio(0),
  exitBasis: ratio(0),
  span: { from: 0, until: 0 },
  edgeMin: ratio(-RATIO_SCALE),
  isFundingNeeded: false,
  ...parts,
})

/** Books of one to five levels around 100.00, never crossed. */
export const anyBook = fc
  .record({
    mid: fc.integer({ min: 9_000, max: 11_000 }),
    bids: fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 500 })), {
      minLength: 1,
      maxLength: 5,
    }),
    asks: fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 500 })), {
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map(({ mid, bids, asks }) => bookOf(steps(bids, mid, -1), steps(asks, mid, 1)))

function steps(
  levels: readonly (readonly [number, number])[],
  mid: number,
  sign: number,
): (readonly [number, number])[] {
  let at = mid
  return levels.map(([away, lots]) => {
    at += away * sign
    return [at, lots] as const
  })
}

export const anyFunding = fc.record({
  rate: fc.integer({ min: -200_000, max: 200_000 }).map(ratio),
  nextAt: fc.integer({ min: -100_000_000, max: 100_000_000 }),
  intervalMs: fc.constantFrom(3_600_000, 14_400_000, 28_800_000),
})

/** A leg with everything that may differ between venues. */
export const anyLeg = (venue: string) =>
  fc
    .record({
      lot: fc.constantFrom([2, 1], [2, 5], [1, 1], [1, 5], [3, 10]),
      book: anyBook,
      funding: fc.option(anyFunding),
      entry: fc.integer({ min: -10_000, max: 100_000 }),
      exit: fc.integer({ min: -10_000, max: 100_000 }),
      leverage: fc.integer({ min: 1, max: 20 }),
      marginFree: fc.option(fc.integer({ min: 0, max: 100_000_000_000 }).map(money)),
      rate: fc.integer({ min: 98_000_000, max: 102_000_000 }),
    })
    .map(({ lot, book, entry, exit, rate, ...rest }) =>
      legOf(solAt(venue, lot[0] ?? 2, lot[1] ?? 1), book, {
        ...rest,
        fees: { entry: ratio(entry), exit: ratio(exit) },
        settleRate: ratio(rate),
      }),
    )

export const anyTerms = fc
  .record({
    units: fc.integer({ min: 1, max: 2_000 }),
    slippage: fc.integer({ min: 0, max: 50_000 }),
    exitBasis: fc.integer({ min: -200_000, max: 200_000 }),
    from: fc.integer({ min: 0, max: 50_000_000 }),
    holdMs: fc.integer({ min: 0, max: 200_000_000 }),
  })
  .map(({ units, slippage, exitBasis, from, holdMs }) =>
    freeTerms({
      wanted: { base: { units, decimals: 2 } },
      slippage: ratio(slippage),
      exitBasis: ratio(exitBasis),
      span: { from, until: from + holdMs },
    }),
  )
