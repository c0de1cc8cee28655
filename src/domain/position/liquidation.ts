/**
 * When a position is liquidated: the first mark at which equity <= maintenance margin + fee of the closing order.
 *
 * Closed forms (Binance, Gate, OKX; W = margin, C = |cost|, N = lots · money per unit, m = maintenance rate, f = taker
 * fee or 0, k = maintenance amount): linear long (C - W - k) / (N (1 - m - f)), short (C + W + k) / (N (1 + m + f));
 * inverse long N (1 + m + f) / (C + W + k), short N (1 - m - f) / (C - W - k). They give the neighbourhood; the price
 * itself is found with the exact integers that the exchange settles with, tier and roundings of that price included.
 */
import { type Instrument, notionalOf } from '../instrument.ts'
import {
  feeOf,
  type Price,
  price,
  type Quantity,
  quantity,
  RATIO_SCALE,
  type Ratio,
} from '../money.ts'
import { maintenanceMargin, tierOf } from './margin.ts'
import { type Position, unrealisedOf } from './position.ts'

/** What stands against one position. */
export interface LiquidationTerms {
  readonly instrument: Instrument
  readonly position: Position
  /**
   * Isolated: the margin of the position. Cross: balance, plus the unrealised profit of the other positions, less what
   * they must keep; so it may be negative.
   */
  readonly margin: number
  /** Fee rate of the order that closes; 0 = the venue does not count it. */
  readonly closingFee: Ratio
}

/** What a position must keep at a mark: maintenance margin and the fee of its closing. */
export function requiredAt(terms: LiquidationTerms, mark: Price): number {
  const { instrument, position, closingFee } = terms
  const lots = quantity(Math.abs(position.quantity))
  const notional = notionalOf(instrument, mark, lots, 'ceil')
  const fee = closingFee === 0 ? 0 : feeOf(notional, closingFee)
  return maintenanceMargin(instrument.marginTiers, notional) + Math.max(0, fee)
}

/** Equity less what must be kept; liquidated at 0 or below. */
export function excessAt(terms: LiquidationTerms, mark: Price): number {
  const { instrument, position } = terms
  return terms.margin + unrealisedOf(instrument, position, mark) - requiredAt(terms, mark)
}

/** Whether the position is liquidated at this mark. */
export const isLiquidatable = (terms: LiquidationTerms, mark: Price): boolean =>
  terms.position.quantity !== 0 && excessAt(terms, mark) <= 0

/**
 * The best price for the account at which it is liquidated: at it equity <= required, one price unit better it is not.
 * null when there is none (flat, or the margin covers every price that this instrument can count).
 */
export function liquidationPrice(terms: LiquidationTerms): Price | null {
  const { instrument, position } = terms
  if (position.quantity === 0) return null
  const bounds = {
    lowest: lowestPrice(instrument, position.quantity),
    highest: highestPrice(instrument, position.quantity),
  }
  const guess = Math.min(bounds.highest, Math.max(bounds.lowest, Math.round(estimate(terms))))
  // A long dies below the price, a short above.
  return firstDead(
    guess,
    position.quantity > 0 ? -1 : 1,
    bounds,
    (at) => excessAt(terms, price(at)) <= 0,
  )
}

/** Walks from the guess in growing strides to a bracket and bisects it; `worse` is the direction towards death. */
function firstDead(
  guess: number,
  worse: 1 | -1,
  bounds: { readonly lowest: number; readonly highest: number },
  isDead: (at: number) => boolean,
): Price | null {
  const worst = worse < 0 ? bounds.lowest : bounds.highest
  const best = worse < 0 ? bounds.highest : bounds.lowest
  let dead = guess
  let alive = guess
  let stride = 1
  if (isDead(guess)) {
    // One beyond the best price that counts is taken for alive.
    do {
      dead = alive
      if (dead === best) return price(best)
      alive = nearer(dead - worse * stride, best, worse)
      stride *= 2
    } while (isDead(alive))
  } else {
    do {
      alive = dead
      if (alive === worst) return null
      dead = nearer(alive + worse * stride, worst, worse === 1 ? -1 : 1)
      stride *= 2
    } while (!isDead(dead))
  }
  while (Math.abs(alive - dead) > 1) {
    const middle = Math.trunc((alive + dead) / 2)
    if (isDead(middle)) dead = middle
    else alive = middle
  }
  return price(dead)
}

/** The candidate, but not beyond the bound; `inward` points from the bound back. */
const nearer = (candidate: number, bound: number, inward: 1 | -1): number =>
  inward === 1 ? Math.max(candidate, bound) : Math.min(candidate, bound)

const VALUE_MAX = Number.MAX_SAFE_INTEGER
// Below this value of an inverse position roundings would decide.
const INVERSE_VALUE_MIN = 1000

function highestPrice(instrument: Instrument, held: Quantity): number {
  const lots = Math.abs(held) * instrument.moneyPerUnit
  if (instrument.kind === 'linear') return Math.floor(VALUE_MAX / lots)
  return Math.floor((lots / INVERSE_VALUE_MIN) * 10 ** instrument.priceDecimals)
}

function lowestPrice(instrument: Instrument, held: Quantity): number {
  if (instrument.kind === 'linear') return 1
  const value = Math.abs(held) * instrument.moneyPerUnit * 10 ** instrument.priceDecimals
  return Math.max(1, Math.ceil(value / VALUE_MAX))
}

/** The closed form, with the tier of its own result; in price units, may be off by roundings. */
function estimate(terms: LiquidationTerms): number {
  let notional = Math.abs(terms.position.cost)
  let found = 0
  for (let round = 0; round < 8; round += 1) {
    const tier = tierOf(terms.instrument.marginTiers, notional)
    found = closedForm(terms, tier.maintenanceRate, tier.maintenanceAmount)
    if (!(found > 0) || !Number.isFinite(found)) return found > 0 ? VALUE_MAX : 0
    notional = valueAt(terms, found)
    if (tierOf(terms.instrument.marginTiers, notional) === tier) break
  }
  return found
}

function closedForm(terms: LiquidationTerms, maintenanceRate: number, amount: number): number {
  const { instrument, position, margin } = terms
  const kept = (maintenanceRate + Math.max(0, terms.closingFee)) / RATIO_SCALE
  const cost = Math.abs(position.cost)
  const isLong = position.quantity > 0
  const value = valueAt(terms, 1)
  if (instrument.kind === 'linear') {
    return isLong
      ? (cost - margin - amount) / (value * (1 - kept))
      : (cost + margin + amount) / (value * (1 + kept))
  }
  if (isLong) return (value * (1 + kept)) / (cost + margin + amount)
  const rest = cost - margin - amount
  return rest > 0 ? (value * (1 - kept)) / rest : Number.POSITIVE_INFINITY
}

function valueAt(terms: LiquidationTerms, at: number): number {
  const { instrument, position } = terms
  const lots = Math.abs(position.quantity) * instrument.moneyPerUnit
  return instrument.kind === 'linear' ? lots * at : (lots * 10 ** instrument.priceDecimals) / at
}
