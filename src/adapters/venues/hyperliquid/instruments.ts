/**
 * The contracts of the venue's own exchange (the "first perp dex"), from `metaAndAssetCtxs`. A size has szDecimals, a price
 * five significant figures and 6 - szDecimals decimals at most, whole numbers always; an order is worth 10 USDC or more.
 * Source: Hyperliquid documentation, "Tick and lot size", "Error responses", "Margin tiers".
 */
import {
  type Instrument,
  type InstrumentId,
  instrumentId,
  linearMoneyPerUnit,
  type MarginTier,
} from '../../../domain/instrument.ts'
import type { MarketPrice } from '../../../domain/market.ts'
import { divide, money, mulDiv, quantity, type Ratio, ratio } from '../../../domain/money.ts'
import { VenueError } from '../../../ports/venue.ts'
import { moneyFrom, ratioFrom, roundedPriceFrom } from '../live/decimal.ts'
import { isRaw, neededText, type Raw, rawOf, rowsOf, textOf } from './raw.ts'

export const VENUE = 'hyperliquid'
/** Decimals that size and price have together. */
const DECIMALS_TOTAL = 6
const FIGURES = 5
const NOTIONAL_MIN = money(10 * 100_000_000)
const HOUR_MS = 3_600_000
/** Worth of a position beyond which money leaves the safe integers: tiers above are never reached. */
const NOTIONAL_MAX = 90_000_000

export interface HyperliquidMarket {
  /** The venue's name, e.g. BTC. */
  readonly coin: string
  /** Index in the universe: how actions name the contract. */
  readonly asset: number
  readonly instrument: Instrument
  readonly leverageMax: number
  readonly isIsolatedOnly: boolean
  readonly isDelisted: boolean
}

export interface FeeRates {
  readonly maker: Ratio
  readonly taker: Ratio
}

/** What an account without volume pays on perpetuals. Source: Hyperliquid documentation, "Fees", tier 0. */
export const BASE_FEES: FeeRates = { maker: ratio(15_000), taker: ratio(45_000) }

/** ccxt's unified symbol of a coin: the name in capitals, settled in USDC. */
const symbolOf = (coin: string): string => `${coin.toUpperCase()}/USDC:USDC`

/**
 * Steps of the maintenance margin: half of the initial margin at the greatest leverage of the step, continuous at its floor.
 * @param table the margin table of the contract; null: one step
 */
export function marginTiersOf(leverageMax: number, table: Raw | null): readonly MarginTier[] {
  const rows = table === null ? [] : rowsOf(table['marginTiers'], 'margin tiers')
  const steps = rows
    .map((row) => ({ floor: neededText(row, 'lowerBound'), leverage: Number(row['maxLeverage']) }))
    .filter(({ floor }) => Number(floor) < NOTIONAL_MAX)
  const tiers: MarginTier[] = []
  for (const step of steps.length > 0 ? steps : [{ floor: '0', leverage: leverageMax }]) {
    const notionalFloor = moneyFrom(step.floor)
    const maintenanceRate = ratio(divide(100_000_000, 2 * step.leverage, 'ceil'))
    const below = tiers.at(-1)
    const jump = below
      ? mulDiv(notionalFloor, maintenanceRate - below.maintenanceRate, 100_000_000, 'floor')
      : 0
    tiers.push({
      notionalFloor,
      maintenanceRate,
      maintenanceAmount: money((below?.maintenanceAmount ?? 0) + jump),
      leverageMax: step.leverage,
    })
  }
  return tiers
}

function marketOf(row: Raw, asset: number, tables: ReadonlyMap<string, Raw>, fees: FeeRates) {
  const coin = neededText(row, 'name')
  const sizeDecimals = Number(neededText(row, 'szDecimals'))
  const leverageMax = Number(neededText(row, 'maxLeverage'))
  const symbol = symbolOf(coin)
  const base = symbol.slice(0, symbol.indexOf('/'))
  const priceDecimals = DECIMALS_TOTAL - sizeDecimals
  const instrument: Instrument = {
    id: instrumentId(VENUE, symbol),
    venue: VENUE,
    symbol,
    base,
    quote: 'USDC',
    settle: 'USDC',
    kind: 'linear',
    priceDecimals,
    priceRule: { kind: 'significantFigures', figures: FIGURES },
    quantityDecimals: sizeDecimals,
    lotSize: 1,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, sizeDecimals, 1),
    quantityMin: quantity(1),
    notionalMin: NOTIONAL_MIN,
    makerFee: fees.maker,
    takerFee: fees.taker,
    liquidationFee: ratio(0),
    marginTiers: marginTiersOf(leverageMax, tables.get(textOf(row, 'marginTableId') ?? '') ?? null),
    fundingIntervalMs: HOUR_MS,
  }
  return {
    coin,
    asset,
    instrument,
    leverageMax,
    isIsolatedOnly: row['onlyIsolated'] === true || textOf(row, 'marginMode') === 'strictIsolated',
    isDelisted: row['isDelisted'] === true,
  }
}

/** `[[51, { marginTiers }], …]` by its number. */
function marginTablesOf(meta: Raw): ReadonlyMap<string, Raw> {
  const tables = new Map<string, Raw>()
  const list = meta['marginTables']
  if (!Array.isArray(list)) return tables
  for (const entry of list) {
    if (Array.isArray(entry) && isRaw(entry[1])) tables.set(String(entry[0]), entry[1])
  }
  return tables
}

/** Every contract of the account's exchange, by each of its names. */
export class MarketTable {
  readonly #byCoin = new Map<string, HyperliquidMarket>()
  readonly #byId = new Map<InstrumentId, HyperliquidMarket>()

  /** @param meta the answer to `meta`, or the first half of the one to `metaAndAssetCtxs` */
  constructor(meta: unknown, fees: FeeRates) {
    const raw = rawOf(meta, 'list of contracts')
    const tables = marginTablesOf(raw)
    rowsOf(raw['universe'], 'list of contracts').forEach((row, asset) => {
      // Contracts of builders name their exchange; an entry without szDecimals cannot be traded.
      const coin = textOf(row, 'name')
      if (coin === null || coin.includes(':') || textOf(row, 'szDecimals') === null) return
      const market = marketOf(row, asset, tables, fees)
      this.#byCoin.set(coin, market)
      this.#byId.set(market.instrument.id, market)
    })
  }

  /** Every contract that is traded. */
  get listed(): readonly HyperliquidMarket[] {
    return [...this.#byCoin.values()].filter(({ isDelisted }) => !isDelisted)
  }

  /** null: a spot pair, or a contract of a builder. */
  ofCoin(coin: string): HyperliquidMarket | null {
    return this.#byCoin.get(coin) ?? null
  }

  /** @throws VenueError `rejected` when the venue has no such contract */
  of(instrument: Pick<Instrument, 'id' | 'symbol'>): HyperliquidMarket {
    const market = this.#byId.get(instrument.id)
    if (!market) throw unknownSymbol(instrument.symbol)
    return market
  }

  /**
   * @param symbol ccxt's unified symbol
   * @throws VenueError `rejected` for builders' contracts, delisted and unknown ones
   */
  ofSymbol(symbol: string): HyperliquidMarket {
    if (isBuilderSymbol(symbol)) {
      throw new VenueError(
        'rejected',
        'builder_market',
        `${symbol} is a contract of a builder (HIP-3), where the venue may drop orders that carry a client id: choose one of hyperliquid's own contracts.`,
      )
    }
    const market = this.#byId.get(instrumentId(VENUE, symbol))
    if (!market) throw unknownSymbol(symbol)
    if (market.isDelisted) {
      throw new VenueError(
        'rejected',
        'delisted',
        `hyperliquid has delisted ${symbol}: choose another contract.`,
      )
    }
    return market
  }
}

const unknownSymbol = (symbol: string): VenueError =>
  new VenueError(
    'rejected',
    'unknown_symbol',
    `hyperliquid has no contract ${symbol}: write it like BTC/USDC:USDC.`,
  )

/** `xyz:TSLA` as the venue writes it, `XYZ-TSLA/USDC:USDC` as ccxt does. */
export function isBuilderSymbol(symbol: string): boolean {
  const base = symbol.split('/')[0] ?? ''
  return base.includes(':') || base.includes('-')
}

/**
 * Prices from an asset context (`metaAndAssetCtxs`, `activeAssetCtx`). The venue tells no last trade there: the mid of the
 * book stands for it, the mark where the book has one side only.
 */
export function priceOf(instrument: Instrument, context: Raw): MarketPrice {
  const mark = roundedPriceFrom(instrument, context['markPx'])
  const mid = textOf(context, 'midPx')
  const index = textOf(context, 'oraclePx')
  return {
    last: mid === null ? mark : roundedPriceFrom(instrument, mid),
    mark,
    ...(index === null ? {} : { index: roundedPriceFrom(instrument, index) }),
  }
}

/** The account's own rates from `userFees`. */
export function feesOf(answer: unknown): FeeRates {
  const row = rawOf(answer, 'fees')
  return { maker: ratioFrom(row['userAddRate']), taker: ratioFrom(row['userCrossRate']) }
}
