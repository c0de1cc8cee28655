import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../../../test/support/virtual-clock.ts'
import { StampClock } from './stamp-clock.ts'

test('the stamp that was under way for the shortest time is believed, and carried on', async () => {
  const clock = new VirtualClock()
  const stamps = new StampClock(clock)
  assert.equal(stamps.now(), clock.wallMs(), 'ours, while nothing was heard')
  // The venue is an hour ahead; messages take 80, 20 and 300 ms.
  const venueMs = (): number => clock.wallMs() + 3_600_000
  for (const delay of [80, 20, 300]) {
    stamps.hear(venueMs() - delay)
    await clock.advance(100)
  }
  assert.equal(venueMs() - stamps.now(), 20)
  // Nothing comes any more: it runs on.
  await clock.advance(500_000)
  assert.equal(venueMs() - stamps.now(), 20)
})

test('a wrong stamp, and a clock that was set back, are forgotten after two windows', async () => {
  const clock = new VirtualClock()
  const stamps = new StampClock(clock)
  stamps.hear(clock.wallMs() + 10_000_000)
  for (let count = 0; count < 13; count += 1) {
    await clock.advance(10_000)
    stamps.hear(clock.wallMs())
  }
  assert.equal(stamps.now(), clock.wallMs())
})
