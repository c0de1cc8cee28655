/**
 * The skipping engine: says where it may run, leaps over what is plain, and hands the rest to the stepping engine. Both
 * give the same fills, payments and figures to the last unit (test/backtest/skip-equality.test.ts).
 */
import { FillFingerprint, type StoredFingerprint } from '../../domain/fingerprint.ts'
import type { Instrument } from '../../domain/instrument.ts'
import type { MarketPrice } from '../../domain/market.ts'
import { type Money, money, mulDiv, price, quantity, RATIO_SCALE } from '../../domain/money.ts'
import type { Json } from '../../domain/strategy.ts'
import { InstanceEngine } from '../../engine/instance.ts'
import type { InstanceLedger } from '../../engine/instance-ledger.ts'
import { firstAtOrAfter, type ReplaySource } from '../../simulation/replay-source.ts'
import { type LeapableGrid, landGrid, leapableGrid } from '../../strategies/perp-grid/leap.ts'
import type { GridState } from '../../strategies/perp-grid/state.ts'
import { perpGrid } from '../../strategies/perp-grid/strategy.ts'
import type { EquityCurve } from '../equity-curve.ts'
import type { BacktestRequest, RunTotals } from '../run-types.ts'
import { type Books, bookLeap, feesOf, type LeapLog, paidIn, tellLeap } from './chronicle.ts'
import { FillLog } from './fill-log.ts'
import { GridKernel } from './grid-kernel.ts'
import { IsolatedMargin, type MarginTables, marginTables } from './isolated-margin.ts'
import type { KernelLimits } from './kernel-parts.ts'
import { type LandingPlace, landedWorld, type World } from './landing.ts'
import { type LeapTerms, type LineTables, lineTables, startNeed } from './line-tables.ts'
import {
  BLOCK,
  BLOCK_MASK,
  BLOCK_SHIFT,
  type Calendar,
  calendarOf,
  indexOf,
  localDaysOf,
  type MarketIndex,
} from './market-index.ts'
import { ScratchCurve } from './scratch-curve.ts'
import { restingIds } from './take-off.ts'
import { tripWatchOf } from './trip-watch.ts'

const FILLS_EXPECTED = 1 << 12
/** Room for the next log: runs of a sweep are alike. It decides about no figure. */
let fillsExpected = FILLS_EXPECTED

/** Why the skipping engine cannot run a request at all; null = it can. */
export function refusalOf(request: BacktestRequest, instrument: Instrument): string | null {
  const { strategy, candlePath, paper, limits, market, window } = request
  // The very strategy: another one of that name may do anything.
  if (strategy !== (perpGrid as typeof strategy))
    return 'only perp_grid says how long nothing can happen'
  if (instrument.kind !== 'linear') return 'an inverse contract is not straight in the price'
  if (candlePath === 'adverse') return 'the adverse path depends on the position'
  if (paper.latencyMs > 0) return 'orders that act later need every moment'
  if ((limits.orderRatePerS ?? null) !== null) return 'orders may have to wait for their rate'
  if ((limits.priceBandBps ?? null) !== null) return 'orders may be out of their price band'
  if (indexOf(market) === null) return 'prices are too large for its columns'
  if (calendarOf(market, window).hasFundingWithin) return 'funding is settled within candles'
  return null
}

/** Where a run is when it asks for a leap. */
export interface LeapView {
  readonly engine: InstanceEngine
  readonly curve: EquityCurve
  /** Exchange and order loop; null before anything was placed. */
  readonly world: World | null
  readonly price: MarketPrice
  readonly at: number
  readonly toldSeq: number
  readonly orderId: number
}

/** What a leap has come to, as far as it costs nothing; the rest when somebody asks. */
export interface Leap {
  readonly log: LeapLog
  readonly candles: number
  /** Cash + funding − fees, money. */
  readonly base: number
  /** At the end of it, on mark, and the signed lots held then. */
  readonly equity: number
  readonly lots: number
  readonly at: number
  readonly price: MarketPrice
  readonly isEnd: boolean
  /** Orders that were placed at the start. */
  readonly placed: number
  /** Books the fills, and lets the state of the strategy hear of them. Call it once. */
  readonly settle: () => SettledLeap
}

/** The books after a leap. */
export interface SettledLeap {
  readonly engine: InstanceEngine
  readonly before: Books
  readonly books: Books
  /** Builds exchange and order loop as they stand now. */
  readonly land: () => World
}

/** What a grid asks of its lines; `margins` is null on cross margin. */
interface KnownTables {
  readonly grid: LeapableGrid
  readonly tables: LineTables
  readonly margins: MarginTables | null
}

/** Sums of a run whose last leap is booked nowhere yet. */
export function totalsOf(ledger: InstanceLedger, leap: Leap | null): RunTotals {
  const { fillsCount: fills, cash, fees, funding } = ledger
  if (leap === null) return { fills, cash, fees, funding }
  const paid = funding + paidIn(leap.log)
  const charged = fees + feesOf(leap.log)
  const bought = leap.base - paid + charged
  return { fills: fills + leap.log.log.length, cash: bought, fees: charged, funding: paid }
}

export class Skipper {
  readonly #request: BacktestRequest
  readonly #instrument: Instrument
  readonly #source: ReplaySource
  readonly #account: string
  readonly #index: MarketIndex
  readonly #calendar: Calendar
  readonly #terms: LeapTerms
  readonly #isFull: boolean
  #tables: KnownTables | null = null

  constructor(
    request: BacktestRequest,
    instrument: Instrument,
    source: ReplaySource,
    account: string,
  ) {
    const index = indexOf(request.market)
    if (index === null) throw new RangeError('prices are too large for the skipping engine')
    this.#request = request
    this.#instrument = instrument
    this.#source = source
    this.#account = account
    this.#index = index
    this.#calendar = calendarOf(request.market, request.window)
    const { fillRule, capital, leverage, marginMode, limits, paper } = request
    this.#terms = { fillRule, capital, leverage, marginMode, limits, paper }
    this.#isFull = request.detail !== 'figures'
  }

  /** Leaps as far as nothing but plain things happen; null when the next candle is not plain. */
  leap(view: LeapView): Leap | null {
    const state = view.engine.stored().state as unknown as GridState
    const grid = leapableGrid(state)
    if (grid === null) return null
    const before = this.#booksOf(view, state, grid)
    if (before === null) return null
    const begin = firstAtOrAfter(this.#index.openAt, view.at)
    const curve = this.#isFull ? new ScratchCurve(view.curve) : view.curve
    const { tables, margins } = this.#tablesOf(grid)
    const { cost, margin: aside } = before.books
    const { leverage } = this.#terms
    const margin = margins && IsolatedMargin.from(margins, cost, aside, leverage)
    if (margins !== null && margin === null) return null
    const isStart = view.world === null
    // The account has nothing yet but its deposit.
    if (isStart && startNeed(tables, grid, this.#terms, view.price.mark) > 0) return null
    const log = new FillLog(fillsExpected)
    const fundingFrom = firstAfter(this.#calendar.fundingAt, before.fundedUntil)
    const kernel = new GridKernel({
      index: this.#index,
      calendar: this.#calendar,
      timeframeMs: this.#request.market.timeframeMs,
      grid,
      terms: this.#terms,
      tables,
      curve,
      candle: begin,
      end: this.#endOf(grid),
      base: before.books.cash + before.books.funding - before.books.fees,
      funding: fundingFrom,
      log,
      limits: this.#limitsOf(view),
      margin,
      trips: tripWatchOf(tables, grid, before.books, this.#terms.limits.consecutiveLossesMax ?? 0),
    })
    const stop = kernel.run(view.price.last)
    fillsExpected = Math.max(FILLS_EXPECTED, log.length + (log.length >> 3))
    if (kernel.candle === begin) return null
    kernel.tellPeak()
    const leapLog: LeapLog = {
      grid,
      homes: [...state.book.home],
      tables,
      index: this.#index,
      calendar: this.#calendar,
      timeframeMs: this.#request.market.timeframeMs,
      log,
      fundingFrom,
      fundingTo: kernel.fundingNext,
      paid: kernel.paid,
      from: begin,
      to: kernel.candle,
      startAt: view.at,
    }
    return this.#landed(view, state, leapLog, before.books, kernel, stop === 'end')
  }

  #landed(
    view: LeapView,
    state: GridState,
    log: LeapLog,
    before: Books,
    kernel: GridKernel,
    isEnd: boolean,
  ): Leap {
    const last = kernel.candle - 1
    const told: MarketPrice = {
      last: price(this.#index.close[last] as number),
      mark: price(this.#index.mark[last] as number),
    }
    const closedAt = kernel.timeOf(last)
    const [fundedAt, settled] = settledAfter(log, last)
    if (!this.#isFull) view.curve.note(closedAt, kernel.equity() - settled)
    const at = Math.max(closedAt, fundedAt)
    return {
      log,
      candles: kernel.candle - log.from,
      base: kernel.base,
      equity: kernel.equity(),
      lots: (log.tables.cells - kernel.empty - log.grid.homesFull) * log.grid.q,
      at,
      price: told,
      isEnd: isEnd && kernel.candle === this.#calendar.end,
      placed: view.world === null ? log.tables.cells : 0,
      settle: () => this.#settled(view, state, log, before, kernel, at, told),
    }
  }

  #settled(
    view: LeapView,
    state: GridState,
    log: LeapLog,
    before: Books,
    kernel: GridKernel,
    at: number,
    told: MarketPrice,
  ): SettledLeap {
    const books = bookLeap(log, before)
    const last = kernel.candle - 1
    const lots = (log.tables.cells - kernel.empty - log.grid.homesFull) * log.grid.q
    const held = { quantity: quantity(lots), cost: money(books.cost) }
    const { cash, fees, funding, grid, completed } = books
    const delays = view.world?.loop.state().delays
    landGrid(state, {
      empty: kernel.empty,
      cash,
      fees,
      funding,
      held,
      grid,
      completed,
      last: told.last,
      mark: told.mark,
      at,
    })
    const engine = this.#engineAt(view, log, before, books, lots, at)
    const place = (): LandingPlace => ({
      account: this.#account,
      request: this.#request,
      instrument: this.#instrument,
      source: this.#source,
      books,
      idsBefore: before.ids,
      delays: delays ?? {},
      lots,
      wants: engine.wants(),
      at,
      price: told,
      candleAt: this.#index.openAt[last] as number,
      nextAt: last + 1 < this.#calendar.end ? (this.#index.openAt[last + 1] as number) : null,
      fundedUntil: this.#calendar.fundingAt[kernel.fundingNext - 1] ?? this.#source.startAt,
      usedLots: fillsAtEnd(log, last) * log.grid.q,
      peakEquity: kernel.toldPeak,
      dayStartEquity: kernel.dayStart,
    })
    return { engine, before, books, land: () => landedWorld(place()) }
  }

  #engineAt(
    view: LeapView,
    log: LeapLog,
    before: Books,
    books: Books,
    lots: number,
    at: number,
  ): InstanceEngine {
    const stored = view.engine.stored()
    const { ledger } = stored
    const held = { position: quantity(lots), cost: money(books.cost) }
    const fingerprint = this.#fingerprintOf(log, before, ledger.fingerprint)
    const landed = {
      ...stored,
      state: stored.state as Json,
      ledger: {
        ...ledger,
        holdings: [held],
        cash: money(books.cash),
        realised: money(books.realised),
        fees: money(books.fees),
        funding: money(books.funding),
        volume: books.volume,
        fillsCount: books.fills,
      },
      lastSeq: books.toldSeq,
      lastAt: at,
      lastMarketAt: at,
    }
    const { strategy } = this.#request
    return InstanceEngine.resume(strategy, view.engine.parameters, landed, fingerprint)
  }

  /** The fingerprint with the fills of a leap, which are hashed when somebody asks for it. */
  #fingerprintOf(log: LeapLog, before: Books, stored: StoredFingerprint): FillFingerprint {
    const fingerprint = FillFingerprint.restore(stored)
    const nothing = () => undefined
    fingerprint.addLater((hash) => {
      tellLeap(log, before, {
        fill: (fill) => hash.add(this.#instrument, fill),
        payment: nothing,
        closes: nothing,
      })
    })
    return fingerprint
  }

  /** The books before the leap, and up to when funding is settled; null when the grid does not rest as it is. */
  #booksOf(view: LeapView, state: GridState, grid: LeapableGrid) {
    const { ledger } = view.engine
    const resting = restingIds(view, this.#account, this.#instrument, grid)
    if (resting === null) return null
    const trips = view.world?.loop.risk.state().trips
    const books: Books = {
      cash: ledger.cash,
      cost: ledger.cost,
      margin: resting.margin,
      realised: ledger.realised,
      fees: ledger.fees,
      funding: ledger.funding,
      volume: ledger.volume,
      fills: ledger.fillsCount,
      grid: state.book.grid,
      completed: state.book.completed,
      trip: trips?.cash ?? 0,
      losses: trips?.losses ?? 0,
      accountSeq: resting.accountSeq,
      toldSeq: view.toldSeq,
      orderId: view.world === null ? resting.orderNumber : view.orderId,
      orderNumber: resting.orderNumber,
      ids: resting.ids,
      numbers: resting.numbers,
      ranks: resting.ranks,
      rounds: 0,
      payments: 0,
    }
    return { books, fundedUntil: resting.fundedUntil ?? this.#source.startAt }
  }

  #tablesOf(grid: LeapableGrid): KnownTables {
    const known = this.#tables
    if (known !== null && isSameGrid(known.grid, grid)) return known
    const terms = this.#terms
    const tables = lineTables(grid, terms, this.#index)
    const isCross = terms.marginMode === 'cross'
    const margins = isCross ? null : marginTables(grid, terms, tables, this.#index)
    this.#tables = { grid: { ...grid, lines: [...grid.lines] }, tables, margins }
    return this.#tables
  }

  /** The first candle that a duration does not let pass. */
  #endOf({ endAt }: LeapableGrid): number {
    const { end } = this.#calendar
    if (endAt === null) return end
    return Math.min(
      end,
      firstAtOrAfter(this.#index.openAt, endAt - this.#request.market.timeframeMs),
    )
  }

  #limitsOf({ world }: LeapView): KernelLimits | null {
    const { dailyLossMax, drawdownMax } = this.#request.limits
    if (dailyLossMax <= 0 && drawdownMax <= 0) return null
    const { capital, market, timeZone } = this.#request
    const state = world?.loop.risk.state()
    const lossOf = (base: Money | number, share: number) =>
      mulDiv(base, share, RATIO_SCALE, 'floor')
    return {
      peak: state?.peakEquity ?? capital,
      dayStart: state?.dayStartEquity ?? capital,
      drop: drawdownMax > 0 ? lossOf(capital, drawdownMax) : Number.POSITIVE_INFINITY,
      dayFloor: (start) =>
        dailyLossMax > 0 ? start - lossOf(start, dailyLossMax) : Number.NEGATIVE_INFINITY,
      days: localDaysOf(market, this.#calendar, timeZone),
    }
  }
}

/** When a payment was last settled after a candle (0 = none was), and what was settled after it in all. */
function settledAfter({ calendar, paid, fundingFrom, fundingTo }: LeapLog, last: number) {
  let [at, settled] = [0, 0]
  for (let i = fundingTo - 1; i >= fundingFrom && calendar.fundingAfter[i] === last; i -= 1) {
    const amount = paid[i] as number
    if (amount !== 0) at = Math.max(at, calendar.fundingAt[i] as number)
    settled += amount
  }
  return [at, settled] as const
}

function isSameGrid(a: LeapableGrid, b: LeapableGrid): boolean {
  return (
    a.q === b.q &&
    a.homesFull === b.homesFull &&
    a.stopLoss === b.stopLoss &&
    a.takeProfit === b.takeProfit &&
    a.lines.length === b.lines.length &&
    a.lines.every((line, i) => line === b.lines[i])
  )
}

function firstAfter(column: Float64Array, value: number): number {
  return firstAtOrAfter(column, value + 1)
}

function fillsAtEnd({ log }: LeapLog, candle: number): number {
  let count = 0
  while (count < log.length && log.candles[log.length - 1 - count] === candle) count += 1
  return count
}

/** Candles of a leap that close within the lines, which stay what they are meanwhile; by whole blocks where they fit. */
export function closesWithin({ index, grid, from, to }: LeapLog): number {
  const lowest = grid.lines[0] as number
  const highest = grid.lines[grid.lines.length - 1] as number
  const { close, blockLow, blockHigh } = index
  let count = 0
  let i = from
  while (i < to) {
    const block = i >> BLOCK_SHIFT
    if ((i & BLOCK_MASK) === 0 && i + BLOCK <= to) {
      const isInside =
        (blockLow[block] as number) >= lowest && (blockHigh[block] as number) <= highest
      const isOutside =
        (blockHigh[block] as number) < lowest || (blockLow[block] as number) > highest
      if (isInside) count += BLOCK
      if (isInside || isOutside) {
        i += BLOCK
        continue
      }
    }
    const at = close[i] as number
    if (at >= lowest && at <= highest) count += 1
    i += 1
  }
  return count
}
