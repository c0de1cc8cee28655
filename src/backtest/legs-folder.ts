/** Writes the report of a backtest on several legs: result.json, fills.csv, opportunities.csv, equity.csv, funding.csv, report.html. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LegsBacktest } from './legs.ts'
import { legsEquityCsv, legsFillsCsv, legsFundingCsv, opportunitiesCsv } from './legs-csv.ts'
import { legsHtml } from './legs-html.ts'
import type { LegsResult } from './legs-result.ts'

/** Files of an earlier report in the folder are written over. */
export function writeLegsReport(directory: string, run: LegsBacktest, result: LegsResult): void {
  mkdirSync(directory, { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('result.json', `${JSON.stringify(result, null, 2)}\n`)
  write('fills.csv', legsFillsCsv(run))
  write('opportunities.csv', opportunitiesCsv(result))
  write('equity.csv', legsEquityCsv(run))
  write('funding.csv', legsFundingCsv(run))
  write('report.html', legsHtml(run, result))
}
