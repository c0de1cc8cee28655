import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { desiredStates } from '../domain/instance-state.ts'
import type { InstanceRecord } from '../ports/fleet-store.ts'
import type { Logger } from '../ports/logger.ts'
import { InstanceUnit, type UnitParts } from './instance-unit.ts'

const folder = mkdtempSync(join(tmpdir(), 'instance-unit-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, flush() {} }

const record: InstanceRecord = {
  id: 'sol',
  desired: 'running',
  configFile: join(folder, 'sol.json'),
  configHash: '',
  webPort: 5001,
  restarts: 0,
  startedAt: null,
  registeredAt: 0,
  hold: null,
}

/** One life of the control plane, as far as a unit needs it. */
function life() {
  const store = new SqliteFleetStore(join(folder, 'fleet.db'))
  const clock = { monotonicMs: () => 0, wallMs: () => 0 }
  const tools = { store, host: new DetachedHost({}), logger: silent, clock }
  const parts = { tools, home: { root: folder }, openDaemonLog: () => silent }
  const known = store.instance('sol') ?? record
  const unit = new InstanceUnit(known, parts as unknown as UnitParts)
  return { unit, end: () => store.close() }
}

test('the desired state is kept over a reboot, whichever it is', () => {
  for (const desired of [...desiredStates, ...desiredStates.toReversed()]) {
    const before = life()
    before.unit.setDesired(desired)
    // No farewell: what is not in the database by now is lost.
    const next = life()
    assert.equal(next.unit.desired, desired)
    before.end()
    next.end()
  }
})
