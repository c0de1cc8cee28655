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

/** `2024-01-31 12:05` of a time in ISO 8601. */
export const minuteText = (time: string): string => time.slice(0, 16).replace('T', ' ')

/** Decimal text of money with two decimals, thousands grouped. */
export function moneyText(text: string): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  const shown = Number(text).toLocaleString('en-US', digits)
  return /[1-9]/.test(shown) ? shown : shown.replace('-', '')
}

/** `12.34 %`, N/A where there is none. */
export const percentText = (share: number | null, digits = 2): string =>
  share === null ? 'N/A' : `${withoutMinus((share * 100).toFixed(digits))} %`

export const numberText = (value: number | null, digits = 2): string =>
  value === null ? 'N/A' : withoutMinus(value.toFixed(digits))

export const countText = (value: number | null): string =>
  value === null ? 'N/A' : value.toLocaleString('en-US')

/** Money as a number of the settlement currency. */
export const amountText = (value: number | null, currency = ''): string =>
  value === null ? 'N/A' : `${moneyText(String(value))} ${currency}`.trimEnd()

/** `+12.00 USDT`. */
export const signedText = (value: number, currency = ''): string =>
  `${value > 0.004999 ? '+' : ''}${amountText(value, currency)}`

/** Hours in the unit that suits them. */
export function hoursText(hours: number | null): string {
  if (hours === null) return 'N/A'
  if (hours < 1) return `${(hours * 60).toFixed(0)} min`
  return hours < 48 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} days`
}

const withoutMinus = (text: string): string => (/[1-9]/.test(text) ? text : text.replace('-', ''))
