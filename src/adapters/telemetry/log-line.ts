/** One log line as text or JSON, with secrets masked by key and by value. */

import type { LogLevel } from '../../ports/logger.ts'
import { type SecretMask, secretKey } from './secrets.ts'

export type LogFormat = 'json' | 'text'
export type LogFields = Readonly<Record<string, unknown>>

export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly level: LogLevel
  readonly module: string
  readonly text: string
  readonly fields: LogFields
}

const MASK = '***'
const LINE_LENGTH_MAX = 32_768
const reservedKeys: ReadonlySet<string> = new Set(['time', 'level', 'module', 'msg'])

/** The line with its line feed; a sentence with line breaks stays one line. */
export function formatLine(entry: LogEntry, format: LogFormat, mask: SecretMask): string {
  const line = mask.apply(format === 'json' ? jsonLine(entry) : textLine(entry))
  const isShort = line.length <= LINE_LENGTH_MAX
  return `${isShort ? line : shortened(entry, format, mask)}\n`
}

function shortened(entry: LogEntry, format: LogFormat, mask: SecretMask): string {
  // The text is cut, not the line: a cut JSON line could not be read back.
  const text = `${mask.apply(entry.text).slice(0, 2000)} … (line too long)`
  const short = { ...entry, text, fields: {} }
  return mask.apply(format === 'json' ? jsonLine(short) : textLine(short))
}

function jsonLine({ time, level, module, text, fields }: LogEntry): string {
  const safe = { time, level, module, msg: text, ...withoutReserved(fields) }
  return stringify(safe)
}

function withoutReserved(fields: LogFields): LogFields {
  const kept = Object.entries(fields).filter(([key]) => !reservedKeys.has(key))
  return kept.length === Object.keys(fields).length ? fields : Object.fromEntries(kept)
}

function textLine({ time, level, module, text, fields }: LogEntry): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${secretKey.test(key) ? MASK : textValue(value)}`)
  return `${time} ${level.toUpperCase()} [${module}] ${oneLine(text)}${pairs.join('')}`
}

function textValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=\\]+$/.test(value) ? value : JSON.stringify(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return stringify(value)
}

/** Line breaks and other control characters would let a text forge a line of its own. */
const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, (found) => JSON.stringify(found).slice(1, -1))

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, maskByKey) ?? 'undefined'
  } catch {
    return JSON.stringify('(a value that cannot be written)')
  }
}

function maskByKey(key: string, value: unknown): unknown {
  if (value !== undefined && value !== null && secretKey.test(key)) return MASK
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Error) return errorFields(value)
  return value
}

function errorFields(error: Error): LogFields {
  const { name, message, stack, cause } = error
  return { name, message, stack, ...(cause === undefined ? {} : { cause }) }
}
