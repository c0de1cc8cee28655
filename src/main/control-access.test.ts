import assert from 'node:assert/strict'
import { fstatSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { SecretMask } from '../adapters/telemetry/secrets.ts'
import type { FleetConfiguration } from '../config/fleet-schema.ts'
import { ControlAccess } from './control-access.ts'
import { isOutputLogged } from './terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'control-access-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const api = (jwt_secret: string | null) => ({ jwt_secret }) as FleetConfiguration['api']
const nothing = () => {}
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, flush: nothing }

const opened = async (
  name: string,
  adminPassword: string | null,
  jwtSecret: string | null = null,
) => {
  const fleetDatabase = join(folder, `${name}.db`)
  const fleetStore = new SqliteFleetStore(fleetDatabase)
  const secrets = new SecretMask()
  const access = await ControlAccess.open({
    ...{ fleetDatabase, fleetStore, secrets, logger, adminPassword },
    api: api(jwtSecret),
    localToken: 'local-token',
    wallMs: () => 0,
  })
  const close = () => {
    access.close()
    fleetStore.close()
  }
  return { access, secrets, parts: access.parts(), close }
}

describe('the first start', () => {
  it('makes a password that is told once, masked in logs, and not made again', async () => {
    const first = await opened('made', null)
    const text = first.access.takeLoginText() ?? ''
    const password = /admin \/ (\S+) \(/.exec(text)?.[1] ?? ''
    assert.match(password, /^([A-Z2-9]{4}-){2}[A-Z2-9]{4}$/)
    assert.equal(first.access.takeLoginText(), null)
    assert.equal(first.parts.takeFirstPassword(), null)
    assert.equal(first.secrets.apply(`it is ${password}`), 'it is ***')
    first.close()
    const second = await opened('made', null)
    assert.equal(second.access.takeLoginText(), null)
    second.close()
  })

  it('is told to no log', async () => {
    const logged = await opened('logged', null)
    assert.match(
      logged.access.takeLoginText(true) ?? '',
      /^login {6}admin: perpfleet user password admin /,
    )
    assert.equal(logged.access.takeLoginText(), null)
    logged.close()
    const { dev, ino } = fstatSync(1)
    assert.equal(isOutputLogged({}), false)
    assert.equal(isOutputLogged({ JOURNAL_STREAM: '1:1' }), false)
    assert.equal(isOutputLogged({ JOURNAL_STREAM: `${dev}:${ino}` }), true)
    assert.equal(isOutputLogged({ pm_id: '0' }), true)
  })

  it('takes the one of the environment, and tells a bad one in one sentence', async () => {
    const given = await opened('given', 'chosen by somebody')
    assert.equal(given.parts.takeFirstPassword(), null)
    assert.doesNotMatch(given.access.takeLoginText() ?? '', /chosen/)
    assert.equal(given.access.takeLoginText(), null)
    assert.equal(given.secrets.apply('chosen by somebody'), '***')
    given.close()
    await assert.rejects(
      opened('short', 'short'),
      /^Error: PERPFLEET_ADMIN_PASSWORD cannot be taken: a password has at least 8 characters$/,
    )
    // Where somebody can log in already, it changes nothing, be it good or bad.
    const later = await opened('given', 'short')
    assert.equal(later.access.takeLoginText(), null)
    later.close()
  })
})

describe('the secret of the sessions', () => {
  it('is the configured one, else one of this home that stays', async () => {
    const first = await opened('secret', 'chosen by somebody')
    const own = first.parts.jwtSecret
    assert.ok(Buffer.byteLength(own) >= 32)
    assert.equal(first.secrets.apply(own), '***')
    first.close()
    const again = await opened('secret', null)
    assert.equal(again.parts.jwtSecret, own)
    again.close()
    const other = await opened('other', 'chosen by somebody')
    assert.notEqual(other.parts.jwtSecret, own)
    other.close()
    const configured = await opened('secret', null, 'a configured secret of more than 32 bytes')
    assert.equal(configured.parts.jwtSecret, 'a configured secret of more than 32 bytes')
    configured.close()
  })
})
