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
import type { Contradiction, ParameterSchema, RestingWant } from '../strategy.ts'
import type { GivenParameters, ParameterReader } from './parameter-reader.ts'

/** From so long after the entry on, the take profit is this share of the average entry; negative = a loss. */
export interface ProfitStep {
  readonly afterMs: number
  readonly share: Ratio
}

/** Plain data; shares are Ratios, factors multiply the ATR. */
export interface Exits {
  readonly stopLoss: Ratio | null
  readonly stopLossAtr: number | null
  readonly takeProfit: Ratio | null
  readonly takeProfitAtr: number | null
  /** Rising in time. */
  readonly takeProfitSteps: readonly ProfitStep[]
  readonly trailingStop: Ratio | null
  readonly trailingStopAtr: number | null
  /** Profit from which on the trailing stop follows. */
  readonly trailingOffset: Ratio
  /** Bars; null = none. */
  readonly timeExit: number | null
  readonly atrLength: number
  readonly triggerBy: 'last' | 'mark'
}

const percent = (doc: string): ParameterSchema => ({
  type: 'decimal',
  doc,
  unit: 'percent',
  exclusiveMinimum: 0,
  maximum: 1000,
  isHot: true,
})

const factor = (doc: string): ParameterSchema => ({
  type: 'number',
  doc,
  unit: 'ATR',
  exclusiveMinimum: 0,
  maximum: 1000,
  isHot: true,
})

/** The part of a schema that ends trades. */
export const exitParameters: Readonly<Record<string, ParameterSchema>> = {
  stop_loss: {
    ...percent(
      'Closes the position this far on the losing side of its average entry, by a stop order that rests at the venue.',
    ),
    maximum: 99,
  },
  stop_loss_atr: factor(
    'As stop_loss, in ATRs as they stood at the signal. Give this or stop_loss.',
  ),
  take_profit: percent(
    'Closes the position this far on the winning side of its average entry, by a take-profit order that rests at the venue.',
  ),
  take_profit_atr: factor(
    'As take_profit, in ATRs as they stood at the signal. Give this or take_profit.',
  ),
  take_profit_steps: {
    type: 'string',
    doc: 'The take profit changes with the time since the entry: minutes:percent with commas, e.g. 60:2, 120:0.5, 240:-1. Each holds from its minute on; before the first take_profit does. A negative percent takes a loss, -100 closes at any price.',
    isHot: true,
  },
  trailing_stop: {
    ...percent(
      'The stop order follows the best price since the entry at this distance and never goes back. The best price is that of the candles that have closed.',
    ),
    maximum: 99,
  },
  trailing_stop_atr: factor(
    'As trailing_stop, in ATRs as they stood at the signal. Give this or trailing_stop.',
  ),
  trailing_offset: {
    type: 'decimal',
    doc: 'The trailing stop begins when the best price is this far on the winning side of the average entry; 0 = at once.',
    unit: 'percent',
    minimum: 0,
    maximum: 1000,
    default: '0',
    isHot: true,
  },
  time_exit: {
    type: 'integer',
    doc: 'Closes the position at the close of this many bars after the entry.',
    unit: 'bars',
    minimum: 1,
    isHot: true,
  },
  atr_length: {
    type: 'integer',
    doc: 'Length of the average true range (Wilder) for exits in ATRs.',
    unit: 'bars',
    minimum: 1,
    maximum: 5000,
    default: 14,
  },
  trigger_by: {
    type: 'enum',
    doc: 'Which price fires stop and take-profit orders.',
    values: ['last', 'mark'],
    default: 'last',
    isHot: true,
  },
}

/** @throws RangeError with a sentence */
export function parseSteps(text: string): readonly ProfitStep[] {
  if (text.trim() === '') return []
  const steps = text.split(',').map((part) => {
    const match = /^\s*(\d{1,7})\s*:\s*(-?\d{1,4}(?:\.\d{1,6})?)\s*$/.exec(part)
    const share = Math.round(Number(match?.[2]) * 1_000_000)
    if (match === null || share < -RATIO_SCALE)
      throw new RangeError(
        `take_profit_steps "${text}" cannot be read: write minutes:percent with commas, e.g. 60:2, 120:0.5, percents at least -100`,
      )
    return { afterMs: Number(match[1]) * 60_000, share: share as Ratio }
  })
  if (steps.every(({ afterMs }, index) => afterMs > (steps[index - 1]?.afterMs ?? 0))) return steps
  throw new RangeError(`take_profit_steps "${text}" must have rising minutes above 0`)
}

function readSteps(reader: ParameterReader): readonly ProfitStep[] {
  try {
    return parseSteps(reader.text('take_profit_steps'))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    reader.refuse('take_profit_steps', error.message)
    return []
  }
}

export const readExits = (reader: ParameterReader): Exits => ({
  stopLoss: reader.percent('stop_loss'),
  stopLossAtr: reader.number('stop_loss_atr'),
  takeProfit: reader.percent('take_profit'),
  takeProfitAtr: reader.number('take_profit_atr'),
  takeProfitSteps: readSteps(reader),
  trailingStop: reader.percent('trailing_stop'),
  trailingStopAtr: reader.number('trailing_stop_atr'),
  trailingOffset: reader.percent('trailing_offset') ?? (0 as Ratio),
  timeExit: reader.integer('time_exit'),
  atrLength: reader.count('atr_length'),
  triggerBy: reader.word<'last' | 'mark'>('trigger_by', 'last'),
})

export const hasStop = (given: GivenParameters): boolean =>
  given.has('stop_loss') || given.has('stop_loss_atr')

export function exitContradictions(given: GivenParameters): Contradiction[] {
  const faults = [
    ...given.exclusive('stop_loss', 'stop_loss_atr'),
    ...given.exclusive('take_profit', 'take_profit_atr'),
    ...given.exclusive('trailing_stop', 'trailing_stop_atr'),
  ]
  const steps = given.word('take_profit_steps')
  try {
    parseSteps(steps)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const allowed = 'minutes:percent with commas, rising in time, percents at least -100'
    faults.push({ keys: ['take_profit_steps'], found: steps, allowed })
  }
  const offset = given.number('trailing_offset') ?? 0
  if (offset > 0 && !given.has('trailing_stop') && !given.has('trailing_stop_atr')) {
    const allowed = '0 or left out without trailing_stop or trailing_stop_atr'
    faults.push({
      keys: ['trailing_offset', 'trailing_stop', 'trailing_stop_atr'],
      found: String(offset),
      allowed,
    })
  }
  return faults
}

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
