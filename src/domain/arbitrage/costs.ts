/**
 * What a round trip over two venues costs before it is entered: four legs of fees, slippage, the spread that is crossed again at
 * the exit, the difference that is expected to be left then, funding meanwhile. All in the money of the result (1e-8), every
 * part rounded against the trader. Sources: Hummingbot `arbitrage_executor.py:163-170,251-264` for the entry; the exit legs and
 * funding are derived for perpetual contracts, which must be closed again (docs/concepts/arbitrage.md).
 */
import type { FundingTerms } from '../market.ts'
import { feeOf, type Money, money, mulDiv, RATIO_SCALE, type Ratio } from '../money.ts'
import { converted } from './conversion.ts'
import type { DepthPrice } from './depth.ts'
import { expectedFunding, fundingPerDay, type HoldingSpan } from './funding.ts'

/** One leg of a trade whose size is fixed: what entering it and leaving it would fetch on the book of now. */
export interface PricedLeg {
  readonly side: 'long' | 'short'
  readonly entry: DepthPrice
  readonly exit: DepthPrice
  /** The size at the middle of the book, rounded so that the exit spread is never too small. */
  readonly midNotional: Money
  readonly fees: LegFees
  readonly funding: FundingTerms | null
  /** Worth of one unit of its settlement currency in the money of the result. */
  readonly settleRate: Ratio
}

/** Rates of the two fills of a leg. */
export interface LegFees {
  readonly entry: Ratio
  readonly exit: Ratio
}

export interface CostTerms {
  /** Expected for each of the four fills beyond the depth-weighted price. */
  readonly slippage: Ratio
  /** Expected at the exit: (mid of the short leg ÷ mid of the long leg) − 1; 0 = the prices have met. */
  readonly exitBasis: Ratio
  readonly span: HoldingSpan
}

/** Of one leg, in the money of the result. Costs are positive, `funding` is positive when it is received. */
export interface LegCosts {
  readonly entryFee: Money
  readonly exitFee: Money
  readonly slippage: Money
  readonly exitSpread: Money
  readonly funding: Money
}

export interface TradeCosts {
  readonly long: LegCosts
  readonly short: LegCosts
  /** What the short leg sells for less what the long leg is bought for. */
  readonly entryDifference: Money
  /** Of it, what is expected to be left between the venues at the exit; positive = a cost. */
  readonly exitBasis: Money
  /** Σ of fees, slippage and exit spreads of both legs, and exitBasis. */
  readonly costs: Money
  /** Σ of both legs; positive = received. */
  readonly funding: Money
  /** entryDifference − costs + funding, exactly. */
  readonly edge: Money
  /** Funding of both legs for a day at the rates normalised per second. */
  readonly fundingPerDay: Money
}

/** The statement of a round trip; every sum in it is exact. */
export function tradeCosts(long: PricedLeg, short: PricedLeg, terms: CostTerms): TradeCosts {
  const legs = { long: legCosts(long, terms), short: legCosts(short, terms) }
  const bought = converted(long.entry.notional, long.settleRate, 'ceil')
  const sold = converted(short.entry.notional, short.settleRate, 'floor')
  const entryDifference = money(sold - bought)
  const exitBasis = expectedBasis(long, terms.exitBasis)
  const costs = money(sumOf(legs.long) + sumOf(legs.short) + exitBasis)
  const funding = money(legs.long.funding + legs.short.funding)
  return {
    ...legs,
    entryDifference,
    exitBasis,
    costs,
    funding,
    edge: money(entryDifference - costs + funding),
    fundingPerDay: money(perDay(long) + perDay(short)),
  }
}

const sumOf = ({ entryFee, exitFee, slippage, exitSpread }: LegCosts): number =>
  entryFee + exitFee + slippage + exitSpread

function legCosts(leg: PricedLeg, { slippage, span }: CostTerms): LegCosts {
  const { entry, exit, fees, settleRate } = leg
  const cost = (amount: Money): Money => converted(amount, settleRate, 'ceil')
  return {
    entryFee: cost(feeOf(entry.notional, fees.entry)),
    exitFee: cost(feeOf(exit.notional, fees.exit)),
    slippage: cost(money(feeOf(entry.notional, slippage) + feeOf(exit.notional, slippage))),
    exitSpread: cost(exitSpread(leg)),
    funding: converted(fundingOf(leg, span), settleRate, 'floor'),
  }
}

/** From the middle of the book to what an exit would fetch now. */
const exitSpread = ({ side, exit, midNotional }: PricedLeg): Money =>
  money(side === 'long' ? midNotional - exit.notional : exit.notional - midNotional)

const fundingOf = ({ entry, funding, side }: PricedLeg, span: HoldingSpan): Money =>
  funding === null ? money(0) : expectedFunding(entry.notional, funding, side, span)

function perDay({ entry, funding, side, settleRate }: PricedLeg): Money {
  if (funding === null) return money(0)
  return converted(fundingPerDay(entry.notional, funding, side), settleRate, 'floor')
}

/** The short leg is bought back so much dearer than the long one is sold. */
function expectedBasis(long: PricedLeg, basis: Ratio): Money {
  const own = money(mulDiv(long.midNotional, basis, RATIO_SCALE, 'ceil'))
  return converted(own, long.settleRate, 'ceil')
}
