import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DayClock, dateIn } from './day.ts'

const HOUR_MS = 3_600_000
const zones = [
  'UTC',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]
/** Around the ends of summer time, and the day that Apia left out. */
const moments = [
  Date.UTC(2024, 2, 10, 5),
  Date.UTC(2024, 10, 3, 4),
  Date.UTC(2024, 3, 6, 14),
  Date.UTC(2011, 11, 30, 8),
  Date.UTC(2023, 0, 1),
]

test('a day clock says what the calendar says, forwards and back again', () => {
  const steps = fc.array(fc.integer({ min: -3 * HOUR_MS, max: 9 * HOUR_MS }), { maxLength: 40 })
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(...moments),
      steps,
      (zone, moment, ways) => {
        const clock = new DayClock(zone)
        let at = moment - 20 * HOUR_MS
        for (const way of ways) {
          at += way
          assert.equal(clock.date(at), dateIn(zone, at), `${zone} ${new Date(at).toISOString()}`)
        }
      },
    ),
  )
})

test('it turns over at the very millisecond', () => {
  const clock = new DayClock('America/New_York')
  // Summer time begins on 2024-03-10: that day has 23 hours.
  const midnight = Date.UTC(2024, 2, 11, 4)
  assert.deepEqual(
    [midnight - 23 * HOUR_MS, midnight - 1, midnight].map((at) => clock.date(at)),
    ['2024-03-10', '2024-03-10', '2024-03-11'],
  )
})
