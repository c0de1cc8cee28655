/**
 * Real candles and funding, imported and run by the commands themselves; the figures are computed a second time from the
 * files and the written fills, without the code of the program. Needs the folder named by MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { runJobs } from './run-jobs.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-real-'))
after(() => rmSync(scratch, { recursive: true }))

interface Series {
  readonly home: string
  readonly set: string
  readonly candles: readonly (readonly number[])[]
  readonly funding: readonly (readonly number[])[]
}

function readRows(file: string): readonly (readonly number[])[] {
  const text = gunzipSync(readFileSync(join(folder ?? '', file))).toString('utf8')
  const lines = text.trim().split('\n').slice(1)
  return lines.map((line) => line.split(',').map(Number))
}

async function imported(
  name: string,
  venue: string,
  symbol: string,
  timeframe: string,
  candles: string,
  funding: string,
): Promise<Series> {
  const home = join(scratch, name)
  const common = ['--venue', venue, '--symbol', symbol, '--json', '--home', home]
  for (const [file, ...kind] of [
    [candles, '--timeframe', timeframe],
    [funding, '--kind', 'funding'],
  ]) {
    const { code, output } = await runJobs([
      'data',
      'import',
      join(folder ?? '', file ?? ''),
      ...kind,
      ...common,
    ])
    assert.equal(code, 0, output)
  }
  const series = {
    home,
    set: `${venue}/${symbol}/${timeframe}`,
    candles: readRows(candles),
    funding: readRows(funding),
  }
  const { output } = await runJobs(['data', 'list', '--json', '--home', home])
  const listed = JSON.parse(output) as {
    kind: string
    rows: number
    firstAt: number
    lastAt: number
  }[]
  for (const [kind, rows] of [
    ['candles', series.candles],
    ['funding', series.funding],
  ] as const) {
    const header = listed.find((one) => one.kind === kind)
    assert.deepEqual(
      [header?.rows, header?.firstAt, header?.lastAt],
      [rows.length, rows[0]?.[0], rows.at(-1)?.[0]],
    )
  }
  return series
}

function instanceFile(name: string, parts: Record<string, unknown>): string {
  const path = join(scratch, `${name}.json`)
  writeFileSync(path, JSON.stringify(parts))
  return path
}

const csv = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))

interface Result {
  readonly ledger: Record<'equity' | 'capital' | 'fees' | 'funding' | 'total', string>
  readonly exchange: { readonly difference: string; readonly insurance: string }
  readonly counts: {
    readonly candles: number
    readonly fills: number
    readonly fundingPayments: number
  }
  readonly fingerprint: string
  readonly position: string
}

const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) < 1e-4, `${what}: ${actual}, by hand ${expected}`)

/** Cash, fees, position and funding once more, from the fills, the candles and the rates of the files. */
function checkByHand(
  series: Series,
  report: string,
  result: Result,
  from: number,
  to: number,
): void {
  const fills = csv(join(report, 'fills.csv')).map((cells) => ({
    at: Number(cells[0]),
    signed: (cells[2] === 'buy' ? 1 : -1) * Number(cells[4]),
    price: Number(cells[3]),
    fee: Number(cells[5]),
    isMaker: cells[6] === 'maker',
  }))
  assert.equal(fills.length, result.counts.fills)
  let [cash, fees, position] = [0, 0, 0]
  for (const fill of fills) {
    cash -= fill.signed * fill.price
    fees += fill.fee
    position += fill.signed
    near(fill.fee, Math.abs(fill.signed) * fill.price * (fill.isMaker ? 0.0002 : 0.0005), 'fee')
  }
  const inside = series.candles.filter(([at = 0]) => at >= from && at < to)
  assert.equal(result.counts.candles, inside.length)
  const funding = fundingByHand(series, report, fills, from, to)
  const last = inside.at(-1)?.[4] ?? 0
  near(Number(result.position), position, 'position')
  near(Number(result.ledger.fees), fees, 'fees')
  near(Number(result.ledger.funding), funding, 'funding')
  near(
    Number(result.ledger.equity),
    Number(result.ledger.capital) + cash + position * last - fees + funding,
    'equity',
  )
  assert.equal(result.exchange.difference, '0')
}

/** Each payment: position × close of the candle that ends then × rate; those within a candle are taken as reported. */
function fundingByHand(
  series: Series,
  report: string,
  fills: readonly { readonly at: number; readonly signed: number }[],
  from: number,
  to: number,
): number {
  const timeframeMs = (series.candles[1]?.[0] ?? 0) - (series.candles[0]?.[0] ?? 0)
  const closes = new Map(
    series.candles.map(([at = 0, , , , close = 0]) => [at + timeframeMs, close]),
  )
  const paid = new Map(
    csv(join(report, 'funding.csv')).map(([at, , amount]) => [Number(at), Number(amount)]),
  )
  let sum = 0
  let checked = 0
  for (const [rawAt = 0, rate = 0] of series.funding) {
    const at = Math.round(rawAt / 60_000) * 60_000
    if (at <= from || at > to) continue
    const position = fills
      .filter((fill) => fill.at <= at)
      .reduce((held, fill) => held + fill.signed, 0)
    const close = closes.get(at)
    const amount = paid.get(at) ?? 0
    if (close !== undefined) {
      near(amount, -position * close * rate, `funding at ${at}`)
      checked += 1
    }
    sum += amount
  }
  assert.ok(checked > 50, `${checked} payments were checked`)
  return sum
}

test(
  'SOL 5m with hourly funding: rows, first and last, and a grid whose books are computed again',
  options,
  async () => {
    const series = await imported(
      'sol',
      'hyperliquid',
      'SOL_USDC_PERP',
      '5m',
      'candles/hyperliquid_perp_SOL_5m.csv.gz',
      'funding/hyperliquid_perp_SOL.csv.gz',
    )
    const config = instanceFile('sol_grid', {
      metadata: { exchange: 'hyperliquid', symbol: 'SOL_USDC_PERP', strategy: 'perp_grid' },
      exchange_config: { leverage: 2 },
      strategy_config: {
        grid_lower_price: 100,
        grid_upper_price: 180,
        grid_num: 41,
        order_quantity: 1,
      },
      risk_config: { max_daily_loss: 1, max_drawdown: 1 },
    })
    const report = join(scratch, 'sol-report')
    const run = [
      'backtest',
      '--config',
      config,
      '--data',
      `${series.set}@2025-04-01..2025-05-01`,
      '--home',
      series.home,
    ]
    const { code, output } = await runJobs([...run, '--report', report, '--json'])
    assert.equal(code, 0, output)
    const result = JSON.parse(output) as Result
    assert.ok(result.counts.fills > 100, `${result.counts.fills} fills`)
    checkByHand(series, report, result, Date.UTC(2025, 3, 1), Date.UTC(2025, 4, 1))
    // The same again is the same; another rule is another run.
    const again = JSON.parse((await runJobs([...run, '--json'])).output) as Result
    assert.equal(again.fingerprint, result.fingerprint)
    const touch = JSON.parse(
      (await runJobs([...run, '--json', '--fill-rule', 'touch'])).output,
    ) as Result
    assert.notEqual(touch.fingerprint, result.fingerprint)
    const wider = JSON.parse(
      (await runJobs([...run, '--json', '--set', 'grid_num=21'])).output,
    ) as Result
    assert.notEqual(wider.fingerprint, result.fingerprint)
    assert.match(
      readFileSync(join(report, 'report.html'), 'utf8'),
      /the 41 lines of the grid[\s\S]*<svg[\s\S]*fingerprint/,
    )
  },
)

test('BTC 1m of 2022 with 8h funding: a month of a grid', options, async () => {
  const series = await imported(
    'btc',
    'binance',
    'BTC_USDT_PERP',
    '1m',
    'candles/binance_spot_BTCUSDT_1m_2022.csv.gz',
    'funding/binance_perp_BTCUSDT_2020_202507.csv.gz',
  )
  assert.equal(series.candles.length, 525_600)
  const config = instanceFile('btc_grid', {
    metadata: { exchange: 'binance', symbol: 'BTC/USDT:USDT', strategy: 'perp_grid' },
    exchange_config: { leverage: 2, paper: { initial_balance: 20000 } },
    strategy_config: {
      grid_lower_price: 34000,
      grid_upper_price: 50000,
      grid_num: 33,
      order_quantity: 0.01,
      grid_type: 'long',
    },
    risk_config: { max_daily_loss: 1, max_drawdown: 1 },
  })
  const report = join(scratch, 'btc-report')
  const { code, output } = await runJobs([
    ...['backtest', '--config', config, '--data', series.set, '--home', series.home],
    ...['--from', '2022-03-01', '--to', '2022-04-01', '--report', report, '--json'],
  ])
  assert.equal(code, 0, output)
  const result = JSON.parse(output) as Result
  assert.ok(result.counts.fills > 50, `${result.counts.fills} fills`)
  checkByHand(series, report, result, Date.UTC(2022, 2, 1), Date.UTC(2022, 3, 1))
})
