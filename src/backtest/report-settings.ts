/** The tables that every report of a run ends with: parameters, what the strategy says at the end, assumptions. */
import type { Json } from '../domain/strategy.ts'
import { countText, percentText, type Row, rowsOf, words } from './report-figures.ts'
import { rowTable } from './report-page.ts'
import type { ToldQuality } from './told-quality.ts'

/** @param parameters an object; those without a value are left out */
export function parameterTable(parameters: unknown): string {
  const given =
    typeof parameters === 'object' && parameters !== null ? Object.entries(parameters) : []
  const rows = given
    .filter(([, value]) => value !== undefined && value !== null)
    .map(
      ([name, value]): Row => [
        words(name),
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ],
    )
  return rowTable('Parameters', rows)
}

export const strategyTable = (report: Json): string =>
  rowTable(
    'Strategy at the end',
    rowsOf(report).map(([name, value]) => [words(name), value]),
  )

/** Sentences: their column is set for reading. */
export const assumptionTable = (assumptions: Readonly<Record<string, string>>): string =>
  rowTable(
    'Assumptions',
    Object.entries(assumptions).map(([name, text]) => [words(name), text]),
  ).replace('class="box"', 'class="box long"')

export const presentRow = ({ present, expected, coverage }: ToldQuality): Row => [
  'candles present',
  `${countText(present)} of ${countText(expected)} (${percentText(coverage)})`,
]

/** Whose candles were traded on. */
export const candleSource = (isProxy: boolean): string =>
  isProxy ? 'of a spot market (proxy)' : 'of the contract itself'
