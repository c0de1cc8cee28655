/** Runs seeds until one fails, and tells which: `hunt.ts LEVEL SEEDS`. Used on copies of the source with a planted bug. */
import { type Level, onLoop, runOne } from './batch.ts'

const [level = '1', most = '2000'] = process.argv.slice(2)

const found = await onLoop(() => {
  for (let seed = 1; seed <= Number(most); seed++) {
    const { problems, hash } = runOne(seed, Number(level) as Level)
    if (problems.length > 0) return { seed, problem: problems[0] ?? '' }
    if (seed % 10 === 0 && runOne(seed, Number(level) as Level).hash !== hash)
      return { seed, problem: 'the same seed did not give the same events' }
  }
  return { seed: null, problem: `nothing was found in ${most} seeds` }
})
process.stdout.write(`${JSON.stringify(found)}\n`)
