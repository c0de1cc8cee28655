/**
 * The market clock: from stop to stop. Order of things at one moment (docs/concepts/clocks.md): fills, triggers and
 * liquidations on the path → requests that latency held back → candle close and time wakes → funding → the next open.
 */
import type { InstrumentId } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import { money, type Price, price, type Ratio } from '../domain/money.ts'
import { fundingPayment } from '../domain/position/funding.ts'
import type { VenueAccountEvent } from '../domain/venue-report.ts'
import { coverMargin, markOf, touch } from './accounts.ts'
import { goesLowFirst, LEGS } from './candle-path.ts'
import { enter } from './entering.ts'
import type { Hall } from './hall.ts'
import { directionOf, isUneventful, move, refreshNext, sync } from './market-path.ts'
import { fillReached, fireReached, goOnChasing, liquidateDead } from './meeting.ts'
import { passCandle } from './quiet-candle.ts'
import type { BookOrder, DelayedRequest, Holding, MarketState } from './state.ts'
import { finish, tellStatus } from './trading.ts'
import { nextTimeWake, ringTimes, ringWakes } from './wakes.ts'

/** A moment that somebody must hear of. */
export interface Stop {
  readonly at: number
  readonly market: readonly MarketEvent[]
}

const DAY_MS = 86_400_000
const NEVER = Number.POSITIVE_INFINITY

const RANK_OF = { level: 0, death: 0, corner: 0, delayed: 1, close: 2, funding: 3, open: 4, end: 5 }

type Kind = keyof typeof RANK_OF

/** What is due first, over all markets. */
interface Due {
  at: number
  kind: Kind
  market: MarketState | null
}

/** Goes on until somebody must hear of something, to `until` at most; null when that came first. */
export function advance(hall: Hall, until: number): Stop | null {
  const limit = Math.min(until, hall.endAt)
  const quiet = passCandle(hall, limit)
  if (quiet !== null) return { at: hall.at, market: [quiet] }
  for (;;) {
    const due = firstDue(hall, limit)
    if (due.at > limit || due.kind === 'end') {
      if (Number.isFinite(limit)) hall.at = Math.max(hall.at, limit)
      return null
    }
    hall.at = due.at
    const { length } = hall.events
    const market = withPrices(hall, act(hall, due), length)
    for (const event of market) tellPrice(hall, event)
    if (market.length > 0 || hall.events.length > length) return { at: hall.at, market }
  }
}

function firstDue(hall: Hall, limit: number): Due {
  const due: Due = { at: NEVER, kind: 'end', market: null }
  for (const market of hall.markets) {
    refreshNext(market, hall.at, hall.endAt)
    consider(due, market.nextAt, market.nextKind, market)
    if (market.wakes.length > 0) {
      consider(due, Math.max(hall.at, nextTimeWake(market)), 'close', market)
    }
  }
  const delayed = hall.queue[0]
  if (delayed !== undefined) consider(due, delayed.at, 'delayed', null)
  for (const market of hall.markets) {
    consider(due, fundingDue(hall, market, Math.min(due.at, limit)), 'funding', market)
  }
  return due
}

function consider(due: Due, at: number, kind: Kind, market: MarketState | null): void {
  if (at > due.at || (at === due.at && RANK_OF[kind] >= RANK_OF[due.kind])) return
  due.at = at
  due.kind = kind
  due.market = market
}

function act(hall: Hall, due: Due): readonly MarketEvent[] {
  const { kind, market } = due
  if (kind === 'delayed') return takeDelayed(hall)
  if (kind === 'close') return closeCandles(hall)
  if (kind === 'funding') return settleFunding(hall)
  if (market === null) return []
  return kind === 'open' ? openCandle(hall, market) : meet(hall, market)
}

const priceOf = (market: MarketState): MarketPrice => ({
  last: price(market.last),
  mark: markOf(market),
})

function priceEvent(hall: Hall, market: MarketState): MarketEvent {
  sync(market, hall.at, hall.endAt)
  return { kind: 'price', at: hall.at, instrument: market.instrument.id, price: priceOf(market) }
}

/**
 * Whoever hears of a fill, a funding or an order also hears the price of that moment: what it does next is judged by
 * the price that the exchange has.
 * @param from the first account event of this moment
 */
function withPrices(
  hall: Hall,
  market: readonly MarketEvent[],
  from: number,
): readonly MarketEvent[] {
  if (hall.events.length === from) return market
  const all = [...market]
  for (let index = from; index < hall.events.length; index += 1) {
    const named = hall.events[index]
    if (named === undefined) break
    const id = instrumentOf(hall, named.account, named.event)
    const concerned = id === null ? null : hall.activeMarket(id)
    if (concerned === null || all.some(({ instrument }) => instrument === id)) continue
    all.push(priceEvent(hall, concerned))
  }
  return all
}

function instrumentOf(hall: Hall, account: string, event: VenueAccountEvent): InstrumentId | null {
  if (event.kind === 'fill') return event.fill.instrument
  if (event.kind === 'funding') return event.instrument
  if (event.kind === 'cash') return null
  return hall.orderOf(account, event.clientId)?.request.instrument ?? null
}

function tellPrice(hall: Hall, { instrument, price }: MarketEvent): void {
  const market = hall.activeMarket(instrument)
  if (market === null) return
  market.toldLast = price.last
  market.toldMark = price.mark
}

/** The path reaches a level, the end of a watched leg, or a dead position stands. */
function meet(hall: Hall, market: MarketState): readonly MarketEvent[] {
  const { nextKind } = market
  move(market, market.nextLeg, market.nextPrice)
  market.isStale = true
  if (nextKind === 'level') {
    fillReached(hall, market, directionOf(market))
    fireReached(hall, market)
  }
  liquidateDead(hall, market, (other) => sync(other, hall.at, hall.endAt))
  return ringWakes(market, nextKind === 'corner') ? [priceEvent(hall, market)] : []
}

/** A candle opens, maybe with a gap: limits that it passed fill at their own price, triggers fire at the open. */
function openCandle(hall: Hall, market: MarketState): readonly MarketEvent[] {
  const candle = market.next
  if (candle === null) return []
  market.candle = candle
  market.next = null
  market.isOpen = true
  market.isLowFirst = goesLowFirst(candle, hall.candlePath, heldOf(market))
  const mark = hall.source.markAt(market.instrument.id, candle.openAt)
  const basis = mark === null ? 0 : mark - candle.open
  if (basis !== market.basis) market.isStale = true
  market.basis = basis
  move(market, 0, candle.open)
  if (isUneventful(market, candle.open)) return []
  market.isStale = true
  fillReached(hall, market, 0)
  fireReached(hall, market)
  goOnChasing(hall, market)
  liquidateDead(hall, market, (other) => sync(other, hall.at, hall.endAt))
  return ringWakes(market, true) ? [priceEvent(hall, market)] : []
}

/** Signed lots of all accounts. */
function heldOf(market: MarketState): number {
  let held = 0
  for (const { position } of market.holdings) held += position.quantity
  return held
}

/** Requests whose latency has passed. */
function takeDelayed(hall: Hall): readonly MarketEvent[] {
  while (hall.queue[0] !== undefined && hall.queue[0].at <= hall.at) {
    const delayed = hall.queue.shift()
    if (delayed !== undefined) carryOut(hall, delayed)
  }
  return []
}

function carryOut(hall: Hall, { kind, order }: DelayedRequest): void {
  if (order.status !== 'open') return
  sync(order.holding.market, hall.at, hall.endAt)
  if (kind === 'cancel') return finish(hall, order, 'canceled', null)
  const refusal = enter(hall, order)
  if (refusal !== null) finish(hall, order, 'rejected', refusal)
  else if (isCanceled(order)) tellStatus(hall, order)
}

const isCanceled = (order: BookOrder): boolean => order.status === 'canceled'

/** All candles that close now, and the times that instances wait for. */
function closeCandles(hall: Hall): readonly MarketEvent[] {
  const events: MarketEvent[] = []
  for (const market of hall.markets) {
    const { candle } = market
    const isTimeRung = market.wakes.length > 0 && ringTimes(market, hall.at)
    if (market.isOpen && candle !== null && candle.closeAt <= hall.at && isAtClose(market)) {
      closeCandle(hall, market)
      const { id } = market.instrument
      events.push({ kind: 'candle', at: hall.at, instrument: id, candle, price: priceOf(market) })
    } else if (isTimeRung) {
      events.push(priceEvent(hall, market))
    }
  }
  return events
}

const isAtClose = (market: MarketState): boolean => market.nextKind === 'close'

function closeCandle(hall: Hall, market: MarketState): void {
  const { candle, instrument } = market
  if (candle === null) return
  move(market, LEGS - 1, candle.close)
  market.isOpen = false
  market.next = hall.source.candleFrom(instrument.id, candle.closeAt)
  // The candle itself tells the instances: what rings here needs no event of its own.
  if (market.wakes.length > 0) ringWakes(market, true)
}

/** When the next rate of a market is settled, if that is at or before a time. */
function fundingDue(hall: Hall, market: MarketState, horizon: number): number {
  const known = hall.source.fundingKnownUntil?.(market.instrument.id) ?? NEVER
  const needed = Math.min(known, Number.isFinite(horizon) ? horizon : hall.at)
  while (market.funding.length === 0 && market.fundingFetchedUntil < needed) {
    const after = market.fundingFetchedUntil
    market.fundingFetchedUntil = Math.min(after + DAY_MS, known)
    market.funding = [
      ...hall.source.funding(market.instrument.id, after, market.fundingFetchedUntil),
    ]
  }
  return Math.max(hall.at, market.funding[0]?.at ?? NEVER)
}

/** Settles every rate that is due now on the positions as they are. */
function settleFunding(hall: Hall): readonly MarketEvent[] {
  for (const market of hall.markets) {
    while (market.funding[0] !== undefined && market.funding[0].at <= hall.at) {
      const due = market.funding.shift()
      if (due === undefined) break
      market.fundedUntil = due.at
      sync(market, hall.at, hall.endAt)
      const mark = hall.source.markAt(market.instrument.id, due.at) ?? markOf(market)
      for (const holding of market.holdings) payFunding(hall, holding, mark, due.rate)
    }
  }
  return []
}

function payFunding(hall: Hall, holding: Holding, mark: Price, rate: Ratio): void {
  const { account, market, position } = holding
  const amount = fundingPayment(market.instrument, position.quantity, mark, rate)
  if (amount === 0) return
  account.balance = money(account.balance + amount)
  account.ledger.funding = money(account.ledger.funding + amount)
  coverMargin(holding)
  touch(account)
  hall.tell(account, {
    kind: 'funding',
    instrument: market.instrument.id,
    amount,
    rate,
    position: position.quantity,
  })
}
