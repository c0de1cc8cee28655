/**
 * How many orders the risk gate would let through if all of them were sent now, the nearest to the price first, and which
 * limit the first refused one of each side meets. The gate itself judges, so that it cannot say otherwise. Pure.
 */
import type { Instrument } from './instrument.ts'
import type { MarketPrice } from './market.ts'
import { type Money, type Price, type Quantity, quantity } from './money.ts'
import type { OrderRequest, Side } from './order.ts'
import { withinBand } from './price-band.ts'
import type { ReasonCode } from './reason.ts'
import { type Exposure, type GateState, isReducing, limitReached, type RiskLimits } from './risk.ts'

export interface ReachOrder {
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
}

export interface ReachState {
  readonly instrument: Instrument
  readonly limits: RiskLimits
  readonly leverage: number
  readonly equity: Money
  readonly prices: MarketPrice
  /** Held, or bought at once at the start; signed. */
  readonly position: Quantity
}

export interface Reach {
  readonly code: ReasonCode
  readonly side: Side
  /** Of the first order that must wait. */
  readonly price: Price
  /** Orders of its side that are let through before it. */
  readonly before: number
}

export interface Reached {
  readonly placed: number
  readonly reached: readonly Reach[]
}

export function reachOf(orders: readonly ReachOrder[], state: ReachState): Reached {
  const { last } = state.prices
  const nearest = [...orders].sort(
    (a, b) => Math.abs(a.price - last) - Math.abs(b.price - last) || a.price - b.price,
  )
  const reached = new Map<string, Reach>()
  const passed = { buy: 0, sell: 0 }
  let exposure: Exposure = { position: state.position, buying: quantity(0), selling: quantity(0) }
  for (const order of nearest) {
    const code = refusedBy(order, exposure, state)
    const { side, price } = order
    if (code !== null) {
      const key = `${side} ${code}`
      if (!reached.has(key)) reached.set(key, { code, side, price, before: passed[side] })
      continue
    }
    passed[side] += 1
    exposure = {
      ...exposure,
      buying: quantity(exposure.buying + (side === 'buy' ? order.quantity : 0)),
      selling: quantity(exposure.selling + (side === 'sell' ? order.quantity : 0)),
    }
  }
  return { placed: passed.buy + passed.sell, reached: [...reached.values()] }
}

/** What the position that is opened at once comes to, judged as the first order. */
export function entryReach(state: ReachState): ReasonCode | null {
  if (state.position === 0) return null
  const flat = { ...state, position: quantity(0) }
  const exposure = { position: quantity(0), buying: quantity(0), selling: quantity(0) }
  const side = state.position > 0 ? 'buy' : 'sell'
  const lots = quantity(Math.abs(state.position))
  const request = requestOf({ side, price: state.prices.last, quantity: lots }, state)
  return limitReached(request, gateState(exposure, flat))
}

function refusedBy(order: ReachOrder, exposure: Exposure, state: ReachState): ReasonCode | null {
  const { instrument, limits, prices } = state
  const request = requestOf(order, state)
  const limit = isReducing(request, exposure)
    ? null
    : limitReached(request, gateState(exposure, state))
  if (limit !== null) return limit
  const bps = limits.priceBandBps ?? null
  const isNear = bps === null || withinBand(instrument, prices.mark, bps, request) !== null
  return isNear ? null : 'limit_price_band'
}

const requestOf = (order: ReachOrder, { instrument }: ReachState): OrderRequest => ({
  ...order,
  instrument: instrument.id,
  kind: 'limit',
  timeInForce: 'gtc',
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
})

const gateState = (exposure: Exposure, state: ReachState): GateState => ({
  instrument: state.instrument,
  mode: 'running',
  latch: null,
  isReconciled: true,
  isMismatched: false,
  limits: state.limits,
  leverage: state.leverage,
  equity: state.equity,
  mark: state.prices.mark,
  exposure,
  account: null,
})
