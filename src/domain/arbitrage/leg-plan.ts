/**
 * Which position each leg shall hold now, from what is known of both (docs/concepts/legs.md). Pure: the same knowledge gives
 * the same targets, so a restart changes nothing. In true positions |net delta| stays within clip + dust.
 */
import type { Price } from '../money.ts'
import { divide, mulDiv, price, quantity, RATIO_SCALE, type Ratio } from '../money.ts'
import type { TargetWant, Wants } from '../strategy.ts'
import {
  areOneWay,
  areOpen,
  canBothReduce,
  dustOf,
  isFlat,
  isOneAway,
  type Leg,
  type LegIndex,
  type Legs,
  type LegTerms,
  netDelta,
  otherLeg,
  type Touch,
  unitsOf,
} from './leg-state.ts'

/** A target before it is said. */
export interface PlannedTarget {
  readonly lots: number
  readonly worst: Price | null
}

export type PlannedTargets = readonly [PlannedTarget | null, PlannedTarget | null]

const clamp = (value: number, bound: number): number => Math.max(-bound, Math.min(bound, value))

/** Lots that hold so many units, rounded towards zero. */
const lotsTowardsZero = ({ unit }: Leg, units: number): number => divide(units, unit, 'trunc')

/** Lots of a leg that match what the other one is known to hold. */
export const matchedLots = ({ pair }: Legs, index: LegIndex): number =>
  lotsTowardsZero(pair[index], 0 - unitsOf(pair[otherLeg(index)]))

/** The leg that holds more; the lead when both hold as much. */
function legAhead({ pair, lead }: Legs): LegIndex {
  const other = otherLeg(lead)
  return Math.abs(unitsOf(pair[other])) > Math.abs(unitsOf(pair[lead])) ? other : lead
}

/** Best price for who buys (+1) or sells (−1), moved against him by a ratio. */
export function worstFor(touch: Touch, side: 1 | -1, by: Ratio): Price {
  if (side > 0) return price(mulDiv(touch.ask, RATIO_SCALE + by, RATIO_SCALE, 'ceil'))
  return price(Math.max(1, mulDiv(touch.bid, RATIO_SCALE - by, RATIO_SCALE, 'floor')))
}

/** Position of the lead that is wanted next: one clip beyond what the hedge is known to hold, at most. */
export function nextLeadLots(legs: Legs): number {
  const { pair, lead, aim, clip } = legs
  const leg = pair[lead]
  const held = unitsOf(leg)
  const wanted = lead === 0 ? aim : 0 - aim
  const matched = 0 - unitsOf(pair[otherLeg(lead)])
  const next = matched + clamp(wanted - matched, clip)
  const ahead = held - matched
  // A lead that is ahead waits for the hedge before it turns round.
  const isTurning = Math.abs(ahead) > dustOf(legs) && (next - held) * ahead < 0
  if (isTurning) return leg.book.position
  if (next * held < 0) return 0
  return divide(next, leg.unit, next > matched ? 'floor' : 'ceil')
}

/** The lead moves while a pair is entered, with both legs open, and while one is left, where both can at least reduce. */
function leadTarget(legs: Legs): PlannedTarget | null {
  const { phase, leadWorst } = legs
  const mayMove = phase === 'exiting' ? canBothReduce(legs) : phase === 'entering' && areOpen(legs)
  return mayMove ? { lots: nextLeadLots(legs), worst: leadWorst } : null
}

/** The hedge goes where the known position of the lead is, within the loss that is allowed. */
function hedgeTarget(legs: Legs, index: LegIndex, { lossCap }: LegTerms): PlannedTarget {
  const { pair, imbalance } = legs
  const lots = matchedLots(legs, index)
  const touch = imbalance?.touches[index] ?? null
  if (touch === null) return { lots, worst: null }
  const side = lots > pair[index].book.position ? 1 : -1
  return { lots, worst: worstFor(touch, side, lossCap) }
}

/** Targets while an imbalance is repaired: one leg moves, at the market; the other one's target is taken back. */
function repairTargets(legs: Legs, action: 'unwind' | 'hedge'): PlannedTargets {
  const ahead = legAhead(legs)
  const isOneWay = areOneWay(legs)
  const isAble = (index: LegIndex): boolean => {
    const { isOpen, canReduce } = legs.pair[index]
    return index === ahead || isOneWay ? canReduce : isOpen
  }
  let mover = action === 'unwind' ? ahead : otherLeg(ahead)
  // Where one leg cannot do its part the other one has to move, whichever way.
  if (!isAble(mover) && isAble(otherLeg(mover))) mover = otherLeg(mover)
  const lots = isOneWay ? 0 : matchedLots(legs, mover)
  const planned: PlannedTarget = { lots, worst: null }
  return mover === 0 ? [planned, null] : [null, planned]
}

const isLeadAhead = (legs: Legs): boolean =>
  legAhead(legs) === legs.lead && Math.abs(netDelta(legs)) > dustOf(legs)

/** A leg takes nothing on against a position of the other one that its venue may not hold; it may still be made smaller. */
function withoutDoubt(legs: Legs, planned: PlannedTargets): PlannedTargets {
  const kept = (index: LegIndex): PlannedTarget | null => {
    const target = planned[index]
    if (target === null || legs.pair[otherLeg(index)].isPositionSure !== false) return target
    const { position } = legs.pair[index].book
    const isMore = target.lots * position < 0 || Math.abs(target.lots) > Math.abs(position)
    return isMore ? null : target
  }
  return [kept(0), kept(1)]
}

/** What both legs shall hold now. */
export function planTargets(legs: Legs, terms: LegTerms): PlannedTargets {
  return withoutDoubt(legs, wantedTargets(legs, terms))
}

function wantedTargets(legs: Legs, terms: LegTerms): PlannedTargets {
  const { lead, phase, imbalance } = legs
  if (isFlat(legs) && phase !== 'entering' && phase !== 'exiting') return [null, null]
  if (imbalance !== null && imbalance.action !== 'none')
    return repairTargets(legs, imbalance.action)
  // What is left is not hedged first: the lead goes back to what the hedge holds.
  if (phase === 'exiting' && !isOneAway(legs) && isLeadAhead(legs))
    return repairTargets(legs, 'unwind')
  const hedge = otherLeg(lead)
  const leading = leadTarget(legs)
  const following = hedgeTarget(legs, hedge, terms)
  return lead === 0 ? [leading, following] : [following, leading]
}

/** The market still trades at or within a price that was said before: it need not be said anew. */
function isWithin(leg: Leg, worst: Price, side: number): boolean {
  const { heard } = leg
  return heard === null || (side > 0 ? heard.ask <= worst : heard.bid >= worst)
}

function wantOf(leg: Leg, planned: PlannedTarget | null): TargetWant | null {
  if (planned === null) return null
  const { position } = leg.book
  const { lots, worst } = planned
  const isReduceOnly =
    lots === 0 ? position !== 0 : lots * position > 0 && Math.abs(lots) < Math.abs(position)
  const former = leg.target
  if (former !== null && former.quantity === lots) {
    const isThere = lots === position
    const stands =
      isThere ||
      (former.isReduceOnly === isReduceOnly &&
        former.worstPrice !== null &&
        worst !== null &&
        isWithin(leg, former.worstPrice, lots - position))
    if (stands) return former
  }
  return {
    instrument: leg.instrument.id,
    quantity: quantity(lots),
    worstPrice: worst,
    style: 'take',
    deadlineAt: null,
    isReduceOnly,
  }
}

const isSame = (a: TargetWant | null, b: TargetWant | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.quantity === b.quantity &&
    a.worstPrice === b.worstPrice &&
    a.isReduceOnly === b.isReduceOnly)

/** Says what has changed; the lead first where it is taken back, so that nothing new begins before the rest is said. */
export function settleTargets(legs: Legs, planned: PlannedTargets, out: Wants): void {
  for (const index of [legs.lead, otherLeg(legs.lead)] as const) {
    const leg = legs.pair[index]
    const want = wantOf(leg, planned[index])
    if (isSame(leg.target, want)) continue
    leg.target = want
    if (want === null) out.dropTarget(leg.instrument.id)
    else out.target(want)
  }
}
