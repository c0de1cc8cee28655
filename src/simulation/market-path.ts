/** One market on its way through candles: what it meets next, and where it is in between. */
import type { Candle } from '../domain/market.ts'
import { isCross, touch, volumeLeft } from './accounts.ts'
import { firesUpwards, triggerLevel } from './book.ts'
import { cornerOf, cornerTime, LEGS, legOf, priceOfTime, timeOfPrice } from './candle-path.ts'
import { deathOf, isDead } from './margin-check.ts'
import type { BookOrder, Holding, MarketState, NextKind, WatchedWake } from './state.ts'
import { nextTimeWake } from './wakes.ts'

const NEVER = Number.POSITIVE_INFINITY

/** Computes what comes next on the path; `at` is market time now, nothing is met earlier. */
export function refreshNext(market: MarketState, at: number, endAt: number): void {
  if (market.isStale) refreshBounds(market)
  else if (!market.isMoved) return
  market.isMoved = false
  const { candle, next } = market
  if (market.isDeadNow) return meet(market, 'death', at, market.last, market.leg)
  if (market.isOpen && candle !== null) return scan(market, candle, at)
  const isEnd = next === null || next.openAt >= endAt
  market.nextKind = isEnd ? 'end' : 'open'
  market.nextAt = isEnd ? NEVER : Math.max(at, next.openAt)
  market.nextPrice = isEnd ? market.last : next.open
}

function meet(market: MarketState, kind: NextKind, at: number, level: number, leg: number): void {
  market.nextKind = kind
  market.nextAt = at
  market.nextPrice = level
  market.nextLeg = leg
}

function scan(market: MarketState, candle: Candle, at: number): void {
  const { up, down, isCornered, isLowFirst } = market
  let from = market.last
  for (let leg = market.leg; leg < LEGS; leg += 1) {
    const to = cornerOf(candle, leg + 1, isLowFirst)
    const isUp = to > from
    if (isUp ? up <= to : to < from && down >= to) {
      const level = isUp ? Math.max(up, from) : Math.min(down, from)
      const time = timeOfPrice(legOf(candle, leg, isLowFirst), level)
      return meet(market, 'level', Math.max(at, time), level, leg)
    }
    if (isCornered && leg + 1 < LEGS) {
      return meet(market, 'corner', Math.max(at, cornerTime(candle, leg + 1)), to, leg + 1)
    }
    from = to
  }
  market.nextKind = 'close'
  market.nextAt = Math.max(at, candle.closeAt)
  market.nextPrice = candle.close
}

/** Wakes that were told must see the price come back; accounts with several positions need them all up to date. */
function needsCorners(market: MarketState): boolean {
  for (const wake of market.wakes) if (!isQuiet(wake)) return true
  for (const holding of market.holdings) if (isOneOfSeveral(holding)) return true
  return false
}

const isQuiet = (wake: WatchedWake): boolean => wake.below === 'armed' && wake.above === 'armed'

function isOneOfSeveral(holding: Holding): boolean {
  if (holding.position.quantity === 0 || !isCross(holding)) return false
  for (const other of holding.account.holdings.values()) {
    if (other !== holding && other.position.quantity !== 0 && isCross(other)) return true
  }
  return false
}

function refreshBounds(market: MarketState): void {
  market.isStale = false
  market.isBlocked = false
  market.isDeadNow = false
  market.up = firstWithVolume(market, market.asks, NEVER)
  market.down = firstWithVolume(market, market.bids, 0)
  for (const order of market.conditionals) {
    const level = triggerLevel(market, order)
    if (firesUpwards(order)) market.up = Math.min(market.up, level)
    else market.down = Math.max(market.down, level)
  }
  for (const watched of market.wakes) addWake(market, watched)
  for (const holding of market.holdings) addDeath(market, holding)
  market.isCornered = needsCorners(market)
  market.wakeAt = nextTimeWake(market)
}

function firstWithVolume(market: MarketState, orders: readonly BookOrder[], none: number): number {
  for (let index = orders.length - 1; index >= 0; index -= 1) {
    const order = orders[index]
    if (order !== undefined && volumeLeft(order.holding) > 0) return order.level
    market.isBlocked = true
  }
  return none
}

function addWake(market: MarketState, watched: WatchedWake): void {
  const { below, above, by } = watched.wake
  const basis = by === 'mark' ? market.basis : 0
  if (above !== null && watched.above === 'armed') market.up = Math.min(market.up, above - basis)
  if (below !== null && watched.below === 'armed') {
    market.down = Math.max(market.down, below - basis)
  }
}

function addDeath(market: MarketState, holding: Holding): void {
  // Orders and wakes do not move it; other positions of the account do, when `move` moves their marks.
  if (holding.isDeathStale) holding.death = deathOf(holding)
  holding.isDeathStale = false
  const { death } = holding
  if (death === null) return
  if (isDead(holding)) market.isDeadNow = true
  // Roundings may shift the price of death by a unit: what is alive here dies one unit further at the earliest.
  const level = death - market.basis
  if (holding.position.quantity > 0) {
    market.down = Math.max(market.down, Math.min(level, market.last - 1))
  } else market.up = Math.min(market.up, Math.max(level, market.last + 1))
}

/** Where a market is at a time, when everything before that time has been met. */
export function placeAt(
  market: MarketState,
  at: number,
): { readonly leg: number; readonly last: number } {
  const { candle, leg, last } = market
  if (!market.isOpen || candle === null) return { leg, last }
  const isMetNow = isOnPath(market.nextKind) && market.nextAt <= at
  let present = leg
  while (present + 1 < LEGS && cornerTime(candle, present + 1) <= at) present += 1
  if (isMetNow && market.nextLeg <= present) {
    // Met at this very ms but not handled yet: not beyond it.
    if (market.nextKind === 'corner') return { leg: market.nextLeg - 1, last: market.nextPrice }
    if (market.nextLeg < present) return { leg: market.nextLeg, last: market.nextPrice }
  }
  const path = legOf(candle, present, market.isLowFirst)
  const isUp = path.to >= path.from
  let here = priceOfTime(path, at)
  if (present === leg) here = isUp ? Math.max(here, last) : Math.min(here, last)
  if (isMetNow && market.nextKind === 'level' && market.nextLeg === present) {
    here = isUp ? Math.min(here, market.nextPrice) : Math.max(here, market.nextPrice)
  }
  return { leg: present, last: here }
}

const isOnPath = (kind: NextKind): boolean => kind === 'level' || kind === 'corner'

/** Moves a market along its path. */
export function move(market: MarketState, leg: number, last: number): void {
  market.leg = leg
  market.last = last
  market.isMoved = true
  if (!market.isCornered) return
  for (const holding of market.holdings) if (isOneOfSeveral(holding)) touch(holding.account)
}

/** Whether a price meets nothing at all: a candle that opens there needs no look at orders and positions. */
export const isUneventful = (market: MarketState, last: number): boolean =>
  !market.isStale &&
  !market.isCornered &&
  !market.isBlocked &&
  market.chasing.length === 0 &&
  last > market.down &&
  last < market.up

/** Brings leg and price up to a time. */
export function sync(market: MarketState, at: number, endAt: number): void {
  refreshNext(market, at, endAt)
  const { leg, last } = placeAt(market, at)
  if (leg !== market.leg || last !== market.last) move(market, leg, last)
}

/** +1 while the price rises, -1 while it falls. */
export function directionOf(market: MarketState): 1 | -1 | 0 {
  const { candle, leg, isLowFirst } = market
  if (!market.isOpen || candle === null) return 0
  const way = cornerOf(candle, leg + 1, isLowFirst) - cornerOf(candle, leg, isLowFirst)
  return way > 0 ? 1 : way < 0 ? -1 : 0
}
