/**
 * funding_arbitrage: long where funding is lower, short where it is higher, the same base on both. Rates are compared per time,
 * each over the interval of its own venue; how long funding needs to pay for all four fills is computed and told before anything
 * is entered. See docs/reference/strategies.md and docs/concepts/legs.md.
 */
import { breakEvenMs, ratePerDay } from '../../domain/arbitrage/funding.ts'
import type { Leg, LegIndex } from '../../domain/arbitrage/leg-state.ts'
import { assess, type Opportunity, type TradeTerms } from '../../domain/arbitrage/opportunity.ts'
import {
  clipUnits,
  enterPair,
  leavePair,
  orderUnits,
  type PairState,
} from '../../domain/arbitrage/pair-core.ts'
import { mayEnter } from '../../domain/arbitrage/pair-entry.ts'
import {
  exitParameters,
  holdEndsAt,
  hoursToMs,
  leaveByExits,
  type PairExits,
  protectPair,
  readExits,
  sideOfPair,
} from '../../domain/arbitrage/pair-exit.ts'
import { legMarket } from '../../domain/arbitrage/pair-market.ts'
import { edgeMaxParameter } from '../../domain/arbitrage/pair-parameters.ts'
import { bpsText, centsText } from '../../domain/arbitrage/pair-report.ts'
import { pairStrategy } from '../../domain/arbitrage/pair-strategy.ts'
import { money, type Ratio } from '../../domain/money.ts'
import type { Wants } from '../../domain/strategy.ts'
import { fundingParameters } from './parameters.ts'

interface FundingSettings extends PairExits {
  /** Difference of both rates for a day. */
  readonly rateMin: Ratio
  readonly rateExit: Ratio
  /** Of a pair over its time, and of the rates for a day. */
  readonly edgeMax: Ratio
  readonly breakEvenMaxMs: number
  readonly direction: 'both' | 'long_first' | 'short_first'
}

/** What was judged last. */
interface Seen {
  readonly side: 1 | -1
  /** For a day, 1e-8 of the worth. */
  readonly perDay: number
  readonly costs: number
  readonly fundingPerDay: number
  readonly breakEvenMs: number | null
}

interface Funding {
  seen: Seen | null
  /** As it was told when the open pair was entered. */
  entered: Seen | null
  /** The refusal that was told last, so that it is told once. */
  told: string | null
}

type State = PairState<Funding, FundingSettings>

const NO_RATIO = 0 as Ratio
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** The edge decides nothing here: the break-even time does. */
const ANY_EDGE = -100_000_000 as Ratio

const ratePerDayOf = ({ heard }: Leg): number | null => {
  const terms = heard?.funding ?? null
  return terms === null || terms.intervalMs <= 0 ? null : ratePerDay(terms)
}

/** What a pair earns in a day by funding: the rate of the short leg less that of the long one. +1: the first leg is long. */
export function carryPerDay(state: State, side: 1 | -1): number | null {
  const [first, second] = state.legs.pair
  const one = ratePerDayOf(first)
  const other = ratePerDayOf(second)
  return one === null || other === null ? null : side * (other - one)
}

/** Long on the leg whose rate is lower. */
function sideByRates(state: State): 1 | -1 | null {
  const carry = carryPerDay(state, 1)
  if (carry === null || carry === 0) return null
  const side = carry > 0 ? 1 : -1
  const { direction } = state.settings
  if (direction === 'long_first' && side < 0) return null
  return direction === 'short_first' && side > 0 ? null : side
}

function judge(state: State, side: 1 | -1, units: number) {
  const { legs, settings } = state
  const [long, short] = side > 0 ? ([0, 1] as const) : ([1, 0] as const)
  const market = (index: LegIndex) => legMarket(legs.pair[index])
  const terms: TradeTerms = {
    slippage: settings.slippage,
    exitBasis: NO_RATIO,
    span: { from: legs.at, until: legs.at + (settings.holdMaxMs ?? DAY_MS) },
    wanted: { base: { units, decimals: legs.grid.decimals } },
    edgeMin: ANY_EDGE,
    edgeMax: settings.edgeMax,
    isFundingNeeded: true,
  }
  return assess(market(long), market(short), terms)
}

/**
 * Costs of all four fills against funding. What the prices differ by counts only as a cost: a gain by it is the business of
 * spread_arbitrage, and nobody knows when it comes.
 */
function seenFrom(side: 1 | -1, perDay: number, { costs }: Opportunity): Seen {
  const missing = money(costs.costs - Math.min(0, costs.entryDifference))
  return {
    side,
    perDay,
    costs: missing,
    fundingPerDay: costs.fundingPerDay,
    breakEvenMs: breakEvenMs(missing, costs.fundingPerDay),
  }
}

const hoursText = (time: number | null): string =>
  time === null ? 'never' : `after ${(time / HOUR_MS).toFixed(1)} h`

const seenText = ({ perDay, costs, fundingPerDay, breakEvenMs: time }: Seen): string =>
  `${bpsText(perDay)} bps a day, costs ${centsText(costs)}, funding ${centsText(fundingPerDay)} a day: break-even ${hoursText(time)}`

/** A refusal is told when it is another one than before. */
function tell(state: State, code: string, text: string, out: Wants): void {
  if (state.own.told === code) return
  state.own.told = code
  out.note('info', text)
}

function look(state: State, out: Wants): void {
  const { settings, own, legs } = state
  own.entered = null
  own.seen = null
  const side = sideByRates(state)
  if (side === null) return
  const perDay = carryPerDay(state, side) ?? 0
  const size = orderUnits(state)
  const { opportunity, reasons } = judge(state, side, clipUnits(state, size))
  if (opportunity === null) return
  const seen = seenFrom(side, perDay, opportunity)
  own.seen = seen
  const isImplausible =
    perDay > settings.edgeMax || reasons.some(({ code }) => code === 'implausible')
  if (isImplausible) {
    const most = `max_edge_bps is ${bpsText(settings.edgeMax)}`
    return tell(state, 'implausible', `not entered: ${seenText(seen)}; ${most}`, out)
  }
  if (perDay < settings.rateMin || reasons.length > 0 || size === 0) return
  if (seen.breakEvenMs === null || seen.breakEvenMs > settings.breakEvenMaxMs) {
    const most = `break_even_max_h is ${settings.breakEvenMaxMs / HOUR_MS}`
    return tell(state, 'break_even', `not entered: ${seenText(seen)}; ${most}`, out)
  }
  if (!mayEnter(state)) return
  own.entered = seen
  own.told = null
  const { id } = legs.pair[0].instrument
  out.note('info', `entering ${side > 0 ? 'long' : 'short'} ${id}: ${seenText(seen)}`)
  enterPair(state, side, size, opportunity.size.units)
}

function hold(state: State, out: Wants): void {
  const { legs, settings } = state
  const side = sideOfPair(legs)
  if (side !== 0) {
    if (leaveByExits(state, settings, out)) return
    const perDay = carryPerDay(state, side)
    if (perDay !== null && perDay <= settings.rateExit)
      return leavePair(state, `funding turned to ${bpsText(perDay)} bps a day`, false, out)
  }
  // Its worst price follows the market while it is entered; the rates decided, and they still hold.
  if (legs.phase === 'entering')
    enterPair(state, Math.sign(legs.aim) as 1 | -1, Math.abs(legs.aim), legs.clip)
}

const seenJson = (seen: Seen | null) =>
  seen === null
    ? null
    : {
        first_leg: seen.side > 0 ? 'long' : 'short',
        rate_bps_per_day: bpsText(seen.perDay),
        costs: centsText(seen.costs),
        funding_per_day: centsText(seen.fundingPerDay),
        break_even_h: seen.breakEvenMs === null ? null : (seen.breakEvenMs / HOUR_MS).toFixed(1),
      }

export const fundingArbitrage = pairStrategy<Funding, FundingSettings>({
  id: 'funding_arbitrage',
  caveat:
    'funding arbitrage on recorded rates decides by the last rate that was settled; live venues foretell the next one, and books are not in candles',
  parameters: { ...fundingParameters, ...edgeMaxParameter, ...exitParameters },
  read: (reader) => ({
    ...readExits(reader),
    rateMin: reader.bps('min_rate_bps_day') ?? NO_RATIO,
    rateExit: reader.bps('exit_rate_bps_day') ?? NO_RATIO,
    edgeMax: reader.bps('max_edge_bps') ?? NO_RATIO,
    breakEvenMaxMs: hoursToMs(reader.factor('break_even_max_h')),
    direction: reader.word<'both' | 'long_first' | 'short_first'>('direction', 'both'),
  }),
  contradictions: (given) => given.atMost('exit_rate_bps_day', 'min_rate_bps_day'),
  own: () => ({ seen: null, entered: null, told: null }),
  protect: (state, out) => protectPair(state, state.settings, out),
  decide(state, out) {
    if (state.legs.phase === 'flat') look(state, out)
    else if (state.legs.phase !== 'exiting') hold(state, out)
    state.nextAt = holdEndsAt(state, state.settings)
  },
  report(state) {
    const { own, legs } = state
    const side = sideOfPair(legs)
    const perDay = side === 0 ? null : carryPerDay(state, side)
    return {
      judged: seenJson(own.seen),
      entered_at: seenJson(own.entered),
      rate_bps_per_day: perDay === null ? null : bpsText(perDay),
    }
  },
})
