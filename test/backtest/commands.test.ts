/** `data` and `backtest` as people call them: what they print and their exit codes. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { DetachedHost } from '../../src/adapters/processes/detached-host.ts'
import { runJobs } from './run-jobs.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-jobs-'))
const home = join(scratch, 'home')
const T = Date.UTC(2024, 0, 1)
const M = 60_000
after(() => rmSync(scratch, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(scratch, name)
  writeFileSync(path, content)
  return path
}

/** A day of 1m candles that swing between 95 and 105. */
function swings(): string {
  const lines = ['timestamp_ms,open,high,low,close,volume']
  const priceAt = (minute: number) => Math.round((100 + 5 * Math.sin(minute / 40)) * 100) / 100
  for (let minute = 0; minute < 1440; minute += 1) {
    const [open, close] = [priceAt(minute), priceAt(minute + 1)]
    lines.push(
      [T + minute * M, open, Math.max(open, close), Math.min(open, close), close, 1000].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

const importing = (path: string, ...more: string[]) =>
  runJobs([
    'data',
    'import',
    path,
    '--venue',
    'test',
    '--symbol',
    'SOL_USDC_PERP',
    '--timeframe',
    '1m',
    '--home',
    home,
    ...more,
  ])

function instance(name: string, parts: Record<string, unknown> = {}): string {
  return file(
    `${name}.json`,
    JSON.stringify({
      metadata: {
        exchange: 'test',
        symbol: 'SOL/USDC:USDC',
        strategy: 'perp_grid',
        ...(parts['metadata'] as object),
      },
      exchange_config: { leverage: 2 },
      strategy_config: {
        grid_lower_price: 94,
        grid_upper_price: 106,
        grid_num: 13,
        order_quantity: 1,
      },
      risk_config: { max_daily_loss: 1, max_drawdown: 1 },
    }),
  )
}

const SET = 'test/SOL_USDC_PERP/1m'
const backtest = (config: string, ...more: string[]) =>
  runJobs(['backtest', '--config', config, '--data', SET, '--home', home, ...more])

before(async () => {
  const { code, output } = await importing(file('swings.csv', swings()))
  assert.deepEqual(
    [code, output],
    [0, `${SET}: 1,440 rows imported, 2024-01-01 … 2024-01-01T23:59Z.\n`],
  )
})

test('import again changes nothing; other files over it are refused with exit 4', async () => {
  const again = await importing(join(scratch, 'swings.csv'))
  assert.deepEqual(
    [again.code, again.output],
    [0, `${SET}: this file was imported before, nothing was changed.\n`],
  )
  const other = file('other.csv', `timestamp_ms,open,high,low,close,volume\n${T},1,1,1,1,1\n`)
  const refused = await importing(other)
  assert.equal(refused.code, 4)
  assert.match(refused.errors, /^other.csv begins at 2024-01-01, but 1440 rows .* --replace\n$/)
})

test('list and check', async () => {
  const list = await runJobs(['data', 'list', '--home', home])
  assert.match(list.output, /test\/SOL_USDC_PERP\/1m.*candles.*SOL\/USDC:USDC.*1,440/)
  const fresh = join(scratch, 'fresh')
  mkdirSync(fresh, { recursive: true })
  const empty = await runJobs(['data', 'list', '--home', fresh])
  assert.match(empty.output, /^nothing is stored in .*: perpfleet data import FILE …\n$/)
  const check = await runJobs(['data', 'check', SET, '--home', home])
  const told = `${SET}: 1,440 rows, 100.00 % of 2024-01-01 … 2024-01-02, nothing odd\n`
  assert.deepEqual([check.code, check.output], [0, told])
})

const failures: readonly (readonly [string, number, readonly string[], RegExp])[] = [
  [
    'an absent file',
    3,
    [
      'data',
      'import',
      'absent.csv',
      '--venue',
      'v',
      '--symbol',
      'SOL_USDC_PERP',
      '--timeframe',
      '1m',
    ],
    /^there is no file absent.csv: check the path\n$/,
  ],
  [
    'no timeframe',
    2,
    ['data', 'import', 'x.csv', '--venue', 'v', '--symbol', 'SOL_USDC_PERP'],
    /^candles need the length of a candle: add --timeframe/,
  ],
  [
    'a spot symbol',
    2,
    ['data', 'import', 'x.csv', '--venue', 'v', '--symbol', 'SOL/USDC', '--timeframe', '1m'],
    /names no perpetual contract/,
  ],
  [
    'an unknown set',
    3,
    ['data', 'check', 'test/ETH_USDC_PERP/1m'],
    /^there are no candles test\/ETH_USDC_PERP\/1m in /,
  ],
  ['a set that cannot be read', 2, ['data', 'check', 'nonsense'], /^set "nonsense" cannot be read/],
  [
    'a set that is nearly another',
    3,
    ['data', 'check', 'test/SQL_USDC_PERP/1m'],
    /; did you mean test\/SOL_USDC_PERP\/1m\?\n$/,
  ],
  ['no set', 2, ['data', 'check'], /^name a set: perpfleet data check test\/SOL_USDC_PERP\/1m\n$/],
  [
    'a venue that is probably misspelt',
    2,
    ['data', 'import', 'x', '--venue', 'binanec', '--symbol', 'SOL_USDC_PERP', '--timeframe', '1m'],
    /^no venue is called binanec; did you mean binance\? If not, add --unknown-venue\n$/,
  ],
  [
    'a removal that nobody can agree to',
    4,
    ['data', 'remove', 'test/SOL_USDC_PERP/1m'],
    /^nobody can be asked here: .* --yes deletes 1,440 rows\n$/,
  ],
  [
    'the removal of a part',
    2,
    ['data', 'remove', 'test/SOL_USDC_PERP/1m@2024-01-01..'],
    /^a set is removed as a whole/,
  ],
]

test('a set is removed with all that belongs to it alone, and not while it is replayed', async () => {
  const place = join(scratch, 'removing')
  const csv = file('short.csv', swings().split('\n').slice(0, 11).join('\n'))
  const take = (timeframe: string, path: string, ...more: string[]) =>
    runJobs(
      [
        'data',
        'import',
        path,
        '--venue',
        'okxx',
        '--symbol',
        'SOL_USDC_PERP',
        '--home',
        place,
      ].concat(timeframe === '' ? [] : ['--timeframe', timeframe], more, '--unknown-venue'),
    )
  const rates = file('rates.csv', `timestamp_ms,rate\n${T},0.0001\n`)
  for (const taken of [await take('1m', csv), await take('', rates, '--kind', 'funding')])
    assert.equal(taken.code, 0, taken.errors)
  const folder = join(place, 'history', 'okxx', 'SOL_USDC_PERP')
  const remove = () =>
    runJobs(['data', 'remove', 'okxx/SOL_USDC_PERP/1m', '--yes', '--home', place])
  mkdirSync(join(place, 'run'))
  const self = new DetachedHost({}).self()
  const running = { pid: self.pid, start_time: self.startTime, boot_id: self.bootId }
  const launch = { feed: 'replay:okxx/SOL_USDC_PERP/1m@2024-01-01..' }
  writeFileSync(join(place, 'run', 'exchange.launch.json'), JSON.stringify(launch))
  writeFileSync(join(place, 'run', 'exchange.json'), JSON.stringify(running))
  const refused = await remove()
  assert.deepEqual([refused.code, existsSync(join(folder, '1m.candles'))], [4, true])
  assert.match(refused.errors, /is being replayed by the exchange of this home \(pid \d+\)/)
  writeFileSync(
    join(place, 'run', 'exchange.json'),
    JSON.stringify({ ...running, start_time: '1' }),
  )
  const removed = await remove()
  assert.deepEqual([removed.code, removed.output], [0, 'okxx/SOL_USDC_PERP/1m: 11 rows deleted\n'])
  assert.equal(existsSync(join(place, 'history', 'okxx')), false)
  assert.equal((await remove()).code, 3)
})

for (const [name, code, args, message] of failures) {
  test(`${name} ends with exit ${code} and one sentence`, async () => {
    const run = await runJobs([...args, '--home', home])
    assert.equal(run.code, code, run.errors)
    assert.match(run.errors, message)
    assert.equal(run.errors.trim().split('\n').length, 1)
    assert.equal(run.output, '')
  })
}

test('a backtest prints a table with the fingerprint and writes its report', async () => {
  const report = join(scratch, 'report')
  const { code, output, errors } = await backtest(instance('swing'), '--report', report)
  assert.deepEqual([code, errors], [0, ''])
  assert.match(output, /13 lines, 12 intervals/)
  assert.match(output, /fingerprint .* [0-9a-f]{64}/)
  const result = JSON.parse(readFileSync(join(report, 'result.json'), 'utf8'))
  assert.ok(result.counts.fills > 50)
  assert.ok(result.report.completed_cells > 20)
  assert.equal(result.timeInRange, 1)
  assert.equal(result.exchange.difference, '0')
  assert.equal(result.ledger.total, result.report.total)
  for (const name of ['fills.csv', 'trades.csv', 'equity.csv', 'funding.csv', 'report.html'])
    assert.ok(existsSync(join(report, name)))
  const html = readFileSync(join(report, 'report.html'), 'utf8')
  assert.ok(!/<[^>]*(src|href)=|https?:/.test(html), 'the page stands alone')
})

test('--set changes the run and not the file; YAML too', async () => {
  const path = file(
    'swing.yml',
    'metadata: {exchange: test, symbol: SOL_USDC_PERP, strategy: perp_grid}\nexchange_config: {leverage: 2}\nstrategy_config: {grid_lower_price: 94, grid_upper_price: 106, grid_num: 13, order_quantity: 1} # kept\nrisk_config: {max_daily_loss: 1, max_drawdown: 1}\n',
  )
  const before = readFileSync(path, 'utf8')
  const runs = []
  for (const more of [
    [],
    ['--set', 'grid_num=7'],
    ['--set', 'exchange_config.paper.maker_bps=0'],
  ]) {
    runs.push(JSON.parse((await backtest(path, '--json', ...more)).output))
  }
  const fresh = JSON.parse((await backtest(instance('swing'), '--json')).output)
  assert.equal(runs[0].fingerprint, fresh.fingerprint)
  assert.match(runs[1].report.lines, /7 lines, 6 intervals/)
  assert.equal(runs[2].counts.fills, runs[0].counts.fills)
  assert.ok(Number(runs[2].ledger.fees) < Number(runs[0].ledger.fees))
  assert.equal(readFileSync(path, 'utf8'), before)
})

const refusals: readonly (readonly [string, number, string, readonly string[], RegExp])[] = [
  [
    'another symbol',
    4,
    instanceOf('eth', 'ETH_USDC_PERP'),
    [],
    /^eth trades ETH\/USDC:USDC, which is not in the set test\/SOL_USDC_PERP\/1m: name a set of ETH\/USDC:USDC with --data\n$/,
  ],
  [
    'an empty window',
    2,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--from', '2025-01-01'],
    /^no candle of test:SOL\/USDC:USDC lies in the window/,
  ],
  [
    'a window that ends before it begins',
    2,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--from', '2024-01-02', '--to', '2024-01-01'],
    /is empty: its end must be later/,
  ],
  [
    'a grid outside what can pay',
    4,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--set', 'grid_num=1000', '--set', 'order_quantity=0.01'],
    /fee/i,
  ],
  ['a faulty key', 2, instanceOf('a', 'SOL_USDC_PERP'), ['--set', 'grid_nim=5'], /grid_nim/],
  [
    'an unreadable --set',
    2,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--set', '5'],
    /^--set "5" cannot be read: write key=value/,
  ],
  [
    'a --set of what every object has',
    2,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--set', '__proto__.x=1'],
    /^--set "__proto__\.x=1" names no key of an instance file/,
  ],
  [
    'a file where the report shall lie',
    1,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--report', import.meta.filename],
    /commands\.test\.ts cannot be written to as a folder \(EEXIST\): name another one with --report\n$/,
  ],
  [
    'another fill rule',
    2,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--fill-rule', 'magic'],
    /^--fill-rule must be through or touch, found magic\n$/,
  ],
  [
    'another path',
    2,
    instanceOf('a', 'SOL_USDC_PERP'),
    ['--path', 'magic'],
    /^--path must be by_direction or adverse, found magic\n$/,
  ],
  ['an absent instance file', 3, 'absent.json', [], /^there is no file absent.json/],
]

function instanceOf(id: string, symbol: string): string {
  return instance(id, { metadata: { symbol } })
}

for (const [name, code, config, more, message] of refusals) {
  test(`a backtest with ${name} ends with exit ${code} and one sentence`, async () => {
    const run = await backtest(config, ...more)
    assert.match(run.errors, message)
    assert.equal(run.code, code, run.errors)
    assert.equal(run.output, '')
  })
}

// --- without an instance file --------------------------------------------------------------------

const grid = ['grid_lower_price=94', 'grid_upper_price=106', 'grid_num=13', 'order_quantity=1']
const byName = (name: string, ...more: string[]) =>
  runJobs(['backtest', '--strategy', name, '--data', SET, '--home', home, ...more])

test('a caveat of the strategy stands before any figure', async () => {
  const { code, output, errors } = await byName('dca', '--no-limits')
  assert.equal(code, 0, errors)
  assert.match(
    output,
    /WARNING +indicative only: without a stop, .* dca ends a deal only with a gain/,
  )
})

test('a strategy runs by its name, with capital, and its result says what it is worth', async () => {
  const sets = grid.flatMap((one) => ['--set', one])
  const folder = join(scratch, 'named')
  const more = ['--capital', '2000', '--no-limits', '--report', folder, '--json']
  const run = await byName('perp_grid', ...sets, ...more)
  assert.equal(run.code, 0, run.errors)
  const result = JSON.parse(run.output)
  assert.equal(result.ledger.capital, '2000')
  assert.equal(result.statistics.fills, result.counts.fills)
  assert.equal(result.statistics.completedGrids, result.report.completed_cells)
  assert.deepEqual([result.statistics.days, result.statistics.sharpe], [1, null])
  const quality = result.dataQuality
  assert.deepEqual([quality.expected, quality.missing, quality.coverage], [1440, 0, 1])
  assert.deepEqual([result.isProxy, result.isIndicative, result.seed], [false, false, null])
  assert.match(result.version, /^\d+\.\d+\.\d+/)
  assert.match(result.assumptions.limits, /^none on entries/)
  const trades = readFileSync(join(folder, 'trades.csv'), 'utf8').trim().split('\n')
  assert.equal(
    trades[0],
    'opened_at,closed_at,side,quantity,entry,exit,fees,net,held_hours,closed_by',
  )
  assert.equal(trades.length - 1, result.statistics.trades)
})

test('orders that a limit keeps back are told before any figure', async () => {
  const sets = [...grid, 'risk_config.max_capital_utilization=0.2'].flatMap((one) => ['--set', one])
  const run = await byName('perp_grid', ...sets, '--capital', '1000')
  assert.match(
    run.output,
    /^WARNING +100\.00 % of this window has no recorded funding rates: none was paid or received there\nWARNING +limit_capital kept orders back: \d+ at the start, \d+ at the end\n/,
  )
  const json = JSON.parse(
    (await byName('perp_grid', ...sets, '--capital', '1000', '--json')).output,
  )
  assert.ok(json.keptBack.atStart.limit_capital > 5)
})

test('a limit that ends the entries is told before any figure, with its time', async () => {
  const sets = [...grid, 'risk_config.max_drawdown=0.001'].flatMap((one) => ['--set', one])
  const run = await byName('perp_grid', ...sets, '--capital', '1000')
  assert.match(
    run.output,
    /^WARNING +reduce_only since 2024-01-01T\d\d:\d\d by limit_drawdown: no entries after it/m,
  )
  assert.ok(run.output.indexOf('no entries after it') < run.output.indexOf('total profit'))
})

test('candles of a spot market under the name of a contract are called a proxy', async () => {
  const spot = file('binance_spot_SOLUSDC_1m.csv', swings())
  const place = ['--venue', 'proxied', '--symbol', 'SOL_USDC_PERP', '--timeframe', '1m']
  const imported = await runJobs(['data', 'import', spot, ...place, '--home', home])
  assert.equal(imported.code, 0, imported.errors)
  const sets = grid.flatMap((one) => ['--set', one])
  const more = ['--data', 'proxied/SOL_USDC_PERP/1m', '--home', home]
  const run = await runJobs(['backtest', '--strategy', 'perp_grid', ...sets, ...more])
  assert.match(run.output, /^WARNING +spot candles stand in for those of the perpetual/m)
})

const unnamed: readonly (readonly [string, number, readonly string[], RegExp])[] = [
  [
    'neither file nor strategy',
    2,
    [],
    /^say what to run: either --config FILE or --strategy NAME\n$/,
  ],
  [
    'an unknown strategy',
    3,
    ['--strategy', 'no_such'],
    /^there is no strategy no_such: name one of perp_grid, /,
  ],
  [
    'a key that the strategy does not have',
    2,
    ['--strategy', 'dual_ma', '--set', 'nothing=1'],
    /^--strategy dual_ma: strategy_config.nothing is not a known key/,
  ],
  [
    'a value outside the schema',
    2,
    ['--strategy', 'dual_ma', '--set', 'fast_length=0'],
    /^--strategy dual_ma: strategy_config.fast_length must be a whole number at least 1/,
  ],
  [
    'a timeframe finer than the data',
    4,
    ['--strategy', 'dual_ma', '--set', 'timeframe=30s'],
    /^.*30s.*\n$/,
  ],
  [
    'no such capital',
    2,
    ['--strategy', 'dual_ma', '--capital', 'much'],
    /^--capital must be money above 0, found "much"/,
  ],
  [
    'another engine',
    2,
    ['--strategy', 'dual_ma', '--engine', 'steam'],
    /^--engine must be auto, stepping or skipping, found steam\n$/,
  ],
]

for (const [name, code, more, message] of unnamed) {
  test(`a backtest with ${name} ends with exit ${code} and one sentence`, async () => {
    const run = await runJobs(['backtest', '--data', SET, '--home', home, ...more])
    assert.match(run.errors, message)
    assert.equal(run.code, code, run.errors)
    assert.equal(run.output, '')
  })
}
