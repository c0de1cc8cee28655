/** When a pair wants to be called: prices around those heard last, and moments at which time decides. Pure. */
import { mulDiv, price, RATIO_SCALE, type Ratio } from '../money.ts'
import type { Wake, Wants } from '../strategy.ts'
import type { LegIndex } from './leg-state.ts'
import { nextRepairAt } from './leg-watch.ts'
import type { AnyPair } from './pair-state.ts'

/** Prices are heard again when they have moved so far, 0.5 bps. */
const BAND = 5_000 as Ratio

function wakeOf(state: AnyPair, index: LegIndex, at: number | null): Wake {
  const { instrument, heard } = state.legs.pair[index]
  const isWatched = state.settings.decidesOn === 'price' && heard !== null
  const band = isWatched ? Math.max(1, mulDiv(heard.last, BAND, RATIO_SCALE, 'ceil')) : 0
  return {
    instrument: instrument.id,
    below: isWatched ? price(Math.max(1, heard.last - band)) : null,
    above: isWatched ? price(heard.last + band) : null,
    at,
    by: 'last',
  }
}

const earliest = (times: readonly (number | null)[], after: number): number | null => {
  const coming = times.filter((at) => at !== null).filter((at) => at > after)
  return coming.length === 0 ? null : Math.min(...coming)
}

/** Prices around what was heard last, and the next moment at which time decides. */
export function wakesOf(state: AnyPair): Wake[] {
  const { legs, settings, nextAt, finish } = state
  if (finish !== null) return []
  const { at, cooldownUntil } = legs
  const due = earliest([nextRepairAt(legs, settings), cooldownUntil, nextAt], at)
  // A market that is quiet is heard all the same, so that its price does not grow old.
  const fresh = at + Math.max(1, Math.floor(settings.priceAgeMs / 2))
  const second = settings.decidesOn === 'price' ? fresh : null
  const first = earliest([due, second], at)
  // A repair must not depend on one desk alone.
  const other = earliest([nextRepairAt(legs, settings), second], at)
  return [wakeOf(state, 0, first), wakeOf(state, 1, other)].filter(
    ({ below, above, at: time }) => below !== null || above !== null || time !== null,
  )
}

export function reportWakes(state: AnyPair, out: Wants): void {
  const wakes = wakesOf(state)
  for (const { instrument } of state.wakes) {
    if (!wakes.some((wake) => wake.instrument === instrument))
      out.wake({ instrument, below: null, above: null, at: null, by: 'last' })
  }
  for (const wake of wakes) out.wake(wake)
  state.wakes = wakes
}
