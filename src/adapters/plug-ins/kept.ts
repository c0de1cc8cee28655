/** The checked copy of a strategy's file, as inspect.ts leaves it below run/plug-ins/. */
import { readFileSync } from 'node:fs'
import { descriptionAnswer } from './border.ts'
import type { CheckedPlugIn } from './host.ts'

/** @throws Error with one sentence when it is not there, or is none */
export function keptPlugIn(copy: string): CheckedPlugIn {
  try {
    const { name, javascript, ...described } = JSON.parse(readFileSync(copy, 'utf8'))
    return { ...descriptionAnswer(described), name, javascript, copy }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `The checked copy ${copy} of the strategy cannot be read (${why}): perpfleet config validate makes it anew.`,
    )
  }
}
