import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { NewConfigVersion } from '../../ports/config-store.ts'
import { SqliteConfigStore } from './sqlite-config-store.ts'
import { SqliteFleetStore } from './sqlite-fleet-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'config-store-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const version = (content: string, instance = 'sol'): NewConfigVersion => ({
  instance,
  at: 1_700_000_000_000,
  author: 'ann',
  origin: 'edited',
  file: 'config/active/sol.json',
  content,
})

describe('versions of configuration', () => {
  it('are numbered for each instance and survive a restart; the same content twice is one', () => {
    const path = join(folder, 'a.db')
    const first = new SqliteConfigStore(path)
    assert.equal(first.add(version('one')), 1)
    assert.equal(first.add(version('one')), 1)
    first.addAll([version('two'), version('x', 'eth'), version('one')])
    first.close()
    const again = new SqliteConfigStore(path)
    assert.deepEqual(
      again.history('sol').map((one) => [one.version, one.author, one.origin]),
      [
        [1, 'ann', 'edited'],
        [2, 'ann', 'edited'],
        [3, 'ann', 'edited'],
      ],
    )
    assert.equal(again.version('sol', 2)?.content, 'two')
    assert.equal(again.newest('sol')?.content, 'one')
    assert.equal(again.newestHashes().size, 2)
    again.removeNewest('sol', 2)
    assert.equal(again.history('sol').length, 3)
    again.removeNewest('sol', 3)
    assert.equal(again.newest('sol')?.version, 2)
    assert.equal(again.newest('nobody'), null)
    again.close()
  })

  it('stand in the file of the registry, which only its owner may read', () => {
    const path = join(folder, 'b.db')
    const versions = new SqliteConfigStore(path)
    const registry = new SqliteFleetStore(path)
    registry.saveSetting('feed', 'demo')
    versions.add(version('secret'))
    assert.equal(registry.setting('feed'), 'demo')
    for (const name of [path, `${path}-wal`]) assert.equal(statSync(name).mode & 0o777, 0o600, name)
    registry.close()
    versions.close()
  })
})
