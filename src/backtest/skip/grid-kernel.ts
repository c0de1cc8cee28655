/**
 * The inner loop of the skipping engine: a leapable grid on the columns of a market. Leaps from one candle that leaves
 * the band of its two nearest lines to the next; folds the closes in between into peak and falls by blocks, exactly.
 * Stops in front of everything that is more than fills at lines, funding and the passing of days: that candle belongs to
 * the stepping engine. Rules: docs/concepts/backtest.md, "Two ways through the same market".
 */

import { type Money, type Price, quantity, RATIO_SCALE, type Ratio } from '../../domain/money.ts'
import { fundingPayment } from '../../domain/position/funding.ts'
import { survives, TOP_FACTOR } from './doubtful-fills.ts'
import type { FillLog } from './fill-log.ts'
import {
  type HotColumns,
  hotColumns,
  isPlainAt,
  type KernelParts,
  standingOf,
} from './kernel-parts.ts'
import { exitsOf, NO_LEVEL_DOWN, NO_LEVEL_UP } from './line-tables.ts'
import { BLOCK, BLOCK_MASK, BLOCK_SHIFT } from './market-index.ts'

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
  readonly #hot: HotColumns
  readonly #q: number
  /** What limits the fills of a candle: volume · share − slack, because elsewhere it is rounded down. */
  readonly #share: number
  readonly #slack: number
  readonly #isWatched: boolean
  /** Each fill is looked at: a profit may be taken, or margin is put aside for the position. */
  readonly #isLookedAt: boolean
  /** The last candle with fills, and where the grid stood before it. */
  #crossed = -1
  #emptyBefore = 0
  #baseBefore = 0
  /** Fills that one block can bring at most. */
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
    this.#hot = hotColumns(parts)
    this.#q = grid.q
    this.#share = parts.terms.paper.volumeShare / RATIO_SCALE
    this.#slack = this.#share === 1 ? 0 : 1
    this.#isWatched = parts.limits !== null || parts.trips !== null
    this.#isLookedAt = grid.takeProfit !== null || parts.margin !== null
    this.#roomNeeded = BLOCK * (4 * parts.tables.cells + 4)
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

  #isBetweenLines(last: number): boolean {
    const { down, up } = this.#parts.tables
    return last > (down[this.empty] as number) && last < (up[this.empty] as number)
  }

  /** Whether the present state is plain at a price; refreshes the exits. */
  #settles(last: number): boolean {
    const { margin } = this.#parts
    if (margin !== null && !margin.isCovered(this.empty, this.base)) return false
    if (isPlainAt(this.#parts, this.empty, this.base)) {
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
    const standing = standingOf(this.#parts, empty, base)
    const exits = exitsOf(tables, grid, terms, empty, base, standing, top)
    this.#isTight = true
    this.#exitDown = Math.max(this.#constDown, exits.below - index.basisMin)
    // The rates of margin hold up to the price for which they were looked up.
    const isHeld = (tables.unit[empty] as number) !== 0
    const known = isHeld ? Math.floor(top) - index.basisMax : NO_LEVEL_UP
    this.#exitUp = Math.min(this.#constUp, exits.above - index.basisMax, known)
    return low > this.#exitDown && high < this.#exitUp
  }

  /** Goes through candles up to one. @returns false in front of a candle that is not plain */
  #stretch(until: number): boolean {
    const { high, low, mark, blockLow, blockHigh, downs, ups, units, log } = this.#hot
    let candle = this.candle
    let down = Math.max(downs[this.empty] as number, this.#exitDown)
    let up = Math.min(ups[this.empty] as number, this.#exitUp)
    while (candle < until) {
      const block = candle >> BLOCK_SHIFT
      const isStart = (candle & BLOCK_MASK) === 0
      if (isStart && (blockLow[block] as number) > down && (blockHigh[block] as number) < up) {
        candle = this.#leapBlocks(candle, until, down, up)
        if (candle >= until) break
      }
      const stop = Math.min(until, ((candle >> BLOCK_SHIFT) + 1) << BLOCK_SHIFT)
      if (log.length + this.#roomNeeded > log.codes.length) log.grow(this.#roomNeeded)
      let unit = units[this.empty] as number
      let wealth = this.#capital + this.base
      let isQuiet = this.#isQuiet(candle >> BLOCK_SHIFT, unit, wealth)
      while (candle < stop) {
        if (isQuiet) {
          while (candle < stop && (low[candle] as number) > down && (high[candle] as number) < up)
            candle += 1
          if (candle === stop) break
        }
        const lowest = low[candle] as number
        const highest = high[candle] as number
        if (lowest <= down || highest >= up) {
          if (!this.#cross(candle, lowest, highest)) return this.#stopAt(candle)
          down = Math.max(downs[this.empty] as number, this.#exitDown)
          up = Math.min(ups[this.empty] as number, this.#exitUp)
          unit = units[this.empty] as number
          wealth = this.#capital + this.base
          isQuiet = false
        }
        if (!isQuiet) {
          const equity = wealth + unit * (mark[candle] as number)
          if (equity > this.#peak) this.#raise(candle, equity, unit)
          else if (equity < this.#floor && !this.#deepen(candle, equity))
            return this.#stopAt(candle)
        }
        candle += 1
      }
    }
    this.candle = candle
    return true
  }

  /** In front of a candle, as if it had not been looked at. */
  #stopAt(candle: number): false {
    if (this.#crossed === candle) this.#takeBack()
    this.candle = candle
    return false
  }

  /**
   * Fills what a candle reaches, in the order of its path: the opening gap, then three monotone moves.
   * @returns false when it is not plain; then nothing was changed
   */
  #cross(candle: number, lowest: number, highest: number): boolean {
    const { open, close, volume, downs, ups, buy, sell, need, log } = this.#hot
    if (lowest <= this.#exitDown || highest >= this.#exitUp) return false
    const first = log.length
    const { candles, codes } = log
    let to = open[candle] as number
    const closed = close[candle] as number
    // A choice by bits: half of the candles rise, and a branch that nobody can foresee costs more than a fill.
    const other = (lowest ^ highest) & ((to - closed) >> 31)
    let second = highest ^ other
    let third = lowest ^ other
    let { empty, base } = this
    let down = downs[empty] as number
    let up = ups[empty] as number
    let length = first
    let isDoubtful = this.#isTight || this.#isLookedAt
    for (let move = 0; move < 8; move += 2) {
      while (to <= down) {
        empty -= 1
        base += buy[empty] as number
        candles[length] = candle
        codes[length] = (empty << 3) | move
        length += 1
        if (base < (need[empty] as number)) isDoubtful = true
        down = downs[empty] as number
        up = ups[empty] as number
      }
      while (to >= up) {
        empty += 1
        base += sell[empty] as number
        candles[length] = candle
        codes[length] = (empty << 3) | move | 1
        length += 1
        if (base < (need[empty] as number)) isDoubtful = true
        down = downs[empty] as number
        up = ups[empty] as number
      }
      to = second
      second = third
      third = closed
    }
    const fills = length - first
    if (fills * this.#q > (volume[candle] as number) * this.#share - this.#slack) return false
    if (isDoubtful && !this.#accepts(candle, fills, empty, base)) return false
    if (this.#isWatched && !this.#watch(candle, fills)) return false
    log.length = length
    this.empty = empty
    this.base = base
    return true
  }

  /** Whether no close of a block can raise the peak or deepen a fall while nothing fills. */
  #isQuiet(block: number, unit: number, wealth: number): boolean {
    const { markMin, markMax, fall, rise } = this.#hot
    const low = wealth + unit * (markMin[block] as number)
    const high = wealth + unit * (markMax[block] as number)
    return unit >= 0
      ? low >= this.#floor && high <= this.#peak && unit * (fall[block] as number) <= this.#fallMax
      : high >= this.#floor && low <= this.#peak && -unit * (rise[block] as number) <= this.#fallMax
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
        this.#raise(block << BLOCK_SHIFT, most, unit)
        peak = most
        floor = this.#floor
        fallMax = this.#fallMax
      }
    }
    return block << BLOCK_SHIFT
  }

  /** A higher peak, at a candle or in the block that begins with it. */
  #raise(candle: number, equity: number, unit: number): void {
    this.#peak = equity
    this.#peakFrom = candle
    this.#peakBase = this.#capital + this.base
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
    // The peak never falls, so a larger share of it is always a larger fall as well: money alone is watched.
    const fallMax = curve.deepestFall
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
  #takeBack(): void {
    const log = this.#log
    while (log.length > 0 && log.candles[log.length - 1] === this.#crossed) log.length -= 1
    this.empty = this.#emptyBefore
    this.base = this.#baseBefore
    this.toldPeak = this.#toldBefore
  }

  /** The order loop judges its limits at the price of each fill; fills of one gap are told with one price. */
  #watch(candle: number, fills: number): boolean {
    const { index, tables, trips, limits } = this.#parts
    const { codes, length } = this.#log
    if (trips !== null && !trips.take(this.#log, fills)) return false
    if (limits === null) return true
    const basis = (index.mark[candle] as number) - (index.close[candle] as number)
    this.#toldBefore = this.toldPeak
    this.#crossed = candle
    this.#emptyBefore = this.empty
    this.#baseBefore = this.base
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
    return survives(this.#parts, candle, fills, this.base) && this.#tightenTo(candle, empty, base)
  }

  /** Takes up the exits of where the candle leaves the grid. @returns false when the candle comes to one of them */
  #tightenTo(candle: number, empty: number, base: number): boolean {
    const { index } = this.#parts
    if (!isPlainAt(this.#parts, empty, base))
      return this.#tighten(index.low[candle] as number, index.high[candle] as number, empty, base)
    this.#loosen()
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
