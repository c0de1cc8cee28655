/**
 * `npm run bench [-- NAME …]`: ledger, indicators, wants, strategies, grid, journal, wire, memory, http, stream, sweep,
 * venues, arbitrage. Every figure stands beside a reference measured in the same run; the ratio is what can be compared between machines. Those
 * of `venues` and `arbitrage` stand beside targets, and a target that is missed ends the run with 1. Writes reports/bench.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { benchArbitrage } from './arbitrage.ts'
import { benchGrid } from './grid.ts'
import { benchHttp } from './http.ts'
import { benchIndicators } from './indicators.ts'
import { benchJournal } from './journal.ts'
import { benchLedger } from './ledger.ts'
import type { Row } from './measure.ts'
import { benchMemory } from './memory.ts'
import { benchStrategies } from './strategies.ts'
import { benchStream } from './stream.ts'
import { benchSweep } from './sweep.ts'
import { benchVenueDesks } from './venues.ts'
import { benchWantsLoop } from './wants-loop.ts'
import { benchWire } from './wire.ts'

const benches: Readonly<Record<string, () => readonly Row[] | Promise<readonly Row[]>>> = {
  ledger: benchLedger,
  indicators: benchIndicators,
  wants: benchWantsLoop,
  strategies: benchStrategies,
  grid: benchGrid,
  journal: benchJournal,
  wire: benchWire,
  memory: benchMemory,
  http: benchHttp,
  stream: benchStream,
  sweep: benchSweep,
  venues: benchVenueDesks,
  arbitrage: benchArbitrage,
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(
    `perpfleet: there is no bench ${unknown.join(', ')}: use one of ${Object.keys(benches).join(', ')}`,
  )
  process.exit(2)
}

const rows: Row[] = []
for (const [name, run] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue
  for (const row of await run()) {
    rows.push(row)
    console.log(`${row.what}: ${row.measured}, reference ${row.reference}, ratio ${row.ratio}`)
  }
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = [
  line(['what', 'measured', 'reference', 'ratio', 'note']),
  line(['---', '---', '---', '---', '---']),
  ...rows.map((row) => line([row.what, row.measured, row.reference, row.ratio, row.note])),
].join('\n')
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}`
console.log(`\n${table}`)
if (names.length === 0) {
  const file = join(import.meta.dirname, '..', 'reports', 'bench.md')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(
    file,
    `# Bench\n\nMade by \`npm run bench\` on ${machine}. Medians of several repetitions.\n\n${table}\n`,
  )
}
const missed = rows.filter(({ isMissed }) => isMissed === true)
for (const { what, measured, reference } of missed)
  console.error(`perpfleet: a target is missed: ${what}: ${measured}, not ${reference}`)
if (missed.length > 0) process.exitCode = 1
