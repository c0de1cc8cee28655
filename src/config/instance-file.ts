/** One instance file: read, checked key by key, resolved. */
import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { Contradiction, ContradictionTerms } from '../domain/strategy.ts'
import { assemble } from './assemble.ts'
import { applyBotArguments } from './bot-arguments.ts'
import { type ConfigurationNode, parseConfiguration } from './document.ts'
import { expandVariables } from './expand.ts'
import {
  type Fault,
  faultAt,
  type Place,
  shown,
  type Warning,
  warningAt,
  wrongValue,
} from './fault.ts'
import { readableByOthers, readText } from './files.ts'
import type { FleetConfiguration } from './fleet-configuration.ts'
import { IGNORED_KEYS, instanceKeys, isUnusedOnPaper } from './instance-schema.ts'
import type { Environment } from './process-environment.ts'
import { Reader, unknownKey } from './reader.ts'
import type { LegsWanted } from './resolve-input.ts'
import { resolveInstance } from './resolve-instance.ts'
import type { ResolvedInstance } from './resolved-instance.ts'
import { type Section, section } from './schema.ts'
import { literalSecrets } from './secrets.ts'
import {
  isStrategyPath,
  readStrategyFile,
  type StrategyFileReading,
  strategyPath,
} from './strategy-file.ts'
import { type ParameterSchemas, strategySection } from './strategy-parameters.ts'
import { nearest } from './suggestion.ts'

type MapNode = ConfigurationNode & { kind: 'map' }

/** The strategies an instance may name; handed in so that tests can bring their own. */
export interface StrategyCatalogue {
  readonly ids: readonly string[]
  parametersOf(id: string): ParameterSchemas | null
  /** What contradicts itself in checked parameters; absent = nothing can. */
  contradictionsIn?(
    id: string,
    parameters: unknown,
    terms: ContradictionTerms,
  ): readonly Contradiction[]
  /** How many contracts it trades with checked parameters, and how deep a book it reads; absent = nobody says. */
  wantedBy?(id: string, parameters: unknown): LegsWanted | null
}

export interface InstanceFileOptions {
  readonly path: string
  /** As it is shown in faults. */
  readonly file: string
  readonly fleet: FleetConfiguration
  readonly environment: Environment
  readonly strategies: StrategyCatalogue
  /** `--instance-id`. */
  readonly instanceId: string | null
  /** Where strategies in files may lie and their checked copies are kept; default: the folder of the file. */
  readonly home?: string
  /** Where the file lies when `path` is that of a copy. */
  readonly folder?: string
}

export interface LoadedInstance {
  readonly instance: ResolvedInstance | null
  /** Where the id stands (or the file), for conflicts between files. */
  readonly place: Place
  readonly faults: readonly Fault[]
  readonly warnings: readonly Warning[]
  /** As it was read; null when the file could not be read. */
  readonly text: string | null
  /** Absolute path of the strategy's own file; absent = it is a shipped one. */
  readonly strategyPath?: string
}

/** A strategy that metadata.strategy names by its path. */
interface OwnStrategy {
  readonly path: string
  readonly reading: StrategyFileReading
}

function ownStrategy(options: InstanceFileOptions, name: string | null): OwnStrategy | null {
  if (name === null || !isStrategyPath(name)) return null
  const folder = options.folder ?? dirname(options.path)
  const home = options.home ?? folder
  const path = strategyPath(name, folder, home)
  return { path, reading: readStrategyFile(path, home) }
}

/** Reads one file. Never throws: a file with faults gives no instance. */
export function readInstanceFile(options: InstanceFileOptions): LoadedInstance {
  const { text, fault } = readText(options.path, options.file, false)
  if (text !== null) return readInstanceText(options, text)
  const place: Place = { file: options.file, line: 0 }
  return { instance: null, place, faults: fault ? [fault] : [], warnings: [], text: null }
}

/** Reads a text as if it stood in the file that the options name. Never throws. */
export function readInstanceText(options: InstanceFileOptions, text: string): LoadedInstance {
  const start: Place = { file: options.file, line: 0 }
  const { root, faults } = parseConfiguration(text, options.file)
  if (root?.kind !== 'map') {
    const names = Object.entries(instanceKeys).flatMap(([name, key]) =>
      key.kind === 'section' ? [name] : [],
    )
    const allowed = `the sections ${[...names, 'strategy_config'].join(', ')}`
    const found = root === null ? 'nothing' : `a ${root.kind}`
    const sentence = `the file must hold ${allowed}, found ${found}`
    const empty = faultAt(start, 'wrong_value', '', sentence, { found, allowed })
    return {
      instance: null,
      place: start,
      faults: faults.length > 0 ? faults : [empty],
      warnings: [],
      text,
    }
  }
  return readSections(options, root, faults, text)
}

function readSections(
  options: InstanceFileOptions,
  given: MapNode,
  syntax: readonly Fault[],
  text: string,
): LoadedInstance {
  const { environment, strategies, file, path, instanceId, fleet } = options
  const applied = applyBotArguments(given)
  const isPaper = !['testnet', 'live', 'sandbox'].includes(
    peek(applied.root, 'exchange_config', 'mode', environment) ?? '',
  )
  const isUnused = (key: string) => isIgnored(key) || (isPaper && isUnusedOnPaper(key))
  const reader = new Reader({ environment, isUnused })
  const strategy = peek(applied.root, 'metadata', 'strategy', environment)
  const ownFile = ownStrategy(options, strategy)
  const parameters = parametersOf(options, strategy, ownFile)
  const schema = section({ ...instanceKeys, strategy_config: strategySection(parameters ?? {}) })
  readAll(reader, applied.root, schema, parameters !== null)
  const named = reader.values.get('metadata.strategy')
  if (strategy !== null && named && parameters === null && ownFile === null) {
    reader.faults.push(unknownStrategy(named.place, strategy, strategies))
  }
  if (named && ownFile !== null) reader.faults.push(...ownFaults(ownFile, named.place, strategies))
  const own: Fault[] = [...syntax, ...applied.faults, ...reader.faults]
  const values = assemble(schema, reader.values, '', own)
  const fileName = basename(path).replace(/\.[^.]+$/, '')
  const resolved = resolveInstance({
    file,
    path,
    fileHash: createHash('sha256').update(text).digest('hex'),
    fallbackId: fileName,
    instanceId,
    fleet,
    values,
    found: reader.values,
    sections: new Map([...applied.root.entries].map(([name, { place }]) => [name, place])),
    strategyKeys: schema.keys.strategy_config,
    hasStrategy: parameters !== null,
    faultyKeys: faultyKeys(own),
    strategy: ownFile?.reading.checked ?? null,
    contradictionsIn: (...given) => strategies.contradictionsIn?.(...given) ?? [],
    wantedBy: (...given) => strategies.wantedBy?.(...given) ?? null,
  })
  const faults = [...own, ...withoutEchoes(resolved.faults, own)]
  const warnings = [
    ...applied.warnings,
    ...reader.warnings,
    ...ignoredWarnings(given),
    ...openSecretWarnings(options, given),
    ...ownWarnings(ownFile, named?.place ?? { file, line: 0 }),
  ]
  const place = reader.values.get('metadata.instance_id')?.place ?? { file, line: 0 }
  const instance = faults.length === 0 ? resolved.instance : null
  const watched = ownFile === null ? {} : { strategyPath: ownFile.path }
  return { instance, place, faults, warnings, text, ...watched }
}

function parametersOf(
  { strategies }: InstanceFileOptions,
  strategy: string | null,
  own: OwnStrategy | null,
): ParameterSchemas | null {
  if (own !== null) return own.reading.checked?.parameters ?? null
  return strategy === null ? null : strategies.parametersOf(strategy)
}

function ownFaults({ reading }: OwnStrategy, place: Place, { ids }: StrategyCatalogue): Fault[] {
  const key = 'metadata.strategy'
  const id = reading.checked?.id
  const taken = `its id ${id} is that of a shipped strategy: give it another one.`
  const said = id !== undefined && ids.includes(id) ? [...reading.faults, taken] : reading.faults
  return said.map((text) =>
    faultAt(place, 'wrong_value', key, `${key}: ${text.replace(/\.$/, '')}`),
  )
}

const ownWarnings = (own: OwnStrategy | null, place: Place): Warning[] =>
  (own?.reading.warnings ?? []).map((text) => warningAt(place, 'metadata.strategy', text))

/** Keys that were not read, a misspelt one by its right name too. */
function faultyKeys(faults: readonly Fault[]): ReadonlySet<string> {
  const meant = faults.flatMap(({ code, key, suggestion }) =>
    code === 'unknown_key' && suggestion !== null ? [key.replace(/[^.]+$/, suggestion)] : [],
  )
  return new Set([...faults.map(({ key }) => key), ...meant])
}

/** A missing key is no news where the same key has a fault already. */
function withoutEchoes(faults: readonly Fault[], before: readonly Fault[]): Fault[] {
  const keys = new Set(before.map(({ key }) => key))
  return faults.filter(({ key }) => !keys.has(key))
}

function readAll(reader: Reader, root: MapNode, schema: Section, hasStrategy: boolean): void {
  const names = Object.keys(schema.keys)
  for (const [name, { place, node }] of root.entries) {
    const key = Object.hasOwn(schema.keys, name) ? schema.keys[name] : undefined
    if (key === undefined) reader.faults.push(unknownKey(place, name, name, names))
    else if (hasStrategy || name !== 'strategy_config') reader.read(key, node, name)
  }
}

/** A text of the file before it is checked, expanded; null when it is not there. */
function peek(
  root: MapNode,
  sectionName: string,
  key: string,
  environment: Environment,
): string | null {
  const below = root.entries.get(sectionName)?.node
  const node = below?.kind === 'map' ? below.entries.get(key)?.node : undefined
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return null
  const expansion = expandVariables(node.value, environment)
  return expansion.kind === 'text' ? expansion.text : null
}

function unknownStrategy(place: Place, strategy: string, { ids }: StrategyCatalogue): Fault {
  const key = 'metadata.strategy'
  const suggestion = nearest(strategy, ids)
  const hint = suggestion === null ? null : { text: `did you mean ${suggestion}?`, suggestion }
  return wrongValue(place, key, shown(strategy), `one of ${ids.join(', ')}`, hint)
}

const isIgnored = (key: string): boolean =>
  IGNORED_KEYS.some((name) => key === `daemon_config.${name}`)

/** One warning for all keys that only older programs read. */
function ignoredWarnings(root: MapNode): Warning[] {
  const daemon = root.entries.get('daemon_config')?.node
  if (daemon?.kind !== 'map') return []
  const present = IGNORED_KEYS.filter((name) => daemon.entries.has(name))
  const first = daemon.entries.get(present[0] ?? '')
  if (first === undefined) return []
  const names = present.map((name) => `daemon_config.${name}`).join(', ')
  const verb = present.length === 1 ? 'is' : 'are'
  return [
    warningAt(
      first.place,
      `daemon_config.${present[0]}`,
      `${names} ${verb} ignored: perpfleet starts its own bots`,
    ),
  ]
}

/**
 * On paper a key in plain text is not used and refuses nothing; it still should not lie open. A key that nobody knows is told
 * as that, not as a secret.
 */
function openSecretWarnings({ path, file }: InstanceFileOptions, root: MapNode): Warning[] {
  const [first] = literalSecrets(root).filter(({ isGuess }) => isGuess !== true)
  if (first === undefined) return []
  const open = readableByOthers(path, file, 'the file holds secrets')
  if (open === null) return []
  return [warningAt(first.place, first.key, open.text.slice(open.text.indexOf(': ') + 2))]
}
