/**
 * The proof of the skipping engine on recorded markets: `SKIP_CASES=300 MARKET_DATA=… npm test -- skip-real`. Random
 * grids on random windows of several assets and timeframes; every fourth window has a hole, so that the price opens
 * beyond several lines. Prints what was seen; its shares are demanded from 300 cases on.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { HistoryFolder } from '../../src/adapters/history/history-folder.ts'
import { importSeries } from '../../src/adapters/history/importer.ts'
import { parseSetName, type RecordedMarket } from '../../src/domain/history.ts'
import { Random } from '../support/random.ts'
import { type CaseKinds, outcomeOf, randomRequest, sharesOf } from './skip-cases.ts'

const folder = process.env['MARKET_DATA'] || undefined
const cases = Number(process.env['SKIP_CASES'] ?? 12)
const first = Number(process.env['SKIP_FIRST'] ?? 1)
const skip = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

interface Set {
  readonly name: string
  readonly candles: string
  readonly funding?: string
  readonly mark?: string
  /** Candles of a window, at the most. */
  readonly longest: number
}

const SETS: readonly Set[] = [
  {
    name: 'binance/BTC_USDT_PERP/1m',
    candles: 'binance_perp_BTCUSDT_1m_202307',
    funding: 'binance_perp_BTCUSDT_2020_202507',
    longest: 20_000,
  },
  {
    name: 'binance/XRP_USDT_PERP/1m',
    candles: 'binance_perp_XRPUSDT_1m_202307',
    funding: 'binance_perp_XRPUSDT_202307',
    longest: 20_000,
  },
  {
    name: 'binance/DOGE_USDT_PERP/1m',
    candles: 'binance_perp_DOGEUSDT_1m_202307',
    funding: 'binance_perp_DOGEUSDT_202307',
    longest: 20_000,
  },
  {
    name: 'binance/BTC_USDT_PERP/1h',
    candles: 'binance_perp_BTCUSDT_1h_2023_202507',
    funding: 'binance_perp_BTCUSDT_2020_202507',
    longest: 9_000,
  },
  {
    name: 'hyperliquid/SOL_USDC_PERP/5m',
    candles: 'hyperliquid_perp_SOL_5m',
    funding: 'hyperliquid_perp_SOL',
    longest: 20_000,
  },
  {
    name: 'hyperliquid/BTC_USDC_PERP/15m',
    candles: 'hyperliquid_perp_BTC_15m',
    funding: 'hyperliquid_perp_BTC',
    longest: 16_000,
  },
]

async function loaded(directory: string, set: Set): Promise<RecordedMarket> {
  const history = new HistoryFolder(directory)
  const name = parseSetName(set.name)
  const common = {
    venue: name.venue,
    symbol: name.symbol,
    isDroppingDuplicates: true,
    isReplacing: true,
    importedAt: '2026-01-01T00:00:00.000Z',
    onProgress: () => undefined,
  }
  const at = (kind: string, file: string) => join(folder ?? '', kind, `${file}.csv.gz`)
  const candles = {
    kind: 'candles',
    file: at('candles', set.candles),
    timeframe: name.timeframe,
  } as const
  await importSeries(history, { ...common, ...candles })
  if (set.funding !== undefined) {
    const funding = { kind: 'funding', file: at('funding', set.funding), timeframe: null } as const
    await importSeries(history, { ...common, ...funding })
  }
  return history.load(name)
}

/** A window cut out of a market, with a hole in every fourth. */
function cutOut(random: Random, market: RecordedMarket, longest: number): RecordedMarket {
  const { candles } = market
  const count = candles.openAt.length
  const length = Math.min(count, random.int(longest >> 2, longest))
  const from = random.int(0, count - length)
  const hole = random.chance(0.25) ? from + random.int(50, length >> 1) : -1
  const missing = random.int(60, Math.max(61, length >> 3))
  const kept: number[] = []
  for (let i = from; i < from + length; i += 1)
    if (hole < 0 || i < hole || i >= hole + missing) kept.push(i)
  const cut = (column: ArrayLike<number>) => Int32Array.from(kept, (i) => column[i] ?? 0)
  return {
    ...market,
    candles: {
      openAt: Float64Array.from(kept, (i) => candles.openAt[i] ?? 0),
      open: cut(candles.open),
      high: cut(candles.high),
      low: cut(candles.low),
      close: cut(candles.close),
      volume: Float64Array.from(kept, (i) => candles.volume[i] ?? 0),
    },
  }
}

test('random grids on recorded windows: both engines give the same', skip, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'perpfleet-skip-'))
  const kinds: CaseKinds[] = []
  try {
    const markets: RecordedMarket[] = []
    for (const set of SETS) markets.push(await loaded(directory, set))
    for (let seed = first; seed < first + cases; seed += 1) {
      const random = new Random(seed)
      const which = seed % SETS.length
      const market = cutOut(random, markets[which] as RecordedMarket, SETS[which]?.longest ?? 1000)
      const request = randomRequest(random, market, { from: null, to: null }, 'real')
      const skipped = outcomeOf(request, 'auto')
      const stepped = outcomeOf(request, 'stepping')
      assert.equal(skipped === null, stepped === null, `seed ${seed}`)
      if (skipped === null || stepped === null) continue
      kinds.push(skipped.kinds)
      assert.equal(skipped.events, stepped.events, `events of seed ${seed}`)
      assert.equal(skipped.equity, stepped.equity, `equity of seed ${seed}`)
      assert.deepEqual(skipped.statistics, stepped.statistics, `statistics of seed ${seed}`)
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
  console.log(sharesOf(kinds))
  if (cases >= 300) demandShares(kinds)
})

function demandShares(kinds: readonly CaseKinds[]): void {
  const share = (has: (one: CaseKinds) => boolean) => kinds.filter(has).length / kinds.length
  const fills = kinds.map((one) => one.fills).sort((a, b) => a - b)
  assert.ok((fills[fills.length >> 1] ?? 0) >= 500, 'half of the runs have 500 fills')
  assert.ok(share((one) => one.isLiquidated) >= 0.15, '15 % are liquidated')
  assert.ok(share((one) => one.isStopped) >= 0.1, '10 % are stopped')
  assert.ok(share((one) => one.isMoved) >= 0.1, '10 % follow, pause or come back')
  assert.ok(share((one) => one.hasGap) >= 0.1, '10 % open beyond three lines')
}
