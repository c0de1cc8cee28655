/** Makes a strategy of two legs of a rule: the rule says when a pair is entered and left, everything else is shared. */
import { InvariantError } from '../money.ts'
import {
  GivenParameters,
  ParameterReader,
  type RawParameters,
  type Schema,
} from '../signal/parameter-reader.ts'
import type {
  Contradiction,
  Json,
  Objection,
  RestingWant,
  Strategy,
  StrategyContext,
  StrategyEvent,
  TargetWant,
  Wants,
} from '../strategy.ts'
import {
  type Legs,
  leastUnits,
  legIndexOf,
  legsStart,
  takeLegTerms,
  unitsText,
} from './leg-state.ts'
import {
  advancePair,
  concludePair,
  onLegFill,
  onLegFunding,
  onLegOpen,
  onLegPrice,
  pairStart,
} from './pair-core.ts'
import { resumeEntries } from './pair-entry.ts'
import { pricesCount } from './pair-market.ts'
import { clipUnits, orderUnits } from './pair-moves.ts'
import {
  type PairSettings,
  pairContradictions,
  pairParameters,
  readPairSettings,
} from './pair-parameters.ts'
import { pairReport } from './pair-report.ts'
import type { AnyPair, PairState } from './pair-state.ts'

export interface PairRule<Own, Extra> {
  readonly id: string
  readonly caveat?: string
  /** Beside the shared ones, which it may word in its own way. */
  readonly parameters: Schema
  /** Shared keys that mean nothing here. */
  readonly omitted?: readonly string[]
  read(reader: ParameterReader): Extra
  contradictions?(given: GivenParameters): readonly Contradiction[]
  /** Refusals in this market, beside the shared ones. */
  check?(state: PairState<Own, Extra>, context: StrategyContext): readonly Objection[]
  own(): Own
  /** At market events with prices that count on both legs. */
  decide(state: PairState<Own, Extra>, out: Wants): void
  /** At every other event, by the last prices however old: stop and time. */
  protect?(state: PairState<Own, Extra>, out: Wants): void
  resting?(state: PairState<Own, Extra>): RestingWant[]
  report(state: PairState<Own, Extra>): { readonly [key: string]: Json }
}

const objection = (code: string, text: string): Objection => ({ code, text, overrideKey: null })

/** @returns the strategy; its schema is that of the rule and the shared keys */
export function pairStrategy<Own, Extra>(
  rule: PairRule<Own, Extra>,
): Strategy<RawParameters, PairState<Own, Extra>> {
  const shared = Object.entries(pairParameters).filter(([key]) => !rule.omitted?.includes(key))
  const schema: Schema = { ...rule.parameters, ...Object.fromEntries(shared), ...rule.parameters }
  const kit: Kit<Own, Extra> = { rule, schema }
  return {
    id: rule.id,
    stateVersion: 1,
    parameters: schema,
    ...(rule.caveat === undefined ? {} : { caveat: rule.caveat }),
    inputs: (raw) => ({
      instrumentsMin: 2,
      instrumentsMax: 2,
      timeframes: [],
      warmUpCandles: 0,
      bookDepth: new GivenParameters(raw, schema).number('book_depth') ?? 0,
    }),
    contradictions: (raw) => contradictionsIn(kit, raw),
    check: (raw, context) => objectionsTo(kit, raw, context),
    start: (raw, context) => startPair(kit, raw, context),
    on: (state, event, out) => onEvent(kit, state, event, out),
    takeTerms: ({ legs }, terms) => takeLegTerms(legs, terms),
    wanted: ({ finish, resting, legs, wakes }) => ({
      resting,
      targets: legs.pair
        .map(({ target }) => target)
        .filter((want): want is TargetWant => want !== null),
      wakes,
      finish,
    }),
    migrate(_state, fromVersion) {
      throw new InvariantError(
        `Invariant: ${rule.id} knows states of version 1, found ${fromVersion}; start the instance with the program that wrote it`,
      )
    },
    report: (state, prices) => {
      // Prices of now, without touching what is stored.
      const seen = JSON.parse(JSON.stringify(state)) as typeof state
      for (const index of [0, 1] as const) {
        const found = prices[index]
        const leg = seen.legs.pair[index]
        if (found === undefined) continue
        const { last, mark } = found
        if (leg.heard === null) onLegPrice(seen, state.legs.at, index, found)
        else leg.heard = { ...leg.heard, last, mark }
      }
      return pairReport(seen, rule.report(seen))
    },
  }
}

interface Kit<Own, Extra> {
  readonly rule: PairRule<Own, Extra>
  readonly schema: Schema
}

function contradictionsIn<Own, Extra>(kit: Kit<Own, Extra>, raw: RawParameters): Contradiction[] {
  const given = new GivenParameters(raw, kit.schema)
  return [...pairContradictions(given), ...(kit.rule.contradictions?.(given) ?? [])]
}

/** Base is read in units of the grid that both legs count on. */
function readerFor<Own, Extra>(
  { schema }: Kit<Own, Extra>,
  raw: RawParameters,
  { grid, pair }: Legs,
): ParameterReader {
  const instrument = { ...pair[0].instrument, quantityDecimals: grid.decimals, lotSize: 1 }
  return new ParameterReader(raw, schema, instrument)
}

function readAll<Own, Extra>(
  kit: Kit<Own, Extra>,
  raw: RawParameters,
  legs: Legs,
): { readonly settings: PairSettings & Extra; readonly faults: readonly Objection[] } {
  const reader = readerFor(kit, raw, legs)
  const settings = { ...readPairSettings(reader), ...kit.rule.read(reader) }
  return { settings, faults: reader.faults }
}

/** Contracts that cannot belong together, whatever the parameters. */
function pairingFaults(context: StrategyContext): Objection[] {
  const [first, second] = context.instruments
  if (first === undefined || second === undefined)
    return [objection('legs', `two legs are needed, found ${context.instruments.length}`)]
  const faults: Objection[] = []
  if (first.base !== second.base)
    faults.push(
      objection(
        'different_base',
        `both legs must be of one base, found ${first.base} and ${second.base}`,
      ),
    )
  for (const { id, kind } of [first, second])
    if (kind !== 'linear')
      faults.push(
        objection('inverse', `${id} is settled in base; both legs must be linear contracts`),
      )
  if (first.id === second.id)
    faults.push(objection('same_leg', `both legs are ${first.id}; name two venues`))
  return faults
}

function objectionsTo<Own, Extra>(
  kit: Kit<Own, Extra>,
  raw: RawParameters,
  context: StrategyContext,
): readonly Objection[] {
  const faults = pairingFaults(context)
  if (faults.length > 0) return faults
  const contradictions = contradictionsIn(kit, raw)
  if (contradictions.length > 0)
    return contradictions.map(({ keys, allowed }) =>
      objection(`invalid_${keys[0]}`, `${keys[0]} must be ${allowed}`),
    )
  const found = readAll(kit, raw, legsStart(context))
  if (found.faults.length > 0) return found.faults
  const state = pairStart(raw, found.settings, context, kit.rule.own())
  return [...sizeFaults(state), ...(kit.rule.check?.(state, context) ?? [])]
}

/** Two smallest orders of both venues must fit into the size, and its margin into the capital of each leg. */
function sizeFaults(state: AnyPair): Objection[] {
  const { legs } = state
  const size = orderUnits(state)
  const least = 2 * Math.max(leastUnits(legs.pair[0]), leastUnits(legs.pair[1]))
  if (size < least) {
    const { base } = legs.pair[0].instrument
    const text = `a pair is ${unitsText(legs, size)} ${base}, less than two smallest orders of both venues (${unitsText(legs, least)} ${base}): raise order_quantity or order_notional`
    return [objection('size_too_small', text)]
  }
  const faults: Objection[] = []
  for (const { instrument, unit, heard, capital, leverage } of legs.pair) {
    if (heard === null) continue
    const worth = (size / unit) * heard.ask * instrument.moneyPerUnit
    if (worth <= capital * leverage) continue
    const text = `a pair is worth ${Math.ceil(worth / 1e8)} ${instrument.settle} on ${instrument.id}, more than the capital of that leg × leverage (${Math.floor((capital * leverage) / 1e8)}): lower the size or raise the capital`
    faults.push(objection('size_too_large', text))
  }
  return faults
}

function startPair<Own, Extra>(
  kit: Kit<Own, Extra>,
  raw: RawParameters,
  context: StrategyContext,
): PairState<Own, Extra> {
  const { settings, faults } = readAll(kit, raw, legsStart(context))
  if (faults.length > 0) throw new RangeError(faults[0]?.text ?? 'these parameters cannot run')
  const state = pairStart(raw, settings, context, kit.rule.own())
  state.legs.clip = clipUnits(state, orderUnits(state))
  return state
}

function onEvent<Own, Extra>(
  kit: Kit<Own, Extra>,
  state: PairState<Own, Extra>,
  event: StrategyEvent,
  out: Wants,
): void {
  advancePair(state, event.at)
  let isMarket = false
  switch (event.kind) {
    case 'price':
    case 'candle': {
      const index = legIndexOf(state.legs, event.instrument)
      if (index === null) return
      onLegPrice(state, event.at, index, event.price)
      const { decidesOn } = state.settings
      isMarket =
        (event.kind === 'candle' || decidesOn === 'price') &&
        pricesCount(state.legs, state.settings)
      break
    }
    case 'fill':
      onLegFill(state, event.fill, out)
      break
    case 'funding':
      onLegFunding(state, event.instrument, event.amount)
      break
    case 'leg':
      onLegOpen(state, event, out)
      break
    case 'command':
      adjust(kit, state, event.command.parameters, out)
  }
  const { rule } = kit
  const actions = {
    decide: () => rule.decide(state, out),
    protect: () => rule.protect?.(state, out),
    resting: () => rule.resting?.(state) ?? [],
  }
  concludePair(state, isMarket, actions, out)
}

/** A hot adjustment; what is not hot needs a new life of the instance. */
function adjust<Own, Extra>(
  kit: Kit<Own, Extra>,
  state: PairState<Own, Extra>,
  command: Json,
  out: Wants,
): void {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) return
  const { schema } = kit
  const given = command as RawParameters
  const shown = (value: Json | undefined, key: string): string =>
    String(value ?? schema[key]?.default ?? '')
  const changed = Object.keys(given).filter(
    (key) => key in schema && shown(given[key], key) !== shown(state.parameters[key], key),
  )
  const fixed = changed.filter((key) => schema[key]?.isHot !== true)
  if (fixed.length > 0)
    out.note(
      'warn',
      `${fixed.join(', ')} cannot change while the strategy runs and stays as it was`,
    )
  const hot = changed.filter((key) => schema[key]?.isHot === true)
  if (hot.length === 0 || state.finish !== null) return
  const merged = { ...state.parameters, ...Object.fromEntries(hot.map((key) => [key, given[key]])) }
  const found = readAll(kit, merged, state.legs)
  const contradiction = contradictionsIn(kit, merged)[0]
  const refusal =
    found.faults[0]?.text ??
    (contradiction && `${contradiction.keys[0]} must be ${contradiction.allowed}`)
  if (refusal !== undefined) return out.note('warn', `the adjustment is refused: ${refusal}`)
  state.parameters = merged
  state.settings = found.settings
  out.note('info', `adjusted: ${hot.join(', ')}`)
  resumeEntries(state, out)
}
