/**
 * Reads an order as Aster takes it (futures API v3, "New Order") and checks it against the filters of its symbol. Pure: what
 * depends on the account is checked by whoever places the order.
 */
import { type Instrument, isPriceAllowed } from '../../../domain/instrument.ts'
import type { MarketPrice } from '../../../domain/market.ts'
import {
  formatDecimal,
  type Price,
  parseDecimal,
  price,
  type Quantity,
  quantity,
} from '../../../domain/money.ts'
import type { Side, Trigger } from '../../../domain/order.ts'
import { flag, mandatory, notRequired, optionalText, type Params, text } from './params.ts'
import { type AsterCode, AsterRefusal } from './refusal.ts'

export const ORDER_TYPES = [
  'LIMIT',
  'MARKET',
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
] as const
export type AsterOrderType = (typeof ORDER_TYPES)[number]

export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX'] as const
export type AsterTimeInForce = (typeof TIMES_IN_FORCE)[number]

export type WorkingType = 'MARK_PRICE' | 'CONTRACT_PRICE'

export interface AsterOrderInput {
  readonly side: Side
  readonly type: AsterOrderType
  readonly timeInForce: AsterTimeInForce
  readonly price: Price | null
  readonly lots: Quantity | 'position'
  readonly reduceOnly: boolean
  readonly closePosition: boolean
  readonly clientId: string | null
  readonly trigger: Trigger | null
  readonly workingType: WorkingType
  readonly priceProtect: boolean
  readonly isResultWanted: boolean
}

/** What the filters of a symbol are made of. */
export interface SymbolRules {
  readonly instrument: Instrument
  readonly lotStep: number
}

/** PERCENT_PRICE: a buy at most, a sell at least so many hundredths of the mark price. */
export const PERCENT_PRICE = { up: 115, down: 85 } as const

/** LOT_SIZE and MARKET_LOT_SIZE, lots at most. */
export const LOTS_MAX = 1_000_000_000

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/

/** Parameters that the venue knows and the sandbox does not simulate. */
const NOT_SIMULATED = ['pegPriceType', 'activationPrice', 'callbackRate'] as const

/** @throws AsterRefusal with the venue's code for the first thing that is wrong */
export function readOrder(params: Params, rules: SymbolRules, now: MarketPrice): AsterOrderInput {
  const side = readSide(params)
  const type = readType(params)
  const found = NOT_SIMULATED.find((name) => optionalText(params, name) !== null)
  if (found !== undefined || optionalText(params, 'timeInForce') === 'HIDDEN') {
    throw new AsterRefusal('-4084')
  }
  const { instrument } = rules
  const closePosition = readClosePosition(params, type)
  const limit = readLimit(params, type, instrument)
  const reduceOnly = flag(params, 'reduceOnly')
  const lots = closePosition ? 'position' : readLots(params, rules)
  const trigger = readTrigger(params, type, side, instrument, now)
  if (limit !== null) checkPercent(limit, side, now)
  if (lots !== 'position' && !reduceOnly) checkNotional(limit ?? now.mark, lots, instrument)
  return {
    side,
    type,
    timeInForce: readTimeInForce(params, type),
    price: limit,
    lots,
    reduceOnly: reduceOnly || closePosition,
    closePosition,
    clientId: readClientId(params),
    trigger,
    workingType: workingType(params),
    priceProtect: flag(params, 'priceProtect'),
    isResultWanted: readResponseType(params),
  }
}

function readSide(params: Params): Side {
  const value = text(params, 'side')
  if (value !== 'BUY' && value !== 'SELL') throw new AsterRefusal('-1117')
  return value === 'BUY' ? 'buy' : 'sell'
}

function readType(params: Params): AsterOrderType {
  const value = text(params, 'type')
  if (value === 'TRAILING_STOP_MARKET') throw new AsterRefusal('-4084')
  const found = ORDER_TYPES.find((one) => one === value)
  if (found === undefined) throw new AsterRefusal('-1116')
  return found
}

const isLimit = (type: AsterOrderType): boolean =>
  type === 'LIMIT' || type === 'STOP' || type === 'TAKE_PROFIT'

function readTimeInForce(params: Params, type: AsterOrderType): AsterTimeInForce {
  const value = optionalText(params, 'timeInForce')
  if (value === null) {
    if (type === 'LIMIT') throw mandatory('timeInForce')
    return 'GTC'
  }
  if (type === 'MARKET') throw notRequired('timeInForce')
  const found = TIMES_IN_FORCE.find((one) => one === value)
  if (found === undefined) throw new AsterRefusal('-1115')
  return found
}

function readClosePosition(params: Params, type: AsterOrderType): boolean {
  if (!flag(params, 'closePosition')) return false
  if (type !== 'STOP_MARKET' && type !== 'TAKE_PROFIT_MARKET') {
    throw new AsterRefusal('-4136', `Target strategy invalid for orderType '${type}'.`)
  }
  if (optionalText(params, 'quantity') !== null) throw new AsterRefusal('-4137')
  if (optionalText(params, 'reduceOnly') !== null) throw notRequired('reduceOnly')
  return true
}

function readLimit(params: Params, type: AsterOrderType, instrument: Instrument): Price | null {
  if (!isLimit(type)) {
    if (optionalText(params, 'price') !== null && type === 'MARKET') throw notRequired('price')
    return null
  }
  return readPrice(text(params, 'price'), instrument, '-4001')
}

function readPrice(value: string, instrument: Instrument, tooLow: AsterCode): Price {
  const units = decimal(value, instrument.priceDecimals)
  if (units <= 0) throw new AsterRefusal(tooLow)
  const found = price(units)
  if (!isPriceAllowed(instrument, found)) throw new AsterRefusal('-4014')
  return found
}

/** @throws AsterRefusal -1111 for too many decimals, -1102 for what is no number */
function decimal(value: string, decimals: number): number {
  try {
    return parseDecimal(value, decimals)
  } catch {
    if (Number.isNaN(Number(value))) throw new AsterRefusal('-1102')
    throw new AsterRefusal('-1111')
  }
}

/** A quantity in lots. @throws AsterRefusal -1102, -1111, -4003, -4004, -4005 or -4023 */
export function readLots(params: Params, { instrument, lotStep }: SymbolRules): Quantity {
  const units = decimal(text(params, 'quantity'), instrument.quantityDecimals)
  if (units <= 0) throw new AsterRefusal('-4003')
  if (units % (instrument.lotSize * lotStep) !== 0) throw new AsterRefusal('-4023')
  const lots = units / instrument.lotSize
  if (lots < Math.max(1, instrument.quantityMin)) throw new AsterRefusal('-4004')
  if (lots > LOTS_MAX) throw new AsterRefusal('-4005')
  return quantity(lots)
}

/** A limit price of an amended order. @throws AsterRefusal */
export function readAmendedPrice(
  params: Params,
  side: Side,
  instrument: Instrument,
  now: MarketPrice,
): Price {
  const found = readPrice(text(params, 'price'), instrument, '-4001')
  checkPercent(found, side, now)
  return found
}

function checkPercent(limit: Price, side: Side, now: MarketPrice): void {
  if (side === 'buy' && limit * 100 > now.mark * PERCENT_PRICE.up) throw new AsterRefusal('-4016')
  if (side === 'sell' && limit * 100 < now.mark * PERCENT_PRICE.down) {
    throw new AsterRefusal('-4024')
  }
}

function checkNotional(at: Price, lots: Quantity, instrument: Instrument): void {
  const least = instrument.notionalMin
  if (at * lots * instrument.moneyPerUnit >= least) return
  const shown = formatDecimal(least, 8)
  throw new AsterRefusal(
    '-4164',
    `Order's notional must be no smaller than ${shown} (unless you choose reduce only)`,
  )
}

function workingType(params: Params): WorkingType {
  const value = optionalText(params, 'workingType') ?? 'CONTRACT_PRICE'
  if (value === 'MARK_PRICE' || value === 'CONTRACT_PRICE') return value
  throw new AsterRefusal('-1130', "Data sent for parameter 'workingType' is not valid.")
}

function readTrigger(
  params: Params,
  type: AsterOrderType,
  side: Side,
  instrument: Instrument,
  now: MarketPrice,
): Trigger | null {
  if (type === 'LIMIT' || type === 'MARKET') return null
  const at = readPrice(text(params, 'stopPrice'), instrument, '-4006')
  const kind = type.startsWith('STOP') ? 'stop' : 'take_profit'
  const by = workingType(params) === 'MARK_PRICE' ? 'mark' : 'last'
  const firesUpwards = (side === 'buy') === (kind === 'stop')
  const isThere = firesUpwards ? now[by] >= at : now[by] <= at
  if (isThere) throw new AsterRefusal('-2021')
  return { kind, price: at, by }
}

function readClientId(params: Params): string | null {
  const value = optionalText(params, 'newClientOrderId')
  if (value === null) return null
  if (CLIENT_ID.test(value)) return value
  throw new AsterRefusal('-4015')
}

function readResponseType(params: Params): boolean {
  const value = optionalText(params, 'newOrderRespType') ?? 'ACK'
  if (value !== 'ACK' && value !== 'RESULT') throw new AsterRefusal('-1136')
  return value === 'RESULT'
}
