/**
 * Price gaps of a rehearsal: the market of one venue trades away from the others by so many basis points. Whoever asks for
 * candles or marks of the feed gets moved ones, the exchange itself included, so fills, books, marks and candles agree.
 */
import { type Instrument, type InstrumentId, priceStep } from '../domain/instrument.ts'
import type { Candle } from '../domain/market.ts'
import { mulDiv, type Price, price } from '../domain/money.ts'
import type { MarketSource } from '../simulation/market-source.ts'

const BPS_SCALE = 10_000

interface Span {
  /** Market time. */
  readonly from: number
  readonly bps: number
}

export class PriceGaps {
  readonly #spans = new Map<InstrumentId, Span[]>()

  /** The gap that holds now, basis points. */
  current(instrument: InstrumentId): number {
    return this.#spans.get(instrument)?.at(-1)?.bps ?? 0
  }

  /** Holds from a moment on; 0 ends it. The candle in which it begins or ends is moved as a whole. */
  set(instrument: InstrumentId, bps: number, from: number): void {
    const spans = this.#spans.get(instrument) ?? []
    spans.push({ from, bps })
    this.#spans.set(instrument, spans)
  }

  /** Of what ends at a moment. */
  before(instrument: InstrumentId, endAt: number): number {
    const spans = this.#spans.get(instrument)
    if (spans === undefined) return 0
    for (let index = spans.length - 1; index >= 0; index -= 1) {
      const span = spans[index]
      if (span !== undefined && span.from < endAt) return span.bps
    }
    return 0
  }
}

/** The nearest step of the contract's prices, at least one. */
function moved(instrument: Instrument, at: Price, bps: number): Price {
  const wanted = mulDiv(at, BPS_SCALE + bps, BPS_SCALE, 'halfEven')
  const { priceRule } = instrument
  const step =
    priceRule.kind === 'tick' ? priceRule.tick : priceStep(instrument, price(Math.max(1, wanted)))
  return price(Math.max(step, Math.round(wanted / step) * step))
}

/** A source with gaps that can be set while it runs; only for one that does not grow. */
export class GappedSource implements MarketSource {
  /** A rehearsal begins when it is asked for, not at the next candle of a replay. */
  readonly isJoinedMidCandle = true
  readonly #source: MarketSource
  readonly #gaps: PriceGaps

  constructor(source: MarketSource, gaps: PriceGaps) {
    this.#source = source
    this.#gaps = gaps
  }

  get instruments(): readonly Instrument[] {
    return this.#source.instruments
  }

  get volumeSpanMs(): number {
    return this.#source.volumeSpanMs ?? 0
  }

  #instrument(id: InstrumentId): Instrument | undefined {
    return this.#source.instruments.find((one) => one.id === id)
  }

  candleFrom(id: InstrumentId, at: number): Candle | null {
    const candle = this.#source.candleFrom(id, at)
    const bps = candle === null ? 0 : this.#gaps.before(id, candle.closeAt)
    const instrument = bps === 0 ? undefined : this.#instrument(id)
    if (candle === null || instrument === undefined) return candle
    const to = (from: Price): Price => moved(instrument, from, bps)
    const { open, high, low, close } = candle
    return { ...candle, open: to(open), high: to(high), low: to(low), close: to(close) }
  }

  funding(id: InstrumentId, after: number, until: number) {
    return this.#source.funding(id, after, until)
  }

  markAt(id: InstrumentId, at: number): Price | null {
    const mark = this.#source.markAt(id, at)
    const bps = mark === null ? 0 : this.#gaps.before(id, at + 1)
    const instrument = bps === 0 ? undefined : this.#instrument(id)
    return mark === null || instrument === undefined ? mark : moved(instrument, mark, bps)
  }
}
