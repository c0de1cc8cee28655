/** A line of a JSON log for people: time, level, part of the program, the sentence, and what belongs to it in words. */

const FRAME: ReadonlySet<string> = new Set(['time', 'level', 'module', 'msg', 'bot', 'process'])
const ISO = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/

/** What is no JSON object of a log is shown as it is. */
export function readableLine(line: string): string {
  const fields = fieldsOf(line)
  const { time, level, module, msg } = Object.fromEntries(fields)
  if (typeof time !== 'string' || typeof level !== 'string' || typeof msg !== 'string') return line
  const facts = [...fields]
    .filter(([name, value]) => !FRAME.has(name) && value !== null && value !== undefined)
    .map(([name, value]) => factText(name, value))
  const told = facts.length === 0 ? '' : ` (${facts.join(', ')})`
  return `${shortTime(time)} ${level.toUpperCase().padEnd(5)} ${String(module)}: ${msg}${told}`
}

function fieldsOf(line: string): ReadonlyMap<string, unknown> {
  if (!line.startsWith('{')) return new Map()
  try {
    const parsed: unknown = JSON.parse(line)
    return new Map(Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {}))
  } catch {
    return new Map()
  }
}

const shortTime = (text: string): string => text.replace(ISO, '$1 $2Z')

/** `isMaker: true` → `maker yes`, `orders_canceled: 3` → `orders canceled 3`; of an error its message. */
function factText(name: string, value: unknown): string {
  const words = name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return `${words} ${valueText(value)}`
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return shortTime(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  const inner = new Map<string, unknown>(Object.entries(value))
  const message = inner.get('message')
  if (typeof message === 'string') return message
  return [...inner].map(([name, one]) => factText(name, one)).join(', ')
}
