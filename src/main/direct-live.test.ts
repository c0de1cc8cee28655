import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { venueClock } from './direct-live.ts'

test("deadlines of orders past the desk are told by the venue's clock", () => {
  const clock = new VirtualClock()
  const behind = venueClock(clock, 20_000)
  assert.equal(behind.wallMs(), clock.wallMs() + 20_000)
  assert.equal(behind.monotonicMs(), clock.monotonicMs())
})
