/** The simulated exchange's state as rows of the store: a row's key is its path as a JSON list. */
import type { Json } from '../domain/strategy.ts'

/** A part of the state and where it stands; null = it is gone. */
export interface StatePart {
  readonly path: readonly string[]
  readonly value: Json | null
}

export interface ChangedRow {
  readonly key: string
  /** Null removes the row. */
  readonly text: string | null
}

/** The rows of these parts whose text is another than `written` knows; `written` is brought up to date. */
export function changedRows(
  parts: readonly StatePart[],
  written: Map<string, string>,
): ChangedRow[] {
  const changed: ChangedRow[] = []
  for (const { path, value } of parts) {
    const key = JSON.stringify(path)
    const text = value === null ? null : JSON.stringify(value)
    if (text === (written.get(key) ?? null)) continue
    if (text === null) written.delete(key)
    else written.set(key, text)
    changed.push({ key, text })
  }
  return changed
}

/** The state behind rows; null when there are none. */
export function joinState(rows: ReadonlyMap<string, string>): Json {
  const root: Record<string, Json> = {}
  for (const [key, text] of rows) {
    const path = ['state', ...(JSON.parse(key) as string[])]
    const last = path.pop() ?? 'state'
    let parent = root
    for (const name of path) parent = childOf(parent, name)
    parent[last] = JSON.parse(text) as Json
  }
  return root.state ?? null
}

function childOf(parent: Record<string, Json>, name: string): Record<string, Json> {
  const found = parent[name]
  const isObject = typeof found === 'object' && found !== null && !Array.isArray(found)
  const child = (isObject ? found : {}) as Record<string, Json>
  parent[name] = child
  return child
}
