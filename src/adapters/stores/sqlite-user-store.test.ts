import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { describeUserStore } from '../../../test/conformance/user-store.ts'
import { SqliteFleetStore } from './sqlite-fleet-store.ts'
import { SqliteUserStore } from './sqlite-user-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'user-store-'))
after(() => rmSync(folder, { recursive: true, force: true }))

describeUserStore('SQLite', (place) => new SqliteUserStore(join(folder, `${place}.db`)))

describe('the file of the users', () => {
  it('is that of the registry, which only its owner may read', () => {
    const path = join(folder, 'fleet.db')
    const users = new SqliteUserStore(path)
    const registry = new SqliteFleetStore(path)
    registry.saveSetting('feed', 'demo')
    const record = { username: 'ann', role: 'admin', passwordHash: 'x' } as const
    users.addUser({ ...record, createdAt: 1, passwordAt: 1 })
    assert.equal(registry.setting('feed'), 'demo')
    for (const name of [path, `${path}-wal`]) assert.equal(statSync(name).mode & 0o777, 0o600, name)
    registry.close()
    users.close()
  })
  it('is named when it is damaged', () => {
    const path = join(folder, 'damaged.db')
    writeFileSync(path, 'this is no database, however long one looks at it')
    assert.throws(() => new SqliteUserStore(path), /damaged\.db is damaged/)
  })
})
