/** `perpfleet backtest` of an instance of several legs: one recorded set for each leg. */
import { resolve } from 'node:path'
import { LIMIT_OFF } from '../backtest/assumptions.ts'
import { LegsBacktest } from '../backtest/legs.ts'
import { writeLegsReport } from '../backtest/legs-folder.ts'
import { legsResultOf } from '../backtest/legs-result.ts'
import type { LegRequest, LegsRequest } from '../backtest/legs-types.ts'
import { backtestMessages } from '../cli/messages/jobs.ts'
import { legsBacktestMessages as m } from '../cli/messages/legs-backtest.ts'
import { sentence } from '../cli/speech.ts'
import { legsOf, type ResolvedInstance, type ResolvedLeg } from '../config/resolved-instance.ts'
import {
  checkWindow,
  formatSetName,
  formatWindow,
  parseSetName,
  type SetName,
  type Window,
} from '../domain/history.ts'
import { RATIO_SCALE } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { parseSymbol, venueSpelling } from '../domain/symbol.ts'
import { parseTime } from '../domain/timeframe.ts'
import type { HistoryReader } from '../ports/history.ts'
import type { AnyStrategy } from '../strategies/registry.ts'
import {
  type ExitCode,
  grouped,
  type JobContext,
  JobError,
  ProgressBar,
  printJson,
  printTable,
  textOption,
} from './job-command.ts'
import { type LegData, type Lending, loadLegs } from './legs-data.ts'
import { legsTableRows } from './legs-table.ts'
import { packageVersion } from './package-version.ts'
import { makeFolder } from './report-folder.ts'

const CANDLES_PER_TURN = 4_000

/** What `--data` named, once or several times. */
export function dataOptions({ data }: JobContext['options']): readonly string[] {
  if (Array.isArray(data)) return data.map(String)
  return typeof data === 'string' ? [data] : []
}

/** One set for each of several legs; --from and --to go over the windows in their names. @throws JobError, RangeError */
export function setsOf(options: JobContext['options']): readonly SetName[] {
  const names = dataOptions(options).map(parseSetName)
  const [from, to] = [textOption(options, 'from'), textOption(options, 'to')]
  const windows = names.map((name) => ({
    from: from === null ? name.from : parseTime(from),
    to: to === null ? name.to : parseTime(to),
  }))
  if (new Set(windows.map(formatWindow)).size > 1) throw new JobError(2, sentence(m.windows))
  return names.map((name, index) => ({ ...name, ...checkWindow(windows[index] ?? name) }))
}

/** What the command has read already. */
export interface LegsParts {
  readonly instance: ResolvedInstance
  readonly strategy: AnyStrategy
  readonly fillRule: LegsRequest['fillRule']
  readonly candlePath: NonNullable<LegsRequest['candlePath']>
  readonly isProxy: (history: HistoryReader, name: SetName) => boolean
}

export async function runLegs(context: JobContext, parts: LegsParts): Promise<ExitCode> {
  const { options, isJson, speech, history } = context
  const { instance } = parts
  const names = orderedSets(instance, setsOf(options))
  const given = textOption(options, 'report')
  const directory = given === null ? null : resolve(given)
  if (directory !== null) makeFolder(directory)
  const data = loadLegs(history, names, lendingOf(options))
  const run = new LegsBacktest(requestOfLegs(context, parts, names[0] ?? noWindow, data))
  const started = performance.now()
  await runAll(run, new ProgressBar(speech.say(backtestMessages.running), !isJson))
  const result = legsResultOf(run, {
    version: packageVersion(),
    sets: names.map(formatSetName),
    areProxies: names.map((name, index) => parts.isProxy(history, lenderOf(data, index) ?? name)),
  })
  if (directory !== null) writeLegsReport(directory, run, result)
  if (isJson) {
    printJson(result)
    return 0
  }
  printTable(['', ''], legsTableRows(result, speech))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const candles = grouped(result.counts.candles)
  const told =
    directory === null
      ? speech.say(backtestMessages.took, { candles, seconds })
      : speech.say(backtestMessages.tookReport, { candles, seconds, folder: directory })
  process.stdout.write(`${told}\n`)
  return 0
}

function lendingOf({ borrowCandles: given }: JobContext['options']): Lending {
  if (typeof given === 'string') return parseSetName(given)
  return given === true ? 'leg' : 'none'
}

const noWindow: Window = { from: null, to: null }

/** Borrowed candles are those of a spot market when the lender's are. */
function lenderOf(data: readonly LegData[], index: number): SetName | null {
  const from = data[index]?.pricesFrom ?? null
  return from === null ? null : parseSetName(from)
}

async function runAll(run: LegsBacktest, progress: ProgressBar): Promise<void> {
  const candles = run.source.instruments.reduce(
    (sum, { id }) => sum + run.source.candleCount(id),
    0,
  )
  let done = 0
  try {
    while (run.run(CANDLES_PER_TURN)) {
      done += CANDLES_PER_TURN
      progress.set(done / Math.max(1, candles))
      await new Promise((next) => setImmediate(next))
    }
  } finally {
    progress.end()
  }
}

/** In the order of the legs: a set names its leg by venue and symbol, else by its place. @throws JobError */
function orderedSets(instance: ResolvedInstance, names: readonly SetName[]): readonly SetName[] {
  const legs = legsOf(instance)
  if (names.length !== legs.length) throw setsNeeded(instance, names.length)
  const ofLeg = ({ settings }: ResolvedLeg) =>
    names.find(({ venue, symbol }) => venue === settings.venue && symbol.symbol === settings.symbol)
  const named = legs.map(ofLeg)
  const ordered = named.every((name) => name !== undefined) ? named : names
  for (const [index, { settings }] of legs.entries()) {
    const name = ordered[index]
    if (name === undefined || name.symbol.symbol === settings.symbol) continue
    const said = { id: settings.instance, symbol: settings.symbol, set: formatSetName(name) }
    throw new JobError(4, sentence(backtestMessages.otherSymbol, said))
  }
  return ordered
}

export function setsNeeded(instance: ResolvedInstance, found: number): JobError {
  const legs = legsOf(instance)
  const example = legs
    .map(({ settings: { venue, symbol } }) => `--data ${venue}/${spelt(symbol)}/15m`)
    .join(' ')
  const said = { id: instance.id, count: legs.length, found, example }
  return new JobError(2, sentence(m.setsNeeded, said))
}

const spelt = (symbol: string): string => venueSpelling(parseSymbol(symbol))

function requestOfLegs(
  { options }: JobContext,
  { instance, strategy, fillRule, candlePath }: LegsParts,
  window: Window,
  data: readonly LegData[],
): LegsRequest {
  const hasLimits = options['limits'] !== false
  const legs = legsOf(instance).flatMap((leg, index): readonly LegRequest[] => {
    const { settings, settleRate } = leg
    const { paper, capital, leverage, marginMode, limits } = settings
    const own = data[index]
    if (own === undefined) return []
    if (paper === null)
      throw new JobError(4, sentence(backtestMessages.noPaper, { id: settings.instance }))
    return [
      {
        ...own,
        capital,
        leverage,
        marginMode,
        paper,
        limits: hasLimits ? limits : withoutStops(limits),
        settleRate,
      },
    ]
  })
  return {
    instance: instance.id,
    strategy,
    parameters: instance.parameters,
    initialPosition: instance.initialPosition,
    timeZone: instance.settings.timeZone,
    window,
    fillRule,
    candlePath,
    legs,
    legsLimits: hasLimits ? instance.legsLimits : null,
  }
}

/** Nothing but the margin of the venues bounds the entries; what bounds a single order stays. */
const withoutStops = (limits: RiskLimits): RiskLimits => ({
  ...limits,
  dailyLossMax: LIMIT_OFF,
  drawdownMax: LIMIT_OFF,
  capitalUtilizationMax: RATIO_SCALE,
  consecutiveLossesMax: 0,
})
