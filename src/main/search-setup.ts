/** What the searching commands are asked for: options read, instance and data resolved once, the identity of a search. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { parse as parseYaml } from 'yaml'
import type { BacktestRequest } from '../backtest/run.ts'
import {
  type Constraint,
  type Objective,
  parseConstraint,
  parseObjective,
} from '../backtest/search/objective.ts'
import { type SamplerName, samplerNames } from '../backtest/search/sampler.ts'
import { parseDimension, type Space, SpaceError, spaceOfRecord } from '../backtest/search/space.ts'
import { checkSpace } from '../backtest/search/space-check.ts'
import { sentenceOf, type TrialSetup } from '../backtest/search/trial.ts'
import type { Span } from '../backtest/search/windows.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { jobHelp } from '../cli/messages/jobs.ts'
import { searchHelp as help, searchMessages as m } from '../cli/messages/search.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { nearest } from '../config/suggestion.ts'
import { formatSetName } from '../domain/history.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import { isProxy, loadInstance, requestOf, setOf } from './backtest-command.ts'
import { type JobContext, JobError, textOption } from './job-command.ts'
import { packageVersion } from './package-version.ts'
import { marketHash } from './sweep-market.ts'
import type { StrategySource } from './sweep-messages.ts'

/** Everything of a search that decides its outcome, as plain texts: a resumed one must have the same. */
export interface SearchIdentity {
  readonly version: string
  readonly command: string
  readonly data: string
  readonly instance: string
  readonly strategy: string
  readonly space: string
  readonly plan: string
}

/** A search that can begin. */
export interface Search {
  readonly setup: TrialSetup
  /** How workers open the strategy. */
  readonly strategy: StrategySource
  /** Candles of a spot market stand in for those of the contract. */
  readonly isProxy: boolean
  /** Name of the set with its window. */
  readonly set: string
  /** From the open of the first candle to the close of the last one. */
  readonly span: Span
  readonly objectives: readonly Objective[]
  readonly constraints: readonly Constraint[]
  readonly sampler: SamplerName
  readonly trials: number
  readonly seed: number
  readonly workers: number
  readonly timeLimitMs: number
  readonly folder: string
  readonly isResumed: boolean
  readonly identity: SearchIdentity
  /** The options as given or remembered. */
  readonly options: Readonly<Record<string, unknown>>
}

/** Options that a search is made of; the others (workers, json) may differ when it is resumed. */
const REMEMBERED = [
  'config',
  'strategy',
  'capital',
  'limits',
  'engine',
  'path',
  'data',
  'from',
  'to',
  'set',
  'fillRule',
  'space',
  'spaceFile',
  'objective',
  'constraint',
  'sampler',
  'trials',
  'seed',
  'split',
  'inSample',
  'outOfSample',
  'anchored',
] as const

const TRIALS = 200
const SEED = 7
const TIME_LIMIT_S = 600

/** Adds the options that every searching command has. */
export function searchOptions(command: Command, { say }: Speech): Command {
  const collect = (value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]
  return command
    .option('--config <file>', say(jobHelp.config))
    .option('--strategy <name>', say(jobHelp.strategy))
    .option('--capital <amount>', say(jobHelp.capital))
    .option('--data <set>', say(jobHelp.set))
    .option('--from <time>', say(jobHelp.from))
    .option('--to <time>', say(jobHelp.to))
    .option('--set <key=value>', say(jobHelp.change), collect)
    .option('--fill-rule <rule>', say(jobHelp.fillRule))
    .option('--no-limits', say(jobHelp.noLimits))
    .option('--engine <engine>', say(jobHelp.engine))
    .option('--path <path>', say(jobHelp.candlePath))
    .option('--space <key=values>', say(help.space), collect)
    .option('--space-file <file>', say(help.spaceFile))
    .option('--objective <expression>', say(help.objective), collect)
    .option('--constraint <comparison>', say(help.constraint), collect)
    .option('--sampler <name>', say(help.sampler))
    .option('--trials <n>', say(help.trials))
    .option('--seed <n>', say(help.seed))
    .option('--workers <n>', say(help.workers))
    .option('--time-limit <seconds>', say(help.timeLimit))
    .option('--report <directory>', say(help.report))
    .option('--resume <directory>', say(help.resume))
    .option('--json', say(commonMessages.json))
}

/** The identity of a search in its folder. */
export const identityFile = (folder: string): string => join(folder, 'search.json')

interface Remembered {
  readonly identity: SearchIdentity
  readonly options: Readonly<Record<string, unknown>>
}

/** @throws JobError */
function readRemembered(folder: string): Remembered {
  const path = identityFile(folder)
  if (!existsSync(path)) throw new JobError(3, sentence(m.nothingToResume, { folder }))
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (isRemembered(found)) return found
  } catch {
    // No JSON: told below.
  }
  throw new JobError(1, sentence(m.damagedSearch, { file: path }))
}

function isRemembered(found: unknown): found is Remembered {
  if (!isRecord(found) || !isRecord(found['identity']) || !isRecord(found['options'])) return false
  return typeof found['options']['data'] === 'string'
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads the options and resolves instance, data and space once.
 * @throws JobError, RangeError (wrong usage), HistoryError
 */
export function loadSearch(context: JobContext, command: string): Search {
  const resumed = textOption(context.options, 'resume')
  const folder = resolve(resumed ?? textOption(context.options, 'report') ?? '')
  const before = resumed === null ? null : readRemembered(folder)
  const options = { ...before?.options, ...given(context.options) }
  const full = { ...options, fillRule: options['fillRule'] ?? 'through' }
  if (textOption(full, 'data') === null)
    throw new JobError(2, sentence(m.needed, { option: '--data', example: DATA_EXAMPLE }))
  const jobs = { ...context, options: { ...context.options, ...full } }
  const name = setOf(jobs.options)
  const written = readSpace(full)
  const instance = loadSearched(jobs, written)
  const request = requestOf(jobs, instance, name)
  closeStrategy(request)
  const numbers = readNumbers({ ...context.options, ...full })
  const space = checkedSpace(written, request)
  const aim = readAim(full)
  const setup = { request, space }
  const plan = { ...numbers, ...plain(full) }
  const identity = identityOf(command, setup, instance.strategyFile?.sha256 ?? null, plan)
  if (before !== null) refuseOther(before.identity, identity, folder)
  const isNamed = resumed !== null || textOption(context.options, 'report') !== null
  return {
    setup,
    strategy: { strategy: instance.strategy, strategyFile: instance.strategyFile },
    isProxy: isProxy(context.history, name),
    set: formatSetName(name),
    span: spanOf(request),
    ...aim,
    ...numbers,
    sampler: readSampler(full),
    folder: isNamed ? folder : defaultFolder(context, command, instance.id),
    isResumed: resumed !== null,
    identity,
    options: plain(full),
  }
}

const DATA_EXAMPLE = 'hyperliquid/SOL_USDC_PERP/5m'

/** What was named; limits are on unless they were put off. */
function given(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isGiven = (key: string) =>
    options[key] !== undefined && !(key === 'limits' && options[key] === true)
  return Object.fromEntries(REMEMBERED.filter(isGiven).map((key) => [key, options[key]]))
}

/** Paths as absolute ones: a search may be resumed from another folder. */
function plain(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const paths = new Set(['config', 'spaceFile'])
  return Object.fromEntries(
    Object.entries(given(options)).map(([key, value]) => [
      key,
      paths.has(key) ? resolve(String(value)) : value,
    ]),
  )
}

function defaultFolder({ home }: JobContext, command: string, id: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '')
  return join(home, 'reports', `${command}_${id}_${stamp}`)
}

function readNumbers(options: Readonly<Record<string, unknown>>) {
  const whole = (key: string, standard: number, least: number): number => {
    const text = textOption(options, key)
    if (text === null) return standard
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < least)
      throw new JobError(
        2,
        sentence(m.wholeNumber, { option: `--${kebab(key)}`, least, found: text }),
      )
    return value
  }
  return {
    trials: whole('trials', TRIALS, 1),
    seed: whole('seed', SEED, 0),
    workers: whole('workers', availableParallelism(), 1),
    timeLimitMs: whole('timeLimit', TIME_LIMIT_S, 1) * 1000,
  }
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function readSampler(options: Readonly<Record<string, unknown>>): SamplerName {
  const name = textOption(options, 'sampler') ?? 'grid'
  const found = samplerNames.find((one) => one === name)
  if (found === undefined)
    throw new JobError(2, sentence(m.noSampler, { names: samplerNames.join(', '), found: name }))
  return found
}

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : []

/** @throws SpaceError as wrong usage */
function readSpace(options: Readonly<Record<string, unknown>>): Space {
  const file = textOption(options, 'spaceFile')
  return [
    ...(file === null ? [] : readSpaceFile(file)),
    ...listOf(options['space']).map(parseDimension),
  ]
}

/** @throws SpaceError as wrong usage */
const checkedSpace = (space: Space, { strategy }: BacktestRequest): Space =>
  checkSpace(space, strategy.id, strategy.parameters, (name, among) => nearest(name, [...among]))

/**
 * The instance of a search. What is varied need not be set as well: where a strategy by name lacks something, the first
 * value of each parameter of the space stands in until the sets replace it.
 * @throws JobError
 */
function loadSearched(jobs: JobContext, space: Space): ResolvedInstance {
  try {
    return loadInstance(jobs)
  } catch (error) {
    if (textOption(jobs.options, 'strategy') === null || space.length === 0) throw error
    const first = space.map((one) => `${one.key}=${one.kind === 'list' ? one.values[0] : one.from}`)
    const set = [...listOf(jobs.options['set']), ...first]
    try {
      return loadInstance({ ...jobs, options: { ...jobs.options, set } })
    } catch {
      throw error
    }
  }
}

function readSpaceFile(file: string): Space {
  if (!existsSync(file)) throw new JobError(3, sentence(m.noSpaceFile, { file }))
  let record: unknown
  try {
    record = parseYaml(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new SpaceError(`${file} cannot be read: ${sentenceOf(error)}`)
  }
  return spaceOfRecord(record)
}

/** @throws ExpressionError as wrong usage */
function readAim(options: Readonly<Record<string, unknown>>) {
  const objectives = listOf(options['objective'])
  return {
    objectives: (objectives.length === 0 ? ['sharpe'] : objectives).map(parseObjective),
    constraints: listOf(options['constraint']).map(parseConstraint),
  }
}

function spanOf(request: BacktestRequest): Span {
  const { startAt, endAt } = new ReplaySource([{ market: request.market, window: request.window }])
  return { from: startAt, to: endAt }
}

const hashed = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

function identityOf(
  command: string,
  { request, space }: TrialSetup,
  fileHash: string | null,
  plan: Readonly<Record<string, unknown>>,
): SearchIdentity {
  const { market, strategy, window, ...terms } = request
  const { workers: _, timeLimitMs: __, config: ___, spaceFile: ____, ...decisive } = plan
  return {
    version: packageVersion(),
    command,
    data: `${marketHash(market).slice(0, 16)} ${JSON.stringify([window.from, window.to])}`,
    instance: hashed(terms),
    strategy: [
      strategy.id,
      `v${strategy.stateVersion}`,
      ...(fileHash === null ? [] : [fileHash]),
    ].join(' '),
    space: JSON.stringify(space),
    plan: JSON.stringify(decisive, Object.keys(decisive).toSorted()),
  }
}

/** @throws JobError when the search that was begun is another one */
function refuseOther(before: SearchIdentity, now: SearchIdentity, folder: string): void {
  const keys = Object.keys(now) as (keyof SearchIdentity)[]
  const other = keys.find((key) => before[key] !== now[key])
  if (other === undefined) return
  throw new JobError(4, sentence(m.otherSearch, { folder, what: m[`part_${other}`] }))
}

/** A strategy in a file has a child process; the searching process itself only asks for its schema. */
export function closeStrategy({ strategy }: BacktestRequest): void {
  if ('close' in strategy && typeof strategy.close === 'function') strategy.close()
}
