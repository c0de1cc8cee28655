/** Aster's public REST (futures API v3, "Market Data Endpoints"). */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { SandboxBackend, SandboxCandle, SandboxInstrument, SandboxTrade } from '../front.ts'
import { INTERVALS } from '../intervals.ts'
import { limitOf, optionalInteger, type Params, text } from './params.ts'
import { AsterRefusal } from './refusal.ts'
import { listed, namedSymbol, optionalSymbol, symbolJson } from './symbols.ts'
import {
  type Json,
  type JsonObject,
  plainNumber,
  priceText,
  quantityText,
  rateText,
  symbolName,
  valueText,
} from './wire.ts'

export interface PublicCall {
  readonly backend: SandboxBackend
  readonly params: Params
}

export type PublicRoute = (call: PublicCall) => Json

const DEPTH_LIMITS = [5, 10, 20, 50, 100, 500, 1000]

export const PUBLIC_ROUTES: Readonly<Record<string, PublicRoute>> = {
  '/fapi/v3/ping': () => ({}),
  '/fapi/v3/time': ({ backend }) => ({ serverTime: backend.wallMs() }),
  '/fapi/v3/exchangeInfo': exchangeInfo,
  '/fapi/v3/depth': depth,
  '/fapi/v3/trades': (call) => trades(call),
  '/fapi/v3/historicalTrades': (call) => trades(call),
  '/fapi/v3/aggTrades': aggregateTrades,
  '/fapi/v3/klines': klines,
  '/fapi/v3/premiumIndex': (call) => oneOrAll(call, premiumIndex),
  '/fapi/v3/fundingRate': fundingRates,
  '/fapi/v3/fundingInfo': ({ backend, params }) => {
    const found = optionalSymbol(backend, params)
    return (found === null ? listed(backend) : [found]).map((one) => fundingInfo(backend, one))
  },
  '/fapi/v3/ticker/24hr': (call) => oneOrAll(call, dayTicker),
  '/fapi/v3/ticker/price': (call) => oneOrAll(call, priceTicker),
  '/fapi/v3/ticker/bookTicker': (call) => oneOrAll(call, bookTicker),
  // The spot interface shares the host; it lists nothing here.
  '/api/v3/exchangeInfo': ({ backend }) => ({
    timezone: 'UTC',
    serverTime: backend.wallMs(),
    rateLimits: RATE_LIMITS,
    exchangeFilters: [],
    assets: [],
    symbols: [],
  }),
}

const RATE_LIMITS: readonly JsonObject[] = [
  { interval: 'MINUTE', intervalNum: 1, limit: 2400, rateLimitType: 'REQUEST_WEIGHT' },
  { interval: 'MINUTE', intervalNum: 1, limit: 1200, rateLimitType: 'ORDERS' },
]

/** An object of the symbol that is named, else a list of all. */
function oneOrAll(
  { backend, params }: PublicCall,
  build: (backend: SandboxBackend, found: SandboxInstrument) => JsonObject,
): Json {
  const found = optionalSymbol(backend, params)
  if (found !== null) return build(backend, found)
  return listed(backend).map((one) => build(backend, one))
}

function exchangeInfo({ backend }: PublicCall): Json {
  const settles = new Set(listed(backend).map(({ instrument }) => instrument.settle))
  return {
    exchangeFilters: [],
    rateLimits: RATE_LIMITS,
    serverTime: backend.wallMs(),
    assets: [...settles].map((asset) => ({ asset, marginAvailable: true, autoAssetExchange: 0 })),
    symbols: listed(backend).map(symbolJson),
    timezone: 'UTC',
  }
}

function depth({ backend, params }: PublicCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const limit = optionalInteger(params, 'limit') ?? 500
  if (!DEPTH_LIMITS.includes(limit)) {
    throw new AsterRefusal('-4021', `${limit} is not valid depth limit.`)
  }
  const { bids, asks, sequence, at } = backend.book(instrument.id, Math.min(limit, 100))
  const level = ([price, lots]: readonly [number, number]): Json => [
    priceText(instrument, price),
    quantityText(instrument, lots),
  ]
  return { lastUpdateId: sequence, E: at, T: at, bids: bids.map(level), asks: asks.map(level) }
}

/** Oldest first, as everything of the venue. */
function trades({ backend, params }: PublicCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const found = backend.trades(instrument.id, limitOf(params, 500, 1000))
  return [...found].reverse().map((one) => ({
    id: one.id,
    price: priceText(instrument, one.price),
    qty: quantityText(instrument, one.quantity),
    quoteQty: valueText(instrument, one.price * one.quantity),
    time: one.at,
    isBuyerMaker: one.side === 'sell',
  }))
}

/** An aggregate of one trade: the sandbox's trades are apart already. */
export function aggregateFields(trade: SandboxTrade, instrument: Instrument): JsonObject {
  return {
    a: trade.id,
    p: priceText(instrument, trade.price),
    q: quantityText(instrument, trade.quantity),
    f: trade.id,
    l: trade.id,
    T: trade.at,
    m: trade.side === 'sell',
  }
}

function aggregateTrades({ backend, params }: PublicCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const from = optionalInteger(params, 'startTime') ?? 0
  const until = optionalInteger(params, 'endTime') ?? Number.POSITIVE_INFINITY
  const fromId = optionalInteger(params, 'fromId') ?? 0
  return [...backend.trades(instrument.id, limitOf(params, 500, 1000))]
    .filter((one) => one.at >= from && one.at <= until && one.id >= fromId)
    .reverse()
    .map((one) => aggregateFields(one, instrument))
}

/** @throws AsterRefusal -1120 */
export function barMsOf(interval: string): number {
  const barMs = INTERVALS[interval]
  if (barMs === undefined) throw new AsterRefusal('-1120')
  return barMs
}

/** How many trades a candle stands for; the feeds carry volumes alone. */
export const tradeCount = (candle: SandboxCandle): number => Math.ceil(candle.volume / 10)

function klines({ backend, params }: PublicCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const barMs = barMsOf(text(params, 'interval'))
  const limit = limitOf(params, 500, 1500)
  const found = candlesOf(backend, instrument.id, barMs, limit, {
    from: optionalInteger(params, 'startTime'),
    until: optionalInteger(params, 'endTime'),
  })
  return found.map((one) => klineRow(one, instrument))
}

/** With a beginning the first ones are meant, not the last ones. */
function candlesOf(
  backend: SandboxBackend,
  instrument: InstrumentId,
  barMs: number,
  limit: number,
  { from, until }: { from: number | null; until: number | null },
): readonly SandboxCandle[] {
  const end = until === null ? {} : { until }
  if (from === null) return backend.candles(instrument, { barMs, ...end, limit })
  const span = from + (limit - 1) * barMs
  const last = until === null ? span : Math.min(until, span)
  const first = backend.candles(instrument, { barMs, from, until: last, limit })
  if (first.length > 0) return first
  // The market is younger than the question.
  return backend.candles(instrument, { barMs, from, ...end, limit: 1500 }).slice(0, limit)
}

function klineRow(candle: SandboxCandle, instrument: Instrument): Json {
  const quote = valueText(instrument, candle.volume * candle.close)
  const half = valueText(instrument, Math.floor(candle.volume / 2) * candle.close)
  return [
    candle.openAt,
    priceText(instrument, candle.open),
    priceText(instrument, candle.high),
    priceText(instrument, candle.low),
    priceText(instrument, candle.close),
    quantityText(instrument, candle.volume),
    candle.closeAt - 1,
    quote,
    tradeCount(candle),
    quantityText(instrument, Math.floor(candle.volume / 2)),
    half,
    '0',
  ]
}

function premiumIndex(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  const { mark, index } = backend.price(instrument.id)
  const { rate, nextAt } = backend.funding(instrument.id)
  return {
    symbol: symbolName(instrument),
    markPrice: priceText(instrument, mark),
    indexPrice: priceText(instrument, index),
    estimatedSettlePrice: priceText(instrument, index),
    lastFundingRate: rateText(rate),
    nextFundingTime: nextAt,
    interestRate: '0.00010000',
    time: backend.marketAt(),
  }
}

function fundingRates({ backend, params }: PublicCall): Json {
  const found = optionalSymbol(backend, params)
  const from = optionalInteger(params, 'startTime')
  const until = optionalInteger(params, 'endTime')
  const limit = limitOf(params, 100, 1000)
  const rows = (found === null ? listed(backend) : [found]).flatMap(({ instrument }) =>
    backend
      .fundingHistory(instrument.id, {
        ...(from === null ? {} : { from }),
        ...(until === null ? {} : { until }),
        limit: 10_000,
      })
      .map(({ at, rate }) => ({
        symbol: symbolName(instrument),
        fundingRate: rateText(rate),
        fundingTime: at,
      })),
  )
  const sorted = rows.sort((a, b) => a.fundingTime - b.fundingTime)
  return from === null ? sorted.slice(-limit) : sorted.slice(0, limit)
}

function fundingInfo(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  return {
    symbol: symbolName(instrument),
    interestRate: '0.00010000',
    time: backend.marketAt(),
    fundingIntervalHours: backend.funding(instrument.id).intervalMs / 3_600_000,
    fundingFeeCap: 0.03,
    fundingFeeFloor: -0.03,
  }
}

function dayTicker(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  const day = backend.day(instrument.id)
  const { last } = backend.price(instrument.id)
  const newest = backend.trades(instrument.id, 1)[0]
  const at = backend.marketAt()
  const lastId = newest?.id ?? 0
  return {
    symbol: symbolName(instrument),
    priceChange: priceText(instrument, last - day.open),
    priceChangePercent: (((last - day.open) / day.open) * 100).toFixed(3),
    weightedAvgPrice: priceText(instrument, Math.round((day.open + last) / 2)),
    prevClosePrice: priceText(instrument, day.open),
    lastPrice: priceText(instrument, last),
    lastQty: quantityText(instrument, newest?.quantity ?? 0),
    openPrice: priceText(instrument, day.open),
    highPrice: priceText(instrument, day.high),
    lowPrice: priceText(instrument, day.low),
    volume: quantityText(instrument, day.volume),
    quoteVolume: plainNumber(day.turnover).toFixed(2),
    openTime: at - 86_400_000,
    closeTime: at,
    firstId: Math.max(0, lastId - day.trades),
    lastId,
    count: day.trades,
  }
}

function priceTicker(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  const { last, at } = backend.price(instrument.id)
  return { symbol: symbolName(instrument), price: priceText(instrument, last), time: at }
}

function bookTicker(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  const { bids, asks, at } = backend.book(instrument.id, 1)
  return {
    symbol: symbolName(instrument),
    bidPrice: priceText(instrument, bids[0]?.[0] ?? 0),
    bidQty: quantityText(instrument, bids[0]?.[1] ?? 0),
    askPrice: priceText(instrument, asks[0]?.[0] ?? 0),
    askQty: quantityText(instrument, asks[0]?.[1] ?? 0),
    time: at,
  }
}
