/** What every signal strategy is told beside its own rule: timeframe, direction, sizing, exits. */
import { RATIO_SCALE, type Ratio, ratio } from '../money.ts'
import type { Contradiction, ParameterSchema } from '../strategy.ts'
import { timeframeMsOf } from './bars.ts'
import {
  type Exits,
  exitContradictions,
  exitParameters,
  hasStop,
  readExits,
} from './exit-parameters.ts'
import type { GivenParameters, ParameterReader, Schema } from './parameter-reader.ts'
import { readSizing, type Sizing, sizingContradictions, sizingParameters } from './sizing.ts'

export type Direction = 'both' | 'long' | 'short'

/** Plain data. */
export interface SignalSettings {
  /** 0 = the feed's own. */
  readonly timeframeMs: number
  readonly direction: Direction
  readonly entrySlippage: Ratio
  readonly sizing: Sizing
  readonly exits: Exits
}

const timeframeParameter: ParameterSchema = {
  type: 'string',
  doc: 'Length of the bars that decide, e.g. 5m, 1h, 1d; built from the candles of the feed, whose length it is a multiple of. Left out: the candles of the feed themselves.',
}

const slippageParameter: ParameterSchema = {
  type: 'decimal',
  doc: 'Worst price of an entry: the last price ± this. What is not filled by the close of the next bar is given up.',
  unit: 'percent',
  minimum: 0,
  maximum: 50,
  default: '1',
  isHot: true,
}

const sharedParameters: Schema = {
  timeframe: timeframeParameter,
  direction: {
    type: 'enum',
    doc: 'both: long and short; long: a signal to sell only closes; short: a signal to buy only closes.',
    values: ['both', 'long', 'short'],
    default: 'both',
    isHot: true,
  },
  entry_slippage: slippageParameter,
  ...sizingParameters,
  ...exitParameters,
}

/**
 * A schema of the rule's own keys and the shared ones, in the order in which they are documented; a shared key that the
 * rule words otherwise is the rule's.
 * @param omitted shared keys that mean nothing to the rule
 */
export function signalSchema(own: Schema, omitted: readonly string[]): Schema {
  const isOwn = (key: string): boolean => !(key in sharedParameters)
  const pairs = [
    ...Object.entries(own).filter(([key]) => isOwn(key)),
    ...Object.entries({ ...sharedParameters, ...own }).filter(([key]) => !isOwn(key)),
  ]
  return Object.fromEntries(pairs.filter(([key]) => !omitted.includes(key)))
}

function readTimeframe(reader: ParameterReader): number {
  try {
    return timeframeMsOf(reader.text('timeframe'))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    reader.refuse('timeframe', error.message)
    return 0
  }
}

const readSlippage = (reader: ParameterReader): Ratio =>
  reader.percent('entry_slippage') ?? ratio(RATIO_SCALE / 100)

export const readSignalSettings = (reader: ParameterReader): SignalSettings => ({
  timeframeMs: readTimeframe(reader),
  direction: reader.word<Direction>('direction', 'both'),
  entrySlippage: readSlippage(reader),
  sizing: readSizing(reader),
  exits: readExits(reader),
})

function timeframeContradictions(given: GivenParameters): Contradiction[] {
  try {
    timeframeMsOf(given.word('timeframe'))
    return []
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const allowed = 'a number and s, m, h, d or w, e.g. 1m, 5m, 1h, or left out'
    return [{ keys: ['timeframe'], found: given.word('timeframe'), allowed }]
  }
}

export const sharedContradictions = (given: GivenParameters): Contradiction[] => [
  ...timeframeContradictions(given),
  ...sizingContradictions(given, hasStop(given)),
  ...exitContradictions(given),
]
