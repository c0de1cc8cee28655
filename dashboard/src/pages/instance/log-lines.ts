/** Lines of a bot's log in either format (logging.format), read for the screen. Pure. */

export const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

export interface LogLine {
  /** Unique on the screen. */
  readonly id: number
  /** ISO 8601; null = a continued text. */
  readonly at: string | null
  readonly level: Level | null
  readonly module: string
  readonly text: string
  /** What else it says: `market_time=… pid=…`. */
  readonly facts: string
  /** As it stands in the file, for the text filter. */
  readonly whole: string
}

/** Said by the head of each line already. */
const KNOWN = new Set(['time', 'level', 'module', 'msg', 'bot'])
const PLAIN = /^(\d{4}-\d{2}-\d{2}T\S+Z) ([A-Z]+) \[([^\]]*)\] (.*)$/s

const levelOf = (word: unknown): Level | null =>
  levels.find((level) => level === String(word).toLowerCase()) ?? null

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

export function readLine(line: string, id = 0): LogLine {
  const fields = parsed(line)
  if (fields !== null) {
    const facts = Object.entries(fields)
      .filter(([name]) => !KNOWN.has(name))
      .map(([name, value]) => `${name}=${textOf(value)}`)
    return {
      id,
      at: typeof fields['time'] === 'string' ? fields['time'] : null,
      level: levelOf(fields['level']),
      module: textOf(fields['module'] ?? ''),
      text: textOf(fields['msg'] ?? ''),
      facts: facts.join(' '),
      whole: line,
    }
  }
  const [, at = null, level, module = '', text = line] = PLAIN.exec(line) ?? []
  return { id, at, level: levelOf(level), module, text, facts: '', whole: line }
}

/** Lines of a level and above that contain a text; a continued text goes with the line before it. */
export function sift(lines: readonly LogLine[], level: Level, text: string): readonly LogLine[] {
  const least = levels.indexOf(level)
  const wanted = text.trim().toLowerCase()
  let isTaken = true
  return lines.filter((line) => {
    if (line.level !== null) isTaken = levels.indexOf(line.level) >= least
    return isTaken && (wanted === '' || line.whole.toLowerCase().includes(wanted))
  })
}
