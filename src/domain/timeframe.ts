/** Lengths of candles and times in texts, always UTC. No clock is read here. */

/** A candle length as written (`5m`) and in milliseconds. */
export interface Timeframe {
  readonly text: string
  readonly ms: number
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Reads `1s`, `1m`, `5m`, `1h`, `8h`, `1d`, `1w` and the like; `5min` is `5m`.
 * @throws RangeError with a sentence that names the text and shows valid ones
 */
export function parseTimeframe(text: string): Timeframe {
  const match = /^([1-9]\d{0,3})(min|[smhdw])$/.exec(text.trim())
  const unitMs = UNITS[match?.[2] ?? '']
  if (!match || unitMs === undefined) {
    throw new RangeError(
      `timeframe "${text}" cannot be read: write a number and s, m, h, d or w, e.g. 1m, 5m, 1h`,
    )
  }
  const ms = Number(match[1]) * unitMs
  return { text: formatTimeframe(ms), ms }
}

/** Writes a length with the largest unit that divides it: 3,600,000 is `1h`, 604,800,000 is `1w`. */
export function formatTimeframe(ms: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's']) {
    const unitMs = UNITS[unit] ?? 1
    if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`
  }
  return `${ms}ms`
}

const ISO =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d{2}:?\d{2})?$/

/**
 * Reads an ISO date or time (`2022-01`, `2022-01-31`, `2022-01-31T12:30`, `…:15.250Z`, `…+02:00`) as ms since 1970;
 * without an offset it is UTC.
 * @throws RangeError with a sentence that names the text
 */
export function parseTime(text: string): number {
  const at = readIsoTime(text)
  if (at === null) {
    throw new RangeError(
      `time "${text}" cannot be read: write a date or time like 2022-01-31 or 2022-01-31T12:30Z`,
    )
  }
  return at
}

/** Like parseTime; null when the text is no ISO date or time. */
export function readIsoTime(text: string): number | null {
  const match = ISO.exec(text.trim())
  if (!match) return null
  const part = (index: number, absent: number) => Number(match[index] ?? absent)
  const [month, day, hour, minute, second] = [
    part(2, 1),
    part(3, 1),
    part(4, 0),
    part(5, 0),
    part(6, 0),
  ]
  const ms = Number((match[7] ?? '0').padEnd(3, '0').slice(0, 3))
  if (hour > 24 || minute > 59 || second > 59) return null
  if (hour === 24 && minute + second + ms > 0) return null
  const midnight = Date.UTC(part(1, 0), month - 1, day)
  // Date.UTC carries 31 February over into March: a date that comes back changed does not exist.
  const date = new Date(midnight)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  return midnight + ((hour * 60 + minute) * 60 + second) * 1_000 + ms - offsetMs(match[8])
}

function offsetMs(text: string | undefined): number {
  if (text === undefined || text === 'Z') return 0
  const digits = text.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4))
  return (text.startsWith('-') ? -1 : 1) * minutes * 60_000
}

/** Writes ms since 1970 as `2022-01-31T12:30:00.000Z`. */
export const formatTime = (at: number): string => new Date(at).toISOString()

/** Writes ms since 1970 as briefly as it stays exact: a date at midnight, else minutes, else all. */
export function formatTimeShort(at: number): string {
  const text = formatTime(at)
  if (at % 86_400_000 === 0) return text.slice(0, 10)
  if (at % 60_000 === 0) return `${text.slice(0, 16)}Z`
  return text.replace('.000Z', 'Z')
}
