/**
 * What a leap has come to, told again from its log: the books first (a few additions a fill), then, for whoever asks,
 * every fill and payment with its time, in the order in which the stepping engine tells them.
 */
import type { Candle } from '../../domain/market.ts'
import { type Money, money, type Price, price, quantity } from '../../domain/money.ts'
import type { AttributedFill, ClientOrderId } from '../../domain/order.ts'
import { goesLowFirst, legOf, timeOfPrice } from '../../simulation/candle-path.ts'
import type { LeapableGrid } from '../../strategies/perp-grid/leap.ts'
import { slotOf } from '../../strategies/perp-grid/orders.ts'
import type { FillLog } from './fill-log.ts'
import type { LineTables } from './line-tables.ts'
import type { Calendar, MarketIndex } from './market-index.ts'

/** The books between two candles: of instance, account and strategy, which agree there. */
export interface Books {
  cash: number
  cost: number
  /** Put aside for the position by the exchange; 0 on cross margin. */
  margin: number
  realised: number
  fees: number
  funding: number
  volume: number
  fills: number
  /** Profit of completed cells, and their number. */
  grid: number
  completed: number
  /** What the fills since the position was last flat have moved in cash, fees taken off; round trips lost in a row. */
  trip: number
  losses: number
  /** Number of the last event of the account, and of the last that the instance was told. */
  accountSeq: number
  toldSeq: number
  /** Numbers of the last order: of its name, and of its arrival. */
  orderId: number
  orderNumber: number
  /** By line: the order that rests there; 0 on the empty one. */
  readonly ids: Float64Array
  readonly numbers: Float64Array
  /** By line: the place of its slot among all; a plan of all slots goes in this order. */
  readonly ranks: Float64Array
  /** Moments at which the account had events. */
  rounds: number
  payments: number
}

/** What a leap was about. */
export interface LeapLog {
  readonly grid: LeapableGrid
  /** Home of each cell: 0 or full. */
  readonly homes: readonly number[]
  readonly tables: LineTables
  readonly index: MarketIndex
  readonly calendar: Calendar
  readonly timeframeMs: number
  readonly log: FillLog
  /** Settlements from … to of the calendar, and their amounts. */
  readonly fundingFrom: number
  readonly fundingTo: number
  readonly paid: Float64Array
  /** Candles from … to. */
  readonly from: number
  readonly to: number
  /** Market time when it began. */
  readonly startAt: number
}

const copyOf = (books: Books): Books => ({
  ...books,
  ids: books.ids.slice(),
  numbers: books.numbers.slice(),
  ranks: books.ranks.slice(),
})

/** Books the fills and payments of a leap. */
export function bookLeap(leap: LeapLog, before: Books): Books {
  const books = copyOf(before)
  const { candles, codes, length } = leap.log
  const { fundingAfter } = leap.calendar
  let funding = leap.fundingFrom
  for (let i = 0; i < length; i += 1) {
    const candle = candles[i] as number
    while (funding < leap.fundingTo && (fundingAfter[funding] as number) < candle) {
      bookPayment(leap, books, funding)
      funding += 1
    }
    bookFill(leap, books, codes[i] as number)
    if (!isSameMoment(leap, i)) books.rounds += 1
  }
  for (; funding < leap.fundingTo; funding += 1) bookPayment(leap, books, funding)
  return books
}

/** Whether a fill belongs to the moment of the one before it: one opening gap fills several lines at once. */
function isSameMoment({ log }: LeapLog, i: number): boolean {
  const { candles, codes } = log
  if (i === 0 || candles[i] !== candles[i - 1]) return false
  return (((codes[i] as number) | (codes[i - 1] as number)) & 6) === 0
}

function bookFill({ tables, grid, homes }: LeapLog, books: Books, code: number): void {
  const line = code >> 3
  const isSell = (code & 1) === 1
  const value = tables.value[line] as number
  // Cells of inventory before the fill: the position is a whole number of them.
  const held = tables.cells - grid.homesFull - (isSell ? line - 1 : line + 1)
  const signed = isSell ? -value : value
  if (held !== 0 && held < 0 !== isSell) {
    const released = Math.trunc(books.cost / Math.abs(held))
    books.realised += -signed - released
    books.cost -= released
    books.margin -= Math.trunc(books.margin / Math.abs(held))
  } else {
    books.cost += signed
    books.margin += tables.margin[line] as number
  }
  books.cash -= signed
  books.fees += tables.fee[line] as number
  books.volume += value
  books.fills += 1
  bookTrip(
    books,
    (isSell ? tables.sell[line] : tables.buy[line]) as number,
    held + (isSell ? -1 : 1),
  )
  const cell = isSell ? line - 1 : line
  if ((homes[cell] === 0) === isSell) {
    books.completed += 1
    books.grid += (tables.value[cell + 1] as number) - (tables.value[cell] as number)
  }
  books.accountSeq += 1
  books.toldSeq += 1
  books.orderId += 1
  books.orderNumber += 1
  const next = isSell ? line - 1 : line + 1
  books.ids[line] = 0
  books.numbers[line] = 0
  books.ids[next] = books.orderId
  books.numbers[next] = books.orderNumber
  books.ranks[next] = books.orderNumber
}

/** @param held cells of inventory after the fill */
function bookTrip(books: Books, moved: number, held: number): void {
  books.trip += moved
  if (held !== 0) return
  books.losses = books.trip < 0 ? books.losses + 1 : 0
  books.trip = 0
}

function bookPayment({ paid }: LeapLog, books: Books, funding: number): void {
  const amount = paid[funding] as number
  if (amount === 0) return
  books.funding += amount
  books.payments += 1
  books.rounds += 1
  books.accountSeq += 1
  books.toldSeq += 1
}

/** Fees of the fills of a leap. */
export function feesOf({ log, tables }: LeapLog): number {
  const { fee } = tables
  const { codes, length } = log
  let sum = 0
  for (let i = 0; i < length; i += 1) sum += fee[(codes[i] as number) >> 3] as number
  return sum
}

/** Funding received in a leap. */
export function paidIn({ paid, fundingFrom, fundingTo }: LeapLog): number {
  let sum = 0
  for (let i = fundingFrom; i < fundingTo; i += 1) sum += paid[i] as number
  return sum
}

/** Who hears a leap told again. */
export interface Listener {
  /** @param books after the fill */
  fill(fill: AttributedFill, lots: number, books: Books): void
  payment(at: number, amount: Money, lots: number, books: Books): void
  /** Candles from … to have closed; the books are those of their closes. */
  closes(from: number, to: number, lots: number, books: Books): void
}

/** Tells a leap again, event by event. */
export function tellLeap(leap: LeapLog, before: Books, listener: Listener): void {
  new Teller(leap, before, listener).tell()
}

class Teller {
  readonly #leap: LeapLog
  readonly #books: Books
  readonly #listener: Listener
  #lots: number
  #at: number
  #closed: number
  #candle: Candle | null = null
  #candleIndex = -1

  constructor(leap: LeapLog, before: Books, listener: Listener) {
    const { grid, tables } = leap
    this.#leap = leap
    this.#books = copyOf(before)
    this.#listener = listener
    this.#lots = (tables.cells - grid.empty - grid.homesFull) * grid.q
    this.#at = leap.startAt
    this.#closed = leap.from
  }

  tell(): void {
    const { log, calendar, fundingFrom, fundingTo, to } = this.#leap
    let funding = fundingFrom
    for (let i = 0; i < log.length; i += 1) {
      const candle = log.candles[i] as number
      while (funding < fundingTo && (calendar.fundingAfter[funding] as number) < candle) {
        this.#payment(funding)
        funding += 1
      }
      this.#close(candle)
      this.#fill(candle, log.codes[i] as number)
    }
    for (; funding < fundingTo; funding += 1) this.#payment(funding)
    this.#close(to)
  }

  #close(until: number): void {
    if (until <= this.#closed) return
    this.#listener.closes(this.#closed, until, this.#lots, this.#books)
    this.#closed = until
  }

  #payment(funding: number): void {
    const { calendar, paid } = this.#leap
    this.#close((calendar.fundingAfter[funding] as number) + 1)
    bookPayment(this.#leap, this.#books, funding)
    const at = calendar.fundingAt[funding] as number
    this.#at = Math.max(this.#at, at)
    const amount = paid[funding] as number
    if (amount !== 0) this.#listener.payment(at, money(amount), this.#lots, this.#books)
  }

  #fill(candle: number, code: number): void {
    const { grid, tables } = this.#leap
    const line = code >> 3
    const isSell = (code & 1) === 1
    const side = isSell ? 'sell' : 'buy'
    const clientId = `pf1b${this.#books.ids[line]}` as ClientOrderId
    this.#at = Math.max(this.#at, this.#timeOf(candle, code))
    bookFill(this.#leap, this.#books, code)
    this.#lots += isSell ? -grid.q : grid.q
    const at = grid.lines[line] as number
    this.#listener.fill(
      {
        id: `f${this.#books.accountSeq}`,
        at: this.#at,
        instrument: grid.instrument.id,
        clientId,
        side,
        price: price(at),
        quantity: quantity(grid.q),
        fee: money(tables.fee[line] as number),
        isMaker: true,
        origin: { kind: 'slot', slot: slotOf(isSell ? -1 : 1, at) },
      },
      this.#lots,
      this.#books,
    )
  }

  #timeOf(candle: number, code: number): number {
    const { tables } = this.#leap
    const move = (code >> 1) & 3
    const found = this.#candleOf(candle)
    if (move === 0) return found.openAt
    const line = code >> 3
    const level = ((code & 1) === 1 ? tables.up[line - 1] : tables.down[line + 1]) as number
    return timeOfPrice(legOf(found, move - 1, goesLowFirst(found, 'by_direction', 0)), level)
  }

  #candleOf(at: number): Candle {
    if (this.#candle !== null && this.#candleIndex === at) return this.#candle
    const { index, timeframeMs } = this.#leap
    const openAt = index.openAt[at] as number
    this.#candleIndex = at
    this.#candle = {
      openAt,
      closeAt: openAt + timeframeMs,
      open: index.open[at] as Price,
      high: index.high[at] as Price,
      low: index.low[at] as Price,
      close: index.close[at] as Price,
      volume: quantity(index.volume[at] as number),
    }
    return this.#candle
  }
}
