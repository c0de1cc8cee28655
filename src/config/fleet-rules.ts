/** Rules between keys of the fleet's configuration. */
import {
  type Fault,
  faultAt,
  type Place,
  placeText,
  type Warning,
  warningAt,
  wrongValue,
} from './fault.ts'
import type { FleetConfiguration } from './fleet-schema.ts'
import { CHANNELS } from './notification-schema.ts'
import type { FoundValues } from './reader.ts'

const NOWHERE: Place = { file: 'configuration', line: 0 }

/** Faults that only the whole configuration shows. */
export function crossFaults(
  configuration: FleetConfiguration,
  values: FoundValues,
  environmentName: string,
): Fault[] {
  const placeOf = (key: string) => values.get(key)?.place ?? NOWHERE
  const faults: Fault[] = []
  const atMost = (key: string, value: number, other: string, limit: number) => {
    if (value <= limit) return
    const from = values.get(other)
    const where = from === undefined ? 'the default' : placeText(from.place)
    const place = values.has(key) ? placeOf(key) : placeOf(other)
    faults.push(
      wrongValue(place, key, String(value), `at most ${other}, which is ${limit} (${where})`),
    )
  }
  const { api, store, ha, trading } = configuration
  atMost(
    'trading.default_leverage',
    trading.default_leverage,
    'trading.max_leverage',
    trading.max_leverage,
  )
  atMost('store.pool_min', store.pool_min, 'store.pool_max', store.pool_max)
  atMost('ha.lease_renew_s', ha.lease_renew_s, 'ha.lease_ttl_s', ha.lease_ttl_s)
  if (environmentName === 'production' && api.jwt_secret === null) {
    const sentence =
      'api.jwt_secret is missing; production needs a secret of at least 32 bytes, e.g. PERPFLEET_API_JWT_SECRET in .env'
    faults.push(faultAt(NOWHERE, 'missing', 'api.jwt_secret', sentence))
  }
  return [...faults, ...twiceNamed(configuration, placeOf)]
}

/** An alarm that nobody hears: a receiver that no level names, or a critical level without a receiver that is enabled. */
export function routeWarnings(
  { notifications }: FleetConfiguration,
  values: FoundValues,
): Warning[] {
  const enabled = CHANNELS.filter((channel) => notifications[channel].enabled)
  if (enabled.length === 0) return []
  const { routes } = notifications
  const key = 'notifications.routes'
  const place =
    values.get(`${key}.critical`)?.place ??
    values.get(`notifications.${enabled[0]}.enabled`)?.place ??
    NOWHERE
  const told = new Set([...routes.critical, ...routes.warning, ...routes.info])
  const warnings = enabled
    .filter((channel) => !told.has(channel))
    .map((channel) =>
      warningAt(
        place,
        key,
        `${key}: no level names ${channel}, so it hears nothing; add it to critical`,
      ),
    )
  const isHeard = routes.critical.some((channel) => (enabled as string[]).includes(channel))
  if (!isHeard) {
    const sentence = `${key}.critical names ${routes.critical.join(', ')}, none of which is enabled: critical alerts reach nobody; name ${enabled.join(' or ')}`
    warnings.push(warningAt(place, `${key}.critical`, sentence))
  }
  return warnings
}

/** Two entries for one account of one venue. */
function twiceNamed({ exchanges }: FleetConfiguration, placeOf: (key: string) => Place): Fault[] {
  const first = new Map<string, number>()
  const faults: Fault[] = []
  for (const [index, { name, account }] of exchanges.entries()) {
    const id = `${name}/${account}`
    const before = first.get(id)
    if (before === undefined) first.set(id, index)
    else {
      const key = `exchanges[${index}].name`
      const sentence = `exchanges[${before}] and exchanges[${index}] both are account ${account} of ${name}; give one another account`
      faults.push(faultAt(placeOf(key), 'duplicate', key, sentence))
    }
  }
  return faults
}
