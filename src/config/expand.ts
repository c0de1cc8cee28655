/** `${NAME}` and `${NAME:-default}` in texts of configuration files. */
import type { Environment } from './process-environment.ts'

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g

export type Expansion =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'malformed' }

/** Whether a text names a variable. */
export const hasVariable = (text: string): boolean => text.includes('${')

/** Replaces each variable; an empty one counts as absent where a default stands, as in a shell. */
export function expandVariables(text: string, environment: Environment): Expansion {
  let missing: string | null = null
  const expanded = text.replaceAll(VARIABLE, (_, name: string, fallback: string | undefined) => {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (value !== undefined && (value !== '' || fallback === undefined)) return value
    if (fallback !== undefined) return fallback
    missing ??= name
    return ''
  })
  if (missing !== null) return { kind: 'missing', name: missing }
  if (hasVariable(text.replaceAll(VARIABLE, ''))) return { kind: 'malformed' }
  return { kind: 'text', text: expanded }
}
