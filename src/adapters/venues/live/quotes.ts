/** What is known of a market's prices; each message of a venue's streams brings a part of it. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { FundingTerms, MarketPrice } from '../../../domain/market.ts'
import type { Price, Quantity } from '../../../domain/money.ts'
import { priceFrom, roundedLots, roundedPriceFrom } from './decimal.ts'

interface Best {
  readonly bid: Price
  readonly ask: Price
  readonly bidQuantity: Quantity
  readonly askQuantity: Quantity
}

export interface BestTexts {
  readonly bid: string
  readonly bidQuantity: string
  readonly ask: string
  readonly askQuantity: string
  /** Grows with each change: an older one is dropped. */
  readonly updateId: number
}

export class Quote {
  readonly instrument: Instrument
  #last: Price | null
  #mark: Price | null
  #index: Price | null = null
  #funding: FundingTerms | null = null
  #best: Best | null = null
  #updateId = 0

  constructor(instrument: Instrument, seed: MarketPrice | null) {
    this.instrument = instrument
    this.#last = seed?.last ?? null
    this.#mark = seed?.mark ?? null
  }

  /** null until last and mark are known. */
  get price(): MarketPrice | null {
    if (this.#last === null || this.#mark === null) return null
    const index = this.#index === null ? {} : { index: this.#index }
    const funding = this.#funding === null ? {} : { funding: this.#funding }
    return { last: this.#last, mark: this.#mark, ...index, ...funding, ...(this.#best ?? {}) }
  }

  traded(text: string): void {
    this.#last = priceFrom(this.instrument, text)
  }

  marked(mark: string, index: string | null | undefined): void {
    this.#mark = roundedPriceFrom(this.instrument, mark)
    if (index != null) this.#index = roundedPriceFrom(this.instrument, index)
  }

  /** null = the message tells none: what is known stays. */
  funded(terms: FundingTerms | null): void {
    this.#funding = terms ?? this.#funding
  }

  /** Best prices come whole; an empty side leaves none. Whether they said something new. */
  best(texts: BestTexts): boolean {
    if (texts.updateId < this.#updateId) return false
    this.#updateId = texts.updateId
    const isWhole = Number(texts.bid) > 0 && Number(texts.ask) > 0
    this.#best = isWhole
      ? {
          bid: priceFrom(this.instrument, texts.bid),
          ask: priceFrom(this.instrument, texts.ask),
          bidQuantity: roundedLots(this.instrument, texts.bidQuantity),
          askQuantity: roundedLots(this.instrument, texts.askQuantity),
        }
      : null
    return true
  }
}
