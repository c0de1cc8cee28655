/** Minutes and funding of a seeded random walk as CSV files, for runs without recorded data. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../support/random.ts'

const MINUTE_MS = 60_000
const FUNDING_MS = 3_600_000

export interface GeneratedFiles {
  readonly candles: string
  readonly funding: string
}

export function generateSet(
  folder: string,
  seed: number,
  startAt: number,
  minutes: number,
): GeneratedFiles {
  const random = new Random(seed)
  const candles = ['timestamp_ms,open,high,low,close,volume']
  const funding = ['timestamp_ms,rate']
  let last = 10_000
  for (let minute = 0; minute < minutes; minute++) {
    const at = startAt + minute * MINUTE_MS
    // Now and then the market opens away from the last close.
    const open = random.chance(0.03) ? last + random.int(-60, 60) : last
    const close = Math.max(5000, open + random.int(-45, 45))
    const high = Math.max(open, close) + random.int(0, 25)
    const low = Math.min(open, close) - random.int(0, 25)
    const volume = random.chance(0.02) ? 0 : random.int(1, 4000) / 10
    const prices = [open, high, low, close].map((price) => (price / 100).toFixed(2))
    candles.push([at, ...prices, volume].join(','))
    if (at % FUNDING_MS === 0) funding.push(`${at},${(random.int(-50, 80) / 1e6).toFixed(8)}`)
    last = close
  }
  const files = { candles: join(folder, 'candles.csv'), funding: join(folder, 'funding.csv') }
  writeFileSync(files.candles, `${candles.join('\n')}\n`)
  writeFileSync(files.funding, `${funding.join('\n')}\n`)
  return files
}
