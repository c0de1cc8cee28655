/** Reads the text format of Prometheus as its reference describes it, and refuses whatever it does not allow. */

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`)
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y
const VALUE = /^(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|[-+]?Inf|NaN)$/i
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped']
const PARTS = /_(bucket|sum|count)$/

interface Reading {
  help: string | null
  type: string | null
  readonly samples: Sample[]
}

/** @throws Error that names the line */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, Reading>()
  const seen = new Set<string>()
  let current = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    const comment = COMMENT.exec(line)
    if (line.startsWith('#') && comment === null) throw new Error(`no comment: ${line}`)
    if (comment !== null) {
      const [, word = '', name = '', rest = ''] = comment
      takeComment(families, word, name, rest)
      current = name
      continue
    }
    const sample = readSample(line)
    const family = families.get(current)
    const belongs = sample.name === current || isPartOf(sample.name, current, family?.type)
    if (family === undefined || !belongs) throw new Error(`outside of its family: ${line}`)
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`
    if (seen.has(key)) throw new Error(`told twice: ${line}`)
    seen.add(key)
    family.samples.push(sample)
  }
  return new Map([...families].map(([name, one]) => [name, finished(name, one)]))
}

function takeComment(
  families: Map<string, Reading>,
  word: string,
  name: string,
  rest: string,
): void {
  const known = families.get(name) ?? { help: null, type: null, samples: [] }
  families.set(name, known)
  if (known.samples.length > 0) throw new Error(`${word} of ${name} comes after its samples`)
  if (word === 'HELP') {
    if (known.help !== null) throw new Error(`two HELP of ${name}`)
    known.help = rest
  } else {
    if (known.type !== null || !TYPES.includes(rest)) throw new Error(`TYPE ${name} ${rest}`)
    known.type = rest
  }
}

const isPartOf = (name: string, family: string, type: string | null | undefined): boolean =>
  type === 'histogram' && PARTS.test(name) && name.replace(PARTS, '') === family

function readSample(line: string): Sample {
  const match = SAMPLE.exec(line)
  const [, name = '', inner = '', value = ''] = match ?? []
  if (match === null || !VALUE.test(value)) throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < inner.length) {
    const label = LABEL.exec(inner)
    if (label === null) throw new Error(`labels cannot be read: ${line}`)
    const [, key = '', text = ''] = label
    if (key in labels) throw new Error(`a label stands twice: ${line}`)
    labels[key] = text
  }
  return { name, labels, value: numberOf(value) }
}

function numberOf(text: string): number {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY
  return /^-inf$/i.test(text) ? Number.NEGATIVE_INFINITY : Number(text)
}

function finished(name: string, { help, type, samples }: Reading): Family {
  if (help === null || type === null) throw new Error(`${name} has no HELP or no TYPE`)
  if (type === 'counter') checkCounter(name, samples)
  if (type === 'histogram') checkHistogram(name, samples)
  return { name, type, help, samples }
}

function checkCounter(name: string, samples: readonly Sample[]): void {
  if (!name.endsWith('_total')) throw new Error(`the counter ${name} does not end with _total`)
  if (samples.some(({ value }) => value < 0)) throw new Error(`${name} is below 0`)
}

/** Buckets grow, the last one is +Inf and holds the count. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, Sample[]>()
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels
    const key = JSON.stringify(Object.entries(labels).sort())
    series.set(key, [...(series.get(key) ?? []), sample])
  }
  for (const [key, own] of series) {
    const buckets = own.filter((one) => one.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => numberOf(labels['le'] ?? 'NaN'))
    const counts = buckets.map(({ value }) => value)
    const isSorted = (all: readonly number[]) =>
      all.every((one, i) => i === 0 || one >= (all[i - 1] ?? 0))
    const count = own.find((one) => one.name === `${name}_count`)?.value
    const hasSum = own.some((one) => one.name === `${name}_sum`)
    const isWhole = bounds.at(-1) === Number.POSITIVE_INFINITY && counts.at(-1) === count && hasSum
    if (!isWhole || !isSorted(bounds) || !isSorted(counts))
      throw new Error(`the histogram ${name} ${key} does not add up`)
  }
}
