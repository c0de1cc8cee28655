/** Finds the least of a failing seed that still fails: fewer kinds of trouble, then less time. */
import { type Level, runOne } from './batch.ts'
import { type Narrowing, narrowable } from './scenario.ts'

const TROUBLE_LEAST_MS = 1000

export interface Shrunk {
  readonly narrowing: Narrowing
  readonly problems: readonly string[]
  /** Kinds of trouble without which it does not fail. */
  readonly needed: readonly string[]
}

/** Must be called from the event loop (see onLoop). */
export const shrink = (seed: number, level: Level): Shrunk =>
  shrinkBy((narrowing) => runOne(seed, level, { narrowing }).problems, narrowable)

/** @param names everything that can be left out */
export function shrinkBy(
  problemsWith: (narrowing: Narrowing) => readonly string[],
  names: readonly string[],
): Shrunk {
  const fails = (narrowing: Narrowing): boolean => problemsWith(narrowing).length > 0
  let without: readonly string[] = []
  for (const name of names) {
    const tried = [...without, name]
    if (fails({ without: tried })) without = tried
  }
  let troubleMs = 100_000
  for (let next = 64_000; next >= TROUBLE_LEAST_MS; next = Math.floor(next * 0.8)) {
    if (!fails({ without, troubleMs: next })) break
    troubleMs = next
  }
  const narrowing = { without, troubleMs }
  const problems = problemsWith(narrowing)
  return { narrowing, problems, needed: names.filter((name) => !without.includes(name)) }
}
