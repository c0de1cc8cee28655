import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCounters, simulate } from './desk-simulation.ts'

const SEEDS = 300

test(`order path: ${SEEDS} seeded disasters lose, double and orphan no order`, async () => {
  const counters = newCounters()
  for (let seed = 1; seed <= SEEDS; seed++) {
    const problems = await simulate(seed, counters)
    assert.deepEqual(problems, [], `seed ${seed}`)
  }
  // Sometimes-assertions: a simulation that never meets the rare cases proves nothing.
  for (const [name, count] of Object.entries(counters)) {
    assert.ok(count > 0, `${name} never happened`)
  }
})
