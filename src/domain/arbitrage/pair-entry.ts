/**
 * What a strategy of two legs remembers of clips that could not be hedged: each one in a row doubles the pause before the next
 * entry, and after some of them an operator has to look (docs/concepts/legs.md, "Repair"). Pure.
 */
import type { Finish, Wants } from '../strategy.ts'
import { areOpen, type Legs, TURN_MS, unitsOf } from './leg-state.ts'
import type { PairSettings } from './pair-parameters.ts'

/** What is needed of a pair. */
interface Entering {
  readonly legs: Legs
  readonly settings: PairSettings
  readonly finish: Finish | null
}

const PAUSE_MAX_MS = 3_600_000
const MAX_DOUBLINGS = 30

/** What is on its way of a target that was taken back is over after it. */
const shortestPause = ({ settings }: Entering): number => Math.max(settings.cooldownMs, TURN_MS)

/** Pause after so many unwindings in a row: doubled with each, an hour at most (or what the configuration asks for). */
function pauseMs(state: Entering): number {
  const shortest = shortestPause(state)
  const doublings = Math.min(MAX_DOUBLINGS, Math.max(0, state.legs.unwindsInRow - 1))
  return Math.min(Math.max(PAUSE_MAX_MS, shortest), shortest * 2 ** doublings)
}

/** Nothing is entered before the pause is over. */
export function pauseEntries(state: Entering): void {
  const { legs } = state
  legs.cooldownUntil = Math.max(legs.cooldownUntil, legs.at + pauseMs(state))
}

/** So many clips in a row could not be hedged that nothing is entered before an operator adjusts, or pauses and resumes. */
export const areEntriesStopped = ({ legs, settings }: Entering): boolean =>
  legs.unwindsInRow >= settings.unwindsMax

/** @returns null = entries go on */
export const stoppedText = (state: Entering): string | null =>
  areEntriesStopped(state)
    ? `entries stopped: ${state.legs.unwindsInRow} clips in a row could not be hedged`
    : null

/** A clip was unwound, once for each imbalance. */
export function countUnwinding(state: Entering, out: Wants): void {
  const { legs } = state
  if (legs.imbalance?.isCounted === true) return
  if (legs.imbalance !== null) legs.imbalance.isCounted = true
  const wasStopped = areEntriesStopped(state)
  legs.unwindsInRow += 1
  pauseEntries(state)
  const text = stoppedText(state)
  if (!wasStopped && text !== null)
    out.note(
      'warn',
      `${text}; look at the venue of the hedge, then perpfleet pause ID and perpfleet resume ID, or change strategy_config in its file`,
    )
}

/** A clip found its hedge as it should: what was before is forgotten. */
export function noteMatched({ legs }: Entering): void {
  const [first, second] = legs.pair
  if (legs.phase === 'exiting' || unitsOf(first) * unitsOf(second) >= 0) return
  legs.unwindsInRow = 0
}

/** An operator has looked. */
export function resumeEntries(state: Entering, out: Wants): void {
  const { legs } = state
  if (legs.unwindsInRow === 0) return
  if (areEntriesStopped(state)) out.note('info', 'entries go on')
  legs.unwindsInRow = 0
  legs.cooldownUntil = Math.min(legs.cooldownUntil, legs.at + shortestPause(state))
}

/** Whether something may be entered now. */
export const mayEnter = (state: Entering): boolean => {
  const { legs, finish } = state
  return (
    finish === null &&
    areOpen(legs) &&
    legs.imbalance?.action !== 'unwind' &&
    legs.at >= legs.cooldownUntil &&
    !areEntriesStopped(state)
  )
}
