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
  replayFeed,
  replaySetOf,
} from '../exchange/feed.ts'
import { DEMO_SEED } from '../fleet/feed-choice.ts'
import type { Home } from '../fleet/home.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import { gridPreview } from '../strategies/perp-grid/preview.ts'

export interface PreviewParts {
  readonly home: Home
  readonly fleetConfig: string | null
  /** Instances with their files. */
  readonly files: readonly { readonly id: string; readonly file: string }[]
  /** What this home trades on; null = it has not started yet. */
  readonly stored: { readonly feed: string; readonly seed: number } | null
  /** The price that a running bot saw last, decimal text; null = it does not run. */
  lastPrice(id: string): Promise<string | null>
}

export async function previewGrid(parts: PreviewParts, target: string): Promise<GridPreview> {
  const instance = loadTarget(parts, target)
  if (instance.strategy !== 'perp_grid') {
    throw new CliError(2, `${target} runs ${instance.strategy}, which is no grid`)
  }
  const { venue, symbol, feed: named } = instance.settings
  const feed = openFeed(parts, parts.stored?.feed ?? named ?? DEMO_FEED)
  const instrument = feed.offer(venue, symbol)
  const live = await parts.lastPrice(instance.id)
  const last =
    live === null
      ? firstPrice(feed, instrument)
      : price(parseDecimal(live, instrument.priceDecimals))
  const context = contextOf(instance, instrument, { last, mark: last }, feed.startAt)
  const source = live === null ? `first price of ${feed.name}` : `last price of ${feed.name}`
  return { ...gridPreview(instance.parameters, context, instance.settings.limits), source }
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
  const set = replaySetOf(name)
  if (set === null) return demoFeed(stored?.seed ?? DEMO_SEED)
  const parsed = parseSetName(set)
  const market = new HistoryFolder(home.history).load(parsed)
  const source = new ReplaySource([{ market, window: parsed }])
  return replayFeed(set, { source, startAt: source.startAt, endAt: source.endAt })
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
