/** Times as people give them to `logs --since`: ISO, so long ago, or a time of today. */
import { dateIn } from '../domain/day.ts'
import { CliError } from './context.ts'
import { logMessages } from './messages/logs.ts'
import { sentence } from './speech.ts'

/** What the times of a command line refer to. */
export interface WallClock {
  /** Wall time, ms since 1970 UTC. */
  readonly nowMs: number
  /** IANA name: where the fleet's days begin. */
  readonly timeZone: string
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const AGO = /^(\d{1,9}(?:\.\d{1,3})?)(min|[smhdw])$/
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/i

/**
 * @param option name of the option, for the sentence
 * @returns ms since 1970 UTC
 * @throws CliError 2
 */
export function wallTime(option: string, text: string, clock: WallClock): number {
  const at = agoOf(text, clock) ?? todayOf(text, clock) ?? isoOf(text, clock)
  if (at !== null) return at
  throw new CliError(2, sentence(logMessages.badTime, { option, found: JSON.stringify(text) }))
}

function agoOf(text: string, { nowMs }: WallClock): number | null {
  const [, count, unit = ''] = AGO.exec(text.replace(/ ago$/, '')) ?? []
  const lengthMs = UNIT_MS[unit]
  if (count === undefined || lengthMs === undefined) return null
  return inRange(nowMs - Math.round(Number(count) * lengthMs))
}

function todayOf(text: string, { nowMs, timeZone }: WallClock): number | null {
  const match = TIME.exec(text)
  if (match === null) return null
  const [, hours = '', minutes = '', seconds = '00'] = match
  return zonedTime(
    dateIn(timeZone, nowMs),
    `${hours.padStart(2, '0')}:${minutes}:${seconds}`,
    timeZone,
  )
}

function isoOf(text: string, { timeZone }: WallClock): number | null {
  const match = ISO.exec(text)
  if (match === null) return null
  const [, date = '', hours = '00', minutes = '00', seconds = '00', fraction = '', offset] = match
  const time = `${hours}:${minutes}:${seconds}`
  const zoned =
    offset === undefined ? zonedTime(date, time, timeZone) : offsetTime(date, time, offset)
  return zoned === null ? null : zoned + Math.floor(Number(`0${fraction}`) * 1000)
}

function offsetTime(date: string, time: string, offset: string): number | null {
  const zone = offset.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  return utcTime(date, time) === null ? null : inRange(Date.parse(`${date}T${time}${zone}`))
}

/** null when there is no such day or time: JavaScript takes 31 February for 3 March. */
function utcTime(date: string, time: string): number | null {
  const at = inRange(Date.parse(`${date}T${time}Z`))
  return at !== null && new Date(at).toISOString().startsWith(`${date}T${time}`) ? at : null
}

/** A time of the clock on the wall there; one that a change of the clock skips is read with the offset before it. */
function zonedTime(date: string, time: string, timeZone: string): number | null {
  const wanted = utcTime(date, time)
  if (wanted === null) return null
  const first = wanted - offsetAt(wanted, timeZone)
  return wanted - offsetAt(first, timeZone)
}

/** What the clocks of a zone are ahead of UTC, ms. */
function offsetAt(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '00'
  const day = `${part('year')}-${part('month')}-${part('day')}`
  const shown = Date.parse(`${day}T${part('hour')}:${part('minute')}:${part('second')}Z`)
  return shown - Math.floor(at / 1000) * 1000
}

const inRange = (at: number): number | null => (Math.abs(at) <= 8.64e15 ? at : null)
