/**
 * What two legs earned, by opportunity and by leg: one opportunity is everything from both legs flat to both flat again. Whole
 * 1e-8 in the settlement currency of each leg; Σ opportunities with the open one = the books of the leg, to the last unit
 * (docs/concepts/legs.md). Plain data.
 */
import { notionalOf } from '../instrument.ts'
import { type Money, money, type Price, quantity } from '../money.ts'
import { type Fill, signOf } from '../order.ts'
import { initialMargin } from '../position/margin.ts'
import { inFirst, isFlat, type Leg, type LegIndex, type Legs, type Touch } from './leg-state.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
const KEPT = 50

/** A return is told for a year only where something was held for so long: that of some seconds could not be repeated all year. */
export const YEARLY_FROM_MS = DAY_MS

/** Figures of one leg, 1e-8 of its settlement currency. */
export interface LegFigures {
  /** Minus the signed value of all fills. */
  cash: number
  fees: number
  /** Received; negative when paid. */
  funding: number
  /** Part of cash: what the fills were worse than the prices at which they were decided; negative when better. */
  slippage: number
  /** Lots bought and sold. */
  bought: number
  sold: number
}

/**
 * How an opportunity ended: both legs traded and it earned (`profit`) or not (`loss`); `unwound`: one leg alone traded, there
 * and back, because the other did not follow.
 */
export type OpportunityOutcome = 'profit' | 'loss' | 'unwound'

export interface Opportunity {
  readonly number: number
  readonly openedAt: number
  /** null = still held. */
  closedAt: number | null
  /** +1: the first leg is long, −1: it is short. */
  readonly side: 1 | -1
  /** Why it was left; null = not yet. */
  exit: string | null
  /** As it was when it was closed: a payment that comes later does not change it; null = still held. */
  outcome: OpportunityOutcome | null
  readonly legs: readonly [LegFigures, LegFigures]
  /** Σ margin of both legs · ms, in 1e-8 of the first leg's currency; a float for people. */
  marginTime: number
  marginMax: number
}

export interface OpportunityBook {
  open: Opportunity | null
  /** The latest ones, the newest last. */
  readonly closed: Opportunity[]
  /** Of everything that is closed, and of what belongs to no opportunity. */
  readonly sums: readonly [LegFigures, LegFigures]
  count: number
  won: number
  /** All closed ones by outcome, also those that are not kept. */
  readonly outcomes: Record<OpportunityOutcome, number>
  /** Time and margin of all closed ones. */
  marginTime: number
  heldMs: number
  /** Best prices of both legs when it was last decided. */
  decided: readonly [Touch | null, Touch | null]
}

const noFigures = (): LegFigures => ({
  cash: 0,
  fees: 0,
  funding: 0,
  slippage: 0,
  bought: 0,
  sold: 0,
})

export const opportunityBook = (): OpportunityBook => ({
  open: null,
  closed: [],
  sums: [noFigures(), noFigures()],
  count: 0,
  won: 0,
  outcomes: { profit: 0, loss: 0, unwound: 0 },
  marginTime: 0,
  heldMs: 0,
  decided: [null, null],
})

/** Notes the prices that a decision was made at: slippage is measured against them. */
export function noteDecision(book: OpportunityBook, { pair }: Legs): void {
  const touchOf = ({ heard }: Leg): Touch | null =>
    heard === null ? null : { bid: heard.bid, ask: heard.ask }
  book.decided = [touchOf(pair[0]), touchOf(pair[1])]
}

function opened(book: OpportunityBook, at: number, side: 1 | -1): Opportunity {
  book.open ??= {
    number: book.count + 1,
    openedAt: at,
    closedAt: null,
    side,
    exit: null,
    outcome: null,
    legs: [noFigures(), noFigures()],
    marginTime: 0,
    marginMax: 0,
  }
  return book.open
}

const add = (figures: LegFigures, change: Partial<LegFigures>): void => {
  for (const key of ['cash', 'fees', 'funding', 'slippage', 'bought', 'sold'] as const)
    figures[key] = money(figures[key] + (change[key] ?? 0))
}

/** What a fill was worse than the touch of its decision. */
function slippageOf(leg: Leg, decided: Touch | null, fill: Fill): number {
  if (decided === null) return 0
  const sign = signOf(fill.side)
  const reference = sign > 0 ? decided.ask : decided.bid
  return sign * (fill.price - reference) * fill.quantity * leg.instrument.moneyPerUnit
}

/** Books a fill that the leg has booked already; the opportunity ends when both legs are flat after it. */
export function bookOpportunityFill(
  book: OpportunityBook,
  legs: Legs,
  index: LegIndex,
  fill: Fill,
): Opportunity | null {
  const leg = legs.pair[index]
  const sign = signOf(fill.side)
  const found = opened(book, legs.at, (index === 0 ? sign : 0 - sign) as 1 | -1)
  add(found.legs[index], {
    cash: 0 - sign * notionalOf(leg.instrument, fill.price, fill.quantity),
    fees: fill.fee,
    slippage: slippageOf(leg, book.decided[index], fill),
    bought: sign > 0 ? fill.quantity : 0,
    sold: sign > 0 ? 0 : fill.quantity,
  })
  return isFlat(legs) ? close(book, legs) : null
}

/** A position that was found on the account, taken over at a price. */
export function adoptLeg(book: OpportunityBook, legs: Legs, index: LegIndex, at: Price): void {
  const { instrument, book: own } = legs.pair[index]
  const side = (index === 0 ? Math.sign(own.position) : 0 - Math.sign(own.position)) as 1 | -1
  const value = notionalOf(instrument, at, quantity(own.position))
  add(opened(book, legs.at, side).legs[index], { cash: 0 - value })
}

/** Books a payment; what comes after the end still belongs to the latest opportunity. */
export function bookOpportunityFunding(
  book: OpportunityBook,
  index: LegIndex,
  amount: Money,
): void {
  const change = { funding: amount }
  if (book.open !== null) return add(book.open.legs[index], change)
  add(book.sums[index], change)
  const latest = book.closed.at(-1)
  if (latest !== undefined) add(latest.legs[index], change)
}

const hasTraded = ({ bought, sold }: LegFigures): boolean => bought + sold > 0

const outcomeOf = ({ legs }: Opportunity, result: number): OpportunityOutcome => {
  if (!legs.every(hasTraded)) return 'unwound'
  return result > 0 ? 'profit' : 'loss'
}

/** Why an opportunity ended that its strategy did not leave. */
export function endText({ outcome }: Opportunity, { phase }: Legs): string {
  if (outcome === 'unwound') return 'the hedge did not follow'
  // A maker trades to and fro: its own quotes end what they began.
  if (phase === 'following') return 'both legs are flat again'
  return 'closed by an order of its desk (kill, stop, close-all)'
}

function close(book: OpportunityBook, legs: Legs): Opportunity | null {
  const { open } = book
  if (open === null) return null
  open.closedAt = legs.at
  book.open = null
  book.count += 1
  const result = resultOf(open, legs)
  if (result > 0) book.won += 1
  open.outcome = outcomeOf(open, result)
  book.outcomes[open.outcome] += 1
  book.marginTime += open.marginTime
  book.heldMs += open.closedAt - open.openedAt
  add(book.sums[0], open.legs[0])
  add(book.sums[1], open.legs[1])
  book.closed.push(open)
  if (book.closed.length > KEPT) book.closed.shift()
  return open
}

/** Initial margin of what a leg holds at mark, in its own currency. */
export function marginOf({ book, instrument, heard, leverage }: Leg): Money {
  if (book.position === 0 || heard === null) return money(0)
  const value = notionalOf(instrument, heard.mark, quantity(Math.abs(book.position)))
  return initialMargin(value, leverage)
}

/** The same of both legs, in the currency of the first. */
export const marginOfLegs = ({ pair: [first, second] }: Legs): number =>
  inFirst(first, marginOf(first)) + inFirst(second, marginOf(second))

/** Lets the margin of the open opportunity run until a moment; called before the legs are brought there. */
export function advanceOpportunities(book: OpportunityBook, legs: Legs, at: number): void {
  const { open } = book
  if (open === null || at <= legs.at) return
  const margin = marginOfLegs(legs)
  open.marginTime += margin * (at - legs.at)
  open.marginMax = Math.max(open.marginMax, margin)
}

/** Cash, fees and funding of a leg without the worth of what it holds. */
export const settledOf = ({ cash, fees, funding }: LegFigures): number => cash - fees + funding

/** Worth of what a leg holds at mark, signed. */
export const worthOf = ({ book, instrument, heard }: Leg): number =>
  heard === null ? book.cost : notionalOf(instrument, heard.mark, quantity(book.position))

/** Result of an opportunity in the currency of the first leg; the open one with its legs at mark. */
export function resultOf({ legs: figures, closedAt }: Opportunity, { pair }: Legs): number {
  const of = (index: LegIndex): number => {
    const held = closedAt === null ? worthOf(pair[index]) : 0
    return inFirst(pair[index], settledOf(figures[index]) + held)
  }
  return of(0) + of(1)
}

/** Figures of a leg over all opportunities, with the open one. */
export function totalsOfLeg({ sums, open }: OpportunityBook, index: LegIndex): LegFigures {
  const total = { ...sums[index] }
  if (open !== null) add(total, open.legs[index])
  return total
}

/** Result ÷ average margin of both legs while it was bound; null when there was none. @param marginTime 1e-8 · ms */
export const marginReturn = (result: number, marginTime: number, heldMs: number): number | null =>
  marginTime > 0 && heldMs > 0 ? (result * heldMs) / marginTime : null

/** The same for a year (365 days); null also when it was held for less than a day (YEARLY_FROM_MS). */
export const annualReturn = (result: number, marginTime: number, heldMs: number): number | null =>
  marginTime > 0 && heldMs >= YEARLY_FROM_MS ? (result * YEAR_MS) / marginTime : null
