/**
 * What all strategies of two legs do alike: they hear markets, fills and legs, move a pair in and out by clips, repair it, and
 * say targets and wakes. Decisions of their own stand in src/strategies/. See docs/concepts/legs.md.
 */
import type { InstrumentId } from '../instrument.ts'
import { notionalOf } from '../instrument.ts'
import type { MarketPrice } from '../market.ts'
import {
  divide,
  money,
  mulDiv,
  type Price,
  price,
  quantity,
  RATIO_SCALE,
  type Ratio,
} from '../money.ts'
import type { AttributedFill } from '../order.ts'
import { maintenanceMargin } from '../position/margin.ts'
import { amountText } from '../signal/amounts.ts'
import { adoptPosition, bookFill } from '../signal/own-book.ts'
import type { RawParameters } from '../signal/parameter-reader.ts'
import type {
  Finish,
  RestingWant,
  StrategyContext,
  StrategyEvent,
  Wake,
  Wants,
} from '../strategy.ts'
import { planTargets, settleTargets, worstFor } from './leg-plan.ts'
import {
  areOpen,
  equityOfLeg,
  inFirst,
  isFlat,
  isOneAway,
  type Leg,
  type LegIndex,
  type Legs,
  leastUnits,
  legIndexOf,
  legsStart,
  netDelta,
  TURN_MS,
  unitsOf,
  unitsText,
} from './leg-state.ts'
import { advanceLegs, nextRepairAt, repairText, setLegOpen, watchImbalance } from './leg-watch.ts'
import {
  areEntriesStopped,
  countUnwinding,
  noteMatched,
  pauseEntries,
  resumeEntries,
} from './pair-entry.ts'
import { carriedUnits, heardFrom } from './pair-market.ts'
import type { PairSettings } from './pair-parameters.ts'
import {
  adoptLeg,
  advanceOpportunities,
  bookOpportunityFill,
  bookOpportunityFunding,
  noteDecision,
  type OpportunityBook,
  opportunityBook,
  resultOf,
} from './round-trip.ts'

/** Plain data: what an instance of two legs stores. */
export interface PairState<Own, Extra> {
  parameters: RawParameters
  settings: PairSettings & Extra
  readonly legs: Legs
  readonly book: OpportunityBook
  own: Own
  finish: Finish | null
  /** Orders that rest, as they were last said. */
  resting: RestingWant[]
  wakes: Wake[]
  /** Market time at which the strategy itself wants to be called; null = prices and fills are enough. */
  nextAt: number | null
  /** A transfer was suggested and the legs are still as uneven. */
  isRebalanceNoted: boolean
  readonly startedAt: number
}

/** A pair of any strategy. */
export type AnyPair = PairState<unknown, unknown>

/** Prices are heard again when they have moved so far, 0.5 bps. */
const BAND = 5_000 as Ratio

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
    closed.exit ??= 'closed'
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
  // Held by its mode alone: only an operator (or the end of a limit) opens it again.
  const wasHeld = !legs.pair[index].isOpen && legs.pair[index].canReduce
  if (!setLegOpen(legs, index, event)) return
  if (isOpen && wasHeld) resumeEntries(state, out)
  if (isOpen) return out.note('info', `${instrument} is open`)
  out.note(
    'warn',
    `${instrument} is closed (${reason ?? 'no reason told'}): no new risk on either leg`,
  )
  stopEntering(state)
}

// What is decided

/** Worth of a pair by its parameters, in units that both venues can hold; 0 = too small for them. */
export function orderUnits({ legs, settings }: AnyPair): number {
  const { grid, pair } = legs
  const [first] = pair
  const { orderUnits: units, orderNotional: worth } = settings
  if (units !== null) return divide(units, grid.step, 'floor') * grid.step
  if (worth === null || first.heard === null) return 0
  const lots = divide(worth, first.heard.ask * first.instrument.moneyPerUnit, 'floor')
  return divide(lots * first.unit, grid.step, 'floor') * grid.step
}

/** Units of one part of a size: never below two smallest orders, so that what is left of one can be traded. */
export function clipUnits({ legs, settings }: AnyPair, size: number): number {
  const { step } = legs.grid
  const least = 2 * Math.max(leastUnits(legs.pair[0]), leastUnits(legs.pair[1]))
  const part = Math.max(least, Math.ceil(size / settings.clips))
  return Math.min(Math.ceil(part / step) * step, Math.max(step, size))
}

/** Worst price of the next order of the lead in a direction of the pair (+1: the first leg buys). */
function leadWorst({ legs, settings }: AnyPair, side: 1 | -1): Price | null {
  const { pair, lead } = legs
  const { heard } = pair[lead]
  const own = (lead === 0 ? side : 0 - side) as 1 | -1
  return heard === null ? null : worstFor(heard, own, settings.slippage)
}

/** What is on its way from a pair of the other side might still trade. */
const isTurningTooSoon = ({ sideLast, flatAt, at }: Legs, side: 1 | -1): boolean =>
  sideLast !== 0 && sideLast !== side && at < flatAt + TURN_MS

/** Goes into a pair, or further into it; only with both legs open. */
export function enterPair(state: AnyPair, side: 1 | -1, size: number, clip: number): void {
  const { legs } = state
  if (!areOpen(legs) || legs.imbalance?.action === 'unwind' || isTurningTooSoon(legs, side)) return
  if (areEntriesStopped(state)) return
  legs.sideLast = side
  if (legs.phase !== 'entering') noteDecision(state.book, legs)
  legs.phase = 'entering'
  // Never further than the margin of both legs carries: the hedge of the last clip must not be refused.
  const held = Math.abs(unitsOf(legs.pair[legs.lead]))
  legs.aim = side * Math.max(held, Math.min(size, carriedUnits(legs)))
  legs.clip = clip
  legs.leadWorst = leadWorst(state, side)
}

/** No more is entered: what the lead holds stays, the hedge follows it. */
export function stopEntering({ legs }: AnyPair): void {
  if (legs.phase !== 'entering') return
  const held = unitsOf(legs.pair[legs.lead])
  legs.aim = legs.lead === 0 ? held : 0 - held
  legs.leadWorst = null
  legs.phase = isFlat(legs) ? 'flat' : 'holding'
  if (legs.phase === 'flat') legs.flatAt = legs.at
}

/** Leaves the pair, clip by clip. @param isUrgent at the market instead of within the slippage */
export function leavePair(state: AnyPair, reason: string, isUrgent: boolean, out: Wants): void {
  const { legs, book } = state
  if (legs.phase === 'exiting' || isFlat(legs)) return
  const side = Math.sign(unitsOf(legs.pair[0]) || 0 - unitsOf(legs.pair[1]))
  noteDecision(book, legs)
  legs.phase = 'exiting'
  legs.returns = 0
  legs.aim = 0
  legs.leadWorst = isUrgent ? null : leadWorst(state, (0 - side) as 1 | -1)
  legs.clip = Math.max(legs.clip, clipUnits(state, Math.abs(unitsOf(legs.pair[legs.lead]))))
  if (book.open !== null) book.open.exit = reason
  out.note('info', `leaving the pair: ${reason}`)
}

/** An exit that is not urgent follows the market. */
function renewExit(state: AnyPair): void {
  const { legs } = state
  if (legs.phase !== 'exiting' || legs.leadWorst === null) return
  const held = unitsOf(legs.pair[legs.lead])
  if (held === 0) return
  const own = Math.sign(held)
  const side = (legs.lead === 0 ? 0 - own : own) as 1 | -1
  legs.leadWorst = leadWorst(state, side)
}

/** Ends the instance by its own rule. */
export function endPair(state: AnyPair, reason: string, text: string, out: Wants): void {
  if (state.finish !== null) return
  state.finish = { reason, orders: 'cancel', positions: 'close' }
  out.note('warn', text)
  out.finish(state.finish)
}

/** Phases that follow from what is held: entered, left, or held by nobody's wish. */
function movePhase(state: AnyPair): void {
  const { legs, settings } = state
  if (legs.phase === 'following') return
  const held = unitsOf(legs.pair[legs.lead])
  const wanted = legs.lead === 0 ? legs.aim : 0 - legs.aim
  if (legs.phase === 'entering') {
    const missing = Math.abs(wanted - held)
    const least = Math.max(leastUnits(legs.pair[0]), leastUnits(legs.pair[1]))
    if (missing < least && legs.imbalance === null) stopEntering(state)
    return
  }
  if (isFlat(legs)) {
    if (legs.phase !== 'flat') {
      legs.cooldownUntil = Math.max(legs.cooldownUntil, legs.at + settings.cooldownMs)
      legs.flatAt = legs.at
    }
    legs.phase = 'flat'
    legs.aim = 0
    legs.leadWorst = null
    return
  }
  // A fill that came after everything was left: it goes too.
  if (legs.phase === 'flat') {
    legs.phase = 'exiting'
    legs.returns = 0
    legs.aim = 0
    legs.leadWorst = null
    legs.clip = Math.max(legs.clip, clipUnits(state, Math.abs(held)))
  }
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
  out.note('warn', `net delta of ${apart} for ${lasted} ms: ${repairText(legs, action)}`)
  if (action === before) return
  if (legs.phase === 'exiting' && isOneAway(legs)) legs.returns += 1
  // With a leg that is closed the other one may have gone back in either turn.
  if (action !== 'unwind' && areOpen(legs)) return
  stopEntering(state)
  // The other leg's order, whose target was taken back, may still be on its way.
  if (legs.phase === 'exiting') pauseEntries(state)
  else countUnwinding(state, out)
}

// Margin

/** Leaves the pair before a venue liquidates one side. */
function watchMargin(state: AnyPair, out: Wants): void {
  const { legs, settings } = state
  if (settings.marginExit === 0 || legs.phase === 'exiting') return
  for (const leg of legs.pair) {
    const { instrument, book, heard } = leg
    if (book.position === 0 || heard === null) continue
    const value = notionalOf(instrument, heard.mark, quantity(Math.abs(book.position)))
    const needed = maintenanceMargin(instrument.marginTiers, value)
    const least = mulDiv(needed, settings.marginExit, RATIO_SCALE, 'ceil')
    const equity = equityOfLeg(leg)
    if (equity >= least) continue
    const text = `margin of ${instrument.id}: equity ${amountText(equity)}, left below ${amountText(least)}`
    return leavePair(state, text, true, out)
  }
}

export interface RebalanceHint {
  readonly from: InstrumentId
  readonly to: InstrumentId
  /** 1e-8 of the first leg's settlement currency. */
  readonly amount: number
}

/** The transfer that would make both legs even, when they are further apart than is wanted; null = they are not. */
export function rebalanceHint({ legs, settings }: AnyPair): RebalanceHint | null {
  const [first, second] = legs.pair
  const worth = (leg: Leg): number => inFirst(leg, Math.trunc(equityOfLeg(leg)))
  const [one, other] = [worth(first), worth(second)]
  const apart = Math.abs(one - other)
  if (apart <= mulDiv(Math.abs(one + other), settings.rebalance, RATIO_SCALE, 'ceil')) return null
  const [from, to] = one > other ? [first, second] : [second, first]
  return { from: from.instrument.id, to: to.instrument.id, amount: divide(apart, 2, 'floor') }
}

function suggestRebalance(state: AnyPair, out: Wants): void {
  const hint = rebalanceHint(state)
  if (hint === null) {
    state.isRebalanceNoted = false
    return
  }
  if (state.isRebalanceNoted) return
  state.isRebalanceNoted = true
  const { settle } = state.legs.pair[0].instrument
  out.note(
    'warn',
    `the margins of the legs are uneven: moving ${amountText(hint.amount)} ${settle} from the venue of ${hint.from} to that of ${hint.to} would even them (never done by itself)`,
  )
}

// What is said

function wakeOf(state: AnyPair, index: LegIndex, at: number | null): Wake {
  const { instrument, heard } = state.legs.pair[index]
  const isWatched = state.settings.decidesOn === 'price' && heard !== null
  const band = isWatched ? Math.max(1, mulDiv(heard.last, BAND, RATIO_SCALE, 'ceil')) : 0
  return {
    instrument: instrument.id,
    below: isWatched ? price(Math.max(1, heard.last - band)) : null,
    above: isWatched ? price(heard.last + band) : null,
    at,
    by: 'last',
  }
}

const earliest = (times: readonly (number | null)[], after: number): number | null => {
  const coming = times.filter((at) => at !== null).filter((at) => at > after)
  return coming.length === 0 ? null : Math.min(...coming)
}

/** Prices around what was heard last, and the next moment at which time decides. */
export function wakesOf(state: AnyPair): Wake[] {
  const { legs, settings, nextAt, finish } = state
  if (finish !== null) return []
  const { at, cooldownUntil } = legs
  const due = earliest([nextRepairAt(legs, settings), cooldownUntil, nextAt], at)
  // A market that is quiet is heard all the same, so that its price does not grow old.
  const fresh = at + Math.max(1, Math.floor(settings.priceAgeMs / 2))
  const second = settings.decidesOn === 'price' ? fresh : null
  const first = earliest([due, second], at)
  // A repair must not depend on one desk alone.
  const other = earliest([nextRepairAt(legs, settings), second], at)
  return [wakeOf(state, 0, first), wakeOf(state, 1, other)].filter(
    ({ below, above, at: time }) => below !== null || above !== null || time !== null,
  )
}

function reportWakes(state: AnyPair, out: Wants): void {
  const wakes = wakesOf(state)
  for (const { instrument } of state.wakes) {
    if (!wakes.some((wake) => wake.instrument === instrument))
      out.wake({ instrument, below: null, above: null, at: null, by: 'last' })
  }
  for (const wake of wakes) out.wake(wake)
  state.wakes = wakes
}

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
