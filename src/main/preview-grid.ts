/** `grid preview`: a grid of an instance or a file on the contract and price of the market that this home trades on. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HistoryFolder } from '../adapters/history/history-folder.ts'
import { CliError } from '../cli/context.ts'
import type { GridPreview } from '../cli/grid-preview.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstanceFile } from '../config/instances.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { parseSetName } from '../domain/history.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { type Price, parseDecimal, price, quantity } from '../domain/money.ts'
import type { StrategyContext } from '../domain/strategy.ts'
import {
  DEMO_FEED,
  demoFeed,
  type Feed,
  feedName,
  LIVE_FEED,
  replayFeed,
  replaySetOf,
} from '../exchange/feed.ts'
import { LiveSource } from '../exchange/live-source.ts'
import { DEMO_SEED } from '../fleet/feed-choice.ts'
import type { Home } from '../fleet/home.ts'
import { goesLowFirst, LEGS, legOf, priceOfTime } from '../simulation/candle-path.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import { gridPreview } from '../strategies/perp-grid/preview.ts'
import { LiveContracts } from './live-contracts.ts'

export interface PreviewParts {
  readonly home: Home
  readonly fleetConfig: string | null
  /** Instances with their files. */
  readonly files: readonly { readonly id: string; readonly file: string }[]
  /** What this home trades on; null = it has not started yet. */
  readonly stored: { readonly feed: string; readonly seed: number } | null
  /** The price that its bot saw last, decimal text, and whether the bot runs; null = it never ran. */
  lastPrice(id: string): Promise<SeenPrice | null>
  /** Time of the market that runs here, ms since 1970 UTC; null = none runs. */
  marketAt(): Promise<number | null>
}

export interface SeenPrice {
  readonly last: string
  readonly isLive: boolean
}

/** The price in what a bot answers of itself, or saved of itself when it ended. */
export function seenPrice(status: unknown, isLive: boolean): SeenPrice | null {
  const last = (status as { readonly price?: { readonly last?: string } | null } | null)?.price
    ?.last
  return last === undefined ? null : { last, isLive }
}

export async function previewGrid(parts: PreviewParts, target: string): Promise<GridPreview> {
  const instance = loadTarget(parts, target)
  if (instance.strategy !== 'perp_grid') {
    throw new CliError(2, `${target} runs ${instance.strategy}, which is no grid`)
  }
  const { venue, symbol, feed: named } = instance.settings
  const feed = openFeed(parts, parts.stored?.feed ?? named ?? DEMO_FEED)
  const instrument = feed.offer(venue, symbol)
  const { last, source } = await priceOf(parts, instance, feed, instrument)
  const context = contextOf(instance, instrument, { last, mark: last }, feed.startAt)
  return { ...gridPreview(instance.parameters, context, instance.settings.limits), source }
}

interface SourcedPrice {
  readonly last: Price
  readonly source: string
}

/** What a running bot sees, else the market that runs, else what its bot saw last, else where the market begins. */
async function priceOf(
  parts: PreviewParts,
  { id }: ResolvedInstance,
  feed: Feed,
  instrument: Instrument,
): Promise<SourcedPrice> {
  const seen = await parts.lastPrice(id)
  const seenLast = () => price(parseDecimal(seen?.last ?? '', instrument.priceDecimals))
  if (seen?.isLive === true) return { last: seenLast(), source: `present price of ${feed.name}` }
  const at = await parts.marketAt()
  const present = at === null ? null : presentPrice(feed, instrument, at)
  if (present !== null) return { last: present, source: `present price of ${feed.name}` }
  if (seen !== null) return { last: seenLast(), source: `last price of ${feed.name}` }
  return { last: firstPrice(feed, instrument), source: `first price of ${feed.name}` }
}

/** Where the market is on its way at a time; null when it holds no candle of the contract there. */
export function presentPrice(feed: Feed, { id }: Instrument, at: number): Price | null {
  const first = feed.source.candleFrom(id, feed.startAt)
  if (first === null) return null
  const before = feed.source.candleFrom(id, at - (first.closeAt - first.openAt))
  if (before === null) return null
  const next = before.closeAt <= at ? feed.source.candleFrom(id, before.closeAt) : null
  const candle = next !== null && next.openAt <= at ? next : before
  const isLowFirst = goesLowFirst(candle, 'by_direction', 0)
  const legs = Array.from({ length: LEGS }, (_, index) => legOf(candle, index, isLowFirst))
  const leg = legs.find(({ endAt }) => at <= endAt)
  return leg === undefined ? candle.close : price(priceOfTime(leg, at))
}

function loadTarget(parts: PreviewParts, target: string): ResolvedInstance {
  const known = parts.files.find(({ id }) => id === target)
  const path = known?.file ?? faultyFile(parts.home, target) ?? resolve(target)
  if (!existsSync(path)) {
    const ids = parts.files.map(({ id }) => id).join(', ') || 'none'
    throw new CliError(3, `${target} is neither an instance (known: ${ids}) nor a file`)
  }
  const home = parts.home.root
  const { configuration, environment } = loadFleetConfiguration({
    home,
    fleetConfig: parts.fleetConfig,
  })
  const { instance, faults } = loadInstanceFile(path, configuration, { environment, home })
  if (instance !== null && faults.length === 0) return instance
  throw new CliError(1, faults.map(({ text }) => text).join('\n'))
}

/** The file named like the instance, when its faults keep it from being one: they are told then. */
function faultyFile({ active }: Home, id: string): string | null {
  const paths = ['json', 'jsonc', 'yml', 'yaml'].map((ending) => join(active, `${id}.${ending}`))
  return paths.find((path) => existsSync(path)) ?? null
}

function openFeed({ home, stored }: PreviewParts, text: string): Feed {
  const name = feedName(text)
  if (name === LIVE_FEED) return liveFeed(home)
  const set = replaySetOf(name)
  if (set === null) return demoFeed(stored?.seed ?? DEMO_SEED)
  const parsed = parseSetName(set)
  const market = new HistoryFolder(home.history).load(parsed)
  const source = new ReplaySource([{ market, window: parsed }])
  return replayFeed(set, { source, startAt: source.startAt, endAt: source.endAt })
}

/** Its rules are known from the first time that an instance traded it, its price from the bot that does. */
function liveFeed({ database }: Home): Feed {
  const source = new LiveSource()
  for (const instrument of new LiveContracts(database).all()) source.add(instrument, 0)
  return {
    ...{ name: LIVE_FEED, seed: 0, source, startAt: 0, endAt: null },
    offer(venue, symbol) {
      const found = source.instruments.find((one) => one.venue === venue && one.symbol === symbol)
      if (found) return found
      throw new CliError(
        1,
        `${symbol} on ${venue} has not been traded here yet, so its rules are not known: start the instance once, or preview it in a home of another feed`,
      )
    },
  }
}

function firstPrice(feed: Feed, instrument: Instrument): Price {
  const candle = feed.source.candleFrom(instrument.id, feed.startAt)
  if (candle === null) throw new CliError(1, `${feed.name} holds no candle of ${instrument.symbol}`)
  return candle.open
}

function contextOf(
  instance: ResolvedInstance,
  instrument: Instrument,
  at: MarketPrice,
  startAt: number,
): StrategyContext {
  const { capital, leverage, marginMode, paper } = instance.settings
  const fees = {
    maker: paper?.maker ?? instrument.makerFee,
    taker: paper?.taker ?? instrument.takerFee,
  }
  return {
    at: startAt,
    instruments: [instrument],
    prices: [at],
    capital,
    leverage,
    marginMode,
    fees: [fees],
    positions: [quantity(0)],
    initialPosition: instance.initialPosition,
  }
}

/** The feed that fleet.db remembers; null = none yet. */
export function storedFeed(text: string | null): { feed: string; seed: number } | null {
  return text === null ? null : (JSON.parse(text) as { feed: string; seed: number })
}
