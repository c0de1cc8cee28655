/**
 * spread_arbitrage: buys where it is cheaper and sells where it is dearer when the difference pays for all four fills and more, and
 * leaves when the prices have met, at a stop, or after a time. See docs/reference/strategies.md and docs/concepts/legs.md.
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
import { dustOf, unitsOf } from '../../domain/arbitrage/leg-state.ts'
import type { Opportunity } from '../../domain/arbitrage/opportunity.ts'
import { mayEnter } from '../../domain/arbitrage/pair-entry.ts'
import { exitSpread, hoursToMs, sideOfPair } from '../../domain/arbitrage/pair-exit.ts'
import {
  clipUnits,
  enterPair,
  orderUnits,
  stopEntering,
} from '../../domain/arbitrage/pair-moves.ts'
import { bpsText, centsText } from '../../domain/arbitrage/pair-report.ts'
import { RATIO_SCALE, type Ratio } from '../../domain/money.ts'
import type { Wants } from '../../domain/strategy.ts'
import { spreadParameters } from './parameters.ts'

interface SpreadTerms {
  readonly edgeMin: Ratio
  readonly exitSpread: Ratio
  readonly openMax: number
  readonly addEdge: Ratio
  readonly expectedHoldMs: number
}

interface Spread {
  /** Edge after costs at the latest entry, 1e-8; null = none yet. */
  entryEdge: number | null
  /** The best direction as it was judged last, with its edge. */
  seen: { readonly side: Side; readonly edge: number } | null
  /** The edge of now is too large to be true, and that was told. */
  isImplausibleTold: boolean
}

type State = EntryExitState<Spread, SpreadTerms>

const NO_RATIO = 0 as Ratio

/** Judges a clip in one direction. @param level sizes that are held before it */
const judge = (state: State, side: Side, units: number, level: number) =>
  assessEntry(state, side, units, {
    exitBasis: state.settings.exitSpread,
    holdMs: state.settings.expectedHoldMs,
    edgeMin: (state.settings.edgeMin + level * state.settings.addEdge) as Ratio,
    isFundingNeeded: false,
  })

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
  let best: { readonly side: Side; readonly found: Opportunity } | null = null
  for (const side of sidesOf(state.settings.direction)) {
    const { opportunity: found, reasons } = judge(state, side, clip, 0)
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
  const { settle } = state.legs.pair[0].instrument
  const why = `${bpsText(found.edge)} bps after costs of ${centsText(found.costs.costs)} ${settle} for a part worth ${centsText(found.notional)} ${settle}`
  tellEntry(state, side, why, out)
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
  const side = Math.sign(legs.aim) as Side
  const held = Math.abs(unitsOf(legs.pair[legs.lead]))
  const size = orderUnits(state)
  const rest = Math.abs(legs.aim) - held
  if (rest <= 0) return
  const level = size === 0 ? 0 : Math.max(0, Math.ceil(Math.abs(legs.aim) / size) - 1)
  const { opportunity: found, reasons } = judge(
    state,
    side,
    Math.min(rest, clipUnits(state, size)),
    level,
  )
  // What is left to enter may be less than a venue takes: that is no change of the market.
  const isRest = reasons.every(({ code }) => code === 'below_minimum' || code === 'no_common_size')
  if (found === null ? !isRest : reasons.length > 0) return stopEntering(state)
  if (found !== null) enterPair(state, side, Math.abs(legs.aim), legs.clip)
}

/** A further size of its own edge, up to max_open of them. */
function add(state: State, side: Side): void {
  const { legs, settings } = state
  const size = orderUnits(state)
  const level = levelOf(state, size)
  if (size === 0 || level >= settings.openMax || !mayEnter(state) || legs.imbalance !== null) return
  const { opportunity: found, reasons } = judge(state, side, clipUnits(state, size), level)
  if (found === null || reasons.length > 0) return
  state.own.entryEdge = found.edge
  enterPair(state, side, Math.abs(unitsOf(legs.pair[legs.lead])) + size, found.size.units)
}

function reasonToLeave({ legs, settings }: State, side: Side): string | null {
  const spread = exitSpread(legs, side)
  return spread !== null && spread <= settings.exitSpread
    ? `converged at ${bpsText(spread)} bps`
    : null
}

export const spreadArbitrage = entryExitStrategy<Spread, SpreadTerms>({
  id: 'spread_arbitrage',
  caveat:
    'spread arbitrage on candles is indicative: closes of two venues are not of one moment, books are not in them, and every fill is taken at a price that both venues had at the same time',
  parameters: spreadParameters,
  read: (reader) => ({
    edgeMin: reader.bps('min_edge_bps') ?? NO_RATIO,
    exitSpread: reader.bps('exit_spread_bps') ?? NO_RATIO,
    openMax: Math.max(1, reader.count('max_open')),
    addEdge: reader.bps('add_edge_bps') ?? NO_RATIO,
    expectedHoldMs: hoursToMs(reader.factor('expected_hold_h')),
  }),
  contradictions: (given) => given.atMost('min_edge_bps', 'max_edge_bps'),
  own: () => ({ entryEdge: null, seen: null, isImplausibleTold: false }),
  look,
  reasonToLeave,
  goOn: extend,
  add,
  report({ own, legs, settings }) {
    const side = sideOfPair(legs)
    const spread = side === 0 ? null : exitSpread(legs, side)
    // Only while nothing is held both directions are judged at every price.
    const seen = legs.phase === 'flat' ? own.seen : null
    return {
      entry_edge_bps: own.entryEdge === null ? null : bpsText(own.entryEdge),
      edge_now_bps: seen === null ? null : bpsText(seen.edge),
      edge_now_first_leg: seen === null ? null : firstLegOf(seen.side),
      exit_spread_bps: spread === null ? null : bpsText(spread),
      min_edge_bps: (settings.edgeMin / (RATIO_SCALE / 10_000)).toString(),
      exit_at_bps: bpsText(settings.exitSpread),
    }
  },
})
