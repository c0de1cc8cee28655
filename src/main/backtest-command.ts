/** `perpfleet backtest`: one instance file on one recorded set, by the engine that trades. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { writeReport } from '../backtest/report-folder.ts'
import { type BacktestResult, resultOf, shownMoney } from '../backtest/result.ts'
import { Backtest, type BacktestRequest } from '../backtest/run.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { jobHelp as help, backtestMessages as m } from '../cli/messages/jobs.ts'
import { lifecycleMessages } from '../cli/messages/lifecycle.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { displayPath } from '../config/files.ts'
import { faultsText, loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { readInstanceFile } from '../config/instance-file.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { shippedStrategies } from '../config/strategy-catalogue.ts'
import { checkWindow, formatSetName, parseSetName, type SetName } from '../domain/history.ts'
import { parseTime } from '../domain/timeframe.ts'
import { strategyById } from '../strategies/registry.ts'
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

export function registerBacktest(program: Command, speech: Speech): void {
  const { say } = speech
  const collect = (value: string, before: readonly string[]) => [...before, value]
  program
    .command('backtest')
    .description(say(help.backtest))
    .requiredOption('--config <file>', say(help.config))
    .requiredOption('--data <set>', say(help.set))
    .option('--from <time>', say(help.from))
    .option('--to <time>', say(help.to))
    .option('--set <key=value>', say(help.change), collect, [])
    .option('--fill-rule <rule>', say(help.fillRule), 'through')
    .option('--report <directory>', say(help.report))
    .option('--json', say(commonMessages.json))
    .action(jobAction(speech, runBacktest))
}

async function runBacktest(context: JobContext): Promise<ExitCode> {
  const { options, isJson, speech } = context
  const name = setOf(options)
  const instance = loadInstance(context)
  const request = requestOf(context, instance, name)
  const started = performance.now()
  const backtest = new Backtest(request)
  await runAll(backtest, new ProgressBar(speech.say(m.running), !isJson))
  const result = resultOf(backtest, formatSetName(name))
  const directory = textOption(options, 'report')
  if (directory !== null) writeReport(resolve(directory), backtest, result)
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
      : speech.say(m.tookReport, { candles, seconds, folder: resolve(directory) })
  process.stdout.write(`${told}\n`)
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
    throw new JobError(3, sentence(lifecycleMessages.noInstanceFile, { file: given }))
  const sets = options['set']
  const overrides = (Array.isArray(sets) ? sets : []).map((text) => parseOverride(String(text)))
  const fleet = loadFleetConfiguration({ home, fleetConfig: textOption(options, 'fleetConfig') })
  const loaded = withOverrides(path, overrides, (copy) =>
    readInstanceFile({
      path: copy,
      file: displayPath(path, home),
      fleet: fleet.configuration,
      environment: fleet.environment,
      strategies: shippedStrategies,
      instanceId: null,
    }),
  )
  const faults = [...fleet.faults, ...loaded.faults]
  // A faulty file is a failure, what --set makes faulty is wrong usage.
  if (loaded.instance === null || faults.length > 0)
    throw new JobError(overrides.length > 0 ? 2 : 1, faultsText(faults))
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
    throw new JobError(2, sentence(m.noRule, { found: fillRule ?? commonMessages.absent }))
  }
  if (settings.symbol !== name.symbol.symbol) {
    const said = { id: instance.id, symbol: settings.symbol, set: formatSetName(name) }
    throw new JobError(4, sentence(m.otherSymbol, said))
  }
  const strategy = strategyById(id)
  if (strategy === null) throw new JobError(3, sentence(m.noStrategy, { id }))
  if (settings.paper === null) throw new JobError(4, sentence(m.noPaper, { id: instance.id }))
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

type Row = readonly [name: string, value: string]

function tableRows(backtest: Backtest, result: BacktestResult, speech: Speech): readonly Row[] {
  const { ledger, counts, drawdown } = result
  const { settle, base } = backtest.instrument
  const { say } = speech
  const money = (text: string) => `${shownMoney(Number(text) * 1e8)} ${settle}`
  const percent = (share: number) => (share * 100).toFixed(2)
  return [
    [
      say(m.instance),
      say(m.onSet, { id: result.instance, strategy: result.strategy, set: result.set }),
    ],
    [say(m.time), spanText(result, speech)],
    [
      say(m.total),
      say(m.ofCapital, {
        amount: money(ledger.total),
        percent: percent(result.returnOnCapital),
        capital: money(ledger.capital),
      }),
    ],
    [say(m.realised), money(ledger.realised)],
    [say(m.unrealised), money(ledger.unrealised)],
    [say(m.funding), money(ledger.funding)],
    [say(m.fees), money(String(-Number(ledger.fees)))],
    [say(m.position), `${result.position} ${base}`],
    [
      say(m.fills),
      say(m.fillKinds, {
        fills: grouped(counts.fills),
        maker: grouped(counts.makerFills),
        taker: grouped(counts.takerFills),
      }),
    ],
    [say(m.payments), grouped(counts.fundingPayments)],
    [
      say(m.drawdown),
      say(m.share, { amount: money(drawdown.amount), percent: percent(drawdown.shareOfCapital) }),
    ],
    [say(m.liquidations), liquidationText(result, speech)],
    ...gridRows(result, money, speech),
    ...result.limitsReached.map(
      ({ at, code }): Row => [say(m.limit), say(m.limitAt, { code, time: at })],
    ),
    [say(m.rule), speech.relay(result.assumptions['fillRule'] ?? '')],
    [say(m.mark), speech.relay(result.assumptions['markSource'] ?? '')],
    [say(m.fingerprint), result.fingerprint],
  ]
}

function spanText({ startAt, endAt, end }: BacktestResult, { say, relay }: Speech): string {
  const [from, to] = [startAt.slice(0, 16), endAt.slice(0, 16)]
  return say(m.span, { from, to, reason: relay(end.reason) })
}

function liquidationText({ counts, firstLiquidationAt: time }: BacktestResult, { say }: Speech) {
  return time === null ? '0' : say(m.firstAt, { count: counts.liquidations, time })
}

function gridRows(
  result: BacktestResult,
  money: (text: string) => string,
  { say, relay }: Speech,
): readonly Row[] {
  const { report, timeInRange } = result
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return []
  const record = report as Readonly<Record<string, unknown>>
  if (typeof record['completed_cells'] !== 'number') return []
  const percent = timeInRange === null ? null : (timeInRange * 100).toFixed(1)
  return [
    [say(m.grid), relay(String(record['lines']))],
    [say(m.cells), grouped(record['completed_cells'])],
    [say(m.gridProfit), money(String(record['grid_profit']))],
    [say(m.inventory), money(String(record['inventory']))],
    [say(m.entry), money(String(record['entry_adjustment']))],
    [say(m.closed), money(String(record['closed']))],
    ...(percent === null ? [] : [[say(m.inRange), say(m.ofCandles, { percent })] as const]),
  ]
}
