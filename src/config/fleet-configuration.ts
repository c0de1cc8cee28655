/**
 * The fleet's configuration from its layers: config/base.yml, config/{environment}.yml, config/local.yml, one more
 * file, `.env`, environment. Each layer is checked by itself, so that all faults of all layers are told at once.
 */
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { assemble } from './assemble.ts'
import { type EnvEntry, parseEnvFile } from './env-file.ts'
import { knownVariables, readVariables, type Variable, variablesOf } from './environment-layer.ts'
import { type Fault, type Warning, wrongValue } from './fault.ts'
import { displayPath, readableByOthers, readText } from './files.ts'
import { crossFaults, routeWarnings } from './fleet-rules.ts'
import { fleetSection, type FleetConfiguration as SparseConfiguration } from './fleet-schema.ts'
import { type FileLayer, readLayer } from './layer.ts'
import { type Environment, processEnvironment } from './process-environment.ts'
import { type FoundValues, Reader } from './reader.ts'
import { nearest } from './suggestion.ts'

/** The checked configuration with what the system decides filled in. */
export type FleetConfiguration = Omit<SparseConfiguration, 'time_zone' | 'jobs'> & {
  readonly time_zone: string
  readonly jobs: Omit<SparseConfiguration['jobs'], 'concurrency'> & { readonly concurrency: number }
}

export type EnvironmentName = (typeof ENVIRONMENTS)[number]

export interface FleetConfigurationOptions {
  /** Absolute path of the home. */
  readonly home: string
  /** `--fleet-config FILE`, relative to the home; null: PERPFLEET_CONFIG, else /etc/perpfleet/config.json where it exists. */
  readonly fleetConfig?: string | null
  /** Of the process; given by tests. */
  readonly environment?: Environment
  /** Where the shipped config/base.yml lies when the home has none. */
  readonly packageRoot?: string
  readonly systemFile?: string
}

export interface LoadedFleetConfiguration {
  /** Faulty keys carry their defaults: refuse to start while there are faults. */
  readonly configuration: FleetConfiguration
  readonly environmentName: EnvironmentName
  /** Environment of the process over that of `.env`: what `${NAME}` in instance files is read from. */
  readonly environment: Environment
  readonly warnings: readonly Warning[]
  readonly faults: readonly Fault[]
  /** Files that were read, for people. */
  readonly files: readonly string[]
  /** Files that are or would be read: a change of any of them may change the configuration. */
  readonly watched: readonly string[]
}

const ENVIRONMENTS = ['development', 'production', 'test'] as const
const SYSTEM_FILE = '/etc/perpfleet/config.json'
const PACKAGE_ROOT = join(import.meta.dirname, '..', '..')

/** Reads all layers. Never throws: what is wrong stands in `faults`. */
export function loadFleetConfiguration(
  options: FleetConfigurationOptions,
): LoadedFleetConfiguration {
  const faults: Fault[] = []
  const warnings: Warning[] = []
  const files: string[] = []
  const processLayer = options.environment ?? processEnvironment()
  const envFile = readEnvFile(options.home, faults, files)
  const environment = {
    ...Object.fromEntries(envFile.map(({ name, value }) => [name, value])),
    ...processLayer,
  }
  const environmentName = readEnvironmentName(environment, faults)
  const values: FoundValues = new Map()
  const watched = [join(options.home, '.env')]
  for (const layer of layersOf(options, environment, environmentName)) {
    watched.push(layer.path)
    const read = readLayer(layer, environment)
    faults.push(...read.faults)
    warnings.push(...read.warnings)
    if (read.wasRead) files.push(layer.path)
    mergeInto(values, read.values)
  }
  const reader = new Reader({ environment, isText: true })
  const known = knownVariables(fleetSection)
  readVariables(
    [...envVariables(envFile, processLayer), ...variablesOf(processLayer)],
    known,
    reader,
  )
  for (const [key, found] of reader.values) values.set(key, found)
  faults.push(...reader.faults)
  const sparse = assemble(fleetSection, values, '', faults)
  faults.push(...crossFaults(sparse, values, environmentName))
  const configuration = complete(sparse)
  warnings.push(...routeWarnings(configuration, values))
  return { configuration, environmentName, environment, warnings, faults, files, watched }
}

/** Variables of `.env` that the process does not set itself; those it sets are not judged twice. */
function envVariables(entries: readonly EnvEntry[], processLayer: Environment): Variable[] {
  return entries
    .filter(({ name }) => name.startsWith('PERPFLEET_') && processLayer[name] === undefined)
    .map(({ name, value, line }) => ({ name, value, place: { file: '.env', line } }))
}

function readEnvFile(home: string, faults: Fault[], files: string[]): readonly EnvEntry[] {
  const path = join(home, '.env')
  const { text, fault } = readText(path, '.env', true)
  if (fault !== null) faults.push(fault)
  if (text === null) return []
  files.push(path)
  const open = readableByOthers(path, '.env', 'the file holds secrets')
  if (open !== null) {
    faults.push(open)
    return []
  }
  const parsed = parseEnvFile(text, '.env')
  faults.push(...parsed.faults)
  return parsed.entries
}

function readEnvironmentName(environment: Environment, faults: Fault[]): EnvironmentName {
  const given = environment.PERPFLEET_ENV
  if (given === undefined || given === '') return 'development'
  const name = ENVIRONMENTS.find((known) => known === given)
  if (name !== undefined) return name
  const suggestion = nearest(given, ENVIRONMENTS)
  const hint = suggestion === null ? null : { text: `did you mean ${suggestion}?`, suggestion }
  const allowed = `one of ${ENVIRONMENTS.join(', ')}`
  const place = { file: 'environment', line: 0 }
  faults.push(wrongValue(place, 'PERPFLEET_ENV', JSON.stringify(given), allowed, hint))
  return 'development'
}

function layersOf(
  options: FleetConfigurationOptions,
  environment: Environment,
  environmentName: EnvironmentName,
): FileLayer[] {
  const { home, packageRoot = PACKAGE_ROOT, systemFile = SYSTEM_FILE } = options
  const shipped = (name: string): FileLayer => {
    const path = join(home, 'config', name)
    const file = displayPath(path, home)
    return { path, file, isOptional: true, fallback: join(packageRoot, 'config', name) }
  }
  const named = options.fleetConfig ?? environment.PERPFLEET_CONFIG
  const last: FileLayer = named
    ? { path: resolve(home, named), file: named, isOptional: false, fallback: null }
    : { path: systemFile, file: systemFile, isOptional: true, fallback: null }
  const local = join(home, 'config', 'local.yml')
  return [
    shipped('base.yml'),
    shipped(`${environmentName}.yml`),
    { path: local, file: displayPath(local, home), isOptional: true, fallback: null },
    last,
  ]
}

/** Later layers win key by key; a list of sections replaces the earlier list as a whole. */
function mergeInto(values: FoundValues, layer: FoundValues): void {
  const lists = new Set(
    [...layer.keys()].filter((key) => key.includes('[')).map((key) => key.split('[')[0]),
  )
  for (const key of values.keys()) {
    if (key.includes('[') && lists.has(key.split('[')[0])) values.delete(key)
  }
  for (const [key, found] of layer) values.set(key, found)
}

function complete(sparse: SparseConfiguration): FleetConfiguration {
  const time_zone = sparse.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const concurrency = sparse.jobs.concurrency ?? availableParallelism()
  return { ...sparse, time_zone, jobs: { ...sparse.jobs, concurrency } }
}

/** All faults in one text, a sentence a line: what commands print before they refuse. */
export function faultsText(faults: readonly Fault[]): string {
  return faults.map(({ text }) => text).join('\n')
}
