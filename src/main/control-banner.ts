/** What people read after the start of a control plane. */
import type { Fleet } from '../fleet/fleet.ts'
import type { InstanceUnit } from '../fleet/instance-unit.ts'
import { deskRestraint } from '../fleet/restraint.ts'
import type { FeedChoice } from '../fleet/services.ts'
import { feedLabel, hasteNote, stateOf } from '../fleet/view.ts'

/** Of very many instances the list tells the rest. */
export const INSTANCES_SHOWN = 100

/** @param port of the control plane */
export function bannerText(fleet: Fleet, choice: FeedChoice, port: string): string {
  const label = feedLabel(fleet.exchangeStatus ?? choice)
  const haste = hasteNote(fleet)
  const units = [...fleet.units.values()]
  const left = units.length - INSTANCES_SHOWN
  return [
    `dashboard  http://localhost:${port}`,
    `market     ${label}`,
    ...(haste === null ? [] : [`           ${haste}`]),
    ...units.slice(0, INSTANCES_SHOWN).map((unit) => lineOf(fleet, unit)),
    ...(left > 0 ? [`and ${left} more: perpfleet list`] : []),
  ].join('\n')
}

/** Its state as `list` shows it: a process that runs may trade nothing. */
function lineOf(fleet: Fleet, unit: InstanceUnit): string {
  const { id, process: one, record, config } = unit
  const where = one.isAlive ? `http://localhost:${record.webPort}` : ''
  return `${id}  ${[config?.settings.symbol, where, wordOf(fleet, unit)].filter(Boolean).join('  ')}`
}

function wordOf(fleet: Fleet, unit: InstanceUnit): string {
  const { phase } = unit.process
  const reason = unit.record.hold?.reason
  if (phase.kind === 'held') return `${phase.hold}: ${reason ?? phase.reason}`
  const { state } = stateOf(fleet, unit)
  const held = deskRestraint(fleet.deskRow(unit.id))?.state ?? state
  return state === 'stopped' && held !== state ? `${state} and ${held}` : state
}
