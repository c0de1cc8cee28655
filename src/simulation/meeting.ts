/** What happens where the path of a market meets something: fills, then triggers, then liquidations. */
import { money } from '../domain/money.ts'
import { freeBalance, isCross } from './accounts.ts'
import { chase, fire, isTriggered } from './entering.ts'
import { isDead } from './margin-check.ts'
import type { Account, BookOrder, Holding, MarketState } from './state.ts'
import {
  execute,
  type Floor,
  fillOrder,
  finish,
  reducibleLots,
  takerPrice,
  tradableLots,
} from './trading.ts'

/** Fills, in the order of their price, what the price has reached; 0 looks at both sides (an open after a gap). */
export function fillReached(floor: Floor, market: MarketState, direction: 1 | -1 | 0): void {
  if (direction <= 0) fillSide(floor, market.bids, (level) => level >= market.last)
  if (direction >= 0) fillSide(floor, market.asks, (level) => level <= market.last)
}

function fillSide(
  floor: Floor,
  side: readonly BookOrder[],
  isReached: (level: number) => boolean,
): void {
  let first = side.length
  while (first > 0 && isReached(side[first - 1]?.level ?? 0)) first -= 1
  if (first === side.length) return
  // Fills take orders out of the array.
  for (const order of side.slice(first).reverse()) fillResting(floor, order)
}

function fillResting(floor: Floor, order: BookOrder): void {
  if (order.place !== 'resting') return
  const limit = order.request.price
  const lots = tradableLots(order)
  if (limit !== null && lots > 0) fillOrder(floor, order, limit, lots, true)
  if (order.status === 'open' && reducibleLots(order) === 0) {
    finish(floor, order, 'canceled', 'reduce_only')
  }
}

export function fireReached(floor: Floor, market: MarketState): void {
  if (market.conditionals.length === 0) return
  for (const order of [...market.conditionals]) {
    if (order.place === 'conditional' && isTriggered(order)) fire(floor, order)
  }
}

/** Triggered market orders that waited for the volume of a new candle. */
export function goOnChasing(floor: Floor, market: MarketState): void {
  for (const order of [...market.chasing]) chase(floor, order)
}

/** Liquidates what is dead at the present mark. `synchronise` brings the price of another market up to date. */
export function liquidateDead(
  floor: Floor,
  market: MarketState,
  synchronise: (market: MarketState) => void,
): void {
  for (const holding of market.holdings) {
    if (holding.position.quantity === 0 || !isDead(holding)) continue
    if (!isCross(holding)) liquidate(floor, [holding])
    else {
      const all = [...holding.account.holdings.values()].filter(isCross)
      for (const one of all) if (one !== holding) synchronise(one.market)
      liquidate(floor, all)
    }
  }
}

/** Liquidates one position; on cross margin all of its account. */
export function liquidateHolding(floor: Floor, holding: Holding): void {
  const all = [...holding.account.holdings.values()].filter(isCross)
  liquidate(floor, isCross(holding) ? all : [holding])
}

/** Cancels the orders, closes the positions at the present price, and takes over a loss beyond the margin. */
function liquidate(floor: Floor, holdings: readonly Holding[]): void {
  const account = holdings[0]?.account
  if (account === undefined) return
  for (const order of [...account.orders.values()]) {
    if (holdings.includes(order.holding) && order.place !== 'delayed') {
      finish(floor, order, 'canceled', 'liquidation')
    }
  }
  for (const holding of holdings) closeByForce(floor, holding)
  if (holdings.some(isCross)) absorb(floor, account, -freeBalance(account))
}

function closeByForce(floor: Floor, holding: Holding): void {
  const { account, position, margin } = holding
  if (position.quantity === 0) return
  const side = position.quantity > 0 ? 'sell' : 'buy'
  const before = account.balance
  execute(floor, holding, {
    clientId: null,
    side,
    price: takerPrice(holding, side, null),
    lots: Math.abs(position.quantity),
    isMaker: false,
    isLiquidation: true,
  })
  if (!isCross(holding)) absorb(floor, account, before - account.balance - margin)
}

/** A loss that is larger than what stood against it is the exchange's. */
function absorb(floor: Floor, account: Account, loss: number): void {
  if (loss <= 0) return
  account.balance += loss
  account.ledger.insurance = money(account.ledger.insurance + loss)
  floor.tell(account, { kind: 'cash', amount: money(loss), reason: 'insurance' })
}
