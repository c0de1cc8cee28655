/**
 * Five published runs of another engine (backtesting.py 0.6, Binance perpetual BTC 1h of 2023) repeated by ours: the
 * number of trades and the bars of every entry and exit are equal. Prices may differ by these rules alone:
 *
 * 1. `open`: what trades at once trades here at the close that decided it, there at the open of the next bar;
 * 2. `tick`: here an order stands at a price that the venue takes, there at any number;
 * 3. `gap`: a limit that the opening passes fills here at its own price, there at the opening;
 * 4. `end`: what is open at the end counts here at the last close, there at the opening of the last bar.
 *
 * The first three were written down before the first run. The fourth stood for two levels within one bar, which never
 * happened; the end of the data, which nobody had thought of, took its place after the first run.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { HistoryFolder } from '../../src/adapters/history/history-folder.ts'
import { Backtest, type BookedFill } from '../../src/backtest/run.ts'
import { parseSetName, type RecordedMarket } from '../../src/domain/history.ts'
import { money } from '../../src/domain/money.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { backtestRequest } from '../support/backtest-request.ts'
import { limitDip, type OracleState, smaCross, stopAndTake } from '../support/oracle-strategies.ts'
import { runJobs } from './run-jobs.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-oracle-'))
after(() => rmSync(scratch, { recursive: true }))

interface PublishedTrade {
  readonly size: number
  readonly entryBar: number
  readonly exitBar: number
  readonly entry: number
  readonly exit: number
}

interface PublishedRun {
  readonly name: string
  readonly bars: number
  readonly commission: number
  readonly trades: readonly PublishedTrade[]
}

interface Trade extends PublishedTrade {
  readonly kinds: readonly [entry: string, exit: string]
}

type Rule = 'equal' | 'open' | 'tick' | 'gap' | 'end'

const CAPITAL = money(1_000_000 * 1e8)
const SET = 'binance/BTC_USDT_PERP/1h@2023-01-01..2024-01-01'
let market: RecordedMarket
let runs: readonly PublishedRun[] = []

before(async () => {
  if (folder === undefined) return
  const file = join(folder, 'candles/binance_perp_BTCUSDT_1h_2023_202507.csv.gz')
  const place = ['--venue', 'binance', '--symbol', 'BTC_USDT_PERP', '--timeframe', '1h']
  const { code, errors } = await runJobs(['data', 'import', file, ...place, '--home', scratch])
  assert.equal(code, 0, errors)
  market = new HistoryFolder(join(scratch, 'history')).load(parseSetName(SET))
  const path = join(folder, 'expected/oracle_backtestingpy_btc_dev.json')
  runs = (JSON.parse(readFileSync(path, 'utf8')) as { runs: readonly PublishedRun[] }).runs
})

function run(strategy: Strategy<unknown, OracleState>, fee: number): Backtest {
  const { from, to } = parseSetName(SET)
  const backtest = new Backtest(
    backtestRequest(strategy as AnyStrategy, {}, { ...market, funding: null }, CAPITAL, {
      window: { from, to },
      fillRule: 'touch',
      leverage: 1,
      paper: { maker: fee, taker: fee },
    }),
  )
  assert.equal(backtest.run(Number.MAX_SAFE_INTEGER), false)
  return backtest
}

const scale = () => 10 ** market.instrument.priceDecimals
const kindOf = ({ fill }: BookedFill) => (fill.origin.kind === 'slot' ? fill.origin.slot : 'now')

/** Round trips of one contract; a reversal ends one and begins the next; the last bar ends what is open. */
function tradesOf({ fills, engine, counts }: Backtest): readonly Trade[] {
  const { bars } = engine.stored().state as unknown as OracleState
  const trades: Trade[] = []
  let open: { size: number; entryBar: number; entry: number; kind: string } | null = null
  for (const [index, booked] of fills.entries()) {
    const bar = bars[index] ?? -1
    const at = booked.fill.price / scale()
    const kind = kindOf(booked)
    if (open !== null) trades.push({ ...open, exitBar: bar, exit: at, kinds: [open.kind, kind] })
    const size = Math.sign(booked.position)
    open = size === 0 ? null : { size, entryBar: bar, entry: at, kind }
  }
  if (open !== null) {
    const exit = (market.candles.close[first() + counts.candles - 1] ?? 0) / scale()
    trades.push({ ...open, exitBar: counts.candles - 1, exit, kinds: [open.kind, 'end'] })
  }
  return trades
}

const first = () => market.candles.openAt.indexOf(Date.UTC(2023, 0, 1))
const near = (a: number, b: number) => Math.abs(a - b) < 1e-7

/** The rule by which one of our prices differs from theirs. */
function ruleOf(ours: number, theirs: number, bar: number, kind: string): Rule | null {
  const { open, close } = market.candles
  const at = first() + bar
  const [opening, before] = [(open[at] ?? 0) / scale(), (close[at - 1] ?? 0) / scale()]
  if (near(ours, theirs)) return 'equal'
  if (near(ours, before) && near(theirs, opening)) return 'open'
  if (kind !== 'now' && Math.abs(ours - theirs) <= 0.5 / scale() + 1e-9) return 'tick'
  if (kind === 'end') return near(theirs, opening) ? 'end' : null
  return kind !== 'now' && near(theirs, opening) ? 'gap' : null
}

const cases: readonly (readonly [string, () => Strategy<unknown, OracleState>])[] = [
  ['btc_dev/smacross_10_30_fee0', () => smaCross(10, 30)],
  ['btc_dev/smacross_10_30_fee5bp', () => smaCross(10, 30)],
  ['btc_dev/smacross_20_50_fee5bp', () => smaCross(20, 50)],
  ['btc_dev/sltp_48_fee4bp', () => stopAndTake(48, 0.02, 0.04)],
  ['btc_dev/limitdip_24_1pct_fee2bp', () => limitDip(24, 0.01)],
]

for (const [name, strategy] of cases) {
  test(`${name}: every trade in the bars of the published run`, options, (context) => {
    const published = runs.find((one) => one.name === name)
    assert.ok(published)
    const backtest = run(strategy(), Math.round(published.commission * 1e8))
    const trades = tradesOf(backtest)
    const barsOf = ({ size, entryBar, exitBar }: PublishedTrade) => `${size} ${entryBar} ${exitBar}`
    assert.equal(backtest.counts.candles, published.bars)
    assert.deepEqual(trades.map(barsOf), published.trades.map(barsOf))
    const counts: Record<Rule, number> = { equal: 0, open: 0, tick: 0, gap: 0, end: 0 }
    for (const [index, trade] of trades.entries()) {
      const theirs = published.trades[index] as PublishedTrade
      for (const [ours, other, bar, kind] of [
        [trade.entry, theirs.entry, trade.entryBar, trade.kinds[0]],
        [trade.exit, theirs.exit, trade.exitBar, trade.kinds[1]],
      ] as const) {
        const rule = ruleOf(ours, other, bar, kind)
        assert.notEqual(rule, null, `${kind} in bar ${bar}: ${ours}, published ${other}`)
        counts[rule ?? 'equal'] += 1
      }
    }
    context.diagnostic(`${trades.length} trades; prices ${JSON.stringify(counts)}`)
  })
}
