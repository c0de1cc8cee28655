/** Every indicator with the way to feed it, its warm-up and its formula from scratch: what the tests go through. */
import { adxNext, adxStart } from '../../src/domain/indicator/adx.ts'
import { atrNext, atrStart } from '../../src/domain/indicator/atr.ts'
import {
  emaNext,
  emaStart,
  smaNext,
  smaStart,
  wilderNext,
  wilderStart,
  wmaNext,
  wmaStart,
} from '../../src/domain/indicator/average.ts'
import { bollingerNext, bollingerStart } from '../../src/domain/indicator/bollinger.ts'
import { cciNext, cciStart, typicalPrice } from '../../src/domain/indicator/cci.ts'
import { donchianNext, donchianStart } from '../../src/domain/indicator/donchian.ts'
import { ichimokuNext, ichimokuStart } from '../../src/domain/indicator/ichimoku.ts'
import { keltnerNext, keltnerStart } from '../../src/domain/indicator/keltner.ts'
import { macdNext, macdStart } from '../../src/domain/indicator/macd.ts'
import { mfiNext, mfiStart } from '../../src/domain/indicator/mfi.ts'
import { obvNext, obvStart } from '../../src/domain/indicator/obv.ts'
import { parabolicSarNext, parabolicSarStart } from '../../src/domain/indicator/parabolic-sar.ts'
import { rocNext, rocStart } from '../../src/domain/indicator/roc.ts'
import { rsiNext, rsiStart } from '../../src/domain/indicator/rsi.ts'
import {
  stochasticNext,
  stochasticRsiNext,
  stochasticRsiStart,
  stochasticStart,
} from '../../src/domain/indicator/stochastic.ts'
import { superTrendNext, superTrendStart } from '../../src/domain/indicator/super-trend.ts'
import {
  rollingVwapNext,
  rollingVwapStart,
  sessionVwapNext,
  sessionVwapStart,
} from '../../src/domain/indicator/vwap.ts'
import { williamsRNext, williamsRStart } from '../../src/domain/indicator/williams-r.ts'
import type { PlainCandle } from './candles.ts'
import * as scratch from './from-scratch.ts'

/** An indicator with one set of parameters. */
export interface Sample {
  readonly state: unknown
  readonly parameters: readonly number[]
  /** What `…Next` returns. */
  next(candle: PlainCandle): number
  /** The outputs that stand in the state, by path. */
  outputs(): Readonly<Record<string, number | null>>
  /** Goes on with a copy of the state that went through JSON. */
  reload(): void
  /**
   * Whole series from scratch: '' is what `…Next` returns, the others by path; absent where vectors alone are the
   * proof.
   */
  fromScratch(all: readonly PlainCandle[]): Readonly<Record<string, scratch.Series>>
}

interface Description<State, P extends number[]> {
  readonly start: (...parameters: P) => State
  readonly next: (state: State, candle: PlainCandle) => number
  readonly outputs?: (state: State) => Readonly<Record<string, number | null>>
  readonly scratch?: (
    all: readonly PlainCandle[],
    ...parameters: P
  ) => Readonly<Record<string, scratch.Series>>
}

export interface Entry {
  readonly name: string
  readonly examples: readonly (readonly number[])[]
  make(parameters: readonly number[]): Sample
}

function entry<State, P extends number[]>(
  name: string,
  examples: readonly P[],
  description: Description<State, P>,
): Entry {
  const make = (given: readonly number[]): Sample => {
    const parameters = given as P
    let state = description.start(...parameters)
    return {
      get state() {
        return state
      },
      parameters,
      next: (candle) => description.next(state, candle),
      outputs: () => description.outputs?.(state) ?? {},
      reload() {
        state = JSON.parse(JSON.stringify(state))
      },
      fromScratch: (all) => description.scratch?.(all, ...parameters) ?? {},
    }
  }
  return { name, examples, make }
}

const overCloses =
  <P extends number[]>(series: (values: readonly number[], ...p: P) => scratch.Series) =>
  (all: readonly PlainCandle[], ...p: P) => ({ '': series(scratch.closes(all), ...p) })

type One = [number]
type Two = [number, number]
type Three = [number, number, number]
type Four = [number, number, number, number]

const lengths: readonly One[] = [[1], [2], [5], [14]]

export const catalogue: readonly Entry[] = [
  entry('sma', lengths, {
    start: smaStart,
    next: (s, { close }) => smaNext(s, close),
    scratch: overCloses(scratch.sma),
  }),
  entry('ema', lengths, {
    start: emaStart,
    next: (s, { close }) => emaNext(s, close),
    scratch: overCloses(scratch.ema),
  }),
  entry('wma', lengths, {
    start: wmaStart,
    next: (s, { close }) => wmaNext(s, close),
    scratch: overCloses(scratch.wma),
  }),
  entry('wilder', lengths, {
    start: wilderStart,
    next: (s, { close }) => wilderNext(s, close),
    scratch: overCloses(scratch.wilder),
  }),
  entry('rsi', lengths, {
    start: rsiStart,
    next: (s, { close }) => rsiNext(s, close),
    scratch: overCloses(scratch.rsi),
  }),
  entry(
    'macd',
    [
      [12, 26, 9],
      [2, 5, 9],
      [3, 7, 1],
    ] as readonly Three[],
    {
      start: macdStart,
      next: (s, { close }) => macdNext(s, close),
      outputs: ({ macd, signal, histogram }) => ({ macd, signal, histogram }),
      scratch: (all, fast, slow, length) => {
        const macd = scratch.macd(scratch.closes(all), fast, slow)
        const signal = scratch.macdSignal(scratch.closes(all), fast, slow, length)
        return { macd, signal, histogram: scratch.band(macd, signal, -1) }
      },
    },
  ),
  entry(
    'bollinger',
    [
      [20, 2],
      [5, 1.5],
      [1, 2],
    ] as readonly Two[],
    {
      start: bollingerStart,
      next: (s, { close }) => bollingerNext(s, close),
      outputs: ({ upper, middle, lower, deviation }) => ({ upper, middle, lower, deviation }),
      scratch: (all, length, times) => {
        const middle = scratch.sma(scratch.closes(all), length)
        const deviation = scratch.deviation(scratch.closes(all), length)
        return {
          middle,
          deviation,
          upper: scratch.band(middle, deviation, times),
          lower: scratch.band(middle, deviation, -times),
        }
      },
    },
  ),
  entry('atr', lengths, {
    start: atrStart,
    next: (s, { high, low, close }) => atrNext(s, high, low, close),
    scratch: (all, length) => ({ '': scratch.atr(all, length) }),
  }),
  entry('adx', lengths, {
    start: adxStart,
    next: (s, { high, low, close }) => adxNext(s, high, low, close),
    outputs: ({ plus, minus, adx }) => ({ plus, minus, adx }),
    scratch: (all, length) => scratch.directional(all, length),
  }),
  entry(
    'stochastic',
    [
      [14, 3, 3],
      [5, 1, 4],
      [1, 1, 1],
      [14, 3, 1],
    ] as readonly Three[],
    {
      start: stochasticStart,
      next: (s, { high, low, close }) => stochasticNext(s, high, low, close),
      outputs: ({ k, d }) => ({ k, d }),
      scratch: (all, length, slowing, smoothing) => {
        const k = scratch.stochasticK(all, length, slowing)
        return { k, d: scratch.smoothedK(k, smoothing) }
      },
    },
  ),
  entry(
    'stochasticRsi',
    [
      [14, 14, 3, 3],
      [5, 9, 1, 2],
    ] as readonly Four[],
    {
      start: stochasticRsiStart,
      next: (s, { close }) => stochasticRsiNext(s, close),
      outputs: ({ stochastic: { k, d } }) => ({ 'stochastic.k': k, 'stochastic.d': d }),
      scratch: (all, rsiLength, length, slowing, smoothing) => {
        const k = scratch.stochasticRsiK(scratch.closes(all), rsiLength, length, slowing)
        return { 'stochastic.k': k, 'stochastic.d': scratch.smoothedK(k, smoothing) }
      },
    },
  ),
  entry('cci', [[5], [20], [2]] as readonly One[], {
    start: cciStart,
    next: (s, { high, low, close }) => cciNext(s, high, low, close),
    scratch: (all, length) => ({ '': scratch.cci(all, length) }),
  }),
  entry('obv', [[]] as readonly [][], {
    start: obvStart,
    next: (s, { close, volume }) => obvNext(s, close, volume),
    scratch: (all) => ({ '': scratch.obv(all) }),
  }),
  entry('sessionVwap', [[]] as readonly [][], {
    start: sessionVwapStart,
    next: (s, { openAt, high, low, close, volume }) =>
      sessionVwapNext(s, openAt, typicalPrice(high, low, close), volume),
    scratch: (all) => ({ '': scratch.sessionVwap(all) }),
  }),
  entry('rollingVwap', lengths, {
    start: rollingVwapStart,
    next: (s, { high, low, close, volume }) =>
      rollingVwapNext(s, typicalPrice(high, low, close), volume),
    scratch: (all, length) => ({ '': scratch.rollingVwap(all, length) }),
  }),
  entry('mfi', lengths, {
    start: mfiStart,
    next: (s, { high, low, close, volume }) => mfiNext(s, high, low, close, volume),
    scratch: (all, length) => ({ '': scratch.mfi(all, length) }),
  }),
  entry('williamsR', lengths, {
    start: williamsRStart,
    next: (s, { high, low, close }) => williamsRNext(s, high, low, close),
    scratch: (all, length) => ({ '': scratch.williamsR(all, length) }),
  }),
  entry(
    'ichimoku',
    [
      [9, 26, 52, 26],
      [2, 3, 5, 4],
      [1, 2, 3, 1],
    ] as readonly Four[],
    {
      start: ichimokuStart,
      next: (s, { high, low }) => ichimokuNext(s, high, low),
      outputs: ({ conversion, base, leadA, leadB, cloudA, cloudB }) => ({
        conversion,
        base,
        leadA,
        leadB,
        cloudA,
        cloudB,
      }),
      scratch: (all, short, medium, span, displacement) => {
        const conversion = scratch.channelMiddle(all, short)
        const base = scratch.channelMiddle(all, medium)
        const leadB = scratch.channelMiddle(all, span)
        const early = scratch.meanOf(conversion, base)
        const leadA = early.map((x, i) => (leadB[i] === null ? null : x))
        return {
          conversion,
          base,
          leadA,
          leadB,
          cloudA: scratch.delayed(leadA, displacement - 1),
          cloudB: scratch.delayed(leadB, displacement - 1),
        }
      },
    },
  ),
  entry(
    'parabolicSar',
    [
      [0.02, 0.2],
      [0.1, 0.3],
    ] as readonly Two[],
    {
      start: parabolicSarStart,
      next: (s, { high, low }) => parabolicSarNext(s, high, low),
      outputs: ({ sar, direction, upcoming }) => ({ sar, direction, upcoming }),
    },
  ),
  entry('roc', lengths, {
    start: rocStart,
    next: (s, { close }) => rocNext(s, close),
    scratch: overCloses(scratch.roc),
  }),
  entry('donchian', lengths, {
    start: donchianStart,
    next: (s, { high, low }) => donchianNext(s, high, low),
    outputs: ({ upper, lower, middle }) => ({ upper, lower, middle }),
    scratch: (all, length) => ({
      upper: scratch.highest(
        all.map((one) => one.high),
        length,
      ),
      lower: scratch.lowest(
        all.map((one) => one.low),
        length,
      ),
      middle: scratch.channelMiddle(all, length),
    }),
  }),
  entry(
    'keltner',
    [
      [20, 10, 2],
      [3, 5, 1.5],
      [5, 3, 1],
    ] as readonly Three[],
    {
      start: keltnerStart,
      next: (s, { high, low, close }) => keltnerNext(s, high, low, close),
      outputs: ({ upper, middle, lower }) => ({ upper, middle, lower }),
      scratch: (all, length, rangeLength, times) => {
        const center = scratch.ema(scratch.closes(all), length)
        const range = scratch.atr(all, rangeLength)
        return {
          upper: scratch.band(center, range, times),
          middle: scratch.band(center, range, 0),
          lower: scratch.band(center, range, -times),
        }
      },
    },
  ),
  entry(
    'superTrend',
    [
      [10, 3],
      [3, 1],
      [1, 0.5],
      [3, 0.2],
    ] as readonly Two[],
    {
      start: superTrendStart,
      next: (s, { high, low, close }) => superTrendNext(s, high, low, close),
      outputs: ({ line, direction, upperBand, lowerBand }) => ({
        line,
        direction,
        upperBand,
        lowerBand,
      }),
      scratch: (all, length, times) => {
        const { upper, lower, direction } = scratch.superTrend(all, length, times)
        return {
          line: direction.map((way, i) => (way === 1 ? (lower[i] ?? null) : (upper[i] ?? null))),
          direction,
          upperBand: upper,
          lowerBand: lower,
        }
      },
    },
  ),
]

export function sampleOf(name: string, parameters: readonly number[]): Sample {
  const found = catalogue.find((one) => one.name === name)
  if (!found) throw new Error(`there is no indicator ${name} in the catalogue of the tests`)
  return found.make(parameters)
}
