/**
 * One sweep in a process of its own, for bench/sweep.ts: `sweep-load.ts WORKERS CANDLES SECONDS`. Prints JSON: runs, how
 * long they took after the workers were warm, and the largest proportional set size of the whole process.
 */
import { readFileSync } from 'node:fs'
import { makeReplayInstrument } from '../src/adapters/history/replay-instrument.ts'
import type { BacktestRequest } from '../src/backtest/run.ts'
import { RandomSampler } from '../src/backtest/search/sampler.ts'
import { parseDimension } from '../src/backtest/search/space.ts'
import { checkSpace } from '../src/backtest/search/space-check.ts'
import type { RecordedMarket } from '../src/domain/history.ts'
import { money, ratio } from '../src/domain/money.ts'
import { parseSymbol } from '../src/domain/symbol.ts'
import { strategyById } from '../src/strategies/registry.ts'
import { Random } from '../test/support/random.ts'

const MINUTE_MS = 60_000
const FUNDING_MS = 28_800_000
const START = Date.UTC(2022, 0, 1)

/** A random walk whose minutes are about as lively as those of BTC: 0.06 % a minute. */
function generated(count: number): RecordedMarket {
  const random = new Random(11)
  const prices = () => new Int32Array(new SharedArrayBuffer(count * 4))
  const openAt = new Float64Array(new SharedArrayBuffer(count * 8))
  const [open, high, low, close, volume] = [prices(), prices(), prices(), prices(), prices()]
  let last = 3_000_000
  for (let index = 0; index < count; index += 1) {
    const pull = (3_000_000 - last) * 1e-6
    const move = Math.round(pull + (random.next() + random.next() + random.next() - 1.5) * 3_600)
    openAt[index] = START + index * MINUTE_MS
    open[index] = last
    close[index] = last + move
    high[index] = Math.max(last, last + move) + random.int(0, 900)
    low[index] = Math.min(last, last + move) - random.int(0, 900)
    volume[index] = random.int(1_000, 900_000)
    last += move
  }
  const settlements = Math.floor((count * MINUTE_MS) / FUNDING_MS)
  const at = Float64Array.from(
    { length: settlements },
    (_, index) => START + (index + 1) * FUNDING_MS,
  )
  return {
    instrument: makeReplayInstrument(
      'bench',
      parseSymbol('BTC/USDT:USDT'),
      { priceDecimals: 2, quantityDecimals: 5, lotSize: 1 },
      null,
    ),
    timeframeMs: MINUTE_MS,
    candles: { openAt, open, high, low, close, volume },
    funding: { at, rate: Int32Array.from(at, () => random.int(-5_000, 12_000)) },
    mark: null,
  }
}

function request(market: RecordedMarket): BacktestRequest {
  const strategy = strategyById('perp_grid')
  if (strategy === null) throw new Error('there is no perp_grid')
  return {
    instance: 'bench',
    strategy,
    parameters: {
      auto_price: true,
      grid_mode: 'geometric',
      grid_type: 'neutral',
      order_quantity: '0.004',
    },
    market,
    window: { from: null, to: null },
    fillRule: 'through',
    capital: money(10_000_00_000_000),
    leverage: 2,
    marginMode: 'cross',
    initialPosition: 'open',
    limits: {
      positionSizeMax: 100_000_000_000,
      positionNotionalMax: null,
      dailyLossMax: 1_000_000_000,
      drawdownMax: 1_000_000_000,
      capitalUtilizationMax: 100_000_000,
      onBreach: 'reduce_only',
    },
    timeZone: 'UTC',
    paper: {
      initialBalance: money(10_000_00_000_000),
      maker: ratio(20_000),
      taker: ratio(50_000),
      slippage: ratio(0),
      latencyMs: 0,
      volumeShare: ratio(100_000_000),
    },
  }
}

/** Proportional set size of this process with all its threads, MiB. */
function pssMib(): number {
  const found = /^Pss:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))
  return Number(found?.[1] ?? 0) / 1024
}

/** As it is shipped: compiled, so that no thread holds a compiler as well. */
const compiled = new URL('../dist/main/sweep-pool.js', import.meta.url).href
const { SweepPool }: typeof import('../src/main/sweep-pool.ts') = await import(compiled)
/** Adding up the pages of the process takes a few ms of a processor that the workers need. */
const LOOK_MS = 1000

const [workers = 1, candles = 525_600, seconds = 10] = process.argv.slice(2).map(Number)
const market = generated(candles)
const base = request(market)
const space = checkSpace(
  ['grid_intervals=10..60', 'price_range=10..50:0.1'].map(parseDimension),
  'perp_grid',
  base.strategy.parameters,
  () => null,
)
const pool = new SweepPool(
  { request: base, space },
  { strategy: 'perp_grid' },
  { workers, timeLimitMs: 600_000 },
)
let [pss, failed] = [0, 0]
let failure: string | null = null
const sampling = setInterval(() => {
  pss = Math.max(pss, pssMib())
}, LOOK_MS)
const sampler = new RandomSampler(space, 1_000_000, 3)
const points = sampler.propose()
let next = 0
async function batch(count: number): Promise<number> {
  const tasks = Array.from({ length: count }, () => {
    next += 1
    return { point: points[next % points.length] ?? [], window: base.window, wantsDaily: false }
  })
  await pool.run(tasks, (_, outcome) => {
    if (outcome.failure === null) return
    failed += 1
    failure = outcome.failure
  })
  return count
}
// As a search does it: nobody waits but at the end of a batch.
const size = candles > 1_000_000 ? 64 : 512
await batch(16 * workers)
const startedAt = performance.now()
const before = process.cpuUsage()
let runs = 0
while (performance.now() - startedAt < seconds * 1000) runs += await batch(size)
const tookMs = performance.now() - startedAt
const { user, system } = process.cpuUsage(before)
const cpuMs = (user + system) / 1000
pss = Math.max(pss, pssMib())
clearInterval(sampling)
await pool.close()
process.stdout.write(`${JSON.stringify({ runs, tookMs, cpuMs, pss, failed, failure })}\n`)
