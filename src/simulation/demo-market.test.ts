import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instrument } from '../domain/instrument.ts'
import { demoAssets } from './demo-assets.ts'
import { DEMO_START_AT, DemoMarket } from './demo-market.ts'
import { DemoNoise } from './demo-noise.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

function offered(market: DemoMarket, base: string, quote = 'USDC'): Instrument {
  const instrument = market.offer('backpack', `${base}/${quote}:${quote}`)
  assert.ok(instrument)
  return instrument
}

test('noise is uniform and normal, and seeds and streams differ', () => {
  const noise = new DemoNoise(1)
  const count = 20_000
  let uniform = 0
  let normal = 0
  let square = 0
  let product = 0
  for (let i = 0; i < count; i++) {
    uniform += noise.uniform(3, i)
    const draw = noise.normal(4, i)
    normal += draw
    square += draw * draw
    product += draw * noise.normal(4, i + 1)
  }
  assert.ok(Math.abs(uniform / count - 0.5) < 0.01)
  assert.ok(Math.abs(normal / count) < 0.03)
  assert.ok(Math.abs(square / count - 1) < 0.05)
  assert.ok(Math.abs(product / count) < 0.03)
  assert.notEqual(noise.uniform(3, 0), new DemoNoise(2).uniform(3, 0))
  assert.notEqual(new DemoNoise(1).uniform(3, 0), new DemoNoise(1 + 2 ** 32).uniform(3, 0))
})

test('candles do not depend on what was asked before: a restart goes on with the same market', () => {
  const forward = new DemoMarket(7)
  const sol = offered(forward, 'SOL').id
  const times = [0, 1, 1439, 1440, 30 * 1440 + 5, 400 * 1440].map(
    (m) => DEMO_START_AT + m * MINUTE_MS,
  )
  const expected = times.map((at) => forward.candleFrom(sol, at))
  for (const [index, at] of [...times.entries()].reverse()) {
    const fresh = new DemoMarket(7)
    offered(fresh, 'BTC')
    assert.deepEqual(fresh.candleFrom(offered(fresh, 'SOL').id, at), expected[index])
  }
})

test('candles follow each other without a hole, and their prices fit together', () => {
  const market = new DemoMarket(3)
  for (const base of ['BTC', 'SOL', 'LTC']) {
    const { id } = offered(market, base)
    let before = market.candleFrom(id, DEMO_START_AT)
    assert.equal(before?.openAt, DEMO_START_AT)
    for (let i = 1; i < 3 * 1440; i++) {
      const candle = market.candleFrom(id, DEMO_START_AT + i * MINUTE_MS - 1)
      assert.ok(candle && before)
      assert.equal(candle.openAt, before.closeAt)
      assert.equal(candle.open, before.close)
      assert.ok(candle.high >= Math.max(candle.open, candle.close))
      assert.ok(candle.low > 0 && candle.low <= Math.min(candle.open, candle.close))
      if (candle.volume === 0) assert.equal(candle.high, candle.low)
      before = candle
    }
  }
})

test('every base begins at its anchor and stays around it for a year, so shipped grids stay useful', () => {
  const market = new DemoMarket(11)
  for (const { base, anchor, dailyVolatility, priceDecimals } of demoAssets) {
    const { id } = offered(market, base)
    let inside = 0
    for (let day = 0; day < 365; day += 5) {
      const candle = market.candleFrom(id, DEMO_START_AT + day * DAY_MS)
      const distance = Math.log((candle?.open ?? 0) / (anchor * 10 ** priceDecimals))
      assert.ok(Math.abs(distance) < 3.3 * dailyVolatility, `${base} on day ${day}: ${distance}`)
      if (day === 0) assert.ok(Math.abs(distance) < 1e-3)
      if (Math.abs(distance) < 2 * dailyVolatility) inside++
    }
    assert.ok(
      inside > 73 * 0.6,
      `${base} lies within two daily volatilities on ${inside} of 73 days`,
    )
  }
})

test('any venue and quote is offered over one series, other symbols are not', () => {
  const market = new DemoMarket(1)
  const one = offered(market, 'ETH')
  const other = market.offer('okx', 'ETH-USDT-SWAP')
  assert.ok(other)
  assert.equal(other.symbol, 'ETH/USDT:USDT')
  assert.deepEqual(
    market.candleFrom(one.id, DEMO_START_AT),
    market.candleFrom(other.id, DEMO_START_AT),
  )
  assert.equal(market.offer('backpack', 'ETH_USDC_PERP'), one, 'spellings name one instrument')
  for (const symbol of ['PEPE/USDC:USDC', 'ETH/BTC:BTC', 'BTC/USD:BTC', 'ETH/USDC', 'nonsense']) {
    assert.equal(market.offer('backpack', symbol), null, symbol)
  }
  assert.ok(demoAssets.length >= 10)
})

test('funding comes at its hours, follows the drift, and changes its sign', () => {
  const market = new DemoMarket(5)
  const sol = offered(market, 'SOL').id
  const btc = offered(market, 'BTC').id
  const until = DEMO_START_AT + 60 * DAY_MS
  const hourly = market.funding(sol, DEMO_START_AT, until)
  const eightHourly = market.funding(btc, DEMO_START_AT, until)
  assert.equal(hourly.length, 60 * 24)
  assert.equal(eightHourly.length, 60 * 3)
  assert.ok(hourly.every(({ at }) => at % 3_600_000 === 0))
  assert.deepEqual(
    market.funding(sol, DEMO_START_AT, DEMO_START_AT + 3_600_000),
    hourly.slice(0, 1),
  )
  assert.deepEqual(market.funding(sol, DEMO_START_AT + 3_600_000, DEMO_START_AT + 3_600_001), [])
  const rates = eightHourly.map(({ rate }) => rate)
  assert.ok(rates.some((rate) => rate < 0) && rates.some((rate) => rate > 0))
  assert.ok(rates.every((rate) => Math.abs(rate) <= 0.003 * 1e8))
  const drift = (at: number) => {
    const now = market.candleFrom(btc, at)?.open ?? 0
    return Math.log(now / (market.candleFrom(btc, at - DAY_MS)?.open ?? 1))
  }
  const late = eightHourly.slice(3)
  assert.ok(
    correlation(
      late.map(({ at }) => drift(at)),
      late.map(({ rate }) => rate),
    ) > 0.4,
  )
})

test('assets move together, each by its own measure', () => {
  const market = new DemoMarket(9)
  const returnsOf = (base: string) => {
    const { id } = offered(market, base)
    return Array.from({ length: 1440 }, (_, i) => {
      const candle = market.candleFrom(id, DEMO_START_AT + i * MINUTE_MS)
      return Math.log((candle?.close ?? 1) / (candle?.open ?? 1))
    })
  }
  const together = correlation(returnsOf('BTC'), returnsOf('ETH'))
  assert.ok(together > 0.4 && together < 0.95, `correlation ${together}`)
})

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = a.reduce((sum, x, i) => sum + (x - meanA) * ((b[i] ?? 0) - meanB), 0)
  const square = (values: readonly number[], m: number) =>
    values.reduce((sum, x) => sum + (x - m) ** 2, 0)
  return product / Math.sqrt(square(a, meanA) * square(b, meanB))
}
