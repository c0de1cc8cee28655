/**
 * Reads an order as Backpack takes it (openapi: OrderExecutePayload) and checks it against the market's filters.
 * Pure: what depends on the account is checked by whoever places the order.
 */
import { type Instrument, isPriceAllowed } from '../../../domain/instrument.ts'
import type { MarketPrice } from '../../../domain/market.ts'
import { type Price, parseDecimal, price, type Quantity, quantity } from '../../../domain/money.ts'
import { BackpackRefusal } from './refusal.ts'

export type BackpackSide = 'Bid' | 'Ask'
export type BackpackTimeInForce = 'GTC' | 'IOC' | 'FOK'
export type TriggerBy = 'MarkPrice' | 'LastPrice' | 'IndexPrice'
export type SelfTradePrevention = 'RejectTaker' | 'RejectMaker' | 'RejectBoth'

/** An order that the pre-validation has passed. */
export interface BackpackOrderInput {
  readonly symbol: string
  readonly side: BackpackSide
  readonly orderType: 'Limit' | 'Market'
  /** Null for market orders. */
  readonly price: Price | null
  /** Lots; of a trigger order its trigger quantity. */
  readonly lots: Quantity
  readonly timeInForce: BackpackTimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  readonly clientId: number | null
  readonly selfTradePrevention: SelfTradePrevention
  readonly trigger: { readonly price: Price; readonly by: TriggerBy } | null
}

/** What the filters of a market are made of. */
export interface MarketRules {
  readonly instrument: Instrument
  /** Lots of one step. */
  readonly lotStep: number
}

/** Multipliers of the mean mark price between which a limit price must lie, in hundredths. */
export const PRICE_BAND = { min: 75, max: 125 } as const

const SIDES = ['Bid', 'Ask'] as const
const TYPES = ['Limit', 'Market'] as const
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const
const PREVENTIONS = ['RejectTaker', 'RejectMaker', 'RejectBoth'] as const
const TRIGGER_REFERENCES = ['MarkPrice', 'LastPrice', 'IndexPrice'] as const

/** Fields of OrderExecutePayload that the sandbox does not simulate. */
const NOT_SIMULATED = [
  'stopLossLimitPrice',
  'stopLossTriggerPrice',
  'takeProfitLimitPrice',
  'takeProfitTriggerPrice',
  'slippageTolerance',
] as const

export type Fields = Readonly<Record<string, unknown>>

/** The symbol of an order, before its market is known. @throws BackpackRefusal */
export function symbolOf(fields: Fields): string {
  const { symbol } = fields
  if (typeof symbol !== 'string' || !/^[A-Z0-9._]+$/.test(symbol)) {
    throw payloadError('failed to parse "MarketSymbol": Invalid market symbol')
  }
  return symbol
}

/**
 * @param market what the order is for
 * @param now its prices at this moment
 * @throws BackpackRefusal INVALID_CLIENT_REQUEST, INVALID_PRICE, INVALID_QUANTITY, INVALID_ORDER or NOT_IMPLEMENTED
 */
export function readOrder(
  fields: Fields,
  { instrument: market, lotStep }: MarketRules,
  now: MarketPrice,
): BackpackOrderInput {
  const symbol = symbolOf(fields)
  refuseUnsimulated(fields)
  const side = required(fields, 'side', SIDES)
  const orderType = required(fields, 'orderType', TYPES)
  const trigger = readTrigger(fields, market)
  const limit = readLimit(fields, orderType, market)
  if (limit !== null && trigger === null) checkBand(limit, now)
  const timeInForce = optional(fields, 'timeInForce', TIMES_IN_FORCE) ?? 'GTC'
  const postOnly = flag(fields, 'postOnly')
  if (postOnly && (orderType === 'Market' || timeInForce !== 'GTC')) {
    throw new BackpackRefusal('INVALID_CLIENT_REQUEST', 'Post only order must be a GTC limit order')
  }
  return {
    symbol,
    side,
    orderType,
    price: limit,
    lots: readLots(fields, { instrument: market, lotStep }, now, orderType, trigger !== null),
    timeInForce,
    postOnly,
    reduceOnly: flag(fields, 'reduceOnly'),
    clientId: readClientId(fields),
    selfTradePrevention: optional(fields, 'selfTradePrevention', PREVENTIONS) ?? 'RejectTaker',
    trigger,
  }
}

function payloadError(what: string): BackpackRefusal {
  return new BackpackRefusal('INVALID_CLIENT_REQUEST', `parse request payload error: ${what}`)
}

function refuseUnsimulated(fields: Fields): void {
  const found = NOT_SIMULATED.find((name) => isGiven(fields[name]))
  if (found === undefined) return
  throw new BackpackRefusal('NOT_IMPLEMENTED', `The sandbox does not simulate ${found}`)
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

function optional<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T | null {
  const value = fields[name]
  if (!isGiven(value)) return null
  const found = allowed.find((one) => one === value)
  if (found === undefined) {
    throw payloadError(`failed to parse "${name}": Expect a valid enumeration value.`)
  }
  return found
}

function required<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T {
  const found = optional(fields, name, allowed)
  if (found === null) throw payloadError(`field "${name}" is required`)
  return found
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name]
  if (!isGiven(value)) return false
  if (typeof value !== 'boolean') throw payloadError(`failed to parse "${name}": expected boolean`)
  return value
}

/** @throws BackpackRefusal for what is no uint32 */
export function readClientId(fields: Fields): number | null {
  const value = fields['clientId']
  if (!isGiven(value)) return null
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw payloadError('failed to parse "uint32": invalid client id')
  }
  return value
}

/** A decimal of the payload: a text, or a number as lenient clients send it. */
function decimalText(fields: Fields, name: string): string | null {
  const value = fields[name]
  if (!isGiven(value)) return null
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw payloadError(`failed to parse "${name}": Invalid decimal`)
}

function readPrice(text: string, name: string, market: Instrument): Price {
  const units = decimal(
    text,
    market.priceDecimals,
    'INVALID_PRICE',
    `${name} has too many decimals`,
  )
  if (units <= 0) throw new BackpackRefusal('INVALID_PRICE', `${name} is below the minimum`)
  const found = price(units)
  if (isPriceAllowed(market, found)) return found
  throw new BackpackRefusal('INVALID_PRICE', `${name} is not a multiple of the tick size`)
}

function decimal(
  text: string,
  decimals: number,
  code: 'INVALID_PRICE' | 'INVALID_QUANTITY',
  tooFine: string,
): number {
  try {
    return parseDecimal(text, decimals)
  } catch {
    if (Number.isNaN(Number(text))) throw payloadError('Invalid decimal')
    throw new BackpackRefusal(code, tooFine)
  }
}

function readLimit(fields: Fields, orderType: string, market: Instrument): Price | null {
  const text = decimalText(fields, 'price')
  if (orderType === 'Market') return null
  if (text === null)
    throw new BackpackRefusal('INVALID_CLIENT_REQUEST', 'Limit order must have a price')
  return readPrice(text, 'Price', market)
}

/** The band around the mark price (filters.price.minMultiplier, maxMultiplier). */
function checkBand(limit: Price, now: MarketPrice): void {
  const isInside =
    limit * 100 >= now.mark * PRICE_BAND.min && limit * 100 <= now.mark * PRICE_BAND.max
  if (isInside) return
  throw new BackpackRefusal('INVALID_PRICE', 'Price is too far from the last active price')
}

function readTrigger(fields: Fields, market: Instrument): BackpackOrderInput['trigger'] {
  const at = decimalText(fields, 'triggerPrice')
  const lots = decimalText(fields, 'triggerQuantity')
  if ((at === null) !== (lots === null)) {
    throw new BackpackRefusal(
      'INVALID_CLIENT_REQUEST',
      'Must specify both `triggerPrice` and `triggerQuantity` or neither',
    )
  }
  if (at === null) return null
  const by = optional(fields, 'triggerBy', TRIGGER_REFERENCES) ?? 'LastPrice'
  return { price: readPrice(at, 'Trigger price', market), by }
}

function readLots(
  fields: Fields,
  { instrument: market, lotStep }: MarketRules,
  now: MarketPrice,
  orderType: string,
  isTrigger: boolean,
): Quantity {
  const quote = decimalText(fields, 'quoteQuantity')
  if (quote !== null && orderType === 'Market' && !isTrigger) return lotsOfQuote(quote, market, now)
  const name = isTrigger ? 'triggerQuantity' : 'quantity'
  const text = decimalText(fields, name)
  if (text === null) {
    throw new BackpackRefusal('INVALID_CLIENT_REQUEST', 'Order must have a quantity')
  }
  const units = decimal(
    text,
    market.quantityDecimals,
    'INVALID_QUANTITY',
    'Quantity has too many decimals',
  )
  if (units % (market.lotSize * lotStep) !== 0) {
    throw new BackpackRefusal('INVALID_QUANTITY', 'Quantity is not a multiple of the step size')
  }
  const lots = units / market.lotSize
  if (lots < Math.max(1, market.quantityMin)) {
    throw new BackpackRefusal('INVALID_QUANTITY', 'Quantity is below the minimum')
  }
  return quantity(lots)
}

/** A reverse market order: the lots that come nearest to the quote amount from below. */
function lotsOfQuote(text: string, market: Instrument, now: MarketPrice): Quantity {
  const value = decimal(text, 8, 'INVALID_QUANTITY', 'Quote quantity has too many decimals')
  const lots = Math.floor(value / (now.last * market.moneyPerUnit))
  if (lots < Math.max(1, market.quantityMin)) {
    throw new BackpackRefusal('INVALID_QUANTITY', 'Quantity is below the minimum')
  }
  return quantity(lots)
}
