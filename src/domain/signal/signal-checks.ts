/** Parameters of a signal strategy: read, judged without a market and in one, changed while it runs. */
import { atrStart } from '../indicator/atr.ts'
import type { Instrument } from '../instrument.ts'
import { InvariantError } from '../money.ts'
import type {
  Contradiction,
  Json,
  Objection,
  StrategyContext,
  StrategyInputs,
  Wants,
} from '../strategy.ts'
import { barsStart, timeframeFault } from './bars.ts'
import { needsAtr } from './exits.ts'
import {
  GivenParameters,
  ParameterReader,
  type RawParameters,
  type Schema,
} from './parameter-reader.ts'
import { coreStart, setSettings } from './signal-core.ts'
import type { SignalRule, SignalState } from './signal-rule.ts'
import { readSignalSettings, type SignalSettings, sharedContradictions } from './signal-settings.ts'

/** A rule with the whole schema of its strategy. */
export interface Kit<Own> {
  readonly rule: SignalRule<Own>
  readonly schema: Schema
}

type Read<Own> = { readonly settings: SignalSettings; readonly own: Own }

function read<Own>(
  { rule, schema }: Kit<Own>,
  raw: RawParameters,
  instrument: Instrument,
): Read<Own> | readonly Objection[] {
  const reader = new ParameterReader(raw, schema, instrument)
  const settings = readSignalSettings(reader)
  const own = readOwn(rule, reader)
  return reader.faults.length > 0 || own === null ? reader.faults : { settings, own }
}

/** What no market can make right. */
export function contradictionsIn<Own>(
  { rule, schema }: Kit<Own>,
  raw: RawParameters,
): Contradiction[] {
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

/** Bars it needs before it may speak, and their timeframe. */
export function inputsOf<Own>({ rule, schema }: Kit<Own>, raw: RawParameters): StrategyInputs {
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

/** Why these parameters cannot run in this market. */
export function objectionsTo<Own>(
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
  const found = read(kit, raw, instrument)
  if (isRefused(found)) return found
  const { timeframeMs = null } = context
  const fault =
    timeframeMs === null ? null : timeframeFault(found.settings.timeframeMs, timeframeMs)
  if (fault !== null) return [objection('timeframe', fault)]
  return kit.rule.check?.(found.own, found.settings, context) ?? []
}

/** @throws RangeError when objectionsTo would have refused the parameters */
export function startState<Own>(
  kit: Kit<Own>,
  raw: RawParameters,
  context: StrategyContext,
): SignalState<Own> {
  const [instrument] = context.instruments
  if (instrument === undefined) throw new RangeError('a signal strategy needs an instrument')
  const found = read(kit, raw, instrument)
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

/** A hot adjustment of sizing, exits and direction; what is not hot needs a new life of the instance. */
export function adjust<Own>(
  state: SignalState<Own>,
  command: Json,
  schema: Schema,
  out: Wants,
): void {
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
