/** The outcome of a backtest as plain data: money and quantities as decimal text, times as ISO 8601. */
import { formatLots } from '../domain/instrument.ts'
import { formatMoney, type Money, money } from '../domain/money.ts'
import type { Statistics } from '../domain/statistic/statistics.ts'
import type { Json } from '../domain/strategy.ts'
import { formatTime, formatTimeframe } from '../domain/timeframe.ts'
import type { LedgerReport } from '../engine/instance-ledger.ts'
import { assumptionsOf } from './assumptions.ts'
import { countReasons } from './kept-back.ts'
import type { Backtest, BacktestCounts, EngineRan } from './run.ts'
import { statisticsOfRun } from './statistics.ts'
import { type ToldQuality, toldQuality } from './told-quality.ts'

/** What a run does not know of itself. */
export interface RunFacts {
  /** Of the program that ran. */
  readonly version: string | null
  /** Candles of a spot market stand in for those of the contract. */
  readonly isProxy: boolean
}

const noFacts: RunFacts = { version: null, isProxy: false }

export interface BacktestResult {
  readonly version: string | null
  readonly instance: string
  readonly strategy: string
  readonly parameters: unknown
  readonly set: string
  readonly instrument: string
  readonly timeframe: string
  readonly startAt: string
  readonly endAt: string
  readonly end: { readonly kind: 'data' | 'finish'; readonly reason: string }
  /** SHA-256 of all fills (docs/concepts/backtest.md); a lockstep replay of the same gives the same. */
  readonly fingerprint: string
  readonly ledger: LedgerReport
  /** total ÷ capital. */
  readonly returnOnCapital: number
  /** Signed base held at the end. */
  readonly position: string
  readonly counts: BacktestCounts & { readonly takerFills: number }
  readonly drawdown: {
    readonly amount: string
    readonly shareOfPeak: number
    readonly shareOfCapital: number
    readonly peakAt: string
    readonly troughAt: string
  }
  /** Formulas: docs/concepts/statistics.md; null = N/A. */
  readonly statistics: Statistics
  /** What the recorded candles of the window lack. */
  readonly dataQuality: ToldQuality
  readonly engine: EngineRan
  /** null: nothing in the run is left to chance. */
  readonly seed: number | null
  readonly isProxy: boolean
  readonly isIndicative: boolean
  /** What a test on candles or its figures cannot tell of this strategy; present when it is indicative. */
  readonly caveat: string | null
  /** Share of candles that close within the lines of the grid; null for strategies without lines. */
  readonly timeInRange: number | null
  /** The books of the exchange beside those of the instance: `difference` must be 0. */
  readonly exchange: {
    readonly equity: string
    readonly insurance: string
    readonly difference: string
  }
  readonly firstLiquidationAt: string | null
  /** Orders that the exchange refused, by its reason; they add up to counts.ordersRejected. */
  readonly rejections: Readonly<Record<string, number>>
  /** Orders that were wanted and kept back, by reason: at the start and at the end (reasons: docs/reference/reasons.md). */
  readonly keptBack: {
    readonly atStart: Readonly<Record<string, number>>
    readonly atEnd: Readonly<Record<string, number>>
  }
  /** What a limit has left of the run at its end, e.g. `reduce only since 2025-05-09: limit_drawdown`; null when nothing. */
  readonly restriction: {
    readonly mode: string
    readonly since: string
    readonly code: string
  } | null
  readonly limitsReached: readonly { readonly at: string; readonly code: string }[]
  readonly notes: readonly { readonly at: string; readonly level: string; readonly text: string }[]
  /** What the strategy itself reports at the end, e.g. completed cells and the split of the profit of a grid. */
  readonly report: Json
  readonly assumptions: Readonly<Record<string, string>>
}

/** Puts the outcome of a run that is over together. */
export function resultOf(backtest: Backtest, set: string, facts = noFacts): BacktestResult {
  const { request, engine, instrument, equity, end, source } = backtest
  const ledger = engine.ledger.report([backtest.price])
  const { drawdown } = equity
  const total = engine.ledger.equity([backtest.price]) - request.capital
  return {
    version: facts.version,
    instance: request.instance,
    strategy: request.strategy.id,
    parameters: request.parameters,
    set,
    instrument: instrument.id,
    timeframe: formatTimeframe(request.market.timeframeMs),
    startAt: formatTime(source.startAt),
    endAt: formatTime(end?.at ?? backtest.exchange.at),
    end: { kind: end?.kind ?? 'data', reason: end?.reason ?? 'interrupted' },
    fingerprint: ledger.fingerprint,
    ledger,
    returnOnCapital: request.capital > 0 ? total / request.capital : 0,
    position: formatLots(instrument, engine.ledger.position),
    counts: countsOf(backtest),
    drawdown: {
      amount: formatMoney(drawdown.amount),
      shareOfPeak: drawdown.shareOfPeak,
      shareOfCapital: drawdown.shareOfCapital,
      peakAt: formatTime(drawdown.peakAt),
      troughAt: formatTime(drawdown.troughAt),
    },
    statistics: statisticsOfRun(backtest),
    dataQuality: toldQuality(request.market, request.window, source),
    engine: backtest.ran,
    seed: null,
    isProxy: facts.isProxy,
    isIndicative: request.strategy.caveat !== undefined,
    caveat: request.strategy.caveat ?? null,
    timeInRange: backtest.timeInRange.share,
    exchange: exchangeBooks(backtest),
    firstLiquidationAt:
      backtest.firstLiquidationAt === null ? null : formatTime(backtest.firstLiquidationAt),
    rejections: Object.fromEntries([...backtest.rejections].sort(([, a], [, b]) => b - a)),
    keptBack: { atStart: backtest.keptBackAtStart, atEnd: countReasons(backtest.loop.reasons()) },
    restriction: restrictionOf(backtest),
    limitsReached: backtest.breaches.map(({ at, code }) => ({ at: formatTime(at), code })),
    notes: backtest.notes.map(({ at, level, text }) => ({ at: formatTime(at), level, text })),
    report: engine.report([backtest.price]).strategy,
    assumptions: assumptionsOf(backtest, facts.isProxy),
  }
}

function countsOf({ counts }: Backtest): BacktestResult['counts'] {
  return { ...counts, takerFills: counts.fills - counts.makerFills }
}

/** Equity at the venue = deposit − capital + equity of the instance + insurance; what is left over is an error. */
function exchangeBooks(backtest: Backtest): BacktestResult['exchange'] {
  const { exchange, engine, insurance, request } = backtest
  const equity = exchange.balance(backtest.account).equity
  const own = engine.ledger.equity([backtest.price])
  const expected = request.paper.initialBalance - request.capital + own + insurance
  return {
    equity: formatMoney(equity),
    insurance: formatMoney(insurance),
    difference: formatMoney(money(equity - expected)),
  }
}

/** The latched limit at the end, and since when. */
function restrictionOf({ loop, breaches }: Backtest): BacktestResult['restriction'] {
  const { mode, latch } = loop.risk
  if (latch === null) return null
  const since = breaches.findLast(({ code }) => code === latch)
  return since === undefined ? null : { mode, since: formatTime(since.at), code: latch }
}

/** Money for people: two decimals, thousands grouped. */
export const shownMoney = (value: Money | number): string =>
  (value / 1e8).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
