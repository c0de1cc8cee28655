/** The proof of the order path: the corpus first, then fresh seeds, in as many threads as are asked for; and its report. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { addTally, type Level, newTally, onLoop, runSeeds, type Tally } from './batch.ts'
import { eachChunk } from './chunks.ts'
import { situations } from './coverage.ts'
import { shrink } from './shrink.ts'

export interface ProveOptions {
  readonly first: number
  readonly count: number
  readonly level: Level
  readonly workers: number
  /** One seed alone: nothing is demanded of how often things were met. */
  readonly isOne: boolean
}

export interface OrdersProof {
  readonly passed: number
  readonly failed: number
  readonly report: string
}

interface CorpusEntry {
  readonly seed: number
  readonly found: string
}

const FAILURES_SHOWN = 10
/** A long run must meet everything so often. */
const LEAST = 100
const LONG_RUN = 20_000

/** Seeds that have failed once; what they found is mended, and they are run before all others. */
export const corpus = (): readonly CorpusEntry[] =>
  JSON.parse(readFileSync(new URL('corpus.json', import.meta.url), 'utf8')) as CorpusEntry[]

export async function proveOrders(options: ProveOptions): Promise<OrdersProof> {
  const { first, count, level, isOne } = options
  const startedMs = performance.now()
  const startedCpu = process.cpuUsage()
  const fresh = Array.from({ length: count }, (_, i) => first + i)
  const known = isOne ? [] : corpus().map(({ seed }) => seed)
  const tally = await runAll([...known, ...fresh], options)
  const seconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(startedCpu)
  const spent = { seconds, cpuSeconds: (user + system) / 1_000_000 }
  const missed = level === 1 && count >= LONG_RUN ? rareOnes(tally) : []
  const lines = reportOf(tally, options, spent)
  for (const { seed, problems } of tally.failures.slice(0, FAILURES_SHOWN))
    lines.push('', `SEED=${seed}`, ...problems.map((text) => `- ${text}`), repeatOf(seed, level))
  for (const name of missed) lines.push(`- ${name}: met fewer than ${LEAST} times`)
  if (isOne && tally.failures.length > 0) lines.push(...(await shrunkOf(first, level)))
  const report = `${lines.join('\n')}\n`
  mkdirSync('reports', { recursive: true })
  if (!isOne) writeFileSync(`reports/simulation-orders-level-${level}.md`, report)
  const failed = tally.failures.length + missed.length
  return { passed: tally.seeds - tally.failures.length, failed, report }
}

const rareOnes = ({ coverage }: Tally): readonly string[] =>
  situations.filter((name) => (coverage.get(name) ?? 0) < LEAST)

const repeatOf = (seed: number, level: Level): string =>
  `  npm run test:simulation -- --only orders --seed ${seed}${level === 2 ? ' --level 2' : ''}`

async function shrunkOf(seed: number, level: Level): Promise<string[]> {
  const { narrowing, problems, needed } = await onLoop(() => shrink(seed, level))
  return [
    '',
    `The least that still fails: ${narrowing.troubleMs} ms of trouble with ${needed.join(', ')}`,
    ...problems.map((text) => `- ${text}`),
  ]
}

const runAll = async (seeds: readonly number[], options: ProveOptions): Promise<Tally> => {
  const { level, workers } = options
  const sum = newTally()
  await eachChunk<Tally>(seeds, {
    workers,
    file: new URL('worker.ts', import.meta.url),
    message: (chunk) => ({ seeds: chunk, level }),
    here: (chunk) => runSeeds(chunk, level),
    take: (tally) => addTally(sum, tally),
  })
  return sum
}

interface Spent {
  readonly seconds: number
  /** Of all threads. */
  readonly cpuSeconds: number
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

function reportOf(tally: Tally, options: ProveOptions, { seconds, cpuSeconds }: Spent): string[] {
  const { first, count, level, workers } = options
  const perCore = Math.round((tally.events / cpuSeconds) * 60)
  const journal = level === 1 ? 'a model of a disk' : 'files of SQLite'
  return [
    `# Order path, level ${level} (journal on ${journal})`,
    '',
    `Seeds ${first} to ${first + count - 1} and the corpus, ${seconds.toFixed(1)} s, ${workers} threads: ${tally.failures.length} of ${tally.seeds} failed.`,
    '',
    '| figure | value |',
    '| --- | --- |',
    `| simulated events | ${tally.events} |`,
    `| events per minute of one core (processor time) | ${perCore} |`,
    `| seeds per minute of one core, and as the clock on the wall says | ${Math.round((tally.seeds / cpuSeconds) * 60)}, ${Math.round((tally.seeds / seconds) * 60)} |`,
    `| median events of a seed | ${median(tally.eventsEach)} |`,
    `| median orders at the venue of a seed | ${median(tally.ordersEach)} |`,
    `| orders, fills | ${tally.orders}, ${tally.fills} |`,
    `| longest time until all was well again | ${(tally.healedMsMax / 1000).toFixed(0)} s |`,
    `| seeds run twice with the same result | ${tally.repeated} |`,
    '',
    '| met | times |',
    '| --- | --- |',
    ...situations.map((name) => `| ${name} | ${tally.coverage.get(name) ?? 0} |`),
  ]
}
