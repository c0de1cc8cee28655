/** One number for the health of the whole, 0 to 100 (docs/reference/metrics.md). */
import type { HealthReport } from '../protocol/fleet-messages.ts'
import { exchangeRows } from './connections.ts'
import type { Fleet } from './fleet.ts'
import { stateOf } from './view.ts'

const DATABASE = 30
const VENUES = 20
const INSTANCES = 30
const REDIS = 10
const MACHINE = 10
const UNCERTAIN = 10

export function systemHealth(fleet: Fleet, { checks }: HealthReport): number {
  const isDown = (check: HealthReport['checks']['redis']) => check === 'unhealthy'
  const isStrained = [checks.memory, checks.disk].some((one) => one !== 'healthy')
  const lost =
    (isDown(checks.database) ? DATABASE : 0) +
    VENUES * shareOf(exchangeRows(fleet), ({ connected }) => !connected) +
    INSTANCES * shareOf(wantedStates(fleet), ({ isAsDesired }) => !isAsDesired) +
    (isDown(checks.redis) ? REDIS : 0) +
    (isStrained ? MACHINE : 0) +
    (isUncertain(fleet) ? UNCERTAIN : 0)
  return Math.max(0, Math.round(100 - lost))
}

function shareOf<T>(items: readonly T[], isMeant: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(isMeant).length / items.length
}

function wantedStates(fleet: Fleet): readonly { readonly isAsDesired: boolean }[] {
  const wanted = [...fleet.units.values()].filter(({ desired }) => desired !== 'stopped')
  return wanted.map((unit) => {
    const { state } = stateOf(fleet, unit)
    return { isAsDesired: state === 'running' || (unit.desired === 'paused' && state === 'paused') }
  })
}

/** An order whose outcome is not known, or a position of which the venue says another number. */
const isUncertain = (fleet: Fleet): boolean =>
  fleet.deskWatch.accounts.some(({ instances }) =>
    instances.some((row) => row.orders_unknown > 0 || (row.position_venue ?? null) !== null),
  )
