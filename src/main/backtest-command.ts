/** `perpfleet backtest`: one instance file on one recorded set, by the engine that trades. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { LIMIT_OFF } from '../backtest/assumptions.ts'
import { writeReport } from '../backtest/report-folder.ts'
import { resultOf } from '../backtest/result.ts'
import { Backtest, type BacktestRequest } from '../backtest/run.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { jobHelp as help, backtestMessages as m } from '../cli/messages/jobs.ts'
import {
  legsBacktestMessages as legs,
  legsBacktestHelp as legsHelp,
} from '../cli/messages/legs-backtest.ts'
import { lifecycleMessages } from '../cli/messages/lifecycle.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { displayPath } from '../config/files.ts'
import { faultsText, loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { readInstanceFile } from '../config/instance-file.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { shippedStrategies } from '../config/strategy-catalogue.ts'
import { isStrategyPath } from '../config/strategy-file.ts'
import { checkWindow, formatSetName, parseSetName, type SetName } from '../domain/history.ts'
import { RATIO_SCALE } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { parseTime } from '../domain/timeframe.ts'
import { type HistoryReader, isOfSpot } from '../ports/history.ts'
import { strategies, strategyById } from '../strategies/registry.ts'
import { tableRows } from './backtest-table.ts'
import { parseOverride, withOverrides } from './instance-overrides.ts'
import {
  type ExitCode,
  grouped,
  type JobContext,
  JobError,
  jobAction,
  ProgressBar,
  printJson,
  printTable,
  textOption,
} from './job-command.ts'
import { dataOptions, type LegsParts, runLegs } from './legs-backtest.ts'
import { capitalOverrides, makeInstance } from './made-instance.ts'
import { openStrategy } from './open-strategy.ts'
import { packageVersion } from './package-version.ts'
import { makeFolder } from './report-folder.ts'

const CANDLES_PER_TURN = 2_000

/** What is run on what: the options of every command that runs one strategy once. */
export function runOptions(command: Command, { say }: Speech): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value]
  // One set stays a text, so that all who know one contract find it; several are a list.
  const collectSets = (value: string, before: string | readonly string[] | undefined) =>
    before === undefined ? value : [before, value].flat()
  return command
    .option('--config <file>', say(help.config))
    .option('--strategy <name>', say(help.strategy))
    .option('--capital <amount>', say(help.capital))
    .requiredOption('--data <set>', say(legsHelp.set), collectSets)
    .option('--from <time>', say(help.from))
    .option('--to <time>', say(help.to))
    .option('--set <key=value>', say(help.change), collect, [])
    .option('--fill-rule <rule>', say(help.fillRule), 'through')
    .option('--path <path>', say(help.candlePath), 'by_direction')
}

export function registerBacktest(program: Command, speech: Speech): void {
  const { say } = speech
  const command = program.command('backtest').description(say(help.backtest))
  runOptions(command, speech)
    .option('--no-limits', say(help.noLimits))
    .option('--engine <engine>', say(help.engine), 'auto')
    .option('--borrow-candles [set]', say(legsHelp.borrow))
    .option('--report <directory>', say(help.report))
    .option('--json', say(commonMessages.json))
    .action(jobAction(speech, runBacktest))
}

async function runBacktest(context: JobContext): Promise<ExitCode> {
  const { options, isJson, speech } = context
  const sets = dataOptions(options)
  const instance = loadInstance(context, sets.map(parseSetName))
  if (instance.legs.length > 0) return await runLegs(context, legsParts(context, instance))
  if (sets.length > 1)
    throw new JobError(2, sentence(legs.oneSet, { id: instance.id, found: sets.length }))
  const name = setOf(options)
  const given = textOption(options, 'report')
  const directory = given === null ? null : resolve(given)
  if (directory !== null) makeFolder(directory)
  const request = requestOf(context, instance, name)
  const started = performance.now()
  const backtest = new Backtest(request)
  await runAll(backtest, new ProgressBar(speech.say(m.running), !isJson))
  const facts = { version: packageVersion(), isProxy: isProxy(context.history, name) }
  const result = resultOf(backtest, formatSetName(name), facts)
  if (directory !== null) writeReport(directory, backtest, result)
  if (isJson) {
    printJson(result)
    return 0
  }
  printTable(['', ''], tableRows(backtest, result, speech))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const candles = grouped(result.counts.candles)
  const told =
    directory === null
      ? speech.say(m.took, { candles, seconds })
      : speech.say(m.tookReport, { candles, seconds, folder: directory })
  process.stdout.write(`${told}\n`)
  return 0
}

function legsParts({ options }: JobContext, instance: ResolvedInstance): LegsParts {
  const strategy = openStrategy(instance)?.strategy ?? null
  if (strategy === null) throw new JobError(3, noStrategy(instance.strategy))
  const { fillRule, candlePath, engine } = rulesOf(options)
  if (engine === 'skipping') throw new JobError(2, sentence(legs.alwaysStepped))
  return { instance, strategy, fillRule, candlePath, isProxy }
}

/** Turns of a few thousand candles: the bar moves and Ctrl-C works. */
async function runAll(backtest: Backtest, progress: ProgressBar): Promise<void> {
  const candles = Math.max(1, backtest.source.candleCount(backtest.instrument.id))
  try {
    while (backtest.run(CANDLES_PER_TURN)) {
      progress.set(backtest.counts.candles / candles)
      await new Promise((done) => setImmediate(done))
    }
  } finally {
    progress.end()
  }
}

/** --from and --to go over the window in the name of the set. @throws JobError when several are named */
export function setOf(options: JobContext['options']): SetName {
  if (dataOptions(options).length > 1) throw new JobError(2, sentence(legs.onlyBacktest))
  const name = parseSetName(textOption(options, 'data') ?? '')
  const [from, to] = [textOption(options, 'from'), textOption(options, 'to')]
  const window = {
    from: from === null ? name.from : parseTime(from),
    to: to === null ? name.to : parseTime(to),
  }
  return { ...name, ...checkWindow(window) }
}

/**
 * From `--config FILE` or, with all defaults, from `--strategy NAME`; `--set` and `--capital` go over both.
 * @param sets what was named by --data: a leg each
 * @throws JobError
 */
export function loadInstance(
  { home, options }: JobContext,
  sets: readonly SetName[] = [setOf(options)],
): ResolvedInstance {
  const given = textOption(options, 'config')
  const strategy = textOption(options, 'strategy')
  if ((given === null) === (strategy === null)) throw new JobError(2, sentence(m.fileOrStrategy))
  const changes = options['set']
  const overrides = [
    ...capitalOverrides(textOption(options, 'capital')),
    ...(Array.isArray(changes) ? changes : []).map((text) => parseOverride(String(text))),
  ]
  const fleet = loadFleetConfiguration({ home, fleetConfig: textOption(options, 'fleetConfig') })
  const { configuration, environment } = fleet
  if (strategy !== null) {
    if (fleet.faults.length > 0) throw new JobError(1, faultsText(fleet.faults))
    if (!isStrategyPath(strategy) && strategyById(strategy) === null)
      throw new JobError(3, noStrategy(strategy))
    return makeInstance({
      strategy,
      names: sets,
      overrides,
      fleet: configuration,
      environment,
      home,
    })
  }
  const path = resolve(given ?? '')
  if (!existsSync(path))
    throw new JobError(3, sentence(lifecycleMessages.noInstanceFile, { file: given ?? '' }))
  const loaded = withOverrides(path, overrides, (copy) =>
    readInstanceFile({
      path: copy,
      file: displayPath(path, home),
      fleet: configuration,
      environment,
      strategies: shippedStrategies,
      instanceId: null,
      home,
      folder: dirname(path),
    }),
  )
  const faults = [...fleet.faults, ...loaded.faults]
  // A faulty file is a failure, what --set makes faulty is wrong usage.
  if (loaded.instance === null || faults.length > 0)
    throw new JobError(overrides.length > 0 ? 2 : 1, faultsText(faults))
  return { ...loaded.instance, file: path }
}

const noStrategy = (id: string) =>
  sentence(m.noStrategy, { id, known: strategies.map((one) => one.id).join(', ') })

/** Whether candles of a spot market were imported under the name of the contract. */
export function isProxy(history: HistoryReader, { venue, symbol, timeframe }: SetName): boolean {
  const header = history
    .list()
    .find(
      (one) =>
        one.kind === 'candles' &&
        one.venue === venue &&
        one.symbol === symbol.symbol &&
        one.timeframe === timeframe.text,
    )
  return header?.sources.some(isOfSpot) ?? false
}

/** Nothing but the margin of the venue bounds the entries; what bounds a single order stays. */
const withoutStops = (limits: RiskLimits): RiskLimits => ({
  ...limits,
  dailyLossMax: LIMIT_OFF,
  drawdownMax: LIMIT_OFF,
  capitalUtilizationMax: RATIO_SCALE,
  consecutiveLossesMax: 0,
})

/** @throws JobError for what is none of the allowed words */
function rulesOf(options: JobContext['options']) {
  const fillRule = textOption(options, 'fillRule')
  if (fillRule !== 'through' && fillRule !== 'touch') {
    throw new JobError(2, sentence(m.noRule, { found: fillRule ?? commonMessages.absent }))
  }
  const candlePath = textOption(options, 'path') ?? 'by_direction'
  if (candlePath !== 'by_direction' && candlePath !== 'adverse')
    throw new JobError(2, sentence(m.noPath, { found: candlePath }))
  const engine = textOption(options, 'engine') ?? 'auto'
  if (engine !== 'auto' && engine !== 'stepping' && engine !== 'skipping')
    throw new JobError(2, sentence(m.noEngine, { found: engine }))
  return { fillRule, candlePath, engine } as const
}

export function requestOf(
  { options, history }: JobContext,
  instance: ResolvedInstance,
  name: SetName,
): BacktestRequest {
  const { settings, strategy: id, parameters, initialPosition } = instance
  if (instance.legs.length > 0) throw new JobError(2, sentence(legs.onlyBacktest))
  const { fillRule, candlePath, engine } = rulesOf(options)
  if (settings.symbol !== name.symbol.symbol) {
    const said = { id: instance.id, symbol: settings.symbol, set: formatSetName(name) }
    throw new JobError(4, sentence(m.otherSymbol, said))
  }
  const strategy = openStrategy(instance)?.strategy ?? null
  if (strategy === null) throw new JobError(3, noStrategy(id))
  if (settings.paper === null) throw new JobError(4, sentence(m.noPaper, { id: instance.id }))
  return {
    ...settings,
    limits: options['limits'] === false ? withoutStops(settings.limits) : settings.limits,
    paper: settings.paper,
    strategy,
    parameters,
    initialPosition,
    market: history.load(name),
    window: name,
    fillRule,
    candlePath,
    engine,
  }
}
