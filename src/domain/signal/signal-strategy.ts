/**
 * Makes a strategy of a rule: the rule hears the bars of its timeframe and says long, short or out; everything else is
 * shared (signal-core.ts). A signal decides on the close of a closed bar, and the order goes out after it.
 */
import { type Atr, atrNext, atrStart } from '../indicator/atr.ts'
import type { Instrument } from '../instrument.ts'
import type { Candle } from '../market.ts'
import { InvariantError, money } from '../money.ts'
import type { AttributedFill } from '../order.ts'
import type {
  Contradiction,
  Json,
  Objection,
  RestingWant,
  Strategy,
  StrategyContext,
  StrategyEvent,
  Wants,
} from '../strategy.ts'
import {
  addToBar,
  type Bar,
  type Bars,
  barsStart,
  endBar,
  endedBefore,
  isOwnBar,
  timeframeFault,
} from './bars.ts'
import { needsAtr } from './exits.ts'
import {
  GivenParameters,
  ParameterReader,
  type RawParameters,
  type Schema,
} from './parameter-reader.ts'
import {
  coreStart,
  decide,
  end,
  follow,
  heard,
  isBusy,
  NOTHING,
  onBarClose,
  onFill,
  reportResting,
  restingOf,
  type Signal,
  type SignalCore,
  setSettings,
  targetOf,
  wakesOf,
} from './signal-core.ts'
import { signalReport } from './signal-report.ts'
import {
  readSignalSettings,
  type SignalSettings,
  sharedContradictions,
  signalSchema,
} from './signal-settings.ts'

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
  /** What a test on candles cannot tell; every report says so. */
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

type Read<Own> = { readonly settings: SignalSettings; readonly own: Own }

/** @returns the strategy; its schema is that of the rule and the shared keys */
export function signalStrategy<Own>(
  rule: SignalRule<Own>,
): Strategy<RawParameters, SignalState<Own>> {
  const schema = signalSchema(rule.parameters, rule.omitted ?? [])
  const kit: Kit<Own> = { rule, schema, reading: (...given) => read(rule, schema, ...given) }
  return {
    id: rule.id,
    stateVersion: 1,
    parameters: schema,
    ...(rule.caveat === undefined ? {} : { caveat: rule.caveat }),
    inputs: (raw) => inputsOf(rule, raw, schema),
    contradictions: (raw) => contradictionsIn(kit, raw),
    check: (raw, context) => objectionsTo(kit, raw, context),
    start: (raw, context) => startState(kit, raw, context),
    on(state, event, out) {
      if (event.kind !== 'candle') return onOther(kit, state, event, out)
      const { core } = state
      if (event.instrument !== core.instrument.id) return
      heard(core, event.at, event.price, out)
      const { candle } = event
      if (core.trade !== null) follow(core, candle, out)
      if (core.finish !== null) return
      if (isOwnBar(state.bars, candle)) onBar(rule, state, candle, out)
      else aggregate(rule, state, candle, out)
    },
    wanted({ core, own }) {
      const target = targetOf(core)
      return {
        resting: [...restingOf(core), ...(rule.rests?.resting(own, core) ?? [])],
        targets: target === null ? [] : [target],
        wakes: wakesOf(core),
        finish: core.finish,
      }
    },
    migrate(_state, fromVersion) {
      throw new InvariantError(
        `Invariant: ${rule.id} knows states of version 1, found ${fromVersion}; start the instance with the program that wrote it`,
      )
    },
    report: (state, prices) =>
      signalReport(state.core, prices[0]?.mark ?? state.core.mark, {
        indicators: rule.indicators(state.own, state.core.instrument),
        ...(rule.caveat === undefined ? {} : { indicative: rule.caveat }),
      }),
  }
}

/** A rule with what is made of it. */
interface Kit<Own> {
  readonly rule: SignalRule<Own>
  readonly schema: Schema
  reading(raw: RawParameters, instrument: Instrument): Read<Own> | readonly Objection[]
}

function read<Own>(
  rule: SignalRule<Own>,
  schema: Schema,
  raw: RawParameters,
  instrument: Instrument,
): Read<Own> | readonly Objection[] {
  const reader = new ParameterReader(raw, schema, instrument)
  const settings = readSignalSettings(reader)
  const own = readOwn(rule, reader)
  return reader.faults.length > 0 || own === null ? reader.faults : { settings, own }
}

function contradictionsIn<Own>({ rule, schema }: Kit<Own>, raw: RawParameters): Contradiction[] {
  const given = new GivenParameters(raw, schema)
  return [...(rule.contradictions?.(given) ?? []), ...sharedContradictions(given)]
}

/** Lengths that contradict each other make no indicators; they are objections already. */
function readOwn<Own>(rule: SignalRule<Own>, reader: ParameterReader): Own | null {
  if (reader.faults.length > 0) return null
  try {
    return rule.start(reader)
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error
    return reader.refuse('parameters', `${rule.id} cannot run so: ${error.message}`)
  }
}

function inputsOf<Own>(rule: SignalRule<Own>, raw: RawParameters, schema: Schema) {
  const given = new GivenParameters(raw, schema)
  const timeframe = given.word('timeframe')
  return {
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: timeframe === '' ? [] : [timeframe],
    warmUpCandles: warmUpOf(rule, raw, schema),
    bookDepth: 0,
  }
}

/** The instrument scales prices and lots, and no length hangs on it. */
const NO_INSTRUMENT = { quantityDecimals: 8, lotSize: 1, priceDecimals: 8 } as Instrument

function warmUpOf<Own>(rule: SignalRule<Own>, raw: RawParameters, schema: Schema): number {
  const own = readOwn(rule, new ParameterReader(raw, schema, NO_INSTRUMENT))
  return own === null ? 0 : rule.warmUp(own)
}

const isRefused = <Own>(found: Read<Own> | readonly Objection[]): found is readonly Objection[] =>
  Array.isArray(found)

const objection = (code: string, text: string): Objection => ({ code, text, overrideKey: null })

function objectionsTo<Own>(
  kit: Kit<Own>,
  raw: RawParameters,
  context: StrategyContext,
): readonly Objection[] {
  const [instrument] = context.instruments
  if (instrument === undefined) return []
  const contradictions = contradictionsIn(kit, raw).map(({ keys, allowed }) =>
    objection(`invalid_${keys[0]}`, `${keys[0]} must be ${allowed}`),
  )
  if (contradictions.length > 0) return contradictions
  const found = kit.reading(raw, instrument)
  if (isRefused(found)) return found
  const { timeframeMs = null } = context
  const fault =
    timeframeMs === null ? null : timeframeFault(found.settings.timeframeMs, timeframeMs)
  if (fault !== null) return [objection('timeframe', fault)]
  return kit.rule.check?.(found.own, found.settings, context) ?? []
}

function startState<Own>(
  kit: Kit<Own>,
  raw: RawParameters,
  context: StrategyContext,
): SignalState<Own> {
  const [instrument] = context.instruments
  if (instrument === undefined) throw new RangeError('a signal strategy needs an instrument')
  const found = kit.reading(raw, instrument)
  if (isRefused(found)) throw new RangeError(found[0]?.text ?? 'these parameters cannot run')
  const { settings, own } = found
  return {
    parameters: raw,
    core: coreStart(settings, context),
    bars: barsStart(settings.timeframeMs),
    atr: needsAtr(settings.exits) ? atrStart(settings.exits.atrLength) : null,
    own,
  }
}

function aggregate<Own>(
  rule: SignalRule<Own>,
  state: SignalState<Own>,
  candle: Candle,
  out: Wants,
): void {
  const { bars, core } = state
  const fault = timeframeFault(bars.timeframeMs, candle.closeAt - candle.openAt)
  if (fault !== null) {
    const before = rule.rests?.resting(state.own, core) ?? []
    end(core, 'timeframe', fault, out)
    return reportResting(before, [], out)
  }
  if (endedBefore(bars, candle) && endBar(bars)) onBar(rule, state, bars, out)
  if (addToBar(bars, candle) && endBar(bars)) onBar(rule, state, bars, out)
}

function onBar<Own>(rule: SignalRule<Own>, state: SignalState<Own>, bar: Bar, out: Wants): void {
  const { core, own } = state
  const before = rule.rests?.resting(own, core)
  if (isBusy(core)) onBarClose(core, out)
  const range = state.atr === null ? 0 : atrNext(state.atr, bar.high, bar.low, bar.close)
  // NaN until warm.
  const atr = range > 0 ? range : 0
  const signal = rule.next(own, bar)
  if (signal !== NOTHING) decide(core, signal, atr, out)
  if (rule.rests === undefined || before === undefined) return
  rule.rests.onBar(own, core, atr, out)
  reportResting(before, rule.rests.resting(own, core), out)
}

function onAnyFill<Own>(
  rests: RestingRule<Own> | undefined,
  { core, own }: SignalState<Own>,
  fill: AttributedFill,
  out: Wants,
): void {
  if (fill.instrument !== core.instrument.id) return
  if (rests === undefined) return onFill(core, fill, out)
  const before = rests.resting(own, core)
  onFill(core, fill, out)
  rests.onFill(own, core, fill, out)
  reportResting(before, rests.resting(own, core), out)
}

function onOther<Own>(
  { rule, schema }: Kit<Own>,
  state: SignalState<Own>,
  event: Exclude<StrategyEvent, { kind: 'candle' }>,
  out: Wants,
): void {
  const { core } = state
  if (event.kind === 'command') adjust(state, event.command.parameters, schema, out)
  else if (event.kind === 'fill') onAnyFill(rule.rests, state, event.fill, out)
  else if (event.instrument !== core.instrument.id) return
  else if (event.kind === 'price') heard(core, event.at, event.price, out)
  else core.book.funding = money(core.book.funding + event.amount)
}

/** A hot adjustment of sizing, exits and direction; what is not hot needs a new life of the instance. */
function adjust<Own>(state: SignalState<Own>, command: Json, schema: Schema, out: Wants): void {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) return
  const given = command as RawParameters
  const isOther = (key: string): boolean =>
    String(given[key] ?? schema[key]?.default ?? '') !==
    String(state.parameters[key] ?? schema[key]?.default ?? '')
  const changed = Object.keys(given).filter((key) => key in schema && isOther(key))
  const fixed = changed.filter((key) => schema[key]?.isHot !== true)
  if (fixed.length > 0) {
    out.note(
      'warn',
      `${fixed.join(', ')} cannot change while the strategy runs and stays as it was`,
    )
  }
  const hot = changed.filter((key) => schema[key]?.isHot === true)
  if (hot.length === 0 || state.core.finish !== null) return
  const merged = { ...state.parameters, ...Object.fromEntries(hot.map((key) => [key, given[key]])) }
  const reader = new ParameterReader(merged, schema, state.core.instrument)
  const settings = readSignalSettings(reader)
  const contradiction = sharedContradictions(new GivenParameters(merged, schema))[0]
  const refusal =
    reader.faults[0]?.text ??
    (contradiction && `${contradiction.keys[0]} must be ${contradiction.allowed}`) ??
    (needsAtr(settings.exits) && state.atr === null
      ? 'exits in ATRs cannot begin while the strategy runs'
      : undefined)
  if (refusal !== undefined) return out.note('warn', `the adjustment is refused: ${refusal}`)
  state.parameters = merged
  setSettings(state.core, settings, out)
  out.note('info', `adjusted: ${hot.join(', ')}`)
}
