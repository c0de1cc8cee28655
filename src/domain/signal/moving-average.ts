/** A moving average of a kind that is chosen by a parameter. */
import {
  type Ema,
  emaNext,
  emaStart,
  type Sma,
  smaNext,
  smaStart,
  type Wma,
  wmaNext,
  wmaStart,
} from '../indicator/average.ts'
import type { ParameterSchema } from '../strategy.ts'

export type MovingAverageKind = 'sma' | 'ema' | 'wma'

/** Plain data. */
export type MovingAverage =
  | { readonly kind: 'sma'; readonly state: Sma }
  | { readonly kind: 'ema'; readonly state: Ema }
  | { readonly kind: 'wma'; readonly state: Wma }

export const averageKindParameter: ParameterSchema = {
  type: 'enum',
  doc: 'sma: mean of the latest closes; ema: exponential, 2 / (length + 1); wma: linearly weighted.',
  values: ['sma', 'ema', 'wma'],
  default: 'sma',
}

export function movingAverageStart(kind: MovingAverageKind, length: number): MovingAverage {
  if (kind === 'sma') return { kind, state: smaStart(length) }
  if (kind === 'ema') return { kind, state: emaStart(length) }
  return { kind, state: wmaStart(length) }
}

/** @returns the average; NaN until warm, after `length` values */
export function movingAverageNext(average: MovingAverage, value: number): number {
  if (average.kind === 'sma') return smaNext(average.state, value)
  if (average.kind === 'ema') return emaNext(average.state, value)
  return wmaNext(average.state, value)
}
