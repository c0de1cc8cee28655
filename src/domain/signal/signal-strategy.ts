/**
 * Makes a strategy of a rule: the rule hears the bars of its timeframe and says long, short or out; everything else is
 * shared (signal-core.ts). A signal decides on the close of a closed bar, and the order goes out after it.
 */
import { atrNext } from '../indicator/atr.ts'
import type { Candle } from '../market.ts'
import { InvariantError, money } from '../money.ts'
import type { AttributedFill } from '../order.ts'
import type { Strategy, StrategyEvent, Wants } from '../strategy.ts'
import { addToBar, type Bar, endBar, endedBefore, isOwnBar, measure } from './bars.ts'
import type { RawParameters } from './parameter-reader.ts'
import {
  adjust,
  contradictionsIn,
  inputsOf,
  type Kit,
  objectionsTo,
  startState,
} from './signal-checks.ts'
import { decide, end, follow, heard, isBusy, NOTHING, onBarClose, onFill } from './signal-core.ts'
import { signalReport } from './signal-report.ts'
import type { RestingRule, SignalRule, SignalState } from './signal-rule.ts'
import { signalSchema } from './signal-settings.ts'
import { reportResting, restingOf, targetOf, wakesOf } from './signal-wants.ts'

/** @returns the strategy; its schema is that of the rule and the shared keys */
export function signalStrategy<Own>(
  rule: SignalRule<Own>,
): Strategy<RawParameters, SignalState<Own>> {
  const schema = signalSchema(rule.parameters, rule.omitted ?? [])
  const kit: Kit<Own> = { rule, schema }
  return {
    id: rule.id,
    stateVersion: 1,
    parameters: schema,
    ...(rule.caveat === undefined ? {} : { caveat: rule.caveat }),
    inputs: (raw) => inputsOf(kit, raw),
    contradictions: (raw) => contradictionsIn(kit, raw),
    check: (raw, context) => objectionsTo(kit, raw, context),
    start: (raw, context) => startState(kit, raw, context),
    on(state, event, out) {
      if (event.kind !== 'candle') return onOther(kit, state, event, out)
      const { core } = state
      if (event.instrument !== core.instrument.id) return
      heard(core, event.at, event.price, out)
      const { candle } = event
      if (core.trade !== null) follow(core, candle, out)
      if (core.finish !== null) return
      if (isOwnBar(state.bars, candle)) onBar(rule, state, candle, out)
      else aggregate(rule, state, candle, out)
    },
    wanted({ core, own }) {
      const target = targetOf(core)
      return {
        resting: [...restingOf(core), ...(rule.rests?.resting(own, core) ?? [])],
        targets: target === null ? [] : [target],
        wakes: wakesOf(core),
        finish: core.finish,
      }
    },
    migrate(_state, fromVersion) {
      throw new InvariantError(
        `Invariant: ${rule.id} knows states of version 1, found ${fromVersion}; start the instance with the program that wrote it`,
      )
    },
    report: (state, prices) =>
      signalReport(state.core, prices[0]?.mark ?? state.core.mark, {
        indicators: rule.indicators(state.own, state.core.instrument),
        ...(rule.caveat === undefined ? {} : { indicative: rule.caveat }),
      }),
  }
}

function aggregate<Own>(
  rule: SignalRule<Own>,
  state: SignalState<Own>,
  candle: Candle,
  out: Wants,
): void {
  const { bars, core } = state
  const fault = measure(bars, candle)
  if (fault !== null) {
    const before = rule.rests?.resting(state.own, core) ?? []
    end(core, 'timeframe', fault, out)
    return reportResting(before, [], out)
  }
  if (endedBefore(bars, candle) && endBar(bars)) onBar(rule, state, bars, out)
  if (addToBar(bars, candle) && endBar(bars)) onBar(rule, state, bars, out)
}

function onBar<Own>(rule: SignalRule<Own>, state: SignalState<Own>, bar: Bar, out: Wants): void {
  const { core, own } = state
  const before = rule.rests?.resting(own, core)
  if (isBusy(core)) onBarClose(core, out)
  const range = state.atr === null ? 0 : atrNext(state.atr, bar.high, bar.low, bar.close)
  // NaN until warm.
  const atr = range > 0 ? range : 0
  const signal = rule.next(own, bar)
  if (signal !== NOTHING) decide(core, signal, atr, out)
  if (rule.rests === undefined || before === undefined) return
  rule.rests.onBar(own, core, atr, out)
  reportResting(before, rule.rests.resting(own, core), out)
}

function onAnyFill<Own>(
  rests: RestingRule<Own> | undefined,
  { core, own }: SignalState<Own>,
  fill: AttributedFill,
  out: Wants,
): void {
  if (fill.instrument !== core.instrument.id) return
  if (rests === undefined) return onFill(core, fill, out)
  const before = rests.resting(own, core)
  onFill(core, fill, out)
  rests.onFill(own, core, fill, out)
  reportResting(before, rests.resting(own, core), out)
}

function onOther<Own>(
  { rule, schema }: Kit<Own>,
  state: SignalState<Own>,
  event: Exclude<StrategyEvent, { kind: 'candle' }>,
  out: Wants,
): void {
  const { core } = state
  if (event.kind === 'command') adjust(state, event.command.parameters, schema, out)
  else if (event.kind === 'fill') onAnyFill(rule.rests, state, event.fill, out)
  else if (event.instrument !== core.instrument.id) return
  else if (event.kind === 'price') heard(core, event.at, event.price, out)
  else if (event.kind === 'funding') core.book.funding = money(core.book.funding + event.amount)
}
