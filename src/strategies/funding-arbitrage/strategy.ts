/**
 * funding_arbitrage: long where funding is lower, short where it is higher, the same base on both. Rates are compared per time,
 * each over the interval of its own venue; how long funding needs to pay for all four fills is computed and told before anything
 * is entered. See docs/reference/strategies.md and docs/concepts/legs.md.
 */
import {
  assessEntry,
  type EntryExitState,
  entryExitStrategy,
  firstLegOf,
  type Side,
  sidesOf,
  tellEntry,
} from '../../domain/arbitrage/entry-exit-strategy.ts'
import { breakEvenMs, ratePerDay } from '../../domain/arbitrage/funding.ts'
import type { Leg } from '../../domain/arbitrage/leg-state.ts'
import type { Opportunity } from '../../domain/arbitrage/opportunity.ts'
import { mayEnter } from '../../domain/arbitrage/pair-entry.ts'
import { hoursToMs, sideOfPair } from '../../domain/arbitrage/pair-exit.ts'
import { clipUnits, enterPair, orderUnits } from '../../domain/arbitrage/pair-moves.ts'
import { bpsText, centsText } from '../../domain/arbitrage/pair-report.ts'
import { money, type Ratio } from '../../domain/money.ts'
import type { Wants } from '../../domain/strategy.ts'
import { fundingParameters } from './parameters.ts'

interface FundingSettings {
  /** Difference of both rates for a day. */
  readonly rateMin: Ratio
  readonly rateExit: Ratio
  readonly breakEvenMaxMs: number
}

/** What was judged last. */
interface Seen {
  readonly side: Side
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

type State = EntryExitState<Funding, FundingSettings>

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
export function carryPerDay(state: State, side: Side): number | null {
  const [first, second] = state.legs.pair
  const one = ratePerDayOf(first)
  const other = ratePerDayOf(second)
  return one === null || other === null ? null : side * (other - one)
}

/** Long on the leg whose rate is lower. */
function sideByRates(state: State): Side | null {
  const carry = carryPerDay(state, 1)
  if (carry === null || carry === 0) return null
  const side = carry > 0 ? 1 : -1
  return sidesOf(state.settings.direction).includes(side) ? side : null
}

const judge = (state: State, side: Side, units: number) =>
  assessEntry(state, side, units, {
    exitBasis: NO_RATIO,
    holdMs: state.settings.holdMaxMs ?? DAY_MS,
    edgeMin: ANY_EDGE,
    isFundingNeeded: true,
  })

/**
 * Costs of all four fills against funding. What the prices differ by counts only as a cost: a gain by it is the business of
 * spread_arbitrage, and nobody knows when it comes.
 */
function seenFrom(side: Side, perDay: number, { costs }: Opportunity): Seen {
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
  const { settings, own } = state
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
  // max_edge_bps bounds the edge of a pair over its time, and the rates for a day.
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
  tellEntry(state, side, seenText(seen), out)
  enterPair(state, side, size, opportunity.size.units)
}

function reasonToLeave(state: State, side: Side): string | null {
  const perDay = carryPerDay(state, side)
  return perDay !== null && perDay <= state.settings.rateExit
    ? `funding turned to ${bpsText(perDay)} bps a day`
    : null
}

/** Its worst price follows the market while it is entered; the rates decided, and they still hold. */
function goOn(state: State): void {
  const { aim, clip } = state.legs
  enterPair(state, Math.sign(aim) as Side, Math.abs(aim), clip)
}

const seenJson = (seen: Seen | null) =>
  seen === null
    ? null
    : {
        first_leg: firstLegOf(seen.side),
        rate_bps_per_day: bpsText(seen.perDay),
        costs: centsText(seen.costs),
        funding_per_day: centsText(seen.fundingPerDay),
        break_even_h: seen.breakEvenMs === null ? null : (seen.breakEvenMs / HOUR_MS).toFixed(1),
      }

export const fundingArbitrage = entryExitStrategy<Funding, FundingSettings>({
  id: 'funding_arbitrage',
  caveat:
    'funding arbitrage on recorded rates decides by the last rate that was settled; live venues foretell the next one, and books are not in candles',
  parameters: fundingParameters,
  read: (reader) => ({
    rateMin: reader.bps('min_rate_bps_day') ?? NO_RATIO,
    rateExit: reader.bps('exit_rate_bps_day') ?? NO_RATIO,
    breakEvenMaxMs: hoursToMs(reader.factor('break_even_max_h')),
  }),
  contradictions: (given) => given.atMost('exit_rate_bps_day', 'min_rate_bps_day'),
  own: () => ({ seen: null, entered: null, told: null }),
  look,
  reasonToLeave,
  goOn,
  report(state) {
    const { own, legs, settings } = state
    const side = sideOfPair(legs)
    const perDay = side === 0 ? null : carryPerDay(state, side)
    return {
      judged: seenJson(own.seen),
      entered_at: seenJson(own.entered),
      rate_bps_per_day: perDay === null ? null : bpsText(perDay),
      min_rate_bps_per_day: bpsText(settings.rateMin),
      exit_rate_bps_per_day: bpsText(settings.rateExit),
    }
  },
})
