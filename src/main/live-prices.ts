/** The live feed of an exchange process: venues over ccxt, contracts kept in a file beside its store. */
import { dirname } from 'node:path'
import { CcxtPublicVenue } from '../adapters/venues/public/public-venue.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import { LIVE_FEED } from '../exchange/feed.ts'
import { LiveFeed } from '../exchange/live-feed.ts'
import { ExchangeRefused } from '../exchange/refused.ts'
import { joinState } from '../exchange/state-rows.ts'
import type { Clock } from '../ports/clock.ts'
import type { ExchangeStore } from '../ports/exchange-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { ExchangeLaunch } from '../protocol/launch.ts'
import { LiveContracts } from './live-contracts.ts'

/** @throws ExchangeRefused `bad_request` when it shall run in another way than live prices do */
export function openLiveFeed(
  launch: Pick<ExchangeLaunch, 'dbPath' | 'liveUrls' | 'pace' | 'speed'>,
  store: ExchangeStore,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): LiveFeed {
  if (launch.pace !== 'free' || launch.speed !== 1)
    throw new ExchangeRefused(
      'bad_request',
      'Live prices come as they come: use pace free and speed 1 with the feed live.',
    )
  const contracts = new LiveContracts(dirname(launch.dbPath))
  return new LiveFeed({
    ...{ clock, logger },
    known: contracts.all(),
    keep: (instruments) => contracts.keep(instruments),
    openVenue: (venue) => {
      const urls = launch.liveUrls?.[venue] ?? null
      return CcxtPublicVenue.create({ venue, urls, clock, random: Math.random })
    },
    stood: stoodOf(store),
    stoodAt: store.feed(LIVE_FEED)?.marketAt ?? null,
  })
}

type Stood = { readonly last: number; readonly candleAt: number | null }

/** Where the markets stood when the process before this one ended. */
function stoodOf(store: ExchangeStore): ReadonlyMap<InstrumentId, Stood> {
  const rows = store.state(LIVE_FEED)
  if (rows.size === 0) return new Map()
  const { markets = {} } = joinState(rows) as { readonly markets?: Readonly<Record<string, Stood>> }
  return new Map(Object.entries(markets) as [InstrumentId, Stood][])
}
