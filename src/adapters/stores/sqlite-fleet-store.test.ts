import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import type { InstanceRecord, ProcessRecord } from '../../ports/fleet-store.ts'
import { SqliteConfigStore } from './sqlite-config-store.ts'
import { SqliteFleetStore } from './sqlite-fleet-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-store-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const instance: InstanceRecord = {
  id: 'sol',
  desired: 'paused',
  configFile: '/home/config/active/sol.json',
  configHash: 'abc',
  webPort: 5001,
  restarts: 3,
  startedAt: 1_700_000_000_000,
  registeredAt: 1_600_000_000_000,
  hold: { kind: 'quarantined', reason: 'five ends', lines: ['a', 'b'], at: 1_700_000_000_001 },
}
const running: ProcessRecord = {
  name: 'bot-sol',
  pid: null,
  startTime: '',
  bootId: '',
  token: 'secret',
  launchFile: '/home/run/bot-sol.json',
  startedAt: 5,
}

describe('fleet.db', () => {
  it('keeps everything over a restart', () => {
    const path = join(folder, 'a.db')
    const first = new SqliteFleetStore(path)
    first.saveInstance(instance)
    first.saveInstance({ ...instance, id: 'eth', webPort: null, startedAt: null, hold: null })
    first.saveProcess(running)
    first.saveProcess({ ...running, pid: 77, startTime: '123', bootId: 'x' })
    first.saveSetting('feed', 'demo')
    first.close()
    const second = new SqliteFleetStore(path)
    assert.deepEqual(second.instance('sol'), instance)
    assert.deepEqual(
      second.instances().map(({ id }) => id),
      ['eth', 'sol'],
    )
    assert.equal(second.instance('eth')?.hold, null)
    assert.deepEqual(second.processes(), [{ ...running, pid: 77, startTime: '123', bootId: 'x' }])
    assert.equal(second.setting('feed'), 'demo')
    assert.equal(second.setting('other'), null)
    second.removeProcess('bot-sol')
    second.removeInstance('sol')
    assert.equal(second.process('bot-sol'), null)
    assert.equal(second.instance('sol'), null)
    second.close()
  })

  it('can be read and written by two programs at a time', () => {
    const path = join(folder, 'b.db')
    const [one, other] = [new SqliteFleetStore(path), new SqliteFleetStore(path)]
    one.saveInstance(instance)
    other.saveInstance({ ...instance, desired: 'stopped' })
    assert.equal(one.instance('sol')?.desired, 'stopped')
    one.close()
    other.close()
  })

  it('refuses a file of a newer program', () => {
    const path = join(folder, 'c.db')
    new SqliteFleetStore(path).close()
    const raw = new DatabaseSync(path)
    raw.exec('PRAGMA user_version = 99')
    raw.close()
    assert.throws(() => new SqliteFleetStore(path), /newer perpfleet/)
  })

  it('is refused with one sentence when it is damaged, at whatever place, and is left as it is', () => {
    const path = join(folder, 'whole.db')
    const store = new SqliteFleetStore(path)
    for (let at = 0; at < 400; at += 1) store.saveInstance({ ...instance, id: `id_${at}` })
    store.close()
    const whole = readFileSync(path)
    const spoilt: Record<string, Buffer> = {
      'no database at all': Buffer.from('{"half": {"config_fi'.repeat(300)),
      'cut in the middle': whole.subarray(0, whole.length / 2),
      'cut within a page': whole.subarray(0, whole.length - 1000),
      'zeroed pages': Buffer.concat([whole.subarray(0, 8192), Buffer.alloc(whole.length - 8192)]),
    }
    for (const [name, bytes] of Object.entries(spoilt)) {
      const damaged = join(folder, `${name.replaceAll(' ', '_')}.db`)
      writeFileSync(damaged, bytes)
      assert.throws(
        () => new SqliteFleetStore(damaged),
        /^DatabaseFault: \S+\.db is damaged \([^\n]+\): put a copy of it back[^\n]+$/,
        name,
      )
      assert.deepEqual(readFileSync(damaged).subarray(100), bytes.subarray(100), name)
    }
  })

  it('is empty, and stays as it is, where configuration alone was written so far', () => {
    const path = join(folder, 'configured.db')
    const config = new SqliteConfigStore(path)
    config.close()
    const before = readFileSync(path)
    const reader = new SqliteFleetStore(path, 'read')
    assert.deepEqual(
      [reader.instances(), reader.processes(), reader.setting('feed')],
      [[], [], null],
    )
    reader.close()
    assert.deepEqual(readFileSync(path), before)
  })

  it('can be read where nothing can be written, and then changes nothing', () => {
    const path = join(folder, 'read.db')
    const writer = new SqliteFleetStore(path)
    writer.saveInstance(instance)
    const reader = new SqliteFleetStore(path, 'read')
    assert.deepEqual(reader.instance('sol'), instance)
    assert.throws(() => reader.saveInstance(instance), /readonly/)
    reader.close()
    writer.close()
  })
})
