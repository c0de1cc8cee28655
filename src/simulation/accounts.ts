/** Accounts of the simulated exchange: what they own, what they may still trade. */
import { type Money, money, mulDiv, type Price, price, RATIO_SCALE } from '../domain/money.ts'
import { FLAT, unrealisedOf } from '../domain/position/position.ts'
import type { Account, AccountTerms, Holding, MarketState } from './state.ts'

export function openAccount(name: string): Account {
  const zero = money(0)
  const ledger = {
    deposits: zero,
    realised: zero,
    funding: zero,
    fees: zero,
    liquidationFees: zero,
    insurance: zero,
  }
  return {
    name,
    settle: '',
    balance: 0,
    seq: 0,
    ledger,
    holdings: new Map(),
    orders: new Map(),
    finals: new Map(),
    olderFinals: new Map(),
  }
}

export function openHolding(account: Account, market: MarketState, terms: AccountTerms): Holding {
  const holding = {
    account,
    market,
    terms,
    position: FLAT,
    margin: 0,
    buying: 0,
    selling: 0,
    usedAt: 0,
    usedLots: 0,
    death: null,
    isDeathStale: true,
  }
  account.holdings.set(market.instrument.id, holding)
  market.holdings.push(holding)
  return holding
}

export const markOf = (market: MarketState): Price => price(Math.max(1, market.last + market.basis))

/** Unrealised profit on mark. */
export const unrealised = (holding: Holding): Money =>
  unrealisedOf(holding.market.instrument, holding.position, markOf(holding.market))

export const isCross = (holding: Holding): boolean => holding.terms.marginMode === 'cross'

/** Balance that is not put aside for isolated positions. */
export function freeBalance(account: Account): number {
  let free = account.balance
  for (const holding of account.holdings.values()) free -= holding.margin
  return free
}

/** Margin of an isolated position never exceeds the balance: what fees and funding ate is missing from it. */
export function coverMargin(holding: Holding): void {
  if (holding.margin === 0) return
  const missing = -freeBalance(holding.account)
  if (missing > 0) holding.margin = Math.max(0, holding.margin - missing)
}

/** The candle whose volume counts now: before the first opens, that one. */
export const volumeCandle = (market: MarketState) => market.candle ?? market.next

/** Lots that the account may still trade on this instrument within the present candle. */
export function volumeLeft(holding: Holding): number {
  const candle = volumeCandle(holding.market)
  if (candle === null) return 0
  const share = holding.terms.paper.volumeShare
  const whole =
    share === RATIO_SCALE ? candle.volume : mulDiv(candle.volume, share, RATIO_SCALE, 'floor')
  const isCounted = holding.usedAt === volumeKey(holding.market)
  return isCounted ? Math.max(0, whole - holding.usedLots) : whole
}

/** What tells one volume from the next. */
function volumeKey(market: MarketState): number {
  const openAt = volumeCandle(market)?.openAt ?? 0
  return market.volumeSpanMs === 0 ? openAt : openAt - (openAt % market.volumeSpanMs)
}

export function useVolume(holding: Holding, lots: number): void {
  const key = volumeKey(holding.market)
  if (holding.usedAt !== key) holding.usedLots = 0
  holding.usedAt = key
  holding.usedLots += lots
}

/** After a change of balance or position: prices of liquidation must be computed anew. */
export function touch(account: Account): void {
  for (const holding of account.holdings.values()) {
    holding.isDeathStale = true
    holding.market.isStale = true
  }
}
