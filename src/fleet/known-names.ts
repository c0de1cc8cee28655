/** Names that a home knows, read so quickly that a shell can ask for them while somebody is typing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { type ConfigurationNode, parseConfiguration } from '../config/document.ts'
import { isInstanceFileName } from '../config/instances.ts'
import { readJson } from './files.ts'
import type { Home } from './home.ts'

/** Beyond so many files their names are taken for their ids: nobody waits seconds for a press of a key. */
const FILES_READ_MAX = 500

export interface InstanceNames {
  readonly ids: readonly string[]
  readonly tags: readonly string[]
}

/** Ids and tags of the files in config/active/, faulty ones included, and ids of the registry's readable copy. */
export function instanceNames(home: Home): InstanceNames {
  const files = filesIn(home.active)
  const ids = new Set<string>()
  const tags = new Set<string>()
  for (const [index, name] of files.entries()) {
    const metadata = index < FILES_READ_MAX ? metadataOf(join(home.active, name)) : null
    ids.add(textAt(metadata, 'instance_id') ?? basename(name, extname(name)))
    for (const tag of listAt(metadata, 'tags')) tags.add(tag)
  }
  const registry = readJson(home.registry)
  if (typeof registry === 'object' && registry !== null)
    for (const id of Object.keys(registry)) ids.add(id)
  return { ids: [...ids].sort(), tags: [...tags].sort() }
}

/** Names without endings of the templates in some folders. */
export function templateNames(folders: readonly string[]): string[] {
  const names = folders.flatMap(filesIn).map((name) => basename(name, extname(name)))
  return [...new Set(names)].sort()
}

const filesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter(isInstanceFileName).sort() : []

function metadataOf(path: string): ConfigurationNode | null {
  try {
    return childOf(parseConfiguration(readFileSync(path, 'utf8'), path).root, 'metadata')
  } catch {
    return null
  }
}

const childOf = (node: ConfigurationNode | null, key: string): ConfigurationNode | null =>
  node?.kind === 'map' ? (node.entries.get(key)?.node ?? null) : null

function textAt(node: ConfigurationNode | null, key: string): string | null {
  const child = childOf(node, key)
  return child?.kind === 'scalar' && typeof child.value === 'string' ? child.value : null
}

function listAt(node: ConfigurationNode | null, key: string): string[] {
  const child = childOf(node, key)
  if (child?.kind !== 'list') return []
  return child.items.flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : [],
  )
}
