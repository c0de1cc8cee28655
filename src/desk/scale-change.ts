/**
 * What the journal holds of an instance whose contract the venue counts in other steps than before. A desk that took the old
 * numbers for new ones would believe in another position, another equity, and a loss that nobody made.
 */
import type { Instrument } from '../domain/instrument.ts'
import { money } from '../domain/money.ts'
import type { StoredOrder } from '../domain/order.ts'
import { rescaledLots, rescaledOrder, scaleDifference } from '../domain/scale-change.ts'
import type { LoopState } from '../engine/order-loop-types.ts'
import type { JournalInstance } from '../ports/journal-store.ts'

export interface Restored {
  readonly state: LoopState | null
  readonly unsettled: readonly StoredOrder[]
  /** For the log; null = the venue counts as before. */
  readonly text: string | null
}

/** The stored state of an instance in the steps of now. */
export function restoredIn(
  now: Instrument,
  row: JournalInstance | undefined,
  unsettled: readonly StoredOrder[],
): Restored {
  if (row === undefined) return { state: null, unsettled, text: null }
  const state = row.risk as unknown as LoopState
  const before = row.instrument as unknown as Instrument
  const key = scaleDifference(before, now)
  if (key === null) return { state, unsettled, text: null }
  const { lots, isExact } = rescaledLots(state.position, before, now)
  const rest = isExact ? '' : ', less a part of a lot that cannot be said in the new ones'
  // What it cost, and all else that is money, is as it was; waits after refusals are of orders that are over.
  const { cost } = state
  const rescaled: LoopState = {
    ...state,
    position: lots,
    gap: 0,
    delays: {},
    ...(cost === undefined ? {} : { cost: lots === 0 && cost !== null ? money(0) : cost }),
  }
  return {
    state: rescaled,
    unsettled: unsettled.map((order) => rescaledOrder(order, before, now) ?? order),
    text: `${now.venue} counts ${now.symbol} in other steps (${key} was ${before[key]} and is ${now[key]}): the position of ${row.instance} goes on as ${lots} lots instead of ${state.position}${rest}, its money as it was; the books of its bot cannot go on, it says what to do`,
  }
}
