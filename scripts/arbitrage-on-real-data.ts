/**
 * Runs the arbitrage strategies on recorded data of two venues and prints the tables of
 * docs/concepts/arbitrage-on-real-data.md; `--write` puts them there. Each row leaves its report in reports/arbitrage/.
 *
 *     MARKET_DATA=/path/to/data node scripts/arbitrage-on-real-data.ts [--write] [CASE …]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Case,
  cases,
  lineOf,
  prepared,
  run,
  tableHead,
} from '../test/backtest/arbitrage-cases.ts'

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs', 'concepts', 'arbitrage-on-real-data.md')

async function tableOf(one: Case, data: string, scratch: string): Promise<string> {
  const home = await prepared(one, data, scratch)
  const lines = [...tableHead]
  for (const row of one.rows) {
    const folder = `${one.id}_${row.name.replaceAll(/[^\w-]+/g, '_')}`
    const result = await run(one, row, home, join(root, 'reports', 'arbitrage', folder))
    lines.push(lineOf(row, result))
  }
  return lines.join('\n')
}

/** Puts a table between its marks. */
function written(text: string, id: string, table: string): string {
  const [begin, end] = [`<!-- table ${id} -->`, `<!-- end ${id} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${page} has no marks ${begin} and ${end}`)
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`
}

async function main(): Promise<void> {
  const data = process.env['MARKET_DATA']
  if (data === undefined || data === '')
    throw new Error('MARKET_DATA is not set: name the folder that holds candles/ and funding/')
  const names = process.argv.slice(2).filter((word) => word !== '--write')
  const isWriting = process.argv.includes('--write')
  const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-arbitrage-'))
  try {
    for (const one of cases.filter(({ id }) => names.length === 0 || names.includes(id))) {
      const table = await tableOf(one, data, scratch)
      process.stdout.write(`${one.id}\n${table}\n\n`)
      if (isWriting) writeFileSync(page, written(readFileSync(page, 'utf8'), one.id, table))
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

await main()
