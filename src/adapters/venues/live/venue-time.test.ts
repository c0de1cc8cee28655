import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../../ports/clock.ts'
import { VenueTime } from './venue-time.ts'

/** A machine whose wall clock can be set. */
function machine() {
  const times = { monotonic: 1000, wall: 5_001_000 }
  const clock = {
    monotonicMs: () => times.monotonic,
    wallMs: () => times.wall,
  } as Clock
  return { times, time: new VenueTime(clock) }
}

const asked = (time: VenueTime, offsetMs: number, meanwhile = (): void => {}) =>
  time.measure(
    Promise.resolve(offsetMs).then((told) => {
      meanwhile()
      return told
    }),
    (told) => told,
  )

test('the venue’s time follows the monotonic clock, whatever happens to our wall clock', async () => {
  const { times, time } = machine()
  assert.equal(time.now(), 5_001_000, 'ours until it is measured')
  assert.deepEqual(await asked(time, -1000), { told: -1000, hasJumped: false })
  assert.equal(time.now(), 5_000_000)
  times.monotonic += 10
  times.wall += 3_600_000
  assert.equal(time.now(), 5_000_010)
})

test('an offset that was told while our wall clock was set counts for nothing', async () => {
  const { times, time } = machine()
  await asked(time, 0)
  const jump = (): void => {
    times.wall += 3_600_000
  }
  assert.deepEqual(await asked(time, 0, jump), { told: 0, hasJumped: true })
  assert.equal(time.now(), 5_001_000)
})
