/**
 * A program of its own, so that the compiler's memory goes with it: reads the text of a strategy from standard input,
 * checks its types and writes `{faults, isTyped, javascript}` as JSON. Its one argument is the path of the file.
 */
import { readFileSync, writeSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { type TypeFault, typeFaults } from './type-check.ts'

export interface InspectorAnswer {
  readonly faults: readonly TypeFault[]
  /** False where typescript is not installed. */
  readonly isTyped: boolean
  /** Null with faults. */
  readonly javascript: string | null
}

function inspect(file: string, text: string): InspectorAnswer {
  const faults = typeFaults(file, text)
  if (faults !== null && faults.length > 0) return { faults, isTyped: true, javascript: null }
  try {
    const javascript = stripTypeScriptTypes(text)
    return { faults: [], isTyped: faults !== null, javascript }
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error)
    return { faults: [{ line: 1, text: message }], isTyped: false, javascript: null }
  }
}

const answer = inspect(process.argv[2] ?? '', readFileSync(0, 'utf8'))
const bytes = Buffer.from(JSON.stringify(answer))
for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
