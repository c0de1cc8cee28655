/**
 * spread_arbitrage: buys where it is cheaper and sells where it is dearer when the difference pays for all four fills and more, and
 * leaves when the prices have met, at a stop, or after a time. See docs/reference/strategies.md and docs/concepts/legs.md.
 */
import { dustOf, type LegIndex, unitsOf } from '../../domain/arbitrage/leg-state.ts'
import {
  assess,
  type Opportunity,
  type Refusal,
  type TradeTerms,
} from '../../domain/arbitrage/opportunity.ts'
import {
  clipUnits,
  enterPair,
  leavePair,
  orderUnits,
  type PairState,
  stopEntering,
} from '../../domain/arbitrage/pair-core.ts'
import { mayEnter } from '../../domain/arbitrage/pair-entry.ts'
import {
  exitParameters,
  exitSpread,
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
import { RATIO_SCALE, type Ratio } from '../../domain/money.ts'
import type { Wants } from '../../domain/strategy.ts'
import { spreadParameters } from './parameters.ts'

type Direction = 'both' | 'long_first' | 'short_first'

interface SpreadTerms extends PairExits {
  readonly edgeMin: Ratio
  readonly edgeMax: Ratio
  readonly exitSpread: Ratio
  readonly direction: Direction
  readonly openMax: number
  readonly addEdge: Ratio
  readonly expectedHoldMs: number
}

interface Spread {
  /** Edge after costs at the latest entry, 1e-8; null = none yet. */
  entryEdge: number | null
  /** The best direction as it was judged last, with its edge. */
  seen: { readonly side: 1 | -1; readonly edge: number } | null
  /** The edge of now is too large to be true, and that was told. */
  isImplausibleTold: boolean
}

type State = PairState<Spread, SpreadTerms>

const NO_RATIO = 0 as Ratio

/** Judges a clip in one direction by the model that the scanner asks too. */
function judge(
  state: State,
  side: 1 | -1,
  units: number,
  level: number,
): {
  readonly found: Opportunity | null
  readonly reasons: readonly Refusal[]
} {
  const { legs, settings } = state
  const [long, short] = side > 0 ? ([0, 1] as const) : ([1, 0] as const)
  const market = (index: LegIndex) => legMarket(legs.pair[index])
  const terms: TradeTerms = {
    slippage: settings.slippage,
    exitBasis: settings.exitSpread,
    span: { from: legs.at, until: legs.at + settings.expectedHoldMs },
    wanted: { base: { units, decimals: legs.grid.decimals } },
    edgeMin: (settings.edgeMin + level * settings.addEdge) as Ratio,
    edgeMax: settings.edgeMax,
    isFundingNeeded: false,
  }
  const { opportunity, reasons } = assess(market(long), market(short), terms)
  return { found: opportunity, reasons }
}

const sidesOf = (direction: Direction): readonly (1 | -1)[] =>
  direction === 'both' ? [1, -1] : direction === 'long_first' ? [1] : [-1]

/** Told once, until it is over. */
function tellImplausible({ own, settings }: State, edge: Ratio | null, out: Wants): void {
  if (edge !== null && !own.isImplausibleTold)
    out.note(
      'warn',
      `not entered: ${bpsText(edge)} bps after costs are more than max_edge_bps ${bpsText(settings.edgeMax)}: one of the prices must be wrong`,
    )
  own.isImplausibleTold = edge !== null
}

/** The direction that pays most, as far as directions are allowed. */
function look(state: State, out: Wants): void {
  const size = orderUnits(state)
  const clip = clipUnits(state, size)
  state.own.seen = null
  let implausible: Ratio | null = null
  let best: { readonly side: 1 | -1; readonly found: Opportunity } | null = null
  for (const side of sidesOf(state.settings.direction)) {
    const { found, reasons } = judge(state, side, clip, 0)
    if (found === null) continue
    if (reasons.some(({ code }) => code === 'implausible')) implausible = found.edge
    if (state.own.seen === null || found.edge > state.own.seen.edge)
      state.own.seen = { side, edge: found.edge }
    if (reasons.length === 0 && (best === null || found.edge > best.found.edge))
      best = { side, found }
  }
  tellImplausible(state, implausible, out)
  if (best === null || !mayEnter(state) || size === 0) return
  const { side, found } = best
  state.own.entryEdge = found.edge
  out.note(
    'info',
    `entering ${side > 0 ? 'long' : 'short'} ${state.legs.pair[0].instrument.id}: ${bpsText(found.edge)} bps after costs of ${centsText(found.costs.costs)} for a part worth ${centsText(found.notional)}`,
  )
  enterPair(state, side, size, found.size.units)
}

/** What is held, in whole sizes begun. */
const levelOf = (state: State, size: number): number =>
  size === 0
    ? 0
    : Math.ceil(
        Math.max(0, Math.abs(unitsOf(state.legs.pair[state.legs.lead])) - dustOf(state.legs)) /
          size,
      )

/** Each further part is judged by the books of its moment. */
function extend(state: State): void {
  const { legs } = state
  const side = Math.sign(legs.aim) as 1 | -1
  const held = Math.abs(unitsOf(legs.pair[legs.lead]))
  const size = orderUnits(state)
  const rest = Math.abs(legs.aim) - held
  if (rest <= 0) return
  const level = size === 0 ? 0 : Math.max(0, Math.ceil(Math.abs(legs.aim) / size) - 1)
  const { found, reasons } = judge(state, side, Math.min(rest, clipUnits(state, size)), level)
  // What is left to enter may be less than a venue takes: that is no change of the market.
  const isRest = reasons.every(({ code }) => code === 'below_minimum' || code === 'no_common_size')
  if (found === null ? !isRest : reasons.length > 0) return stopEntering(state)
  if (found !== null) enterPair(state, side, Math.abs(legs.aim), legs.clip)
}

/** A further size of its own edge, up to max_open of them. */
function add(state: State): void {
  const { legs, settings } = state
  const size = orderUnits(state)
  const level = levelOf(state, size)
  if (size === 0 || level >= settings.openMax || !mayEnter(state) || legs.imbalance !== null) return
  const side = sideOfPair(legs)
  if (side === 0) return
  const { found, reasons } = judge(state, side, clipUnits(state, size), level)
  if (found === null || reasons.length > 0) return
  state.own.entryEdge = found.edge
  enterPair(state, side, Math.abs(unitsOf(legs.pair[legs.lead])) + size, found.size.units)
}

function hold(state: State, out: Wants): void {
  const { legs, settings } = state
  const side = sideOfPair(legs)
  if (side === 0) return legs.phase === 'entering' ? extend(state) : undefined
  if (leaveByExits(state, settings, out)) return
  const spread = exitSpread(legs, side)
  if (spread !== null && spread <= settings.exitSpread)
    return leavePair(state, `converged at ${bpsText(spread)} bps`, false, out)
  if (legs.phase === 'entering') extend(state)
  else add(state)
}

export const spreadArbitrage = pairStrategy<Spread, SpreadTerms>({
  id: 'spread_arbitrage',
  caveat:
    'spread arbitrage on candles is indicative: closes of two venues are not of one moment, books are not in them, and every fill is taken at a price that both venues had at the same time',
  parameters: { ...spreadParameters, ...edgeMaxParameter, ...exitParameters },
  read: (reader) => ({
    ...readExits(reader),
    edgeMin: reader.bps('min_edge_bps') ?? NO_RATIO,
    edgeMax: reader.bps('max_edge_bps') ?? NO_RATIO,
    exitSpread: reader.bps('exit_spread_bps') ?? NO_RATIO,
    direction: reader.word<Direction>('direction', 'both'),
    openMax: Math.max(1, reader.count('max_open')),
    addEdge: reader.bps('add_edge_bps') ?? NO_RATIO,
    expectedHoldMs: hoursToMs(reader.factor('expected_hold_h')),
  }),
  contradictions: (given) => given.atMost('min_edge_bps', 'max_edge_bps'),
  own: () => ({ entryEdge: null, seen: null, isImplausibleTold: false }),
  protect: (state, out) => protectPair(state, state.settings, out),
  decide(state, out) {
    if (state.legs.phase === 'flat') look(state, out)
    else if (state.legs.phase !== 'exiting') hold(state, out)
    state.nextAt = holdEndsAt(state, state.settings)
  },
  report({ own, legs, settings }) {
    const side = sideOfPair(legs)
    const spread = side === 0 ? null : exitSpread(legs, side)
    return {
      entry_edge_bps: own.entryEdge === null ? null : bpsText(own.entryEdge),
      edge_now_bps: own.seen === null ? null : bpsText(own.seen.edge),
      edge_now_first_leg: own.seen === null ? null : own.seen.side > 0 ? 'long' : 'short',
      exit_spread_bps: spread === null ? null : bpsText(spread),
      min_edge_bps: (settings.edgeMin / (RATIO_SCALE / 10_000)).toString(),
    }
  },
})
