/**
 * The strategy contract (see docs/concepts/wants.md): a strategy says what should rest and which position should be
 * held; it never sends an order. `on` is synchronous and pure but for its own state.
 */

import type { InstanceMode } from './instance-mode.ts'
import type { Instrument, InstrumentId } from './instrument.ts'
import type { Candle, MarketPrice } from './market.ts'
import type { Money, Price, Quantity, Ratio } from './money.ts'
import type { AttributedFill, Side, Trigger } from './order.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** One resting order wanted. `quantity` is what is still to trade, or the whole position for protective orders. */
export interface RestingWant {
  /** Unique within the instance; orders of a slot never exceed its quantity. */
  readonly slot: string
  readonly instrument: InstrumentId
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity | 'position'
  readonly isPostOnly: boolean
  readonly isReduceOnly: boolean
  /** Present on protective orders. */
  readonly trigger: Trigger | null
}

/** A signed position wanted on one instrument. */
export interface TargetWant {
  readonly instrument: InstrumentId
  readonly quantity: Quantity
  /** Never trade beyond this price; null = the market within the desk's price band. */
  readonly worstPrice: Price | null
  /** maker_first rests at the touch until the deadline, then takes. */
  readonly style: 'take' | 'maker_first'
  /** Market time after which nothing more is tried; null = for ever. */
  readonly deadlineAt: number | null
  readonly isReduceOnly: boolean
}

/** When the strategy must hear a price or the clock again; null = never for that reason. */
export interface Wake {
  readonly instrument: InstrumentId
  /** A price at or below wakes. */
  readonly below: Price | null
  /** A price at or above wakes. */
  readonly above: Price | null
  /** Market time. */
  readonly at: number | null
  /** Which price is watched. */
  readonly by: 'last' | 'mark'
}

/** Ends the instance by the strategy's own rule (stop loss, take profit, duration, boundary close). */
export interface Finish {
  readonly reason: string
  readonly orders: 'cancel' | 'keep'
  readonly positions: 'close' | 'keep'
}

/** One reported change of the wants; order matters. */
export type WantChange =
  | { readonly kind: 'rest'; readonly want: RestingWant }
  | { readonly kind: 'drop'; readonly slot: string }
  | { readonly kind: 'target'; readonly want: TargetWant }
  | { readonly kind: 'drop_target'; readonly instrument: InstrumentId }

/** Where a strategy reports changes of what it wants. */
export interface Wants {
  rest(want: RestingWant): void
  drop(slot: string): void
  target(want: TargetWant): void
  /** Takes the target of an instrument back: the position is left as it is. */
  dropTarget(instrument: InstrumentId): void
  wake(wake: Wake): void
  finish(finish: Finish): void
  /** A sentence for the log and the event list. */
  note(level: 'info' | 'warn', text: string): void
}

/** The whole set of wants, as computed from scratch. */
export interface Wanted {
  readonly resting: readonly RestingWant[]
  readonly targets: readonly TargetWant[]
  readonly wakes: readonly Wake[]
  readonly finish: Finish | null
}

/** What a strategy hears. Account events carry the desk's sequence number, market events do not. */
export type StrategyEvent =
  | {
      readonly kind: 'candle'
      readonly at: number
      readonly instrument: InstrumentId
      readonly candle: Candle
      readonly price: MarketPrice
    }
  | {
      readonly kind: 'price'
      readonly at: number
      readonly instrument: InstrumentId
      readonly price: MarketPrice
    }
  | {
      readonly kind: 'fill'
      readonly at: number
      readonly seq: number
      readonly fill: AttributedFill
    }
  | {
      readonly kind: 'funding'
      readonly at: number
      readonly seq: number
      readonly instrument: InstrumentId
      readonly amount: Money
    }
  /** Instances of several legs alone: what may be done on this leg now, and why no more. Told when it changes, and first at the start. */
  | {
      readonly kind: 'leg'
      readonly at: number
      readonly instrument: InstrumentId
      /** New risk may be taken. */
      readonly isOpen: boolean
      /** What is held may be made smaller: its venue answers, and its mode (e.g. paused) lets orders pass that only reduce. */
      readonly canReduce: boolean
      /** One clause why it is not open; null while it is. */
      readonly reason: string | null
      /** False: its venue holds something else than the books, or may; nothing is hedged by it. Absent = nothing new is known. */
      readonly isPositionSure?: boolean
      /** Its mode at its desk. Absent = nothing new is known. */
      readonly mode?: InstanceMode
    }
  | { readonly kind: 'command'; readonly at: number; readonly command: StrategyCommand }

/** A hot adjustment by the operator: parameters that replace the present ones. */
export interface StrategyCommand {
  readonly name: 'adjust'
  readonly parameters: Json
}

/** What is known once, at the first start of an instance. */
export interface StrategyContext {
  readonly at: number
  readonly instruments: readonly Instrument[]
  /** In the order of `instruments`. */
  readonly prices: readonly MarketPrice[]
  /** Money of the instance at its start. */
  readonly capital: Money
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  /** Fee rates that apply, per instrument. */
  readonly fees: readonly { readonly maker: Ratio; readonly taker: Ratio }[]
  /** Positions found on the account at the first start, signed, per instrument (initial_position: adopt). */
  readonly positions: readonly Quantity[]
  readonly initialPosition: 'open' | 'adopt' | 'none'
  /** Worth of one unit of each leg's settlement currency in that of the first, 1e-8; absent = all settle alike. */
  readonly settleRates?: readonly Ratio[]
  /** Share of the capital that lies at the venue of each leg, in the settlement currency of the leg; absent = split evenly. */
  readonly legCapitals?: readonly Money[]
  /** Leverage of each leg; absent = `leverage` for all. */
  readonly legLeverages?: readonly number[]
  /** Share of the equity of each leg that its desk lets be margin, 1e-8; absent = not known. */
  readonly legUtilizations?: readonly Ratio[]
  /** Length of the candles that will be heard, ms; absent or null = not known before the first. */
  readonly timeframeMs?: number | null
}

/** Terms of the legs that an edit of the file may change in the life of an instance. */
export type LegsTerms = Pick<StrategyContext, 'legCapitals' | 'legLeverages' | 'legUtilizations'>

/** Plain description of one parameter; the configuration checks it, the bot does not. */
export interface ParameterSchema {
  readonly type: 'number' | 'integer' | 'decimal' | 'boolean' | 'string' | 'enum' | 'decimalOrFalse'
  readonly doc: string
  readonly unit?: string
  readonly default?: Json
  readonly values?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly isRequired?: boolean
  /** Acts without a restart. */
  readonly isHot?: boolean
}

/** What a strategy needs to be fed with. */
export interface StrategyInputs {
  /** Indexes into the instance's list of legs (venue + symbol); single-instrument strategies use one. */
  readonly instrumentsMin: number
  readonly instrumentsMax: number
  /** Timeframes of closed candles wanted, e.g. ['1m']; empty = the feed's own candles. */
  readonly timeframes: readonly string[]
  readonly warmUpCandles: number
  readonly bookDepth: number
}

/** Why parameters cannot run, with the numbers. `isOverridable`: the named key allows it all the same. */
export interface Objection {
  readonly code: string
  readonly text: string
  readonly overrideKey: string | null
}

/** A key that cannot stand beside others, whatever the market: found when a file is read. */
export interface Contradiction {
  /** Every key that it hangs on; it is told at the first. */
  readonly keys: readonly [string, ...string[]]
  /** What stands there; null = nothing. */
  readonly found: string | null
  /** Reads behind "must be". */
  readonly allowed: string
}

/** What is known of an instance before any market. */
export interface ContradictionTerms {
  readonly capital: Money
  readonly leverage: number
  readonly initialPosition: 'open' | 'adopt' | 'none'
}

export interface Strategy<Parameters, State> {
  readonly id: string
  /** Raised when the shape of State changes; `migrate` turns older states into the present shape. */
  readonly stateVersion: number
  readonly parameters: Readonly<Record<string, ParameterSchema>>
  /** What a test on candles or its figures cannot tell of it; every report says so. Absent = nothing particular. */
  readonly caveat?: string
  inputs(parameters: Parameters): StrategyInputs
  /** What no market can make right; absent = the schema says all there is. */
  contradictions?(parameters: Parameters, terms: ContradictionTerms): readonly Contradiction[]
  /** Refusals before anything starts; an empty list means the parameters may run. */
  check(parameters: Parameters, context: StrategyContext): readonly Objection[]
  /** Once per life of the instance, never at a restart: auto_price, trigger and start time are fixed here. */
  start(parameters: Parameters, context: StrategyContext): State
  /** Mutates and returns nothing: wants go to `out`, the state is changed in place. Synchronous, no clock, no I/O. */
  on(state: State, event: StrategyEvent, out: Wants): void
  /**
   * Of several legs, at each start of the process after the first: what the file says of them now. Money that an edit has put
   * at a venue, or taken away, is no profit and no loss. Absent = the strategy does not count with them.
   */
  takeTerms?(state: State, terms: LegsTerms): void
  /** The same wants, from scratch; used after a restart. */
  wanted(state: State): Wanted
  migrate(state: Json, fromVersion: number): State
  /** Numbers for people, money as decimal text: shown by status, list and reports. */
  report(state: State, prices: readonly MarketPrice[]): Json
}
