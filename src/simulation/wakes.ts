/**
 * Wakes: bands of price and times at which an instance must hear of the market. A bound is told once when the price
 * reaches it, and again only after the price has been inside. A bound that is beyond already when it is set is told at
 * the end of the present leg: the instance knew the price when it set it.
 */
import type { Wake } from '../domain/strategy.ts'
import { markOf } from './accounts.ts'
import type { MarketState, WatchedWake } from './state.ts'

type Bound = WatchedWake['below']

/** Sets the wakes of an instance on a market; those that stand already keep their state. */
export function replaceWakes(market: MarketState, instance: string, wakes: readonly Wake[]): void {
  const former = market.wakes.filter((watched) => watched.instance === instance)
  const others = market.wakes.filter((watched) => watched.instance !== instance)
  const own = wakes
    .filter((wake) => wake.instrument === market.instrument.id)
    .map(
      (wake) =>
        former.find((watched) => isSame(watched.wake, wake)) ?? watch(market, instance, wake),
    )
  if (own.length === 0 && former.length === 0) return
  market.wakes = [...others, ...own]
  market.isStale = true
}

const isSame = (a: Wake, b: Wake): boolean =>
  a.below === b.below && a.above === b.above && a.at === b.at && a.by === b.by

function watch(market: MarketState, instance: string, wake: Wake): WatchedWake {
  const now = priceOf(market, wake)
  const isBelow = wake.below !== null && now <= wake.below
  const isAbove = wake.above !== null && now >= wake.above
  return {
    instance,
    wake,
    below: isBelow ? 'late' : 'armed',
    above: isAbove ? 'late' : 'armed',
    isTimeTold: false,
  }
}

const priceOf = (market: MarketState, wake: Wake): number =>
  wake.by === 'mark' ? markOf(market) : market.last

/**
 * Looks at all bounds of a market where its price is; true when somebody must hear.
 * @param isCorner the end of a leg: late bounds are told, bounds that the price has left again are armed
 */
export function ringWakes(market: MarketState, isCorner: boolean): boolean {
  let isRung = false
  for (const watched of market.wakes) {
    const now = priceOf(market, watched.wake)
    const { below, above } = watched.wake
    const nextBelow = step(watched.below, below !== null && now <= below, isCorner)
    const nextAbove = step(watched.above, above !== null && now >= above, isCorner)
    if (nextBelow !== watched.below || nextAbove !== watched.above) market.isStale = true
    isRung ||= isNews(watched.below, nextBelow) || isNews(watched.above, nextAbove)
    watched.below = nextBelow
    watched.above = nextAbove
  }
  return isRung
}

const isNews = (before: Bound, after: Bound): boolean => after === 'told' && before !== 'told'

function step(bound: Bound, isBeyond: boolean, isCorner: boolean): Bound {
  if (isBeyond) return bound === 'armed' || isCorner ? 'told' : bound
  return isCorner ? 'armed' : bound
}

/** The earliest time that an instance waits for on this market. */
export function nextTimeWake(market: MarketState): number {
  let next = Number.POSITIVE_INFINITY
  for (const { wake, isTimeTold } of market.wakes) {
    if (wake.at !== null && !isTimeTold) next = Math.min(next, wake.at)
  }
  return next
}

/** Marks the times up to now as told; true when there was one. */
export function ringTimes(market: MarketState, at: number): boolean {
  let isRung = false
  for (const watched of market.wakes) {
    if (watched.wake.at === null || watched.isTimeTold || watched.wake.at > at) continue
    watched.isTimeTold = true
    market.isStale = true
    isRung = true
  }
  return isRung
}
