/**
 * What all strategies of two legs do alike: they hear markets, fills and legs, repair what is apart, and say targets, resting
 * orders and wakes. Decisions of their own stand in src/strategies/. See docs/concepts/legs.md.
 */
import type { InstrumentId } from '../instrument.ts'
import type { MarketPrice } from '../market.ts'
import { money } from '../money.ts'
import type { AttributedFill } from '../order.ts'
import { amountText } from '../signal/amounts.ts'
import { adoptPosition, bookFill } from '../signal/own-book.ts'
import type { RawParameters } from '../signal/parameter-reader.ts'
import type { RestingWant, StrategyContext, StrategyEvent, Wants } from '../strategy.ts'
import { planTargets, settleTargets } from './leg-plan.ts'
import {
  areOpen,
  isFlat,
  isOneAway,
  type LegIndex,
  legIndexOf,
  legsStart,
  netDelta,
  unitsText,
} from './leg-state.ts'
import { advanceLegs, repairText, setLegOpen, watchImbalance } from './leg-watch.ts'
import { countUnwinding, noteMatched, pauseEntries, resumeEntries } from './pair-entry.ts'
import { suggestRebalance, watchMargin } from './pair-margin.ts'
import { heardFrom } from './pair-market.ts'
import { endPair, movePhase, renewExit, stopEntering } from './pair-moves.ts'
import type { PairSettings } from './pair-parameters.ts'
import type { AnyPair, PairState } from './pair-state.ts'
import { reportWakes, wakesOf } from './pair-wakes.ts'
import {
  adoptLeg,
  advanceOpportunities,
  bookOpportunityFill,
  bookOpportunityFunding,
  endText,
  opportunityBook,
  resultOf,
} from './round-trip.ts'

/** The state at the first start; found positions are the open opportunity, at mark. */
export function pairStart<Own, Extra>(
  parameters: RawParameters,
  settings: PairSettings & Extra,
  context: StrategyContext,
  own: Own,
): PairState<Own, Extra> {
  const legs = legsStart(context)
  legs.lead = settings.lead
  const book = opportunityBook()
  for (const index of [0, 1] as const) {
    const leg = legs.pair[index]
    const found = context.prices[index]
    if (found === undefined) continue
    leg.heard = heardFrom(context.at, found, settings.halfSpread)
    const held = context.positions[index] ?? 0
    if (held === 0) continue
    adoptPosition(leg.book, leg.instrument, held, found.mark)
    adoptLeg(book, legs, index, found.mark)
  }
  if (!isFlat(legs)) legs.phase = 'holding'
  const state: PairState<Own, Extra> = {
    parameters,
    settings,
    legs,
    book,
    own,
    finish: null,
    resting: [],
    wakes: [],
    nextAt: null,
    isRebalanceNoted: false,
    startedAt: context.at,
  }
  state.wakes = wakesOf(state)
  return state
}

// What is heard

export function onLegPrice(state: AnyPair, at: number, index: LegIndex, found: MarketPrice): void {
  const leg = state.legs.pair[index]
  leg.heard = heardFrom(Math.max(at, leg.heard?.at ?? 0), found, state.settings.halfSpread)
}

/** Brings the clock forward; everything between two events is measured with what was held. */
export function advancePair({ book, legs }: AnyPair, at: number): void {
  advanceOpportunities(book, legs, at)
  advanceLegs(legs, at)
}

/** Books a fill. A liquidation ends the instance: the desks flatten both legs. */
export function onLegFill(state: AnyPair, fill: AttributedFill, out: Wants): void {
  const { legs, book } = state
  const index = legIndexOf(legs, fill.instrument)
  if (index === null) return
  const leg = legs.pair[index]
  bookFill(leg.book, leg.instrument, fill)
  const closed = bookOpportunityFill(book, legs, index, fill)
  if (closed !== null) {
    closed.exit ??= endText(closed, legs)
    // The pair was left before its repair began.
    if (closed.outcome === 'unwound' && legs.phase === 'exiting') countUnwinding(state, out)
    out.note(
      'info',
      `opportunity ${closed.number} closed (${closed.exit}): ${amountText(resultOf(closed, legs))} ${legs.pair[0].instrument.settle}`,
    )
  }
  if (fill.origin.kind === 'liquidation')
    endPair(
      state,
      'liquidated',
      `${leg.instrument.id} was liquidated: both legs are flattened`,
      out,
    )
}

export function onLegFunding(state: AnyPair, instrument: InstrumentId, amount: number): void {
  const index = legIndexOf(state.legs, instrument)
  if (index === null) return
  const { book } = state.legs.pair[index]
  book.funding = money(book.funding + amount)
  bookOpportunityFunding(state.book, index, money(amount))
}

/** A leg opens or closes: while one is closed nothing is entered or extended; what it can still reduce may be left. */
export function onLegOpen(
  state: AnyPair,
  event: Extract<StrategyEvent, { kind: 'leg' }>,
  out: Wants,
): void {
  const { legs } = state
  const { instrument, isOpen, reason } = event
  const index = legIndexOf(legs, instrument)
  if (index === null) return
  const { mode: before } = legs.pair[index]
  const isChange = setLegOpen(legs, index, event)
  // What a limit holds the next day releases too: nobody has looked then.
  const isReleased = before === 'paused' || before === 'disarmed' || before === 'killed'
  if (isReleased && event.mode === 'running') resumeEntries(state, out)
  if (!isChange) return
  if (isOpen) return out.note('info', `${instrument} is open`)
  out.note(
    'warn',
    `${instrument} is closed (${reason ?? 'no reason told'}): no new risk on either leg`,
  )
  stopEntering(state)
}

/** Follows an imbalance and says once when it is repaired by force. */
function repair(state: AnyPair, out: Wants): void {
  const { legs, settings } = state
  const former = legs.imbalance
  const { action: before, stage } = former ?? { action: 'none', stage: 0 }
  const action = watchImbalance(legs, settings)
  if (former !== null && legs.imbalance === null && before === 'none') noteMatched(state)
  const isLater = (legs.imbalance?.stage ?? 0) > stage
  if ((action === before && !isLater) || action === 'none') return
  const lasted = legs.at - (legs.imbalance?.since ?? legs.at)
  const apart = unitsText(legs, Math.abs(netDelta(legs)))
  const planned = planTargets(legs, settings)
  const isAnyAble = legs.pair.some(({ canReduce }, index) => canReduce && planned[index] !== null)
  out.note(
    'warn',
    `net delta of ${apart} ${legs.pair[0].instrument.base} for ${lasted} ms: ${repairText(legs, action, isAnyAble)}`,
  )
  if (action === before) return
  // Where the lead itself is away nothing goes back up.
  const isBack = legs.phase === 'exiting' && action === 'unwind' && isOneAway(legs)
  if (isBack && legs.imbalance !== null && legs.imbalance.isReturning !== true) {
    legs.returns += 1
    legs.imbalance.isReturning = true
  }
  // With a leg that is closed the other one may have gone back in either turn.
  if (action !== 'unwind' && areOpen(legs)) return
  stopEntering(state)
  // The other leg's order, whose target was taken back, may still be on its way.
  if (legs.phase === 'exiting') pauseEntries(state)
  else countUnwinding(state, out)
}

// What is said

const isSameResting = (a: RestingWant, b: RestingWant): boolean =>
  a.price === b.price && a.quantity === b.quantity && a.side === b.side

function reportResting(state: AnyPair, wanted: RestingWant[], out: Wants): void {
  for (const { slot } of state.resting) {
    if (!wanted.some((want) => want.slot === slot)) out.drop(slot)
  }
  for (const want of wanted) {
    const former = state.resting.find(({ slot }) => slot === want.slot)
    if (former === undefined || !isSameResting(former, want)) out.rest(want)
  }
  state.resting = wanted
}

/** What a strategy adds after each event. */
export interface PairActions {
  /** Market events with both legs heard: enter, extend, leave. */
  decide(): void
  /** Every other event: leave what must not wait for a price that counts. */
  protect(): void
  resting(): RestingWant[]
}

/** After every event: repair, decide, and say what has changed. */
export function concludePair(
  state: AnyPair,
  isMarket: boolean,
  actions: PairActions,
  out: Wants,
): void {
  const { legs, settings } = state
  if (state.finish === null) {
    repair(state, out)
    movePhase(state)
    if (isMarket) {
      renewExit(state)
      watchMargin(state, out)
      suggestRebalance(state, out)
      actions.decide()
      watchImbalance(legs, settings)
    } else if (settings.decidesOn === 'price') {
      watchMargin(state, out)
      actions.protect()
    }
  }
  const isOver = state.finish !== null
  reportResting(state, isOver ? [] : actions.resting(), out)
  settleTargets(legs, isOver ? [null, null] : planTargets(legs, settings), out)
  reportWakes(state, out)
}
