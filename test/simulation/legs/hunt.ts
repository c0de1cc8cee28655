/** Runs seeds of two venues until one fails, and tells which: `hunt.ts LEVEL SEEDS` (the level is not used here). */
import { onLoop, runLegs } from './batch.ts'

const [, most = '500'] = process.argv.slice(2)

const found = await onLoop(() => {
  for (let seed = 1; seed <= Number(most); seed++) {
    const { problems } = runLegs(seed)
    if (problems.length > 0) return { seed, problem: problems[0] ?? '' }
  }
  return { seed: null, problem: `nothing was found in ${most} seeds` }
})
process.stdout.write(`${JSON.stringify(found)}\n`)
