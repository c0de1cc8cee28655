/**
 * A year of a grid of 100 intervals by the skipping engine, against bench/reference/grid.c: a plain loop over the candles
 * in doubles that does the same work, compiled here with gcc -O3 -march=native. Both sides in turns, the best time of
 * each counts; fills, cash, fees, funding and both falls must agree to 1e-6. Without gcc there is nothing to compare with.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backtest, type BacktestRequest } from '../src/backtest/run.ts'
import { calendarOf } from '../src/backtest/skip/market-index.ts'
import type { RecordedMarket } from '../src/domain/history.ts'
import { money, ratio } from '../src/domain/money.ts'
import type { AnyStrategy } from '../src/engine/instance.ts'
import type { GridState } from '../src/strategies/perp-grid/state.ts'
import { perpGrid } from '../src/strategies/perp-grid/strategy.ts'
import { type Row, shownRatio, shownTime } from './measure.ts'
import { loadBenchMarket } from './real-market.ts'

const TURNS = 20
const REPETITIONS = 15
const WHOLE = { from: null, to: null }
const SCENARIOS = [
  { mode: 'geometric', lower: 15_000, upper: 50_000, target: 0.6 },
  { mode: 'arithmetic', lower: 38_000, upper: 50_000, target: 0.6 },
  { mode: 'arithmetic', lower: 19_000, upper: 21_000, target: 0.8 },
] as const
/** The first price of the year for which the scenarios were written: another market is asked for the same shares of its own. */
const FIRST_PRICE = 46_216.93
const QUANTITY = 0.1
const BALANCE = 1_000_000

type Figures = readonly [
  fills: number,
  cash: number,
  fees: number,
  funding: number,
  fall: number,
  share: number,
]
const NAMES = ['fills', 'cash', 'fees', 'funding', 'drawdown', 'drawdown ÷ peak']

function requestOf(market: RecordedMarket, scenario: (typeof SCENARIOS)[number]): BacktestRequest {
  const scale = 10 ** market.instrument.priceDecimals
  const first = (market.candles.open[0] ?? 1) / scale
  const at = (bound: number) =>
    (Math.round((first / FIRST_PRICE) * bound * scale) / scale).toFixed(
      market.instrument.priceDecimals,
    )
  const capital = money(BALANCE * 1e8)
  return {
    instance: 'bench',
    strategy: perpGrid as AnyStrategy,
    parameters: {
      grid_type: 'neutral',
      grid_mode: scenario.mode,
      grid_lower_price: at(scenario.lower),
      grid_upper_price: at(scenario.upper),
      grid_intervals: 100,
      order_quantity: String(QUANTITY),
    },
    market,
    window: WHOLE,
    fillRule: 'through',
    capital,
    leverage: 5,
    marginMode: 'cross',
    initialPosition: 'open',
    limits: {
      positionSizeMax: 1e8,
      positionNotionalMax: null,
      dailyLossMax: 0,
      drawdownMax: 0,
      capitalUtilizationMax: 1e8,
      onBreach: 'reduce_only',
    },
    timeZone: 'UTC',
    paper: {
      initialBalance: capital,
      maker: ratio(20_000),
      taker: ratio(50_000),
      slippage: ratio(0),
      latencyMs: 0,
      volumeShare: ratio(1e8),
    },
    detail: 'figures',
  }
}

/** One whole run: start, checks, a year, and its figures. */
function runOnce(request: BacktestRequest): Figures {
  const backtest = new Backtest(request)
  while (backtest.run(Number.MAX_SAFE_INTEGER));
  const { fills, cash, fees, funding } = backtest.totals
  if (backtest.ran.name !== 'skipping')
    throw new Error(`the bench has stepped: ${backtest.ran.reason}`)
  const { deepestFall, steepestShare } = backtest.equity
  return [fills, cash / 1e8, fees / 1e8, funding / 1e8, deepestFall / 1e8, steepestShare]
}

/** The input of the reference; the order is that in which it reads. */
function inputOf(request: BacktestRequest): Buffer {
  const { market, paper } = request
  const { candles, instrument } = market
  const scale = 10 ** instrument.priceDecimals
  const calendar = calendarOf(market, WHOLE)
  const fresh = new Backtest({ ...request, engine: 'stepping' })
  const { lines } = (fresh.engine.stored().state as unknown as GridState).book
  const { marginTiers: tiers } = instrument
  const head = [
    candles.openAt.length,
    calendar.fundingAt.length,
    lines.length,
    tiers.length,
    QUANTITY,
    (candles.open[0] ?? 0) / scale,
    BALANCE,
    paper.maker / 1e8,
    paper.taker / 1e8,
    1 / scale,
    0,
  ]
  const scaled = (column: ArrayLike<number>, by: number) =>
    Float64Array.from(column, (one) => one / by)
  const columns = [
    Float64Array.from(head),
    ...[candles.open, candles.high, candles.low, candles.close].map((one) => scaled(one, scale)),
    Float64Array.from(calendar.fundingAfter),
    scaled(calendar.fundingRate, 1e8),
    scaled(lines, scale),
    ...(['notionalFloor', 'maintenanceRate', 'maintenanceAmount'] as const).map((key) =>
      Float64Array.from(tiers, (tier) => tier[key] / 1e8),
    ),
  ]
  return Buffer.concat(columns.map(({ buffer }) => Buffer.from(buffer)))
}

/** The compiled reference; null without gcc. */
function compiled(directory: string): string | null {
  const program = join(directory, 'grid')
  const source = join(import.meta.dirname, 'reference', 'grid.c')
  const { status } = spawnSync('gcc', ['-O3', '-march=native', '-o', program, source, '-lm'])
  return status === 0 ? program : null
}

interface Measured {
  readonly ms: number
  readonly figures: readonly number[]
}

function referenceOnce(program: string, input: string): Measured {
  const [times = '', figures = ''] = execFileSync(program, [input, String(REPETITIONS)])
    .toString()
    .split('\n')
  return {
    ms: Math.min(...times.trim().split(' ').map(Number)),
    figures: figures.trim().split(' ').map(Number),
  }
}

function ownOnce(request: BacktestRequest): Measured {
  let ms = Number.POSITIVE_INFINITY
  let figures: Figures = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < REPETITIONS; i += 1) {
    const started = performance.now()
    figures = runOnce(request)
    ms = Math.min(ms, performance.now() - started)
  }
  return { ms, figures }
}

function compare(own: readonly number[], reference: readonly number[], name: string): void {
  for (const [i, what] of NAMES.entries()) {
    const [a, b] = [own[i] ?? Number.NaN, reference[i] ?? Number.NaN]
    if (!(Math.abs(a - b) <= 1e-6)) {
      throw new Error(
        `${name}: the skipping engine and the reference do not agree: ${what} ${a} and ${b}`,
      )
    }
  }
}

function measure(
  market: RecordedMarket,
  scenario: (typeof SCENARIOS)[number],
  program: string | null,
  input: string,
): Row {
  const request = requestOf(market, scenario)
  const { grid_lower_price: lower, grid_upper_price: upper } = request.parameters as Record<
    string,
    string
  >
  const name = `a year of a grid, 100 intervals ${scenario.mode} ${lower} to ${upper}`
  if (program !== null) writeFileSync(input, inputOf(request))
  let [own, reference] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let figures: readonly number[] = []
  for (let turn = 0; turn < TURNS; turn += 1) {
    const one = ownOnce(request)
    own = Math.min(own, one.ms)
    figures = one.figures
    if (program === null) continue
    const other = referenceOnce(program, input)
    compare(figures, other.figures, name)
    reference = Math.min(reference, other.ms)
  }
  const said = NAMES.map((what, i) => `${what} ${Number((figures[i] ?? 0).toFixed(6))}`).join(', ')
  const isCompared = program !== null
  return {
    what: `${name} (vs bench/reference/grid.c, gcc -O3 -march=native)`,
    measured: shownTime(own * 1e6),
    reference: isCompared
      ? shownTime(reference * 1e6)
      : 'gcc is not installed: nothing to compare with',
    ratio: isCompared ? shownRatio(own / reference) : '–',
    note: `target ≤ ${scenario.target}; ${isCompared ? 'both' : 'own'}: ${said}`,
  }
}

/** The same as instance files have it by default: isolated margin, and a limit of losing round trips. */
function measureDefaults(market: RecordedMarket, scenario: (typeof SCENARIOS)[number]): Row {
  const { limits, ...request } = requestOf(market, scenario)
  const defaults = {
    ...request,
    leverage: 1,
    marginMode: 'isolated',
    limits: { ...limits, consecutiveLossesMax: 5 },
  } as const
  const cross = { ...request, limits, leverage: 1 }
  let [own, reference] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let turn = 0; turn < TURNS; turn += 1) {
    own = Math.min(own, ownOnce(defaults).ms)
    reference = Math.min(reference, ownOnce(cross).ms)
  }
  return {
    what: `the same of ${scenario.lower} to ${scenario.upper}, isolated margin, 5 losses in a row at most (vs cross margin, no such limit)`,
    measured: shownTime(own * 1e6),
    reference: shownTime(reference * 1e6),
    ratio: shownRatio(own / reference),
    note: 'both by the skipping engine, leverage 1',
  }
}

export async function benchGrid(): Promise<readonly Row[]> {
  const { market } = await loadBenchMarket()
  const directory = mkdtempSync(join(tmpdir(), 'perpfleet-bench-grid-'))
  try {
    const program = compiled(directory)
    const input = join(directory, 'input')
    // All scenarios once before any is measured: what the compiler learns of one must hold for all.
    for (const scenario of SCENARIOS) ownOnce(requestOf(market, scenario))
    const compared = SCENARIOS.map((scenario) => measure(market, scenario, program, input))
    return [...compared, ...SCENARIOS.map((scenario) => measureDefaults(market, scenario))]
  } finally {
    rmSync(directory, { recursive: true })
  }
}
