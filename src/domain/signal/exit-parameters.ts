/** The part of a schema that ends trades, and how it is read. */
import { RATIO_SCALE, type Ratio } from '../money.ts'
import type { Contradiction, ParameterSchema } from '../strategy.ts'
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
