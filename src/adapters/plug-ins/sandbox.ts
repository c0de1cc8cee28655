/**
 * The program of a plug-in's child process (docs/decisions/0006-plug-ins-in-a-child.md). It reads frames from descriptor
 * 0, answers on descriptor 1 and never comes back to the event loop: whatever a plug-in leaves for later never runs. The
 * plug-in lives in a realm of its own that holds the language and nothing of Node.js.
 */
import { readFileSync, readSync, writeSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { type Context, constants, createContext, Script, SourceTextModule } from 'node:vm'
import { closeProcess } from './close-process.ts'
import { FRAME_HEAD_BYTES, FRAME_MAX_BYTES, frameOf, type SandboxLoad } from './messages.ts'

const OWN = import.meta.filename
const ENDING = OWN.endsWith('.ts') ? '.ts' : '.js'
const KIT = join(dirname(OWN), '..', '..', 'kit', `strategy${ENDING}`)
const REALM = join(dirname(OWN), `realm${ENDING}`)
/** What plug-ins import. */
const KIT_NAME = 'perpfleet/strategy'
/** `import` before a bracket or a dot: the one way to reach Node.js from the text of a module. */
const DYNAMIC_IMPORT = /\bimport\s*(?:\/\*[\s\S]*?\*\/\s*|\/\/.*\s+)*[.(]/

/** Without handlers and without a turn of the event loop. */
const exit: (code: number) => never = Reflect.get(process, 'reallyExit').bind(process)

/** A fault of the plug-in's file, told as a sentence. */
class LoadFault extends Error {}

function readExactly(bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes)
  for (let at = 0; at < bytes; ) {
    const count = readSync(0, buffer, at, bytes - at, null)
    // The host is gone.
    if (count === 0) exit(0)
    at += count
  }
  return buffer
}

function readFrame(): string {
  const bytes = readExactly(FRAME_HEAD_BYTES).readUInt32LE(0)
  return readExactly(bytes).toString('utf8')
}

function writeFrame(text: string): void {
  const frame = frameOf(text)
  if (frame.length > FRAME_MAX_BYTES) exit(3)
  for (let at = 0; at < frame.length; ) at += writeSync(1, frame, at)
}

class Realm {
  readonly #context: Context
  readonly #kit = new Map<string, SourceTextModule>()

  constructor() {
    const codeGeneration = { strings: false, wasm: false }
    this.#context = createContext(constants.DONT_CONTEXTIFY, { codeGeneration })
  }

  get context(): Context {
    return this.#context
  }

  module(identifier: string, source: string): SourceTextModule {
    return new SourceTextModule(source, { context: this.#context, identifier })
  }

  /** Evaluates a linked module. */
  run(module: SourceTextModule): Record<string, unknown> {
    module.instantiate()
    void module.evaluate()
    if (module.status === 'errored') throw module.error
    return module.namespace as Record<string, unknown>
  }

  /** A file that we publish, with all that it imports. */
  published(path: string): SourceTextModule {
    const known = this.#kit.get(path)
    if (known !== undefined) return known
    const text = readFileSync(path, 'utf8')
    const source = ENDING === '.ts' ? stripTypeScriptTypes(text) : text
    const module = this.module(path.slice(path.lastIndexOf('/') + 1), source)
    this.#kit.set(path, module)
    module.linkRequests(
      module.moduleRequests.map(({ specifier }) => this.published(join(dirname(path), specifier))),
    )
    return module
  }

  /** The plug-in, linked and not evaluated yet. */
  plugIn({ name, source }: SandboxLoad): SourceTextModule {
    if (DYNAMIC_IMPORT.test(source))
      throw new LoadFault('import(…) and import.meta are not for strategies: remove them')
    const module = this.module(name, source)
    if (module.hasTopLevelAwait()) throw new LoadFault('a strategy is synchronous: remove await')
    const requests = module.moduleRequests.map(({ specifier }) => {
      if (specifier === KIT_NAME) return this.published(KIT)
      throw new LoadFault(`it imports "${specifier}": a strategy imports ${KIT_NAME} alone`)
    })
    module.linkRequests(requests)
    return module
  }
}

const load = JSON.parse(readFrame()) as SandboxLoad
const realm = new Realm()
const { serve, faultOf } = realm.run(
  realm.published(REALM),
) as unknown as typeof import('./realm.ts')

/** A call with a limit of its own costs a watchdog thread each time: for bots, which make few. */
function limited(handle: (text: string) => string, timeoutMs: number): (text: string) => string {
  const call = new Script('handle(text)')
  return (text) => {
    Object.assign(realm.context, { handle, text })
    return call.runInContext(realm.context, { timeout: timeoutMs }) as string
  }
}

const asText = (text: unknown): string => (typeof text === 'string' ? text : '!{"text":"no text"}')

/** Errors of the plug-in are read by its own realm. */
const describeFault = (error: unknown): string =>
  error instanceof LoadFault ? JSON.stringify({ text: error.message, stack: '' }) : faultOf(error)

let answer: (text: string) => string
try {
  const plugIn = realm.plugIn(load)
  // Everything is read; nothing of the plug-in has run.
  closeProcess()
  const handle = serve(realm.run(plugIn)['default'])
  answer = load.callTimeoutMs === null ? handle : limited(handle, load.callTimeoutMs)
  writeFrame('=0')
} catch (error) {
  writeFrame(`!${describeFault(error)}`)
  exit(2)
}

for (;;) writeFrame(asText(answer(readFrame())))
