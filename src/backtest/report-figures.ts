/** Figures of a report as rows for people. */
import type { Json } from '../domain/strategy.ts'
import { formatTime } from '../domain/timeframe.ts'

/** A name and what stands beside it. */
export type Row = readonly [string, string]

/** camelCase and snake_case as words. */
export const words = (name: string): string =>
  name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)

/** Figures of a report that are money; the others are prices, quantities and words. */
const moneyFigures = new Set([
  'grid_profit',
  'inventory',
  'entry_adjustment',
  'closed',
  'funding',
  'fees',
  'total',
  'peak_equity',
])

/** Figures of a report, nested ones with their path; lists by their length. */
export function rowsOf(report: Json, prefix = ''): readonly Row[] {
  if (report === null || typeof report !== 'object') return []
  return Object.entries(report).flatMap(([key, value]): readonly Row[] => {
    const name = prefix === '' ? key : `${prefix} ${key}`
    if (value === undefined || value === null) return []
    if (Array.isArray(value)) return value.length === 0 ? [] : [[name, `${value.length} entries`]]
    return typeof value === 'object' ? rowsOf(value, name) : [[name, plain(key, value)]]
  })
}

function plain(key: string, value: Json): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number' && key.endsWith('_at')) return formatTime(value)
  return typeof value === 'string' && moneyFigures.has(key) ? moneyText(value) : String(value)
}

/** Decimal text of money with two decimals, thousands grouped. */
export function moneyText(text: string): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  const shown = Number(text).toLocaleString('en-US', digits)
  return /[1-9]/.test(shown) ? shown : shown.replace('-', '')
}
