/**
 * Two positions that belong together, one at each venue (docs/concepts/legs.md): what is known of both, counted in the
 * common units of size.ts. Plain data; the decisions stand in leg-plan.ts, the measuring in leg-watch.ts.
 */

import type { InstanceMode } from '../instance-mode.ts'
import { type Instrument, minimumLots } from '../instrument.ts'
import type { FundingTerms, MarketBook } from '../market.ts'
import {
  formatDecimal,
  type Money,
  money,
  mulDiv,
  type Price,
  RATIO_SCALE,
  type Ratio,
} from '../money.ts'
import { AT_PAR, worthAt } from '../settle-rate.ts'
import { emptyOwnBook, type OwnBook, totalAt } from '../signal/own-book.ts'
import type { LegsTerms, StrategyContext, TargetWant } from '../strategy.ts'
import { type CommonGrid, commonGrid } from './size.ts'

export type LegIndex = 0 | 1

export const otherLeg = (index: LegIndex): LegIndex => (index === 0 ? 1 : 0)

/** What was heard last of the market of a leg. */
export interface HeardPrice {
  readonly at: number
  readonly last: Price
  readonly mark: Price
  readonly bid: Price
  readonly ask: Price
  /** Lots at the touch; null = not told. */
  readonly bidQuantity: number | null
  readonly askQuantity: number | null
  readonly book: MarketBook | null
  readonly funding: FundingTerms | null
}

/** One leg: lots are signed, money is in 1e-8 of its own settlement currency. */
export interface Leg {
  readonly instrument: Instrument
  /** Common units of one lot. */
  readonly unit: number
  /** Worth of one unit of its settlement currency in that of the first leg. */
  readonly settleRate: Ratio
  /** What lies at its venue, without its result; an edit of the file changes it. */
  capital: Money
  leverage: number
  /** Of its equity, what may be bound as margin. */
  marginShare: Ratio
  readonly maker: Ratio
  readonly taker: Ratio
  book: OwnBook
  heard: HeardPrice | null
  /** Whether it may take new risk; closed until it is told otherwise. */
  isOpen: boolean
  /** Whether what it holds may be made smaller: a leg that is open can, one that is paused too. */
  canReduce: boolean
  /** Market time since which it is closed; null = open. */
  closedAt: number | null
  closedReason: string | null
  /** False: its venue holds something else than its books, or may: the other leg takes nothing on because of them. Absent = true. */
  isPositionSure?: boolean
  /** At its desk; absent = it was not told. */
  mode?: InstanceMode
  /** What was last said to its desk; null = nothing. */
  target: TargetWant | null
}

/** Best prices of a leg at a moment. */
export interface Touch {
  readonly bid: Price
  readonly ask: Price
}

/** What is done about an imbalance that did not end by itself. */
export type RepairAction = 'none' | 'unwind' | 'hedge'

/** Net delta beyond dust. */
export interface Imbalance {
  /** Market time. */
  readonly since: number
  /** Best prices of both legs when it began. */
  readonly touches: readonly [Touch | null, Touch | null]
  /** When repairs began; null = not yet. */
  repairFrom: number | null
  action: RepairAction
  /** It was unwound, and counted as such. */
  isCounted: boolean
  /** How often a leg that is left and does not follow was told; the time between doubles. */
  stage: number
  /** The lead goes back up to a hedge whose venue is away, and `returns` has counted it already. Absent = false. */
  isReturning?: boolean
}

/** What was measured since the start; amounts in units, times in ms. Only for people: floats. */
export interface LegMeasures {
  /** Σ |net delta| · time with both legs open, and with one or both closed. */
  deltaTime: number
  deltaTimeClosed: number
  deltaMax: number
  longestMs: number
  longestClosedMs: number
  unwinds: number
}

/** `following`: the first leg trades by resting orders of its own, the second follows it. */
export type PairPhase = 'flat' | 'entering' | 'holding' | 'exiting' | 'following'

export interface Legs {
  readonly grid: CommonGrid
  readonly pair: readonly [Leg, Leg]
  /** Market time of the latest event. */
  at: number
  lead: LegIndex
  phase: PairPhase
  /** Position of the first leg that is wanted in the end, in units; the second is its opposite. */
  aim: number
  /** Most that the lead may be ahead of the hedge, units. */
  clip: number
  /** Worst price of an order of the lead; null = the market. */
  leadWorst: Price | null
  imbalance: Imbalance | null
  readonly measures: LegMeasures
  /** Market time before which nothing is entered. */
  cooldownUntil: number
  /** Clips in a row that had to be unwound since one was matched, or since an operator adjusted, or paused and resumed. */
  unwindsInRow: number
  /** How often during the present exit the lead went back up to a hedge whose venue was away. */
  returns: number
  /** Side of the latest pair (+1: the first leg long), and when both legs were flat last; 0 = none yet. */
  sideLast: -1 | 0 | 1
  flatAt: number
}

/**
 * After a pair the other side is not entered for so long: what is on its way (a message, an order with a deadline) is over then,
 * and cannot add itself to the first order of the new pair.
 */
export const TURN_MS = 5_000

/** Times and bounds of the repair of legs. */
export interface LegTerms {
  readonly imbalanceMs: number
  readonly lossCap: Ratio
  /** null = never. */
  readonly unwindAfterMs: number | null
  readonly cooldownMs: number
}

/** Of the equity of a leg, what may be margin: the rest is for fees and moves; less where the desk allows less. */
const MARGIN_SHARE_MAX = 98_000_000 as Ratio
/** Where nobody says what the desk allows. */
const MARGIN_SHARE = 80_000_000 as Ratio

/** Even shares of the capital, in the currency of each leg. */
const evenShare = (capital: Money, settleRate: Ratio): Money =>
  money(mulDiv(Math.floor(capital / 2), RATIO_SCALE, settleRate, 'floor'))

const marginShareOf = (utilization: Ratio): Ratio =>
  Math.min(MARGIN_SHARE_MAX, utilization) as Ratio

/** What an edit of the file has changed: margin and size of now on are judged by it. */
export function takeLegTerms({ pair }: Legs, terms: LegsTerms): void {
  for (const [index, leg] of pair.entries()) {
    const utilization = terms.legUtilizations?.[index]
    leg.capital = terms.legCapitals?.[index] ?? leg.capital
    leg.leverage = terms.legLeverages?.[index] ?? leg.leverage
    if (utilization !== undefined) leg.marginShare = marginShareOf(utilization)
  }
}

/**
 * Both legs at the first start, flat.
 * @throws RangeError when the context has not two instruments; InvariantError for contracts that have no common unit
 */
export function legsStart(context: StrategyContext): Legs {
  const [first, second] = context.instruments
  if (first === undefined || second === undefined)
    throw new RangeError('a strategy of two legs needs two instruments')
  const grid = commonGrid(first, second)
  const leg = (instrument: Instrument, index: LegIndex): Leg => {
    const settleRate = context.settleRates?.[index] ?? AT_PAR
    return {
      instrument,
      unit: grid.lots[index],
      settleRate,
      capital: context.legCapitals?.[index] ?? evenShare(context.capital, settleRate),
      leverage: context.legLeverages?.[index] ?? context.leverage,
      marginShare: marginShareOf(context.legUtilizations?.[index] ?? MARGIN_SHARE),
      maker: context.fees[index]?.maker ?? instrument.makerFee,
      taker: context.fees[index]?.taker ?? instrument.takerFee,
      book: emptyOwnBook(),
      heard: null,
      isOpen: false,
      canReduce: false,
      closedAt: context.at,
      closedReason: null,
      target: null,
    }
  }
  return {
    grid,
    pair: [leg(first, 0), leg(second, 1)],
    at: context.at,
    lead: 0,
    phase: 'flat',
    aim: 0,
    clip: 0,
    leadWorst: null,
    imbalance: null,
    measures: {
      deltaTime: 0,
      deltaTimeClosed: 0,
      deltaMax: 0,
      longestMs: 0,
      longestClosedMs: 0,
      unwinds: 0,
    },
    cooldownUntil: context.at,
    unwindsInRow: 0,
    returns: 0,
    sideLast: 0,
    flatAt: context.at,
  }
}

/** Signed position in units. */
export const unitsOf = ({ book, unit }: Leg): number => book.position * unit

/** Signed net delta of both legs in units. */
export const netDelta = ({ pair: [first, second] }: Legs): number =>
  unitsOf(first) + unitsOf(second)

/** Lots of the smallest order of a leg at its present price. */
export const leastLots = ({ instrument, heard }: Leg): number =>
  heard === null ? Math.max(1, instrument.quantityMin) : minimumLots(instrument, heard.last)

/** Units of the smallest order of a leg. */
export const leastUnits = (leg: Leg): number => leastLots(leg) * leg.unit

/** The largest net delta that cannot be traded away: less than the larger one of both smallest orders. */
export const dustOf = ({ pair: [first, second] }: Legs): number =>
  Math.max(leastUnits(first), leastUnits(second)) - 1

export const isFlat = ({ pair: [first, second] }: Legs): boolean =>
  first.book.position === 0 && second.book.position === 0

export const areOpen = ({ pair: [first, second] }: Legs): boolean => first.isOpen && second.isOpen

/** What is held may be made smaller on both legs, e.g. while they are paused. */
export const canBothReduce = ({ pair: [first, second] }: Legs): boolean =>
  first.canReduce && second.canReduce

/** One leg can at least reduce, the other cannot even that. */
export const isOneAway = ({ pair: [first, second] }: Legs): boolean =>
  first.canReduce !== second.canReduce

/** Both legs are long, or both short: neither matches the other. */
export const areOneWay = ({ pair: [first, second] }: Legs): boolean =>
  unitsOf(first) * unitsOf(second) > 0

/** Which leg an event is about; null = none of them. */
export function legIndexOf({ pair }: Legs, instrument: string): LegIndex | null {
  if (pair[0].instrument.id === instrument) return 0
  return pair[1].instrument.id === instrument ? 1 : null
}

/** Money of a leg in the currency of the first, rounded down. */
export const inFirst = ({ settleRate }: Leg, amount: number): number =>
  worthAt(money(amount), settleRate)

/** Capital and result of a leg at mark, in its own currency. */
export function equityOfLeg({ capital, book, instrument, heard }: Leg): number {
  const mark = heard?.mark
  return capital + (mark === undefined ? book.cash + book.cost : totalAt(book, instrument, mark))
}

/** Units of the common grid as base. */
export const unitsText = ({ grid }: Legs, units: number): string =>
  formatDecimal(Math.round(units), grid.decimals)
