/** Aster's orders: place, batch, look up, cancel, the countdown (futures API v3, "Account/Trades Endpoints"). */
import type { Instrument } from '../../../domain/instrument.ts'
import { ZERO_QUANTITY } from '../../../domain/money.ts'
import type { OrderRequest } from '../../../domain/order.ts'
import type {
  OrderRef,
  OrderRefusal,
  PlaceWish,
  SandboxBackend,
  SandboxInstrument,
  SandboxOrder,
} from '../front.ts'
import { type AccountCall, type AccountRoute, instrumentOf } from './account-call.ts'
import { type AsterOrderInput, readAmendedPrice, readLots, readOrder } from './order-input.ts'
import {
  limitOf,
  listParam,
  mandatory,
  optionalInteger,
  optionalText,
  type Params,
} from './params.ts'
import { type AsterCode, AsterRefusal } from './refusal.ts'
import { namedSymbol, optionalSymbol } from './symbols.ts'
import {
  actedOrderJson,
  askedOrderJson,
  type Json,
  type JsonObject,
  originalType,
  statusText,
} from './wire.ts'

const BATCH_MAX = 5
const CANCEL_MAX = 10
export const WEEK_MS = 7 * 86_400_000

export const ORDER_ROUTES: Readonly<Record<string, AccountRoute>> = {
  'POST /fapi/v3/order': (call) => place(call, call.params),
  'GET /fapi/v3/order': lookup,
  'DELETE /fapi/v3/order': (call) =>
    cancelOne(call, refOf(call.params, 'orderId', 'origClientOrderId')),
  'PUT /fapi/v3/order': amend,
  'POST /fapi/v3/batchOrders': placeBatch,
  'DELETE /fapi/v3/batchOrders': cancelBatch,
  'DELETE /fapi/v3/allOpenOrders': cancelAll,
  'POST /fapi/v3/countdownCancelAll': countdown,
  'GET /fapi/v3/openOrder': openOrder,
  'GET /fapi/v3/openOrders': openOrders,
  'GET /fapi/v3/allOrders': allOrders,
}

// Place

function place(call: AccountCall, params: Params): JsonObject {
  const { backend, account } = call
  const symbol = namedSymbol(backend, params)
  const { instrument } = symbol
  refuseByState(symbol)
  checkPositionSide(call, params)
  const input = readOrder(params, symbol, backend.price(instrument.id))
  const wish = wishOf(input, instrument, call.params.get('nonce') ?? '')
  if (input.timeInForce === 'FOK' && !isMarketable(backend, wish.request)) {
    return answer(expire(call, wish), input, instrument)
  }
  const [result] = account.place([wish])
  if (result?.kind !== 'accepted') throw worded(result?.reason ?? 'fault')
  return answer(result.order, input, instrument)
}

function refuseByState({ state }: SandboxInstrument): void {
  if (state === 'paused') throw worded('not_trading')
  if (state === 'delisted') throw worded('delisted')
}

/** The books are one-way: in hedge mode nothing can be placed, in one-way mode no side be named. */
function checkPositionSide({ account }: AccountCall, params: Params): void {
  const side = optionalText(params, 'positionSide') ?? 'BOTH'
  if (side !== 'BOTH' || account.positionMode === 'hedge') throw new AsterRefusal('-4061')
}

function expire(call: AccountCall, wish: PlaceWish): SandboxOrder {
  const order = call.expiries.add(call.account.name, wish, 'unfilled')
  call.tell([{ kind: 'order', order, fill: null }])
  return order
}

/** ACK tells the order as it came in, RESULT what has become of it. */
function answer(order: SandboxOrder, input: AsterOrderInput, instrument: Instrument): JsonObject {
  if (input.isResultWanted) return actedOrderJson(order, instrument)
  const fresh = {
    status: 'open',
    reason: null,
    quantityFilled: ZERO_QUANTITY,
    costFilled: 0,
  } as const
  return actedOrderJson({ ...order, ...fresh, isTriggered: false }, instrument)
}

function wishOf(input: AsterOrderInput, instrument: Instrument, nonce: string): PlaceWish {
  const isAtOnce = input.timeInForce === 'IOC' || input.timeInForce === 'FOK'
  const request: OrderRequest = {
    instrument: instrument.id,
    side: input.side,
    kind: input.price === null ? 'market' : 'limit',
    price: input.price,
    quantity: input.lots,
    timeInForce: isAtOnce ? 'ioc' : 'gtc',
    isPostOnly: input.timeInForce === 'GTX',
    isReduceOnly: input.reduceOnly,
    trigger: input.trigger,
  }
  const extra = { timeInForce: input.timeInForce, priceProtect: String(input.priceProtect), nonce }
  return { clientId: input.clientId, request, expiresAt: null, extra }
}

function isMarketable(backend: SandboxBackend, request: OrderRequest): boolean {
  if (request.price === null || request.trigger !== null) return true
  const { last } = backend.price(request.instrument)
  return request.side === 'buy' ? request.price > last : request.price < last
}

const CODES: Readonly<Record<OrderRefusal, AsterCode>> = {
  unknown_instrument: '-1121',
  not_trading: '-4022',
  delisted: '-4141',
  post_only_mode: '-5022',
  reduce_only_mode: '-4087',
  duplicate_client_id: '-2010',
  expired: '-4225',
  bad_price: '-4014',
  bad_quantity: '-4023',
  bad_trigger: '-2021',
  below_minimum: '-4164',
  reduce_only: '-2022',
  would_cross: '-5022',
  insufficient_margin: '-2019',
  leverage_max: '-2027',
  bad_request: '-2025',
  fault: '-2010',
}

function worded(reason: OrderRefusal): AsterRefusal {
  return new AsterRefusal(
    CODES[reason],
    reason === 'duplicate_client_id' ? 'Duplicate order sent.' : undefined,
  )
}

/** Its answers stand in the order of the list; each is an order or an error of its own. */
function placeBatch(call: AccountCall): Json {
  const list = listParam(call.params, 'batchOrders')
  if (list === null) throw mandatory('batchOrders')
  if (list.length === 0 || list.length > BATCH_MAX) {
    throw new AsterRefusal('-4082', `Invalid number of batch place orders: ${list.length}`)
  }
  return list.map((fields) => orError(() => place(call, paramsOf(fields))))
}

function paramsOf(fields: unknown): Params {
  if (typeof fields !== 'object' || fields === null) throw mandatory('symbol')
  return new Map(Object.entries(fields).map(([name, value]) => [name, String(value)]))
}

function orError(act: () => JsonObject): JsonObject {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof AsterRefusal)) throw error
    return error.body
  }
}

// Amend

/** Limit orders alone, price and quantity together; the number stays. */
function amend(call: AccountCall): Json {
  const { account, backend, params } = call
  const symbol = namedSymbol(backend, params)
  const { instrument } = symbol
  const order = find(call)
  if (order?.status !== 'open') throw new AsterRefusal('-2013')
  if (originalType(order) !== 'LIMIT') throw new AsterRefusal('-1116')
  const now = backend.price(instrument.id)
  const change = {
    price: readAmendedPrice(params, order.request.side, instrument, now),
    quantity: readLots(params, symbol),
  }
  const result = account.amend({ id: order.id }, change)
  if (result.kind === 'amended') return actedOrderJson(result.order, instrument)
  if (result.kind === 'rejected') throw worded(result.reason)
  throw new AsterRefusal('-2013')
}

// Look up

/** Which order is meant; the number goes before the client id. @throws AsterRefusal -1102 */
function refOf(params: Params, idName: string, clientIdName: string): OrderRef {
  const id = optionalInteger(params, idName)
  if (id !== null) return { id }
  const clientId = optionalText(params, clientIdName)
  if (clientId !== null) return { clientId }
  throw new AsterRefusal(
    '-1102',
    `Param '${clientIdName}' or '${idName}' must be sent, but both were empty/null!`,
  )
}

/** Canceled and expired orders without a fill are forgotten after a week. */
function isForgotten(order: SandboxOrder, now: number): boolean {
  const status = statusText(order)
  const isEmpty = (status === 'CANCELED' || status === 'EXPIRED') && order.quantityFilled === 0
  return isEmpty && order.createdAt + WEEK_MS < now
}

function find({ account, backend, expiries, params }: AccountCall): SandboxOrder | null {
  const { instrument } = namedSymbol(backend, params)
  const ref = refOf(params, 'orderId', 'origClientOrderId')
  const expired = expiries
    .of(account.name, instrument.id)
    .find((one) => ('id' in ref ? one.id === ref.id : one.clientId === ref.clientId))
  const order = account.order(ref) ?? expired ?? null
  if (order?.instrument !== instrument.id || isForgotten(order, backend.marketAt())) return null
  return order
}

function lookup(call: AccountCall): Json {
  const order = find(call)
  if (order === null) throw new AsterRefusal('-2013')
  return askedOrderJson(order, instrumentOf(call.backend, order.instrument))
}

function openOrder(call: AccountCall): Json {
  const order = find(call)
  if (order?.status !== 'open') throw new AsterRefusal('-2013')
  return askedOrderJson(order, instrumentOf(call.backend, order.instrument))
}

const upwards = (a: SandboxOrder, b: SandboxOrder): number => a.id - b.id

function openOrders({ account, backend, params }: AccountCall): Json {
  const found = optionalSymbol(backend, params)
  return [...account.openOrders(found?.instrument.id)]
    .sort(upwards)
    .map((order) => askedOrderJson(order, instrumentOf(backend, order.instrument)))
}

/** A span of at most a week. @throws AsterRefusal -4165 */
export function weekOf(params: Params): { from?: number; until?: number } {
  const from = optionalInteger(params, 'startTime')
  const until = optionalInteger(params, 'endTime')
  if (from !== null && until !== null && until - from > WEEK_MS) throw new AsterRefusal('-4165')
  return {
    ...(from === null ? {} : { from }),
    ...(until === null ? (from === null ? {} : { until: from + WEEK_MS }) : { until }),
  }
}

function allOrders({ account, backend, expiries, params }: AccountCall): Json {
  const { instrument } = namedSymbol(backend, params)
  const limit = limitOf(params, 500, 1000)
  const span = weekOf(params)
  const orderId = optionalInteger(params, 'orderId')
  const { from = 0, until = Number.POSITIVE_INFINITY } = span
  const isMeant = (one: SandboxOrder) =>
    one.createdAt >= from &&
    one.createdAt <= until &&
    (orderId === null || one.id >= orderId) &&
    !isForgotten(one, backend.marketAt())
  const rows = [
    ...account.openOrders(instrument.id),
    ...account.orderHistory({ instrument: instrument.id, limit: 100_000 }),
    ...expiries.of(account.name, instrument.id),
  ]
    .filter(isMeant)
    .sort(upwards)
  const page =
    orderId !== null || span.from !== undefined ? rows.slice(0, limit) : rows.slice(-limit)
  return page.map((order) => askedOrderJson(order, instrument))
}

// Cancel

function cancelOne(call: AccountCall, ref: OrderRef): JsonObject {
  const { account, backend, params } = call
  const { instrument } = namedSymbol(backend, params)
  const resting = account
    .openOrders(instrument.id)
    .find((one) => ('id' in ref ? one.id === ref.id : one.clientId === ref.clientId))
  if (resting === undefined) throw new AsterRefusal('-2011')
  const [result] = account.cancel([{ id: resting.id }])
  if (result?.kind !== 'canceled') throw new AsterRefusal('-2011')
  return actedOrderJson(result.order, instrument)
}

function cancelBatch(call: AccountCall): Json {
  const ids = listParam(call.params, 'orderIdList')
  const clientIds = listParam(call.params, 'origClientOrderIdList')
  const refs: OrderRef[] =
    ids?.map((id) => ({ id: Number(id) })) ??
    clientIds?.map((clientId) => ({ clientId: String(clientId) })) ??
    []
  if (refs.length === 0) throw mandatory('orderIdList')
  if (refs.length > CANCEL_MAX) throw new AsterRefusal('-4032')
  return refs.map((ref) => orError(() => cancelOne(call, ref)))
}

function cancelAll({ account, backend, params }: AccountCall): Json {
  const { instrument } = namedSymbol(backend, params)
  account.cancel(account.openOrders(instrument.id).map(({ id }) => ({ id })))
  return { code: '200', msg: 'The operation of cancel all open order is done.' }
}

/** Counts down on the wall clock; 0 lifts it. */
function countdown({ account, backend, params, countdowns }: AccountCall): Json {
  const symbol = namedSymbol(backend, params)
  const span = optionalInteger(params, 'countdownTime')
  if (span === null || span < 0) throw mandatory('countdownTime')
  countdowns.set(account.name, symbol.instrument.id, span)
  return { symbol: optionalText(params, 'symbol') ?? '', countdownTime: String(span) }
}
