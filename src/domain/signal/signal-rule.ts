/** What a strategy of our own says beside what all share: its keys, its indicators, its signal at the close of a bar. */
import type { Atr } from '../indicator/atr.ts'
import type { Instrument } from '../instrument.ts'
import type { AttributedFill } from '../order.ts'
import type {
  Contradiction,
  Json,
  Objection,
  RestingWant,
  StrategyContext,
  Wants,
} from '../strategy.ts'
import type { Bar, Bars } from './bars.ts'
import type { GivenParameters, ParameterReader, RawParameters, Schema } from './parameter-reader.ts'
import type { Signal } from './signal-core.ts'
import type { SignalSettings } from './signal-settings.ts'
import type { SignalCore } from './signal-state.ts'

/** What a rule does beside its signals: orders of its own that rest. */
export interface RestingRule<Own> {
  /** From scratch; none once the strategy has ended. */
  resting(own: Own, core: SignalCore): RestingWant[]
  /** After the signal of a bar. @param atr average true range now, 0 = not measured */
  onBar(own: Own, core: SignalCore, atr: number, out: Wants): void
  /** After a fill is booked. */
  onFill(own: Own, core: SignalCore, fill: AttributedFill, out: Wants): void
}

/** A rule and its own state, which is plain data: settings and indicators. */
export interface SignalRule<Own> {
  readonly id: string
  /** Its own keys, and shared ones that it words otherwise. */
  readonly parameters: Schema
  /** Shared keys that mean nothing to it. */
  readonly omitted?: readonly string[]
  /** What a test on candles or its figures cannot tell; every report says so. */
  readonly caveat?: string
  readonly rests?: RestingRule<Own>
  contradictions?(given: GivenParameters): Contradiction[]
  /** What only the market shows. */
  check?(own: Own, settings: SignalSettings, context: StrategyContext): readonly Objection[]
  start(reader: ParameterReader): Own
  /** Bars until it may speak. */
  warmUp(own: Own): number
  /** What the close of a bar says. Changes the state in place, allocates nothing. */
  next(own: Own, bar: Bar): Signal
  /** Indicator values for people. */
  indicators(own: Own, instrument: Instrument): { readonly [key: string]: Json }
}

export interface SignalState<Own> {
  parameters: RawParameters
  core: SignalCore
  bars: Bars
  /** Exits in ATRs measure it; null = none does. */
  atr: Atr | null
  own: Own
}
