/** What the venue has on the contract of an instance and its books do not: shown by list and status, in decimal text. */
import type { InstanceState } from '../domain/instance-state.ts'
import type { Restraint } from '../domain/mode-cause.ts'
import { formatDecimal } from '../domain/money.ts'
import type { InstanceView } from '../protocol/fleet-messages.ts'
import type { DeskInstanceRow } from './desk-watch.ts'

type Differing = Pick<
  DeskInstanceRow,
  'instance' | 'instrument' | 'mode' | 'position' | 'position_venue' | 'foreign'
>

const lotsText = ({ instrument }: Differing, lots: number): string =>
  formatDecimal(lots * instrument.lotSize, instrument.quantityDecimals)

/** The mode as it is shown: who takes no new risk because its position differs does not simply run. */
export const stateShown = ({ mode, position_venue }: Differing): InstanceState =>
  mode === 'running' && position_venue != null ? 'reduce_only' : mode

/** What a position that differs holds back, with both numbers; null = it does not differ. */
export function mismatchRestraint(row: Differing): Restraint | null {
  if (row.position_venue == null) return null
  const { base } = row.instrument
  const booked = lotsText(row, row.position)
  const venue = lotsText(row, row.position_venue)
  const command = row.mode === 'killed' || row.mode === 'disarmed' ? 'arm' : 'resume'
  return {
    state: stateShown(row),
    since: null,
    why: `position_mismatch: the venue holds ${venue} ${base}, the books ${booked} ${base}`,
    way_out: `it opens nothing until they agree, or perpfleet ${command} ${row.instance} takes the venue's number over`,
  }
}

/** The columns of lists. */
export function outsideOf(
  row: Differing | null,
): Pick<InstanceView, 'position_venue' | 'foreign_orders'> {
  const { position_venue: venue = null, foreign } = row ?? {}
  return {
    position_venue: row === null || venue === null ? null : lotsText(row, venue),
    foreign_orders:
      row === null || foreign === undefined || foreign.orders === 0
        ? null
        : {
            count: foreign.orders,
            buying: lotsText(row, foreign.buying),
            selling: lotsText(row, foreign.selling),
          },
  }
}
