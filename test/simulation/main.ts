/**
 * `npm run test:simulation [-- --seed N | --seeds N] [--from N] [--level 1|2] [--workers N] [--only ledger|orders|legs] [--planted [FILTER]]`:
 * the order path under seeded disasters (orders/), two legs at two venues (legs/), and the ledger against exact fractions.
 * Ends with one line.
 */
import { parseArgs } from 'node:util'
import { proveLedger } from './ledger-proof.ts'
import { proveLegs } from './legs/prove.ts'
import { proveOrders } from './orders/prove.ts'

const SEEDS = 2000
const LEDGER_SEEDS_MAX = 2000
/** Of a run of everything: a seed of two venues takes ten times as long. */
const LEGS_SEEDS_MAX = 500

const options = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  from: { type: 'string' },
  level: { type: 'string' },
  workers: { type: 'string' },
  only: { type: 'string' },
  planted: { type: 'boolean' },
} as const

interface Proof {
  readonly passed: number
  readonly failed: number
  readonly report: string
}

function wrongUsage(text: string): number {
  process.stderr.write(`${text}\n`)
  return 2
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const isOne = values.seed !== undefined
  const first = Number(values.seed ?? values.from ?? 1)
  const count = isOne ? 1 : Number(values.seeds ?? SEEDS)
  const level = Number(values.level ?? 1)
  const workers = Number(values.workers ?? 1)
  for (const number of [first, count, level, workers])
    if (!Number.isSafeInteger(number) || number < 1)
      return wrongUsage(
        '--seed, --seeds, --from, --level and --workers take a whole number from 1.',
      )
  if (level > 2) return wrongUsage('--level takes 1 (model of a disk) or 2 (files of SQLite).')
  const { only } = values
  if (level === 2 && (only === 'legs' || only === 'ledger'))
    return wrongUsage('--level 2 is of orders alone.')
  if (only !== undefined && !['ledger', 'orders', 'legs'].includes(only))
    return wrongUsage('--only takes ledger, orders or legs.')
  if (values.planted === true) {
    const { provePlanted } = await import('./orders/planted.ts')
    if (only !== 'legs') return provePlanted(positionals)
    const { legBugs } = await import('./legs/planted-bugs.ts')
    return provePlanted(positionals, legBugs)
  }
  let passed = 0
  let failed = 0
  const take = (proof: Proof): void => {
    process.stdout.write(`${proof.report}\n`)
    passed += proof.passed
    failed += proof.failed
  }
  const isAll = only === undefined && level === 1
  if (isAll || only === 'orders' || (level === 2 && only === undefined))
    take(await proveOrders({ first, count, level: level === 2 ? 2 : 1, workers, isOne }))
  const legsCount = isAll ? Math.min(count, LEGS_SEEDS_MAX) : count
  if (isAll || only === 'legs') take(await proveLegs({ first, count: legsCount, workers, isOne }))
  if (isAll || only === 'ledger') take(proveLedger(first, Math.min(count, LEDGER_SEEDS_MAX)))
  process.stdout.write(`${passed} passed, ${failed} failed, 0 skipped\n`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main()
