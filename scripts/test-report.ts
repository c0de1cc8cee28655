// Counts what node:test reports: only leaves, that is tests without tests inside.
import { relative } from 'node:path'
import { inspect } from 'node:util'

interface TestData {
  name: string
  nesting: number
  file?: string
  line?: number
  column?: number
  message?: string
  skip?: string | boolean
  todo?: string | boolean
  details?: { type?: string; error?: { cause?: unknown; failureType?: string } }
}

export interface TestEvent {
  type: string
  data: TestData
}

export interface Tally {
  root: string
  passed: number
  failed: number
  skipped: number
  failures: string[]
  skips: string[]
  /** How many tests have ended at each depth since the one around them began. */
  children: number[]
  names: string[]
  output: Map<string, string[]>
}

const OUTPUT_LINES = 40

export function newTally(root: string): Tally {
  return {
    root,
    passed: 0,
    failed: 0,
    skipped: 0,
    failures: [],
    skips: [],
    children: [],
    names: [],
    output: new Map(),
  }
}

export function closingLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`
}

function place(tally: Tally, data: TestData): string {
  const file = data.file === undefined ? '' : relative(tally.root, data.file)
  return data.line === undefined ? file : `${file}:${data.line}`
}

function title(tally: Tally, data: TestData): string {
  return [...tally.names.slice(0, data.nesting), data.name].join(' › ')
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}

const NODE_FRAME = /^\s+at .*\(?node:(internal|async_hooks).*\n?/gm

function reasonOf(error: { cause?: unknown } | undefined): string {
  const cause = error?.cause ?? error
  if (cause instanceof Error) return (cause.stack ?? cause.message).replace(NODE_FRAME, '')
  return typeof cause === 'string' ? cause : inspect(cause)
}

function addFailure(tally: Tally, data: TestData): void {
  tally.failed += 1
  const lines = tally.output.get(data.file ?? '') ?? []
  const output = lines.length === 0 ? '' : `\n  output of the file:\n${indent(lines.join('\n'))}`
  tally.output.delete(data.file ?? '')
  const reason = indent(reasonOf(data.details?.error))
  tally.failures.push(`✗ ${title(tally, data)} (${place(tally, data)})\n${reason}${output}`)
}

function addSkip(tally: Tally, data: TestData): void {
  tally.skipped += 1
  const mark = data.skip ?? data.todo
  const why = typeof mark === 'string' && mark !== '' ? `: ${mark}` : ''
  tally.skips.push(`${title(tally, data)}${why}`)
}

/** node:test reports a file in which no test was defined as a test with the file's own name. */
function isEmptyFile(data: TestData): boolean {
  return data.nesting === 0 && data.file !== undefined && data.file.endsWith(data.name)
}

function addResult(tally: Tally, data: TestData, ok: boolean): void {
  const around = (tally.children[data.nesting + 1] ?? 0) > 0
  tally.children[data.nesting + 1] = 0
  tally.children[data.nesting] = (tally.children[data.nesting] ?? 0) + 1
  const isSkipped = data.skip !== undefined || data.todo !== undefined
  const byChildren = data.details?.error?.failureType === 'subtestsFailed'
  if (!ok && !isSkipped) {
    if (!byChildren) addFailure(tally, data)
  } else if (!around) {
    if (isSkipped) addSkip(tally, data)
    else if (data.details?.type !== 'suite' && !isEmptyFile(data)) tally.passed += 1
  }
}

function addOutput(tally: Tally, data: TestData): void {
  const lines = tally.output.get(data.file ?? '') ?? []
  lines.push(...(data.message ?? '').trimEnd().split('\n'))
  tally.output.set(data.file ?? '', lines.slice(-OUTPUT_LINES))
}

export function addEvent(tally: Tally, event: TestEvent): void {
  const { type, data } = event
  if (type === 'test:start') tally.names[data.nesting] = data.name
  else if (type === 'test:pass') addResult(tally, data, true)
  else if (type === 'test:fail') addResult(tally, data, false)
  else if (type === 'test:stdout' || type === 'test:stderr') addOutput(tally, data)
}
