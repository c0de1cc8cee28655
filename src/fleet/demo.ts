/** The first start in a home: the shipped demo instances are copied, so that something trades at once. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './files.ts'
import type { Home } from './home.ts'

/**
 * Copies the demo instances when there is no config/active/ yet.
 * @param templates config/templates/ of the package
 * @returns the names of the copied files; none when the folder was there
 */
export function copyDemoInstances(home: Home, templates: string): string[] {
  if (existsSync(home.active)) return []
  const names = existsSync(templates)
    ? readdirSync(templates).filter((name) => /^demo_[a-z0-9_]+\.json$/.test(name))
    : []
  mkdirSync(home.active, { recursive: true })
  for (const name of names.sort()) {
    writeWhole(join(home.active, name), readFileSync(join(templates, name), 'utf8'), 0o644)
  }
  return names
}
