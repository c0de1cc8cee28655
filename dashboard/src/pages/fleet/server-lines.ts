/** What the server says in lines: faults of configuration files, and the logs of bots. Pure. */
import { clockTime } from '../../lib/format.ts'

export interface FaultsOfFile {
  readonly file: string
  readonly faults: readonly { readonly line: string; readonly text: string }[]
}

const PLACE = /^([^\s:]+):(\d+): (.*)$/s

/** `file:line: sentence` by file; what names no file stands for itself. */
export function byFile(faults: readonly string[]): readonly FaultsOfFile[] {
  const files = new Map<string, { line: string; text: string }[]>()
  for (const fault of faults) {
    const [, file = '', line = '', text = fault] = PLACE.exec(fault) ?? []
    files.set(file, [...(files.get(file) ?? []), { line, text }])
  }
  return [...files].map(([file, found]) => ({ file, faults: found }))
}

export interface LogLine {
  /** Empty where the line is no entry of a log. */
  readonly time: string
  readonly text: string
  readonly isBad: boolean
}

/** A line of a log: JSON of the logger, or whatever a process wrote before it ended. */
export function readLogLine(line: string): LogLine {
  const plain = { time: '', text: line, isBad: false }
  if (!line.startsWith('{')) return plain
  try {
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null) return plain
    const { time, level, msg } = entry as Readonly<Record<string, unknown>>
    if (typeof msg !== 'string') return plain
    const isBad = level === 'error' || level === 'fatal'
    return { time: typeof time === 'string' ? clockTime(time) : '', text: msg, isBad }
  } catch {
    return plain
  }
}
