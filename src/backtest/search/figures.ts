/** The statistics of a run as one row of numbers: what thousands of trials are kept as. NaN stands for N/A. */
import {
  type StatisticName,
  type Statistics,
  statisticsOf,
} from '../../domain/statistic/statistics.ts'
import { TradeSums } from '../../domain/statistic/trade-sums.ts'

/** Statistics of nothing: says which there are, in their order. */
const ofNothing = statisticsOf({
  startAt: 0,
  endAt: 0,
  capital: 0,
  dailyEquity: [],
  drawdown: { share: 0, amount: 0 },
  trades: new TradeSums(),
  fees: 0,
  funding: 0,
  turnover: 0,
  exposedMs: 0,
  notionalMax: 0,
  marginRatioMax: null,
  liquidations: 0,
  fills: 0,
  firstPrice: 0,
  lastPrice: 0,
  grid: null,
})

/** Every key of Statistics, in one order. */
export const statisticNames = Object.keys(ofNothing) as readonly StatisticName[]

const places: ReadonlyMap<string, number> = new Map(
  statisticNames.map((name, index) => [name, index]),
)

/** A row of the table of trials. */
export type FigureRow = Float64Array

/** @throws RangeError when a statistic is no number: the run is not to be believed */
export function rowOf(statistics: Statistics): FigureRow {
  return Float64Array.from(statisticNames, (name) => {
    const value = statistics[name]
    if (value === null) return Number.NaN
    if (Number.isFinite(value)) return value
    throw new RangeError(`the run gave ${name} = ${value}, which is no number`)
  })
}

/** One figure of a row; null = N/A or no such figure. */
export function figureOf(row: FigureRow, name: string): number | null {
  const value = row[places.get(name) ?? -1] ?? Number.NaN
  return Number.isNaN(value) ? null : value
}

export const statisticsOfRow = (row: FigureRow): Readonly<Record<string, number | null>> =>
  Object.fromEntries(statisticNames.map((name) => [name, figureOf(row, name)]))

/** The row that statisticsOfRow was made of; figures that are unknown here are left out. */
export const rowOfRecord = (record: Readonly<Record<string, unknown>>): FigureRow =>
  Float64Array.from(statisticNames, (name) => {
    const value = record[name]
    return typeof value === 'number' ? value : Number.NaN
  })
