/** Comparing what we believe of an account with what the venue says. Pure; called at start, after gaps and on timers. */
import { type Instrument, type InstrumentId, notionalOf } from './instrument.ts'
import { type Money, money, type Price, type Quantity, quantity } from './money.ts'
import { type ClientOrderId, type Fill, signOf } from './order.ts'
import type { Position } from './position/position.ts'

/** Time after a venue deadline before "not found" is believed, ms. */
export const ABSENCE_MARGIN_MS = 500

/**
 * What a real venue has taken may be missing from its answers for so long, ms: "not found" of the moment tells of a moment
 * before. An exchange that answers from its book has no such lag.
 */
export const QUERY_LAG_MS = 5000

/**
 * Whether "not found" proves that an order never reached the book and never will: only after its deadline has
 * passed on the venue's own clock, with a margin. Without a deadline it never does.
 * @param expiresAt wall time in ms after which the venue refuses the order
 * @param venueNow the venue's wall clock, ms
 */
export function isAbsenceProven(expiresAt: number | null, venueNow: number): boolean {
  return expiresAt !== null && venueNow >= provableAt(expiresAt)
}

/** When "not found" begins to prove absence, ms of the venue's wall clock. */
export const provableAt = (expiresAt: number): number => expiresAt + ABSENCE_MARGIN_MS + 1

export interface OrderComparison {
  /** Ours, believed to work, but not among the venue's open orders: each must be looked up. */
  readonly missing: readonly ClientOrderId[]
  /** Open at the venue, but not one of ours. */
  readonly foreign: readonly ClientOrderId[]
}

/** Compares our unsettled orders with the venue's open orders. */
export function compareOrders(
  ours: ReadonlySet<ClientOrderId>,
  open: readonly ClientOrderId[],
): OrderComparison {
  const atVenue = new Set(open)
  return {
    missing: [...ours].filter((id) => !atVenue.has(id)),
    foreign: open.filter((id) => !ours.has(id)),
  }
}

export interface PositionDifference {
  readonly instrument: InstrumentId
  readonly booked: Quantity
  readonly venue: Quantity
}

/** The instruments on which the booked position is not the venue's; an absent entry is 0. */
export function comparePositions(
  booked: ReadonlyMap<InstrumentId, Quantity>,
  venue: ReadonlyMap<InstrumentId, Quantity>,
): readonly PositionDifference[] {
  const all = new Set([...booked.keys(), ...venue.keys()])
  const differences: PositionDifference[] = []
  for (const instrument of all) {
    const ours = booked.get(instrument) ?? (0 as Quantity)
    const theirs = venue.get(instrument) ?? (0 as Quantity)
    if (ours !== theirs) differences.push({ instrument, booked: ours, venue: theirs })
  }
  return differences
}

/** What must be known to book lots that the venue holds and no event explains. */
export interface UnexplainedLots {
  readonly instrument: InstrumentId
  /** Number of the last event that the instance has booked. */
  readonly afterSeq: number
  /** Signed: what the venue holds beyond the books. */
  readonly lots: number
  readonly mark: Price
  /** Market time, ms. */
  readonly at: number
}

/**
 * The fill of nobody that takes the venue's position over. Its id says what it explains, so that the same difference found
 * again after a restart is the same fill; it is booked at mark and costs nothing, so nothing is won or lost by it.
 */
export function syntheticFill({ instrument, afterSeq, lots, mark, at }: UnexplainedLots): Fill {
  return {
    id: `adopted:${instrument}:${afterSeq}:${lots}`,
    at,
    instrument,
    clientId: null,
    side: lots > 0 ? 'buy' : 'sell',
    price: mark,
    quantity: quantity(Math.abs(lots)),
    fee: money(0),
    isMaker: false,
  }
}

/** What a fill has won against the mark of its moment, its fee included; 0 for every synthetic one. */
export function profitAtMark(instrument: Instrument, fill: Fill, mark: Price): Money {
  const lots = quantity(signOf(fill.side) * fill.quantity)
  const paid = notionalOf(instrument, fill.price, lots)
  return money(notionalOf(instrument, mark, lots) - paid - fill.fee)
}

/** Part of the average price by which books and venue may differ: 0.01 %. */
const AVERAGE_TOLERANCE = 10_000

/**
 * Whether the venue tells another average entry price than the books: by more than 0.01 %, and by more than the price unit to
 * which venues round it.
 * @param venueCost signed, quantity · average price; 0 = the venue does not tell it
 */
export function isAverageDifferent(
  instrument: Instrument,
  { quantity: lots, cost }: Position,
  venueCost: Money,
): boolean {
  if (lots === 0 || venueCost === 0) return false
  const unit = instrument.kind === 'linear' ? Math.abs(lots) * instrument.moneyPerUnit : 0
  const difference = Math.abs(cost - venueCost)
  return difference > Math.max(Math.abs(venueCost) / AVERAGE_TOLERANCE, unit)
}
