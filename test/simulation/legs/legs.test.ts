import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onLoop, runLegs, runLegsSeeds } from './batch.ts'
import { legSituations } from './coverage.ts'
import { corpus } from './prove.ts'
import { strategyIds } from './scenario.ts'

const SEEDS = 100

const failuresOf = async (seeds: readonly number[]) => {
  const found = await onLoop(() => runLegsSeeds(seeds))
  assert.deepEqual(found.tally.failures, [], 'npm run test:simulation -- --only legs')
  return found
}

test('two legs: the seeds that have failed once fail no more', async () => {
  await failuresOf(corpus().map(({ seed }) => seed))
})

test(`two legs: ${SEEDS} seeded disasters at two venues leave no leg alone`, async () => {
  const { tally, strategies } = await failuresOf(Array.from({ length: SEEDS }, (_, i) => i + 1))
  for (const id of strategyIds) assert.ok(strategies[id].fills > 100, `${id} trades`)
  const met = legSituations.filter((name) => (tally.coverage.get(name) ?? 0) > 0)
  // The rarest are met in long runs only.
  assert.ok(
    met.length > legSituations.length * 0.8,
    `only ${met.length} of ${legSituations.length} met`,
  )
})

test('two legs: the same seed gives the same events', async () => {
  const [once, again] = await onLoop(() => [runLegs(7), runLegs(7)])
  assert.equal(once?.hash, again?.hash)
  assert.equal(once?.events, again?.events)
})
