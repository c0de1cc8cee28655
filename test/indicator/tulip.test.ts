/**
 * Our indicators against the published test vectors of Tulip Indicators, in the folder named by MARKET_DATA. Where
 * Tulip follows another convention than TA-Lib and us, our recursion is started as Tulip's: it must then give Tulip's
 * values, so that the convention is the whole difference (docs/reference/indicators.md).
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { adxNext, adxStart } from '../../src/domain/indicator/adx.ts'
import { trueRange } from '../../src/domain/indicator/atr.ts'
import { emaNext, wilderNext, wilderStart } from '../../src/domain/indicator/average.ts'
import {
  type ParabolicSar,
  parabolicSarNext,
  parabolicSarStart,
} from '../../src/domain/indicator/parabolic-sar.ts'
import { rollingVwapNext, rollingVwapStart } from '../../src/domain/indicator/vwap.ts'
import { extremeStart, highestNext, lowestNext } from '../../src/domain/indicator/window.ts'
import type { PlainCandle } from './candles.ts'
import { sampleOf } from './catalogue.ts'

const folder = process.env['MARKET_DATA'] || undefined
const skip = folder === undefined ? 'MARKET_DATA is not set' : false

interface Vector {
  readonly file: string
  readonly indicator: string
  readonly options: readonly number[]
  /** Inputs, then outputs, which are shorter and end with the last input. */
  readonly arrays: readonly (readonly number[])[]
}

/** Inputs by name; the columns that an indicator does not have are filled with the first one. */
type Columns = Readonly<Record<'high' | 'low' | 'close' | 'volume', readonly number[]>>

type Series = readonly (number | null)[]
type Own = (all: Columns, options: readonly number[]) => readonly Series[]

interface Rule {
  readonly inputs: readonly (keyof Columns)[]
  /** One series for each output of Tulip. */
  readonly own: Own
  /** What we publish, when that is another number by design: it must differ somewhere. */
  readonly differs?: Own
}

// The published vectors are rounded to 3 or 4 digits after the point, some inputs too.
const TOLERANCE = 1e-3

const candlesOf = (all: Columns): readonly PlainCandle[] =>
  all.close.map((close, i) => ({
    openAt: i,
    high: all.high[i] ?? Number.NaN,
    low: all.low[i] ?? Number.NaN,
    close,
    volume: all.volume[i] ?? Number.NaN,
  }))

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)

/** What `…Next` returns. */
const returned =
  (
    name: string,
    parametersOf = (options: readonly number[]) => options,
    factor = 1,
    plus = 0,
  ): Own =>
  (all, options) => {
    const sample = sampleOf(name, parametersOf(options))
    return [candlesOf(all).map((one) => orNull(sample.next(one) * factor + plus))]
  }

/** Outputs that stand in the state. */
const outputs =
  (name: string, ...names: readonly string[]): Own =>
  (all, options) => {
    const sample = sampleOf(name, options)
    const rows = candlesOf(all).map((one) => {
      sample.next(one)
      return sample.outputs()
    })
    return names.map((output) => rows.map((row) => row[output] ?? null))
  }

/** An EMA that begins with the first value, as Tulip's. */
const tulipEma = (values: readonly number[], length: number): readonly number[] => {
  const state = { length, count: length, value: values[0] ?? 0 }
  return values.map((value) => emaNext(state, value))
}

// Tulip's MACD takes these weights, not 2 / (n + 1), for the usual 12 and 26.
const lengthOfWeight = (weight: number): number => 2 / weight - 1

const tulipMacd: Own = ({ close }, [fast = 0, slow = 0, signal = 0]) => {
  const isUsual = fast === 12 && slow === 26
  const fastLine = tulipEma(close, isUsual ? lengthOfWeight(0.15) : fast)
  const slowLine = tulipEma(close, isUsual ? lengthOfWeight(0.075) : slow)
  const line = fastLine.map((x, i) => x - (slowLine[i] ?? 0)).slice(slow - 1)
  const signalLine = tulipEma(line, signal)
  return [line, signalLine, line.map((x, i) => x - (signalLine[i] ?? 0))]
}

/** The first candle has a true range too: high - low. */
const tulipRange = ({ high, low, close }: Columns): readonly number[] =>
  high.map((one, i) => trueRange(one, low[i] ?? 0, i === 0 ? one : (close[i - 1] ?? 0)))

const wilderOf = (values: readonly number[], length: number): Series => {
  const state = wilderStart(length)
  return values.map((value) => orNull(wilderNext(state, value)))
}

/** Wilder's sums from the candle on that completes the first one, which is one candle before our first DI. */
function movementSums(all: Columns, length: number) {
  const state = adxStart(length)
  return candlesOf(all).flatMap(({ high, low, close }, i) => {
    adxNext(state, high, low, close)
    return i + 1 < length ? [] : [{ rises: state.rises, falls: state.falls, range: state.range }]
  })
}

const movementIndex = (all: Columns, length: number): readonly number[] =>
  movementSums(all, length).map(
    ({ rises, falls }) => (100 * Math.abs(rises - falls)) / (rises + falls),
  )

/** The first direction is that of the middles, and the second candle already accelerates. */
const tulipSar: Own = ({ high, low }, [step = 0, maximum = 0]) => {
  const [high0 = 0, high1 = 0] = high
  const [low0 = 0, low1 = 0] = low
  const isRising = high0 + low0 <= high1 + low1
  const state: ParabolicSar = {
    ...parabolicSarStart(step, maximum),
    count: 2,
    previousHigh: high0,
    previousLow: low0,
    acceleration: step,
    extreme: isRising ? high0 : low0,
    upcoming: isRising ? low0 : high0,
    direction: isRising ? 1 : -1,
  }
  return [high.slice(1).map((top, i) => parabolicSarNext(state, top, low[i + 1] ?? 0))]
}

const extreme =
  (next: typeof highestNext): Own =>
  ({ close }, [length = 0]) => {
    const state = extremeStart(length)
    return [close.map((value) => orNull(next(state, value)))]
  }

const one: readonly (keyof Columns)[] = ['close']
const two: readonly (keyof Columns)[] = ['high', 'low']
const three: readonly (keyof Columns)[] = ['high', 'low', 'close']

const rules: Readonly<Record<string, Rule>> = {
  sma: { inputs: one, own: returned('sma') },
  wma: { inputs: one, own: returned('wma') },
  wilders: { inputs: one, own: returned('wilder') },
  ema: {
    inputs: one,
    own: ({ close }, [length = 0]) => [tulipEma(close, length)],
    differs: returned('ema'),
  },
  rsi: { inputs: one, own: returned('rsi') },
  macd: { inputs: one, own: tulipMacd, differs: outputs('macd', 'macd', 'signal', 'histogram') },
  bbands: { inputs: one, own: outputs('bollinger', 'lower', 'middle', 'upper') },
  stddev: {
    inputs: one,
    own: (all, [length = 0]) => outputs('bollinger', 'deviation')(all, [length, 2]),
  },
  tr: { inputs: three, own: (all) => [tulipRange(all)] },
  atr: {
    inputs: three,
    own: (all, [length = 0]) => [wilderOf(tulipRange(all), length)],
    differs: returned('atr'),
  },
  dm: {
    inputs: two,
    own: (all, [length = 0]) => {
      const sums = movementSums(all, length)
      return [sums.map(({ rises }) => rises), sums.map(({ falls }) => falls)]
    },
  },
  di: { inputs: three, own: outputs('adx', 'plus', 'minus') },
  dx: { inputs: two, own: (all, [length = 0]) => [movementIndex(all, length)] },
  adx: {
    inputs: two,
    own: (all, [length = 0]) => [wilderOf(movementIndex(all, length), length)],
    differs: returned('adx'),
  },
  stoch: { inputs: three, own: outputs('stochastic', 'k', 'd') },
  stochrsi: {
    inputs: one,
    own: returned('stochasticRsi', ([length = 0]) => [length, length, 1, 1], 0.01),
  },
  cci: { inputs: three, own: returned('cci') },
  obv: {
    inputs: ['close', 'volume'],
    own: (all) => {
      const [own = []] = returned('obv')(all, [])
      return [own.map((value) => (value ?? 0) - (all.volume[0] ?? 0))]
    },
    differs: returned('obv'),
  },
  vwma: {
    inputs: ['close', 'volume'],
    own: ({ close, volume }, [length = 0]) => {
      const state = rollingVwapStart(length)
      return [close.map((value, i) => orNull(rollingVwapNext(state, value, volume[i] ?? 0)))]
    },
  },
  mfi: { inputs: ['high', 'low', 'close', 'volume'], own: returned('mfi') },
  willr: { inputs: three, own: returned('williamsR') },
  ikhts: {
    inputs: two,
    own: (all, [length = 0]) =>
      outputs('ichimoku', 'conversion')(all, [length, 2 * length, 3 * length, 1]),
  },
  psar: { inputs: two, own: tulipSar, differs: returned('parabolicSar') },
  roc: { inputs: one, own: returned('roc', undefined, 0.01) },
  rocr: { inputs: one, own: returned('roc', undefined, 0.01, 1) },
  max: { inputs: one, own: extreme(highestNext) },
  min: { inputs: one, own: extreme(lowestNext) },
}

function columnsOf({ arrays }: Vector, { inputs }: Rule): Columns {
  const first = arrays[0] ?? []
  const column = (name: keyof Columns) => {
    const at = inputs.indexOf(name)
    return at < 0 ? first : (arrays[at] ?? [])
  }
  return {
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}

/** Compares from the end; returns how many values both sides have and the largest difference, in tolerances. */
function compared(expected: readonly number[], own: Series) {
  let count = 0
  let worst = 0
  for (let back = 1; back <= expected.length; back += 1) {
    const theirs = expected.at(-back)
    const ours = own.at(-back) ?? null
    if (theirs === undefined || ours === null) continue
    count += 1
    worst = Math.max(worst, Math.abs(theirs - ours) / TOLERANCE)
  }
  return { count, worst }
}

test('every vector of Tulip for an indicator of ours gives our value', { skip }, (context) => {
  const text = readFileSync(join(folder ?? '', 'expected/tulip_vectors.json'), 'utf8')
  const { cases }: { readonly cases: readonly Vector[] } = JSON.parse(text)
  let vectors = 0
  let values = 0
  const seen = new Set<string>()
  const differing = new Set<string>()
  for (const vector of cases) {
    const rule = Object.hasOwn(rules, vector.indicator) ? rules[vector.indicator] : undefined
    if (!rule) continue
    const title = `${vector.file} ${vector.indicator}(${vector.options.join(', ')})`
    const columns = columnsOf(vector, rule)
    const expected = vector.arrays.slice(rule.inputs.length)
    const own = rule.own(columns, vector.options)
    assert.equal(own.length, expected.length, `${title}: number of outputs`)
    for (const [i, series] of expected.entries()) {
      const { count, worst } = compared(series, own[i] ?? [])
      assert.ok(count >= Math.max(1, series.length - 1), `${title} output ${i}: ${count} values`)
      assert.ok(worst <= 1, `${title} output ${i}: ${worst} tolerances`)
      values += count
    }
    if (rule.differs) {
      const published = rule.differs(columns, vector.options)
      const worst = Math.max(...expected.map((x, i) => compared(x, published[i] ?? []).worst))
      if (worst > 1) differing.add(vector.indicator)
    }
    vectors += 1
    seen.add(vector.indicator)
  }
  assert.equal(seen.size, Object.keys(rules).length)
  const byDesign = Object.keys(rules).filter((name) => rules[name]?.differs)
  assert.deepEqual([...differing].sort(), byDesign.sort(), 'documented disagreements')
  context.diagnostic(`${vectors} vectors of ${seen.size} indicators, ${values} values`)
})
