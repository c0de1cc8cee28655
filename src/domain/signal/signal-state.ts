/** The state that all signal strategies share. Plain data, changed in place. */
import type { Instrument } from '../instrument.ts'
import type { Price } from '../money.ts'
import type { Finish } from '../strategy.ts'
import type { OpenTrade } from './exits.ts'
import type { OwnBook } from './own-book.ts'
import type { SignalSettings } from './signal-settings.ts'

/** The target that was reported last. */
export interface HeldTarget {
  readonly quantity: number
  /** Null = the market. */
  readonly worst: Price | null
  /** Closes what is held. */
  readonly isExit: boolean
}

export interface SignalCore {
  settings: SignalSettings
  readonly instrument: Instrument
  readonly leverage: number
  readonly capital: number
  readonly startedAt: number
  book: OwnBook
  last: number
  mark: number
  lastAt: number
  target: HeldTarget | null
  trade: OpenTrade | null
  /** Average true range at the latest entry signal, for the trade that it opens; 0 = not measured. */
  entryAtr: number
  finish: Finish | null
}
