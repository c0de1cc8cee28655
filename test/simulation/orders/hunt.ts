/** Runs seeds until one fails, and tells which: `hunt.ts LEVEL SEEDS`. Used on copies of the source with a planted bug. */
import { type Level, onLoop, runOne } from './batch.ts'

const [level = '1', most = '2000'] = process.argv.slice(2)

const found = await onLoop(() => {
  for (let seed = 1; seed <= Number(most); seed++) {
    const { problems } = runOne(seed, Number(level) as Level)
    if (problems.length > 0) return { seed, problem: problems[0] ?? '' }
  }
  return { seed: null, problem: `nothing was found in ${most} seeds` }
})
process.stdout.write(`${JSON.stringify(found)}\n`)
