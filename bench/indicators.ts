/** Every indicator candle by candle, against a bare loop that keeps a moving average in a Float64Array. */
import { adxNext, adxStart } from '../src/domain/indicator/adx.ts'
import { atrNext, atrStart } from '../src/domain/indicator/atr.ts'
import {
  emaNext,
  emaStart,
  smaNext,
  smaStart,
  wmaNext,
  wmaStart,
} from '../src/domain/indicator/average.ts'
import { bollingerNext, bollingerStart } from '../src/domain/indicator/bollinger.ts'
import { cciNext, cciStart } from '../src/domain/indicator/cci.ts'
import { donchianNext, donchianStart } from '../src/domain/indicator/donchian.ts'
import { ichimokuNext, ichimokuStart } from '../src/domain/indicator/ichimoku.ts'
import { keltnerNext, keltnerStart } from '../src/domain/indicator/keltner.ts'
import { macdNext, macdStart } from '../src/domain/indicator/macd.ts'
import { mfiNext, mfiStart } from '../src/domain/indicator/mfi.ts'
import { obvNext, obvStart } from '../src/domain/indicator/obv.ts'
import { parabolicSarNext, parabolicSarStart } from '../src/domain/indicator/parabolic-sar.ts'
import { rocNext, rocStart } from '../src/domain/indicator/roc.ts'
import { rsiNext, rsiStart } from '../src/domain/indicator/rsi.ts'
import {
  stochasticNext,
  stochasticRsiNext,
  stochasticRsiStart,
  stochasticStart,
} from '../src/domain/indicator/stochastic.ts'
import { superTrendNext, superTrendStart } from '../src/domain/indicator/super-trend.ts'
import {
  rollingVwapNext,
  rollingVwapStart,
  sessionVwapNext,
  sessionVwapStart,
} from '../src/domain/indicator/vwap.ts'
import { williamsRNext, williamsRStart } from '../src/domain/indicator/williams-r.ts'
import { Random } from '../test/support/random.ts'
import { inTurns, perSecond, type Row, timeRow } from './measure.ts'

const CANDLES = 100_000
const REPETITIONS = 5
const REFERENCE_LENGTH = 20
const MINUTE_MS = 60_000

const high = new Float64Array(CANDLES)
const low = new Float64Array(CANDLES)
const close = new Float64Array(CANDLES)
const volume = new Float64Array(CANDLES)

function makeCandles(): void {
  const random = new Random(1)
  let last = 30_000
  for (let i = 0; i < CANDLES; i += 1) {
    const next = Math.max(10_000, last + random.int(-30, 30) + 0.5 * random.int(0, 1))
    high[i] = Math.max(last, next) + random.int(0, 10)
    low[i] = Math.min(last, next) - random.int(0, 10)
    close[i] = next
    volume[i] = random.int(0, 1000) / 10
    last = next
  }
}

/** The last average. */
function bareAverage(): number {
  let sum = 0
  let last = 0
  for (let i = 0; i < CANDLES; i += 1) {
    sum += close[i] ?? 0
    if (i >= REFERENCE_LENGTH) sum -= close[i - REFERENCE_LENGTH] ?? 0
    if (i >= REFERENCE_LENGTH - 1) last = sum / REFERENCE_LENGTH
  }
  return last
}

/**
 * One indicator over all candles. All of them go through one call site, which cannot be inlined: some 10 to 20 ns of
 * each figure that a strategy, which calls its indicators by name, does not pay.
 */
type Work = () => number

const overCloses =
  <State>(start: () => State, next: (state: State, value: number) => number): Work =>
  () => {
    const state = start()
    let last = 0
    for (let i = 0; i < CANDLES; i += 1) last = next(state, close[i] ?? 0)
    return last
  }

const overCandles =
  <State>(
    start: () => State,
    next: (state: State, high: number, low: number, close: number, volume: number) => number,
  ): Work =>
  () => {
    const state = start()
    let last = 0
    for (let i = 0; i < CANDLES; i += 1) {
      last = next(state, high[i] ?? 0, low[i] ?? 0, close[i] ?? 0, volume[i] ?? 0)
    }
    return last
  }

const works: Readonly<Record<string, Work>> = {
  'sma(20)': overCloses(() => smaStart(20), smaNext),
  'ema(20)': overCloses(() => emaStart(20), emaNext),
  'wma(20)': overCloses(() => wmaStart(20), wmaNext),
  'rsi(14)': overCloses(() => rsiStart(14), rsiNext),
  'macd(12, 26, 9)': overCloses(() => macdStart(12, 26, 9), macdNext),
  'bollinger(20, 2)': overCloses(() => bollingerStart(20, 2), bollingerNext),
  'atr(14)': overCandles(() => atrStart(14), atrNext),
  'adx(14)': overCandles(() => adxStart(14), adxNext),
  'stochastic(14, 3, 3)': overCandles(() => stochasticStart(14, 3, 3), stochasticNext),
  'stochasticRsi(14, 14, 3, 3)': overCloses(
    () => stochasticRsiStart(14, 14, 3, 3),
    stochasticRsiNext,
  ),
  'cci(20)': overCandles(() => cciStart(20), cciNext),
  'obv()': overCandles(obvStart, (state, _high, _low, price, traded) =>
    obvNext(state, price, traded),
  ),
  'sessionVwap()': () => {
    const state = sessionVwapStart()
    let last = 0
    for (let i = 0; i < CANDLES; i += 1) {
      last = sessionVwapNext(state, i * MINUTE_MS, close[i] ?? 0, volume[i] ?? 0)
    }
    return last
  },
  'rollingVwap(20)': overCandles(
    () => rollingVwapStart(20),
    (state, _high, _low, price, traded) => rollingVwapNext(state, price, traded),
  ),
  'mfi(14)': overCandles(() => mfiStart(14), mfiNext),
  'williamsR(14)': overCandles(() => williamsRStart(14), williamsRNext),
  'ichimoku(9, 26, 52, 26)': overCandles(() => ichimokuStart(9, 26, 52, 26), ichimokuNext),
  'parabolicSar(0.02, 0.2)': overCandles(() => parabolicSarStart(0.02, 0.2), parabolicSarNext),
  'roc(10)': overCloses(() => rocStart(10), rocNext),
  'donchian(20)': overCandles(() => donchianStart(20), donchianNext),
  'keltner(20, 10, 2)': overCandles(() => keltnerStart(20, 10, 2), keltnerNext),
  'superTrend(10, 3)': overCandles(() => superTrendStart(10, 3), superTrendNext),
}

export function benchIndicators(): readonly Row[] {
  makeCandles()
  const average = works['sma(20)']?.() ?? Number.NaN
  if (!(Math.abs(average - bareAverage()) < 1e-6)) {
    throw new Error('the bare moving average of the bench and sma do not agree')
  }
  // The loop is so short that it would be measured before the compiler is done with it.
  for (let i = 0; i < 300; i += 1) bareAverage()
  return Object.entries(works).map(([name, work]) => {
    const times = inTurns(
      REPETITIONS,
      CANDLES,
      () => void work(),
      () => void bareAverage(),
    )
    const note = `a candle; ${perSecond(times.ownNs)}`
    return timeRow(`indicators: ${name} (vs a bare SMA loop)`, times, note)
  })
}
