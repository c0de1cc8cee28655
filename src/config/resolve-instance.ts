/** From checked values of one file to what the fleet runs: ids, leverage, limits, units. */

import { legName } from '../domain/leg-name.ts'
import { type Money, money, mulDiv, RATIO_SCALE, ratio } from '../domain/money.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { Contradiction, ContradictionTerms, Json } from '../domain/strategy.ts'
import { type MarketSymbol, parseSymbol } from '../domain/symbol.ts'
import { ratioOf, ratioOfBasisPoints } from './decimal.ts'
import { type Fault, faultAt, type Place, placeText, shown, wrongValue } from './fault.ts'
import { INSTANCE_ID, RESERVED_IDS } from './instance-schema.ts'
import type { LegsWanted, ResolveInput } from './resolve-input.ts'
import {
  checkLegCount,
  checkLegs,
  legFaults,
  legInputs,
  legsLimitsOf,
  settingsOfLeg,
  settleRateOf,
} from './resolve-legs.ts'
import type { ResolvedInstance, ResolvedLeg, ResolvedSettings } from './resolved-instance.ts'
import { moneyOf, resolveAccountLimits, resolveLimits } from './risk-limits.ts'
import { nearest } from './suggestion.ts'
import { resolveAccess } from './venue-access.ts'

/** Venues people trade on; others are allowed on paper, a misspelt one of these is not. */
export const VENUES = [
  'backpack',
  'aster',
  'okx',
  'hyperliquid',
  'binance',
  'bybit',
  'bitget',
  'kucoin',
  'gate',
  'deribit',
]

/** Resolves one file; with faults the instance is null. */
export function resolveInstance(input: ResolveInput): {
  instance: ResolvedInstance | null
  faults: Fault[]
} {
  const faults = missingKeys(input)
  const id = resolveId(input, faults)
  checkLegs(input, faults)
  const legs = legInputs(input).map((leg, index) => contractOf(leg, index, faults))
  const leverage = legs[0]?.leverage ?? 1
  checkContradictions(input, legs, faults)
  const wanted = wantedOf(input, leverage, faults)
  if (wanted !== null) checkLegCount(input, wanted, faults)
  // Whoever has to list legs names no contract beside them.
  if (faults.some(({ code, key }) => code === 'missing' && key === 'legs'))
    return { instance: null, faults: faults.filter(({ key }) => !isContract(key)) }
  const { strategy } = input.values.metadata
  if (faults.length > 0 || strategy === null) return { instance: null, faults }
  const resolved = legs.flatMap((leg, index) => legOf(leg, legName(id, index), index, faults))
  const [first, ...further] = withDepth(resolved, wanted)
  if (faults.length > 0 || first === undefined) return { instance: null, faults }
  return { instance: compose(input, id, strategy, [first, ...further]), faults }
}

const isContract = (key: string): boolean =>
  key === 'metadata.exchange' || key === 'metadata.symbol'

/** One leg of an instance, or all of it: what is read before anybody asks how to reach its venue. */
interface Contract {
  readonly input: ResolveInput
  readonly symbol: MarketSymbol | null
  readonly leverage: number
}

function contractOf(input: ResolveInput, index: number, faults: Fault[]): Contract {
  const own: Fault[] = []
  const symbol = resolveSymbol(input, own)
  const leverage = resolveLeverage(input, own)
  checkVenue(input, own)
  checkCapital(input, own)
  addOnce(legFaults(input, index, own), faults)
  return { input, symbol, leverage }
}

/** The whole of a leg; empty when it has a fault. */
function legOf(
  { input, symbol, leverage }: Contract,
  name: string,
  index: number,
  faults: Fault[],
): ResolvedLeg[] {
  const venue = input.values.metadata.exchange
  if (symbol === null || venue === null) return []
  const own: Fault[] = []
  const access = resolveAccess(accessInput(input, venue), own)
  addOnce(legFaults(input, index, own), faults)
  const settings = resolveSettings(input, name, venue, symbol, leverage)
  const leg = input.values.legs[index]
  return [{ settings, access, settleRate: leg === undefined ? ratio(1e8) : settleRateOf(leg) }]
}

/** What is wrong for every leg alike (the mode of all) is one fault, told once. */
function addOnce(found: readonly Fault[], faults: Fault[]): void {
  faults.push(...found.filter(({ text }) => !faults.some((known) => known.text === text)))
}

const withDepth = (legs: readonly ResolvedLeg[], wanted: LegsWanted | null): ResolvedLeg[] =>
  legs.map((leg) =>
    wanted === null || wanted.bookDepth === 0
      ? leg
      : { ...leg, settings: { ...leg.settings, bookDepth: wanted.bookDepth } },
  )

/** Null while the parameters cannot be read, or nobody says. */
function wantedOf(
  input: ResolveInput,
  leverage: number,
  faults: readonly Fault[],
): LegsWanted | null {
  const { strategy } = input.values.metadata
  if (input.strategy !== null) return { instrumentsMin: 1, instrumentsMax: 1, bookDepth: 0 }
  const isOfStrategy = ({ key }: Pick<Fault, 'key'>) => key.startsWith('strategy_config')
  const isReadable = ![...input.faultyKeys].some((key) => isOfStrategy({ key }))
  if (strategy === null || !input.hasStrategy || !isReadable || faults.some(isOfStrategy))
    return null
  return input.wantedBy(strategy, parametersOf(input.values.strategy_config, leverage))
}

const placeIn = (input: ResolveInput, key: string): Place =>
  input.found.get(key)?.place ?? { file: input.file, line: 0 }

function paperTerms({ exchange_config: { paper } }: ResolveInput['values']): PaperTerms {
  return {
    initialBalance: moneyOf(paper.initial_balance),
    maker: ratioOfBasisPoints(paper.maker_bps),
    taker: ratioOfBasisPoints(paper.taker_bps),
    slippage: ratioOfBasisPoints(paper.slippage_bps),
    latencyMs: paper.latency_ms,
    volumeShare: ratioOf(paper.volume_share),
  }
}

const accessInput = (input: ResolveInput, venue: string) => ({
  paper: paperTerms(input.values),
  venue,
  values: input.values,
  fleet: input.fleet,
  placeOf: (key: string) =>
    input.found.get(key)?.place ??
    input.sections.get('exchange_config') ?? { file: input.file, line: 1 },
})

function missingKeys(input: ResolveInput): Fault[] {
  const strategyKeys = Object.entries(input.strategyKeys.keys)
    .filter(([, key]) => key.kind === 'leaf' && key.isRequired)
    .map(([name]) => `strategy_config.${name}`)
  // A list of legs, readable or not, says it in their place.
  const contract = input.sections.has('legs') ? [] : ['metadata.exchange', 'metadata.symbol']
  const required = [...contract, 'metadata.strategy', ...strategyKeys]
  return required
    .filter((key) => (input.found.get(key)?.value ?? null) === null)
    .map((key) => {
      const place = input.sections.get(key.split('.')[0] ?? '') ?? { file: input.file, line: 1 }
      return faultAt(place, 'missing', key, `${key} is missing`)
    })
}

function resolveId(input: ResolveInput, faults: Fault[]): string {
  const { instanceId, values, fallbackId, file } = input
  const id = instanceId ?? values.metadata.instance_id ?? fallbackId
  const key = 'metadata.instance_id'
  const place = instanceId === null ? placeIn(input, key) : { file, line: 0 }
  const shownKey =
    instanceId === null
      ? values.metadata.instance_id === null
        ? 'the file name'
        : key
      : '--instance-id'
  if (!INSTANCE_ID.test(id)) {
    const suggestion = id
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]+/g, '_')
      .replace(/^[_-]+/, '')
      .slice(0, 48)
    const isUseful = INSTANCE_ID.test(suggestion) && suggestion !== id
    const allowed =
      'an id of small letters, digits, - and _, at most 48, beginning with a letter or digit'
    const hint = isUseful ? { text: `did you mean ${suggestion}?`, suggestion } : null
    faults.push({ ...wrongValue(place, shownKey, shown(id), allowed, hint), key })
  } else if (RESERVED_IDS.includes(id)) {
    const allowed = `an id other than ${RESERVED_IDS.join(', ')}, which are reserved`
    faults.push({ ...wrongValue(place, shownKey, shown(id), allowed), key })
  }
  return id
}

function resolveSymbol(input: ResolveInput, faults: Fault[]): MarketSymbol | null {
  const { symbol } = input.values.metadata
  if (symbol === null) return null
  const key = 'metadata.symbol'
  const refuse = (sentence: string, allowed: string) => {
    const details = { found: shown(symbol), allowed }
    faults.push(faultAt(placeIn(input, key), 'wrong_value', key, `${key}: ${sentence}`, details))
    return null
  }
  try {
    const parsed = parseSymbol(symbol)
    if (parsed.kind === 'linear') return parsed
    const sentence = `${parsed.symbol} settles in ${parsed.settle}; only contracts that settle in their quote currency are traded`
    return refuse(sentence, 'a linear contract like SOL/USDC:USDC')
  } catch (error) {
    return refuse(
      error instanceof Error ? error.message : String(error),
      'a symbol like SOL/USDC:USDC',
    )
  }
}

function checkVenue(input: ResolveInput, faults: Fault[]): void {
  const { exchange } = input.values.metadata
  if (exchange === null || VENUES.includes(exchange)) return
  const suggestion = nearest(exchange, VENUES)
  if (suggestion === null) return
  const key = 'metadata.exchange'
  const hint = { text: `did you mean ${suggestion}?`, suggestion }
  faults.push(wrongValue(placeIn(input, key), key, shown(exchange), 'the name of a venue', hint))
}

/** On paper the account holds initial_balance and no more. */
function checkCapital(input: ResolveInput, faults: Fault[]): void {
  const { mode, capital, paper } = input.values.exchange_config
  if (mode !== 'paper') return
  if (capital === null || moneyOf(capital) <= moneyOf(paper.initial_balance)) return
  const key = 'exchange_config.capital'
  const allowed = `at most exchange_config.paper.initial_balance, which is ${paper.initial_balance}`
  faults.push(wrongValue(placeIn(input, key), key, capital, allowed))
}

/** Keys of the strategy that cannot stand beside each other, or beside the capital. */
function checkContradictions(
  input: ResolveInput,
  legs: readonly Contract[],
  faults: Fault[],
): void {
  const { strategy } = input.values.metadata
  const { initial_position: initialPosition } = input.values.exchange_config
  if (strategy === null || !input.hasStrategy) return
  const leverage = legs[0]?.leverage ?? 1
  const terms = { capital: capitalOf(legs), leverage, initialPosition }
  const parameters = parametersOf(input.values.strategy_config, leverage)
  const told = contradictionsOf(input, strategy, parameters, terms, faults)
  for (const { keys, found, allowed } of told) {
    const [key] = keys.map((name) => `strategy_config.${name}`)
    const isReadable = keys.every((name) => !input.faultyKeys.has(`strategy_config.${name}`))
    if (key === undefined || !isReadable) continue
    const section = input.sections.get('strategy_config') ?? { file: input.file, line: 1 }
    if (found !== null) {
      const sentence = `${key} must be ${allowed}, found ${found}`
      const place = input.found.get(key)?.place ?? section
      faults.push(faultAt(place, 'conflict', key, sentence, { found, allowed }))
    } else {
      const sentence = `${key} is missing: it must be ${allowed}`
      faults.push(faultAt(section, 'missing', key, sentence, { allowed }))
    }
  }
}

/** Of all legs, in the money of the first; amounts below 1e-8 are left out. */
const capitalOf = (legs: readonly Contract[]): Money =>
  money(
    legs.reduce((sum, { input: { values } }, index) => {
      const { capital, paper } = values.exchange_config
      const amount = moneyOf(capital ?? paper.initial_balance)
      const leg = values.legs[index]
      const rate = leg === undefined ? ratio(1e8) : settleRateOf(leg)
      return sum + mulDiv(amount, rate, RATIO_SCALE, 'floor')
    }, 0),
  )

function contradictionsOf(
  input: ResolveInput,
  strategy: string,
  parameters: unknown,
  terms: ContradictionTerms,
  faults: Fault[],
): readonly Contradiction[] {
  if (input.strategy === null) return input.contradictionsIn(strategy, parameters, terms)
  try {
    return input.strategy.contradictionsIn(parameters, terms)
  } catch (error) {
    const key = 'metadata.strategy'
    const why = error instanceof Error ? error.message : String(error)
    const sentence = `${key}: ${input.strategy.file.path} fails in contradictions(): ${why}`
    faults.push(faultAt(placeIn(input, key), 'wrong_value', key, sentence))
    return []
  }
}

/** exchange_config.leverage ← strategy_config.leverage ← default_leverage; two that differ are a fault naming both. */
function resolveLeverage(input: ResolveInput, faults: Fault[]): number {
  const { found, values, fleet } = input
  const { risk_config: risk } = values
  const own = found.get('exchange_config.leverage')
  const strategy = found.get('strategy_config.leverage')
  const numbers = [own, strategy].map((entry) =>
    entry?.value == null ? null : Number(entry.value),
  )
  const [ownValue = null, strategyValue = null] = numbers
  const key =
    ownValue === null && strategyValue !== null
      ? 'strategy_config.leverage'
      : 'exchange_config.leverage'
  if (
    own &&
    strategy &&
    ownValue !== null &&
    strategyValue !== null &&
    ownValue !== strategyValue
  ) {
    const sentence = `exchange_config.leverage ${ownValue} contradicts strategy_config.leverage ${strategyValue} (${placeText(strategy.place)}); make them the same or remove one`
    const details = { found: String(ownValue), allowed: String(strategyValue) }
    faults.push(faultAt(own.place, 'conflict', 'exchange_config.leverage', sentence, details))
  }
  const leverage =
    ownValue ?? strategyValue ?? risk.default_leverage ?? fleet.trading.default_leverage
  const place = placeIn(input, key)
  if (!Number.isInteger(leverage)) {
    faults.push(wrongValue(place, key, String(leverage), 'a whole number'))
    return 1
  }
  const [limit, from] =
    risk.max_leverage !== null && risk.max_leverage < fleet.trading.max_leverage
      ? [risk.max_leverage, 'risk_config.max_leverage']
      : [fleet.trading.max_leverage, 'trading.max_leverage']
  if (leverage > limit)
    faults.push(wrongValue(place, key, String(leverage), `at most ${from}, which is ${limit}`))
  return leverage
}

function resolveSettings(
  { values, fleet }: ResolveInput,
  id: string,
  venue: string,
  symbol: MarketSymbol,
  leverage: number,
): ResolvedSettings {
  const { exchange_config: exchange, risk_config: risk } = values
  const { paper } = exchange
  return {
    instance: id,
    venue,
    account: exchange.account,
    mode: exchange.mode,
    symbol: symbol.symbol,
    capital: moneyOf(exchange.capital ?? paper.initial_balance),
    leverage,
    marginMode: exchange.margin_mode,
    onBotLost: exchange.on_bot_lost,
    limits: resolveLimits(fleet.trading, risk),
    timeZone: fleet.time_zone,
    paper: exchange.mode === 'paper' ? paperTerms(values) : null,
    feed: exchange.mode === 'paper' ? exchange.feed : null,
    accountLimits: resolveAccountLimits(fleet.trading),
    shadow: exchange.shadow,
    initialPosition: exchange.initial_position,
    onForeign: exchange.on_foreign,
  }
}

function compose(
  input: ResolveInput,
  id: string,
  strategy: string,
  [first, ...further]: readonly [ResolvedLeg, ...ResolvedLeg[]],
): ResolvedInstance {
  const { metadata, daemon_config: daemon, exchange_config: exchange } = input.values
  const { logging } = input.fleet
  const hasLegs = further.length > 0
  return {
    id,
    name: metadata.name ?? id,
    file: input.path,
    fileHash: input.fileHash,
    version: metadata.version,
    tags: metadata.tags,
    isAutostart: metadata.autostart,
    strategy: input.strategy?.id ?? strategy,
    ...(input.strategy === null
      ? {}
      : { strategyFile: input.strategy.file, strategySchemas: input.strategy.parameters }),
    parameters: parametersOf(input.values.strategy_config, first.settings.leverage),
    settings: hasLegs ? settingsOfLeg(first.settings) : first.settings,
    access: first.access,
    legs: further.map((leg) => ({ ...leg, settings: settingsOfLeg(leg.settings) })),
    legsLimits: hasLegs ? legsLimitsOf(first.settings) : null,
    initialPosition: exchange.initial_position,
    triggerBy: exchange.trigger_by,
    logDir: daemon.log_dir.replaceAll('{id}', id),
    dbPath: daemon.db_path.replaceAll('{id}', id),
    webPort: daemon.web_port,
    restart: {
      isAutomatic: daemon.auto_restart,
      delayMaxMs: Math.round(daemon.restart_delay * 1000),
      attemptsMax: daemon.max_restart_attempts,
      crashLoop: {
        exits: daemon.crash_loop.exits,
        windowMs: Math.round(daemon.crash_loop.window_s * 1000),
      },
    },
    healthCheckIntervalMs: Math.round(daemon.health_check_interval * 1000),
    memoryLimitMb: daemon.memory_limit_mb,
    cpuLimitPercent: daemon.cpu_limit_percent,
    environment: daemon.environment,
    log: {
      level: logging.level,
      format: logging.format,
      retentionDays: daemon.log_retention_days,
      cleanupIntervalMs: Math.round(daemon.log_cleanup_interval * 1000),
      sizeMaxBytes: logging.max_size_mb * 1_048_576,
    },
  }
}

/** Keys without a value are left out; `leverage` says what really holds. */
function parametersOf(config: unknown, leverage: number): Record<string, Json> {
  const entries = Object.entries(config as Record<string, Json>).filter(
    ([, value]) => value !== null,
  )
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'leverage' ? sameForm(value, leverage) : value]),
  )
}

const sameForm = (value: Json, leverage: number): Json =>
  typeof value === 'string' ? String(leverage) : leverage
