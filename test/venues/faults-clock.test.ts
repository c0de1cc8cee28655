/** A venue whose clock is far from ours: measured when a desk connects, and deadlines are those of the venue. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OkxDialect } from '../../src/adapters/venues/okx/dialect.ts'
import { SandboxProcess } from '../conformance/venue-account-sandbox.ts'
import { SandboxDesk, untilTrue } from '../support/sandbox-desk.ts'

const OFF_MS = 20_000

test('a clock that is twenty seconds off is measured, and orders go on', {
  timeout: 60_000,
}, async () => {
  const symbol = 'SOL/USDT:USDT'
  const sandbox = new SandboxProcess({
    ...{ venue: 'okx', symbol, idScheme: 'text', adoptsDuplicates: true },
    make: (parts) => OkxDialect.create(parts),
  })
  const world = new SandboxDesk(sandbox, { venue: 'okx', symbol })
  try {
    sandbox.start()
    await sandbox.fault('clock', { value: OFF_MS })
    await world.open()
    await untilTrue('compared', () => world.desk.reconciler.isDone, 20_000)
    const wantedAt = Date.now()
    world.want(0)
    await untilTrue('its order rests', () => world.isCalm(1), 20_000)
    const [row] = world.disk.rows.values()
    const aheadMs = (row?.order.expiresAt ?? 0) - wantedAt
    assert.ok(aheadMs > OFF_MS, `the deadline is that of the venue: ${aheadMs}`)
    world.drop(0)
    await untilTrue('and is withdrawn', () => world.isCalm(0), 20_000)
  } finally {
    await world.end()
    await sandbox.close()
  }
})
