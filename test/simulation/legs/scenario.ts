/** What one seed is about: a strategy of two legs and its parameters, two venues, and what goes wrong with each and all. */
import { type Instrument, linearMoneyPerUnit } from '../../../src/domain/instrument.ts'
import { formatDecimal, quantity, type Ratio, ratio } from '../../../src/domain/money.ts'
import type { Json } from '../../../src/domain/strategy.ts'
import type { LegsLimits } from '../../../src/engine/legs-risk.ts'
import { usdcInstrument } from '../../support/instruments.ts'
import type { Random } from '../../support/random.ts'
import { type Deed, makeScenario, type Narrowing, type Scenario } from '../orders/scenario.ts'
import { venueTerms } from './venue-terms.ts'

export const strategyIds = [
  'spread_arbitrage',
  'cross_venue_market_making',
  'funding_arbitrage',
] as const
export type StrategyId = (typeof strategyIds)[number]

/** What befalls the machine, the bot or both legs. */
export const legDeeds = [
  'kill bot',
  'hold bot',
  'power cut',
  'kill both desks',
  'clock jump',
  'pause',
  'pause one',
  'kill',
  'close',
  'liquidate',
  'adjust',
] as const
export type LegDeed = (typeof legDeeds)[number]

/** Of one venue alone, with the process of its desk; the rest of the deeds of orders/ is done to both legs. */
const venueDeeds: ReadonlySet<Deed> = new Set<Deed>([
  'kill desk',
  'arm fuse',
  'hold desk',
  'second desk',
  'partition',
  'cut stream',
  'silence stream',
  'rate limit',
  'spend budget',
  'maintenance',
  'foreign order',
  'foreign trade',
  'funding',
  'deposit',
  'disk full',
  'fsync fails',
  'restart',
])

export interface LegsScenario {
  readonly seed: number
  readonly strategy: StrategyId
  readonly parameters: { readonly [key: string]: Json }
  readonly instruments: readonly [Instrument, Instrument]
  readonly venues: readonly [Scenario, Scenario]
  readonly settleRate: Ratio
  /** On the sum of the legs; null = none. */
  readonly legsLimits: LegsLimits | null
  readonly onBotLost: 'cancel' | 'keep'
  readonly onForeign: 'halt' | 'adopt' | 'ignore'
  readonly troubleMs: number
  readonly deeds: readonly LegDeed[]
  readonly deedChance: number
  /** Length of quiet and of trouble of a venue, ms at most. */
  readonly quietMs: number
  readonly stormMs: number
  readonly clockOffsetMs: number
  /** Size of a pair, and the bound of one part, in units of the common grid. */
  readonly sizes: Sizes
  /** Times of the strategy, ms; null = never. */
  readonly imbalanceMs: number
  readonly unwindAfterMs: number | null
}

export interface Sizes {
  readonly decimals: number
  /** Units of one lot of each leg. */
  readonly units: readonly [number, number]
  readonly step: number
  /** These three change with a hot adjustment (adjusting.ts). */
  size: number
  clips: number
  /** How many sizes may be held. */
  openMax: number
  /** The largest net delta that cannot be traded away. */
  readonly dust: number
}

/** One part of a size, as docs/concepts/legs.md has it. */
export function partOf({ dust, step, clips }: Sizes, size: number): number {
  const part = Math.max(2 * (dust + 1), Math.ceil(size / clips))
  return Math.min(Math.ceil(part / step) * step, Math.max(step, size))
}

const lotsOf = (decimals: number, lotSize: number, least: number): Partial<Instrument> => ({
  quantityDecimals: decimals,
  lotSize,
  moneyPerUnit: linearMoneyPerUnit(2, decimals, lotSize),
  quantityMin: quantity(least),
})

function instrumentsOf(random: Random): readonly [Instrument, Instrument] {
  const make = (venue: string): Instrument => {
    const decimals = random.pick([2, 2, 3])
    const lotSize = decimals === 2 ? random.pick([1, 1, 5]) : random.pick([1, 4, 10, 25])
    return usdcInstrument(lotsOf(decimals, lotSize, random.pick([1, 1, 3])), 'SOL', venue)
  }
  return [make('one'), make('two')]
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

function sizesOf([first, second]: readonly [Instrument, Instrument], random: Random): Sizes {
  const decimals = Math.max(first.quantityDecimals, second.quantityDecimals)
  const unit = ({ lotSize, quantityDecimals }: Instrument): number =>
    lotSize * 10 ** (decimals - quantityDecimals)
  const units = [unit(first), unit(second)] as const
  const step = (units[0] / divisor(units[0], units[1])) * units[1]
  const least = Math.max(units[0] * first.quantityMin, units[1] * second.quantityMin)
  const size = Math.ceil((2 * least) / step) * step + step * random.int(0, 30)
  return {
    decimals,
    units,
    step,
    size,
    clips: random.int(1, 6),
    openMax: random.pick([1, 1, 2]),
    dust: least - 1,
  }
}

interface Times {
  readonly imbalanceMs: number
  readonly unwindAfterMs: number | null
}

function commonParameters(sizes: Sizes, times: Times, random: Random): { [key: string]: Json } {
  const { imbalanceMs, unwindAfterMs } = times
  return {
    order_quantity: formatDecimal(sizes.size, sizes.decimals),
    clips: sizes.clips,
    slippage_bps: random.pick(['2', '5', '20', '60']),
    half_spread_bps: random.pick(['0', '0.5', '2']),
    price_age_max_s: random.pick([3, 10]),
    imbalance_time_s: imbalanceMs / 1000,
    leg_loss_cap_bps: random.pick(['10', '30', '50', '200']),
    unwind_after_s: unwindAfterMs === null ? 'false' : String(unwindAfterMs / 1000),
    cooldown_s: random.pick([0, 1, 5]),
  }
}

function parametersOf(
  strategy: StrategyId,
  sizes: Sizes,
  times: Times,
  random: Random,
): { readonly [key: string]: Json } {
  const common = commonParameters(sizes, times, random)
  const lead = { lead: random.pick(['first', 'second']) }
  const hold = random.chance(0.4) ? { max_hold_h: random.pick([0.002, 0.006]) } : {}
  if (strategy === 'cross_venue_market_making')
    return {
      ...common,
      min_profit_bps: random.pick(['-12', '-5', '0', '3']),
      cancel_band_bps: random.pick(['0', '1', '10']),
      inventory_max: formatDecimal(sizes.size * sizes.openMax, sizes.decimals),
    }
  if (strategy === 'funding_arbitrage')
    return { ...common, ...lead, ...hold, exit_rate_bps_day: '0', min_rate_bps_day: '5' }
  return {
    ...common,
    ...lead,
    ...hold,
    min_edge_bps: random.pick(['-15', '-5', '0', '5']),
    exit_spread_bps: random.pick(['-10', '0', '10']),
    max_open: sizes.openMax,
    ...(random.chance(0.3) ? { stop_bps: '60' } : {}),
  }
}

/** One venue of its own rules. */
function venueOf(
  seed: number,
  random: Random,
  narrowing: Narrowing,
  strategy: StrategyId,
): Scenario {
  const found = makeScenario(seed, random, narrowing)
  const terms = venueTerms(random, found.isTight)
  // A venue that foretells its funding pays none in between.
  const isForetold = strategy === 'funding_arbitrage'
  const deeds = found.deeds.filter(
    (deed) => venueDeeds.has(deed) && !(isForetold && deed === 'funding'),
  )
  const none = { limitLots: null, accountLimitLots: null, clockOffsetMs: 0 }
  return { ...found, ...none, ...terms, deeds, instances: 1 }
}

/** Shares of the capital that a few pairs lose: 0.1 to 10 USDC of 20,000. */
const shares = [500, 2000, 10_000, 50_000] as const

function limitsOf(random: Random): LegsLimits {
  const kind = random.pick(['day', 'fall', 'both'])
  const onBreach = random.pick(['reduce_only', 'halt', 'flatten'] as const)
  return {
    dailyLossMax: ratio(kind === 'fall' ? 0 : random.pick(shares)),
    drawdownMax: ratio(kind === 'day' ? 0 : random.pick(shares)),
    onBreach,
  }
}

export function makeLegsScenario(
  seed: number,
  random: Random,
  narrowing: Narrowing = {},
): LegsScenario {
  const without = new Set(narrowing.without ?? [])
  const strategy = random.pick([...strategyIds, 'spread_arbitrage'] as const)
  const instruments = instrumentsOf(random)
  const sizes = sizesOf(instruments, random)
  const times = {
    imbalanceMs: random.pick([1000, 3000, 5000]),
    unwindAfterMs: random.pick([null, 0, 2000, 10_000]),
  }
  const parameters = parametersOf(strategy, sizes, times, random)
  const venues = [
    venueOf(2 * seed, random, narrowing, strategy),
    venueOf(2 * seed + 1, random, narrowing, strategy),
  ] as const
  const chosen = legDeeds.filter((deed) => random.chance(deed === 'kill bot' ? 0.5 : 0.2))
  const troubleMs = random.int(60_000, 150_000)
  return {
    seed,
    strategy,
    parameters,
    instruments,
    venues,
    sizes,
    ...times,
    settleRate: ratio(random.pick([100_000_000, 100_000_000, 99_950_000, 100_080_000])),
    legsLimits: random.chance(0.35) && !without.has('limits') ? limitsOf(random) : null,
    onBotLost: random.pick(['cancel', 'keep']),
    onForeign: random.pick(['halt', 'adopt', 'ignore']),
    troubleMs: Math.min(troubleMs, narrowing.troubleMs ?? troubleMs),
    deeds: chosen.filter((deed) => !without.has(deed)),
    deedChance: random.pick([0.01, 0.03, 0.06]),
    quietMs: random.pick([10_000, 40_000, 80_000]),
    stormMs: random.pick([2000, 10_000, 20_000]),
    clockOffsetMs: random.chance(0.2) && !without.has('clock') ? random.int(-20_000, 20_000) : 0,
  }
}
