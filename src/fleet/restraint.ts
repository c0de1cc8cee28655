/** Why an instance is held, since when, and what leads out: of its process, else of its desk. */
import type { DesiredState } from '../domain/instance-state.ts'
import { type Restraint, restraintOf } from '../domain/mode-cause.ts'
import type { Hold, InstanceRecord } from '../ports/fleet-store.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import { mismatchRestraint } from './outside-view.ts'

const WAYS: Readonly<Record<Hold['kind'], (id: string) => string>> = {
  quarantined: (id) =>
    `it does not run until perpfleet start ${id}; perpfleet logs ${id} tells how it ended`,
  refused: (id) =>
    `correct its file and it starts by itself, any other mend needs perpfleet start ${id}`,
  finished: (id) => `perpfleet start ${id} begins a new life`,
  stopped: (id) => `perpfleet start ${id} starts it again`,
  exited: (id) => `perpfleet start ${id} starts it again`,
}

/** What keeps its process from starting. A corrected file starts nothing that an operator wants stopped. */
const holdRestraint = (
  id: string,
  { kind, reason, at }: Hold,
  desired: DesiredState,
): Restraint => ({
  state: kind === 'quarantined' ? 'quarantined' : 'stopped',
  since: new Date(at).toISOString(),
  why: reason,
  way_out:
    kind === 'refused' && desired === 'stopped'
      ? `mend that, then perpfleet start ${id}`
      : WAYS[kind](id),
})

/** What its desk holds it for; null while it may trade. */
export function deskRestraint(row: DeskInstanceRow | null): Restraint | null {
  if (row === null) return null
  const held = restraintOf(row.instance, row.mode, row.cause ?? null, row.latch)
  const leg = held === null ? null : heldLegOf(row)
  const mode = held === null || leg === null ? held : { ...held, why: `${leg}: ${held.why}` }
  const mismatch = mismatchRestraint(row)
  if (mode === null || mismatch === null) return mode ?? mismatch
  return { ...mode, why: `${mode.why}; ${mismatch.why}` }
}

/** Of several legs the one that holds the instance down; null = all of them do, or there is one. */
function heldLegOf({ legs, mode }: DeskInstanceRow): string | null {
  const leg = legs?.find((one) => one.mode === mode)
  if (leg === undefined || legs?.every((one) => one.mode === mode)) return null
  return `${leg.instrument.venue} ${leg.symbol}`
}

/** Both: a process that does not run comes first, and does not hide what holds its position. */
export const restraintsOf = (record: Held, row: DeskInstanceRow | null): Restraint | null =>
  withHold(record, deskRestraint(row))

type Held = Pick<InstanceRecord, 'id' | 'hold' | 'desired'>

/** @param held what its desk holds it for, now or when it was last seen */
export function withHold({ id, hold, desired }: Held, held: Restraint | null): Restraint | null {
  if (hold === null) return held
  const own = holdRestraint(id, hold, desired)
  if (held === null) return own
  const why = `${own.why}; ${held.state}: ${held.why}`
  return { ...own, why, way_out: `${own.way_out}; ${held.way_out}` }
}

/** The same as the rest of a sentence, of an instance that is wanted: `is quarantined: why; way out`. */
export function holdText(hold: Hold, id: string): string {
  const { why, way_out: way } = holdRestraint(id, hold, 'running')
  return `is ${hold.kind}: ${why}; ${way}`
}
