/** Backpack's public REST: system, markets, prices, candles, trades (openapi: Assets, Markets, System, Trades). */
import type { SandboxBackend, SandboxInstrument } from '../front.ts'
import { INTERVALS } from '../intervals.ts'
import type { BookTape } from './book-tape.ts'
import { listed, marketJson, marketOf } from './markets.ts'
import { oneOf, optionalInteger, optionalText, type Params, pageOf, textParam } from './query.ts'
import { BackpackRefusal } from './refusal.ts'
import {
  type Json,
  type JsonObject,
  klineTime,
  marketSymbol,
  micros,
  naiveTime,
  priceText,
  quantityText,
  rateText,
  valueText,
} from './wire.ts'

export interface PublicCall {
  readonly backend: SandboxBackend
  readonly tape: BookTape
  readonly params: Params
}

/** A text is sent as text/plain, everything else as JSON. */
export type PublicRoute = (call: PublicCall) => Json

const DEPTH_LIMITS = ['5', '10', '20', '50', '100', '500', '1000'] as const
const KLINES_MAX = 1000

export const PUBLIC_ROUTES: Readonly<Record<string, PublicRoute>> = {
  '/api/v1/status': ({ backend }) => ({
    status: backend.maintenance().isOn ? 'Maintenance' : 'Ok',
    ...(backend.maintenance().isOn ? { message: 'System under maintenance' } : {}),
  }),
  '/api/v1/ping': () => 'pong',
  '/api/v1/time': ({ backend }) => String(backend.wallMs()),
  '/api/v1/assets': assets,
  '/api/v1/collateral': collateral,
  '/api/v1/markets': markets,
  '/api/v1/market': (call) => marketJson(named(call)),
  '/api/v1/ticker': (call) => tickerJson(call.backend, named(call)),
  '/api/v1/tickers': ({ backend }) => listed(backend).map((one) => tickerJson(backend, one)),
  '/api/v1/depth': depth,
  '/api/v1/klines': klines,
  '/api/v1/markPrices': (call) => chosen(call).map((one) => markPriceJson(call.backend, one)),
  '/api/v1/openInterest': (call) => chosen(call).map((one) => openInterestJson(call.backend, one)),
  '/api/v1/fundingRates': fundingRates,
  '/api/v1/trades': (call) =>
    tradesJson(call, { limit: pageOf(call.params, 1000).limit, offset: 0 }),
  '/api/v1/trades/history': (call) => tradesJson(call, pageOf(call.params, 1000)),
}

const named = ({ backend, params }: PublicCall): SandboxInstrument =>
  marketOf(backend, textParam(params, 'symbol'))

/** The market that is named, or all of them. */
function chosen({ backend, params }: PublicCall): readonly SandboxInstrument[] {
  const symbol = optionalText(params, 'symbol')
  return symbol === null ? listed(backend) : [marketOf(backend, symbol)]
}

function markets({ backend, params }: PublicCall): Json {
  const kind = optionalText(params, 'marketType')
  return kind === null || kind === 'PERP' ? listed(backend).map(marketJson) : []
}

function assets({ backend }: PublicCall): Json {
  const names = new Set(
    listed(backend).flatMap(({ instrument }) => [instrument.settle, instrument.base]),
  )
  return [...names].map((symbol) => ({
    symbol,
    displayName: symbol,
    coingeckoId: symbol.toLowerCase(),
    tokens: [
      {
        displayName: symbol,
        blockchain: 'Solana',
        depositEnabled: true,
        minimumDeposit: '0.01',
        withdrawEnabled: true,
        minimumWithdrawal: '0.01',
        withdrawalFee: '0.01',
        nativeDecimals: 8,
      },
    ],
  }))
}

function collateral({ backend }: PublicCall): Json {
  const settles = new Set(listed(backend).map(({ instrument }) => instrument.settle))
  const none: JsonObject = { type: 'sqrt', base: '0', factor: '0' }
  return [...settles].map((symbol) => ({
    symbol,
    imfFunction: none,
    mmfFunction: none,
    haircutFunction: { weight: '1', kind: { type: 'identity' } },
  }))
}

function tickerJson(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  const day = backend.day(instrument.id)
  const { last } = backend.price(instrument.id)
  return {
    symbol: marketSymbol(instrument),
    firstPrice: priceText(instrument, day.open),
    lastPrice: priceText(instrument, last),
    priceChange: priceText(instrument, last - day.open),
    priceChangePercent: ((last - day.open) / day.open).toFixed(6),
    high: priceText(instrument, day.high),
    low: priceText(instrument, day.low),
    volume: quantityText(instrument, day.volume),
    quoteVolume: (day.turnover / 1e8).toFixed(6),
    trades: String(day.trades),
  }
}

function depth(call: PublicCall): Json {
  const { instrument } = named(call)
  const limit = Number(oneOf(call.params, 'limit', DEPTH_LIMITS) ?? 1000)
  const { bids, asks, updateId, at } = call.tape.book(instrument.id)
  const level = ([price, lots]: readonly [number, number]): Json => [
    priceText(instrument, price),
    quantityText(instrument, lots),
  ]
  return {
    asks: asks.slice(0, limit).map(level),
    // The venue writes both sides upwards: its best bid stands last.
    bids: bids.slice(0, limit).map(level).reverse(),
    lastUpdateId: String(updateId),
    timestamp: micros(at),
  }
}

function klines(call: PublicCall): Json {
  const { backend, params } = call
  const { instrument } = named(call)
  const barMs = INTERVALS[textParam(params, 'interval')]
  if (barMs === undefined) {
    throw new BackpackRefusal(
      'INVALID_CLIENT_REQUEST',
      'failed to parse parameter `interval`: failed to parse "KlineInterval": Expect a valid enumeration value.',
    )
  }
  const start = optionalInteger(params, 'startTime')
  if (start === null) textParam(params, 'startTime')
  const end = optionalInteger(params, 'endTime')
  const found = backend.candles(instrument.id, {
    barMs,
    from: (start ?? 0) * 1000,
    ...(end === null ? {} : { until: end * 1000 }),
    limit: KLINES_MAX,
  })
  return found.map((one) => ({
    start: klineTime(one.openAt),
    end: klineTime(one.closeAt),
    open: priceText(instrument, one.open),
    high: priceText(instrument, one.high),
    low: priceText(instrument, one.low),
    close: priceText(instrument, one.close),
    volume: quantityText(instrument, one.volume),
    quoteVolume: valueText(instrument, one.volume * one.close),
    trades: String(Math.ceil(one.volume / 10)),
  }))
}

function markPriceJson(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  const { mark, index } = backend.price(instrument.id)
  const funding = backend.funding(instrument.id)
  return {
    fundingRate: rateText(funding.rate),
    indexPrice: priceText(instrument, index),
    markPrice: priceText(instrument, mark),
    nextFundingTimestamp: funding.nextAt,
    symbol: marketSymbol(instrument),
  }
}

function openInterestJson(backend: SandboxBackend, { instrument }: SandboxInstrument): JsonObject {
  return {
    symbol: marketSymbol(instrument),
    openInterest: quantityText(instrument, backend.openInterest(instrument.id)),
    timestamp: backend.marketAt(),
  }
}

/** Newest first, as every history of the venue. */
function fundingRates(call: PublicCall): Json {
  const { instrument } = named(call)
  const { limit, offset } = pageOf(call.params, 10_000)
  const found = call.backend.fundingHistory(instrument.id, { limit: limit + offset })
  return [...found]
    .reverse()
    .slice(offset)
    .map(({ at, rate }) => ({
      symbol: marketSymbol(instrument),
      intervalEndTimestamp: naiveTime(at).slice(0, 19),
      fundingRate: rateText(rate),
    }))
}

function tradesJson(call: PublicCall, page: { limit: number; offset: number }): Json {
  const { instrument } = named(call)
  const found = call.backend.trades(instrument.id, page.limit + page.offset)
  return found.slice(page.offset).map((one) => ({
    id: one.id,
    price: priceText(instrument, one.price),
    quantity: quantityText(instrument, one.quantity),
    quoteQuantity: valueText(instrument, one.price * one.quantity),
    timestamp: one.at,
    isBuyerMaker: one.side === 'sell',
  }))
}
