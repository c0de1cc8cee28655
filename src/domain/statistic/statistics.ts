/**
 * The statistics of a run, from sums that can be kept while it goes on (no list of candles or trades is needed).
 * Money in and out: in is 1e-8 of the settlement currency, out is the settlement currency. Floats: nothing decides on them.
 * Formulas and their sources stand at each figure and in docs/concepts/statistics.md; null = N/A, never a made-up number.
 */
import {
  calmarOf,
  drawdownsOf,
  returnsOf,
  sharpeOf,
  sortinoOf,
  tailLossOf,
  volatilityOf,
  yearlyGrowth,
} from './daily-returns.ts'
import type { TradeSums } from './trade-sums.ts'

/** Ratios of days need so many days between the first and the last moment. */
export const DAYS_MIN = 14
/** Ratios of trades need so many closed round trips. */
export const TRADES_MIN = 10
/** The twentieth part of fewer days is none. */
export const TAIL_DAYS_MIN = 20

/** What a grid adds; null for strategies without lines. */
export interface GridSums {
  /** Completed grids: cells that were bought and sold. */
  readonly completed: number
  /** What the completed grids earned before fees; 1e-8. */
  readonly profit: number
  /** Share of candles that close between the lowest and the highest line, 0 to 1; null when there was no grid. */
  readonly timeInRange: number | null
}

/** Everything that the statistics are made of; money in 1e-8 of the settlement currency. */
export interface StatisticsInput {
  /** Market time of the first and the last moment, ms. */
  readonly startAt: number
  readonly endAt: number
  readonly capital: number
  /** Equity on mark: the start, the first moment at or after each 00:00 UTC, the end; funding and unrealised profit included. */
  readonly dailyEquity: readonly number[]
  /** The two largest falls at candle closes, the start included: they need not be the same fall. */
  readonly drawdown: {
    /** Largest share of a peak, 0 to 1 and more. */
    readonly share: number
    readonly amount: number
  }
  /** Closed round trips; kept by TradeSums. */
  readonly trades: Readonly<TradeSums>
  /** Paid; negative when rebates prevail. */
  readonly fees: number
  /** Received; negative when paid. */
  readonly funding: number
  /** Sum of the notional of all fills. */
  readonly turnover: number
  /** Market time with a position, ms. */
  readonly exposedMs: number
  /** Largest notional held after a fill, at its price. */
  readonly notionalMax: number
  /** Largest share of the margin that had to stay, at candle closes (1 = liquidated); null = no candle closed with a position. */
  readonly marginRatioMax: number | null
  readonly liquidations: number
  readonly fills: number
  /** Last price at the start and at the end, in one unit. */
  readonly firstPrice: number
  readonly lastPrice: number
  readonly grid: GridSums | null
}

/** The statistics of a run; null = N/A. Shares are 0 to 1 (0.1 = 10 %), money is in the settlement currency. */
export interface Statistics {
  /** Days between the first and the last moment. */
  readonly days: number
  readonly finalEquity: number
  /** finalEquity − capital. */
  readonly profit: number
  /** profit ÷ capital; not annualised. */
  readonly totalReturn: number | null
  /** Return of the price itself over the same time, as if the capital had bought at the start (1x, no fees). */
  readonly buyAndHold: number | null
  /** (end ÷ start)^(365 ÷ days) − 1 over calendar days. N/A below 14 days or when equity was lost. */
  readonly cagr: number | null
  /** Standard deviation (N − 1) of daily returns · √365. */
  readonly volatility: number | null
  /** mean(r) ÷ std(r, N − 1) · √365, risk-free rate 0 (Sharpe, 1994). */
  readonly sharpe: number | null
  /** mean(r) ÷ √(Σ min(r, 0)² ÷ N) · √365 (Sortino & Price, 1994; all N days count). */
  readonly sortino: number | null
  /** cagr ÷ maxDrawdown (Young, 1991, over the whole run). */
  readonly calmar: number | null
  /** Best and worst return from one daily sample to the next. */
  readonly bestDay: number | null
  readonly worstDay: number | null
  /** Loss of a day that was not passed on 95 of 100 days, as a share; below 0 = a gain. N/A below 20 days. */
  readonly valueAtRisk95: number | null
  /** Average loss of the worst twentieth of the days. N/A below 20 days. */
  readonly conditionalValueAtRisk95: number | null
  /** Largest fall at candle closes, share of its peak, positive; the capital at the start is the first peak. */
  readonly maxDrawdown: number
  /** Largest fall in money, positive; need not be the same fall. */
  readonly maxDrawdownAmount: number
  /** Longest time below a peak, days, by daily samples; still open at the end counts. */
  readonly maxDrawdownDays: number | null
  /** Average depth of the falls of the daily samples, share of the peak. */
  readonly averageDrawdown: number | null
  /** Average time from a peak until it is reached again, days; the last one until the end. */
  readonly averageDrawdownDays: number | null
  /** profit ÷ maxDrawdownAmount. */
  readonly recoveryFactor: number | null
  /** Closed round trips; executions that one order closes are one. */
  readonly trades: number
  readonly wins: number
  readonly losses: number
  /** wins ÷ trades; a trade of exactly 0 is neither a win nor a loss, but counts. N/A below 10 trades, and for grids as all ratios of trades. */
  readonly winRate: number | null
  /** Σ wins ÷ |Σ losses| in money, after fees. N/A below 10 trades or without a loss (∞). */
  readonly profitFactor: number | null
  /** Average result of a trade after fees, money. N/A below 10 trades. */
  readonly expectancy: number | null
  /** expectancy ÷ average loss: R is the average loss (Tharp, when the initial risk is not stated). */
  readonly expectancyR: number | null
  /** √min(n, 100) · mean ÷ std(N − 1) of the results: Van Tharp's system quality number with his cap. */
  readonly sqn: number | null
  /** winRate − (1 − winRate) ÷ (average win ÷ average loss): Kelly (1956) for two outcomes. */
  readonly kelly: number | null
  readonly averageWin: number | null
  /** Positive. */
  readonly averageLoss: number | null
  readonly bestTrade: number | null
  readonly worstTrade: number | null
  readonly averageTradeHours: number | null
  readonly longestTradeHours: number | null
  /** Longest row of winning and of losing trades, in the order of their closing; N/A for grids. */
  readonly consecutiveWins: number | null
  readonly consecutiveLosses: number | null
  readonly fills: number
  /** Sum of the notional of all fills, money. */
  readonly turnover: number
  /** Share of the time with a position. */
  readonly exposure: number | null
  /** Largest notional held after a fill, at its price; money. */
  readonly notionalMax: number
  readonly feesTotal: number
  /** Fees ÷ profit before fees. N/A when that was not above 0. */
  readonly feeShare: number | null
  /** Positive = received. */
  readonly fundingTotal: number
  /** (Maintenance margin + fee of closing) ÷ (margin + unrealised), the largest at candle closes; 1 = liquidated. */
  readonly worstMarginRatio: number | null
  readonly liquidations: number
  /** Grids only. */
  readonly timeInRange: number | null
  readonly completedGrids: number | null
  /** What the completed grids earned, before fees. */
  readonly gridProfit: number | null
  /** (gridProfit − feesTotal) ÷ capital · 365 ÷ days: simple interest as the venues show it, all fees taken off. N/A below 14 days. */
  readonly gridApr: number | null
}

/** Keys of the statistics that are a number for some run: what a search may aim at. */
export type StatisticName = keyof Statistics

const UNITS = 1e8
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const YEAR_DAYS = 365

/** All statistics of a run. Same input, same output to the last bit. */
export function statisticsOf(input: StatisticsInput): Statistics {
  const days = (input.endAt - input.startAt) / DAY_MS
  const finalEquity = input.dailyEquity.at(-1) ?? input.capital
  const profit = finalEquity - input.capital
  return {
    days,
    finalEquity: finalEquity / UNITS,
    profit: profit / UNITS,
    totalReturn: quotient(profit, input.capital),
    buyAndHold: input.firstPrice > 0 ? input.lastPrice / input.firstPrice - 1 : null,
    ...dayFigures(input, days),
    maxDrawdown: input.drawdown.share,
    maxDrawdownAmount: input.drawdown.amount / UNITS,
    ...fallFigures(input.dailyEquity),
    recoveryFactor: quotient(profit, input.drawdown.amount),
    ...tradeFigures(input),
    fills: input.fills,
    turnover: input.turnover / UNITS,
    exposure: quotient(input.exposedMs, input.endAt - input.startAt),
    notionalMax: input.notionalMax / UNITS,
    feesTotal: input.fees / UNITS,
    feeShare: quotient(input.fees, profit + input.fees),
    fundingTotal: input.funding / UNITS,
    worstMarginRatio: input.marginRatioMax,
    liquidations: input.liquidations,
    ...gridFigures(input, days),
  }
}

/** Null instead of a division by 0 or by a loss. */
const quotient = (a: number, b: number): number | null => (b > 0 ? a / b : null)

type DayFigures = Pick<
  Statistics,
  | 'cagr'
  | 'volatility'
  | 'sharpe'
  | 'sortino'
  | 'calmar'
  | 'bestDay'
  | 'worstDay'
  | 'valueAtRisk95'
  | 'conditionalValueAtRisk95'
>

const noDayFigures: DayFigures = {
  cagr: null,
  volatility: null,
  sharpe: null,
  sortino: null,
  calmar: null,
  bestDay: null,
  worstDay: null,
  valueAtRisk95: null,
  conditionalValueAtRisk95: null,
}

function dayFigures({ dailyEquity: values, drawdown }: StatisticsInput, days: number): DayFigures {
  if (values.length < 2 || values.some((value) => value <= 0)) return noDayFigures
  const returns = returnsOf(values)
  const bestDay = returns.reduce((best, one) => Math.max(best, one))
  const worstDay = returns.reduce((worst, one) => Math.min(worst, one))
  if (days < DAYS_MIN) return { ...noDayFigures, bestDay, worstDay }
  const cagr = yearlyGrowth(values[0] ?? 0, values.at(-1) ?? 0, days)
  const tail = returns.length < TAIL_DAYS_MIN ? null : tailLossOf(returns)
  return {
    cagr,
    volatility: volatilityOf(returns),
    sharpe: sharpeOf(returns),
    sortino: sortinoOf(returns),
    calmar: calmarOf(cagr, drawdown.share),
    bestDay,
    worstDay,
    valueAtRisk95: tail?.valueAtRisk ?? null,
    conditionalValueAtRisk95: tail?.expectedShortfall ?? null,
  }
}

function fallFigures(
  values: readonly number[],
): Pick<Statistics, 'maxDrawdownDays' | 'averageDrawdown' | 'averageDrawdownDays'> {
  const falls = drawdownsOf(values)
  if (falls.length === 0)
    return { maxDrawdownDays: null, averageDrawdown: null, averageDrawdownDays: null }
  const sum = (of: 'share' | 'days') => falls.reduce((all, fall) => all + fall[of], 0)
  return {
    maxDrawdownDays: falls.reduce((most, { days }) => Math.max(most, days), 0),
    averageDrawdown: sum('share') / falls.length,
    averageDrawdownDays: sum('days') / falls.length,
  }
}

type TradeFigures = Pick<
  Statistics,
  | 'trades'
  | 'wins'
  | 'losses'
  | 'winRate'
  | 'profitFactor'
  | 'expectancy'
  | 'expectancyR'
  | 'sqn'
  | 'kelly'
  | 'averageWin'
  | 'averageLoss'
  | 'bestTrade'
  | 'worstTrade'
  | 'averageTradeHours'
  | 'longestTradeHours'
  | 'consecutiveWins'
  | 'consecutiveLosses'
>

function tradeFigures({ trades: sums, grid }: StatisticsInput): TradeFigures {
  const { count, wins, losses } = sums
  const isSome = count > 0
  const isGrid = grid !== null
  return {
    trades: count,
    wins,
    losses,
    ...(isGrid || count < TRADES_MIN ? noTradeRatios : tradeRatios(sums)),
    averageWin: wins > 0 ? sums.won / wins / UNITS : null,
    averageLoss: losses > 0 ? sums.lost / losses / UNITS : null,
    bestTrade: isSome ? sums.best / UNITS : null,
    worstTrade: isSome ? sums.worst / UNITS : null,
    averageTradeHours: isSome ? sums.heldMs / count / HOUR_MS : null,
    longestTradeHours: isSome ? sums.heldMsMax / HOUR_MS : null,
    consecutiveWins: isGrid ? null : sums.winsInARowMax,
    consecutiveLosses: isGrid ? null : sums.lossesInARowMax,
  }
}

/** Tharp's cap: more trades than this do not make a system better. */
const SQN_TRADES_MAX = 100

type TradeRatios = Pick<
  Statistics,
  'winRate' | 'profitFactor' | 'expectancy' | 'expectancyR' | 'sqn' | 'kelly'
>

/** A grid wins nearly every cell by its construction and carries the loss as inventory: its cells rate nothing. */
const noTradeRatios: TradeRatios = {
  winRate: null,
  profitFactor: null,
  expectancy: null,
  expectancyR: null,
  sqn: null,
  kelly: null,
}

function tradeRatios(sums: Readonly<TradeSums>): TradeRatios {
  const { count, wins, losses, won, lost, spread } = sums
  const mean = (won - lost) / count
  const winRate = wins / count
  const payoff = wins > 0 && losses > 0 ? won / wins / (lost / losses) : null
  return {
    winRate,
    profitFactor: quotient(won, lost),
    expectancy: mean / UNITS,
    expectancyR: losses > 0 ? mean / (lost / losses) : null,
    sqn: spread === null ? null : (Math.sqrt(Math.min(count, SQN_TRADES_MAX)) * mean) / spread,
    kelly: payoff === null ? null : winRate - (1 - winRate) / payoff,
  }
}

function gridFigures(
  { grid, capital, fees }: StatisticsInput,
  days: number,
): Pick<Statistics, 'timeInRange' | 'completedGrids' | 'gridProfit' | 'gridApr'> {
  if (grid === null)
    return { timeInRange: null, completedGrids: null, gridProfit: null, gridApr: null }
  const { completed, profit, timeInRange } = grid
  const isLong = days >= DAYS_MIN && capital > 0
  return {
    timeInRange,
    completedGrids: completed,
    gridProfit: profit / UNITS,
    gridApr: isLong ? (((profit - fees) / capital) * YEAR_DAYS) / days : null,
  }
}
