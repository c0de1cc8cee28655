/** ccxt's unified reports in the words of the domain. */
import { type Instrument, instrumentId, linearMoneyPerUnit } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import { money, parseDecimal, parseDecimalRounded, quantity, ratio } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type { VenueOrder, VenueOrderStatus, VenuePosition } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import {
  costFrom,
  decimalsOf,
  momentFrom,
  moneyFrom,
  ratioFrom,
  roundedPriceFrom,
  stepsFrom,
} from '../live/decimal.ts'
import type { VenueFact } from '../live/dialect.ts'
import type {
  UnifiedExchange,
  UnifiedFunding,
  UnifiedMarket,
  UnifiedOrder,
  UnifiedPosition,
  UnifiedTicker,
  UnifiedTrade,
} from './unified.ts'

const MINUTE_MS = 60_000

export interface Contract {
  readonly instrument: Instrument
  /** The least step of an amount as ccxt counts it (contracts), as text. */
  readonly step: string
}

/** @throws VenueError `rejected` for what cannot be counted exactly */
export function contractFrom(exchange: UnifiedExchange, market: UnifiedMarket): Contract {
  const { base, quote, settle, symbol } = market
  if (market.swap !== true || market.linear !== true)
    throw refused('not_linear', `${symbol} of ${exchange.id} is no linear perpetual contract`)
  const tick = stepText(exchange, market.precision.price)
  const step = stepText(exchange, market.precision.amount)
  const size = String(market.contractSize ?? '1')
  const priceDecimals = decimalsOf(tick)
  let decimals = decimalsOf(step) + decimalsOf(size)
  let units = parseDecimal(step, decimalsOf(step)) * parseDecimal(size, decimalsOf(size))
  for (; decimals > 0 && units % 10 === 0; decimals--) units /= 10
  if (priceDecimals + decimals > 8)
    throw refused('too_fine', `${symbol} of ${exchange.id} has finer steps than can be counted`)
  const least = market.limits.amount?.min
  const instrument: Instrument = {
    id: instrumentId(exchange.id, symbol),
    venue: exchange.id,
    symbol,
    base,
    quote,
    settle,
    kind: 'linear',
    priceDecimals,
    priceRule: { kind: 'tick', tick: parseDecimal(tick, priceDecimals) },
    quantityDecimals: decimals,
    lotSize: units,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, decimals, units),
    quantityMin: quantity(
      Math.max(1, least === undefined ? 1 : Math.ceil(Number(least) / Number(step))),
    ),
    notionalMin: moneyFrom(market.limits.cost?.min ?? '0', 'ceil'),
    makerFee: ratioFrom(market.maker ?? '0.001'),
    takerFee: ratioFrom(market.taker ?? '0.001'),
    liquidationFee: ratioFrom(market.taker ?? '0.001'),
    // The venue's tiers are not known: a flat 5 % is worse than what venues ask for.
    marginTiers: [
      {
        notionalFloor: money(0),
        maintenanceRate: ratio(5_000_000),
        maintenanceAmount: money(0),
        leverageMax: Math.max(1, Math.floor(Number(market.limits.leverage?.max ?? '1'))),
      },
    ],
    fundingIntervalMs: 8 * 3_600_000,
  }
  return { instrument, step }
}

/** ccxt tells steps themselves, or how many decimals there are. */
function stepText(exchange: UnifiedExchange, precision: string | undefined): string {
  if (precision === undefined || exchange.precisionMode === 3)
    throw refused('precision', `${exchange.id} does not tell in which steps it counts`)
  if (exchange.precisionMode === 4) return plain(precision)
  const decimals = Number(precision)
  return decimals <= 0 ? String(10 ** -decimals) : `0.${'0'.repeat(decimals - 1)}1`
}

/** `1e-7` as `0.0000001`. */
function plain(text: string): string {
  const decimals = decimalsOf(text)
  return Number(text).toFixed(decimals)
}

const STATUS: Readonly<Record<string, VenueOrderStatus>> = {
  open: 'open',
  closed: 'filled',
  canceled: 'canceled',
  cancelled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
}

export function orderFrom({ instrument, step }: Contract, order: UnifiedOrder): VenueOrder {
  const status = STATUS[order.status ?? '']
  if (!status)
    throw new VenueError('unknown', 'unreadable', 'An order is reported without its state.')
  const isMarket = order.type === 'market' || order.price === undefined
  const request: OrderRequest = {
    instrument: instrument.id,
    side: order.side === 'sell' ? 'sell' : 'buy',
    kind: isMarket ? 'market' : 'limit',
    price: isMarket ? null : roundedPriceFrom(instrument, order.price),
    quantity: stepsFrom(step, order.amount),
    timeInForce: /IOC|FOK/.test(order.timeInForce ?? '') || isMarket ? 'ioc' : 'gtc',
    isPostOnly: order.postOnly === true,
    isReduceOnly: order.reduceOnly === true,
    trigger: null,
  }
  return {
    clientId: (order.clientOrderId || `venue:${order.id ?? ''}`) as ClientOrderId,
    request,
    status,
    quantityFilled: stepsFrom(step, order.filled ?? '0'),
    reason: null,
  }
}

/** @returns null for a trade without a number of its own, which could not be told from its repetition */
export function fillFrom(
  { instrument, step }: Contract,
  trade: UnifiedTrade,
  clientId: ClientOrderId | null,
): VenueFact | null {
  if (!trade.id) return null
  const id = `${instrument.symbol}:${trade.id}:${trade.order ?? ''}`
  const at = momentFrom(trade.timestamp)
  const isSettled = trade.fee?.currency === instrument.settle
  return {
    key: `fill:${id}`,
    kind: 'fill',
    at,
    isLiquidation: false,
    fill: {
      id,
      at,
      instrument: instrument.id,
      clientId,
      side: trade.side === 'sell' ? 'sell' : 'buy',
      price: roundedPriceFrom(instrument, trade.price),
      quantity: stepsFrom(step, trade.amount),
      fee:
        isSettled && trade.fee?.cost !== undefined ? moneyFrom(trade.fee.cost, 'ceil') : money(0),
      isMaker: trade.takerOrMaker === 'maker',
    },
  }
}

export function fundingFrom({ instrument }: Contract, paid: UnifiedFunding): VenueFact {
  const at = momentFrom(paid.timestamp)
  const key = `funding:${instrument.id}:${at}`
  const amount = moneyFrom(paid.amount)
  return {
    ...{ key, kind: 'funding', at, instrument: instrument.id, amount },
    ...{ rate: ratio(0), position: quantity(0) },
  }
}

export function positionFrom(
  { instrument, step }: Contract,
  row: UnifiedPosition,
): VenuePosition | null {
  const lots = stepsFrom(step, row.contracts ?? '0')
  if (lots === 0) return null
  const signed = quantity(row.side === 'short' ? -Math.abs(lots) : Math.abs(lots))
  return {
    instrument: instrument.id,
    quantity: signed,
    cost: costFrom(instrument, row.entryPrice, signed),
  }
}

export function priceFromTicker({ instrument }: Contract, ticker: UnifiedTicker): MarketPrice {
  const last = roundedPriceFrom(instrument, ticker.last)
  const given = (text: string | undefined) => text !== undefined && Number(text) > 0
  return {
    last,
    // Few venues tell it with the ticker; the last price is what there is then.
    mark: given(ticker.markPrice) ? roundedPriceFrom(instrument, ticker.markPrice) : last,
    ...(given(ticker.bid) ? { bid: roundedPriceFrom(instrument, ticker.bid) } : {}),
    ...(given(ticker.ask) ? { ask: roundedPriceFrom(instrument, ticker.ask) } : {}),
    ...(given(ticker.indexPrice) ? { index: roundedPriceFrom(instrument, ticker.indexPrice) } : {}),
  }
}

export function candleFrom({ instrument, step }: Contract, row: readonly unknown[]): Candle {
  const openAt = momentFrom(row[0])
  const at = (index: number) => roundedPriceFrom(instrument, row[index])
  const steps = decimalsOf(step)
  const volume = parseDecimalRounded(String(row[5] ?? '0'), steps, 'floor')
  return {
    openAt,
    closeAt: openAt + MINUTE_MS,
    ...{ open: at(1), high: at(2), low: at(3), close: at(4) },
    volume: quantity(Math.floor(volume / parseDecimal(step, steps))),
  }
}

const refused = (code: string, text: string): VenueError =>
  new VenueError('rejected', code, `${text}.`)
