/** What a signal strategy wants, from scratch and as changes: protective orders, one target, one wake. */
import { quantity } from '../money.ts'
import type { RestingWant, TargetWant, Wake, Wants } from '../strategy.ts'
import { nextStepAt, protectiveWants } from './exits.ts'
import type { HeldTarget, SignalCore } from './signal-state.ts'

export const restingOf = (core: SignalCore): RestingWant[] =>
  core.finish === null ? protectiveWants(core.settings.exits, core.instrument, core.trade) : []

export function targetOf(core: SignalCore): TargetWant | null {
  const { target, instrument } = core
  if (target === null) return null
  return {
    instrument: instrument.id,
    quantity: quantity(target.quantity),
    worstPrice: target.worst,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: target.isExit,
  }
}

/** When the strategy must hear the clock: at the next take-profit step. */
export function wakesOf(core: SignalCore): Wake[] {
  const at = wakeAt(core)
  return at === null ? [] : [wake(core, at)]
}

/** Null = it needs no clock. */
export const wakeAt = ({ finish, settings, trade }: SignalCore): number | null =>
  finish === null ? nextStepAt(settings.exits, trade) : null

const wake = ({ instrument }: SignalCore, at: number | null): Wake => ({
  instrument: instrument.id,
  below: null,
  above: null,
  at,
  by: 'last',
})

/** Makes a change and reports what it does to the protective orders and to the next wake. */
export function withProtection(core: SignalCore, out: Wants, change: () => void): void {
  const before = restingOf(core)
  const wakeBefore = wakeAt(core)
  change()
  reportResting(before, restingOf(core), out)
  const wakeNow = wakeAt(core)
  if (wakeNow !== wakeBefore) out.wake(wake(core, wakeNow))
}

/** Reports the difference of two sets of resting orders. */
export function reportResting(
  before: readonly RestingWant[],
  after: readonly RestingWant[],
  out: Wants,
): void {
  for (const want of before) if (!after.some(({ slot }) => slot === want.slot)) out.drop(want.slot)
  for (const want of after) {
    const former = before.find(({ slot }) => slot === want.slot)
    if (former === undefined || !isSame(former, want)) out.rest(want)
  }
}

const isSame = (a: RestingWant, b: RestingWant): boolean =>
  a.side === b.side &&
  a.price === b.price &&
  a.quantity === b.quantity &&
  a.trigger?.price === b.trigger?.price &&
  a.trigger?.by === b.trigger?.by

/** Replaces the target and reports it. */
export function setTarget(core: SignalCore, target: HeldTarget | null, out: Wants): void {
  if (core.target === null && target === null) return
  core.target = target
  const want = targetOf(core)
  if (want === null) out.dropTarget(core.instrument.id)
  else out.target(want)
}
