/**
 * Aster's books: `<symbol>@depth<5|10|20>@100ms` comes whole. Marks come with the rate that is foretold and the moment at
 * which it is settled. Source: Aster API documentation, "Partial book depth streams", "Mark price stream".
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { FundingTerms } from '../../../domain/market.ts'
import {
  type BookFacts,
  type BookNews,
  type BookReader,
  type BookReaderOptions,
  factsNews,
  NOTHING,
  parsed,
  WholeBooks,
} from '../live/book-feed.ts'
import { type BookContract, levelsFrom } from '../live/book-levels.ts'
import { ratioFrom, roundedPriceFrom } from '../live/decimal.ts'

const STREAMED = [5, 10, 20]
/** Streams of one request: the venue reads ten messages a second. */
const PARAMS_MAX = 100

interface Event {
  readonly e?: string
  readonly s?: string
  readonly E?: unknown
  readonly T?: unknown
  readonly b?: unknown
  readonly a?: unknown
  readonly p?: unknown
  readonly i?: unknown
  readonly r?: unknown
}

interface Envelope {
  readonly data?: Event
  readonly error?: { readonly msg?: unknown; readonly code?: unknown }
}

export class AsterBooks implements BookReader {
  readonly venue = 'aster'
  readonly levels: number
  readonly snapshots = null
  readonly #streamed: number
  readonly #contracts = new Map<string, BookContract>()
  readonly #whole = new WholeBooks()

  constructor({ levels }: BookReaderOptions) {
    this.#streamed = STREAMED.find((one) => one >= levels) ?? 20
    this.levels = Math.min(levels, this.#streamed)
  }

  /** Name of the book's stream. */
  stream({ name }: BookContract): string {
    return `${name.toLowerCase()}@depth${this.#streamed}@100ms`
  }

  /** Messages of the contract are read from now on. */
  follow(contract: BookContract): void {
    this.#contracts.set(contract.name, contract)
  }

  subscribe(contracts: readonly BookContract[]): readonly unknown[] {
    for (const one of contracts) this.follow(one)
    const params = contracts.flatMap((one) => [
      this.stream(one),
      `${one.name.toLowerCase()}@markPrice@1s`,
    ])
    const frames: unknown[] = []
    for (let from = 0; from < params.length; from += PARAMS_MAX)
      frames.push({
        method: 'SUBSCRIBE',
        params: params.slice(from, from + PARAMS_MAX),
        id: frames.length + 1,
      })
    return frames
  }

  begin(contract: BookContract): readonly unknown[] {
    const params = [this.stream(contract)]
    return [
      { method: 'UNSUBSCRIBE', params, id: 1 },
      { method: 'SUBSCRIBE', params, id: 2 },
    ]
  }

  onMessage(text: string): readonly BookNews[] {
    return parsed(text, (message) => this.read(message))
  }

  read(message: unknown): readonly BookNews[] {
    const { data, error } = message as Envelope
    if (error) return [{ kind: 'refused', reason: String(error.msg ?? error.code) }]
    const contract = this.#contracts.get(data?.s ?? '')
    if (contract === undefined || data === undefined) return NOTHING
    if (data.e === 'depthUpdate') {
      const bids = levelsFrom(contract, data.b, this.levels, -1)
      const asks = levelsFrom(contract, data.a, this.levels, 1)
      return this.#whole.tell(contract, Number(data.T ?? data.E), bids, asks)
    }
    if (data.e !== 'markPriceUpdate') return NOTHING
    return factsNews(contract, Number(data.E), () => factsOf(contract, data))
  }
}

/** `r` is foretold for the settlement at `T`; null = not told. */
export function fundingFrom(instrument: Instrument, r: unknown, T: unknown): FundingTerms | null {
  const nextAt = Number(T)
  if (typeof r !== 'string' || r === '' || !(nextAt > 0)) return null
  return { rate: ratioFrom(r), nextAt, intervalMs: instrument.fundingIntervalMs }
}

function factsOf({ instrument }: BookContract, { p, i, r, T }: Event): BookFacts {
  const funding = fundingFrom(instrument, r, T)
  return {
    mark: roundedPriceFrom(instrument, p),
    ...(i == null ? {} : { index: roundedPriceFrom(instrument, i) }),
    ...(funding === null ? {} : { funding }),
  }
}
