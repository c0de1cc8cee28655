/** What the inner loop of the skipping engine works on, and what it leaves behind. */
import type { LeapableGrid } from '../../strategies/perp-grid/leap.ts'
import type { FillLog } from './fill-log.ts'
import type { IsolatedMargin } from './isolated-margin.ts'
import type { LeapTerms, LineTables } from './line-tables.ts'
import type { Calendar, MarketIndex } from './market-index.ts'
import type { TripWatch } from './trip-watch.ts'

/** Who hears of what the figures of a run need; closes that neither raise the peak nor deepen a fall are not told. */
export interface KernelCurve {
  readonly peak: number
  readonly deepestFall: number
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
  /** null = cross margin. */
  readonly margin: IsolatedMargin | null
  /** null = no round trip of the leap can be one loss too many. */
  readonly trips: TripWatch | null
}

/** What stands against the position while a line is empty, its cost taken off. */
export const standingOf = (
  { margin, terms }: Pick<KernelParts, 'margin' | 'terms'>,
  empty: number,
  base: number,
): number => (margin === null ? terms.paper.initialBalance + base : margin.wallet(empty))

/** Whether nothing but fills can happen up to the next line. */
export const isPlainAt = (
  { margin, tables }: Pick<KernelParts, 'margin' | 'tables'>,
  empty: number,
  base: number,
): boolean =>
  base >= (tables.need[empty] as number) &&
  base <= (tables.cap[empty] as number) &&
  (margin === null || margin.lives(empty))

/** The columns of the inner loops, one step away. */
export interface HotColumns
  extends Pick<
      MarketIndex,
      | 'open'
      | 'high'
      | 'low'
      | 'close'
      | 'mark'
      | 'volume'
      | 'blockLow'
      | 'blockHigh'
      | 'markMin'
      | 'markMax'
      | 'fall'
      | 'rise'
    >,
    Pick<LineTables, 'buy' | 'sell' | 'need'> {
  readonly downs: Int32Array
  readonly ups: Int32Array
  readonly units: Float64Array
  readonly log: FillLog
}

export function hotColumns({ index, tables, log }: KernelParts): HotColumns {
  const { buy, sell, need, down: downs, up: ups, unit: units } = tables
  return { ...index, buy, sell, need, downs, ups, units, log }
}
