/**
 * The distance from mark beyond which no order is sent (risk_config.price_band_bps). An immediate order is cut to the
 * band, a market order becomes a limit at its edge, a resting one beyond it waits. Pure.
 */
import { type Instrument, priceStep, roundPrice } from './instrument.ts'
import { mulDiv, type Price, price } from './money.ts'
import type { OrderRequest } from './order.ts'

const BASIS_POINTS = 10_000

/** The allowed prices next to the edges of the band, inside it. */
export function bandAround(
  instrument: Instrument,
  mark: Price,
  bps: number,
): { readonly low: Price; readonly high: Price } {
  const low = price(mulDiv(mark, Math.max(0, BASIS_POINTS - bps), BASIS_POINTS, 'ceil'))
  const high = price(mulDiv(mark, BASIS_POINTS + bps, BASIS_POINTS, 'floor'))
  const least = price(priceStep(instrument, price(Math.max(1, low))))
  const lowest = roundPrice(instrument, price(Math.max(low, least)), 'ceil')
  return { low: lowest, high: roundPrice(instrument, high, 'floor') }
}

/**
 * The order as it may be sent, or null when its price lies beyond the band. An order that waits at the venue for its
 * trigger passes as it is: it protects, and its price is judged by the market of that moment.
 */
export function withinBand(
  instrument: Instrument,
  mark: Price,
  bps: number,
  request: OrderRequest,
): OrderRequest | null {
  if (request.trigger !== null) return request
  const { low, high } = bandAround(instrument, mark, bps)
  const edge = request.side === 'buy' ? high : low
  const isImmediate = request.kind === 'market' || request.timeInForce === 'ioc'
  const { price: asked } = request
  if (isImmediate) {
    const reaches = asked === null || (request.side === 'buy' ? asked > edge : asked < edge)
    if (reaches) return { ...request, kind: 'limit', price: edge, timeInForce: 'ioc' }
  }
  if (asked === null) return null
  return asked >= low && asked <= high ? request : null
}
