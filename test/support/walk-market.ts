/** A recorded market of a seeded random walk, with hourly funding: for tests without recorded data. */
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import { Random } from './random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const START_AT = Date.UTC(2026, 0, 5)

/** Minutes of SOL/USDC around 100.00; now and then one opens away from the last close, or has no volume. */
export function walkMarket(
  seed: number,
  minutes: number,
  symbol = 'SOL/USDC:USDC',
): RecordedMarket {
  const random = new Random(seed)
  const [open, high, low, close] = Array.from({ length: 4 }, () => new Int32Array(minutes))
  const openAt = new Float64Array(minutes)
  const volume = new Float64Array(minutes)
  let last = 10_000
  for (let index = 0; index < minutes; index += 1) {
    const from = random.chance(0.03) ? last + random.int(-60, 60) : last
    const to = Math.max(5000, from + random.int(-45, 45))
    openAt[index] = START_AT + index * MINUTE_MS
    if (open && high && low && close) {
      open[index] = from
      close[index] = to
      high[index] = Math.max(from, to) + random.int(0, 25)
      low[index] = Math.min(from, to) - random.int(0, 25)
    }
    volume[index] = random.chance(0.02) ? 0 : random.int(1_000, 400_000)
    last = to
  }
  const hours = Math.floor((minutes * MINUTE_MS) / HOUR_MS)
  const empty = new Int32Array(0)
  return {
    instrument: makeReplayInstrument(
      'test',
      parseSymbol(symbol),
      { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
      null,
    ),
    timeframeMs: MINUTE_MS,
    candles: {
      openAt,
      open: open ?? empty,
      high: high ?? empty,
      low: low ?? empty,
      close: close ?? empty,
      volume,
    },
    funding: {
      at: Float64Array.from({ length: hours }, (_, hour) => START_AT + (hour + 1) * HOUR_MS),
      rate: Int32Array.from({ length: hours }, () => random.int(-5_000, 8_000)),
    },
    mark: null,
  }
}
