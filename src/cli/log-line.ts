/** What a line of a log says of itself, and whether it is asked for. */

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevelName = (typeof logLevels)[number]

export interface LogFilter {
  readonly level: LogLevelName | null
  readonly pattern: RegExp | null
  /** Wall times, ms since 1970 UTC, both included; null = open. */
  readonly since: number | null
  readonly until: number | null
}

/** The level of a line in either format; null = a line without one (a continued text). */
export function levelOf(line: string): LogLevelName | null {
  const word = /^\{.*?"level":"([a-z]+)"/.exec(line)?.[1] ?? /^\S+ ([A-Z]+) \[/.exec(line)?.[1]
  return logLevels.find((level) => level === word?.toLowerCase()) ?? null
}

const LINE_TIME = /^(?:\{"time":")?(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)/

/** When a line was written, ms since 1970; null = it does not say (a continued text). */
export function timeOf(line: string): number | null {
  const text = LINE_TIME.exec(line)?.[1]
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? null : at
}

/** Says line by line what is asked for; a line without a time has that of the line before. */
export class LineSieve {
  readonly #filter: LogFilter
  #at: number | null = null

  constructor(filter: LogFilter) {
    this.#filter = filter
  }

  takes(line: string): boolean {
    if (line === '') return false
    const { level, pattern, since, until } = this.#filter
    this.#at = timeOf(line) ?? this.#at
    const at = this.#at
    if (since !== null && (at === null || at < since)) return false
    if (until !== null && (at === null || at > until)) return false
    if (pattern !== null && !pattern.test(line)) return false
    if (level === null) return true
    const own = levelOf(line)
    return own !== null && logLevels.indexOf(own) >= logLevels.indexOf(level)
  }
}

/** Keeps the last of many lines. */
export class Tail {
  readonly #count: number
  #lines: string[] = []

  constructor(count: number) {
    this.#count = count
  }

  add(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length >= 2 * this.#count + 1000) this.#cut()
  }

  get lines(): readonly string[] {
    this.#cut()
    return this.#lines
  }

  #cut(): void {
    this.#lines = this.#count === 0 ? [] : this.#lines.slice(-this.#count)
  }
}
