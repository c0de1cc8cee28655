/** Backpack's orders: place, batch, look up, cancel (openapi: Order). */
import type { Instrument } from '../../../domain/instrument.ts'
import type { OrderRequest, Trigger } from '../../../domain/order.ts'
import type {
  OrderRef,
  OrderRefusal,
  PlaceWish,
  SandboxBackend,
  SandboxInstrument,
  SandboxOrder,
} from '../front.ts'
import { type AccountCall, type AccountRoute, instrumentOf, marketParam } from './account-call.ts'
import { marketOf } from './markets.ts'
import { type BackpackOrderInput, readClientId, readOrder, symbolOf } from './order-input.ts'
import { oneOf, optionalText, type Params, textParam } from './query.ts'
import { type BackpackCode, BackpackRefusal } from './refusal.ts'
import { type Json, type JsonObject, orderJson } from './wire.ts'

/** Orders of one batch at most; the documents name none. */
const BATCH_MAX = 50

/** Refusals that the venue's engine, not its pre-validation, decides. */
const ENGINE_REFUSALS: ReadonlySet<OrderRefusal> = new Set([
  'would_cross',
  'reduce_only',
  'post_only_mode',
])

export const ORDER_ROUTES: Readonly<Record<string, AccountRoute>> = {
  'GET /api/v1/order': lookup,
  'POST /api/v1/order': (call) => place(call, call.params),
  'DELETE /api/v1/order': cancel,
  'GET /api/v1/orders': openOrders,
  'POST /api/v1/orders': placeBatch,
  'DELETE /api/v1/orders': cancelAll,
}

// Place

function place(call: AccountCall, fields: Params): JsonObject {
  const { backend, account } = call
  const market = marketOf(backend, symbolOf(fields))
  const { instrument } = market
  refuseByState(market)
  const input = readOrder(fields, market, backend.price(instrument.id))
  const wish = wishOf(backend, call, input, instrument)
  if (input.timeInForce === 'FOK' && !isMarketable(backend, wish.request)) {
    return expire(call, wish, 'unfilled', instrument)
  }
  const [result] = account.place([wish])
  if (result === undefined) throw new BackpackRefusal('SERVER_ERROR', 'Internal server error')
  if (result.kind === 'accepted') return orderJson(result.order, instrument)
  if (ENGINE_REFUSALS.has(result.reason)) return expire(call, wish, result.reason, instrument)
  throw worded(result.reason)
}

function refuseByState({ state }: SandboxInstrument): void {
  if (state === 'paused') throw new BackpackRefusal('TRADING_PAUSED', 'Trading is paused')
  if (state === 'delisted') throw new BackpackRefusal('INVALID_MARKET', 'Market is closed')
}

function expire(
  call: AccountCall,
  wish: PlaceWish,
  reason: OrderRefusal | 'unfilled',
  instrument: Instrument,
): JsonObject {
  const order = call.expiries.add(call.account.name, wish, reason)
  call.tell([{ kind: 'order', order, fill: null }])
  return orderJson(order, instrument)
}

function wishOf(
  backend: SandboxBackend,
  call: AccountCall,
  input: BackpackOrderInput,
  instrument: Instrument,
): PlaceWish {
  const request: OrderRequest = {
    instrument: instrument.id,
    side: input.side === 'Bid' ? 'buy' : 'sell',
    kind: input.orderType === 'Limit' ? 'limit' : 'market',
    price: input.price,
    quantity: input.lots,
    timeInForce: input.timeInForce === 'GTC' ? 'gtc' : 'ioc',
    isPostOnly: input.postOnly,
    isReduceOnly: input.reduceOnly,
    trigger: triggerOf(backend, input, instrument),
  }
  return {
    clientId: input.clientId === null ? null : String(input.clientId),
    request,
    expiresAt: call.expiresAt,
    extra: {
      timeInForce: input.timeInForce,
      selfTradePrevention: input.selfTradePrevention,
      ...(input.trigger === null ? {} : { triggerBy: input.trigger.by }),
    },
  }
}

/** Backpack names no direction: a trigger on the losing side of the reference is a stop, on the other one a take-profit. */
function triggerOf(
  backend: SandboxBackend,
  { trigger, side }: BackpackOrderInput,
  instrument: Instrument,
): Trigger | null {
  if (trigger === null) return null
  const now = backend.price(instrument.id)
  const by = trigger.by === 'LastPrice' ? 'last' : 'mark'
  const isAbove = trigger.price >= now[by]
  const kind = isAbove === (side === 'Bid') ? 'stop' : 'take_profit'
  return { kind, price: trigger.price, by }
}

/** Whether a limit order would trade at the present price; market orders always do. */
function isMarketable(backend: SandboxBackend, request: OrderRequest): boolean {
  if (request.price === null) return true
  const { last } = backend.price(request.instrument)
  return request.side === 'buy' ? request.price > last : request.price < last
}

const WORDS: Readonly<Record<OrderRefusal, readonly [BackpackCode, string]>> = {
  unknown_instrument: ['INVALID_MARKET', 'Market does not exist'],
  not_trading: ['TRADING_PAUSED', 'Trading is paused'],
  delisted: ['INVALID_MARKET', 'Market is closed'],
  post_only_mode: ['INVALID_ORDER', 'Order book is in post only mode'],
  reduce_only_mode: ['INVALID_ORDER', 'Only orders that reduce a position are accepted'],
  duplicate_client_id: ['INVALID_CLIENT_REQUEST', 'Duplicate client id'],
  expired: ['INVALID_CLIENT_REQUEST', 'Request has expired'],
  bad_price: ['INVALID_PRICE', 'Invalid price'],
  bad_quantity: ['INVALID_QUANTITY', 'Invalid quantity'],
  bad_trigger: ['INVALID_ORDER', 'Invalid trigger price'],
  below_minimum: ['INVALID_QUANTITY', 'Quantity is below the minimum'],
  reduce_only: ['INVALID_ORDER', 'Reduce only order not reduced'],
  would_cross: ['INVALID_ORDER', 'Order would immediately match and take'],
  insufficient_margin: ['INSUFFICIENT_MARGIN', 'Insufficient margin'],
  leverage_max: ['MAX_LEVERAGE_REACHED', 'Max leverage reached'],
  bad_request: ['INVALID_CLIENT_REQUEST', 'Invalid request'],
  fault: ['INVALID_ORDER', 'Invalid order'],
}

function worded(reason: OrderRefusal): BackpackRefusal {
  const [code, message] = WORDS[reason]
  return new BackpackRefusal(code, message)
}

function placeBatch(call: AccountCall): Json {
  const { batch } = call
  if (batch.length === 0 || batch.length > BATCH_MAX) {
    throw new BackpackRefusal('INVALID_CLIENT_REQUEST', `A batch holds 1 to ${BATCH_MAX} orders`)
  }
  return batch.map((fields) => {
    try {
      return { operation: 'Ok', ...place(call, fields) }
    } catch (error) {
      if (!(error instanceof BackpackRefusal)) throw error
      return { operation: 'Err', ...error.body }
    }
  })
}

// Look up and cancel

/** Which order is meant: by one of its two ids. @throws BackpackRefusal when none or both are given */
function refOf(params: Params): OrderRef {
  const orderId = optionalText(params, 'orderId')
  const clientText = optionalText(params, 'clientId')
  if ((orderId === null) === (clientText === null)) {
    throw new BackpackRefusal(
      'INVALID_CLIENT_REQUEST',
      'Must specify exactly one of `orderId` or `clientId`',
    )
  }
  if (orderId !== null) return { id: /^\d{1,16}$/.test(orderId) ? Number(orderId) : -1 }
  const clientId = readClientId({ clientId: Number(clientText) })
  return { clientId: String(clientId) }
}

const notFound = (): BackpackRefusal => new BackpackRefusal('RESOURCE_NOT_FOUND', 'Order not found')

/** A client id is not unique here: of several orders the resting one is meant. */
function restingOrder(call: AccountCall): SandboxOrder | null {
  const ref = refOf(call.params)
  const symbol = textParam(call.params, 'symbol')
  const { instrument } = marketOf(call.backend, symbol)
  const resting = call.account.openOrders(instrument.id)
  const found = resting.find((one) =>
    'id' in ref ? one.id === ref.id : one.clientId === ref.clientId,
  )
  // What the exchange does not show yet, by a fault, is not found either.
  return found === undefined ? null : call.account.order({ id: found.id })
}

function lookup(call: AccountCall): Json {
  const order = restingOrder(call)
  if (order === null) throw notFound()
  return orderJson(order, instrumentOf(call.backend, order.instrument))
}

function cancel(call: AccountCall): Json {
  const order = restingOrder(call)
  if (order === null) throw notFound()
  const [result] = call.account.cancel([{ id: order.id }])
  if (result?.kind !== 'canceled') throw notFound()
  return orderJson(result.order, instrumentOf(call.backend, order.instrument))
}

function openOrders(call: AccountCall): Json {
  const kind = optionalText(call.params, 'marketType')
  if (kind !== null && kind !== 'PERP') return []
  const market = marketParam(call)
  return call.account
    .openOrders(market?.id)
    .map((order) => orderJson(order, instrumentOf(call.backend, order.instrument)))
}

function cancelAll(call: AccountCall): Json {
  const { instrument } = marketOf(call.backend, textParam(call.params, 'symbol'))
  const kind = oneOf(call.params, 'orderType', ['RestingLimitOrder', 'ConditionalOrder'] as const)
  const isMeant = (one: SandboxOrder): boolean => {
    const isConditional = one.request.trigger !== null && !one.isTriggered
    return kind === null || isConditional === (kind === 'ConditionalOrder')
  }
  const meant = call.account.openOrders(instrument.id).filter(isMeant)
  const results = call.account.cancel(meant.map(({ id }) => ({ id })))
  return results.flatMap((one) =>
    one.kind === 'canceled' ? [orderJson(one.order, instrument)] : [],
  )
}
