/** Numbers of a running pair for people; per leg, per opportunity, and in all, in the currency of the first leg. */
import { formatDecimal, money, RATIO_SCALE } from '../money.ts'
import { paidAt } from '../settle-rate.ts'
import { amountText, levelText, lotsText } from '../signal/amounts.ts'
import { entryOf } from '../signal/own-book.ts'
import type { Json } from '../strategy.ts'
import {
  dustOf,
  equityOfLeg,
  inFirst,
  type LegIndex,
  type Legs,
  netDelta,
  unitsText,
} from './leg-state.ts'
import { stoppedText } from './pair-entry.ts'
import { rebalanceHint } from './pair-margin.ts'
import { priceFault } from './pair-market.ts'
import { orderUnits } from './pair-moves.ts'
import type { AnyPair } from './pair-state.ts'
import {
  annualReturn,
  type LegFigures,
  marginOf,
  marginOfLegs,
  marginReturn,
  type Opportunity,
  type OpportunityBook,
  resultOf,
  settledOf,
  totalsOfLeg,
  worthOf,
} from './round-trip.ts'

const SECOND_MS = 1000

const baseSeconds = ({ grid }: Legs, unitMs: number): string =>
  (unitMs / SECOND_MS / 10 ** grid.decimals).toFixed(6).replace(/\.?0+$/, '')

const shareText = (share: number | null): string | null =>
  share === null ? null : `${(share * 100).toFixed(2)} %`

const figuresText = ({ cash, fees, funding, slippage }: LegFigures): { [key: string]: Json } => ({
  cash: amountText(cash),
  fees: amountText(fees),
  funding: amountText(funding),
  slippage: amountText(slippage),
})

/** The most that a leg can have held: what was traded one way. The smaller leg of both counts; one that never followed does not. */
function sizeText({ legs: figures }: Opportunity, legs: Legs): string {
  const units = ([0, 1] as const).map(
    (index) => Math.max(figures[index].bought, figures[index].sold) * legs.pair[index].unit,
  )
  const traded = units.filter((size) => size > 0)
  return unitsText(legs, traded.length === 0 ? 0 : Math.min(...traded))
}

/** One opportunity with both legs; `total` is in the currency of the first, that of a leg in its own. */
function opportunityJson(found: Opportunity, legs: Legs): Json {
  const result = resultOf(found, legs)
  const held = (found.closedAt ?? legs.at) - found.openedAt
  const { marginTime } = found
  const leg = (index: LegIndex): Json => {
    const { instrument } = legs.pair[index]
    const figures = found.legs[index]
    const worth = found.closedAt === null ? worthOf(legs.pair[index]) : 0
    return {
      instrument: instrument.id,
      bought: lotsText(instrument, figures.bought),
      sold: lotsText(instrument, figures.sold),
      ...figuresText(figures),
      total: amountText(settledOf(figures) + worth),
      settle: instrument.settle,
    }
  }
  return {
    number: found.number,
    opened_at: found.openedAt,
    closed_at: found.closedAt,
    first_leg: found.side > 0 ? 'long' : 'short',
    exit: found.exit,
    outcome: found.outcome,
    held_ms: held,
    size: sizeText(found, legs),
    total: amountText(result),
    ...sumsOfLegs(found.legs, legs),
    margin_max: amountText(Math.round(found.marginMax)),
    margin_return: shareText(marginReturn(result, marginTime, held)),
    annual_return: shareText(annualReturn(result, marginTime, held)),
    legs: [leg(0), leg(1)],
  }
}

/** Fees, funding and slippage of both legs in the currency of the first. */
function sumsOfLegs(
  [one, other]: readonly [LegFigures, LegFigures],
  { pair: [first, second] }: Legs,
): { readonly [key: string]: Json } {
  const paid =
    paidAt(money(one.fees), first.settleRate) + paidAt(money(other.fees), second.settleRate)
  return {
    fees: amountText(paid),
    funding: amountText(inFirst(first, one.funding) + inFirst(second, other.funding)),
    slippage: amountText(inFirst(first, one.slippage) + inFirst(second, other.slippage)),
  }
}

function legJson(state: AnyPair, index: LegIndex): Json {
  const { legs, book, settings } = state
  const leg = legs.pair[index]
  const { instrument, target, isOpen, closedReason } = leg
  const figures = totalsOfLeg(book, index)
  return {
    instrument: instrument.id,
    open: isOpen,
    closed_reason: isOpen ? null : closedReason,
    can_reduce: leg.canReduce,
    price_fault: priceFault(leg, legs.at, settings.priceAgeMs),
    bid: levelText(instrument, leg.heard?.bid ?? null),
    ask: levelText(instrument, leg.heard?.ask ?? null),
    position: lotsText(instrument, leg.book.position),
    position_wanted: lotsText(instrument, target?.quantity ?? leg.book.position),
    entry_price: levelText(instrument, entryOf(leg.book, instrument)),
    ...figuresText(figures),
    total: amountText(figures.cash + worthOf(leg) - figures.fees + figures.funding),
    margin: amountText(marginOf(leg)),
    equity: amountText(Math.trunc(equityOfLeg(leg))),
    settle: instrument.settle,
    settle_rate: formatDecimal(leg.settleRate, 8),
  }
}

/** The sums of the instance, as its ledger has them: each figure of each leg in the currency of the first, then added. */
function sums({ pair }: Legs): {
  readonly fees: number
  readonly funding: number
  readonly total: number
} {
  let [fees, funding, total] = [0, 0, 0]
  for (const leg of pair) {
    const { book } = leg
    fees += paidAt(money(book.fees), leg.settleRate)
    funding += inFirst(leg, book.funding)
    total += inFirst(leg, book.cash + book.cost) + inFirst(leg, worthOf(leg) - book.cost)
  }
  return { fees, funding, total: total + funding - fees }
}

function totalsJson({ legs, book }: AnyPair): { [key: string]: Json } {
  const { fees, funding, total } = sums(legs)
  const slippage = inFirst(legs.pair[0], totalsOfLeg(book, 0).slippage)
  const { open } = book
  const marginTime = book.marginTime + (open?.marginTime ?? 0)
  const held = book.heldMs + (open === null ? 0 : legs.at - open.openedAt)
  return {
    fees: amountText(fees),
    funding: amountText(funding),
    slippage: amountText(slippage + inFirst(legs.pair[1], totalsOfLeg(book, 1).slippage)),
    total: amountText(total),
    margin_now: amountText(marginOfLegs(legs)),
    held_ms: held,
    annual_return: shareText(annualReturn(total, marginTime, held)),
    opportunities_closed: book.count,
    opportunities_won: book.won,
    opportunities_by_outcome: { ...book.outcomes },
  }
}

/** What |net delta| never passes (docs/concepts/legs.md, "The bound"), in units; a maker may be filled on both sides. */
function boundOf(state: AnyPair): number {
  const { legs } = state
  const apart = legs.phase === 'following' ? 2 * orderUnits(state) : legs.clip
  return apart + dustOf(legs)
}

function deltaJson(state: AnyPair): Json {
  const { legs } = state
  const { measures, imbalance, at } = legs
  return {
    now: unitsText(legs, netDelta(legs)),
    bound: unitsText(legs, boundOf(state)),
    dust: unitsText(legs, dustOf(legs)),
    max: unitsText(legs, measures.deltaMax),
    base_seconds: baseSeconds(legs, measures.deltaTime),
    base_seconds_closed: baseSeconds(legs, measures.deltaTimeClosed),
    imbalanced_ms: imbalance === null ? 0 : at - imbalance.since,
    longest_ms: measures.longestMs,
    longest_closed_ms: measures.longestClosedMs,
    repair: imbalance?.action ?? 'none',
    unwinds: measures.unwinds,
  }
}

const opportunities = ({ open, closed }: OpportunityBook, legs: Legs): Json[] =>
  [...closed, ...(open === null ? [] : [open])].map((found) => opportunityJson(found, legs))

/** The report, with what the strategy adds. */
export function pairReport(state: AnyPair, added: { readonly [key: string]: Json }): Json {
  const { legs, book, finish, startedAt } = state
  const hint = rebalanceHint(state)
  return {
    phase: finish === null ? legs.phase : 'finished',
    lead: legs.lead === 0 ? 'first' : 'second',
    base: legs.pair[0].instrument.base,
    aim: unitsText(legs, legs.aim),
    net_delta: unitsText(legs, netDelta(legs)),
    entries_stopped: stoppedText(state),
    entries_pause_until: legs.cooldownUntil > legs.at ? legs.cooldownUntil : null,
    unwound_in_row: legs.unwindsInRow,
    delta: deltaJson(state),
    legs: [legJson(state, 0), legJson(state, 1)],
    ...totalsJson(state),
    rebalance:
      hint === null ? null : { from: hint.from, to: hint.to, amount: amountText(hint.amount) },
    ...added,
    opportunities: opportunities(book, legs),
    started_at: startedAt,
    finish: finish?.reason ?? null,
  }
}

/** A ratio in basis points with two decimals. */
export const bpsText = (share: number): string =>
  (Math.round((share * 1_000_000) / RATIO_SCALE) / 100).toString()

/** Money for a note, to the cent. */
export const centsText = (value: number): string =>
  formatDecimal(money(Math.round(value / 1_000_000)), 2)
