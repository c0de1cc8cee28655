/** Numbers of a running pair for people; per leg, per opportunity, and in all, in the currency of the first leg. */
import { formatDecimal, money, RATIO_SCALE } from '../money.ts'
import { paidAt } from '../settle-rate.ts'
import { amountText, levelText, lotsText } from '../signal/amounts.ts'
import { entryOf } from '../signal/own-book.ts'
import type { Json } from '../strategy.ts'
import { inFirst, type LegIndex, type Legs, netDelta, unitsText } from './leg-state.ts'
import { type AnyPair, rebalanceHint } from './pair-core.ts'
import { stoppedText } from './pair-entry.ts'
import { priceFault } from './pair-market.ts'
import {
  annualReturn,
  type LegFigures,
  marginOfLegs,
  type Opportunity,
  type OpportunityBook,
  resultOf,
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

/** One opportunity with both legs; `total` is in the currency of the first. */
export function opportunityJson(found: Opportunity, legs: Legs): Json {
  const result = resultOf(found, legs)
  const held = (found.closedAt ?? legs.at) - found.openedAt
  const leg = (index: LegIndex): Json => ({
    instrument: legs.pair[index].instrument.id,
    bought: lotsText(legs.pair[index].instrument, found.legs[index].bought),
    sold: lotsText(legs.pair[index].instrument, found.legs[index].sold),
    ...figuresText(found.legs[index]),
  })
  return {
    number: found.number,
    opened_at: found.openedAt,
    closed_at: found.closedAt,
    first_leg: found.side > 0 ? 'long' : 'short',
    exit: found.exit,
    outcome: found.outcome,
    held_ms: held,
    total: amountText(result),
    margin_max: amountText(Math.round(found.marginMax)),
    annual_return: shareText(annualReturn(result, found.marginTime)),
    legs: [leg(0), leg(1)],
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
    price_fault: priceFault(leg, legs.at, settings.priceAgeMs),
    position: lotsText(instrument, leg.book.position),
    position_wanted: lotsText(instrument, target?.quantity ?? leg.book.position),
    entry_price: levelText(instrument, entryOf(leg.book, instrument)),
    ...figuresText(figures),
    total: amountText(figures.cash + worthOf(leg) - figures.fees + figures.funding),
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
  const marginTime = book.marginTime + (book.open?.marginTime ?? 0)
  return {
    fees: amountText(fees),
    funding: amountText(funding),
    slippage: amountText(slippage + inFirst(legs.pair[1], totalsOfLeg(book, 1).slippage)),
    total: amountText(total),
    margin_now: amountText(marginOfLegs(legs)),
    annual_return: shareText(annualReturn(total, marginTime)),
    opportunities_closed: book.count,
    opportunities_won: book.won,
    opportunities_by_outcome: { ...book.outcomes },
  }
}

function deltaJson(legs: Legs): Json {
  const { measures, imbalance, at } = legs
  return {
    now: unitsText(legs, netDelta(legs)),
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
    net_delta: unitsText(legs, netDelta(legs)),
    entries_stopped: stoppedText(state),
    unwound_in_row: legs.unwindsInRow,
    delta: deltaJson(legs),
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
