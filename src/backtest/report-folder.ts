/** Writes the report of a backtest: result.json, fills.csv, trades.csv, equity.csv, funding.csv, report.html. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equityCsv, fillsCsv, fundingCsv, tradesCsv } from './report-csv.ts'
import { reportHtml } from './report-html.ts'
import type { BacktestResult } from './result.ts'
import type { Backtest } from './run.ts'

/** Files of an earlier report in the folder are written over. */
export function writeReport(directory: string, backtest: Backtest, result: BacktestResult): void {
  mkdirSync(directory, { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('result.json', `${JSON.stringify(result, null, 2)}\n`)
  write('fills.csv', fillsCsv(backtest))
  write('trades.csv', tradesCsv(backtest))
  write('equity.csv', equityCsv(backtest))
  write('funding.csv', fundingCsv(backtest))
  write('report.html', reportHtml(backtest, result))
}
