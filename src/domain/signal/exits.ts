/**
 * Exits that every strategy shares: stop loss, take profit, trailing stop, time exit. Stop and take profit rest at the
 * venue as orders for the whole position; the strategy only moves their prices. Levels hang on the average entry, so a
 * later part of an entry moves them. Pure.
 *
 * The trailing stop follows the extremes of closed candles: what a candle did inside is known at its close alone.
 */
import { type Instrument, roundPrice } from '../instrument.ts'
import type { Candle } from '../market.ts'
import { type Price, price, RATIO_SCALE, type Ratio } from '../money.ts'
import type { RestingWant } from '../strategy.ts'
import type { Exits } from './exit-parameters.ts'

/** Whether the ATR must be known before an entry. */
export const needsAtr = (exits: Exits): boolean =>
  exits.stopLossAtr !== null || exits.takeProfitAtr !== null || exits.trailingStopAtr !== null

/** A position from its first fill to flat; plain data. Levels are null where there is no such exit. */
export interface OpenTrade {
  side: 1 | -1
  openedAt: number
  /** Bars closed since. */
  bars: number
  /** Best price of closed candles, at least the first fill. */
  best: number
  /** As it stood at the signal, price units. */
  readonly atr: number
  /** Average entry, price units with a fraction. */
  entry: number
  /** How many take-profit steps have begun. */
  steps: number
  stop: Price | null
  takeProfit: Price | null
}

export function openTrade(side: 1 | -1, at: number, fillPrice: number, atr: number): OpenTrade {
  const levels = { stop: null, takeProfit: null }
  return {
    side,
    openedAt: at,
    bars: 0,
    best: fillPrice,
    atr,
    entry: fillPrice,
    steps: 0,
    ...levels,
  }
}

function distanceOf(
  from: number,
  share: Ratio | null,
  times: number | null,
  atr: number,
): number | null {
  if (share !== null) return (from * share) / RATIO_SCALE
  return times === null || atr === 0 ? null : times * atr
}

/** Rounded away from the market: a stop is never tighter, a profit never smaller than asked for. */
function levelAt(instrument: Instrument, at: number | null, isUp: boolean): Price | null {
  if (at === null || at < 1) return null
  const whole = price(isUp ? Math.ceil(at) : Math.floor(at))
  const level = roundPrice(instrument, whole, isUp ? 'ceil' : 'floor')
  return level > 0 ? level : null
}

const move = (from: number, distance: number | null, sign: number): number | null =>
  distance === null ? null : from + sign * distance

/** Where the first stop of an entry at a price stands; null = none. */
export function firstStop(
  exits: Exits,
  instrument: Instrument,
  side: 1 | -1,
  entry: number,
  atr: number,
): Price | null {
  const distance = distanceOf(entry, exits.stopLoss, exits.stopLossAtr, atr)
  return levelAt(instrument, move(entry, distance, -side), side < 0)
}

function trailingLevel(exits: Exits, trade: OpenTrade): number | null {
  const { side, best, entry, atr } = trade
  if ((best - entry) * side < (entry * exits.trailingOffset) / RATIO_SCALE) return null
  return move(best, distanceOf(best, exits.trailingStop, exits.trailingStopAtr, atr), -side)
}

/** Sets stop and take profit from what the trade is now. */
export function setLevels(exits: Exits, instrument: Instrument, trade: OpenTrade): void {
  const { side, entry, atr } = trade
  const first = firstStop(exits, instrument, side, entry, atr)
  const trailing = levelAt(instrument, trailingLevel(exits, trade), side < 0)
  const isTighter = trailing !== null && (first === null || (trailing - first) * side > 0)
  trade.stop = isTighter ? trailing : first
  const step = exits.takeProfitSteps[trade.steps - 1]
  const share = step === undefined ? exits.takeProfit : step.share
  const profit = distanceOf(entry, share, step === undefined ? exits.takeProfitAtr : null, atr)
  const at = move(entry, profit, side)
  // A loss of 100 % is any price at all.
  const isAny = at !== null && at < 1
  trade.takeProfit = isAny ? lowestPrice(instrument) : levelAt(instrument, at, side > 0)
}

const lowestPrice = (instrument: Instrument): Price => roundPrice(instrument, price(1), 'ceil')

/** Begins the take-profit steps whose time has come. @returns whether one did */
export function beginSteps(exits: Exits, trade: OpenTrade, at: number): boolean {
  const { takeProfitSteps } = exits
  let { steps } = trade
  while (at >= trade.openedAt + (takeProfitSteps[steps]?.afterMs ?? Number.POSITIVE_INFINITY))
    steps += 1
  if (steps === trade.steps) return false
  trade.steps = steps
  return true
}

/** Market time at which the next take-profit step begins; null = none does. */
export function nextStepAt(exits: Exits, trade: OpenTrade | null): number | null {
  const next = trade === null ? undefined : exits.takeProfitSteps[trade.steps]
  return trade === null || next === undefined ? null : trade.openedAt + next.afterMs
}

export const isTrailing = (exits: Exits): boolean =>
  exits.trailingStop !== null || exits.trailingStopAtr !== null

/**
 * Raises the best price by a closed candle. Of the candle in which the trade began only the close counts: its extremes
 * may be older than the trade.
 * @returns whether it changed
 */
export function raiseBest(trade: OpenTrade, candle: Candle): boolean {
  const isFirst = candle.openAt < trade.openedAt
  const reached = isFirst ? candle.close : trade.side > 0 ? candle.high : candle.low
  if ((reached - trade.best) * trade.side <= 0) return false
  trade.best = reached
  return true
}

export const STOP_SLOT = 'stop'
export const TAKE_PROFIT_SLOT = 'take_profit'

/** The protective orders of a trade, from scratch. */
export function protectiveWants(
  exits: Exits,
  instrument: Instrument,
  trade: OpenTrade | null,
): RestingWant[] {
  if (trade === null) return []
  const wants: RestingWant[] = []
  const want = (slot: string, kind: 'stop' | 'take_profit', at: Price): RestingWant => ({
    slot,
    instrument: instrument.id,
    side: trade.side > 0 ? 'sell' : 'buy',
    price: at,
    quantity: 'position',
    isPostOnly: false,
    isReduceOnly: true,
    trigger: { kind, price: at, by: exits.triggerBy },
  })
  if (trade.stop !== null) wants.push(want(STOP_SLOT, 'stop', trade.stop))
  if (trade.takeProfit !== null) {
    wants.push(want(TAKE_PROFIT_SLOT, 'take_profit', trade.takeProfit))
  }
  return wants
}
