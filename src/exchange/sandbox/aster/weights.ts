/** What each request weighs against the limit of its address ("LIMITS" and the weight of every endpoint). */
import type { RateRule } from '../front.ts'
import type { Params } from './params.ts'

export const WEIGHT: RateRule = { name: 'weight', kind: 'window', limit: 2400, windowMs: 60_000 }
export const ORDERS: RateRule = { name: 'orders', kind: 'window', limit: 1200, windowMs: 60_000 }

const FIXED: Readonly<Record<string, number>> = {
  'GET /fapi/v3/historicalTrades': 20,
  'GET /fapi/v3/aggTrades': 20,
  'POST /fapi/v3/batchOrders': 5,
  'POST /fapi/v3/countdownCancelAll': 10,
  'GET /fapi/v3/allOrders': 5,
  'GET /fapi/v3/balance': 5,
  'GET /fapi/v3/account': 5,
  'GET /fapi/v3/accountWithJoinMargin': 5,
  'GET /api/v3/account': 5,
  'GET /fapi/v3/positionRisk': 5,
  'GET /fapi/v3/userTrades': 5,
  'GET /fapi/v3/income': 30,
  'GET /fapi/v3/positionSide/dual': 30,
  'GET /fapi/v3/multiAssetsMargin': 30,
  'GET /fapi/v3/stpMode': 30,
  'GET /fapi/v3/commissionRate': 20,
}

/** Of those that cost more when they name no symbol. */
const WITHOUT_SYMBOL: Readonly<Record<string, number>> = {
  'GET /fapi/v3/ticker/24hr': 40,
  'GET /fapi/v3/ticker/price': 2,
  'GET /fapi/v3/ticker/bookTicker': 2,
  'GET /fapi/v3/openOrders': 40,
}

export function weightOf(route: string, params: Params): number {
  const limit = Number(params.get('limit') ?? 500)
  if (route === 'GET /fapi/v3/depth')
    return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20
  if (route === 'GET /fapi/v3/klines') {
    return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10
  }
  if (!params.has('symbol')) return WITHOUT_SYMBOL[route] ?? FIXED[route] ?? 1
  return FIXED[route] ?? 1
}

/** How many orders a request counts for. */
export function ordersOf(route: string, params: Params): number {
  if (route === 'POST /fapi/v3/order') return 1
  if (route !== 'POST /fapi/v3/batchOrders') return 0
  return (params.get('batchOrders') ?? '').split('"symbol"').length - 1
}
