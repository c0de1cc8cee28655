/** One file of the fleet's configuration. */
import { type ConfigurationNode, type Entry, parseConfiguration } from './document.ts'
import { type Fault, faultAt, type Warning, warningAt } from './fault.ts'
import { readableByOthers, readText } from './files.ts'
import { fleetSection, olderExchangeSection } from './fleet-schema.ts'
import type { Environment } from './process-environment.ts'
import { type FoundValues, Reader } from './reader.ts'
import type { AnyKey } from './schema.ts'

export interface FileLayer {
  readonly path: string
  /** As it is shown. */
  readonly file: string
  readonly isOptional: boolean
  /** Read in its place when it does not exist. */
  readonly fallback: string | null
}

export interface ReadLayer {
  readonly values: FoundValues
  readonly faults: readonly Fault[]
  readonly warnings: readonly Warning[]
  readonly wasRead: boolean
}

/** Reads and checks one layer by itself. */
export function readLayer(layer: FileLayer, environment: Environment): ReadLayer {
  const reader = new Reader({ environment })
  let { text, fault } = readText(layer.path, layer.file, layer.isOptional)
  let { path } = layer
  if (text === null && fault === null && layer.fallback !== null) {
    path = layer.fallback
    ;({ text, fault } = readText(path, layer.file, true))
  }
  if (fault !== null) reader.faults.push(fault)
  if (text !== null) readDocument(text, path, layer.file, reader, environment)
  return {
    values: reader.values,
    faults: reader.faults,
    warnings: reader.warnings,
    wasRead: text !== null,
  }
}

function readDocument(
  text: string,
  path: string,
  file: string,
  reader: Reader,
  environment: Environment,
): void {
  const { root, faults } = parseConfiguration(text, file)
  reader.faults.push(...faults)
  if (root === null) return
  reader.readSection(fleetSection, withoutOlder(root), '')
  readOlderExchange(root, reader, environment)
  const hasSecret = [...reader.values].some(
    ([key, { value, isFromVariable }]) => value !== null && !isFromVariable && isSecretKey(key),
  )
  if (!hasSecret) return
  const open = readableByOthers(path, file, 'the file holds secrets')
  if (open !== null) reader.faults.push(open)
}

const olderEntry = (root: ConfigurationNode): Entry | undefined =>
  root.kind === 'map' ? root.entries.get('exchange') : undefined

function withoutOlder(root: ConfigurationNode): ConfigurationNode {
  if (root.kind !== 'map' || !root.entries.has('exchange')) return root
  return { ...root, entries: new Map([...root.entries].filter(([name]) => name !== 'exchange')) }
}

/** The section `exchange` of older files becomes exchanges[0]; its keys are not read, they belong into the vault. */
function readOlderExchange(
  root: ConfigurationNode,
  reader: Reader,
  environment: Environment,
): void {
  const entry = olderEntry(root)
  if (entry === undefined) return
  if (root.kind === 'map' && root.entries.has('exchanges')) {
    const sentence = 'exchange is the older form of exchanges and both are given; keep exchanges'
    reader.faults.push(faultAt(entry.place, 'conflict', 'exchange', sentence))
    return
  }
  const isUnused = (path: string) => path.startsWith('exchange.api_')
  const older = new Reader({ environment, isUnused })
  older.readSection(olderExchangeSection, entry.node, 'exchange')
  reader.faults.push(...older.faults)
  for (const key of ['name', 'testnet']) {
    const found = older.values.get(`exchange.${key}`)
    if (found !== undefined) reader.values.set(`exchanges[0].${key}`, found)
  }
  reader.values.set('exchanges[0]', { value: null, place: entry.place })
  const names = entry.node.kind === 'map' ? entry.node.entries : new Map<string, Entry>()
  const hasKeys = names.has('api_key') || names.has('api_secret')
  const sentence = `exchange is an older section and is read as exchanges[0]${hasKeys ? '; its api_key and api_secret are not used' : ''}`
  reader.warnings.push(warningAt(entry.place, 'exchange', sentence))
}

function isSecretKey(path: string): boolean {
  let key: AnyKey | undefined = fleetSection
  for (const name of path.replaceAll(/\[\d+\]/g, '').split('.')) {
    if (key?.kind === 'listOf') key = key.item
    if (key?.kind !== 'section') return false
    key = Object.hasOwn(key.keys, name) ? key.keys[name] : undefined
  }
  return key?.kind === 'leaf' && key.isSecret
}
