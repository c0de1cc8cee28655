/** What actions come to where no control plane runs, and what is left of them where no desk runs either: sentences. */
import type { ActionName, StopOptions } from '../client/fleet-access.ts'
import type { InstanceMode } from '../domain/instance-mode.ts'
import type { InstanceState } from '../domain/instance-state.ts'
import { killLaterText, pausedLaterText, pausedText } from '../fleet/commands.ts'
import type { DeskInstanceRow } from '../fleet/desk-rows.ts'
import { deskRestraint } from '../fleet/restraint.ts'
import type { InstanceRecord } from '../ports/fleet-store.ts'
import type { ActionResult } from '../protocol/fleet-messages.ts'

export const NO_CONTROL_PLANE = 'no control plane runs here: perpfleet up'

/** A refusal with a code of docs/reference/http.md. */
export class OfflineError extends Error {
  readonly code: string
  constructor(code: string, text: string) {
    super(text)
    this.code = code
  }
}

export const done = (id: string, text: string, state: InstanceState | null): ActionResult => ({
  id,
  ok: true,
  state,
  text,
  code: null,
})

export const notDone = (
  id: string,
  text: string,
  code: NonNullable<ActionResult['code']>,
  state: InstanceState | null = null,
): ActionResult => ({ id, ok: false, state, text, code })

/** Done, but the desired state could not be kept. */
export const forgotten = (id: string, word: string, fault: string): ActionResult =>
  notDone(id, `${word}, but that is forgotten when a control plane starts: ${fault}`, 'INTERNAL')

/** What leads out of the mode that an action has left it in. */
export function wayOutOf(row: DeskInstanceRow): string {
  const restraint = deskRestraint(row)
  return restraint === null ? '' : `; ${restraint.way_out}`
}

/** @param mode as its desk told it; null = its desk has not told of it */
export const pausedNow = ({ id, hold }: InstanceRecord, mode: InstanceMode | null): ActionResult =>
  hold === null
    ? done(id, pausedText(mode ?? 'paused'), mode ?? 'paused')
    : done(id, pausedLaterText(hold.kind), null)

// --- no desk runs either ------------------------------------------------------------------------

/** An instance as files tell of it. */
export interface AtRest {
  readonly record: InstanceRecord
  /** Its mode in the journal of its account; null = no journal knows it. */
  readonly mode: InstanceMode | null
  /** `0.5 SOL` by the last books; null = flat, or nothing is known. */
  readonly held: string | null
  /** Whether `--direct` reaches the venue now. */
  readonly isExchangeUp: boolean
}

/** Where only the files are left, the desired state is all there is to set. */
export function stoppedAtRest({ record: { id }, held }: AtRest, options: StopOptions) {
  const text = `${id} will not be started`
  if (held === null) return done(id, text, 'stopped')
  if (options.positions === 'keep') return done(id, `${text}; ${held} stays open`, 'stopped')
  const way = `perpfleet kill ${id} closes it at the next start, before anything trades`
  return notDone(id, `${text}; ${held} stays open; ${way}`, 'CONFLICT', 'stopped')
}

/** Orders that nobody has settled may rest at a venue that still runs. */
export function notEnded({ record, isExchangeUp }: AtRest, problem: string, hasDesk: boolean) {
  const { id } = record
  const way = `; perpfleet close-all ${id} --direct cancels them and closes its position`
  return notDone(id, hasDesk || !isExchangeUp ? problem : `${problem}${way}`, 'CONFLICT')
}

/** The desired state is set; a mode that the journal holds and that is stricter goes on holding. */
export function pausedAtRest({ record, mode }: AtRest): ActionResult {
  const { id, hold } = record
  if (hold !== null) return pausedNow(record, null)
  const isHeld = mode !== null && mode !== 'running' && mode !== 'reduce_only'
  return isHeld ? pausedNow(record, mode) : done(id, 'will be paused when it runs', 'stopped')
}

/**
 * The order has been left in run/kill. Where the venue could be reached past the desk the kill is not done: what can be
 * closed now must not be taken for closed.
 */
export function killedAtRest({ record: { id }, held, isExchangeUp }: AtRest): ActionResult {
  const later = 'no desk runs here, the kill is remembered until the next start'
  const text = `will be killed before anything trades; ${later}`
  const open = held === null ? '' : `; ${held} stays open until then`
  if (!isExchangeUp) return done(id, `${text}${open}`, null)
  const now = `perpfleet kill ${id} --direct does it at the venue now`
  return notDone(id, `${text}${open}; ${now}`, 'SERVICE_UNAVAILABLE')
}

/** A desk that runs obeys the order in run/kill within a second of its recovery; what it does until then nobody knows. */
export const killUnanswered = (id: string, problem: string): ActionResult =>
  notDone(id, killLaterText(id, problem), 'SERVICE_UNAVAILABLE')

/** Nobody remembers a close: what is closed at some later start is not what was asked. */
export function closeAtRest({ record: { id }, held, isExchangeUp }: AtRest): ActionResult {
  const text = isExchangeUp
    ? `is not closed, no desk runs here; perpfleet close-all ${id} --direct does it at the venue now`
    : `is not closed, no desk and no exchange run here; perpfleet kill ${id} closes it at the next start, before anything trades`
  const open = held === null ? '' : `; ${held} stays open`
  return notDone(id, `${text}${open}`, 'CONFLICT')
}

/** resume and arm let it trade, for which everything has to run; disarm is what a stop comes to. */
export function refusedAtRest(action: ActionName, id: string): OfflineError {
  const text =
    action === 'disarm'
      ? `is not disarmed, no desk runs here: perpfleet stop ${id} keeps it from starting`
      : 'no desk runs here: perpfleet up'
  return new OfflineError('CONFLICT', text)
}
