/**
 * Prices and candles on their way to the desk: at most ten prices a second an instrument, at once when a wake band is left,
 * every closed candle once and in order.
 */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type {
  Candle,
  FundingTerms,
  MarketBook,
  MarketEvent,
  MarketPrice,
} from '../../../domain/market.ts'
import type { Wake } from '../../../domain/strategy.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Stamps } from './stamps.ts'

const PRICE_EVERY_MS = 100
/** A clock that was measured badly must not silence the candles of a market; one false minute is the most that can be lost, ms. */
const CANDLE_AHEAD_MAX_MS = 30_000
const MINUTE_MS = 60_000
/** Terms whose settlement is over are the last ones for so long: venues tell the next within a minute or two. */
const FUNDING_LATE_MS = 2 * MINUTE_MS
/** A longer hole than this is not filled: indicators warm up anew from the history instead. */
const REFILL_MAX_MS = 12 * 60 * MINUTE_MS

export interface MarketFeedParts {
  readonly clock: Clock
  /** Venue wall clock, ms; −∞ until the venue has told it: by our own every time wake might come at once. */
  readonly venueNow: () => number
  /** Every moment of a venue passes it before anything is compared with it. */
  readonly stamps: Stamps
  readonly emit: (events: readonly MarketEvent[]) => void
  /** Closed candles since a moment; null = the venue cannot be asked. */
  readonly refill:
    | ((instrument: Instrument, openedFrom: number) => Promise<readonly Candle[]>)
    | null
  readonly onTrouble: (text: string) => void
  /** Neither stream nor question brings a price, or one has come again; told once each. */
  readonly onStale: (id: InstrumentId, isStale: boolean) => void
}

interface Row {
  readonly instrument: Instrument
  price: MarketPrice | null
  /** null: no depth was asked for, or what was told last does not count any more. */
  book: MarketBook | null
  /** Told last: not every message has them. */
  funding: FundingTerms | null
  /** Market time of what was handed on: the latest of tickers, books and time wakes, which each have a clock of their own. */
  at: number
  /** Moments of the ticker, of the last trade and of the mark as the venue stamps them; no book and no wake moves them. */
  priceAt: number
  lastAt: number
  markAt: number
  /** When a price came last, and when one was handed on, monotonic ms. */
  heardMs: number
  sentMs: number
  isStale: boolean
  isPriceDue: boolean
  lastOpenAt: number | null
  /** Candles that wait until a hole before them is filled; null = there is none. */
  waiting: Candle[] | null
}

export class MarketFeed {
  readonly #parts: MarketFeedParts
  readonly #rows = new Map<InstrumentId, Row>()
  readonly #wakes = new Map<string, readonly Wake[]>()
  /** Bands that were left, and times that have come, since they were set. */
  readonly #left = new Set<Wake>()
  readonly #come = new Set<Wake>()
  #cancelTimeWake: (() => void) | null = null

  constructor(parts: MarketFeedParts) {
    this.#parts = parts
  }

  /** @returns the market time of the price, as far as it is believed */
  watch(instrument: Instrument, price: MarketPrice, stamp: number): number {
    const at = this.#parts.stamps.believed(stamp, `the price of ${instrument.symbol}`)
    if (this.#rows.has(instrument.id)) {
      this.onPrice(instrument.id, price, at)
      return at
    }
    this.#rows.set(instrument.id, {
      instrument,
      price,
      book: null,
      funding: price.funding ?? null,
      at,
      priceAt: at,
      lastAt: at,
      markAt: at,
      heardMs: this.#parts.clock.monotonicMs(),
      sentMs: Number.NEGATIVE_INFINITY,
      isStale: false,
      isPriceDue: false,
      lastOpenAt: null,
      waiting: null,
    })
    return at
  }

  get instruments(): readonly Instrument[] {
    return [...this.#rows.values()].map((row) => row.instrument)
  }

  /** How long ago a price of the instrument came, ms of machine time. */
  silentMs(id: InstrumentId): number {
    const row = this.#rows.get(id)
    return row ? this.#parts.clock.monotonicMs() - row.heardMs : Number.POSITIVE_INFINITY
  }

  /** The venue was asked and no price came either. */
  setStale(id: InstrumentId): void {
    const row = this.#rows.get(id)
    if (row) this.#tellStale(row, true)
  }

  #tellStale(row: Row, isStale: boolean): void {
    if (row.isStale === isStale) return
    row.isStale = isStale
    this.#parts.onStale(row.instrument.id, isStale)
  }

  #hear(row: Row): void {
    row.heardMs = this.#parts.clock.monotonicMs()
    this.#tellStale(row, false)
  }

  setWakes(instance: string, wakes: readonly Wake[]): void {
    for (const old of this.#wakes.get(instance) ?? []) {
      this.#left.delete(old)
      this.#come.delete(old)
    }
    this.#wakes.set(instance, wakes)
    this.#planTimeWake()
  }

  /** The venue has told its time. */
  onClock(): void {
    this.#planTimeWake()
  }

  dropWakes(instance: string): void {
    this.setWakes(instance, [])
    this.#wakes.delete(instance)
  }

  /**
   * What is older than the ticker, trade or mark before it says nothing, and is no sign of life either. Compared is like with
   * like: books and marks run some 100 ms ahead of trades.
   */
  onPrice(id: InstrumentId, price: MarketPrice, stamp: number): void {
    const row = this.#rows.get(id)
    if (!row) return
    const at = this.#parts.stamps.believed(stamp, `the price of ${row.instrument.symbol}`)
    if (!takeAt(row, price, at)) return
    this.#hear(row)
    row.at = Math.max(row.at, at)
    if (this.#leavesBand(id, row.price ?? price)) return this.#sendPrice(row)
    this.#sendSoon(row)
  }

  /**
   * What waits in the market; it says nothing of the last trade, so a market whose prices are silent stays stale.
   * @param book null = what was told before does not count any more
   */
  onBook(id: InstrumentId, book: MarketBook | null, stamp: number): void {
    const row = this.#rows.get(id)
    if (!row) return
    row.book = book
    const at = this.#parts.stamps.believed(stamp, `the book of ${row.instrument.symbol}`)
    row.at = Math.max(row.at, at)
    this.#sendSoon(row)
  }

  /** At most ten prices a second. */
  #sendSoon(row: Row): void {
    const waitMs = row.sentMs + PRICE_EVERY_MS - this.#parts.clock.monotonicMs()
    if (waitMs <= 0) return this.#sendPrice(row)
    if (row.isPriceDue) return
    row.isPriceDue = true
    this.#parts.clock.after(waitMs, () => {
      if (row.isPriceDue) this.#sendPrice(row)
    })
  }

  onCandle(id: InstrumentId, candle: Candle, price: MarketPrice): void {
    const row = this.#rows.get(id)
    if (!row || this.#isAhead(row, candle)) return
    if (row.lastOpenAt !== null && candle.openAt <= row.lastOpenAt) return
    this.#hear(row)
    take(row, price)
    if (row.waiting) {
      row.waiting.push(candle)
      return
    }
    if (row.lastOpenAt === null || candle.openAt === row.lastOpenAt + MINUTE_MS)
      return this.#sendCandles(row, [candle])
    row.waiting = [candle]
    void this.#refill(row, row.lastOpenAt + MINUTE_MS)
  }

  /** A candle that ends far in time to come: behind it every true one would be an older one. */
  #isAhead({ instrument }: Row, { closeAt }: Candle): boolean {
    const { stamps } = this.#parts
    if (!stamps.isWrong(closeAt - CANDLE_AHEAD_MAX_MS)) return false
    stamps.refused(closeAt, `the end of a candle of ${instrument.symbol}`)
    return true
  }

  close(): void {
    this.#cancelTimeWake?.()
    this.#rows.clear()
    this.#wakes.clear()
  }

  async #refill(row: Row, openedFrom: number): Promise<void> {
    const { refill, onTrouble, venueNow } = this.#parts
    let found: readonly Candle[] = []
    try {
      if (refill && venueNow() - openedFrom <= REFILL_MAX_MS)
        found = await refill(row.instrument, openedFrom)
    } catch {
      onTrouble(
        `candles of ${row.instrument.symbol} since ${new Date(openedFrom).toISOString()} are missing`,
      )
    }
    const waiting = row.waiting ?? []
    row.waiting = null
    this.#sendCandles(row, [...found, ...waiting])
  }

  /** In order of time, each once. */
  #sendCandles(row: Row, candles: readonly Candle[]): void {
    const events: MarketEvent[] = []
    for (const candle of [...candles].sort((a, b) => a.openAt - b.openAt)) {
      if (row.lastOpenAt !== null && candle.openAt <= row.lastOpenAt) continue
      if (this.#isAhead(row, candle)) continue
      row.lastOpenAt = candle.openAt
      const price = priceOf(row) ?? { last: candle.close, mark: candle.close }
      const instrument = row.instrument.id
      events.push({ kind: 'candle', at: candle.closeAt, instrument, candle, price })
    }
    if (events.length > 0) this.#parts.emit(events)
  }

  #sendPrice(row: Row): void {
    const price = priceOf(row)
    if (!price) return
    row.isPriceDue = false
    row.sentMs = this.#parts.clock.monotonicMs()
    const instrument = row.instrument.id
    this.#parts.emit([{ kind: 'price', at: row.at, instrument, price }])
  }

  /** Each band wakes once; the desk sets new ones with its answer. */
  #leavesBand(id: InstrumentId, price: MarketPrice): boolean {
    let isLeft = false
    for (const wakes of this.#wakes.values())
      for (const wake of wakes) {
        if (wake.instrument !== id || this.#left.has(wake)) continue
        const watched = wake.by === 'mark' ? price.mark : price.last
        const isBelow = wake.below !== null && watched <= wake.below
        const isAbove = wake.above !== null && watched >= wake.above
        if (!isBelow && !isAbove) continue
        this.#left.add(wake)
        isLeft = true
      }
    return isLeft
  }

  /** The earliest moment at which an instance wants to be woken: the last price is told again with that time. */
  #planTimeWake(): void {
    this.#cancelTimeWake?.()
    this.#cancelTimeWake = null
    const next = this.#nextTimeWake()
    if (!next || next.at === null) return
    const { clock, venueNow } = this.#parts
    // Timers of Node end at once beyond 2^31 ms.
    const waitMs = Math.min(2 ** 30, Math.max(0, next.at - venueNow()))
    this.#cancelTimeWake = clock.after(waitMs, () => {
      const row = this.#rows.get(next.instrument)
      if (row && next.at !== null && venueNow() >= next.at) {
        this.#come.add(next)
        row.at = Math.max(row.at, next.at)
        this.#sendPrice(row)
      }
      this.#planTimeWake()
    })
  }

  #nextTimeWake(): Wake | null {
    let next: Wake | null = null
    for (const wakes of this.#wakes.values())
      for (const wake of wakes)
        if (wake.at !== null && !this.#come.has(wake) && (next?.at == null || wake.at < next.at))
          next = wake
    return next
  }
}

/** Each part by its own moment. @returns whether the message told something, or confirmed what is known */
function takeAt(row: Row, price: MarketPrice, at: number): boolean {
  const known = row.price
  if (known === null || at >= row.priceAt) {
    if (known?.last !== price.last) row.lastAt = at
    if (known?.mark !== price.mark) row.markAt = at
    row.priceAt = at
    take(row, price)
    return true
  }
  const isLastNew = price.last !== known.last && at >= row.lastAt
  const isMarkNew = price.mark !== known.mark && at >= row.markAt
  if (isLastNew) row.lastAt = at
  if (isMarkNew) row.markAt = at
  const { last } = isLastNew ? price : known
  const { mark } = isMarkNew ? price : known
  row.price = { ...known, last, mark }
  return isLastNew || isMarkNew || (price.last === known.last && price.mark === known.mark)
}

function take(row: Row, price: MarketPrice): void {
  row.price = price
  row.funding = price.funding ?? row.funding
}

/** What is handed on: with the book that was asked for, from which the best prices are then taken. */
function priceOf({ price, book, funding, at }: Row): MarketPrice | null {
  if (price === null) return null
  const isKnown = funding !== null && at < funding.nextAt + FUNDING_LATE_MS
  const terms = isKnown ? { funding } : {}
  if (book === null) return isKnown ? { ...price, ...terms } : price
  const { bid, ask, bidQuantity, askQuantity, ...rest } = price
  const [best, cheapest] = [book.bids[0], book.asks[0]]
  return {
    ...rest,
    ...terms,
    ...(best ? { bid: best[0], bidQuantity: best[1] } : {}),
    ...(cheapest ? { ask: cheapest[0], askQuantity: cheapest[1] } : {}),
    book,
  }
}
