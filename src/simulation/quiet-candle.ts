/**
 * The whole of a candle in one step where nothing can be met in it. It leaves everything as the steps of the market clock
 * would: no level, no death, no time, no funding and no request lies before its close, so its close is what comes next.
 */
import type { Candle, MarketEvent } from '../domain/market.ts'
import { price } from '../domain/money.ts'
import { markOf } from './accounts.ts'
import { LEGS } from './candle-path.ts'
import type { Hall } from './hall.ts'
import { isUneventful, move, refreshNext } from './market-path.ts'
import type { MarketState } from './state.ts'

export type CandleEvent = Extract<MarketEvent, { kind: 'candle' }>

/**
 * Opens and closes the next candle at once, if it is quiet; null when it must be walked.
 * @param limit time that must not be passed
 */
export function passCandle(hall: Hall, limit: number): CandleEvent | null {
  const market = hall.markets[0]
  if (market === undefined || hall.markets.length > 1 || hall.queue.length > 0) return null
  const { next: candle, instrument } = market
  if (candle === null || market.isOpen || candle.closeAt > limit) return null
  if (market.isStale) refreshNext(market, hall.at, hall.endAt)
  if (!isQuiet(hall, market, candle)) return null
  const at = candle.closeAt
  hall.at = at
  market.candle = candle
  market.next = hall.source.candleFrom(instrument.id, at)
  move(market, LEGS - 1, candle.close)
  const last = price(market.last)
  const mark = markOf(market)
  market.toldLast = last
  market.toldMark = mark
  return { kind: 'candle', at, instrument: instrument.id, candle, price: { last, mark } }
}

const isQuiet = (hall: Hall, market: MarketState, candle: Candle): boolean =>
  !market.isDeadNow &&
  market.wakeAt > candle.closeAt &&
  !isFundingWithin(market, candle.closeAt) &&
  isPathQuiet(market, candle) &&
  isBasisSame(hall, market, candle)

/** Funding at the close comes after it; rates that are not fetched yet may lie anywhere. */
function isFundingWithin(market: MarketState, closeAt: number): boolean {
  const due = market.funding[0]
  return due === undefined ? market.fundingFetchedUntil < closeAt : due.at < closeAt
}

/** Every corner counts: recorded candles may contradict themselves. */
const isPathQuiet = (market: MarketState, candle: Candle): boolean =>
  isUneventful(market, candle.low) &&
  candle.high < market.up &&
  candle.open < market.up &&
  candle.open > market.down &&
  candle.close < market.up &&
  candle.close > market.down &&
  candle.high > market.down

function isBasisSame(hall: Hall, market: MarketState, candle: Candle): boolean {
  const mark = hall.source.markAt(market.instrument.id, candle.openAt)
  return (mark === null ? 0 : mark - candle.open) === market.basis
}
