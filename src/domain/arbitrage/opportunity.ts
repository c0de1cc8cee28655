/**
 * Whether buying on one venue and selling the same base on another pays, all costs of the round trip counted before it is
 * entered. Pure and exact; strategies and the scanner ask the same function. Sources: docs/concepts/arbitrage.md.
 */
import { type Instrument, type InstrumentId, lotsFor, minimumLots } from '../instrument.ts'
import type { FundingTerms, MarketBook } from '../market.ts'
import {
  divide,
  type Money,
  money,
  mulDiv,
  type Price,
  type Quantity,
  RATIO_SCALE,
  type Ratio,
  ratio,
} from '../money.ts'
import { initialMargin, tierOf } from '../position/margin.ts'
import { converted } from './conversion.ts'
import {
  type CostTerms,
  type LegFees,
  type PricedLeg,
  type TradeCosts,
  tradeCosts,
} from './costs.ts'
import { type DepthPrice, depthOf, depthPrice, isCrossed, midNotional, touchOf } from './depth.ts'
import { breakEvenMs } from './funding.ts'
import { type BaseSize, type CommonGrid, commonGrid, commonSize, lotsOf, unitsAt } from './size.ts'

/** One venue's side of a comparison, as it stands now. */
export interface LegMarket {
  readonly instrument: Instrument
  readonly book: MarketBook
  /** null = not known. */
  readonly funding: FundingTerms | null
  readonly fees: LegFees
  readonly leverage: number
  /** Free for initial margin, in its settlement currency; null = it limits nothing. Keep room for fees outside of it. */
  readonly marginFree: Money | null
  /** Worth of one unit of its settlement currency in the money of the result (domain/arbitrage/conversion.ts). */
  readonly settleRate: Ratio
}

/** How large and how long a trade is wanted. */
export interface TradeTerms extends CostTerms {
  /** A size in base, or what it shall be worth at the best ask of the long leg in the money of the result. */
  readonly wanted: { readonly base: BaseSize } | { readonly notional: Money }
  /** Less than this after all costs is refused; may be negative. */
  readonly edgeMin: Ratio
  /** More than this after all costs is no gain but an error of a price; absent = any. */
  readonly edgeMax?: Ratio
  /** Refuse while the funding of a leg is not known, instead of counting none. */
  readonly isFundingNeeded: boolean
}

export type RefusalCode =
  /** The contracts are not of one base. */
  | 'different_base'
  /** Settled in base: sizes and profit are not linear there. */
  | 'inverse'
  /** A side of the book is empty. */
  | 'empty_book'
  /** Best bid at or above best ask: such a book never counts. */
  | 'crossed'
  /** No update for too long; said by whoever knows the time (domain/arbitrage/scan.ts). */
  | 'stale'
  /** The connection is down or the book lost a change. */
  | 'down'
  /** No rate between the settlement currencies is given. */
  | 'no_rate'
  | 'funding_unknown'
  /** The size that both venues can hold is below one common step. */
  | 'no_common_size'
  /** What both books, margins and the wish leave is below what a venue takes. */
  | 'below_minimum'
  | 'leverage'
  | 'edge'
  /** The edge is too good to be true: a price is wrong, or the contracts are not of one thing. */
  | 'implausible'

/** Why a trade is refused, with its numbers: `found` where `needed` was asked for, both in `unit`. */
export interface Refusal {
  readonly code: RefusalCode
  readonly instrument: InstrumentId | null
  readonly found: number
  readonly needed: number
  /** ratio and money count 1e-8; base counts units of the common grid. */
  readonly unit: 'ratio' | 'money' | 'lots' | 'base' | 'price' | 'ms' | 'times' | 'none'
}

/** One leg of the trade as it would be entered now. */
export interface LegPlan {
  readonly instrument: InstrumentId
  readonly side: 'buy' | 'sell'
  readonly lots: Quantity
  /** Depth-weighted, against the trader. */
  readonly price: Price
  /** Limit that takes the whole size from the book as it stands. */
  readonly worst: Price
  /** In its settlement currency. */
  readonly notional: Money
  /** Initial margin at its leverage, in its settlement currency. */
  readonly margin: Money
}

export interface Opportunity {
  readonly long: LegPlan
  readonly short: LegPlan
  readonly size: BaseSize
  /** What kept the size below the wish: the books, the margin, or nothing. */
  readonly limitedBy: 'depth' | 'margin' | null
  /** Middle of both entry notionals, in the money of the result: what the edge is a ratio of. */
  readonly notional: Money
  /** Expected profit after all costs over notional, rounded down (F6: `/ mid`). */
  readonly edge: Ratio
  readonly edgeMoney: Money
  readonly costs: TradeCosts
  /** Initial margin of both legs, in the money of the result. */
  readonly margin: Money
  /** How long funding at the present rates needs to pay for the rest: 0 = it is paid for at once, null = never. */
  readonly breakEvenMs: number | null
}

/** `opportunity` is null when no size could be priced; with reasons it is shown but not to be traded. */
export interface Assessment {
  readonly opportunity: Opportunity | null
  readonly reasons: readonly Refusal[]
}

/** Buys `long` and sells `short`. */
export function assess(long: LegMarket, short: LegMarket, terms: TradeTerms): Assessment {
  const faults = [...comparisonFaults(long, short), ...bookFaults(long), ...bookFaults(short)]
  if (faults.length > 0) return { opportunity: null, reasons: faults }
  const grid = commonGrid(long.instrument, short.instrument)
  const sized = sizeFor(long, short, terms, grid)
  if (sized.size.units === 0) return { opportunity: null, reasons: [noCommonSize(grid, sized)] }
  const opportunity = opportunityOf(long, short, terms, grid, sized)
  return { opportunity, reasons: refusals(long, short, terms, opportunity) }
}

/** The better of both directions; the first when they are equal. */
export function assessBoth(one: LegMarket, other: LegMarket, terms: TradeTerms): Assessment {
  const there = assess(one, other, terms)
  const back = assess(other, one, terms)
  if (back.opportunity === null) return there
  if (there.opportunity === null) return back
  return back.opportunity.edge > there.opportunity.edge ? back : there
}

// What cannot be compared

const refusal = (
  code: RefusalCode,
  instrument: InstrumentId | null,
  found = 0,
  needed = 0,
  unit: Refusal['unit'] = 'none',
): Refusal => ({ code, instrument, found, needed, unit })

function comparisonFaults(long: LegMarket, short: LegMarket): Refusal[] {
  const faults: Refusal[] = []
  if (long.instrument.base !== short.instrument.base)
    faults.push(refusal('different_base', short.instrument.id))
  for (const { instrument } of [long, short])
    if (instrument.kind !== 'linear') faults.push(refusal('inverse', instrument.id))
  return faults
}

function bookFaults({ instrument, book }: LegMarket): Refusal[] {
  const touch = touchOf(book)
  if (touch === null) return [refusal('empty_book', instrument.id)]
  if (isCrossed(book)) return [refusal('crossed', instrument.id, touch.bid, touch.ask, 'price')]
  return []
}

// The size

interface Sized {
  readonly size: BaseSize
  readonly limitedBy: Opportunity['limitedBy']
  /** Before it was cut to the common step, units. */
  readonly units: number
}

/** The largest common size within the wish, all four sides of the books, and the margin of both. */
function sizeFor(long: LegMarket, short: LegMarket, terms: TradeTerms, grid: CommonGrid): Sized {
  const wished = wantedUnits(long, terms.wanted, grid)
  const deep = Math.min(wished, depthUnits(long, grid.lots[0]), depthUnits(short, grid.lots[1]))
  const bySize = commonSize(grid, deep)
  if (bySize.units === 0)
    return { size: bySize, limitedBy: limitOf(wished, deep, deep), units: deep }
  const byMargin = Math.min(
    marginUnits(long, 'buy', lotsOf(grid, bySize, 0), grid.lots[0]),
    marginUnits(short, 'sell', lotsOf(grid, bySize, 1), grid.lots[1]),
  )
  const units = Math.min(deep, byMargin)
  return { size: commonSize(grid, units), limitedBy: limitOf(wished, deep, units), units }
}

function limitOf(wished: number, deep: number, units: number): Opportunity['limitedBy'] {
  if (units < deep) return 'margin'
  return deep < wished ? 'depth' : null
}

function wantedUnits(long: LegMarket, wanted: TradeTerms['wanted'], grid: CommonGrid): number {
  if ('base' in wanted) return unitsAt(wanted.base, grid)
  const own = money(mulDiv(wanted.notional, RATIO_SCALE, long.settleRate, 'floor'))
  const ask = touchOf(long.book)?.ask ?? (1 as Price)
  return lotsFor(long.instrument, ask, own) * grid.lots[0]
}

/** What may be both entered and left again on the book of now. */
const depthUnits = ({ book }: LegMarket, unitsOfLot: number): number =>
  Math.min(depthOf(book, 'buy'), depthOf(book, 'sell')) * unitsOfLot

/** What the margin carries at the worst price of the size that is on the table. */
function marginUnits(
  { instrument, book, marginFree, leverage }: LegMarket,
  side: 'buy' | 'sell',
  lots: Quantity,
  unitsOfLot: number,
): number {
  if (marginFree === null) return Number.POSITIVE_INFINITY
  const priced = depthPrice(instrument, book, side, lots)
  const at = side === 'buy' ? priced?.worst : touchOf(book)?.bid
  if (at === undefined) return 0
  const carried = money(
    Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(marginFree * leverage))),
  )
  return lotsFor(instrument, at, carried) * unitsOfLot
}

const noCommonSize = (grid: CommonGrid, { units }: Sized): Refusal =>
  refusal('no_common_size', null, units, grid.step, 'base')

// The figures

function opportunityOf(
  long: LegMarket,
  short: LegMarket,
  terms: TradeTerms,
  grid: CommonGrid,
  { size, limitedBy }: Sized,
): Opportunity {
  const bought = pricedLeg(long, 'long', lotsOf(grid, size, 0))
  const sold = pricedLeg(short, 'short', lotsOf(grid, size, 1))
  const costs = tradeCosts(bought, sold, terms)
  const notional = middle(
    converted(bought.entry.notional, long.settleRate, 'ceil'),
    converted(sold.entry.notional, short.settleRate, 'ceil'),
  )
  const plans = { long: planOf(long, bought), short: planOf(short, sold) }
  return {
    ...plans,
    size,
    limitedBy,
    notional,
    edge: ratio(mulDiv(costs.edge, RATIO_SCALE, notional, 'floor')),
    edgeMoney: costs.edge,
    costs,
    margin: money(
      converted(plans.long.margin, long.settleRate, 'ceil') +
        converted(plans.short.margin, short.settleRate, 'ceil'),
    ),
    breakEvenMs: breakEvenMs(money(costs.costs - costs.entryDifference), costs.fundingPerDay),
  }
}

const middle = (one: Money, other: Money): Money => money(divide(one + other, 2, 'ceil'))

/** The size was cut to what all sides of the books have. */
function taken(leg: LegMarket, side: 'buy' | 'sell', lots: Quantity): DepthPrice {
  const found = depthPrice(leg.instrument, leg.book, side, lots)
  if (found === null)
    throw new RangeError(`the book of ${leg.instrument.id} has less than its size`)
  return found
}

function pricedLeg(leg: LegMarket, side: 'long' | 'short', lots: Quantity): PricedLeg {
  const { instrument, book, fees, funding, settleRate } = leg
  const isLong = side === 'long'
  const touch = touchOf(book) as { bid: Price; ask: Price }
  return {
    side,
    entry: taken(leg, isLong ? 'buy' : 'sell', lots),
    exit: taken(leg, isLong ? 'sell' : 'buy', lots),
    // The long leg is sold below the middle, the short one bought above it: the cost is rounded up on both.
    midNotional: midNotional(instrument, touch, lots, isLong ? 'ceil' : 'floor'),
    fees,
    funding,
    settleRate,
  }
}

function planOf({ instrument, leverage }: LegMarket, { side, entry }: PricedLeg): LegPlan {
  return {
    instrument: instrument.id,
    side: side === 'long' ? 'buy' : 'sell',
    lots: entry.lots,
    price: entry.average,
    worst: entry.worst,
    notional: entry.notional,
    margin: initialMargin(entry.notional, leverage),
  }
}

// What speaks against it

function refusals(
  long: LegMarket,
  short: LegMarket,
  { edgeMin, edgeMax, isFundingNeeded }: TradeTerms,
  found: Opportunity,
): Refusal[] {
  const reasons: Refusal[] = []
  for (const [leg, plan] of [
    [long, found.long],
    [short, found.short],
  ] as const) {
    reasons.push(...minimumFault(leg, plan), ...leverageFault(leg, plan))
    if (isFundingNeeded && leg.funding === null)
      reasons.push(refusal('funding_unknown', leg.instrument.id))
  }
  if (found.edge < edgeMin) reasons.push(refusal('edge', null, found.edge, edgeMin, 'ratio'))
  if (edgeMax !== undefined && found.edge > edgeMax)
    reasons.push(refusal('implausible', null, found.edge, edgeMax, 'ratio'))
  return reasons
}

function minimumFault({ instrument }: LegMarket, { lots, price }: LegPlan): Refusal[] {
  const least = minimumLots(instrument, price)
  return lots < least ? [refusal('below_minimum', instrument.id, lots, least, 'lots')] : []
}

/** Venues allow less leverage for more notional; a contract without a table was described without account. */
function leverageFault({ instrument, leverage }: LegMarket, { notional }: LegPlan): Refusal[] {
  if (instrument.marginTiers.length === 0) return []
  const { leverageMax } = tierOf(instrument.marginTiers, notional)
  return leverage > leverageMax
    ? [refusal('leverage', instrument.id, leverage, leverageMax, 'times')]
    : []
}

/** Taker fees on both fills, as an instrument says them. */
export const takerFees = ({ takerFee }: Instrument): LegFees => ({
  entry: takerFee,
  exit: takerFee,
})
