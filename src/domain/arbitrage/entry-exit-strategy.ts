/**
 * Makes a strategy of a pair that is taken on both legs when that pays, and left when it no longer does: the rule judges; when it
 * is asked, the common exits and how an entry is told are shared. Pure.
 */
import type { Ratio } from '../money.ts'
import type { RawParameters, Schema } from '../signal/parameter-reader.ts'
import type { Strategy, Wants } from '../strategy.ts'
import { type Assessment, assess, type TradeTerms } from './opportunity.ts'
import {
  exitParameters,
  holdEndsAt,
  leaveByExits,
  type PairExits,
  protectPair,
  readExits,
  sideOfPair,
} from './pair-exit.ts'
import { legMarket } from './pair-market.ts'
import { leavePair } from './pair-moves.ts'
import { edgeMaxParameter } from './pair-parameters.ts'
import type { PairState } from './pair-state.ts'
import { type PairRule, pairStrategy } from './pair-strategy.ts'

/** +1: the first leg is long. */
export type Side = 1 | -1

/** Which leg may be long. */
export type Direction = 'both' | 'long_first' | 'short_first'

export interface EntryExitSettings extends PairExits {
  /** A larger gain is taken for a wrong price. */
  readonly edgeMax: Ratio
  readonly direction: Direction
}

export type EntryExitState<Own, Extra> = PairState<Own, Extra & EntryExitSettings>

export interface EntryExitRule<Own, Extra>
  extends Pick<
    PairRule<Own, Extra & EntryExitSettings>,
    'id' | 'caveat' | 'contradictions' | 'own' | 'report'
  > {
  /** Beside the exits and max_edge_bps; `direction` is one of them. */
  readonly parameters: Schema
  read(...of: Parameters<PairRule<Own, Extra>['read']>): Extra
  /** While nothing is held: enters when it pays. */
  look(state: EntryExitState<Own, Extra>, out: Wants): void
  /** @returns why the pair is to be left now; null = it still earns */
  reasonToLeave(state: EntryExitState<Own, Extra>, side: Side): string | null
  /** The pair is being entered. */
  goOn(state: EntryExitState<Own, Extra>): void
  /** The pair is entered. */
  add?(state: EntryExitState<Own, Extra>, side: Side): void
}

const NO_RATIO = 0 as Ratio

/** Directions that are allowed. */
export const sidesOf = (direction: Direction): readonly Side[] =>
  direction === 'both' ? [1, -1] : direction === 'long_first' ? [1] : [-1]

/** What a side is on the first leg. */
export const firstLegOf = (side: Side): 'long' | 'short' => (side > 0 ? 'long' : 'short')

/** Judges so much in one direction by the model that the scanner asks too. */
export function assessEntry<Own, Extra>(
  { legs, settings }: EntryExitState<Own, Extra>,
  side: Side,
  units: number,
  terms: Pick<TradeTerms, 'exitBasis' | 'edgeMin' | 'isFundingNeeded'> & {
    /** How long the pair is expected to be held. */
    readonly holdMs: number
  },
): Assessment {
  const { holdMs, ...own } = terms
  const [first, second] = legs.pair
  const [long, short] = side > 0 ? [first, second] : [second, first]
  return assess(legMarket(long), legMarket(short), {
    ...own,
    slippage: settings.slippage,
    edgeMax: settings.edgeMax,
    span: { from: legs.at, until: legs.at + holdMs },
    wanted: { base: { units, decimals: legs.grid.decimals } },
  })
}

/** Tells that a pair is entered. @param why what it is judged to bring */
export function tellEntry<Own, Extra>(
  { legs }: EntryExitState<Own, Extra>,
  side: Side,
  why: string,
  out: Wants,
): void {
  out.note('info', `entering ${firstLegOf(side)} ${legs.pair[0].instrument.id}: ${why}`)
}

function hold<Own, Extra>(
  rule: EntryExitRule<Own, Extra>,
  state: EntryExitState<Own, Extra>,
  out: Wants,
): void {
  const { legs, settings } = state
  const side = sideOfPair(legs)
  if (side !== 0) {
    if (leaveByExits(state, settings, out)) return
    const reason = rule.reasonToLeave(state, side)
    if (reason !== null) return leavePair(state, reason, false, out)
  }
  if (legs.phase === 'entering') rule.goOn(state)
  else if (side !== 0) rule.add?.(state, side)
}

/** @returns the strategy; its schema is that of the rule, the common exits and what all pairs share */
export function entryExitStrategy<Own, Extra>(
  rule: EntryExitRule<Own, Extra>,
): Strategy<RawParameters, EntryExitState<Own, Extra>> {
  const { id, caveat, contradictions, own, report } = rule
  return pairStrategy<Own, Extra & EntryExitSettings>({
    id,
    ...(caveat === undefined ? {} : { caveat }),
    parameters: { ...rule.parameters, ...edgeMaxParameter, ...exitParameters },
    read: (reader) => ({
      ...readExits(reader),
      ...rule.read(reader),
      edgeMax: reader.bps('max_edge_bps') ?? NO_RATIO,
      direction: reader.word<Direction>('direction', 'both'),
    }),
    ...(contradictions === undefined ? {} : { contradictions }),
    own,
    protect: (state, out) => protectPair(state, state.settings, out),
    decide(state, out) {
      if (state.legs.phase === 'flat') rule.look(state, out)
      else if (state.legs.phase !== 'exiting') hold(rule, state, out)
      state.nextAt = holdEndsAt(state, state.settings)
    },
    report,
  })
}
