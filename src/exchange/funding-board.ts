/** What funding costs now on each contract of the feed, as prices carry it. */
import type { InstrumentId } from '../domain/instrument.ts'
import type { FundingTerms, MarketEvent, MarketPrice } from '../domain/market.ts'
import { type Feed, LIVE_FEED, replaySetOf } from './feed.ts'

/** Real venues change what they foretell. */
const LIVE_AGE_MS = 60_000

interface Known {
  readonly terms: FundingTerms | null
  /** Market time from which it must be looked up again. */
  readonly until: number
}

export class FundingBoard {
  readonly #feed: Feed
  readonly #known = new Map<InstrumentId, Known>()

  constructor(feed: Feed) {
    this.#feed = feed
  }

  /** Null = no rate is known. Recorded data tells the last rate that was settled: it knows nothing ahead. */
  terms(instrument: InstrumentId, at: number): FundingTerms | null {
    const known = this.#known.get(instrument)
    if (known !== undefined && at < known.until) return known.terms
    const fresh = this.#lookUp(instrument, at)
    this.#known.set(instrument, fresh)
    return fresh.terms
  }

  /** A price with the terms of its moment. */
  price(instrument: InstrumentId, at: number, price: MarketPrice): MarketPrice {
    const funding = this.terms(instrument, at)
    return funding === null ? price : { ...price, funding }
  }

  event(event: MarketEvent): MarketEvent {
    return { ...event, price: this.price(event.instrument, event.at, event.price) }
  }

  #lookUp(instrument: InstrumentId, at: number): Known {
    const { source, name } = this.#feed
    const found = source.instruments.find(({ id }) => id === instrument)
    const intervalMs = found?.fundingIntervalMs ?? 0
    if (intervalMs <= 0) return { terms: null, until: Number.POSITIVE_INFINITY }
    const next =
      replaySetOf(name) === null ? source.funding(instrument, at, at + intervalMs)[0] : undefined
    const rate = next?.rate ?? source.funding(instrument, at - 2 * intervalMs, at).at(-1)?.rate
    const nextAt = next?.at ?? (Math.floor(at / intervalMs) + 1) * intervalMs
    const until = name === LIVE_FEED ? Math.min(nextAt, at + LIVE_AGE_MS) : nextAt
    return { terms: rate === undefined ? null : { rate, intervalMs, nextAt }, until }
  }
}
