/** Points ccxt at other addresses than a venue's own: those of a sandbox, with the paths that each venue has behind them. */
import type { CcxtExchange } from '../live/ccxt-class.ts'
import { admitPlainSockets } from '../live/guarded-class.ts'

export interface PublicUrls {
  readonly rest: string
  readonly ws: string
}

/** Where a venue is: always there, or asked before each connection and question, for one that may come back elsewhere. */
export type PublicAddress = PublicUrls | (() => PublicUrls)

type Table = Readonly<Record<string, unknown>>

const ADDRESSES: Readonly<Record<string, (urls: PublicUrls) => Table>> = {
  okx: ({ rest, ws }) => ({ rest, ws }),
  hyperliquid: ({ rest, ws }) => ({ public: rest, private: rest, ws: { public: ws } }),
  backpack: ({ rest, ws }) => ({ public: rest, private: rest, ws: { public: ws, private: ws } }),
  aster: ({ rest, ws }) => ({
    fapiPublic: `${rest}/fapi`,
    fapiPrivate: `${rest}/fapi`,
    sapiPublic: `${rest}/api`,
    sapiPrivate: `${rest}/api`,
    ws: {
      public: { spot: `${ws}/stream`, swap: `${ws}/stream` },
      private: { spot: `${ws}/ws`, swap: `${ws}/ws` },
    },
  }),
}

/** @throws RangeError for a venue without such a table */
export async function pointAt(
  exchange: CcxtExchange,
  venue: string,
  urls: PublicUrls,
): Promise<void> {
  const table = ADDRESSES[venue]
  if (table === undefined) throw new RangeError(`${venue} has no sandbox to take prices from.`)
  exchange.urls.api = { ...(exchange.urls.api as Table), ...table(urls) }
  await admitPlainSockets(exchange, urls.ws)
}
