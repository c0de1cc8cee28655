/**
 * Can the grid be liquidated before its last line? Walks the adverse orders outward, one fill at a
 * time (generalises condor's liquidation guard): Q += q, C += q·p, then the liquidation price of
 * (Q, C) must not reach the next line, and after the last fill must keep a distance from the last
 * line. Fills are booked as the exchange books them (position.ts), liquidation prices are exact
 * (liquidation.ts, tiers and closing fee included).
 */
import type { Instrument } from '../instrument.ts'
import {
  feeOf,
  type Money,
  money,
  mulDiv,
  type Price,
  quantity,
  RATIO_SCALE,
  type Ratio,
} from '../money.ts'
import { liquidationPrice } from '../position/liquidation.ts'
import { applyExecution, type Position, unrealisedOf } from '../position/position.ts'

/** Conditions of the walk. */
export interface WalkTerms {
  readonly instrument: Instrument
  readonly marginMode: 'isolated' | 'cross'
  /** As a Ratio: 1e8 = 1x. */
  readonly leverage: number
  readonly makerFee: Ratio
  /** Rate of the fee that the venue takes when it closes the position. */
  readonly closingFee: Ratio
  /** Distance that the last liquidation price must keep from the last line. */
  readonly buffer: Ratio
}

/** Where the walk starts. `equity`: capital with all profit at `price`. */
export interface WalkStart {
  readonly position: Position
  readonly price: Price
  readonly equity: number
}

/** Orders in the order in which an adverse move reaches them; lots unsigned. */
export interface AdverseOrder {
  readonly price: Price
  readonly lots: number
}

export interface Walk {
  /** Liquidation price of the position at the start. */
  readonly now: Price | null
  /** Liquidation price when every order has filled; null when no price liquidates. */
  readonly worst: Price | null
  /**
   * The first order that a liquidation would leave unfilled (or the last line, within the buffer).
   */
  readonly broken: { readonly line: Price; readonly liquidation: Price } | null
  /** |cost| after the last fill. */
  readonly notional: Money
}

/**
 * Isolated: what the venue puts aside is |cost| ÷ leverage, whatever the order of fills; rounded
 * down.
 */
export function isolatedMargin(cost: number, leverage: number): Money {
  return money(mulDiv(Math.abs(cost), RATIO_SCALE, leverage, 'floor'))
}

/** The liquidation price of a position with this balance (cross) or its own margin (isolated). */
export function liquidationOf(
  terms: Omit<WalkTerms, 'buffer' | 'makerFee'>,
  position: Position,
  balance: number,
): Price | null {
  const { instrument, closingFee } = terms
  const isCross = terms.marginMode === 'cross'
  const margin = isCross ? balance : isolatedMargin(position.cost, terms.leverage)
  return liquidationPrice({ instrument, position, margin, closingFee })
}

/** Balance behind a start: equity less what the position has not realised. */
export const balanceOf = (instrument: Instrument, start: WalkStart): number =>
  start.equity - unrealisedOf(instrument, start.position, start.price)

/**
 * Walks down through buys or up through sells. A position on the other side is reduced first.
 * `lastLine` is the outermost line on that side, whether an order still waits there or not.
 * The cross balance pays the maker fees of the walk and takes what a reduction realises; funding is
 * not foreseen.
 */
export function walkWorstCase(
  terms: WalkTerms,
  direction: 'down' | 'up',
  start: WalkStart,
  orders: readonly AdverseOrder[],
  lastLine: Price,
): Walk {
  const { instrument } = terms
  const sign = direction === 'down' ? 1 : -1
  let position = start.position
  let balance = balanceOf(instrument, start)
  let broken: Walk['broken'] = null
  const now = liquidationOf(terms, position, balance)
  let at = position.quantity * sign > 0 ? now : null
  for (const order of orders) {
    if (broken === null && at !== null && sign * at >= sign * order.price) {
      broken = { line: order.price, liquidation: at }
    }
    const lots = quantity(order.lots)
    const side = direction === 'down' ? 'buy' : 'sell'
    const change = applyExecution(instrument, position, side, order.price, lots)
    const value = money(order.price * lots * instrument.moneyPerUnit)
    position = change.position
    balance = money(balance + change.realised - feeOf(value, terms.makerFee))
    at = position.quantity * sign > 0 ? liquidationOf(terms, position, balance) : null
  }
  if (broken === null && at !== null) {
    const rounding = sign > 0 ? 'floor' : 'ceil'
    const bound = mulDiv(lastLine, RATIO_SCALE - sign * terms.buffer, RATIO_SCALE, rounding)
    if (sign * at >= sign * bound) broken = { line: lastLine, liquidation: at }
  }
  return { now, worst: at, broken, notional: money(Math.abs(position.cost)) }
}
