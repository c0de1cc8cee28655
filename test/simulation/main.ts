/**
 * `npm run test:simulation [-- --seed N | --seeds N] [--from N] [--level 1|2] [--workers N] [--only ledger|orders] [--planted [FILTER]]`:
 * the order path under seeded disasters (orders/), and the ledger against exact fractions. Ends with one line.
 */
import { parseArgs } from 'node:util'
import { proveLedger } from './ledger-proof.ts'
import { proveOrders } from './orders/prove.ts'

const SEEDS = 2000
const LEDGER_SEEDS_MAX = 2000

const options = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  from: { type: 'string' },
  level: { type: 'string' },
  workers: { type: 'string' },
  only: { type: 'string' },
  planted: { type: 'boolean' },
} as const

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
  if (values.only !== undefined && values.only !== 'ledger' && values.only !== 'orders')
    return wrongUsage('--only takes ledger or orders.')
  if (values.planted === true) {
    const { provePlanted } = await import('./orders/planted.ts')
    return provePlanted(positionals)
  }
  const isOrdersOnly = values.only === 'orders' || level === 2
  let passed = 0
  let failed = 0
  if (values.only !== 'ledger') {
    const proof = await proveOrders({ first, count, level: level === 2 ? 2 : 1, workers, isOne })
    process.stdout.write(`${proof.report}\n`)
    passed += proof.passed
    failed += proof.failed
  }
  if (!isOrdersOnly) {
    const proof = proveLedger(first, Math.min(count, LEDGER_SEEDS_MAX))
    process.stdout.write(`${proof.report}\n`)
    passed += proof.passed
    failed += proof.failed
  }
  process.stdout.write(`${passed} passed, ${failed} failed, 0 skipped\n`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main()
