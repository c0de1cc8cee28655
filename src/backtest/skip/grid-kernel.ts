/**
 * The inner loop of the skipping engine: a leapable grid on the columns of a market. Leaps from one candle that leaves
 * the band of its two nearest lines to the next; folds the closes in between into peak and falls by blocks, exactly.
 * Stops in front of everything that is more than fills at lines, funding and the passing of days: that candle belongs to
 * the stepping engine. Rules: docs/concepts/backtest.md, "Two ways through the same market".
 */
import type { Column } from '../../domain/history.ts'
import { fundingPayment } from '../../domain/position/funding.ts'
import { type Money, type Price, quantity, RATIO_SCALE, type Ratio } from '../../domain/money.ts'
import type { LeapableGrid } from '../../strategies/perp-grid/leap.ts'
import {
  exitsOf,
  type LeapTerms,
  type LineTables,
  NO_LEVEL_DOWN,
  NO_LEVEL_UP,
} from './line-tables.ts'
import { BLOCK_MASK, BLOCK_SHIFT, type Calendar, type MarketIndex } from './market-index.ts'

/** Who hears of what the figures of a run need; closes that neither raise the peak nor deepen a fall are not told. */
export interface KernelCurve {
  readonly peak: number
  readonly deepestFall: number
  readonly steepestShare: number
  /** @param equity at the close of a candle that ends at a time */
  note(at: number, equity: number): void
  day(at: number, equity: number): void
}

/** Loss limits of the order loop: they count from the highest equity and from that of the morning. */
export interface KernelLimits {
  /** Highest equity that was told, and that at which the day began. */
  readonly peak: number
  readonly dayStart: number
  /** Allowed fall from the peak, money; Infinity = any. */
  readonly drop: number
  /** The equity below which the loss of a day that began with so much is too large; −Infinity = any is allowed. */
  readonly dayFloor: (dayStart: number) => number
  /** Candles that are the first to close on a day (see localDaysOf). */
  readonly days: Int32Array
}

export interface KernelParts {
  readonly index: MarketIndex
  readonly calendar: Calendar
  readonly timeframeMs: number
  readonly grid: LeapableGrid
  readonly terms: LeapTerms
  readonly tables: LineTables
  readonly curve: KernelCurve
  /** Where it begins: candle, empty line, cash + funding − fees, and the next settlement. */
  readonly candle: number
  /** The first candle that it must not touch. */
  readonly end: number
  readonly base: number
  readonly funding: number
  readonly log: FillLog
  /** null = no loss is limited. */
  readonly limits: KernelLimits | null
}

/** Fills as numbers, in their order: the candle, and line · 8 + move · 2 + 1 for a sell; move 0 is the opening gap. */
export class FillLog {
  candles = new Int32Array(1 << 14)
  codes = new Int32Array(1 << 14)
  length = 0

  /** Makes room for so many more. */
  grow(more: number): void {
    const size = 2 * (this.codes.length + more)
    this.candles = grown(this.candles, size)
    this.codes = grown(this.codes, size)
  }
}

function grown(column: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size)
  larger.set(column)
  return larger
}

/** Up to which price, beyond the highest line or the present one, the rates of margin are looked up. */
const TOP_FACTOR = 1.5

/** Why the kernel has stopped. */
export type KernelStop = 'end' | 'exception'

export class GridKernel {
  /** The next candle. */
  candle: number
  /** The empty line. */
  empty: number
  /** Cash + funding − fees of the run. */
  base: number
  /** The next settlement of the calendar, and what was settled so far, by its place there. */
  fundingNext: number
  readonly paid: Float64Array
  readonly #parts: KernelParts
  readonly #log: FillLog
  #dayNext: number
  /** Highest equity that was told and that of the morning; meaningful while losses are limited. */
  toldPeak = 0
  dayStart = 0
  /** An equity below which a limit is reached. */
  #limitFloor = Number.NEGATIVE_INFINITY
  #localNext = 0
  /** `toldPeak` before the fills of the last candle that had any. */
  #toldBefore = 0
  /** Highest equity at a close; where it may be, and what it was made of. */
  #peak: number
  #peakFrom = -1
  #peakBase = 0
  #peakUnit = 0
  /** A close below this deepens a fall; a block that falls by more than this does. */
  #floor = 0
  #fallMax = 0
  /** Last prices at or beyond which the candle is not plain. */
  #exitDown: number = NO_LEVEL_DOWN
  #exitUp: number = NO_LEVEL_UP
  readonly #constDown: number
  readonly #constUp: number
  #isTight = false
  readonly #capital: number
  readonly #blocks: Pick<MarketIndex, 'markMin' | 'markMax' | 'fall' | 'rise'>
  /** What limits the fills of a candle: volume · share − slack, which is rounded down elsewhere. */
  readonly #hot: {
    readonly log: FillLog
    readonly volume: Column
    readonly share: number
    readonly slack: number
    /** Open, first and second extreme, close of a candle. */
    readonly path: Int32Array
  }
  /** Fills that one candle can bring at most. */
  readonly #roomNeeded: number

  constructor(parts: KernelParts) {
    const { grid, index, calendar, curve } = parts
    this.#parts = parts
    this.#log = parts.log
    this.candle = parts.candle
    this.empty = grid.empty
    this.base = parts.base
    this.fundingNext = parts.funding
    this.paid = new Float64Array(calendar.fundingAt.length)
    this.#dayNext = firstNotBefore(calendar.days, parts.candle)
    this.#peak = curve.peak
    this.#capital = parts.terms.capital
    this.#blocks = index
    const share = parts.terms.paper.volumeShare / RATIO_SCALE
    this.#hot = { log: parts.log, volume: index.volume, share, slack: share === 1 ? 0 : 1, path: new Int32Array(4) }
    this.#roomNeeded = 4 * parts.tables.cells + 4
    this.#constDown = Math.max(
      grid.lastBelow ?? NO_LEVEL_DOWN,
      grid.markBelow === null ? NO_LEVEL_DOWN : grid.markBelow - index.basisMin,
    )
    this.#constUp = Math.min(
      grid.lastAbove ?? NO_LEVEL_UP,
      grid.markAbove === null ? NO_LEVEL_UP : grid.markAbove - index.basisMax,
    )
    this.#exitDown = this.#constDown
    this.#exitUp = this.#constUp
    const { limits } = parts
    if (limits !== null) {
      this.toldPeak = limits.peak
      this.dayStart = limits.dayStart
      this.#localNext = limits.days.findIndex((day) => (day < 0 ? ~day : day) >= parts.candle)
      if (this.#localNext < 0) this.#localNext = limits.days.length
      this.#refreshLimit()
    }
    this.#refreshFloor()
  }

  /** Goes on to the end or to the first candle that is not plain. */
  run(last: number): KernelStop {
    const { calendar, end, limits } = this.#parts
    const isBetween = this.#isBetweenLines(last)
    if (!isBetween) return 'exception'
    if (last <= this.#constDown || last >= this.#constUp) return 'exception'
    if (!this.#settles(last)) return 'exception'
    while (this.candle < end) {
      const funding = calendar.fundingAfter[this.fundingNext] ?? end
      const day = calendar.days[this.#dayNext] ?? end
      const local = limits === null ? end : (limits.days[this.#localNext] ?? end)
      if (~local === this.candle) return 'exception'
      const until = Math.min(end, funding + 1, day + 1, local < 0 ? ~local : local + 1)
      if (!this.#stretch(until)) return 'exception'
      if (day < this.candle) this.#newDay()
      if (local >= 0 && local < this.candle) this.#newLocalDay()
      while ((calendar.fundingAfter[this.fundingNext] ?? end) < this.candle)
        if (!this.#settleFunding()) return 'exception'
    }
    return 'end'
  }

  /**
   * Whether every order of the grid would be accepted at a price: only its start places them all at once.
   * @param last within the lines, or one cell beyond them at the most
   */
  mayStart(last: number): boolean {
    const { tables, grid } = this.#parts
    const { cells } = tables
    const lowest = 2 * (grid.lines[0] as number) - (grid.lines[1] as number)
    const highest = 2 * (grid.lines[cells] as number) - (grid.lines[cells - 1] as number)
    const isKnown = last > lowest && last < highest
    return isKnown && this.base >= (tables.orderNeed[this.empty] as number)
  }

  #isBetweenLines(last: number): boolean {
    const { down, up } = this.#parts.tables
    return last > (down[this.empty] as number) && last < (up[this.empty] as number)
  }

  /** Whether the present state is plain at a price; refreshes the exits. */
  #settles(last: number): boolean {
    const { tables } = this.#parts
    const isPlain =
      this.base >= (tables.need[this.empty] as number) &&
      this.base <= (tables.cap[this.empty] as number)
    if (isPlain) {
      if (this.#isTight) this.#loosen()
      return true
    }
    return this.#tighten(last, last, this.empty, this.base)
  }

  #loosen(): void {
    this.#isTight = false
    this.#exitDown = this.#constDown
    this.#exitUp = this.#constUp
  }

  /** Looks up where the position dies, stops or takes its profit. @returns whether that lies outside low … high */
  #tighten(low: number, high: number, empty: number, base: number): boolean {
    const { tables, grid, terms, index } = this.#parts
    const top = TOP_FACTOR * Math.max(grid.lines[tables.cells] as number, high + index.basisMax)
    const exits = exitsOf(tables, grid, terms, empty, base, top)
    this.#isTight = true
    this.#exitDown = Math.max(this.#constDown, exits.below - index.basisMin)
    // The rates of margin hold up to the price for which they were looked up.
    const isHeld = (tables.unit[empty] as number) !== 0
    const known = isHeld ? Math.floor(top) - index.basisMax : NO_LEVEL_UP
    this.#exitUp = Math.min(this.#constUp, exits.above - index.basisMax, known)
    return low > this.#exitDown && high < this.#exitUp
  }

  /**
   * Goes through candles up to one. Everything is in locals here: this is where the time goes.
   * @returns false in front of a candle that is not plain
   */
  #stretch(until: number): boolean {
    const { open, high, low, close, mark, blockLow, blockHigh } = this.#parts.index
    const { down: downs, up: ups, unit: units, buy, sell, need, cap } = this.#parts.tables
    const { log, volume, share, slack, path } = this.#hot
    const { q } = this.#parts.grid
    const capital = this.#capital
    const isWatched = this.#parts.limits !== null
    let { empty, candle } = this
    let base = this.base
    let down = Math.max(downs[empty] as number, this.#exitDown)
    let up = Math.min(ups[empty] as number, this.#exitUp)
    while (candle < until) {
      const block = candle >> BLOCK_SHIFT
      if (
        (candle & BLOCK_MASK) === 0 &&
        (blockLow[block] as number) > down &&
        (blockHigh[block] as number) < up
      ) {
        this.empty = empty
        this.base = base
        candle = this.#leapBlocks(candle, until, down, up)
        if (candle >= until) break
      }
      const stop = Math.min(until, ((candle >> BLOCK_SHIFT) + 1) << BLOCK_SHIFT)
      let isQuiet = this.#isQuiet(candle >> BLOCK_SHIFT, units[empty] as number, capital + base)
      while (candle < stop) {
        if (isQuiet) {
          while (candle < stop && (low[candle] as number) > down && (high[candle] as number) < up)
            candle += 1
          if (candle === stop) break
        }
        const lowest = low[candle] as number
        const highest = high[candle] as number
        if (lowest <= down || highest >= up) {
          this.empty = empty
          this.base = base
          if (lowest <= this.#exitDown || highest >= this.#exitUp) return this.#stopAt(candle)
          const first = log.length
          if (first + this.#roomNeeded > log.codes.length) log.grow(this.#roomNeeded)
          const { candles, codes } = log
          const opened = open[candle] as number
          const closed = close[candle] as number
          // A choice by bits: half of the candles rise, and a branch that nobody can foresee costs more than the fill.
          const other = (lowest ^ highest) & ((opened - closed) >> 31)
          path[0] = opened
          path[1] = highest ^ other
          path[2] = lowest ^ other
          path[3] = closed
          let length = first
          let isDoubtful = this.#isTight
          for (let move = 0; move < 4; move += 1) {
            const to = path[move] as number
            while (to <= (downs[empty] as number)) {
              empty -= 1
              base += buy[empty] as number
              candles[length] = candle
              codes[length] = (empty << 3) | (move << 1)
              length += 1
              if (base < (need[empty] as number) || base > (cap[empty] as number)) isDoubtful = true
            }
            while (to >= (ups[empty] as number)) {
              empty += 1
              base += sell[empty] as number
              candles[length] = candle
              codes[length] = (empty << 3) | (move << 1) | 1
              length += 1
              if (base < (need[empty] as number) || base > (cap[empty] as number)) isDoubtful = true
            }
          }
          const fills = length - first
          if (fills * q > (volume[candle] as number) * share - slack) return this.#stopAt(candle)
          if (isDoubtful && !this.#accepts(candle, fills, empty, base)) return this.#stopAt(candle)
          if (isWatched && !this.#watch(candle, fills)) return this.#stopAt(candle)
          log.length = length
          down = Math.max(downs[empty] as number, this.#exitDown)
          up = Math.min(ups[empty] as number, this.#exitUp)
          isQuiet = this.#isQuiet(candle >> BLOCK_SHIFT, units[empty] as number, capital + base)
        }
        if (!isQuiet) {
          const unit = units[empty] as number
          const equity = capital + base + unit * (mark[candle] as number)
          if (equity > this.#peak) this.#raise(candle, equity, base, unit)
          else if (equity < this.#floor && !this.#deepen(candle, equity)) {
            if (log.candles[log.length - 1] === candle) this.#takeBack(candle)
            else {
              this.empty = empty
              this.base = base
            }
            return this.#stopAt(candle)
          }
        }
        candle += 1
      }
    }
    this.candle = candle
    this.empty = empty
    this.base = base
    return true
  }

  /** Whether no close of a block can raise the peak or deepen a fall while nothing fills. */
  #isQuiet(block: number, unit: number, wealth: number): boolean {
    const { markMin, markMax, fall, rise } = this.#blocks
    const low = wealth + unit * (markMin[block] as number)
    const high = wealth + unit * (markMax[block] as number)
    return unit >= 0
      ? low >= this.#floor && high <= this.#peak && unit * (fall[block] as number) <= this.#fallMax
      : high >= this.#floor && low <= this.#peak && -unit * (rise[block] as number) <= this.#fallMax
  }

  /** In front of a candle, as if it had not been looked at. */
  #stopAt(candle: number): false {
    this.candle = candle
    return false
  }

  /** Passes whole blocks that stay in the band and change neither peak (but by their best close) nor falls. */
  #leapBlocks(from: number, until: number, down: number, up: number): number {
    const { blockLow, blockHigh, markMin, markMax, fall, rise } = this.#parts.index
    const unit = this.#parts.tables.unit[this.empty] as number
    const base = this.#capital + this.base
    const isLong = unit >= 0
    const worst = isLong ? markMin : markMax
    const best = isLong ? markMax : markMin
    const loss = isLong ? fall : rise
    const size = Math.abs(unit)
    let peak = this.#peak
    let floor = this.#floor
    let fallMax = this.#fallMax
    let block = from >> BLOCK_SHIFT
    const last = until >> BLOCK_SHIFT
    for (; block < last; block += 1) {
      if ((blockLow[block] as number) <= down || (blockHigh[block] as number) >= up) break
      if (base + unit * (worst[block] as number) < floor) break
      if (size * (loss[block] as number) > fallMax) break
      const most = base + unit * (best[block] as number)
      if (most > peak) {
        this.#raise(block << BLOCK_SHIFT, most, base - this.#capital, unit)
        peak = most
        floor = this.#floor
        fallMax = this.#fallMax
      }
    }
    return block << BLOCK_SHIFT
  }

  /** A higher peak, at a candle or in the block that begins with it. */
  #raise(candle: number, equity: number, base: number, unit: number): void {
    this.#peak = equity
    this.#peakFrom = candle
    this.#peakBase = this.#capital + base
    this.#peakUnit = unit
    this.#refreshFloor()
  }

  /** A close that deepens a fall: the curve hears of its peak first. @returns false when it reaches a limit */
  #deepen(candle: number, equity: number): boolean {
    if (equity < this.#limitFloor) return false
    this.tellPeak()
    this.#parts.curve.note(this.timeOf(candle), equity)
    this.#refreshFloor()
    return true
  }

  #refreshFloor(): void {
    const { curve, limits } = this.#parts
    // A share is a rounded quotient: one unit of doubt is looked at.
    const steepest = curve.steepestShare * this.#peak * (1 - 1e-12) - 1
    const fallMax = Math.max(0, Math.min(curve.deepestFall, steepest))
    this.#fallMax = Math.min(fallMax, limits?.drop ?? fallMax)
    if (this.#peak > this.toldPeak && limits !== null) {
      this.toldPeak = this.#peak
      this.#refreshLimit()
    }
    this.#floor = Math.max(this.#peak - fallMax, this.#limitFloor)
  }

  #refreshLimit(): void {
    const { limits } = this.#parts
    if (limits === null) return
    this.#limitFloor = Math.max(this.toldPeak - limits.drop, limits.dayFloor(this.dayStart))
    this.#floor = Math.max(this.#floor, this.#limitFloor)
  }

  #newLocalDay(): void {
    this.dayStart = this.equity()
    this.#localNext += 1
    this.#limitFloor = Number.NEGATIVE_INFINITY
    this.#refreshLimit()
    this.#refreshFloor()
  }

  /** Forgets the fills of a candle whose close reaches a limit. */
  #takeBack(candle: number): void {
    const log = this.#log
    while (log.length > 0 && log.candles[log.length - 1] === candle) log.length -= 1
    this.toldPeak = this.#toldBefore
  }

  /** The order loop judges its limits at the price of each fill; fills of one gap are told with one price. */
  #watch(candle: number, fills: number): boolean {
    const { index, tables } = this.#parts
    const { codes, length } = this.#log
    const basis = (index.mark[candle] as number) - (index.close[candle] as number)
    this.#toldBefore = this.toldPeak
    let wealth = this.#capital + this.base
    for (let i = length; i < length + fills; i += 1) {
      const code = codes[i] as number
      const line = code >> 3
      const isSell = (code & 1) === 1
      wealth += (isSell ? tables.sell[line] : tables.buy[line]) as number
      const isGap = ((code >> 1) & 3) === 0
      const next = i + 1 < length + fills ? (codes[i + 1] as number) : -1
      if (isGap && next >= 0 && ((next >> 1) & 3) === 0) continue
      const level = (isSell ? tables.up[line - 1] : tables.down[line + 1]) as number
      const last = isGap ? (index.open[candle] as number) : level
      const equity = wealth + (tables.unit[line] as number) * Math.max(1, last + basis)
      if (!this.#hears(equity)) {
        this.toldPeak = this.#toldBefore
        return false
      }
    }
    return true
  }

  /** An equity that the order loop hears of. @returns false when it reaches a limit */
  #hears(equity: number): boolean {
    if (equity < this.#limitFloor) return false
    if (equity > this.toldPeak) {
      this.toldPeak = equity
      this.#refreshLimit()
    }
    return true
  }

  /** Tells the curve of a peak that it has not heard. */
  tellPeak(): void {
    if (this.#peakFrom < 0) return
    const { mark } = this.#parts.index
    let candle = this.#peakFrom
    while (this.#peakBase + this.#peakUnit * (mark[candle] as number) !== this.#peak) candle += 1
    this.#parts.curve.note(this.timeOf(candle), this.#peak)
    this.#peakFrom = -1
  }

  /** Market time at which a candle closes. */
  timeOf(candle: number): number {
    return (this.#parts.index.openAt[candle] as number) + this.#parts.timeframeMs
  }

  /** Equity at the close of the candle before the next. */
  equity(): number {
    const { index, terms, tables } = this.#parts
    const mark = index.mark[this.candle - 1] as number
    return terms.capital + this.base + (tables.unit[this.empty] as number) * mark
  }

  /** Whether fills are all that happens in a candle; then the exits are those of where it leaves the grid. */
  #accepts(candle: number, fills: number, empty: number, base: number): boolean {
    return this.#survives(candle, fills) && this.#tightenTo(candle, empty, base)
  }

  /** Fills in whose states the tables do not tell: each must keep the whole candle away from its exits. */
  #survives(candle: number, fills: number): boolean {
    const { tables, grid, terms, index } = this.#parts
    const { codes, length } = this.#log
    const low = (index.low[candle] as number) + index.basisMin
    const high = (index.high[candle] as number) + index.basisMax
    let { base } = this
    for (let i = length; i < length + fills; i += 1) {
      const code = codes[i] as number
      const line = code >> 3
      base += ((code & 1) === 1 ? tables.sell[line] : tables.buy[line]) as number
      if (base < (tables.orderNeed[line] as number)) return false
      if (base >= (tables.need[line] as number) && base <= (tables.cap[line] as number)) continue
      const { below, above } = exitsOf(tables, grid, terms, line, base, TOP_FACTOR * high)
      if (low <= below || high >= above) return false
    }
    return this.#isWithin(index.open[candle] as number, fills)
  }

  /** Takes up the exits of where the candle leaves the grid. @returns false when the candle comes to one of them */
  #tightenTo(candle: number, empty: number, base: number): boolean {
    const { tables, index } = this.#parts
    const isPlain =
      base >= (tables.need[empty] as number) && base <= (tables.cap[empty] as number)
    if (!isPlain)
      return this.#tighten(index.low[candle] as number, index.high[candle] as number, empty, base)
    this.#loosen()
    return true
  }

  /** After an opening gap beyond the outermost lines the orders are judged at a price that no table knows. */
  #isWithin(open: number, fills: number): boolean {
    const { lines } = this.#parts.grid
    const { cells } = this.#parts.tables
    const { codes, length } = this.#log
    for (let i = length; i < length + fills; i += 1) {
      const code = codes[i] as number
      if (((code >> 1) & 3) !== 0) return true
      const line = code >> 3
      if (line === 0 && open <= 2 * (lines[0] as number) - (lines[1] as number)) return false
      if (line === cells && open >= 2 * (lines[cells] as number) - (lines[cells - 1] as number))
        return false
    }
    return true
  }

  #newDay(): void {
    const { curve } = this.#parts
    const at = this.timeOf(this.candle - 1)
    this.tellPeak()
    curve.day(at, this.equity())
    this.#dayNext += 1
  }

  /** Settles the rate that is due. @returns false when it may end the grid; then it is not settled */
  #settleFunding(): boolean {
    const { calendar, grid, tables, index } = this.#parts
    const next = this.fundingNext
    const last = this.candle - 1
    // In a gap of the data the end may come before the next candle.
    const at = calendar.fundingAt[next] as number
    if (grid.endAt !== null && at >= grid.endAt) return false
    // There a new day may begin with it, which the limits count from.
    if (this.#parts.limits !== null && at > this.timeOf(last)) return false
    const told = calendar.fundingMark[next] as number
    const mark = told > 0 ? told : (index.mark[last] as number)
    const lots = (tables.unit[this.empty] as number) / grid.instrument.moneyPerUnit
    const rate = calendar.fundingRate[next] as Ratio
    const amount: Money = fundingPayment(grid.instrument, quantity(lots), mark as Price, rate)
    this.base += amount
    const isWatched = amount !== 0 && this.#parts.limits !== null
    const isHeard = !isWatched || this.#hears(this.equity())
    if (!isHeard || !this.#settles(index.close[last] as number)) {
      this.base -= amount
      return false
    }
    this.paid[next] = amount
    this.fundingNext = next + 1
    return true
  }
}

function firstNotBefore(column: Int32Array, value: number): number {
  let at = 0
  while (at < column.length && (column[at] as number) < value) at += 1
  return at
}
