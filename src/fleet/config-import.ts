/** An older instance file in today's form: arguments become keys, ignored keys go, comments stay. */
import { argumentValues } from '../config/bot-arguments.ts'
import { parseConfiguration } from '../config/document.ts'
import { editedText, type KeyEdit } from '../config/edit-text.ts'
import { IGNORED_KEYS } from '../config/instance-schema.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'

/** The text with what older programs wrote turned into what is written today. */
export function modernText(text: string, file: string): string {
  const { root } = parseConfiguration(text, file)
  if (root?.kind !== 'map') return text
  const edits: KeyEdit[] = argumentValues(root).map(({ section, key, value }) => ({
    path: [section, key],
    value,
  }))
  const daemon = root.entries.get('daemon_config')?.node
  const names = daemon?.kind === 'map' ? [...daemon.entries.keys()] : []
  const older = ['bot_args', ...IGNORED_KEYS].filter((name) => names.includes(name))
  for (const name of older) edits.push({ path: ['daemon_config', name], value: undefined })
  return editedText(text, file, edits)
}

/** The keys in which two instances differ, apart from the file they stand in. */
export function resolvedDifferences(a: ResolvedInstance, b: ResolvedInstance): string[] {
  const [left, right] = [plain(a), plain(b)]
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].filter((key) => JSON.stringify(left[key]) !== JSON.stringify(right[key]))
}

/** Keys in one order, so that the order in the file does not count. */
function plain({ file: _, fileHash: __, ...instance }: ResolvedInstance): Record<string, unknown> {
  return ordered(instance) as Record<string, unknown>
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]))
}
