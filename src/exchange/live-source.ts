/** The public prices of venues as a market: contracts are added when they are asked for, candles while time passes. */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import type { Price } from '../domain/money.ts'
import type { MarketSource } from '../simulation/market-source.ts'
import { LiveRow, MINUTE_MS } from './live-row.ts'

export class LiveSource implements MarketSource {
  readonly isGrowing = true
  /** A minute's volume is shared by its slices. */
  readonly volumeSpanMs = MINUTE_MS
  instruments: readonly Instrument[] = []
  /** Market time now; set by whoever runs the market. */
  marketAt: () => number = () => 0
  readonly #rows = new Map<InstrumentId, LiveRow>()

  /** @param at venue time from which on it is followed */
  add(instrument: Instrument, at: number): LiveRow {
    const row = new LiveRow(instrument, at, () => this.marketAt())
    this.#rows.set(instrument.id, row)
    this.instruments = [...this.instruments, instrument]
    return row
  }

  row(id: InstrumentId): LiveRow | undefined {
    return this.#rows.get(id)
  }

  rows(): Iterable<LiveRow> {
    return this.#rows.values()
  }

  candleFrom(instrument: InstrumentId, at: number): Candle | null {
    return this.#rows.get(instrument)?.slices.find((one) => one.openAt >= at) ?? null
  }

  funding(instrument: InstrumentId, after: number, until: number): readonly FundingRate[] {
    return this.#rows.get(instrument)?.funding(after, until) ?? []
  }

  fundingKnownUntil(instrument: InstrumentId): number {
    return this.#rows.get(instrument)?.fundingKnownUntil ?? 0
  }

  /** As the venue told it last. */
  markAt(instrument: InstrumentId): Price | null {
    return this.#rows.get(instrument)?.mark ?? null
  }
}

/** The closed minutes of a live market, for charts. */
export class LiveHistory implements MarketSource {
  readonly #source: LiveSource

  constructor(source: LiveSource) {
    this.#source = source
  }

  get instruments(): readonly Instrument[] {
    return this.#source.instruments
  }

  candleFrom(instrument: InstrumentId, at: number): Candle | null {
    const history = this.#source.row(instrument)?.history ?? []
    let low = 0
    let high = history.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((history[middle]?.openAt ?? 0) < at) low = middle + 1
      else high = middle
    }
    return history[low] ?? null
  }

  funding(): readonly FundingRate[] {
    return []
  }

  markAt(): null {
    return null
  }

  /** The oldest and the newest moment of which it knows all contracts; nothing: 0. */
  get span(): { readonly from: number; readonly to: number } {
    let from = Number.POSITIVE_INFINITY
    let to = Number.POSITIVE_INFINITY
    for (const { history, confirmedTo } of this.#source.rows()) {
      from = Math.min(from, history[0]?.openAt ?? confirmedTo)
      to = Math.min(to, confirmedTo)
    }
    return Number.isFinite(to) ? { from, to } : { from: 0, to: 0 }
  }
}
