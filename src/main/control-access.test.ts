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
  isUp = true,
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
  if (isUp) await access.makeFirstUser()
  const close = () => {
    access.close()
    fleetStore.close()
  }
  return { access, secrets, parts: access.parts(), close }
}

describe('the first start', () => {
  it('makes no user before the start has succeeded, and then one', async () => {
    const { access, parts, close } = await opened('late', null, null, false)
    assert.deepEqual([parts.store.users(), access.takeLoginText('perpfleet')], [[], null])
    await access.makeFirstUser()
    assert.equal(parts.store.users().length, 1)
    assert.match(
      access.takeLoginText('npx perpfleet') ?? '',
      /; npx perpfleet user password admin /,
    )
    close()
  })

  it('makes a password that is told once, masked in logs, and not made again', async () => {
    const first = await opened('made', null)
    const text = first.access.takeLoginText('perpfleet') ?? ''
    const password = /admin \/ (\S+) \(/.exec(text)?.[1] ?? ''
    assert.match(password, /^([A-Z2-9]{4}-){2}[A-Z2-9]{4}$/)
    assert.equal(first.access.takeLoginText('perpfleet'), null)
    assert.equal(first.parts.takeFirstPassword(), null)
    assert.equal(first.secrets.apply(`it is ${password}`), 'it is ***')
    first.close()
    const second = await opened('made', null)
    assert.equal(second.access.takeLoginText('perpfleet'), null)
    second.close()
  })

  it('is told to no log', async () => {
    const logged = await opened('logged', null)
    assert.match(
      logged.access.takeLoginText('perpfleet', true) ?? '',
      /^login {6}admin: perpfleet user password admin /,
    )
    assert.equal(logged.access.takeLoginText('perpfleet'), null)
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
    assert.doesNotMatch(given.access.takeLoginText('perpfleet') ?? '', /chosen/)
    assert.equal(given.access.takeLoginText('perpfleet'), null)
    assert.equal(given.secrets.apply('chosen by somebody'), '***')
    given.close()
    await assert.rejects(
      opened('short', 'short'),
      /^Error: PERPFLEET_ADMIN_PASSWORD cannot be taken: a password has at least 8 characters$/,
    )
    // Where somebody can log in already, it changes nothing, be it good or bad.
    const later = await opened('given', 'short')
    assert.equal(later.access.takeLoginText('perpfleet'), null)
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
    assert.equal(again.parts.cookieName, first.parts.cookieName)
    assert.match(again.parts.cookieName, /^perpfleet_refresh_[0-9a-f]{8}$/)
    again.close()
    const other = await opened('other', 'chosen by somebody')
    assert.notEqual(other.parts.jwtSecret, own)
    assert.notEqual(other.parts.cookieName, first.parts.cookieName)
    other.close()
    const configured = await opened('secret', null, 'a configured secret of more than 32 bytes')
    assert.equal(configured.parts.jwtSecret, 'a configured secret of more than 32 bytes')
    configured.close()
  })
})
