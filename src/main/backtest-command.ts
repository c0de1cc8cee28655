/** `perpfleet backtest`: one instance file on one recorded set, by the engine that trades. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { writeReport } from '../backtest/report-folder.ts'
import { type BacktestResult, resultOf, shownMoney } from '../backtest/result.ts'
import { Backtest, type BacktestRequest } from '../backtest/run.ts'
import { displayPath } from '../config/files.ts'
import { faultsText, loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { readInstanceFile } from '../config/instance-file.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { checkWindow, formatSetName, parseSetName, type SetName } from '../domain/history.ts'
import { parseTime } from '../domain/timeframe.ts'
import { strategies, strategyById } from '../strategies/registry.ts'
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

const CANDLES_PER_TURN = 2_000

export function registerBacktest(program: Command): void {
  const collect = (value: string, before: readonly string[]) => [...before, value]
  program
    .command('backtest')
    .description('run an instance file on recorded data (docs/concepts/backtest.md)')
    .requiredOption('--config <file>', 'an instance file')
    .requiredOption('--data <set>', 'venue/symbol/timeframe[@from..to]')
    .option('--from <time>', 'begin here instead (ISO, UTC)')
    .option('--to <time>', 'end before this instead (ISO, UTC)')
    .option('--set <key=value>', 'change a key of the file for this run (repeatable)', collect, [])
    .option('--fill-rule <rule>', 'through (passes the price) or touch (reaches it)', 'through')
    .option('--report <directory>', 'write result.json, fills.csv, equity.csv and report.html')
    .option('--json', 'print JSON')
    .action(jobAction(runBacktest))
}

async function runBacktest(context: JobContext): Promise<ExitCode> {
  const { options, isJson } = context
  const name = setOf(options)
  const instance = loadInstance(context)
  const request = requestOf(context, instance, name)
  const started = performance.now()
  const backtest = new Backtest(request)
  await runAll(backtest, new ProgressBar('backtest', !isJson))
  const result = resultOf(backtest, formatSetName(name))
  const directory = textOption(options, 'report')
  if (directory !== null) writeReport(resolve(directory), backtest, result)
  if (isJson) {
    printJson(result)
    return 0
  }
  printTable(['', ''], tableRows(backtest, result))
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(
    `${grouped(result.counts.candles)} candles in ${seconds.toFixed(1)} s${directory === null ? '' : `, report in ${resolve(directory)}`}\n`,
  )
  return 0
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

/** --from and --to go over the window in the name of the set. */
function setOf(options: JobContext['options']): SetName {
  const name = parseSetName(textOption(options, 'data') ?? '')
  const [from, to] = [textOption(options, 'from'), textOption(options, 'to')]
  const window = {
    from: from === null ? name.from : parseTime(from),
    to: to === null ? name.to : parseTime(to),
  }
  return { ...name, ...checkWindow(window) }
}

function loadInstance({ home, options }: JobContext): ResolvedInstance {
  const given = textOption(options, 'config') ?? ''
  const path = resolve(given)
  if (!existsSync(path))
    throw new JobError(3, `there is no file ${given}: name an instance file with --config`)
  const sets = options['set']
  const overrides = (Array.isArray(sets) ? sets : []).map((text) => parseOverride(String(text)))
  const fleet = loadFleetConfiguration({ home, fleetConfig: textOption(options, 'fleetConfig') })
  const loaded = withOverrides(path, overrides, (copy) =>
    readInstanceFile({
      path: copy,
      file: displayPath(path, home),
      fleet: fleet.configuration,
      environment: fleet.environment,
      strategies: {
        ids: strategies.map(({ id }) => id),
        parametersOf: (id) => strategyById(id)?.parameters ?? null,
      },
      instanceId: null,
    }),
  )
  const faults = [...fleet.faults, ...loaded.faults]
  if (loaded.instance === null || faults.length > 0) throw new JobError(2, faultsText(faults))
  return { ...loaded.instance, file: path }
}

function requestOf(
  { options, history }: JobContext,
  instance: ResolvedInstance,
  name: SetName,
): BacktestRequest {
  const { settings, strategy: id, parameters, initialPosition } = instance
  const fillRule = textOption(options, 'fillRule')
  if (fillRule !== 'through' && fillRule !== 'touch') {
    throw new JobError(2, `--fill-rule must be through or touch, found ${fillRule ?? 'nothing'}`)
  }
  if (settings.symbol !== name.symbol.symbol) {
    throw new JobError(
      4,
      `${instance.id} trades ${settings.symbol}, which is not in the set ${formatSetName(name)}: name a set of ${settings.symbol} with --data`,
    )
  }
  const strategy = strategyById(id)
  if (strategy === null) throw new JobError(3, `there is no strategy ${id}`)
  if (settings.paper === null)
    throw new JobError(4, `${instance.id} has no exchange_config.paper to trade with`)
  return {
    ...settings,
    paper: settings.paper,
    strategy,
    parameters,
    initialPosition,
    market: history.load(name),
    window: name,
    fillRule,
  }
}

function tableRows(backtest: Backtest, result: BacktestResult): readonly (readonly string[])[] {
  const { ledger, counts, drawdown } = result
  const { settle, base } = backtest.instrument
  const money = (text: string) => `${shownMoney(Number(text) * 1e8)} ${settle}`
  const rows: (readonly string[])[] = [
    ['instance', `${result.instance} (${result.strategy}) on ${result.set}`],
    [
      'market time',
      `${result.startAt.slice(0, 16)} … ${result.endAt.slice(0, 16)} UTC, ended: ${result.end.reason}`,
    ],
    [
      'total profit',
      `${money(ledger.total)} (${(result.returnOnCapital * 100).toFixed(2)} % of ${money(ledger.capital)})`,
    ],
    ['  realised', money(ledger.realised)],
    ['  unrealised on mark', money(ledger.unrealised)],
    ['  funding', money(ledger.funding)],
    ['  fees', money(String(-Number(ledger.fees)))],
    ['position', `${result.position} ${base}`],
    [
      'fills',
      `${grouped(counts.fills)} (${grouped(counts.makerFills)} maker, ${grouped(counts.takerFills)} taker)`,
    ],
    ['funding payments', grouped(counts.fundingPayments)],
    [
      'largest drawdown',
      `${money(drawdown.amount)} (${(drawdown.shareOfCapital * 100).toFixed(2)} % of capital)`,
    ],
    [
      'liquidations',
      result.firstLiquidationAt === null
        ? '0'
        : `${counts.liquidations}, first at ${result.firstLiquidationAt}`,
    ],
    ...gridRows(result, money),
    ...result.limitsReached.map(({ at, code }) => ['limit reached', `${code} at ${at}`]),
    ['fill rule', result.assumptions['fillRule'] ?? ''],
    ['mark', result.assumptions['markSource'] ?? ''],
    ['fingerprint', result.fingerprint],
  ]
  return rows
}

function gridRows(
  result: BacktestResult,
  money: (text: string) => string,
): readonly (readonly string[])[] {
  const { report, timeInRange } = result
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return []
  const record = report as Readonly<Record<string, unknown>>
  if (typeof record['completed_cells'] !== 'number') return []
  const rows: (readonly string[])[] = [
    ['grid', String(record['lines'])],
    ['completed cells', grouped(record['completed_cells'])],
    ['  grid profit', money(String(record['grid_profit']))],
    ['  inventory', money(String(record['inventory']))],
    ['  entry adjustment', money(String(record['entry_adjustment']))],
    ['  closed', money(String(record['closed']))],
  ]
  if (timeInRange !== null)
    rows.push(['time in range', `${(timeInRange * 100).toFixed(1)} % of the candles`])
  return rows
}
