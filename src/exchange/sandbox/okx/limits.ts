/** OKX's limits by endpoint (docs-v5): requests in two seconds, by user, by address for public ones, by contract for orders. */
import type { FrontRequest, RateRule, SandboxBackend } from '../front.ts'
import { OkxError } from './answers.ts'

const TWO_SECONDS_MS = 2000

/** Requests in two seconds; an endpoint that is not here may be asked 20 times. */
const LIMITS: Readonly<Record<string, number>> = {
  'public/time': 10,
  'market/books': 40,
  'market/candles': 40,
  'market/trades': 100,
  'public/mark-price': 10,
  'public/funding-rate-history': 10,
  'account/balance': 10,
  'account/positions': 10,
  'account/config': 5,
  'account/trade-fee': 5,
  'account/set-position-mode': 5,
  'account/bills': 10,
  'account/bills-archive': 10,
  'trade/order GET': 60,
  'trade/order': 60,
  'trade/batch-orders': 300,
  'trade/cancel-order': 60,
  'trade/cancel-batch-orders': 300,
  'trade/amend-order': 60,
  'trade/orders-pending': 60,
  'trade/orders-history': 40,
  'trade/fills': 60,
  'trade/fills-history': 10,
  'trade/cancel-all-after': 2,
  'system/status': 1,
}
const BY_CONTRACT = /^trade\/(order|batch-orders|cancel-order|cancel-batch-orders|amend-order)$/
/** New and amended orders of one sub-account in two seconds. */
const ORDERS: RateRule = rule('sub-account', 1000)

function rule(name: string, limit: number): RateRule {
  return { name, kind: 'bucket', limit, windowMs: TWO_SECONDS_MS }
}

/** @param orders how many orders the request carries, by contract. @throws OkxError 50011 or 50061 */
export function takeLimit(
  backend: SandboxBackend,
  request: FrontRequest,
  endpoint: string,
  uid: string | null,
  orders: ReadonlyMap<string, number>,
): void {
  const isLookup = request.method === 'GET' && LIMITS[`${endpoint} GET`] !== undefined
  const name = isLookup ? `${endpoint} GET` : endpoint
  const wanted = rule(name, LIMITS[name] ?? 20)
  const isByContract = BY_CONTRACT.test(endpoint) && request.method === 'POST'
  const counts = isByContract && orders.size > 0 ? [...orders] : [['', 1] as const]
  for (const [contract, count] of counts) {
    const subject = `${uid ?? request.address} ${contract}`
    if (!backend.take(wanted, subject, count).isAllowed) throw tooMany()
  }
  if (uid === null || !/^trade\/(order|batch-orders|amend-order)$/.test(endpoint)) return
  if (request.method !== 'POST') return
  const total = [...orders.values()].reduce((all, one) => all + one, 0)
  if (!backend.take(ORDERS, uid, Math.max(1, total)).isAllowed) {
    throw new OkxError('50061', 'Sub-account rate limit exceeded.', 429)
  }
}

export const tooMany = (): OkxError => new OkxError('50011', 'Too Many Requests', 429)
