/** What the venue checks of an order before anybody asks the market ("Tick and lot size", "Error responses"). */
import {
  MONEY_SCALE,
  type Price,
  parseDecimal,
  parseDecimalRounded,
  price,
  quantity,
} from '../../../domain/money.ts'
import type { OrderRequest, Side, Trigger } from '../../../domain/order.ts'
import type { PlaceWish, SandboxBackend } from '../front.ts'
import type { WireOrder } from './actions.ts'
import { bboText } from './market-views.ts'
import {
  EMPTY_BATCH,
  orderRefusal,
  TOO_FAR,
  TPSL_NOT_REDUCE_ONLY,
  withAsset,
  ZERO_SIZE,
} from './refusals.ts'
import { type Coin, priceDigitsOf, type Universe } from './universe.ts'

const SIGNIFICANT_FIGURES = 5
const DISTANCE_MAX = 0.8
/** USDC. */
const LEAST_VALUE = 10
/** USDC; beyond this the books could not count exactly, and no account has the margin for it. */
const GREATEST_VALUE = 50_000_000
/** A trigger that lies further off is none. */
const TRIGGER_REACH = 100

export type Grouping = 'na' | 'normalTpsl' | 'positionTpsl'

/** What rides along with every order into the books. */
export type Baggage = Readonly<Record<string, string>>

/** Whole prices always; else at most five significant figures and so many digits after the point. */
export function isPriceWritable(coin: Coin, text: string): boolean {
  const [whole = '0', fraction = ''] = text.split('.')
  if (fraction === '') return true
  const figures = `${whole}${fraction}`.replace(/^0+/, '').length
  return figures <= SIGNIFICANT_FIGURES && fraction.length <= priceDigitsOf(coin)
}

const pricesOf = (order: WireOrder): readonly string[] =>
  'trigger' in order.t ? [order.p, order.t.trigger.triggerPx] : [order.p]

/**
 * What the payload alone decides: the venue answers one error for the whole batch, whichever order it is about.
 * Null = nothing wrong.
 */
export function payloadError(
  universe: Universe,
  orders: readonly WireOrder[],
  grouping: Grouping,
): string | null {
  if (orders.length === 0) return EMPTY_BATCH
  const children = grouping === 'normalTpsl' ? orders.slice(1) : orders
  if (grouping !== 'na' && children.some((one) => !one.r || !('trigger' in one.t))) {
    return TPSL_NOT_REDUCE_ONLY
  }
  for (const order of orders) {
    const coin = universe.byAsset(order.a)
    if (!coin) return orderRefusal('unknown_instrument', order.a)
    if (pricesOf(order).some((text) => !isPriceWritable(coin, text))) {
      return orderRefusal('bad_price', order.a)
    }
  }
  return null
}

export type Checked =
  | { readonly kind: 'wish'; readonly wish: PlaceWish }
  | { readonly kind: 'error'; readonly error: string }

const refused = (error: string): Checked => ({ kind: 'error', error })

/** A refusal with what it tells of the moment. */
export const refusalText = (
  backend: SandboxBackend,
  coin: Coin,
  reason: Parameters<typeof orderRefusal>[0],
): string =>
  orderRefusal(reason, coin.asset, {
    bbo: bboText(backend, coin),
    least: Math.max(LEAST_VALUE, coin.instrument.notionalMin / MONEY_SCALE),
  })

/** One order of a batch: what the market is asked for, or why it is not. */
export function checkOrder(
  backend: SandboxBackend,
  coin: Coin,
  order: WireOrder,
  terms: {
    readonly grouping: Grouping
    readonly baggage: Baggage
    readonly expiresAt: number | null
  },
): Checked {
  const refuse = (reason: Parameters<typeof orderRefusal>[0]) =>
    refused(refusalText(backend, coin, reason))
  const isWhole = terms.grouping === 'positionTpsl'
  const lots = isWhole ? 'position' : lotsOf(coin, order.s)
  if (lots === null) return refuse('bad_quantity')
  if (lots === 0) return refused(withAsset(ZERO_SIZE, coin.asset))
  const { mark } = backend.price(coin.instrument.id)
  const units = 10 ** coin.instrument.priceDecimals
  const limit = Number(order.p)
  if (!(limit > 0)) return refuse('bad_price')
  if (Math.abs((limit * units) / mark - 1) > DISTANCE_MAX)
    return refused(withAsset(TOO_FAR, coin.asset))
  const isSmall = limit * Number(order.s) < LEAST_VALUE && !order.r && !isWhole
  if (isSmall) return refuse('below_minimum')
  if (limit * Number(order.s) > GREATEST_VALUE) {
    return refuse(order.r ? 'bad_quantity' : 'insufficient_margin')
  }
  const reach = (mark / units) * TRIGGER_REACH
  if (pricesOf(order).some((text) => Number(text) > reach)) return refuse('bad_trigger')
  const trigger = triggerOf(coin, order)
  if (trigger !== null && !isAhead(trigger, order.b ? 'buy' : 'sell', mark)) {
    return refuse('bad_trigger')
  }
  const request = requestOf(coin, order, lots, trigger)
  const extra = { ...terms.baggage, ...writtenOf(order) }
  return {
    kind: 'wish',
    wish: { clientId: order.c ?? null, request, expiresAt: terms.expiresAt, extra },
  }
}

function requestOf(
  coin: Coin,
  order: WireOrder,
  lots: number | 'position',
  trigger: Trigger | null,
): OrderRequest {
  const side: Side = order.b ? 'buy' : 'sell'
  const isMarket = 'trigger' in order.t && order.t.trigger.isMarket
  const tif = 'limit' in order.t ? order.t.limit.tif : 'Gtc'
  return {
    instrument: coin.instrument.id,
    side,
    kind: isMarket ? 'market' : 'limit',
    price: isMarket ? null : marketPrice(coin, order.p, side === 'buy' ? 'floor' : 'ceil'),
    quantity: lots === 'position' ? lots : quantity(lots),
    timeInForce: tif === 'Ioc' || tif === 'FrontendMarket' ? 'ioc' : 'gtc',
    isPostOnly: tif === 'Alo',
    isReduceOnly: order.r,
    trigger,
  }
}

/** What the client wrote and the market does not keep. */
function writtenOf(order: WireOrder): Baggage {
  if ('limit' in order.t) return { p: order.p, tif: order.t.limit.tif }
  return { p: order.p, triggerPx: order.t.trigger.triggerPx }
}

/** Null: more digits than a size has, or no multiple of the lot. */
function lotsOf(coin: Coin, text: string): number | null {
  const { quantityDecimals, lotSize } = coin.instrument
  if ((text.split('.')[1] ?? '').length > coin.sizeDecimals) return null
  let units: number
  try {
    units = parseDecimal(text, quantityDecimals)
  } catch {
    return null
  }
  return units % (lotSize * coin.listed.lotStep) === 0 ? units / lotSize : null
}

/**
 * A price in units of the sandbox's market, which may be coarser than the venue's: what lies between two goes to the one
 * that is no worse for the client.
 */
function marketPrice(coin: Coin, text: string, rounding: 'floor' | 'ceil'): Price {
  return price(Math.max(1, parseDecimalRounded(text, coin.instrument.priceDecimals, rounding)))
}

function triggerOf(coin: Coin, order: WireOrder): Trigger | null {
  if (!('trigger' in order.t)) return null
  const { tpsl, triggerPx } = order.t.trigger
  const kind = tpsl === 'sl' ? 'stop' : 'take_profit'
  const isUpwards = (kind === 'stop') === order.b
  return { kind, price: marketPrice(coin, triggerPx, isUpwards ? 'ceil' : 'floor'), by: 'mark' }
}

/** A trigger lies on the side of the market from which it can still be reached. */
function isAhead(trigger: Trigger, side: Side, mark: Price): boolean {
  const isUpwards = (trigger.kind === 'stop') === (side === 'buy')
  return isUpwards ? trigger.price > mark : trigger.price < mark
}
