/**
 * From a strategy's file to what may run: its types are checked, it is evaluated once in a sandbox, and what it describes
 * is kept with its JavaScript below run/plug-ins/, named by the hash of its text. A bot runs that copy: what was checked,
 * whatever happens to the file.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { Contradiction, ContradictionTerms } from '../../domain/strategy.ts'
import { BorderFault, contradictionsAnswer, descriptionAnswer } from './border.ts'
import { sandboxArguments } from './command-line.ts'
import type { CheckedPlugIn } from './host.ts'
import type { InspectorAnswer } from './inspector.ts'
import {
  FrameReader,
  frameOf,
  type RealmRequest,
  type SandboxLoad,
  thrownText,
} from './messages.ts'

/** A strategy's file as it was found. */
export interface Inspection {
  /** Whole sentences with file and line; empty = it may run. */
  readonly faults: readonly string[]
  /** The types were not checked: typescript is not installed. */
  readonly isUntyped: boolean
  readonly checked: KeptPlugIn | null
}

export interface KeptPlugIn extends CheckedPlugIn {
  /** Of the text, hex. */
  readonly sha256: string
  /** Absolute path of the copy that bots run. */
  readonly copy: string
}

const TEXT_MAX = 1_000_000
const INSPECT_TIMEOUT_MS = 60_000
const DESCRIBE_TIMEOUT_MS = 5_000
const ENDING = extname(import.meta.filename)
const here = dirname(import.meta.filename)
const manifest = readFileSync(join(here, '..', '..', '..', 'package.json'), 'utf8')
/** What was checked by another version, against other types, is checked anew. */
const FORMAT = `${JSON.parse(manifest).version} ${process.version}`

/**
 * @param file absolute path @param shown as it is called in messages
 * @param cacheFolder is made when it is not there
 */
export function inspectPlugIn(file: string, shown: string, cacheFolder: string): Inspection {
  const text = readText(file)
  if (text === null || text.length > TEXT_MAX)
    return failed(`${shown}: the file cannot be read${text === null ? '' : ': it is too long'}.`)
  const sha256 = createHash('sha256').update(text).digest('hex')
  const copy = join(cacheFolder, `${sha256}.json`)
  const kept = readKept(copy)
  if (kept !== null) return { faults: [], isUntyped: false, checked: { ...kept, sha256, copy } }
  const { faults, isTyped, javascript } = runInspector(file, text)
  if (javascript === null) {
    const sentences = faults.map((fault) => `${shown}:${fault.line}: ${ended(fault.text)}`)
    return { faults: sentences, isUntyped: !isTyped, checked: null }
  }
  const name = basename(file)
  const described = describe({ name, source: javascript, callTimeoutMs: null })
  if (typeof described === 'string') return failed(`${shown}: ${described}.`)
  const checked: KeptPlugIn = { ...described, name, javascript, sha256, copy }
  // What was not checked by types is checked anew when typescript is there.
  keep(copy, isTyped, checked)
  return { faults: [], isUntyped: !isTyped, checked }
}

/** What a plug-in says of parameters before any market. @throws Error with one clause when it fails */
export function contradictionsOf(
  { name, javascript, judges }: CheckedPlugIn,
  parameters: unknown,
  terms: ContradictionTerms,
): readonly Contradiction[] {
  if (!judges) return []
  const load = { name, source: javascript, callTimeoutMs: 250 }
  return contradictionsAnswer(askOnce(load, { op: 'contradictions', parameters, terms }))
}

const failed = (text: string): Inspection => ({ faults: [text], isUntyped: false, checked: null })

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

type Kept = Omit<KeptPlugIn, 'sha256' | 'copy'>

function readKept(copy: string): Kept | null {
  try {
    const { format, isTyped, ...kept } = JSON.parse(readFileSync(copy, 'utf8'))
    return format === FORMAT && isTyped === true ? { ...kept, ...descriptionAnswer(kept) } : null
  } catch {
    return null
  }
}

function keep(path: string, isTyped: boolean, { sha256: _, copy: __, ...kept }: KeptPlugIn): void {
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}.new`
  writeFileSync(fresh, JSON.stringify({ format: FORMAT, isTyped, ...kept }), { mode: 0o600 })
  renameSync(fresh, path)
}

function runInspector(file: string, text: string): InspectorAnswer {
  const program = join(here, `inspector${ENDING}`)
  const { stdout, status, error } = spawnSync(process.execPath, ['--no-warnings', program, file], {
    input: text,
    env: {},
    encoding: 'utf8',
    timeout: INSPECT_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  if (status === 0) return JSON.parse(stdout) as InspectorAnswer
  const why = error?.message ?? `exit code ${status}`
  return {
    faults: [{ line: 1, text: `its types could not be checked: ${why}` }],
    isTyped: false,
    javascript: null,
  }
}

/** @returns a clause when it cannot be */
function describe(load: SandboxLoad) {
  try {
    return descriptionAnswer(askOnce(load, { op: 'describe' }))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** One request to a sandbox that ends with it. @throws Error with one clause */
function askOnce(load: SandboxLoad, request: RealmRequest): unknown {
  const frames = [load, request].map((one) => frameOf(JSON.stringify(one)))
  const { stdout, signal } = spawnSync(process.execPath, sandboxArguments(), {
    input: Buffer.concat(frames),
    env: {},
    cwd: '/',
    timeout: DESCRIBE_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const answers = new FrameReader().push(stdout ?? Buffer.alloc(0))
  const answer = answers.find((one) => one.startsWith('!')) ?? answers[1]
  if (answer === undefined) {
    const why = signal === 'SIGKILL' ? 'it did not come to an end' : 'its process ended'
    throw new BorderFault(`it cannot be evaluated: ${why}`)
  }
  if (answer.startsWith('=')) return JSON.parse(answer.slice(1))
  throw new BorderFault(thrownText(answer.slice(1), load.name))
}
