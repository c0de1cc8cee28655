/** The margin of two legs on two accounts: a pair is left before a venue closes one side, and what would even them is suggested. Pure. */
import { type InstrumentId, notionalOf } from '../instrument.ts'
import { divide, mulDiv, quantity, RATIO_SCALE } from '../money.ts'
import { maintenanceMargin } from '../position/margin.ts'
import { amountText } from '../signal/amounts.ts'
import type { Wants } from '../strategy.ts'
import { equityOfLeg, inFirst, type Leg } from './leg-state.ts'
import { leavePair } from './pair-moves.ts'
import type { AnyPair } from './pair-state.ts'

/** Leaves the pair before a venue liquidates one side. */
export function watchMargin(state: AnyPair, out: Wants): void {
  const { legs, settings } = state
  if (settings.marginExit === 0 || legs.phase === 'exiting') return
  for (const leg of legs.pair) {
    const { instrument, book, heard } = leg
    if (book.position === 0 || heard === null) continue
    const value = notionalOf(instrument, heard.mark, quantity(Math.abs(book.position)))
    const needed = maintenanceMargin(instrument.marginTiers, value)
    const least = mulDiv(needed, settings.marginExit, RATIO_SCALE, 'ceil')
    const equity = equityOfLeg(leg)
    if (equity >= least) continue
    const text = `margin of ${instrument.id}: equity ${amountText(equity)}, left below ${amountText(least)}`
    return leavePair(state, text, true, out)
  }
}

export interface RebalanceHint {
  readonly from: InstrumentId
  readonly to: InstrumentId
  /** 1e-8 of the first leg's settlement currency. */
  readonly amount: number
}

/** The transfer that would make both legs even, when they are further apart than is wanted; null = they are not. */
export function rebalanceHint({ legs, settings }: AnyPair): RebalanceHint | null {
  const [first, second] = legs.pair
  const worth = (leg: Leg): number => inFirst(leg, Math.trunc(equityOfLeg(leg)))
  const [one, other] = [worth(first), worth(second)]
  const apart = Math.abs(one - other)
  if (apart <= mulDiv(Math.abs(one + other), settings.rebalance, RATIO_SCALE, 'ceil')) return null
  const [from, to] = one > other ? [first, second] : [second, first]
  return { from: from.instrument.id, to: to.instrument.id, amount: divide(apart, 2, 'floor') }
}

export function suggestRebalance(state: AnyPair, out: Wants): void {
  const hint = rebalanceHint(state)
  if (hint === null) {
    state.isRebalanceNoted = false
    return
  }
  if (state.isRebalanceNoted) return
  state.isRebalanceNoted = true
  const { settle } = state.legs.pair[0].instrument
  out.note(
    'warn',
    `the margins of the legs are uneven: moving ${amountText(hint.amount)} ${settle} from the venue of ${hint.from} to that of ${hint.to} would even them (never done by itself)`,
  )
}
