/** The proof of two legs at two venues: the corpus first, then fresh seeds; and its report. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { eachChunk } from '../orders/chunks.ts'
import { situations } from '../orders/coverage.ts'
import { narrowable } from '../orders/scenario.ts'
import { shrinkBy } from '../orders/shrink.ts'
import {
  addLegsTally,
  type LegsTally,
  newLegsTally,
  onLoop,
  runLegs,
  runLegsSeeds,
} from './batch.ts'
import { legSituations } from './coverage.ts'
import { legDeeds, strategyIds } from './scenario.ts'

export interface ProveLegsOptions {
  readonly first: number
  readonly count: number
  readonly workers: number
  /** One seed alone: nothing is demanded of how often things were met. */
  readonly isOne: boolean
}

export interface LegsProof {
  readonly passed: number
  readonly failed: number
  readonly report: string
}

interface CorpusEntry {
  readonly seed: number
  readonly found: string
}

const FAILURES_SHOWN = 10
/** A long run must meet everything so often, a shorter one once. */
const LEAST = 50
const LONG_RUN = 20_000
const RUN = 2000

const leastOf = (count: number): number => (count >= LONG_RUN ? LEAST : count >= RUN ? 1 : 0)
const REPORT = 'reports/simulation-legs.md'

/** Seeds that have failed once; what they found is mended, and they are run before all others. */
export const corpus = (): readonly CorpusEntry[] =>
  JSON.parse(readFileSync(new URL('corpus.json', import.meta.url), 'utf8')) as CorpusEntry[]

export async function proveLegs(options: ProveLegsOptions): Promise<LegsProof> {
  const { first, count, workers, isOne } = options
  const startedMs = performance.now()
  const startedCpu = process.cpuUsage()
  const fresh = Array.from({ length: count }, (_, i) => first + i)
  const known = isOne ? [] : corpus().map(({ seed }) => seed)
  const sum = newLegsTally()
  await eachChunk<LegsTally>([...known, ...fresh], {
    workers,
    file: new URL('worker.ts', import.meta.url),
    message: (seeds) => ({ seeds }),
    here: (seeds) => runLegsSeeds(seeds),
    take: (found) => addLegsTally(sum, found),
  })
  const { user, system } = process.cpuUsage(startedCpu)
  const seconds = (performance.now() - startedMs) / 1000
  const spent = { seconds, cpuSeconds: (user + system) / 1_000_000 }
  const { failures, coverage, seeds } = sum.tally
  const least = leastOf(count)
  const missed = legSituations.filter((name) => (coverage.get(name) ?? 0) < least)
  const lines = reportOf(sum, options, spent)
  for (const { seed, problems } of failures.slice(0, FAILURES_SHOWN))
    lines.push('', `SEED=${seed}`, ...problems.map((text) => `- ${text}`), repeatOf(seed))
  for (const name of missed) lines.push(`- ${name}: met fewer than ${least} times`)
  if (isOne && failures.length > 0) lines.push(...(await shrunkOf(first)))
  const report = `${lines.join('\n')}\n`
  mkdirSync('reports', { recursive: true })
  if (!isOne) writeFileSync(REPORT, report)
  return { passed: seeds - failures.length, failed: failures.length + missed.length, report }
}

const repeatOf = (seed: number): string => `  npm run test:simulation -- --only legs --seed ${seed}`

async function shrunkOf(seed: number): Promise<string[]> {
  const names = [...legDeeds, ...narrowable.filter((name) => !legDeeds.includes(name as never))]
  const { narrowing, problems, needed } = await onLoop(() =>
    shrinkBy((tried) => runLegs(seed, tried).problems, names),
  )
  return [
    '',
    `The least that still fails: ${narrowing.troubleMs} ms of trouble with ${needed.join(', ')}`,
    ...problems.map((text) => `- ${text}`),
  ]
}

interface Spent {
  readonly seconds: number
  /** Of all threads. */
  readonly cpuSeconds: number
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

function strategyRows({ strategies }: LegsTally): string[] {
  const mean = (baseSeconds: number, ms: number): string =>
    ms === 0 ? '0' : (baseSeconds / (ms / 1000)).toFixed(4)
  return strategyIds.map((id) => {
    const one = strategies[id]
    return `| ${[
      id,
      one.seeds,
      one.orders,
      one.fills,
      one.maxOfBound.toFixed(2),
      `${((one.doubtMs / Math.max(1, one.answeringMs + one.downMs)) * 100).toFixed(0)} %`,
      (one.outsideMs / 1000).toFixed(2),
      (one.longestMs / 1000).toFixed(1),
      (one.longestUnwindMs / 1000).toFixed(1),
      mean(one.deltaTime, one.answeringMs),
      mean(one.deltaTimeDown, one.downMs),
      (one.deltaTime / one.seeds).toFixed(2),
      (one.deltaTimeDown / one.seeds).toFixed(2),
    ].join(' | ')} |`
  })
}

function reportOf(sum: LegsTally, options: ProveLegsOptions, spent: Spent): string[] {
  const { first, count, workers } = options
  const { tally } = sum
  const { seconds, cpuSeconds } = spent
  return [
    '# Two legs at two venues',
    '',
    `Seeds ${first} to ${first + count - 1} and the corpus, ${seconds.toFixed(1)} s, ${workers} threads: ${tally.failures.length} of ${tally.seeds} failed.`,
    '',
    '| figure | value |',
    '| --- | --- |',
    `| simulated events | ${tally.events} |`,
    `| seeds per minute of one core (processor time) | ${Math.round((tally.seeds / cpuSeconds) * 60)} |`,
    `| median events of a seed | ${median(tally.eventsEach)} |`,
    `| median orders at both venues of a seed | ${median(tally.ordersEach)} |`,
    `| longest time until all was well again | ${(tally.healedMsMax / 1000).toFixed(0)} s |`,
    `| seeds run twice with the same result | ${tally.repeated} |`,
    '',
    'Net delta by the positions of the venues. Bound: one part and dust; most of the bound: at any instant, of two parts after an order that was not answered in time; outside the bound and beyond dust: with both venues answering; unwound: with one leg closed and unwinding due. Mean in base, Σ in base · s of a seed.',
    '',
    '| strategy | seeds | orders | fills | most of the bound | time with two parts allowed | longest outside the bound, s | longest beyond dust, s | longest until unwound, s | mean, both answer | mean, one does not | Σ, both answer | Σ, one does not |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...strategyRows(sum),
    '',
    '| met | times |',
    '| --- | --- |',
    ...[...legSituations, ...situations.filter((name) => (tally.coverage.get(name) ?? 0) > 0)].map(
      (name) => `| ${name} | ${tally.coverage.get(name) ?? 0} |`,
    ),
  ]
}
