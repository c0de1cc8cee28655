/** Why an instance is held, since when, and what leads out: of its process, else of its desk. */
import { type Restraint, restraintOf } from '../domain/mode-cause.ts'
import type { Hold } from '../ports/fleet-store.ts'
import type { DeskInstanceRow } from './desk-watch.ts'
import { mismatchRestraint } from './outside-view.ts'

const WAYS: Readonly<Record<Hold['kind'], (id: string) => string>> = {
  quarantined: (id) =>
    `it does not run until perpfleet start ${id}; perpfleet logs ${id} tells how it ended`,
  refused: (id) => `correct its file and it starts by itself, or perpfleet start ${id}`,
  finished: (id) => `perpfleet start ${id} begins a new life`,
  stopped: (id) => `perpfleet start ${id} starts it again`,
  exited: (id) => `perpfleet start ${id} starts it again`,
}

/** What keeps its process from starting. */
export const holdRestraint = (id: string, { kind, reason, at }: Hold): Restraint => ({
  state: kind === 'quarantined' ? 'quarantined' : 'stopped',
  since: new Date(at).toISOString(),
  why: reason,
  way_out: WAYS[kind](id),
})

/** What its desk holds it for; null while it may trade. */
export function deskRestraint(row: DeskInstanceRow | null): Restraint | null {
  if (row === null) return null
  const mode = restraintOf(row.instance, row.mode, row.cause ?? null, row.latch)
  const mismatch = mismatchRestraint(row)
  if (mode === null || mismatch === null) return mode ?? mismatch
  return { ...mode, why: `${mode.why}; ${mismatch.why}` }
}

/** Both: a process that does not run comes first. */
export const restraintsOf = (
  id: string,
  hold: Hold | null,
  row: DeskInstanceRow | null,
): Restraint | null => (hold === null ? deskRestraint(row) : holdRestraint(id, hold))

/** The same as the rest of a sentence: `is quarantined: why; way out`. */
export function holdText(hold: Hold, id: string): string {
  const { why, way_out: way } = holdRestraint(id, hold)
  return `is ${hold.kind}: ${why}; ${way}`
}
