/** The doctor on what a fleet needs that runs on its own, and on venues. */
import type { DoctorCheck } from '../protocol/doctor-report.ts'
import type { ProductionFacts } from './doctor-facts.ts'
import { fail, ok, warn } from './doctor-words.ts'

const JWT_BYTES_MIN = 32
/** As the alert BackupStale. */
const BACKUP_AGE_MAX_MS = 26 * 3_600_000
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/

export const productionChecks = (facts: ProductionFacts): DoctorCheck[] => [
  environmentCheck(facts),
  secretCheck(facts),
  exposureCheck(facts),
  channelCheck(facts),
  autostartCheck(facts),
  backupCheck(facts),
]

function environmentCheck({ environmentName }: ProductionFacts): DoctorCheck {
  const found = `PERPFLEET_ENV is ${environmentName}`
  if (environmentName === 'production') return ok('environment', found)
  return fail('environment', found, 'set PERPFLEET_ENV=production where the control plane starts')
}

function secretCheck({ jwtSecretBytes }: ProductionFacts): DoctorCheck {
  const mend = 'put PERPFLEET_API_JWT_SECRET with what openssl rand -hex 32 prints into .env'
  if (jwtSecretBytes === null) return fail('jwt-secret', 'api.jwt_secret is missing', mend)
  const found = `api.jwt_secret has ${jwtSecretBytes} bytes`
  if (jwtSecretBytes >= JWT_BYTES_MIN) return ok('jwt-secret', found)
  return fail('jwt-secret', `${found}, at least ${JWT_BYTES_MIN} are needed`, mend)
}

function exposureCheck({ apiHost, hasProxy }: ProductionFacts): DoctorCheck {
  if (LOOPBACK.test(apiHost)) return ok('exposure', `the API listens on ${apiHost} alone`)
  if (hasProxy) {
    const found = `the API listens on ${apiHost} without TLS, for the proxies of api.trust_proxy`
    return warn('exposure', found, 'see that nobody but them reaches its port')
  }
  const mend = 'set api.host to 127.0.0.1 behind a proxy that speaks HTTPS'
  return fail('exposure', `the API listens on ${apiHost} without TLS`, mend)
}

function channelCheck({ channels }: ProductionFacts): DoctorCheck {
  if (channels.length > 0) return ok('notifications', `by ${channels.join(', ')}`)
  const mend = 'enable a channel in notifications, else alerts stand on the dashboard alone'
  return warn('notifications', 'no channel is enabled', mend)
}

function autostartCheck({ autostart: { systemd, pm2 } }: ProductionFacts): DoctorCheck {
  if (systemd === 'enabled') return ok('autostart', 'the systemd unit is enabled')
  if (pm2 === 'enabled') return ok('autostart', 'PM2 starts it at boot')
  if (systemd === 'present') {
    const found = 'the systemd unit is there and not enabled'
    return warn('autostart', found, 'systemctl enable perpfleet starts it at boot')
  }
  if (pm2 === 'saved') {
    const found = 'PM2 has it in its list, but does not start at boot itself'
    return warn('autostart', found, 'pm2 startup makes it start at boot')
  }
  const mend = 'install the systemd unit or PM2 as docs/operations/install.md says'
  return warn('autostart', 'nothing starts the fleet at boot', mend)
}

function backupCheck({ backup }: ProductionFacts): DoctorCheck {
  if (backup === 'address') {
    const mend = 'look there yourself: doctor sees folders of this machine alone'
    return warn('backups', 'cannot tell: backup.target is an address', mend)
  }
  const { target, newestAgeMs } = backup
  const mend = `copy config/, database/ and .env to ${target} and see why none was made since`
  if (newestAgeMs === null) return warn('backups', `there is none in ${target}`, mend)
  const found = `the newest in ${target} is ${Math.floor(newestAgeMs / 3_600_000)} h old`
  return newestAgeMs > BACKUP_AGE_MAX_MS ? warn('backups', found, mend) : ok('backups', found)
}
