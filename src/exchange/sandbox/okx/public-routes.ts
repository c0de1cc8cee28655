/** OKX's public REST endpoints. */
import type { DayFigures, SandboxBackend, SandboxCandle } from '../front.ts'
import { missing, success, unknownInstrument, wrong } from './answers.ts'
import { type OkxContract, type OkxContracts, priceText, ratioText, sizeText } from './contracts.ts'

export type Query = URLSearchParams
type Rows = readonly unknown[]

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** OKX's plain bars from 6 hours on begin at 16:00 UTC; the sandbox begins all of them at midnight, as the `utc` ones. */
const BARS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1H': HOUR_MS,
  '2H': 2 * HOUR_MS,
  '4H': 4 * HOUR_MS,
  '6H': 6 * HOUR_MS,
  '12H': 12 * HOUR_MS,
  '1D': DAY_MS,
  '6Hutc': 6 * HOUR_MS,
  '12Hutc': 12 * HOUR_MS,
  '1Dutc': DAY_MS,
}

export const barMsOf = (bar: string): number | null => BARS[bar] ?? null

export class PublicRoutes {
  readonly #backend: SandboxBackend
  readonly #contracts: OkxContracts

  constructor(backend: SandboxBackend, contracts: OkxContracts) {
    this.#backend = backend
    this.#contracts = contracts
  }

  /** Null = there is no such endpoint. */
  answer(endpoint: string, query: Query) {
    switch (endpoint) {
      case 'public/time':
        return success([{ ts: String(this.#backend.wallMs()) }])
      case 'system/status':
        return success(this.#status())
      case 'public/instruments':
        return success(this.#instruments(query))
      case 'market/ticker':
        return success([tickerRow(this.#backend, this.#contract(query))])
      case 'market/tickers':
        return success(this.#ofType(query).map((one) => tickerRow(this.#backend, one)))
      case 'market/books':
        return success([this.#book(query)])
      case 'market/candles':
      case 'market/history-candles':
        return success(this.#candles(query))
      case 'market/trades':
        return success(this.#trades(query))
      case 'market/index-tickers':
        return success(this.#index(query))
      case 'public/mark-price':
        return success(this.#marks(query))
      case 'public/funding-rate':
        return success([fundingRow(this.#backend, this.#contract(query))])
      case 'public/funding-rate-history':
        return success(this.#fundingHistory(query))
      case 'public/position-tiers':
        return success(this.#tiers(query))
      case 'public/open-interest':
        return success(this.#openInterest(query))
      case 'asset/currencies':
        return success([])
      default:
        return null
    }
  }

  #contract(query: Query): OkxContract {
    const instId = query.get('instId') ?? ''
    if (instId === '') throw missing('instId')
    const contract = this.#contracts.byId(instId)
    if (contract === null) throw unknownInstrument()
    return contract
  }

  /** Of the wanted kind; the sandbox lists perpetual contracts only. */
  #ofType(query: Query): readonly OkxContract[] {
    const type = query.get('instType') ?? ''
    if (type === '') throw missing('instType')
    if (!['SPOT', 'MARGIN', 'SWAP', 'FUTURES', 'OPTION', 'EVENTS'].includes(type)) {
      throw wrong('instType')
    }
    return type === 'SWAP' ? this.#contracts.all() : []
  }

  #instruments(query: Query): Rows {
    const contracts = this.#ofType(query)
    const instId = query.get('instId')
    if (instId !== null && contracts.length > 0) return [instrumentRow(this.#contract(query))]
    const family = query.get('instFamily') ?? query.get('uly')
    return contracts
      .filter((one) => family === null || one.instFamily === family)
      .map((one) => instrumentRow(one))
  }

  #status(): Rows {
    const { isOn, until } = this.#backend.maintenance()
    if (!isOn) return []
    const now = this.#backend.wallMs()
    return [
      {
        title: 'Trading system maintenance',
        state: 'ongoing',
        begin: String(now - MINUTE_MS),
        end: String(until ?? now + HOUR_MS),
        preOpenBegin: '',
        href: '',
        serviceType: '5',
        system: 'unified',
        scheDesc: '',
        maintType: '1',
        env: '1',
      },
    ]
  }

  #book(query: Query) {
    const contract = this.#contract(query)
    const depth = Math.min(400, Math.max(1, Number(query.get('sz') ?? '1') || 1))
    const { asks, bids, at } = this.#backend.book(contract.instrument.id, depth)
    const side = (levels: typeof asks) => levels.map((level) => bookRow(contract, level))
    return { asks: side(asks), bids: side(bids), ts: String(at) }
  }

  #candles(query: Query): Rows {
    const contract = this.#contract(query)
    const barMs = barMsOf(query.get('bar') ?? '1m')
    if (barMs === null) throw wrong('bar')
    const limit = Math.min(300, Number(query.get('limit') ?? '100') || 100)
    // OKX's `after` asks for what is older, `before` for what is newer; both exclusive.
    const after = query.get('after')
    const before = query.get('before')
    const bars = this.#backend.candles(contract.instrument.id, {
      barMs,
      ...(before === null ? {} : { from: Number(before) + 1 }),
      ...(after === null ? {} : { until: Number(after) - 1 }),
      limit,
    })
    return [...bars].reverse().map((bar) => candleRow(contract, bar))
  }

  #trades(query: Query): Rows {
    const contract = this.#contract(query)
    const limit = Math.min(500, Number(query.get('limit') ?? '100') || 100)
    return this.#backend.trades(contract.instrument.id, limit).map((one) => ({
      instId: contract.instId,
      side: one.side,
      sz: sizeText(contract, one.quantity),
      px: priceText(contract, one.price),
      tradeId: String(one.id),
      ts: String(one.at),
    }))
  }

  #index(query: Query): Rows {
    const family = query.get('instId') ?? ''
    if (family === '') throw missing('instId')
    const found = this.#contracts.all().find((one) => one.instFamily === family)
    if (found === undefined) throw unknownInstrument()
    return [indexRow(this.#backend, found)]
  }

  #marks(query: Query): Rows {
    const one = query.get('instId')
    const contracts = one === null ? this.#ofType(query) : [this.#contract(query)]
    return contracts.map((contract) => markRow(this.#backend, contract))
  }

  #fundingHistory(query: Query): Rows {
    const contract = this.#contract(query)
    const limit = Math.min(400, Number(query.get('limit') ?? '100') || 100)
    const after = query.get('after')
    const before = query.get('before')
    const rates = this.#backend.fundingHistory(contract.instrument.id, {
      ...(before === null ? {} : { from: Number(before) + 1 }),
      ...(after === null ? {} : { until: Number(after) - 1 }),
      limit,
    })
    return [...rates].reverse().map(({ at, rate }) => ({
      instType: 'SWAP',
      instId: contract.instId,
      fundingRate: ratioText(rate),
      realizedRate: ratioText(rate),
      fundingTime: String(at),
    }))
  }

  #tiers(query: Query): Rows {
    const family = query.get('instFamily') ?? query.get('uly') ?? ''
    const instId = query.get('instId') ?? `${family}-SWAP`
    const contract = this.#contracts.byId(instId)
    if (contract === null) throw unknownInstrument()
    const { marginTiers, moneyPerUnit } = contract.instrument
    const { last } = this.#backend.price(contract.instrument.id)
    const lotsAt = (value: number) => Math.floor(value / Math.max(1, last * moneyPerUnit))
    return marginTiers.map((tier, index) => ({
      baseMaxLoan: '',
      imr: String(1 / tier.leverageMax),
      instId: contract.instId,
      maxLever: String(tier.leverageMax),
      maxSz: sizeText(contract, lotsAt(marginTiers[index + 1]?.notionalFloor ?? 1e17)),
      minSz: sizeText(contract, lotsAt(tier.notionalFloor)),
      mmr: ratioText(tier.maintenanceRate),
      optMgnFactor: '0',
      quoteMaxLoan: '',
      tier: String(index + 1),
      uly: contract.instFamily,
      instFamily: contract.instFamily,
    }))
  }

  #openInterest(query: Query): Rows {
    const one = query.get('instId')
    const contracts = one === null ? this.#ofType(query) : [this.#contract(query)]
    return contracts.map((contract) => {
      const lots = this.#backend.openInterest(contract.instrument.id)
      const { last, at } = this.#backend.price(contract.instrument.id)
      return {
        instType: 'SWAP',
        instId: contract.instId,
        oi: sizeText(contract, lots),
        oiCcy: baseText(contract, lots),
        oiUsd: String((lots * last * contract.instrument.moneyPerUnit) / 1e8),
        ts: String(at),
      }
    })
  }
}

const STATES = {
  trading: 'live',
  post_only: 'post_only',
  paused: 'suspend',
  close_only: 'live',
  delisted: 'expired',
}

/** One contract of `public/instruments`. */
export function instrumentRow(contract: OkxContract): Readonly<Record<string, unknown>> {
  const { instrument, listed, instFamily, instId } = contract
  return {
    alias: '',
    auctionEndTime: '',
    baseCcy: '',
    category: '1',
    contTdSwTime: '',
    ctMult: '1',
    ctType: 'linear',
    ctVal: contract.ctVal,
    ctValCcy: instrument.base,
    expTime: listed.delistAt === null ? '' : String(listed.delistAt),
    futureSettlement: false,
    instFamily,
    instId,
    instIdCode: 10_000 + (instId.charCodeAt(0) * 31 + instId.charCodeAt(1)),
    instType: 'SWAP',
    lever: String(instrument.marginTiers[0]?.leverageMax ?? 1),
    listTime: '1573557408000',
    lotSz: contract.lotSz,
    maxIcebergSz: '100000000.0000000000000000',
    maxLmtAmt: '20000000',
    maxLmtSz: '100000000',
    maxMktAmt: '',
    maxMktSz: '100000000',
    maxPlatOILmt: '',
    maxStopSz: '100000000',
    maxTriggerSz: '100000000.0000000000000000',
    maxTwapSz: '100000000.0000000000000000',
    minSz: contract.minSz,
    openType: '',
    optType: '',
    posLmtAmt: '',
    posLmtPct: '',
    preMktSwTime: '',
    quoteCcy: '',
    ruleType: 'normal',
    settleCcy: instrument.settle,
    state: STATES[listed.state],
    stk: '',
    tickSz: contract.tickSz,
    tradeQuoteCcyList: [],
    uly: instFamily,
  }
}

/** A level of a book: price, contracts, a field that is always 0, orders. */
export const bookRow = (contract: OkxContract, [at, lots]: readonly [number, number]) => [
  priceText(contract, at),
  sizeText(contract, lots),
  '0',
  '1',
]

/** Open time, prices, contracts, base, quote, whether it is closed. */
export function candleRow(contract: OkxContract, bar: SandboxCandle): readonly string[] {
  const value = bar.volume * bar.close * contract.instrument.moneyPerUnit
  return [
    String(bar.openAt),
    ...[bar.open, bar.high, bar.low, bar.close].map((at) => priceText(contract, at)),
    sizeText(contract, Math.round(bar.volume)),
    baseText(contract, bar.volume),
    String(value / 1e8),
    bar.isClosed ? '1' : '0',
  ]
}

const baseText = (contract: OkxContract, lots: number): string => {
  const { lotSize, quantityDecimals } = contract.instrument
  return String((lots * lotSize) / 10 ** quantityDecimals)
}

export function tickerRow(backend: SandboxBackend, contract: OkxContract) {
  const { id } = contract.instrument
  const { last, at } = backend.price(id)
  const { bids, asks } = backend.book(id, 1)
  const day: DayFigures = backend.day(id)
  const best = (level: readonly [number, number] | undefined) =>
    level === undefined ? ['', ''] : [priceText(contract, level[0]), sizeText(contract, level[1])]
  const [bidPx, bidSz] = best(bids[0])
  const [askPx, askSz] = best(asks[0])
  const [trade] = backend.trades(id, 1)
  return {
    instType: 'SWAP',
    instId: contract.instId,
    last: priceText(contract, last),
    lastSz: sizeText(contract, trade?.quantity ?? 1),
    askPx,
    askSz,
    bidPx,
    bidSz,
    open24h: priceText(contract, day.open),
    high24h: priceText(contract, day.high),
    low24h: priceText(contract, day.low),
    volCcy24h: baseText(contract, day.volume),
    vol24h: sizeText(contract, Math.round(day.volume)),
    sodUtc0: priceText(contract, day.open),
    sodUtc8: priceText(contract, day.open),
    ts: String(at),
  }
}

export function indexRow(backend: SandboxBackend, contract: OkxContract) {
  const { id } = contract.instrument
  const { index, at } = backend.price(id)
  const day = backend.day(id)
  return {
    instId: contract.instFamily,
    idxPx: priceText(contract, index),
    high24h: priceText(contract, day.high),
    sodUtc0: priceText(contract, day.open),
    open24h: priceText(contract, day.open),
    low24h: priceText(contract, day.low),
    sodUtc8: priceText(contract, day.open),
    ts: String(at),
  }
}

export function markRow(backend: SandboxBackend, contract: OkxContract) {
  const { mark, at } = backend.price(contract.instrument.id)
  return {
    instType: 'SWAP',
    instId: contract.instId,
    markPx: priceText(contract, mark),
    ts: String(at),
  }
}

export function fundingRow(backend: SandboxBackend, contract: OkxContract) {
  const { rate, nextAt, intervalMs } = backend.funding(contract.instrument.id)
  const [settled] = backend.fundingHistory(contract.instrument.id, { limit: 1 }).slice(-1)
  return {
    fundingRate: ratioText(rate),
    fundingTime: String(nextAt),
    instId: contract.instId,
    instType: 'SWAP',
    method: 'current_period',
    maxFundingRate: '0.00375',
    minFundingRate: '-0.00375',
    nextFundingRate: '',
    nextFundingTime: String(nextAt + intervalMs),
    settFundingRate: settled === undefined ? '' : ratioText(settled.rate),
    settState: 'settled',
    ts: String(backend.marketAt()),
  }
}
