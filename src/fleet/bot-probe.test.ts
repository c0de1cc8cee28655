import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readHealth } from './bot-probe.ts'

it('only the own bot proves that an instance runs', () => {
  const health = { instance: 'a', pid: 7, state: 'running' }
  assert.equal(readHealth(health, 'a', 7), true)
  assert.equal(readHealth({ ...health, state: 'reconciling' }, 'a', 7), false)
  assert.equal(readHealth({ instance: 'a', state: 'paused' }, 'a', 7), true)
  for (const other of [{ ...health, instance: 'b' }, { ...health, pid: 8 }, null, 'hello', {}]) {
    assert.throws(() => readHealth(other, 'a', 7), /another program answers at the port of a/)
  }
})
