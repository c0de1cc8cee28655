/**
 * The ledger proof of `npm run test:simulation`: for each seed a random market, a random grid
 * and a stranger's orders; the exchange's books, the bot's cells and an oracle of exact fractions must agree to the
 * last unit. Writes reports/simulation.md and ends with one line.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { runSeed, type SeedCounts } from './ledger.ts'

const REPORT = 'reports/simulation.md'
/** Shares of the seeds in which these must be seen. */
const required = ['liquidation', 'partial close', 'flip', 'rebate', 'funding sign change']
const SHARE_MIN = 0.2
const FAILURES_SHOWN = 10

interface Tally {
  passed: number
  readonly failures: string[]
  readonly totals: Map<string, number>
}

export interface Proof {
  readonly passed: number
  readonly failed: number
  readonly report: string
}

/** Runs `count` seeds from `first` on and writes the report; the shares of rare cases count when there are many. */
export function proveLedger(first: number, count: number): Proof {
  const startedMs = performance.now()
  const tally = runAll(first, count)
  if (count > 1) checkShares(tally, count)
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const report = reportOf(tally, first, count, seconds)
  mkdirSync('reports', { recursive: true })
  writeFileSync(REPORT, report)
  return { passed: tally.passed, failed: tally.failures.length, report }
}

function runAll(first: number, count: number): Tally {
  const tally: Tally = { passed: 0, failures: [], totals: new Map() }
  for (let seed = first; seed < first + count; seed += 1) {
    try {
      add(tally.totals, runSeed(seed))
      tally.passed += 1
    } catch (error) {
      tally.failures.push(`seed ${seed}: ${textOf(error, count === 1)}`)
    }
  }
  return tally
}

function textOf(error: unknown, isFull: boolean): string {
  if (!(error instanceof Error)) return String(error)
  return isFull ? (error.stack ?? error.message) : error.message
}

function add(totals: Map<string, number>, counts: SeedCounts): void {
  for (const [name, value] of Object.entries(counts)) {
    totals.set(name, (totals.get(name) ?? 0) + value)
  }
}

/** A proof that never met the rare cases proves little. */
function checkShares(tally: Tally, count: number): void {
  for (const name of required) {
    const share = (tally.totals.get(name) ?? 0) / count
    if (share >= SHARE_MIN) continue
    tally.failures.push(
      `${name} was seen in ${(share * 100).toFixed(1)} % of the seeds, needed are 20 %`,
    )
  }
}

function reportOf(tally: Tally, first: number, count: number, seconds: string): string {
  const rows = [...tally.totals].map(([name, total]) => {
    const isShare = !name.includes(' in all') && !name.includes(' checked ')
    return `| ${name} | ${total} | ${isShare ? `${((100 * total) / count).toFixed(1)} %` : ''} |`
  })
  const failures = tally.failures.slice(0, FAILURES_SHOWN).map((text) => `- ${text}`)
  return [
    '# Ledger proof',
    '',
    `Seeds ${first} to ${first + count - 1}, ${seconds} s: exchange, bot and oracle agree to the last unit in ${tally.passed}.`,
    '',
    '| seen | seeds or count | share of seeds |',
    '| --- | --- | --- |',
    ...rows,
    ...(failures.length > 0 ? ['', '## Failures', '', ...failures] : []),
    '',
  ].join('\n')
}
