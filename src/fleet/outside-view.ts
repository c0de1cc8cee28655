/** What the venue has on the contract of an instance and its books do not: shown by list and status, in decimal text. */

import type { InstanceState } from '../domain/instance-state.ts'
import { formatLots } from '../domain/instrument.ts'
import type { Restraint } from '../domain/mode-cause.ts'
import type { InstanceView } from '../protocol/fleet-messages.ts'
import type { DeskInstanceRow } from './desk-rows.ts'

type Differing = Pick<
  DeskInstanceRow,
  'instance' | 'instrument' | 'mode' | 'position' | 'position_venue' | 'foreign' | 'legs'
>

const lotsText = ({ instrument }: Differing, lots: number): string => formatLots(instrument, lots)

/** The mode as it is shown: who takes no new risk because its position differs does not simply run. */
export const stateShown = (row: Differing): InstanceState =>
  row.mode === 'running' && differingOf(row) !== null ? 'reduce_only' : row.mode

/** Of several legs the first whose position differs; null = none does. */
function differingOf(row: Differing): Differing | null {
  const legs: readonly Differing[] = row.legs ?? [row]
  return legs.find(({ position_venue: venue }) => venue != null) ?? null
}

/** What a position that differs holds back, with both numbers; null = it does not differ. */
export function mismatchRestraint(row: Differing): Restraint | null {
  const leg = differingOf(row)
  if (leg?.position_venue == null) return null
  const { base } = leg.instrument
  const booked = lotsText(leg, leg.position)
  const venue = lotsText(leg, leg.position_venue)
  const where = row.legs === undefined ? 'the venue' : leg.instrument.venue
  const command = row.mode === 'killed' || row.mode === 'disarmed' ? 'arm' : 'resume'
  return {
    state: stateShown(row),
    since: null,
    why: `position_mismatch: ${where} holds ${venue} ${base}, the books ${booked} ${base}`,
    way_out: `it opens nothing until they agree, or perpfleet ${command} ${row.instance} takes the venue's number over`,
  }
}

/** The columns of lists. */
export function outsideOf(
  row: Differing | null,
): Pick<InstanceView, 'position_venue' | 'foreign_orders'> {
  if (row === null) return { position_venue: null, foreign_orders: null }
  const { position_venue: venue = null } = row
  const legs: readonly Differing[] = row.legs ?? [row]
  // Of several legs the first that has some: orders of different contracts have no sum.
  const leg = legs.find(({ foreign }) => (foreign?.orders ?? 0) > 0)
  const foreign = leg?.foreign
  return {
    position_venue: venue === null ? null : lotsText(row, venue),
    foreign_orders:
      leg === undefined || foreign === undefined
        ? null
        : {
            count: foreign.orders,
            buying: lotsText(leg, foreign.buying),
            selling: lotsText(leg, foreign.selling),
          },
  }
}
