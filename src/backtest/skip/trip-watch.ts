/** Round trips in a leap, while losing ones are limited: the candle that closes one loss too many is not plain. */
import type { LeapableGrid } from '../../strategies/perp-grid/leap.ts'
import type { FillLog } from './fill-log.ts'
import type { LineTables } from './line-tables.ts'

/** Where the count stands (see Books in chronicle.ts). */
interface OpenTrip {
  readonly trip: number
  readonly losses: number
}

export class TripWatch {
  readonly #tables: LineTables
  readonly #flat: number
  readonly #allowed: number
  #cash: number
  #losses: number

  /** @param flat the empty line with which there is no position */
  constructor(tables: LineTables, flat: number, open: OpenTrip, allowed: number) {
    this.#tables = tables
    this.#flat = flat
    this.#allowed = allowed
    this.#cash = open.trip
    this.#losses = open.losses
  }

  /** Goes on by the fills that follow the log. @returns false when they close one loss too many */
  take({ codes, length }: FillLog, fills: number): boolean {
    const { buy, sell } = this.#tables
    for (let i = length; i < length + fills; i += 1) {
      const code = codes[i] as number
      const line = code >> 3
      this.#cash += ((code & 1) === 1 ? sell[line] : buy[line]) as number
      if (line !== this.#flat) continue
      this.#losses = this.#cash < 0 ? this.#losses + 1 : 0
      this.#cash = 0
      if (this.#losses > this.#allowed) return false
    }
    return true
  }
}

/**
 * Who counts the round trips of a leap; null when nobody must: a trip comes back over every line that it went, so where
 * each cell earns its fees none loses but the one that is open at the start.
 * @param allowed losing trips in a row; 0 = any number
 */
export function tripWatchOf(
  tables: LineTables,
  { homesFull, empty }: Pick<LeapableGrid, 'homesFull' | 'empty'>,
  books: OpenTrip,
  allowed: number,
): TripWatch | null {
  if (allowed <= 0) return null
  const flat = tables.cells - homesFull
  const isFree =
    earnsFees(tables) && (books.losses < allowed || wayTo(tables, empty, flat) + books.trip >= 0)
  return isFree ? null : new TripWatch(tables, flat, books, allowed)
}

function earnsFees({ cells, buy, sell }: LineTables): boolean {
  for (let cell = 0; cell < cells; cell += 1)
    if ((buy[cell] as number) + (sell[cell + 1] as number) < 0) return false
  return true
}

/** What the fills on the straight way from one empty line to another bring. */
function wayTo({ buy, sell }: LineTables, empty: number, flat: number): number {
  let sum = 0
  for (let line = empty + 1; line <= flat; line += 1) sum += sell[line] as number
  for (let line = empty - 1; line >= flat; line -= 1) sum += buy[line] as number
  return sum
}
