import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordedMarket } from '../domain/history.ts'
import { type Instrument, instrumentId } from '../domain/instrument.ts'
import { money, quantity, ratio } from '../domain/money.ts'
import { ReplaySource, settlementTime } from './replay-source.ts'

const M = 60_000
const H = 60 * M
const T = Date.UTC(2024, 0, 1)
const id = instrumentId('test', 'SOL/USDC:USDC')

const instrument: Instrument = {
  id,
  venue: 'test',
  symbol: 'SOL/USDC:USDC',
  base: 'SOL',
  quote: 'USDC',
  settle: 'USDC',
  kind: 'linear',
  priceDecimals: 2,
  priceRule: { kind: 'tick', tick: 1 },
  quantityDecimals: 3,
  lotSize: 1,
  moneyPerUnit: 1000,
  quantityMin: quantity(1),
  notionalMin: money(0),
  makerFee: ratio(0),
  takerFee: ratio(0),
  liquidationFee: ratio(0),
  marginTiers: [],
  fundingIntervalMs: 8 * H,
}

/** Hourly candles whose prices tell their index; hour 3 is missing. */
function market(parts: Partial<RecordedMarket> = {}): RecordedMarket {
  const hours = [0, 1, 2, 4, 5]
  const column = (offset: number) => Int32Array.from(hours, (hour) => 100 + hour * 10 + offset)
  return {
    instrument,
    timeframeMs: H,
    candles: {
      openAt: Float64Array.from(hours, (hour) => T + hour * H),
      open: column(0),
      high: column(3),
      low: column(-3),
      close: column(1),
      volume: column(7),
    },
    funding: {
      at: Float64Array.of(
        T + 40,
        T + H + 12_000,
        T + 2 * H - 20_000,
        T + 5 * H,
        T + 6 * H + 9,
        T + 7 * H,
      ),
      rate: Int32Array.of(1, 2, 3, 4, 5, 6),
    },
    mark: null,
    ...parts,
  }
}

const whole = { from: null, to: null }
const source = (window: { from: number | null; to: number | null } = whole, parts = {}) =>
  new ReplaySource([{ market: market(parts), window }])

test('candles are found by time: exact, between, in a gap, after the end', () => {
  const replay = source()
  const hours = (at: number) => {
    const candle = replay.candleFrom(id, at)
    return candle === null ? null : (candle.openAt - T) / H
  }
  assert.deepEqual([T - 1, T, T + 1, T + 3 * H, T + 5 * H, T + 5 * H + 1].map(hours), [
    0,
    0,
    1,
    4,
    5,
    null,
  ])
  // Back again: nothing depends on the order of the questions.
  assert.deepEqual([T + 4 * H, T, T + 2 * H].map(hours), [4, 0, 2])
  assert.deepEqual(replay.candleFrom(id, T + H), {
    openAt: T + H,
    closeAt: T + 2 * H,
    open: 110,
    high: 113,
    low: 107,
    close: 111,
    volume: 117,
  })
  assert.equal(replay.candleFrom(instrumentId('test', 'ETH/USDC:USDC'), T), null)
})

test('reading on from close to open meets every candle once', () => {
  const replay = source()
  const seen: number[] = []
  for (
    let candle = replay.candleFrom(id, 0);
    candle;
    candle = replay.candleFrom(id, candle.closeAt)
  ) {
    seen.push((candle.openAt - T) / H)
  }
  assert.deepEqual(seen, [0, 1, 2, 4, 5])
  assert.deepEqual([replay.startAt, replay.endAt, replay.candleCount(id)], [T, T + 6 * H, 5])
})

test('a window is half-open and two neighbours add up to the whole', () => {
  const cut = T + 2 * H
  const [first, second] = [source({ from: null, to: cut }), source({ from: cut, to: null })]
  assert.deepEqual([first.candleCount(id), second.candleCount(id)], [2, 3])
  assert.deepEqual(
    [first.startAt, first.endAt, second.startAt, second.endAt],
    [T, cut, cut, T + 6 * H],
  )
  assert.equal(first.candleFrom(id, cut), null)
  const rates = (replay: ReplaySource) => replay.funding(id, 0, T + 100 * H).map(({ rate }) => rate)
  assert.deepEqual(rates(first), [2, 3])
  assert.deepEqual(rates(second), [4, 5])
  assert.deepEqual(rates(source()), [2, 3, 4, 5])
})

test('a window without a candle is refused with a sentence', () => {
  assert.throws(() => source({ from: T + 3 * H, to: T + 4 * H }), {
    name: 'RangeError',
    message:
      /^no candle of test:SOL\/USDC:USDC lies in the window: it has candles from 2024-01-01T00:00:00.000Z/,
  })
})

test('funding is settled at the nearest minute, in (after, until]', () => {
  assert.equal(settlementTime(T + H + 12_000), T + H)
  assert.equal(settlementTime(T + 2 * H - 20_000), T + 2 * H)
  const replay = source()
  assert.deepEqual(replay.funding(id, T, T + 2 * H), [
    { at: T + H, rate: 2 },
    { at: T + 2 * H, rate: 3 },
  ])
  assert.deepEqual(replay.funding(id, T + H, T + 2 * H - 1), [])
  assert.deepEqual(replay.funding(id, T + 2 * H, T + 5 * H), [{ at: T + 5 * H, rate: 4 }])
  assert.deepEqual(source(whole, { funding: null }).funding(id, T, T + 9 * H), [])
})

test('the funding interval is the commonest one of the window', () => {
  assert.equal(source().instruments[0]?.fundingIntervalMs, H)
  assert.equal(source(whole, { funding: null }).instruments[0]?.fundingIntervalMs, 8 * H)
})

test('a mark series counts for one candle after each of its bars', () => {
  const mark = { at: Float64Array.of(T, T + 2 * H), mark: Int32Array.of(500, 600) }
  const replay = source(whole, { mark })
  const marks = [T - 1, T, T + H - 1, T + H, T + 2 * H].map((at) => replay.markAt(id, at))
  assert.deepEqual(marks, [null, 500, 500, null, 600])
  assert.equal(source().markAt(id, T), null)
})
