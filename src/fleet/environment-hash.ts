/** Tells whether the variables of a process are those that a file names now, without keeping them a second time. */
import { createHash } from 'node:crypto'

/** The same for the same names and values, in whatever order they stand. */
export function environmentHash(environment: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(environment).sort(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex')
}
