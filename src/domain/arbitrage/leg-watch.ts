/**
 * Watches two legs: how long and how far they are apart, what is done about it, which of them may trade. Market time comes with
 * the events (docs/concepts/legs.md). Pure.
 */
import { mulDiv, RATIO_SCALE, type Ratio } from '../money.ts'
import type { StrategyEvent } from '../strategy.ts'
import { matchedLots } from './leg-plan.ts'
import {
  areOneWay,
  areOpen,
  dustOf,
  type Imbalance,
  isOneAway,
  type Leg,
  type LegIndex,
  type Legs,
  type LegTerms,
  netDelta,
  otherLeg,
  type RepairAction,
  type Touch,
} from './leg-state.ts'

/** What is told of a leg. */
export type LegWord = Pick<
  Extract<StrategyEvent, { kind: 'leg' }>,
  'isOpen' | 'canReduce' | 'reason' | 'isPositionSure' | 'mode'
>

/** Brings the clock of the legs forward and measures what lay between; time never goes back. */
export function advanceLegs(legs: Legs, at: number): void {
  const elapsed = at - legs.at
  if (elapsed <= 0) return
  const { measures, imbalance } = legs
  const delta = Math.abs(netDelta(legs))
  const isOpen = areOpen(legs)
  if (isOpen) measures.deltaTime += delta * elapsed
  else measures.deltaTimeClosed += delta * elapsed
  legs.at = at
  if (imbalance === null) return
  const lasted = at - imbalance.since
  if (isOpen) measures.longestMs = Math.max(measures.longestMs, lasted)
  else measures.longestClosedMs = Math.max(measures.longestClosedMs, lasted)
}

/** A hedge whose venue is away is waited for at most so many times `unwind_after_s`, however often it went away before. */
const UNWIND_GROWTH_MAX = 4

const touchOfLeg = ({ heard }: Leg): Touch | null =>
  heard === null ? null : { bid: heard.bid, ask: heard.ask }

/** The market has run so far from where it was when the imbalance began that hedging would cost more than allowed. */
function isBeyondCap(legs: Legs, { touches }: Imbalance, cap: Ratio): boolean {
  const hedge = otherLeg(legs.lead)
  const leg = legs.pair[hedge]
  const before = touches[hedge]
  const now = touchOfLeg(leg)
  if (before === null || now === null) return false
  const lots = matchedLots(legs, hedge) - leg.book.position
  if (lots === 0) return false
  return lots > 0
    ? now.ask > mulDiv(before.ask, RATIO_SCALE + cap, RATIO_SCALE, 'ceil')
    : now.bid < mulDiv(before.bid, RATIO_SCALE - cap, RATIO_SCALE, 'floor')
}

/** How many times `unwind_after_s` a hedge whose venue is away is waited for. */
function unwindGrowth({ phase, returns, imbalance }: Legs): number {
  if (phase !== 'exiting') return 1
  // The way back that is under way must not put itself off.
  const before = imbalance?.isReturning === true ? returns - 1 : returns
  return Math.min(2 ** Math.min(before, 10), UNWIND_GROWTH_MAX)
}

/** Market time at which the lead goes back to what the hedge that does not answer is known to hold; null = never. */
function closedUnwindAt(
  legs: Legs,
  { since }: Imbalance,
  { unwindAfterMs }: LegTerms,
): number | null {
  if (unwindAfterMs === null) return null
  const closedAt = legs.pair[otherLeg(legs.lead)].closedAt ?? since
  // A venue that goes away again and again during an exit must not make the lead trade each time.
  return Math.max(since, closedAt) + unwindAfterMs * unwindGrowth(legs)
}

function actionOf(legs: Legs, found: Imbalance, terms: LegTerms): RepairAction {
  const { at, lead, pair } = legs
  const isLate = at - found.since >= terms.imbalanceMs || isBeyondCap(legs, found, terms.lossCap)
  if (isOneAway(legs)) {
    if (!pair[lead].canReduce) return isLate ? 'hedge' : 'none'
    const due = closedUnwindAt(legs, found, terms)
    return due !== null && at >= due ? 'unwind' : 'none'
  }
  found.isReturning = false
  if (found.repairFrom === null && !isLate) return 'none'
  found.repairFrom ??= at
  // What is left is never bought back: the leg that holds more is reduced until it follows.
  if (legs.phase === 'exiting' && !areOneWay(legs)) {
    found.stage = Math.floor(
      Math.log2((at - found.repairFrom) / Math.max(1, terms.imbalanceMs) + 1),
    )
    return 'unwind'
  }
  const turn = Math.floor((at - found.repairFrom) / Math.max(1, terms.imbalanceMs))
  return turn % 2 === 0 ? 'unwind' : 'hedge'
}

/** Begins, follows and ends an imbalance. @returns what is done about it now */
export function watchImbalance(legs: Legs, terms: LegTerms): RepairAction {
  const delta = Math.abs(netDelta(legs))
  const { measures } = legs
  measures.deltaMax = Math.max(measures.deltaMax, delta)
  if (delta <= dustOf(legs)) {
    legs.imbalance = null
    return 'none'
  }
  legs.imbalance ??= {
    since: legs.at,
    touches: [touchOfLeg(legs.pair[0]), touchOfLeg(legs.pair[1])],
    repairFrom: null,
    action: 'none',
    isCounted: false,
    stage: 0,
  }
  const { imbalance } = legs
  const before = imbalance.action
  imbalance.action = actionOf(legs, imbalance, terms)
  if (imbalance.action === 'unwind' && before !== 'unwind') measures.unwinds += 1
  return imbalance.action
}

/** What a repair does, for a note. @param isAnyAble the leg that has to move can */
export function repairText(
  { phase }: Legs,
  action: 'unwind' | 'hedge',
  isAnyAble: boolean,
): string {
  if (!isAnyAble) return 'nothing can be done before a desk lets its leg trade again'
  if (action === 'hedge') return 'it is hedged at the market'
  return phase === 'exiting'
    ? 'the leg that holds more is reduced until it follows, nothing is bought back'
    : 'the leg that is ahead is unwound'
}

/** Market time at which the repair has a next step; null = prices and fills alone decide. */
export function nextRepairAt(legs: Legs, terms: LegTerms): number | null {
  const { imbalance, lead, pair, at } = legs
  if (imbalance === null) return null
  const { since, repairFrom } = imbalance
  if (isOneAway(legs)) {
    const due = pair[lead].canReduce
      ? closedUnwindAt(legs, imbalance, terms)
      : since + terms.imbalanceMs
    return due !== null && due > at ? due : null
  }
  if (repairFrom === null) return since + terms.imbalanceMs
  const turns = Math.floor((at - repairFrom) / Math.max(1, terms.imbalanceMs)) + 1
  return repairFrom + turns * Math.max(1, terms.imbalanceMs)
}

/** Notes what may be done on a leg. @returns whether it opened or closed for new risk */
export function setLegOpen(
  legs: Legs,
  index: LegIndex,
  { isOpen, canReduce, reason, isPositionSure, mode }: LegWord,
): boolean {
  const leg = legs.pair[index]
  const isChange = leg.isOpen !== isOpen
  leg.isOpen = isOpen
  leg.canReduce = isOpen || canReduce
  leg.closedReason = isOpen ? null : reason
  if (isPositionSure !== undefined) leg.isPositionSure = isPositionSure
  if (mode !== undefined) leg.mode = mode
  if (isOpen) leg.closedAt = null
  else leg.closedAt ??= legs.at
  return isChange
}
