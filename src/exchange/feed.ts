/** What an exchange process simulates: one market, and which contracts of it are offered to whom. */
import { formatSetName, parseSetName } from '../domain/history.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import { demoAssets } from '../simulation/demo-assets.ts'
import { DEMO_START_AT, DemoMarket, demoQuotes } from '../simulation/demo-market.ts'
import type { MarketSource } from '../simulation/market-source.ts'
import { GappedSource, type PriceGaps } from './price-gaps.ts'
import { ExchangeRefused } from './refused.ts'

export interface Feed {
  /** `demo`, `live` or `replay:SET`; an account keeps the feed of its first start. */
  readonly name: string
  readonly seed: number
  readonly source: MarketSource
  readonly startAt: number
  /** Market time of the end of the data; null = without end. */
  readonly endAt: number | null
  /**
   * The contract behind a symbol of a venue.
   * @throws ExchangeRefused `unknown_symbol` with a sentence that names the symbol, the feed and the mend
   */
  offer(venue: string, symbol: string): Instrument
  /**
   * Live prices: resolves when a contract can be offered.
   * @throws ExchangeRefused `unknown_symbol`, `busy`
   */
  prepare?(venue: string, symbol: string): Promise<void>
  /** Live prices: whether nobody knows the price of a contract now. Nothing is accepted or filled then. */
  isStale?(instrument: InstrumentId): boolean
  /** Rehearsals: gaps between the venues, which the source contains already; absent = none can be set. */
  readonly gaps?: PriceGaps
  /** What charts are made of, and until when; absent = of the feed itself. */
  readonly charts?: {
    readonly name: string
    readonly source: MarketSource
    readonly startAt: number
    readonly until: number
  }
}

export const DEMO_FEED = 'demo'
export const LIVE_FEED = 'live'
const REPLAY = 'replay:'

/**
 * One spelling for every name of a feed: `demo`, `live`, or `replay:` and the set as it is stored.
 * @throws ExchangeRefused `unknown_feed` for whatever is none, with a sentence
 */
export function feedName(text: string): string {
  if (text === DEMO_FEED || text === LIVE_FEED) return text
  if (text.startsWith(REPLAY)) {
    try {
      return REPLAY + formatSetName(parseSetName(text.slice(REPLAY.length)))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new ExchangeRefused(
        'unknown_feed',
        `The feed ${text} cannot be replayed: ${error.message}.`,
      )
    }
  }
  throw new ExchangeRefused(
    'unknown_feed',
    `There is no feed "${text}": use --feed demo, --feed live or --feed replay:SET.`,
  )
}

/** The set of a replay's name, null for other feeds. */
export const replaySetOf = (name: string): string | null =>
  name.startsWith(REPLAY) ? name.slice(REPLAY.length) : null

/** The generated market: every venue offers every base of the list. */
export function demoFeed(seed: number): Feed {
  const market = new DemoMarket(seed)
  return {
    name: DEMO_FEED,
    seed,
    source: market,
    startAt: DEMO_START_AT,
    endAt: null,
    offer(venue, symbol) {
      const instrument = market.offer(venue, symbol)
      if (instrument) return instrument
      const bases = demoAssets.map((one) => one.base).join(', ')
      throw new ExchangeRefused(
        'unknown_symbol',
        `${symbol} on ${venue} is not part of the demo market: use one of ${bases}, quoted and settled in ${demoQuotes.join(', ')}, or a replay that holds it.`,
      )
    },
  }
}

/** Recorded history: offers exactly the instruments of the set. */
export function replayFeed(
  set: string,
  recorded: { readonly source: MarketSource; readonly startAt: number; readonly endAt: number },
): Feed {
  const { source, startAt, endAt } = recorded
  return {
    name: REPLAY + set,
    seed: 0,
    source,
    startAt,
    endAt,
    offer(venue, symbol) {
      const instrument = source.instruments.find(
        (one) => one.venue === venue && one.symbol === symbol,
      )
      if (instrument) return instrument
      const offered = source.instruments.map((one) => `${one.symbol} on ${one.venue}`).join(', ')
      throw new ExchangeRefused(
        'unknown_symbol',
        `${symbol} on ${venue} is not in the replay set ${set}, which holds ${offered}: start with --feed replay:SET of a set that holds it (perpfleet data list), or change the instance.`,
      )
    },
  }
}

/** The feed with gaps that can be set while it runs; live prices take none. */
export const withGaps = (feed: Feed, gaps: PriceGaps): Feed => ({
  ...feed,
  source: new GappedSource(feed.source, gaps),
  gaps,
})
