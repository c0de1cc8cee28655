/**
 * Hyperliquid's books: `l2Book` comes whole, 20 levels a side, about every half second; nothing numbers the messages, their
 * time orders them. Funding is paid each full hour; `activeAssetCtx` foretells the rate.
 * Source: Hyperliquid documentation, "Websocket: subscriptions", "Funding".
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { BookLevel, FundingTerms } from '../../../domain/market.ts'
import type { Ratio } from '../../../domain/money.ts'
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
import { type BookContract, baseContract, levelsFrom } from '../live/book-levels.ts'
import { ratioFrom, roundedPriceFrom } from '../live/decimal.ts'
import type { HyperliquidMarket } from './instruments.ts'

const LEVELS_MAX = 20
const HOUR_MS = 3_600_000

interface Level {
  readonly px?: unknown
  readonly sz?: unknown
}

interface Message {
  readonly channel?: string
  readonly data?: unknown
}

interface Book {
  readonly coin?: string
  readonly time?: unknown
  readonly levels?: readonly [(readonly Level[])?, (readonly Level[])?]
}

interface Context {
  readonly coin?: string
  readonly ctx?: {
    readonly funding?: unknown
    readonly markPx?: unknown
    readonly oraclePx?: unknown
  }
}

export const hyperliquidBookContract = ({ instrument, coin }: HyperliquidMarket): BookContract =>
  baseContract(instrument, coin)

export class HyperliquidBooks implements BookReader {
  readonly venue = 'hyperliquid'
  readonly levels: number
  readonly snapshots = null
  readonly #contracts = new Map<string, BookContract>()
  readonly #whole = new WholeBooks()
  /** Contexts carry no time: that of the last book that was told stands for it. */
  #at = 0

  constructor({ levels }: BookReaderOptions) {
    this.levels = Math.min(levels, LEVELS_MAX)
  }

  /** Messages of the contract are read from now on. */
  follow(contract: BookContract): void {
    this.#contracts.set(contract.name, contract)
  }

  subscribe(contracts: readonly BookContract[]): readonly unknown[] {
    for (const one of contracts) this.follow(one)
    return contracts.flatMap(({ name }) => [
      { method: 'subscribe', subscription: { type: 'l2Book', coin: name } },
      { method: 'subscribe', subscription: { type: 'activeAssetCtx', coin: name } },
    ])
  }

  begin({ name }: BookContract): readonly unknown[] {
    const subscription = { type: 'l2Book', coin: name }
    return [
      { method: 'unsubscribe', subscription },
      { method: 'subscribe', subscription },
    ]
  }

  onMessage(text: string): readonly BookNews[] {
    return parsed(text, (message) => this.read(message))
  }

  read(message: unknown): readonly BookNews[] {
    const { channel, data } = message as Message
    if (channel === 'l2Book') return this.#readBook((data ?? {}) as Book)
    if (channel === 'activeAssetCtx') return this.#readContext((data ?? {}) as Context)
    if (channel !== 'error' || /^Already subscribed/i.test(String(data))) return NOTHING
    return [{ kind: 'refused', reason: String(data) }]
  }

  #readBook({ coin, time, levels }: Book): readonly BookNews[] {
    const contract = this.#contracts.get(coin ?? '')
    if (contract === undefined) return NOTHING
    const at = Number(time)
    const side = (rows: readonly Level[] | undefined, sign: 1 | -1): BookLevel[] | null =>
      rows === undefined
        ? null
        : levelsFrom(contract, textsOf(rows, this.levels), this.levels, sign)
    const news = this.#whole.tell(contract, at, side(levels?.[0], -1), side(levels?.[1], 1))
    if (news[0]?.kind === 'book') this.#at = at
    return news
  }

  #readContext({ coin, ctx }: Context): readonly BookNews[] {
    const contract = this.#contracts.get(coin ?? '')
    if (contract === undefined || ctx === undefined) return NOTHING
    return factsNews(contract, this.#at, () => factsOf(contract, ctx, this.#at))
  }
}

const textsOf = (rows: readonly Level[], most: number): readonly (readonly unknown[])[] =>
  // A few more: a level below one lot is left out.
  rows.slice(0, most + 5).map(({ px, sz }) => [px, sz])

function factsOf(
  { instrument }: BookContract,
  { markPx, oraclePx, funding }: NonNullable<Context['ctx']>,
  at: number,
): BookFacts {
  return {
    mark: roundedPriceFrom(instrument, markPx),
    ...(oraclePx == null ? {} : { index: roundedPriceFrom(instrument, oraclePx) }),
    ...(funding == null ? {} : { funding: fundingAt(instrument, ratioFrom(funding), at) }),
  }
}

/** @param at venue wall ms: the next full interval settles */
export function fundingAt(instrument: Instrument, rate: Ratio, at: number): FundingTerms {
  const { fundingIntervalMs } = instrument
  const intervalMs = fundingIntervalMs > 0 ? fundingIntervalMs : HOUR_MS
  return { rate, intervalMs, nextAt: (Math.floor(at / intervalMs) + 1) * intervalMs }
}
