/** What leaving a pair now would fetch, and the exits that several strategies share. Pure. */
import { notionalOf } from '../instrument.ts'
import { feeOf, money, mulDiv, quantity, RATIO_SCALE, type Ratio } from '../money.ts'
import { amountText } from '../signal/amounts.ts'
import type { ParameterReader, Schema } from '../signal/parameter-reader.ts'
import type { Wants } from '../strategy.ts'
import { inFirst, type Leg, type Legs, unitsOf } from './leg-state.ts'
import { leavePair } from './pair-moves.ts'
import { bpsText } from './pair-report.ts'
import type { AnyPair } from './pair-state.ts'
import { settledOf } from './round-trip.ts'

const HOUR_MS = 3_600_000

export interface PairExits {
  /** Shares of the worth of the pair; null = off. */
  readonly stop: Ratio | null
  readonly takeProfit: Ratio | null
  readonly holdMaxMs: number | null
}

export const exitParameters: Schema = {
  stop_bps: {
    type: 'decimal',
    doc: 'The pair is left when leaving it now would lose more than this of its worth, all its costs and funding counted.',
    unit: 'bps',
    exclusiveMinimum: 0,
    maximum: 10_000,
    isHot: true,
  },
  take_profit_bps: {
    type: 'decimal',
    doc: 'The pair is left when leaving it now would keep at least this of its worth, all its costs and funding counted.',
    unit: 'bps',
    exclusiveMinimum: 0,
    maximum: 10_000,
    isHot: true,
  },
  max_hold_h: {
    type: 'number',
    doc: 'The pair is left after so long.',
    unit: 'h',
    exclusiveMinimum: 0,
    maximum: 87_600,
    isHot: true,
  },
}

export const hoursToMs = (hours: number): number => Math.round(hours * HOUR_MS)

export function readExits(reader: ParameterReader): PairExits {
  const hours = reader.number('max_hold_h')
  return {
    stop: reader.bps('stop_bps'),
    takeProfit: reader.bps('take_profit_bps'),
    holdMaxMs: hours === null ? null : hoursToMs(hours),
  }
}

/** +1: the first leg is long, −1: short, 0: flat. */
export const sideOfPair = ({ pair }: Legs): -1 | 0 | 1 =>
  Math.sign(unitsOf(pair[0]) || 0 - unitsOf(pair[1])) as -1 | 0 | 1

/** Signed worth of what a leg holds at the price at which it could be left, less the fee for that. */
function exitWorth({ instrument, book, heard, taker }: Leg): number {
  if (book.position === 0 || heard === null) return 0
  const at = book.position > 0 ? heard.bid : heard.ask
  const worth = notionalOf(instrument, at, quantity(book.position))
  return worth - feeOf(money(Math.abs(worth)), taker)
}

/** Result of the open opportunity were it left at the present touch, in the currency of the first leg. */
export function exitResult({ book, legs }: AnyPair): number {
  if (book.open === null) return 0
  let sum = 0
  for (const index of [0, 1] as const) {
    const leg = legs.pair[index]
    sum += inFirst(leg, settledOf(book.open.legs[index]) + exitWorth(leg))
  }
  return sum
}

/** Worth of the first leg at mark (the second where the first is flat), in the currency of the first. */
export function worthOfPair({ pair }: Legs): number {
  const leg = pair[0].book.position === 0 ? pair[1] : pair[0]
  const { instrument, book, heard } = leg
  if (heard === null) return 0
  return inFirst(leg, notionalOf(instrument, heard.mark, quantity(Math.abs(book.position))))
}

/**
 * What it costs to leave a pair at the touch: (ask of the short leg − bid of the long leg) ÷ bid of the long leg, in the currency
 * of the first, rounded up. Prices that have met: about both spreads.
 */
export function exitSpread({ pair, grid }: Legs, side: 1 | -1): Ratio | null {
  const [long, short] = side > 0 ? pair : [pair[1], pair[0]]
  if (long.heard === null || short.heard === null) return null
  const sold = inFirst(
    long,
    notionalOf(long.instrument, long.heard.bid, quantity(grid.step / long.unit)),
  )
  const bought = inFirst(
    short,
    notionalOf(short.instrument, short.heard.ask, quantity(grid.step / short.unit)),
  )
  return sold <= 0 ? null : (mulDiv(bought - sold, RATIO_SCALE, sold, 'ceil') as Ratio)
}

/** Stop, profit and time; @returns whether the pair is being left now */
export function leaveByExits(state: AnyPair, exits: PairExits, out: Wants): boolean {
  const { legs, book } = state
  const { open } = book
  const { stop, takeProfit, holdMaxMs } = exits
  if (open === null) return false
  if (holdMaxMs !== null && legs.at - open.openedAt >= holdMaxMs) {
    leavePair(state, `held for ${holdMaxMs / HOUR_MS} h`, true, out)
    return true
  }
  if (stop === null && takeProfit === null) return false
  const worth = worthOfPair(legs)
  const result = exitResult(state)
  const share = worth > 0 ? mulDiv(result, RATIO_SCALE, worth, 'floor') : 0
  if (stop !== null && share <= 0 - stop) {
    leavePair(state, `stop at ${amountText(result)} (${bpsText(share)} bps)`, true, out)
    return true
  }
  if (takeProfit === null || share < takeProfit) return false
  leavePair(state, `profit of ${amountText(result)} (${bpsText(share)} bps)`, false, out)
  return true
}

/** Stop and time by the last prices of both legs, however old; a profit waits for prices that count. */
export function protectPair(state: AnyPair, exits: PairExits, out: Wants): void {
  if (state.legs.phase === 'exiting' || sideOfPair(state.legs) === 0) return
  leaveByExits(state, { ...exits, takeProfit: null }, out)
}

/** Market time at which the open pair has been held for long enough; null = never. */
export const holdEndsAt = ({ book }: AnyPair, { holdMaxMs }: PairExits): number | null =>
  holdMaxMs === null || book.open === null ? null : book.open.openedAt + holdMaxMs
