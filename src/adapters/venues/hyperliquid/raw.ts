/** Reading what the venue sends. ccxt turns the numbers of REST answers into texts and leaves those of streams: both are taken. */
import { VenueError } from '../../../ports/venue.ts'

export type Raw = Readonly<Record<string, unknown>>

export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const unreadable = (what: string): VenueError =>
  new VenueError('unknown', 'unreadable', `hyperliquid's ${what} cannot be read.`)

/** @throws VenueError `unknown` when it is no object */
export function rawOf(value: unknown, what: string): Raw {
  if (!isRaw(value)) throw unreadable(what)
  return value
}

/** @throws VenueError `unknown` when it is no list of objects */
export function rowsOf(value: unknown, what: string): readonly Raw[] {
  if (!Array.isArray(value) || !value.every(isRaw)) throw unreadable(what)
  return value
}

/** Text of a field; null when it is absent, null or empty. */
export function textOf(row: Raw, key: string): string | null {
  const value = row[key]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** @throws VenueError `unknown` when the field is absent */
export function neededText(row: Raw, key: string): string {
  const text = textOf(row, key)
  if (text === null) throw unreadable(key)
  return text
}
