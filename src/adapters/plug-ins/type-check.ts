/** Checks the types of a strategy's file against what perpfleet/strategy publishes, with TypeScript's own API. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type TypeScript from 'typescript'

type Compiler = typeof TypeScript

/** One fault of a type: its line and what is wrong. */
export interface TypeFault {
  readonly line: number
  readonly text: string
}

const FAULTS_MAX = 20
const root = join(dirname(import.meta.filename), '..', '..')

/** Declarations of a build; in a checkout that was not built, the sources. */
const kitTypes = (): string =>
  [join(root, 'kit', 'strategy.d.ts'), join(root, 'kit', 'strategy.ts')].find(existsSync) ?? ''

/** Null where the package is not installed. */
function loadCompiler(): Compiler | null {
  try {
    return createRequire(import.meta.url)('typescript') as Compiler
  } catch {
    return null
  }
}

function optionsOf(ts: Compiler): TypeScript.CompilerOptions {
  return {
    noEmit: true,
    target: ts.ScriptTarget.ES2024,
    lib: ['lib.es2024.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: [],
    strict: true,
    erasableSyntaxOnly: true,
    isolatedModules: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    paths: { 'perpfleet/strategy': [kitTypes()] },
  }
}

/** What its default export must be is asked by a file that stands beside it in memory alone. */
const witness = (file: string): string =>
  `import type { Strategy } from 'perpfleet/strategy'
import exported from './${basename(file)}'
// biome-ignore lint: any parameters and any state
export const strategy: Strategy<any, any> = exported
`

/** @returns null where typescript is not installed, else every fault in the order of the lines */
export function typeFaults(file: string, text: string): readonly TypeFault[] | null {
  const ts = loadCompiler()
  if (ts === null) return null
  const beside = join(dirname(file), `.${basename(file)}.witness.ts`)
  const own = new Map([
    [file, text],
    [beside, witness(file)],
  ])
  const options = optionsOf(ts)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = (path) => own.has(path) || fileExists(path)
  host.readFile = (path) => own.get(path) ?? readFile(path)
  const program = ts.createProgram([file, beside], options, host)
  const faultsIn = (path: string): readonly TypeFault[] => {
    const source = program.getSourceFile(path)
    const syntax = program.getSyntacticDiagnostics(source)
    const found = syntax.length > 0 ? syntax : program.getSemanticDiagnostics(source)
    return found.map((one) => faultOf(ts, one))
  }
  const faults = faultsIn(file)
  if (faults.length > 0) return faults.slice(0, FAULTS_MAX)
  const [shape] = faultsIn(beside)
  return shape === undefined
    ? []
    : [{ line: 1, text: `its default export is no strategy: ${shape.text}` }]
}

function faultOf(ts: Compiler, { file, start, messageText }: TypeScript.Diagnostic): TypeFault {
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line
  const text = ts.flattenDiagnosticMessageText(messageText, ' ').replace(/\s+/g, ' ')
  return { line: line + 1, text }
}
