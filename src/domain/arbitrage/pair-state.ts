/** What an instance of two legs stores, of any strategy. */
import type { RawParameters } from '../signal/parameter-reader.ts'
import type { Finish, RestingWant, Wake } from '../strategy.ts'
import type { Legs } from './leg-state.ts'
import type { PairSettings } from './pair-parameters.ts'
import type { OpportunityBook } from './round-trip.ts'

/** Plain data: what an instance of two legs stores. */
export interface PairState<Own, Extra> {
  parameters: RawParameters
  settings: PairSettings & Extra
  readonly legs: Legs
  readonly book: OpportunityBook
  own: Own
  finish: Finish | null
  /** Orders that rest, as they were last said. */
  resting: RestingWant[]
  wakes: Wake[]
  /** Market time at which the strategy itself wants to be called; null = prices and fills are enough. */
  nextAt: number | null
  /** A transfer was suggested and the legs are still as uneven. */
  isRebalanceNoted: boolean
  readonly startedAt: number
}

/** A pair of any strategy. */
export type AnyPair = PairState<unknown, unknown>
