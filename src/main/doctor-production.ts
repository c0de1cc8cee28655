/** Gathers what the doctor must know of a fleet that runs on its own. Looks only, changes nothing. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { LoadedFleetConfiguration } from '../config/fleet-configuration.ts'
import { CHANNELS } from '../config/notification-schema.ts'
import type { ProductionFacts } from '../fleet/doctor-facts.ts'
import type { Home } from '../fleet/home.ts'

const UNIT = 'perpfleet.service'
const SYSTEM_UNITS = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']

export function productionFacts(
  home: Home,
  { configuration, environmentName }: LoadedFleetConfiguration,
): ProductionFacts {
  const { api, notifications, backup } = configuration
  return {
    environmentName,
    jwtSecretBytes: api.jwt_secret === null ? null : Buffer.byteLength(api.jwt_secret),
    apiHost: api.host,
    hasProxy: api.trust_proxy.length > 0,
    channels: CHANNELS.filter((name) => notifications[name].enabled),
    autostart: { systemd: systemdState(), pm2: pm2State() },
    backup: backupFacts(home, backup.target),
  }
}

function systemdState(): ProductionFacts['autostart']['systemd'] {
  const folders = [...SYSTEM_UNITS, join(homedir(), '.config', 'systemd', 'user')]
  const wants = folders.flatMap((folder) =>
    ['multi-user.target.wants', 'default.target.wants'].map((name) => join(folder, name, UNIT)),
  )
  if (wants.some(existsSync)) return 'enabled'
  return folders.some((folder) => existsSync(join(folder, UNIT))) ? 'present' : 'absent'
}

function pm2State(): ProductionFacts['autostart']['pm2'] {
  const list = join(homedir(), '.pm2', 'dump.pm2')
  if (!(existsSync(list) && readFileSync(list, 'utf8').includes('perpfleet'))) return 'absent'
  const [folder = ''] = SYSTEM_UNITS
  const units = existsSync(folder) ? readdirSync(folder) : []
  return units.some((name) => /^pm2-.+\.service$/.test(name)) ? 'enabled' : 'saved'
}

function backupFacts({ root }: Home, target: string): ProductionFacts['backup'] {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return 'address'
  const folder = resolve(root, target)
  const names = existsSync(folder) ? readdirSync(folder) : []
  const times = names.map((name) => statSync(join(folder, name)).mtimeMs)
  const newestAgeMs = times.length === 0 ? null : Math.max(0, Date.now() - Math.max(...times))
  return { target, newestAgeMs }
}
