/** What OKX reports, in the words of the domain. Rows are those of REST and streams alike. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle } from '../../../domain/market.ts'
import { type Money, money, quantity, ratio } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest, Side, Trigger } from '../../../domain/order.ts'
import type { VenueOrder, VenueOrderStatus, VenuePosition } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import {
  costFrom,
  momentFrom,
  moneyFrom,
  priceFrom,
  ratioFrom,
  roundedPriceFrom,
  stepsFrom,
} from '../live/decimal.ts'
import type { VenueFact } from '../live/dialect.ts'
import type { Row } from './exchange.ts'
import type { Contract } from './instruments.ts'

const MINUTE_MS = 60_000

/** An id that only means something to us: of an order that nobody gave one. */
export const foreignId = (ordId: string): ClientOrderId => `venue:${ordId}` as ClientOrderId

/** The id that we gave, of the order or of the stop that it comes from; null = none of its own. */
export function clientIdOf(row: Row): ClientOrderId | null {
  const { algoClOrdId = '', clOrdId = '', algoId = '' } = row
  if (algoClOrdId !== '') return algoClOrdId as ClientOrderId
  // OKX calls what a triggered order places `{algoId}_0`: that is no id of anybody.
  if (clOrdId === '' || isPlacedByStop(row) || (algoId !== '' && clOrdId.startsWith(algoId)))
    return null
  return clOrdId as ClientOrderId
}

/** Id of the stop that placed an order; null = it was placed as it is. */
export function stopOf(row: Row): string | null {
  const linked = (row as Readonly<Record<string, unknown>>)['linkedAlgoOrd'] as Row | undefined
  const algoId = row['algoId'] || linked?.['algoId'] || ''
  if (algoId !== '') return algoId
  return /^(\d+)_\d+$/.exec(row['clOrdId'] ?? '')?.[1] ?? null
}

const isPlacedByStop = (row: Row): boolean => /^\d+_\d+$/.test(row['clOrdId'] ?? '')

const STATUS: Readonly<Record<string, VenueOrderStatus>> = {
  live: 'open',
  partially_filled: 'open',
  filled: 'filled',
  canceled: 'canceled',
  // Maker protection of options desks; ends the order like a cancel.
  mmp_canceled: 'canceled',
  // Stops:
  pause: 'open',
  order_placed: 'open',
  partially_effective: 'open',
  effective: 'open',
  order_failed: 'rejected',
}

export function statusOf(state: string | undefined): VenueOrderStatus {
  const status = STATUS[state ?? '']
  if (status) return status
  throw new VenueError(
    'unknown',
    'unreadable',
    `okx reports an order in the unknown state "${state}".`,
  )
}

/** Why an order ended without being filled, where OKX says it. */
function reasonOf(row: Row): string | null {
  if (row['cancelSource'] === '31') return 'would_cross'
  const words = row['cancelSourceReason'] || row['failCode'] || ''
  return words === '' || words === '0' ? null : words.slice(0, 100)
}

const sideOf = (row: Row): Side => (row['side'] === 'sell' ? 'sell' : 'buy')

/** An ordinary order. @param clientId of the stop that placed it; null = its own */
export function orderFrom(
  contract: Contract,
  row: Row,
  clientId: ClientOrderId | null,
): VenueOrder {
  const { instrument, lotSz } = contract
  const { ordType = '', px = '' } = row
  const isMarket = ordType === 'market' || px === ''
  const request: OrderRequest = {
    instrument: instrument.id,
    side: sideOf(row),
    kind: isMarket ? 'market' : 'limit',
    price: isMarket ? null : roundedPriceFrom(instrument, px),
    quantity: stepsFrom(lotSz, row['sz']),
    timeInForce: isMarket || /ioc|fok/.test(ordType) ? 'ioc' : 'gtc',
    isPostOnly: ordType === 'post_only',
    isReduceOnly: row['reduceOnly'] === 'true',
    trigger: null,
  }
  return {
    clientId: clientId ?? clientIdOf(row) ?? foreignId(row['ordId'] ?? ''),
    request,
    status: statusOf(row['state']),
    quantityFilled: stepsFrom(lotSz, row['accFillSz'] || '0'),
    reason: reasonOf(row),
  }
}

/** A stop or a take-profit that rests with its trigger. @param child the order that it has placed, if any */
export function stopFrom(contract: Contract, row: Row, child: VenueOrder | null): VenueOrder {
  const { instrument, lotSz } = contract
  const limit = row['slOrdPx'] || row['tpOrdPx'] || row['ordPx'] || '-1'
  const isMarket = limit === '-1'
  const request: OrderRequest = {
    instrument: instrument.id,
    side: sideOf(row),
    kind: isMarket ? 'market' : 'limit',
    price: isMarket ? null : roundedPriceFrom(instrument, limit),
    quantity: (row['closeFraction'] ?? '') !== '' ? 'position' : stepsFrom(lotSz, row['sz']),
    timeInForce: 'gtc',
    isPostOnly: false,
    isReduceOnly: row['reduceOnly'] === 'true' || (row['closeFraction'] ?? '') !== '',
    trigger: triggerOf(instrument, row),
  }
  return {
    clientId: (row['algoClOrdId'] || foreignId(row['algoId'] ?? '')) as ClientOrderId,
    request,
    // Once it has fired, what became of it is told by the order that it placed.
    status: child?.status ?? statusOf(row['state']),
    quantityFilled: child?.quantityFilled ?? quantity(0),
    reason: child?.reason ?? reasonOf(row),
  }
}

function triggerOf(instrument: Instrument, row: Row): Trigger {
  const isTakeProfit = (row['tpTriggerPx'] ?? '') !== '' && (row['slTriggerPx'] ?? '') === ''
  const at = row['slTriggerPx'] || row['tpTriggerPx'] || row['triggerPx']
  const by = row['slTriggerPxType'] || row['tpTriggerPxType'] || row['triggerPxType']
  return {
    kind: isTakeProfit ? 'take_profit' : 'stop',
    price: roundedPriceFrom(instrument, at),
    // Index, which the domain does not know, is nearer to mark than to last.
    by: by === 'last' ? 'last' : 'mark',
  }
}

/** The hint of a stream that an order is in some state. */
export function orderFact(order: VenueOrder, at: number): VenueFact {
  const { clientId, status, quantityFilled, reason } = order
  const key = `order:${clientId}:${status}:${quantityFilled}`
  return { key, kind: 'order', at, clientId, status, quantityFilled, reason }
}

/** Bill subtypes of forced reductions: liquidations 100-113, auto-deleveraging 125-128. */
function isForced(row: Row): boolean {
  const { category = '', subType = '' } = row
  if (/liquidation|^adl$/.test(category)) return true
  const type = Number(subType)
  return (type >= 100 && type <= 113) || (type >= 125 && type <= 128)
}

/**
 * An execution, from `fills` (fee, fillPx, fillSz, ts) or from an order message (fillFee, fillTime). Its key is the same from
 * both: trades are numbered per contract, so the order's number is part of it.
 * @returns null when the row holds none, or one that cannot be told from others yet
 */
export function fillFact(
  contract: Contract,
  row: Row,
  clientId: ClientOrderId | null,
): VenueFact | null {
  const { instrument, lotSz } = contract
  const { tradeId = '', ordId = '', fillSz = '', billId = '' } = row
  if (fillSz === '' || Number(fillSz) === 0) return null
  // Without a trade number only the bill tells two executions apart, and streams have none: the question finds it.
  const name = tradeId !== '' && tradeId !== '0' ? tradeId : billId === '' ? null : `bill${billId}`
  if (name === null) return null
  const id = `${name}-${ordId}`
  const at = momentFrom(row['fillTime'] || row['ts'])
  const [paid, currency] = paidFor(row)
  if (paid === undefined) return null
  // After a change of the tick a price may be finer than we count: what happened is booked all the same.
  const price = roundedPriceFrom(instrument, row['fillPx'])
  return {
    key: `fill:${id}`,
    kind: 'fill',
    at,
    isLiquidation: isForced(row),
    fill: {
      id,
      at,
      instrument: instrument.id,
      clientId,
      side: sideOf(row),
      price,
      quantity: stepsFrom(lotSz, fillSz),
      fee: feeFrom(contract, paid, currency, price),
      isMaker: row['execType'] === 'M',
    },
  }
}

/**
 * What this execution cost. In a message of an order `fee` is the sum of all its executions, and `fillFee` of this one; where
 * that is missing only the first execution can be told apart, and the question finds the others.
 */
function paidFor(row: Row): readonly [string | undefined, string | undefined] {
  const { accFillSz, fillSz, fee, feeCcy, fillFee = '', fillFeeCcy } = row
  if (accFillSz === undefined) return [fee ?? '0', feeCcy]
  if (fillFee !== '') return [fillFee, fillFeeCcy]
  return [Number(accFillSz) === Number(fillSz) ? (fee ?? '0') : undefined, feeCcy]
}

/** OKX writes what is paid as negative. A fee in base is worth what the fill was; one in anything else is kept as 0. */
function feeFrom(
  { instrument }: Contract,
  text: string,
  currency: string | undefined,
  at: number,
): Money {
  if (text === '') return money(0)
  const paid = money(0 - moneyFrom(text, 'floor'))
  if (currency === undefined || currency === '' || currency === instrument.settle) return paid
  if (currency !== instrument.base || instrument.kind === 'inverse') return money(0)
  return money(Math.ceil((paid * at) / 10 ** instrument.priceDecimals))
}

/** Lots in net mode carry their sign. */
export function positionFrom(contract: Contract, row: Row): VenuePosition | null {
  const { instrument, lotSz } = contract
  const lots = stepsFrom(lotSz, row['pos'] || '0')
  if (lots === 0) return null
  return {
    instrument: instrument.id,
    quantity: lots,
    cost: costFrom(instrument, row['avgPx'], lots),
  }
}

/** One candle of `candle1m` or `market/candles`: ts, o, h, l, c, contracts, …, confirm. */
export function candleFrom(
  { instrument, lotSz }: Contract,
  row: readonly string[],
): { readonly candle: Candle; readonly isClosed: boolean } {
  const openAt = momentFrom(row[0])
  const [open, high, low, close] = [1, 2, 3, 4].map((at) => priceFrom(instrument, row[at]))
  if (!open || !high || !low || !close)
    throw new VenueError('unknown', 'unreadable', 'okx sent a candle without prices.')
  const volume = quantity(wholeSteps(lotSz, row[5]))
  const candle = { openAt, closeAt: openAt + MINUTE_MS, open, high, low, close, volume }
  return { candle, isClosed: row[8] === '1' }
}

/** Lots of a size, rounded down: volumes and sizes at the touch decide nothing. */
export function wholeSteps(lotSz: string, text: string | undefined): number {
  const lots = Math.floor(Number(text ?? '0') / Number(lotSz) + 1e-9)
  return Number.isSafeInteger(lots) && lots > 0 ? lots : 0
}

/** A settled rate of funding and the moment for which it was. */
export interface SettledRate {
  readonly at: number
  readonly rate: string
}

/** A bill of type 8. The venue tells the position without its sign: amount and rate together have it. */
export function fundingFact(contract: Contract, row: Row, settled: SettledRate | null): VenueFact {
  const { instrument, lotSz } = contract
  const at = momentFrom(row['ts'])
  const changed = moneyFrom(row['balChg'] || '0')
  const amount = changed === 0 ? moneyFrom(row['pnl'] || '0') : changed
  const rate = settled ? ratioFrom(settled.rate) : ratio(0)
  const lots = wholeSteps(lotSz, row['sz'])
  const isShort = rate !== 0 && amount !== 0 && amount > 0 === rate > 0
  return {
    key: `funding:${instrument.id}:${at}`,
    kind: 'funding',
    at,
    instrument: instrument.id,
    amount,
    rate,
    position: quantity(isShort ? -lots : lots),
  }
}

const CASH: Readonly<Record<string, string>> = {
  '1': 'transfer',
  '7': 'interest',
  '13': 'delivery',
  '22': 'repay',
}

/** A bill that moves money without a trade. */
export function cashFact(row: Row): VenueFact {
  const amount = moneyFrom(row['balChg'])
  const reason = CASH[row['type'] ?? ''] ?? `bill type ${row['type']}`
  return { key: `cash:${row['billId']}`, kind: 'cash', at: momentFrom(row['ts']), amount, reason }
}

/** The mark and, where told, the index may lie between the ticks. */
export const markFrom = roundedPriceFrom
