/** An instance file's `legs`: each leg is resolved as if it were a file of its own, of exchange_config and what it says itself. */
import { parseDecimal, type Ratio, ratio } from '../domain/money.ts'
import { parseSymbol } from '../domain/symbol.ts'
import { type Fault, faultAt, type Place, placeText, shown, wrongValue } from './fault.ts'
import type { InstanceValues } from './instance-schema.ts'
import { LEG_KEYS } from './leg-schema.ts'
import type { FoundValues } from './reader.ts'
import type { LegsWanted, ResolveInput } from './resolve-input.ts'
import type { LegsLimits, ResolvedSettings } from './resolved-instance.ts'

type LegValues = InstanceValues['legs'][number]

/** One input for each leg; without `legs` the input itself, and none while a leg cannot be read. */
export function legInputs(input: ResolveInput): readonly ResolveInput[] {
  const { legs } = input.values
  if (areFaulty(input)) return []
  return legs.length === 0 ? [input] : legs.map((leg, index) => inputOf(input, leg, index))
}

function inputOf(input: ResolveInput, leg: LegValues, index: number): ResolveInput {
  const { metadata, exchange_config: exchange } = input.values
  const own = Object.fromEntries(
    LEG_KEYS.filter((key) => key !== 'paper' && leg[key] !== null).map((key) => [key, leg[key]]),
  )
  const terms = Object.fromEntries(Object.entries(leg.paper).filter(([, value]) => value !== null))
  return {
    ...input,
    found: foundOf(input, index),
    values: {
      ...input.values,
      metadata: { ...metadata, exchange: leg.exchange, symbol: leg.symbol },
      exchange_config: { ...exchange, ...own, paper: { ...exchange.paper, ...terms } },
    },
  }
}

/** What the leg says stands where exchange_config and metadata would say it. */
function foundOf({ found }: ResolveInput, index: number): FoundValues {
  const below = `legs[${index}].`
  const own = [...found].flatMap(([key, value]) =>
    key.startsWith(below) && value.value !== null
      ? [[commonName(key.slice(below.length)), value] as const]
      : [],
  )
  return new Map([...found, ...own])
}

const commonName = (name: string): string =>
  name === 'exchange' || name === 'symbol' ? `metadata.${name}` : `exchange_config.${name}`

const OF_A_LEG = new RegExp(
  `\\b(?:metadata\\.(exchange|symbol)|exchange_config\\.(${LEG_KEYS.join('|')}))\\b`,
  'g',
)

/** Faults of a leg, told by the names of its own keys, at the place of the leg where the key is missing. */
export function legFaults(input: ResolveInput, index: number, faults: readonly Fault[]): Fault[] {
  if (input.values.legs.length === 0) return [...faults]
  const place = input.found.get(`legs[${index}]`)?.place
  const named = (text: string) =>
    text.replaceAll(OF_A_LEG, (_all, common?: string, own?: string) => {
      const name = common ?? own ?? ''
      return `legs[${index}].${name}`
    })
  return faults.map((fault) => {
    const sentence = fault.text.slice(placeText(fault).length + 2)
    const { code, found, allowed, suggestion } = fault
    const details = {
      ...(found === null ? {} : { found }),
      ...(allowed === null ? {} : { allowed: named(allowed) }),
      suggestion,
    }
    const at = fault.code === 'missing' ? (place ?? fault) : fault
    return faultAt(at, code, named(fault.key), named(sentence), details)
  })
}

/** What the list as a whole must not say. */
export function checkLegs(input: ResolveInput, faults: Fault[]): void {
  const { legs, metadata } = input.values
  if (areFaulty(input)) return
  if (legs.length === 0) {
    const given = input.sections.get('legs')
    if (given === undefined) return
    const allowed = 'a list of at least 2 legs, or left out'
    faults.push(wrongValue(given, 'legs', 'an empty list', allowed))
    return
  }
  if (legs.length === 1)
    faults.push(wrongValue(legsPlace(input), 'legs', '1 leg', 'a list of at least 2 legs'))
  const [first] = legs
  checkFirst(input, 'exchange', metadata.exchange === first?.exchange, faults)
  checkFirst(input, 'symbol', unified(metadata.symbol) === unified(first?.symbol ?? null), faults)
  const rate = first?.settle_rate ?? '1'
  if (rate !== '1') {
    const key = 'legs[0].settle_rate'
    const allowed = '1: all other legs are worth so much of its currency'
    faults.push(wrongValue(input.found.get(key)?.place ?? legsPlace(input), key, rate, allowed))
  }
  for (const [index] of legs.entries()) checkOwn(input, index, faults)
}

/** A leg that could not be read is not in the list, so that nothing can be said of the others by their number. */
const areFaulty = ({ faultyKeys }: ResolveInput): boolean =>
  [...faultyKeys].some((key) => /^legs(\[\d+\](\.(exchange|symbol))?)?$/.test(key))

const legsPlace = ({ sections, file }: ResolveInput): Place =>
  sections.get('legs') ?? { file, line: 1 }

/** metadata may name the first leg; another contract there would be a leg that nobody trades. */
function checkFirst(
  input: ResolveInput,
  name: 'exchange' | 'symbol',
  isSame: boolean,
  faults: Fault[],
): void {
  const given = input.values.metadata[name]
  if (given === null || isSame) return
  const key = `metadata.${name}`
  const first = input.values.legs[0]?.[name] ?? null
  const allowed = `that of the first leg, ${first}, or left out: with legs each leg names its own`
  const place = input.found.get(key)?.place ?? legsPlace(input)
  faults.push(wrongValue(place, key, shown(given), allowed))
}

/** The same contract twice would be one position with two owners; one account has one way to its venue. */
function checkOwn(input: ResolveInput, index: number, faults: Fault[]): void {
  const { legs } = input.values
  const leg = legs[index]
  const before = legs.slice(0, index)
  if (leg === undefined) return
  const place = input.found.get(`legs[${index}]`)?.place ?? legsPlace(input)
  const same = before.findIndex(
    (one) => one.exchange === leg.exchange && unified(one.symbol) === unified(leg.symbol),
  )
  if (same >= 0) {
    const sentence = `legs[${index}] is ${leg.symbol} at ${leg.exchange} like legs[${same}]; each leg must be another contract`
    faults.push(faultAt(place, 'duplicate', `legs[${index}].symbol`, sentence))
  }
  const account = leg.account ?? input.values.exchange_config.account
  const shared = before.findIndex(
    (one) =>
      one.exchange === leg.exchange &&
      (one.account ?? input.values.exchange_config.account) === account,
  )
  const other = shared < 0 ? undefined : legs[shared]
  if (other === undefined || input.values.exchange_config.mode === 'paper') return
  const differing = ACCESS_KEYS.filter((key) => other[key] !== leg[key])
  if (differing.length === 0) return
  const sentence = `legs[${index}] and legs[${shared}] both trade on account ${account} of ${leg.exchange} and differ in ${differing.join(', ')}; one account has one desk: make them the same, or name two accounts`
  faults.push(faultAt(place, 'conflict', `legs[${index}].account`, sentence))
}

const ACCESS_KEYS = LEG_KEYS.filter(
  (key) => !['account', 'capital', 'margin_mode', 'leverage', 'paper'].includes(key),
)

function unified(symbol: string | null): string | null {
  if (symbol === null) return null
  try {
    return parseSymbol(symbol).symbol
  } catch {
    return symbol
  }
}

/** A strategy of one contract takes no legs, one of several needs them. */
export function checkLegCount(input: ResolveInput, wanted: LegsWanted, faults: Fault[]): void {
  const { legs, metadata } = input.values
  if (areFaulty(input) || (legs.length === 0 && input.sections.has('legs'))) return
  const count = Math.max(1, legs.length)
  const { instrumentsMin: min, instrumentsMax: max } = wanted
  if (count >= min && count <= max) return
  const strategy = input.strategy?.id ?? metadata.strategy
  if (legs.length === 0) {
    const place = input.found.get('metadata.strategy')?.place ?? { file: input.file, line: 1 }
    const sentence = `legs is missing: ${strategy} trades ${countText(min, max)} at once; list them, each with exchange and symbol (docs/guides/arbitrage.md)`
    faults.push(faultAt(place, 'missing', 'legs', sentence))
    return
  }
  const allowed =
    max === 1
      ? `left out: ${strategy} trades one contract, metadata.exchange and metadata.symbol`
      : `${countText(min, max)}: ${strategy} trades no other number`
  faults.push(wrongValue(legsPlace(input), 'legs', `${legs.length} legs`, allowed))
}

const countText = (min: number, max: number): string =>
  min === max ? `${min} contracts` : `${min} to ${max} contracts`

/** At its desk one leg of a hedge has no daily loss and no drawdown of its own: what it loses the other earns. */
export const settingsOfLeg = (settings: ResolvedSettings): ResolvedSettings => ({
  ...settings,
  limits: { ...settings.limits, dailyLossMax: 0, drawdownMax: 0, consecutiveLossesMax: 0 },
})

export const legsLimitsOf = ({ limits }: ResolvedSettings): LegsLimits => ({
  dailyLossMax: limits.dailyLossMax,
  drawdownMax: limits.drawdownMax,
  onBreach: limits.onBreach,
})

export const settleRateOf = ({ settle_rate: rate }: LegValues): Ratio =>
  ratio(parseDecimal(rate, 8))
