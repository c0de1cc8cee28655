/**
 * One contract of a venue as a market that comes while time passes. What was told since the last look becomes a slice: a
 * short candle from the last price through everything that was reached to the present price. The closed candle of the venue
 * is the truth about a minute: what it reached and the slices did not is reached late, and a minute that nobody saw is
 * played as a whole. See docs/concepts/exchange.md, "Live prices".
 */
import type { Instrument } from '../domain/instrument.ts'
import type { Candle, FundingRate, MarketEvent } from '../domain/market.ts'
import { type Price, price, type Quantity, quantity } from '../domain/money.ts'

export const MINUTE_MS = 60_000
/** The venue's last word on a minute may come so late after its end, ms. */
export const FINAL_AFTER_MS = 1500
/** Closed candles that are kept for charts. */
const HISTORY_MAX = 1500

/** A piece of a minute; `tells`: with it a minute of the venue is over. */
export interface Slice extends Candle {
  readonly tells: Candle | null
}

interface Reach {
  high: number
  low: number
}

const NOTHING_SEEN: Readonly<Reach> = { high: 0, low: Number.POSITIVE_INFINITY }
const ALL_SEEN: Readonly<Reach> = { high: Number.POSITIVE_INFINITY, low: 0 }

export const minuteOf = (at: number): number => at - (at % MINUTE_MS)

/** What desks are told of a slice: the venue's candle when its minute is over, else a price. */
export function toldOfSlice(event: MarketEvent): MarketEvent {
  if (event.kind !== 'candle') return event
  const { at, instrument, price: present, candle } = event
  const { tells } = candle as Slice
  return tells === null
    ? { kind: 'price', at, instrument, price: present }
    : { ...event, candle: tells }
}

export class LiveRow {
  readonly instrument: Instrument
  /** False while nobody knows the price: nothing moves, nothing fills. */
  isLive = false
  mark: Price | null = null
  /** Closed minutes before this moment have been played. */
  confirmedTo: number
  slices: Slice[] = []
  /** Closed minutes of the venue, ascending. */
  history: Candle[] = []
  readonly #marketAt: () => number
  #last: Price | null = null
  /** Where the last slice ends, and at which price. */
  #endAt = 0
  #end: Price | null = null
  /** Reached since the last slice. */
  #reach: Reach = { ...NOTHING_SEEN }
  #isDirty = false
  /** What was reached of the minutes that are not closed yet, by their open. */
  readonly #seen = new Map<number, Reach>()
  /** Lots of the last closed minute, and of the one that runs. */
  #closedVolume = 0
  #runningVolume = 0
  #due: FundingRate | null = null
  #settled: FundingRate[] = []
  #fundingKnown: number

  /**
   * @param at venue time from which on it is followed
   * @param marketAt market time now
   */
  constructor(instrument: Instrument, at: number, marketAt: () => number) {
    this.instrument = instrument
    this.confirmedTo = minuteOf(at)
    this.#fundingKnown = at
    this.#marketAt = marketAt
  }

  get last(): Price | null {
    return this.#last
  }

  /** Takes over where an earlier process stood. Its minute is known to have been followed, not how far it had reached. */
  remember(last: Price, sliceAt: number | null): void {
    this.#last = last
    this.#end = last
    this.#seen.set(this.confirmedTo, { ...ALL_SEEN })
    const openAt = sliceAt ?? 0
    this.#endAt = Math.max(this.#marketAt(), openAt + 1)
    this.slices = sliceAt === null ? [] : [{ ...flat(openAt, last), closeAt: this.#endAt }]
  }

  /** The first look: what the present minute has reached before is nobody's fill. */
  begin(minutes: readonly Candle[], now: number): void {
    const latest = minutes.at(-1)
    if (latest === undefined) return
    // In a quiet market the latest minute may be long over.
    this.confirmedTo = Math.max(latest.openAt, minuteOf(now))
    const isRunning = this.confirmedTo === latest.openAt
    const { high, low } = isRunning ? latest : { high: latest.close, low: latest.close }
    this.#seen.set(this.confirmedTo, { high, low })
    this.#closedVolume = minutes.at(-2)?.volume ?? latest.volume
    this.#last = latest.close
    this.#end = latest.close
    this.history = isRunning ? minutes.slice(0, -1) : [...minutes]
    this.isLive = true
  }

  /** A market needs a candle to begin with. */
  prepare(): void {
    if (this.#last === null || this.slices.some((one) => one.openAt >= this.#marketAt())) return
    const openAt = Math.max(this.#marketAt(), this.#endAt)
    this.#push({ ...flat(openAt, this.#last), volume: this.#volume })
  }

  onPrice(last: Price): void {
    const seen = this.#seen.get(Math.max(...this.#seen.keys()))
    if (!this.isLive || seen === undefined) return
    this.#take(last, { high: last, low: last }, seen)
  }

  /** The minute that runs, as it stands. @returns false when minutes before it are missing */
  onMinute(candle: Candle): boolean {
    if (!this.isLive || candle.openAt < this.confirmedTo) return true
    const isFollowed =
      candle.openAt === this.confirmedTo ||
      (candle.openAt === this.confirmedTo + MINUTE_MS && this.#seen.has(this.confirmedTo))
    if (!isFollowed) return false
    // Late news of the minute before: its closed candle will say it.
    if (candle.openAt < Math.max(...this.#seen.keys())) return true
    this.#follow(candle)
    return true
  }

  #follow(candle: Candle): void {
    const seen = this.#seen.get(candle.openAt) ?? { ...NOTHING_SEEN }
    this.#seen.set(candle.openAt, seen)
    this.#runningVolume = candle.volume
    this.#take(candle.close, candle, seen)
  }

  /** Only what is new of a reach counts. */
  #take(last: Price, { high, low }: Readonly<Reach>, seen: Reach): void {
    if (high > seen.high) this.#reach.high = Math.max(this.#reach.high, high)
    if (low < seen.low) this.#reach.low = Math.min(this.#reach.low, low)
    seen.high = Math.max(seen.high, high)
    seen.low = Math.min(seen.low, low)
    if (last !== this.#last) this.#isDirty = true
    if (this.#reach.high > 0 || this.#reach.low < NOTHING_SEEN.low) this.#isDirty = true
    this.#last = last
  }

  /**
   * The venue's answer: candles since `confirmedTo`, ascending, the last one may run. The row is live from here on.
   * @param now venue time
   * @returns closed minutes that nobody had seen
   */
  onAnswer(candles: readonly Candle[], now: number): number {
    let missed = 0
    this.isLive = true
    for (const candle of candles) {
      if (candle.openAt < this.confirmedTo) continue
      if (candle.closeAt + FINAL_AFTER_MS > now) {
        this.#skipTo(candle)
        this.onMinute(candle)
        continue
      }
      if (!this.#seen.has(candle.openAt)) missed += 1
      this.#close(candle, now)
    }
    return missed
  }

  /** The answer is complete: minutes that it leaves out before one that runs had no trade. */
  #skipTo({ openAt }: Candle): void {
    if (openAt === this.confirmedTo) return
    if (openAt === this.confirmedTo + MINUTE_MS && this.#seen.has(this.confirmedTo)) return
    this.#seen.clear()
    this.confirmedTo = openAt
  }

  #close(candle: Candle, now: number): void {
    const seen = this.#seen.get(candle.openAt)
    const isLatest = Math.max(...this.#seen.keys(), candle.openAt) === candle.openAt
    if (seen) {
      this.#take(isLatest ? candle.close : (this.#last ?? candle.close), candle, seen)
      this.#cut(now, candle)
    } else {
      if (this.#isDirty) this.#cut(now, null)
      const openAt = Math.max(candle.openAt, this.#endAt, this.#marketAt())
      const closeAt = Math.max(openAt + 1, Math.min(candle.closeAt, now))
      this.#push({ ...candle, openAt, closeAt, tells: candle })
      this.#last = candle.close
    }
    this.#seen.delete(candle.openAt)
    for (const openAt of this.#seen.keys()) if (openAt < candle.openAt) this.#seen.delete(openAt)
    this.confirmedTo = candle.closeAt
    this.#closedVolume = candle.volume
    if (isLatest) this.#runningVolume = 0
    this.history.push(candle)
    if (this.history.length > HISTORY_MAX * 1.2) this.history = this.history.slice(-HISTORY_MAX)
  }

  /** What was told since the last time becomes a slice that ends now. @returns whether there is one */
  cut(now: number): boolean {
    const marketAt = this.#marketAt()
    if (this.slices.length > 4) this.slices = this.slices.filter((one) => one.closeAt > marketAt)
    this.#settle(now)
    if (this.#isDirty) this.#cut(now, null)
    return this.slices.some((one) => one.openAt >= marketAt)
  }

  #cut(now: number, tells: Candle | null): void {
    if (this.#last === null) return
    const open = this.#end ?? this.#last
    const openAt = Math.max(this.#endAt, this.#marketAt())
    this.#push({
      openAt,
      closeAt: Math.max(openAt + 1, now),
      open,
      high: price(Math.max(open, this.#last, this.#reach.high)),
      low: price(Math.min(open, this.#last, this.#reach.low)),
      close: this.#last,
      volume: this.#volume,
      tells,
    })
    this.#reach = { ...NOTHING_SEEN }
    this.#isDirty = false
  }

  /** Of a minute that has just begun nobody knows yet what is traded: that of the minute before is as good a guess. */
  get #volume(): Quantity {
    return quantity(Math.max(this.#closedVolume, this.#runningVolume))
  }

  #push(slice: Slice): void {
    this.slices.push(slice)
    this.#endAt = slice.closeAt
    this.#end = slice.close
  }

  // Funding

  get fundingKnownUntil(): number {
    return this.#due === null ? this.#fundingKnown : Math.max(this.#fundingKnown, this.#due.at - 1)
  }

  funding(after: number, until: number): readonly FundingRate[] {
    return this.#settled.filter(({ at }) => at > after && at <= until)
  }

  /** The rate that is settled next, as it stands. */
  onFunding(due: FundingRate): void {
    if (due.at > this.#fundingKnown) this.#due = due
  }

  /** Rates that the venue has settled while nobody listened, complete up to a moment. */
  onSettled(rates: readonly FundingRate[], until: number): void {
    const fresh = rates.filter(({ at }) => at > this.#fundingKnown && at <= until)
    this.#settled.push(...fresh)
    this.#fundingKnown = Math.max(this.#fundingKnown, until)
    if (this.#due !== null && this.#due.at <= this.#fundingKnown) this.#due = null
  }

  /** The rate that was told last before its time is the one that is settled. */
  #settle(now: number): void {
    if (this.#due === null || this.#due.at > now) return
    this.#settled.push(this.#due)
    this.#fundingKnown = this.#due.at
    this.#due = null
    if (this.#settled.length > 100) this.#settled = this.#settled.slice(-50)
  }
}

const flat = (openAt: number, at: Price): Slice => ({
  ...{ openAt, closeAt: openAt + 1, open: at, high: at, low: at, close: at },
  volume: quantity(0),
  tells: null,
})
