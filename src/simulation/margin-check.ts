/** Whether an account can afford an order, and when its positions die. */
import { money, type Price } from '../domain/money.ts'
import {
  excessAt,
  type LiquidationTerms,
  liquidationPrice,
} from '../domain/position/liquidation.ts'
import { initialMargin, tierOf } from '../domain/position/margin.ts'
import { freeBalance, isCross, markOf, unrealised } from './accounts.ts'
import type { Holding } from './state.ts'

// Values beyond this could leave the safe integers when added up.
const VALUE_MAX = 2 ** 52

/** Value of the worse side: what is held, and everything on one side of the book filled. */
function worseSide(holding: Holding, buying: number, selling: number): number {
  const { market, position } = holding
  const held = position.quantity * markOf(market) * market.instrument.moneyPerUnit
  return Math.max(0, held + buying, selling - held)
}

function initialMarginOf(holding: Holding, worse: number): number {
  const { leverage } = holding.terms
  if (isCross(holding)) return initialMargin(money(worse), leverage)
  const held = Math.abs(holding.position.quantity) * markOf(holding.market)
  const beyond = worse - held * holding.market.instrument.moneyPerUnit
  return holding.margin + initialMargin(money(Math.max(0, beyond)), leverage)
}

/**
 * Why an order that may raise |position| cannot be afforded, null when it can. The initial margin of every instrument's
 * worse side must be covered by the balance and the profit of the positions on cross margin.
 * @param value of the order at the price at which it would trade
 */
export function shortageOf(
  holding: Holding,
  side: 'buy' | 'sell',
  value: number,
): 'insufficient_margin' | 'leverage_max' | null {
  const before = worseSide(holding, holding.buying, holding.selling)
  const buying = holding.buying + (side === 'buy' ? value : 0)
  const selling = holding.selling + (side === 'sell' ? value : 0)
  const worse = worseSide(holding, buying, selling)
  if (worse <= before) return null
  if (worse > VALUE_MAX) return 'insufficient_margin'
  const tier = tierOf(holding.market.instrument.marginTiers, worse)
  if (holding.terms.leverage > tier.leverageMax) return 'leverage_max'
  let available = holding.account.balance - initialMarginOf(holding, worse)
  for (const other of holding.account.holdings.values()) {
    if (isCross(other)) available += unrealised(other)
    if (other === holding) continue
    available -= initialMarginOf(other, worseSide(other, other.buying, other.selling))
  }
  return available < 0 ? 'insufficient_margin' : null
}

/** What stands against the position of a holding; for cross the other positions count at their present mark. */
export function liquidationTermsOf(holding: Holding): LiquidationTerms {
  const { account, market, position, terms } = holding
  const closingFee = terms.paper.taker
  const own = { instrument: market.instrument, position, closingFee }
  if (!isCross(holding)) return { ...own, margin: holding.margin }
  let margin = freeBalance(account)
  for (const other of account.holdings.values()) {
    if (other === holding || !isCross(other) || other.position.quantity === 0) continue
    margin += excessAt({ ...termsAlone(other), margin: 0 }, markOf(other.market))
  }
  return { ...own, margin }
}

const termsAlone = (holding: Holding) => ({
  instrument: holding.market.instrument,
  position: holding.position,
  closingFee: holding.terms.paper.taker,
})

/** The mark at which the position dies while nothing else moves; null = never. */
export function deathOf(holding: Holding): Price | null {
  if (holding.position.quantity === 0) return null
  return liquidationPrice(liquidationTermsOf(holding))
}

/** Whether the position of a holding must be liquidated at the present mark. */
export function isDead(holding: Holding): boolean {
  if (holding.position.quantity === 0) return false
  return excessAt(liquidationTermsOf(holding), markOf(holding.market)) <= 0
}
