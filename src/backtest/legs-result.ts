/** The outcome of a backtest on several legs as plain data: money and quantities as decimal text, times as ISO 8601. */
import { formatLots } from '../domain/instrument.ts'
import { formatDecimal, formatMoney, type Money, money, RATIO_SCALE } from '../domain/money.ts'
import { worthAt } from '../domain/settle-rate.ts'
import type { Statistics } from '../domain/statistic/statistics.ts'
import type { Json } from '../domain/strategy.ts'
import { formatTime, formatTimeframe } from '../domain/timeframe.ts'
import type { LedgerReport } from '../engine/instance-ledger.ts'
import type { Leg } from './leg.ts'
import { yearOnMargin } from './leg-exposure.ts'
import type { LegsBacktest } from './legs.ts'
import { legsAssumptions } from './legs-assumptions.ts'
import { slippageOf, statisticsOfLegs } from './legs-figures.ts'
import type { LegsCounts } from './legs-types.ts'
import { type OpportunityRow, opportunityRows } from './opportunities.ts'
import { type ToldQuality, toldQuality } from './told-quality.ts'

/** What a run does not know of itself. */
export interface LegsFacts {
  /** Of the program that ran. */
  readonly version: string | null
  /** In the order of the legs. */
  readonly sets: readonly string[]
  /** Candles of a spot market stand in for those of the contract, in the order of the legs. */
  readonly areProxies: readonly boolean[]
}

/** One leg; money in its own settlement currency. */
export interface LegResult {
  readonly name: string
  readonly set: string
  readonly instrument: string
  readonly venue: string
  readonly timeframe: string
  /** The set whose candles stood in for its own; null = its own. */
  readonly pricesFrom: string | null
  readonly isProxy: boolean
  readonly settle: string
  /** Worth of one unit of it in the currency of the first leg. */
  readonly settleRate: string
  readonly capital: string
  readonly leverage: number
  readonly maker: number
  readonly taker: number
  readonly slippageRate: number
  readonly latencyMs: number
  /** Signed base held at the end. */
  readonly position: string
  /** Minus the signed value of all fills. */
  readonly cash: string
  readonly realised: string
  readonly unrealised: string
  readonly funding: string
  readonly fees: string
  readonly total: string
  /** Fills against the last price when their orders were sent; positive = worse. Part of the prices, not subtracted again. */
  readonly slippage: string
  readonly turnover: string
  readonly counts: LegsCounts
  readonly worstMarginRatio: number | null
  readonly firstLiquidationAt: string | null
  readonly rejections: Readonly<Record<string, number>>
  readonly restriction: { readonly mode: string; readonly code: string } | null
  /** The books of its account at the exchange beside those of its legs: `difference` must be 0. */
  readonly account: {
    readonly name: string
    readonly equity: string
    readonly insurance: string
    readonly difference: string
  }
  readonly dataQuality: ToldQuality
}

export interface LegsResult {
  readonly version: string | null
  readonly instance: string
  readonly strategy: string
  readonly parameters: unknown
  /** Those of all legs. */
  readonly set: string
  readonly startAt: string
  readonly endAt: string
  readonly end: { readonly kind: 'data' | 'finish'; readonly reason: string }
  /** SHA-256 of all fills of all legs in their order. */
  readonly fingerprint: string
  /** Currency of the totals: that of the first leg. */
  readonly settle: string
  readonly ledger: LedgerReport
  /** total ÷ capital. */
  readonly returnOnCapital: number
  readonly margin: {
    /** Time-weighted over the time with a position, and the most; initial margin of all legs. */
    readonly average: string
    readonly most: string
    /** total ÷ average margin ÷ years held (365 days); null when less than a day was held. */
    readonly annualReturn: number | null
    readonly heldDays: number
  }
  readonly netDelta: {
    /** Signed base at the end. */
    readonly atEnd: string
    /** The largest that lasted; base. */
    readonly most: string
    /** Base · s. */
    readonly deltaTime: number
    readonly openSeconds: number
    readonly longestSeconds: number
  }
  readonly legs: readonly LegResult[]
  readonly counts: LegsCounts
  readonly slippage: string
  readonly opportunities: readonly OpportunityRow[]
  readonly drawdown: { readonly amount: string; readonly shareOfPeak: number }
  /** Trips are opportunities, funding included; buyAndHold is N/A. */
  readonly statistics: Statistics
  readonly keptBack: {
    readonly atStart: Readonly<Record<string, number>>
    readonly atEnd: Readonly<Record<string, number>>
  }
  readonly limitsReached: readonly {
    readonly at: string
    readonly leg: string
    readonly code: string
  }[]
  readonly isIndicative: boolean
  readonly caveat: string | null
  readonly notes: readonly { readonly at: string; readonly level: string; readonly text: string }[]
  /** What the strategy itself reports at the end. */
  readonly report: Json
  readonly assumptions: Readonly<Record<string, string>>
}

/** Puts the outcome of a run that is over together. */
export function legsResultOf(run: LegsBacktest, facts: LegsFacts): LegsResult {
  const { request, engine, end, equity, capital } = run
  const ledger = engine.ledger.report(run.prices)
  const total = engine.ledger.equity(run.prices) - capital
  const { caveat } = request.strategy
  const time = <T extends { readonly at: number }>(one: T) => ({ ...one, at: formatTime(one.at) })
  return {
    version: facts.version,
    instance: request.instance,
    strategy: request.strategy.id,
    parameters: request.parameters,
    set: facts.sets.join(' + '),
    startAt: formatTime(run.source.commonSpan.startAt),
    endAt: formatTime(endOf(run)),
    end: { kind: end?.kind ?? 'data', reason: end?.reason ?? 'interrupted' },
    fingerprint: ledger.fingerprint,
    settle: run.legs[0]?.instrument.settle ?? '',
    ledger,
    returnOnCapital: capital > 0 ? total / capital : 0,
    margin: marginUsed(run, total),
    netDelta: netDelta(run),
    legs: run.legs.map((leg) => legResult(run, leg, facts)),
    counts: run.counts,
    slippage: formatMoney(slippageInAll(run)),
    opportunities: opportunityRows(run),
    drawdown: {
      amount: formatMoney(equity.drawdown.amount),
      shareOfPeak: equity.steepestShare,
    },
    statistics: statisticsOfLegs(run),
    keptBack: { atStart: run.keptBackAtStart, atEnd: run.keptBack },
    limitsReached: run.breaches.map(time),
    isIndicative: caveat !== undefined,
    caveat: caveat ?? null,
    notes: run.notes.map(time),
    report: engine.report(run.prices).strategy,
    assumptions: legsAssumptions(run, facts.areProxies),
  }
}

const endOf = (run: LegsBacktest): number => run.end?.at ?? run.exchange.at

function marginUsed(run: LegsBacktest, total: number): LegsResult['margin'] {
  const { marginTime, marginMax, heldMs } = run.exposure.until(endOf(run))
  return {
    average: formatMoney(money(heldMs > 0 ? Math.round(marginTime / heldMs) : 0)),
    most: formatMoney(money(marginMax)),
    annualReturn: yearOnMargin(total, marginTime, heldMs),
    heldDays: heldMs / 86_400_000,
  }
}

function netDelta(run: LegsBacktest): LegsResult['netDelta'] {
  const sums = run.exposure.until(endOf(run))
  return {
    atEnd: formatDecimal(sums.delta, sums.decimals),
    most: formatDecimal(sums.deltaMax, sums.decimals),
    deltaTime: sums.deltaTime,
    openSeconds: sums.openMs / 1000,
    longestSeconds: sums.openMsMax / 1000,
  }
}

function slippageInAll(run: LegsBacktest): Money {
  const { ledger } = run.engine
  const own = (leg: Leg) => worthAt(slippageOf(run, leg), ledger.settleRate(leg.index))
  return money(run.legs.reduce((sum, leg) => sum + own(leg), 0))
}

function legResult(run: LegsBacktest, leg: Leg, facts: LegsFacts): LegResult {
  const { ledger } = run.engine
  const { index, instrument, request, loop, watch, counts } = leg
  const { paper, settleRate, capital, leverage, market, pricesFrom = null } = request
  const books = ledger.legAmounts(index)
  const { mode, latch } = loop.risk
  return {
    name: leg.name,
    set: facts.sets[index] ?? instrument.id,
    instrument: instrument.id,
    venue: instrument.venue,
    timeframe: formatTimeframe(market.timeframeMs),
    pricesFrom,
    isProxy: facts.areProxies[index] ?? false,
    settle: instrument.settle,
    settleRate: formatDecimal(settleRate, 8),
    capital: formatMoney(capital),
    leverage,
    maker: paper.maker / RATIO_SCALE,
    taker: paper.taker / RATIO_SCALE,
    slippageRate: paper.slippage / RATIO_SCALE,
    latencyMs: paper.latencyMs,
    position: formatLots(instrument, ledger.holding(index).position),
    cash: formatMoney(books.cash),
    realised: formatMoney(books.realised),
    unrealised: formatMoney(leg.unrealised(ledger)),
    funding: formatMoney(books.funding),
    fees: formatMoney(books.fees),
    total: formatMoney(leg.profit(ledger)),
    slippage: formatMoney(slippageOf(run, leg)),
    turnover: (books.volume / 1e8).toFixed(2),
    counts: { ...counts },
    worstMarginRatio: watch.worstMarginRatio,
    firstLiquidationAt: leg.firstLiquidationAt === null ? null : formatTime(leg.firstLiquidationAt),
    rejections: Object.fromEntries([...leg.rejections].sort(([, a], [, b]) => b - a)),
    restriction: latch === null ? null : { mode, code: latch },
    account: accountBooks(run, leg),
    dataQuality: toldQuality(market, run.request.window, run.source.commonSpan),
  }
}

const accountBooks = (run: LegsBacktest, { account }: Leg): LegResult['account'] => ({
  name: account,
  equity: formatMoney(run.exchange.balance(account).equity),
  insurance: formatMoney(money(run.insurance.get(account) ?? 0)),
  difference: formatMoney(run.differenceOf(account)),
})
