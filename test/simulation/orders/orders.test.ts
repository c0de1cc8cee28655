import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Level, onLoop, runOne, runSeeds } from './batch.ts'
import { situations } from './coverage.ts'
import { corpus } from './prove.ts'

const SEEDS = 300
const FILE_SEEDS = 25

const failuresOf = async (seeds: readonly number[], level: Level) => {
  const tally = await onLoop(() => runSeeds(seeds, level))
  assert.deepEqual(tally.failures, [], `npm run test:simulation -- --only orders --level ${level}`)
  return tally
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

test('order path: the seeds that have failed once fail no more', async () => {
  const seeds = corpus().map(({ seed }) => seed)
  await failuresOf(seeds, 1)
})

test(`order path: ${SEEDS} seeded disasters lose, double and orphan no order`, async () => {
  const { coverage, events } = await failuresOf(upTo(SEEDS), 1)
  assert.ok(events > SEEDS * 150, `${events} events are too few to prove anything`)
  const met = situations.filter((name) => (coverage.get(name) ?? 0) > 0)
  // The rarest are met in long runs only; a run this short must still meet nearly everything.
  assert.ok(met.length > situations.length * 0.85, `only ${met.length} of ${situations.length} met`)
})

test(`order path: ${FILE_SEEDS} seeds with the journal in files of SQLite`, async () => {
  await failuresOf(upTo(FILE_SEEDS), 2)
})

test('order path: the same seed gives the same events', async () => {
  const [once, again] = await onLoop(() => [runOne(7, 1), runOne(7, 1)])
  assert.equal(once?.hash, again?.hash)
  assert.equal(once?.events, again?.events)
})
