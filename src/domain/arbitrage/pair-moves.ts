/** How a pair is entered, extended, left and ended, by clips; what phase it is in follows from what is held. Pure. */
import { divide, type Price } from '../money.ts'
import type { Wants } from '../strategy.ts'
import { worstFor } from './leg-plan.ts'
import { areOpen, isFlat, type Legs, leastUnits, TURN_MS, unitsOf } from './leg-state.ts'
import { areEntriesStopped } from './pair-entry.ts'
import { carriedUnits } from './pair-market.ts'
import type { AnyPair } from './pair-state.ts'
import { noteDecision } from './round-trip.ts'

/** Worth of a pair by its parameters, in units that both venues can hold; 0 = too small for them. */
export function orderUnits({ legs, settings }: AnyPair): number {
  const { grid, pair } = legs
  const [first] = pair
  const { orderUnits: units, orderNotional: worth } = settings
  if (units !== null) return divide(units, grid.step, 'floor') * grid.step
  if (worth === null || first.heard === null) return 0
  const lots = divide(worth, first.heard.ask * first.instrument.moneyPerUnit, 'floor')
  return divide(lots * first.unit, grid.step, 'floor') * grid.step
}

/** Units of one part of a size: never below two smallest orders, so that what is left of one can be traded. */
export function clipUnits({ legs, settings }: AnyPair, size: number): number {
  const { step } = legs.grid
  const least = 2 * Math.max(leastUnits(legs.pair[0]), leastUnits(legs.pair[1]))
  const part = Math.max(least, Math.ceil(size / settings.clips))
  return Math.min(Math.ceil(part / step) * step, Math.max(step, size))
}

/** Worst price of the next order of the lead in a direction of the pair (+1: the first leg buys). */
function leadWorst({ legs, settings }: AnyPair, side: 1 | -1): Price | null {
  const { pair, lead } = legs
  const { heard } = pair[lead]
  const own = (lead === 0 ? side : 0 - side) as 1 | -1
  return heard === null ? null : worstFor(heard, own, settings.slippage)
}

/** What is on its way from a pair of the other side might still trade. */
const isTurningTooSoon = ({ sideLast, flatAt, at }: Legs, side: 1 | -1): boolean =>
  sideLast !== 0 && sideLast !== side && at < flatAt + TURN_MS

/** Goes into a pair, or further into it; only with both legs open. */
export function enterPair(state: AnyPair, side: 1 | -1, size: number, clip: number): void {
  const { legs } = state
  if (!areOpen(legs) || legs.imbalance?.action === 'unwind' || isTurningTooSoon(legs, side)) return
  if (areEntriesStopped(state)) return
  legs.sideLast = side
  if (legs.phase !== 'entering') noteDecision(state.book, legs)
  legs.phase = 'entering'
  // Never further than the margin of both legs carries: the hedge of the last clip must not be refused.
  const held = Math.abs(unitsOf(legs.pair[legs.lead]))
  legs.aim = side * Math.max(held, Math.min(size, carriedUnits(legs)))
  legs.clip = clip
  legs.leadWorst = leadWorst(state, side)
}

/** No more is entered: what the lead holds stays, the hedge follows it. */
export function stopEntering({ legs }: AnyPair): void {
  if (legs.phase !== 'entering') return
  const held = unitsOf(legs.pair[legs.lead])
  legs.aim = legs.lead === 0 ? held : 0 - held
  legs.leadWorst = null
  legs.phase = isFlat(legs) ? 'flat' : 'holding'
  if (legs.phase === 'flat') legs.flatAt = legs.at
}

/** Leaves the pair, clip by clip. @param isUrgent at the market instead of within the slippage */
export function leavePair(state: AnyPair, reason: string, isUrgent: boolean, out: Wants): void {
  const { legs, book } = state
  if (legs.phase === 'exiting' || isFlat(legs)) return
  const side = Math.sign(unitsOf(legs.pair[0]) || 0 - unitsOf(legs.pair[1]))
  noteDecision(book, legs)
  legs.phase = 'exiting'
  legs.returns = 0
  legs.aim = 0
  legs.leadWorst = isUrgent ? null : leadWorst(state, (0 - side) as 1 | -1)
  legs.clip = Math.max(legs.clip, clipUnits(state, Math.abs(unitsOf(legs.pair[legs.lead]))))
  if (book.open !== null) book.open.exit = reason
  out.note('info', `leaving the pair: ${reason}`)
}

/** An exit that is not urgent follows the market. */
export function renewExit(state: AnyPair): void {
  const { legs } = state
  if (legs.phase !== 'exiting' || legs.leadWorst === null) return
  const held = unitsOf(legs.pair[legs.lead])
  if (held === 0) return
  const own = Math.sign(held)
  const side = (legs.lead === 0 ? 0 - own : own) as 1 | -1
  legs.leadWorst = leadWorst(state, side)
}

/** Ends the instance by its own rule. */
export function endPair(state: AnyPair, reason: string, text: string, out: Wants): void {
  if (state.finish !== null) return
  state.finish = { reason, orders: 'cancel', positions: 'close' }
  out.note('warn', text)
  out.finish(state.finish)
}

/** Phases that follow from what is held: entered, left, or held by nobody's wish. */
export function movePhase(state: AnyPair): void {
  const { legs, settings } = state
  if (legs.phase === 'following') return
  const held = unitsOf(legs.pair[legs.lead])
  const wanted = legs.lead === 0 ? legs.aim : 0 - legs.aim
  if (legs.phase === 'entering') {
    const missing = Math.abs(wanted - held)
    const least = Math.max(leastUnits(legs.pair[0]), leastUnits(legs.pair[1]))
    if (missing < least && legs.imbalance === null) stopEntering(state)
    return
  }
  if (isFlat(legs)) {
    if (legs.phase !== 'flat') {
      legs.cooldownUntil = Math.max(legs.cooldownUntil, legs.at + settings.cooldownMs)
      legs.flatAt = legs.at
    }
    legs.phase = 'flat'
    legs.aim = 0
    legs.leadWorst = null
    return
  }
  // A fill that came after everything was left: it goes too.
  if (legs.phase === 'flat') {
    legs.phase = 'exiting'
    legs.returns = 0
    legs.aim = 0
    legs.leadWorst = null
    legs.clip = Math.max(legs.clip, clipUnits(state, Math.abs(held)))
  }
}
