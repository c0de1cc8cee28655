/** What people read after the start of a control plane. */
import type { Fleet } from '../fleet/fleet.ts'
import type { InstanceUnit } from '../fleet/instance-unit.ts'
import type { FeedChoice } from '../fleet/services.ts'
import { feedLabel } from '../fleet/view.ts'

/** Of very many instances the list tells the rest. */
export const INSTANCES_SHOWN = 100

/** @param port of the control plane */
export function bannerText(fleet: Fleet, choice: FeedChoice, port: string): string {
  const label = feedLabel(fleet.exchangeStatus ?? choice)
  const units = [...fleet.units.values()]
  const left = units.length - INSTANCES_SHOWN
  return [
    `dashboard  http://localhost:${port}`,
    `market     ${label}`,
    ...units.slice(0, INSTANCES_SHOWN).map(lineOf),
    ...(left > 0 ? [`and ${left} more: perpfleet list`] : []),
  ].join('\n')
}

function lineOf({ id, process: one, record, config, desired }: InstanceUnit): string {
  const where = one.isAlive ? `http://localhost:${record.webPort}` : ''
  const { phase } = one
  const word =
    phase.kind === 'held'
      ? `${phase.hold}: ${record.hold?.reason ?? phase.reason}`
      : desired === 'stopped'
        ? 'stopped'
        : phase.kind
  return `${id}  ${[config?.settings.symbol, where, word].filter(Boolean).join('  ')}`
}
