/** `backtest` of an instance of two legs as people call it: files, options, tables, reports, refusals. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { LegsResult } from '../../src/backtest/legs-result.ts'
import { runJobs } from './run-jobs.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-legs-'))
const home = join(scratch, 'home')
after(() => rmSync(scratch, { recursive: true }))

const T = Date.UTC(2024, 0, 1)
const M = 60_000
const DAYS = 4
const ONE = 'alpha/SOL_USDT_PERP/15m'
const OTHER = 'beta/SOL_USDC_PERP/15m'

function file(name: string, content: string): string {
  const path = join(scratch, name)
  writeFileSync(path, content)
  return path
}

/** Quarters of an hour around 100 whose second market is up to 60 bp dearer, and cheaper again. */
function candles(edge: number): string {
  const lines = ['timestamp_ms,open,high,low,close,volume']
  const priceAt = (index: number) =>
    (100 + 3 * Math.sin(index / 30)) * (1 + (edge / 10_000) * Math.max(0, Math.sin(index / 11)))
  for (let index = 0; index < DAYS * 96; index += 1) {
    const [open, close] = [priceAt(index).toFixed(2), priceAt(index + 1).toFixed(2)]
    const [low, high] = Number(open) < Number(close) ? [open, close] : [close, open]
    lines.push([T + index * 15 * M, open, high, low, close, 10_000].join(','))
  }
  return `${lines.join('\n')}\n`
}

function funding(rate: number, hours: number): string {
  const count = (DAYS * 24) / hours
  const rows = Array.from({ length: count }, (_, i) => `${T + (i + 1) * hours * 60 * M},${rate}`)
  return `timestamp_ms,rate\n${rows.join('\n')}\n`
}

const leg = (exchange: string, symbol: string) => ({
  exchange,
  symbol,
  paper: { taker_bps: 2, maker_bps: 1, slippage_bps: 0.5 },
})

const instance = (strategy: string, config: object) =>
  file(
    `${strategy}.json`,
    JSON.stringify({
      metadata: { instance_id: 'pair', strategy },
      exchange_config: { mode: 'paper', account: 'test', capital: 5000, leverage: 2 },
      legs: [leg('alpha', 'SOL/USDT:USDT'), leg('beta', 'SOL/USDC:USDC')],
      strategy_config: { order_notional: 1000, decide_on: 'candle', ...config },
    }),
  )

const spread = () => instance('spread_arbitrage', { min_edge_bps: 5, exit_spread_bps: 3 })

const backtest = (config: string, ...more: readonly string[]) =>
  runJobs(['backtest', '--config', config, '--home', home, ...more])

before(async () => {
  const put = async (name: string, text: string, ...to: string[]) => {
    const { code, errors } = await runJobs([
      ...['data', 'import', file(name, text), ...to, '--unknown-venue', '--home', home],
    ])
    assert.equal(code, 0, errors)
  }
  const alpha = ['--venue', 'alpha', '--symbol', 'SOL_USDT_PERP']
  const beta = ['--venue', 'beta', '--symbol', 'SOL_USDC_PERP']
  await put('a.csv', candles(0), ...alpha, '--timeframe', '15m')
  await put('b.csv', candles(60), ...beta, '--timeframe', '15m')
  await put('af.csv', funding(0.0001, 8), ...alpha, '--kind', 'funding')
  await put('cf.csv', funding(0.0003, 1), '--venue', 'gamma', ...beta.slice(2), '--kind', 'funding')
})

test('a spread on two venues: table, JSON and a report that holds the same', async () => {
  const report = join(scratch, 'report')
  const sets = ['--data', ONE, '--data', OTHER, '--report', report]
  const shown = await backtest(spread(), ...sets)
  assert.equal(shown.code, 0, shown.errors)
  assert.match(shown.output, /opportunities +\d+ closed, \d+ won/)
  assert.match(shown.output, /leg pair\.2 \(beta\) +-?[\d.]+ USDC: prices/)
  assert.match(shown.output, /difference of the books +0, 0/)
  const { code, output } = await backtest(spread(), ...sets.slice(0, 4), '--json')
  assert.equal(code, 0)
  const result = JSON.parse(output) as LegsResult
  assert.ok(result.opportunities.length > 2)
  assert.ok(Number(result.ledger.total) > 0, result.ledger.total)
  // The strategy keeps its own books and measures its own margin.
  const own = result.report as Readonly<Record<string, unknown>>
  assert.equal(own['total'], result.ledger.total)
  assert.equal(own['opportunities_closed'], result.statistics.trades)
  const { annualReturn: yearly } = result.margin
  assert.equal(own['annual_return'], yearly === null ? null : `${(yearly * 100).toFixed(2)} %`)
  for (const { heldHours, annualReturn } of result.opportunities)
    assert.equal(annualReturn === null, heldHours < 24, `${heldHours} h`)
  assert.deepEqual(JSON.parse(readFileSync(join(report, 'result.json'), 'utf8')), result)
  assert.deepEqual(readdirSync(report).sort(), [
    'equity.csv',
    'fills.csv',
    'funding.csv',
    'opportunities.csv',
    'report.html',
    'result.json',
  ])
  const lines = (name: string) => readFileSync(join(report, name), 'utf8').trimEnd().split('\n')
  assert.equal(lines('fills.csv').length, result.counts.fills + 1)
  assert.equal(lines('opportunities.csv').length, result.opportunities.length + 1)
  const page = readFileSync(join(report, 'report.html'), 'utf8')
  assert.match(page, /Price at beta over alpha, basis points/)
  assert.match(page, /Where the profit comes from, USDT/)
  assert.ok(!/(src|href)="http/.test(page), 'the page needs nothing from outside')
})

test('sets find their legs by venue and symbol, in whatever order they are named', async () => {
  const told = async (...sets: readonly string[]) => {
    const named = sets.flatMap((set) => ['--data', set])
    const { output } = await backtest(spread(), ...named, '--json')
    return (JSON.parse(output) as LegsResult).fingerprint
  }
  assert.equal(await told(ONE, OTHER), await told(OTHER, ONE))
})

test('a leg without candles borrows prices when it is told to, and every output says so', async () => {
  const path = instance('funding_arbitrage', { min_rate_bps_day: 5 })
  const config = file('gamma.json', readFileSync(path, 'utf8').replaceAll('"beta"', '"gamma"'))
  const sets = ['--data', ONE, '--data', 'gamma/SOL_USDC_PERP/15m']
  const refused = await backtest(config, ...sets)
  assert.equal(refused.code, 3)
  assert.match(refused.errors, /leg 2 has no candles gamma\/SOL_USDC_PERP\/15m: .*--borrow-candles/)
  for (const from of [[], [OTHER]]) {
    const { code, output, errors } = await backtest(
      ...([config, ...sets, '--borrow-candles', ...from, '--json'] as const),
    )
    assert.equal(code, 0, errors)
    const { legs, assumptions, ledger } = JSON.parse(output) as LegsResult
    assert.equal(legs[1]?.pricesFrom, from[0] ?? ONE)
    assert.match(assumptions['candles'] ?? '', /borrowed from/)
    assert.ok(Number(ledger.funding) > 0 && (legs[1]?.counts.fundingPayments ?? 0) > 24)
  }
  const shown = await backtest(config, ...sets, '--borrow-candles')
  assert.match(shown.output, /WARNING +No candles of gamma are recorded/)
})

test('a strategy of two legs runs by its name on two sets', async () => {
  const { code, output, errors } = await runJobs([
    ...['backtest', '--strategy', 'spread_arbitrage', '--data', ONE, '--data', OTHER],
    ...['--set', 'order_notional=500', '--home', home],
  ])
  assert.equal(code, 0, errors)
  assert.match(output, /spread_arbitrage\.2 \(beta\)/)
})

test('what does not fit is refused in a sentence', async () => {
  const grid = ['--strategy', 'dual_ma', '--home', home]
  for (const [args, exit, sentence] of [
    [['backtest', '--config', spread(), '--data', ONE], 2, /2 contracts, found 1 set/],
    [
      ['backtest', ...grid, '--data', ONE, '--data', OTHER],
      2,
      /legs must be left out|one contract/,
    ],
    [
      ['backtest', '--config', spread(), '--data', `${ONE}@2024-01-02..`, '--data', OTHER],
      2,
      /different windows/,
    ],
    [
      ['backtest', '--config', spread(), '--data', ONE, '--data', OTHER, '--engine', 'skipping'],
      2,
      /always stepped/,
    ],
    [['lookahead', '--config', spread(), '--data', ONE], 2, /several legs are not supported here/],
    [
      ['optimize', '--config', spread(), '--data', ONE, '--space', 'min_edge_bps=1,2'],
      2,
      /several legs are not supported here/,
    ],
  ] as const) {
    const { code, errors } = await runJobs([...args, '--home', home])
    assert.match(errors, sentence)
    assert.equal(code, exit, errors)
  }
})
