/** What has to be known of a venue to page through its history with ccxt: limits, options, and what ccxt gets wrong. */

export interface VenueTerms {
  /** The module of ccxt, whose file alone is loaded. */
  readonly module: string
  /** Rows of one answer. A window that is asked for never holds more. */
  readonly candleRows: number
  readonly markRows: number
  readonly fundingRows: number
  /** ccxt says that Hyperliquid has mark candles and hands out those of trades: what counts stands here. */
  readonly hasMark: boolean
  /** How many of its latest candles the venue keeps; null = all. */
  readonly candlesKept: number | null
  /** What ccxt is told at its start: perpetual contracts alone are listed. */
  readonly options: Readonly<Record<string, unknown>>
  /** Parameters for the rates until before `to` (ms): ccxt passes no end on where it should. null = the venue cannot be asked for a time, it counts from its newest rate. */
  readonly fundingUntil: ((to: number) => Readonly<Record<string, unknown>>) | null
}

const until = (to: number) => ({ until: to - 1 })

const okx: VenueTerms = {
  module: 'okx',
  candleRows: 300,
  markRows: 100,
  fundingRows: 100,
  hasMark: true,
  candlesKept: null,
  options: { fetchMarkets: { types: ['swap'] } },
  // Without an end OKX answers with the newest rows and ccxt drops what is older.
  fundingUntil: (to) => ({ after: to }),
}

const hyperliquid: VenueTerms = {
  module: 'hyperliquid',
  candleRows: 500,
  markRows: 500,
  fundingRows: 500,
  hasMark: false,
  candlesKept: 5_000,
  options: { fetchMarkets: { types: ['swap'] } },
  fundingUntil: until,
}

const binance: VenueTerms = {
  module: 'binanceusdm',
  candleRows: 1_000,
  markRows: 1_000,
  fundingRows: 1_000,
  hasMark: true,
  candlesKept: null,
  options: {},
  fundingUntil: until,
}

const aster: VenueTerms = { ...binance, module: 'aster' }

const backpack: VenueTerms = {
  module: 'backpack',
  candleRows: 1_000,
  markRows: 1_000,
  fundingRows: 1_000,
  hasMark: true,
  candlesKept: null,
  options: {},
  fundingUntil: null,
}

/** The venues whose history can be downloaded, by the names that sets have. */
export const DOWNLOAD_VENUES: Readonly<Record<string, VenueTerms>> = {
  okx,
  hyperliquid,
  binance,
  aster,
  backpack,
}
