/** The `.env` file of a home: `NAME=value` lines, readable by its owner alone. */
import { type Fault, faultAt } from './fault.ts'

export interface EnvEntry {
  readonly name: string
  readonly value: string
  readonly line: number
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/

/** Reads the lines; comments start with # at the start of a line or behind a space. */
export function parseEnvFile(
  source: string,
  file: string,
): { entries: EnvEntry[]; faults: Fault[] } {
  const entries: EnvEntry[] = []
  const faults: Fault[] = []
  const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/)
  for (const [index, text] of lines.entries()) {
    if (/^\s*(#|$)/.test(text)) continue
    const line = index + 1
    const match = LINE.exec(text)
    const value = match === null ? null : unquote(match[2] ?? '')
    if (match?.[1] === undefined || value === null) {
      // the line may hold half a secret: it is not shown
      const allowed = 'NAME=value'
      const sentence = `a line must be ${allowed}, with both quotes where the value is quoted`
      faults.push(faultAt({ file, line }, 'syntax', match?.[1] ?? '', sentence, { allowed }))
      continue
    }
    entries.push({ name: match[1], value, line })
  }
  return { entries, faults }
}

/** The value without quotes and trailing comment; null when a quote is not closed. */
function unquote(raw: string): string | null {
  const quote = raw[0]
  if (quote !== '"' && quote !== "'") return raw.replace(/\s+#.*$/, '').trimEnd()
  const end = raw.indexOf(quote, 1)
  if (end < 0 || !/^\s*(#.*)?$/.test(raw.slice(end + 1))) return null
  const inner = raw.slice(1, end)
  return quote === '"' ? inner.replaceAll('\\n', '\n') : inner
}
