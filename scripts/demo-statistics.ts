/**
 * Compares the demo market with real minute series: `node scripts/demo-statistics.ts` prints the table of
 * docs/concepts/demo-market.md. Reads `candles/*.csv.gz` of the folder named by MARKET_DATA; without it only the
 * generated series are measured.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DEMO_START_AT, DemoMarket } from '../src/simulation/demo-market.ts'

const MINUTE_MS = 60_000
const DEMO_SEED = 1
const DEMO_DAYS = 90
const ROWS_MAX = 200_000

interface Series {
  readonly name: string
  readonly at: readonly number[]
  readonly high: readonly number[]
  readonly low: readonly number[]
  readonly close: readonly number[]
  readonly volume: readonly number[]
}

const realFiles = [
  ['BTC perp, 2023-07', 'binance_perp_BTCUSDT_1m_202307'],
  ['XRP perp, 2023-07', 'binance_perp_XRPUSDT_1m_202307'],
  ['DOGE perp, 2023-07', 'binance_perp_DOGEUSDT_1m_202307'],
  ['BTC spot, 2021', 'binance_spot_BTCUSDT_1m_2021'],
  ['BTC spot, 2022', 'binance_spot_BTCUSDT_1m_2022'],
  ['BTC spot, 2023', 'binance_spot_BTCUSDT_1m_2023'],
] as const

function readReal(name: string, path: string): Series {
  const text = gunzipSync(readFileSync(path)).toString()
  const rows = text
    .trim()
    .split('\n')
    .slice(1, ROWS_MAX + 1)
    .map((line) => line.split(',').map(Number))
  const column = (index: number) => rows.map((row) => row[index] ?? 0)
  return {
    name,
    at: column(0),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
}

function generate(base: string): Series {
  const market = new DemoMarket(DEMO_SEED)
  const instrument = market.offer('demo', `${base}/USDC:USDC`)
  if (!instrument) throw new Error(`the demo market has no ${base}`)
  const candles = Array.from({ length: DEMO_DAYS * 1440 }, (_, minute) => {
    const candle = market.candleFrom(instrument.id, DEMO_START_AT + minute * MINUTE_MS)
    if (!candle) throw new Error('the demo market has no end')
    return candle
  })
  return {
    name: `demo ${base}`,
    at: candles.map((candle) => candle.openAt),
    high: candles.map((candle) => candle.high),
    low: candles.map((candle) => candle.low),
    close: candles.map((candle) => candle.close),
    volume: candles.map((candle) => candle.volume),
  }
}

function row(series: Series): string[] {
  const { returns, at } = minuteReturns(series)
  const size = returns.map(Math.abs)
  const deviation = Math.sqrt(mean(returns.map((x) => x * x)) - mean(returns) ** 2)
  const ranges = series.high.map((high, i) => Math.log(high / (series.low[i] ?? 1)))
  const quiet = series.volume.filter((volume) => volume === 0).length / series.volume.length
  return [
    series.name,
    String(returns.length),
    (deviation * 1e4).toFixed(1),
    kurtosis(returns).toFixed(0),
    ...[1, 10, 60].map((lag) => autocorrelation(size, lag).toFixed(2)),
    hourRatio(size, at).toFixed(2),
    (mean(ranges) / mean(size)).toFixed(2),
    (quiet * 100).toFixed(3),
    (jumpShare(returns) * 100).toFixed(2),
  ]
}

/** Log returns between closes that are one minute apart. */
function minuteReturns({ at, close }: Series): { returns: number[]; at: number[] } {
  const returns: number[] = []
  const times: number[] = []
  for (let i = 1; i < close.length; i++) {
    if ((at[i] ?? 0) - (at[i - 1] ?? 0) !== MINUTE_MS) continue
    returns.push(Math.log((close[i] ?? 1) / (close[i - 1] ?? 1)))
    times.push(at[i] ?? 0)
  }
  return { returns, at: times }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length
}

/** Fourth standardized moment: 3 for a normal distribution. */
function kurtosis(values: readonly number[]): number {
  const centre = mean(values)
  const square = mean(values.map((x) => (x - centre) ** 2))
  return mean(values.map((x) => (x - centre) ** 4)) / square ** 2
}

function autocorrelation(values: readonly number[], lag: number): number {
  const centre = mean(values)
  let product = 0
  for (let i = lag; i < values.length; i++) {
    product += ((values[i] ?? 0) - centre) * ((values[i - lag] ?? 0) - centre)
  }
  return product / (values.length - lag) / mean(values.map((x) => (x - centre) ** 2))
}

/** Mean |r| of the liveliest hour of the day (UTC) over that of the calmest. */
function hourRatio(size: readonly number[], at: readonly number[]): number {
  const sums = new Array<number>(24).fill(0)
  const counts = new Array<number>(24).fill(0)
  for (const [i, time] of at.entries()) {
    const hour = Math.floor(time / 3_600_000) % 24
    sums[hour] = (sums[hour] ?? 0) + (size[i] ?? 0)
    counts[hour] = (counts[hour] ?? 0) + 1
  }
  const means = sums.map((sum, hour) => sum / (counts[hour] ?? 1))
  return Math.max(...means) / Math.min(...means)
}

/** Share of minutes that move more than six standard deviations of the hour before. */
function jumpShare(returns: readonly number[]): number {
  const window = 60
  let squares = 0
  let jumps = 0
  for (const [i, change] of returns.entries()) {
    if (i >= window) {
      if (Math.abs(change) > 6 * Math.sqrt(Math.max(0, squares) / window)) jumps++
      squares -= (returns[i - window] ?? 0) ** 2
    }
    squares += change ** 2
  }
  return jumps / (returns.length - window)
}

const header = [
  'series',
  'minutes',
  'std of r, bp',
  'kurtosis',
  'acf of \\|r\\|, lag 1',
  'lag 10',
  'lag 60',
  'hour max ÷ min',
  'range ÷ \\|r\\|',
  'no volume, %',
  'jumps, %',
]

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const folder = process.env.MARKET_DATA
if (folder === undefined) process.stderr.write('MARKET_DATA is not set: real series are left out\n')
print(header)
print(header.map(() => '---'))
for (const [name, file] of realFiles) {
  const path = join(folder ?? '', 'candles', `${file}.csv.gz`)
  if (folder !== undefined && existsSync(path)) print(row(readReal(name, path)))
}
for (const base of ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'LTC']) print(row(generate(base)))
