/** `optimize`, `walk-forward`, `compare` and `lookahead` as people call them. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runJobs } from './run-jobs.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-search-'))
const home = join(scratch, 'home')
const config = join(scratch, 'grid.json')
const SET = 'test/SOL_USDC_PERP/5m'
const T = Date.UTC(2024, 0, 1)
after(() => rmSync(scratch, { recursive: true }))

/** 30 days of 5m candles that swing around 100, slowly and quickly. */
function swings(): string {
  const priceAt = (step: number) =>
    (Math.round((100 + 6 * Math.sin(step / 700) + 3 * Math.sin(step / 23)) * 100) / 100).toFixed(2)
  const lines = ['timestamp_ms,open,high,low,close,volume']
  for (let step = 0; step < 30 * 288; step += 1) {
    const [open, close] = [priceAt(step), priceAt(step + 1)]
    const [low, high] = [open, close].toSorted((a, b) => Number(a) - Number(b))
    lines.push([T + step * 300_000, open, high, low, close, 1000].join(','))
  }
  return `${lines.join('\n')}\n`
}

before(async () => {
  const csv = join(scratch, 'swings.csv')
  writeFileSync(csv, swings())
  writeFileSync(
    config,
    JSON.stringify({
      metadata: { exchange: 'test', symbol: 'SOL/USDC:USDC', strategy: 'perp_grid' },
      exchange_config: { leverage: 2, margin_mode: 'cross' },
      strategy_config: {
        grid_lower_price: 90,
        grid_upper_price: 110,
        grid_num: 13,
        order_quantity: 1,
      },
      risk_config: { max_daily_loss: 1, max_drawdown: 1 },
    }),
  )
  const names = '--venue test --symbol SOL_USDC_PERP --timeframe 5m'.split(' ')
  const words = ['data', 'import', csv, ...names, '--home', home]
  const { code, errors } = await runJobs(words)
  assert.equal(code, 0, errors)
})

const on = (command: string, ...more: string[]) =>
  runJobs([command, '--config', config, '--data', SET, '--home', home, '--workers', '2', ...more])
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'))

test('optimize writes trials, best, front, heat map and a page', async () => {
  const folder = join(scratch, 'found')
  const { code, output, errors } = await on(
    'optimize',
    ...['--space', 'grid_num=5,9,13,17', '--space', 'order_quantity=0.5..2:0.5'],
    ...['--objective', 'totalReturn', '--objective', 'maxDrawdown', '--constraint', 'trades>=1'],
    ...['--split', '0.7', '--report', folder],
  )
  assert.equal(code, 0, errors)
  assert.match(
    output,
    /^trial {2}grid_num {2}order_quantity {2}totalReturn {2}maxDrawdown {2}unseen totalReturn/m,
  )
  assert.match(
    output,
    /\n16 trials \(0 failed, 0 outside the constraints\) in .* a minute; report in .*found\n$/,
  )
  assert.deepEqual(readdirSync(folder).toSorted(), [
    ...[
      'front.json',
      'heatmap.json',
      'optimize.json',
      'report.html',
      'search.json',
      'trials.csv',
      'trials.jsonl',
    ],
  ])
  const result = json(folder, 'optimize.json')
  assert.equal(result.isWhole, true)
  assert.equal(result.best.length, 10)
  assert.equal(result.best[0].statistics.days, 21)
  assert.equal(result.best[0].unseen.statistics.days, 9)
  assert.deepEqual(json(folder, 'heatmap.json').y.values, [0.5, 1, 1.5, 2])
  assert.ok(json(folder, 'front.json').length >= 1)
  const lines = readFileSync(join(folder, 'trials.csv'), 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, 17)
  assert.match(
    lines[0] ?? '',
    /^trial,grid_num,order_quantity,objective totalReturn,objective maxDrawdown,allowed,failure,limited,days,/,
  )
  const page = readFileSync(join(folder, 'report.html'), 'utf8')
  assert.match(page, /Pareto front of totalReturn and maxDrawdown/)
  assert.match(page, /Deflated Sharpe/)
  assert.doesNotMatch(page, /<(script|link|img)|https?:/)
  const again = await on('optimize', '--space', 'grid_num=5', '--report', folder)
  assert.equal(again.code, 4)
  assert.match(again.errors, /holds a search already: go on with --resume/)
})

/** A search by tpe over a space file, into the folder `name`. */
function find(name: string, workers: string) {
  const spaceFile = join(scratch, 'space.yml')
  writeFileSync(spaceFile, 'grid_num: { from: 5, to: 21 }\norder_quantity: 0.5..2:0.1\n')
  return runJobs([
    ...['optimize', '--config', config, '--data', SET, '--home', home, '--workers', workers],
    ...[
      '--space-file',
      spaceFile,
      '--sampler',
      'tpe',
      '--trials',
      '40',
      '--objective',
      'totalReturn',
    ],
    ...['--to', '2024-01-06', '--report', join(scratch, name), '--json'],
  ])
}

test('--json prints the result alone; a space file and tpe; the outcome hangs on the seed alone', async () => {
  const [one, two] = [await find('one', '1'), await find('two', '2')]
  assert.equal(one.code, 0, one.errors)
  const { folder: _, ...first } = JSON.parse(one.output)
  const { folder: __, ...second } = JSON.parse(two.output)
  assert.deepEqual(first, second)
  assert.equal(first.counts.trials, 40)
  assert.equal(first.best[0].statistics.sharpe, null)
  assert.equal(first.deflatedSharpe, null, 'five days have no Sharpe ratio, and none to deflate')
  const text = (name: string) => readFileSync(join(scratch, name, 'trials.jsonl'), 'utf8')
  assert.equal(text('one'), text('two'))
})

test('--resume goes on with the search of a folder, and with no other', async () => {
  const folder = join(scratch, 'broken')
  assert.equal((await find('broken', '2')).code, 0)
  const path = join(folder, 'trials.jsonl')
  const whole = readFileSync(path, 'utf8')
  writeFileSync(path, whole.split('\n').slice(0, 25).join('\n'))
  const { code, errors } = await runJobs(['optimize', '--resume', folder, '--home', home, '--json'])
  assert.equal(code, 0, errors)
  assert.equal(readFileSync(path, 'utf8'), whole)
  const again = await runJobs(['optimize', '--resume', folder, '--home', home])
  assert.match(again.output, /^nothing was left to do: all 40 trials were here/m)
  const refused = async (what: RegExp, ...more: string[]) => {
    const run = await runJobs(['optimize', '--resume', folder, '--home', home, ...more])
    assert.equal(run.code, 4)
    assert.match(run.errors, what)
  }
  await refused(/^the data of the search in .* is not the same any more/, '--to', '2024-01-07')
  await refused(/^the instance file of the search/, '--set', 'exchange_config.leverage=3')
  await refused(/^the space of the search/, '--space', 'grid_type=neutral,long')
  await refused(/^an option of the search/, '--seed', '8')
  const other = await runJobs(['walk-forward', '--resume', folder, '--home', home])
  assert.equal(other.code, 4)
  assert.match(other.errors, /^the command of the search/)
  writeFileSync(join(folder, 'search.pid'), String(process.ppid))
  await refused(/^process \d+ searches in .*broken already/)
  rmSync(join(folder, 'search.pid'))
  for (const text of ['{', '{}', 'null', '{"identity":{},"options":[]}']) {
    writeFileSync(join(folder, 'search.json'), text)
    const damaged = await runJobs(['optimize', '--resume', folder, '--home', home])
    assert.equal(damaged.code, 1, text)
    assert.match(damaged.errors, /search\.json is damaged: begin the search anew/)
  }
})

test('Ctrl-C keeps what is done and says how to go on', async () => {
  const folder = join(scratch, 'interrupted')
  const path = join(folder, 'trials.jsonl')
  const words = [
    ...['optimize', '--config', config, '--data', SET, '--home', home, '--report', folder],
    ...['--space', 'grid_num=5..500', '--space', 'order_quantity=0.1..2:0.001'],
    ...['--sampler', 'random', '--trials', '100000', '--objective', 'totalReturn'],
  ]
  const cli = join(import.meta.dirname, '../../src/main/cli.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...words])
  let [errors, hasBegun] = ['', false]
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, 'exit')
  const count = () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0)
  while (child.exitCode === null && !hasBegun) {
    await new Promise((done) => setTimeout(done, 50))
    hasBegun = count() > 3
  }
  child.kill('SIGINT')
  const [code] = await ended
  assert.equal(code, 1, errors)
  const [, done = '', named = ''] =
    /^interrupted after (\d+) of 100000 trials, all kept: go on with perpfleet optimize --resume (.*)$/m.exec(
      errors,
    ) ?? []
  assert.deepEqual([Number(done), named], [count(), folder])
  assert.equal(json(folder, 'optimize.json').isWhole, false)
  assert.match(
    readFileSync(join(folder, 'report.html'), 'utf8'),
    /Interrupted: \d+ of 100000 trials are here/,
  )
})

test('every set that fails is told with its sentence', async () => {
  const folder = join(scratch, 'failing')
  const space = ['--space', 'order_quantity=1,1000000', '--space', 'grid_num=5,9']
  const part = await on('optimize', ...space, '--objective', 'totalReturn', '--report', folder)
  assert.equal(part.code, 0, part.errors)
  assert.match(part.output, /4 trials \(2 failed/)
  assert.ok(json(folder, 'optimize.json').failures[0][0].length > 20)
  const all = await on(
    'optimize',
    '--space',
    'order_quantity=1000000',
    '--report',
    join(scratch, 'all'),
  )
  assert.equal(all.code, 1)
  assert.match(all.errors, /^no trial gave a result that is allowed: .*\n$/)
  const none = await on(
    'optimize',
    ...['--space', 'grid_num=5,9', '--objective', 'totalReturn'],
    ...['--constraint', 'trades>1000000', '--report', join(scratch, 'none')],
  )
  assert.equal(none.code, 1)
  assert.match(none.errors, /^none of 2 runs meets the constraints with a value for totalReturn\n$/)
})

test('walk-forward judges each part on what follows it', async () => {
  const folder = join(scratch, 'forward')
  const { code, output, errors } = await on(
    'walk-forward',
    ...['--space', 'grid_num=5,9,17', '--objective', 'totalReturn', '--report', folder],
    ...['--in-sample', '10d', '--out-of-sample', '5d'],
  )
  assert.equal(code, 0, errors)
  assert.match(output, / 1 {2}2024-01-01 – 2024-01-11 {2}2024-01-11 – 2024-01-16 {2}grid_num \d+/)
  assert.match(
    output,
    /out of sample altogether: return .*, largest drawdown by days .* efficiency/,
  )
  assert.match(output, /^each part begins flat and without indicators: /m)
  assert.doesNotMatch(output, /cut short|prove nothing/)
  const result = json(folder, 'walk-forward.json')
  assert.equal(result.folds.length, 4)
  assert.deepEqual([result.folds[0].limited, result.folds[0].outOfSampleLimited], [0, null])
  assert.equal(result.folds[3].outOfSample.to, Date.UTC(2024, 0, 31))
  const grown = result.folds.reduce(
    (level: number, fold: { outOfSampleFigures: { totalReturn: number } }) =>
      level * (1 + fold.outOfSampleFigures.totalReturn),
    1,
  )
  assert.ok(Math.abs(result.totalReturn + 1 - grown) < 1e-9)
  assert.deepEqual(readdirSync(join(folder, 'trials')).length, 4)
  assert.match(
    readFileSync(join(folder, 'walk-forward.csv'), 'utf8'),
    /^at,time,equity,part\n1704931200000,2024-01-11T00:00:00.000Z,1,1\n/,
  )
  assert.doesNotMatch(
    readFileSync(join(folder, 'report.html'), 'utf8'),
    /<(script|link|img)|https?:/,
  )
})

const TIGHT = ['--set', 'risk_config.max_drawdown=0.0005', '--objective', 'totalReturn']
const STRATEGY_ALONE = ': --no-limits shows the strategy alone.'

test('optimize says first that limits cut trials short', async () => {
  const folder = join(scratch, 'limited')
  const words = ['--space', 'grid_num=5,9', '--split', '0.6', '--report', folder]
  const { code, output, errors } = await on('optimize', ...TIGHT, ...words)
  assert.equal(code, 0, errors)
  const warning = `The risk limits cut 2 of 2 trials short (limit_drawdown 2)${STRATEGY_ALONE}`
  const lines = output.split('\n')
  assert.ok(lines.indexOf(warning) >= 0 && lines.indexOf(warning) < 4, output)
  assert.match(output, /A risk limit cut the best set short on the part .* see: limit_drawdown\./)
  assert.match(output, /^trial .* cut short by$/m)
  const result = json(folder, 'optimize.json')
  assert.ok(result.warnings.includes(warning))
  assert.equal(result.counts.limited, 2)
  assert.deepEqual(result.limits, [['limit_drawdown', 2]])
  assert.match(readFileSync(join(folder, 'trials.csv'), 'utf8'), /,true,,limit_drawdown,/)
  const page = readFileSync(join(folder, 'report.html'), 'utf8')
  assert.match(page, /The risk limits cut 2 of 2 trials short/)
  const free = ['--no-limits', '--report', join(scratch, 'limits-off')]
  const alone = await on('optimize', ...TIGHT, ...words.slice(0, 2), ...free)
  assert.equal(alone.code, 0, alone.errors)
  assert.doesNotMatch(alone.output, /cut short|risk limit/)
})

test('walk-forward says in which parts limits acted', async () => {
  const folder = join(scratch, 'limited-forward')
  const { code, output, errors } = await on(
    'walk-forward',
    ...TIGHT,
    ...['--space', 'grid_num=5,9', '--report', folder],
    ...['--in-sample', '10d', '--out-of-sample', '10d'],
  )
  assert.equal(code, 0, errors)
  assert.match(output, /^2 part\(s\) prove nothing: take a longer window or shorter parts\.$/m)
  assert.match(output, /^The risk limits cut 4 of 4 trials short \(limit_drawdown 4\)/m)
  assert.match(
    output,
    /^Out of sample the risk limits cut 2 of 2 parts short \(1 limit_drawdown, 2 limit_drawdown\): a stretch/m,
  )
  assert.match(output, /^part .* cut short +out of sample by$/m)
  assert.match(output, / 2 of 2 +limit_drawdown$/m)
  const page = readFileSync(join(folder, 'report.html'), 'utf8')
  assert.match(page, /trials cut short by limits/)
  assert.match(page, /Largest drawdown, by days/)
  assert.match(page, /each part begins flat and without indicators/)
  assert.match(page, /2 part\(s\) prove nothing/)
  assert.match(page, /Out of sample the risk limits cut 2 of 2 parts short/)
})

test('compare puts reports side by side and says what makes it unfair', async () => {
  const [a, b, out] = [join(scratch, 'a'), join(scratch, 'b'), join(scratch, 'compared')]
  const run = (...more: string[]) =>
    runJobs(['backtest', '--config', config, '--data', SET, '--home', home, ...more])
  await run('--report', a)
  await run('--report', b, '--set', 'grid_num=7', '--to', '2024-01-20')
  const { code, output, errors } = await runJobs([
    'compare',
    a,
    join(b, 'result.json'),
    '--report',
    out,
    '--home',
    home,
  ])
  assert.equal(code, 0, errors)
  assert.match(output, /^The runs are of different times/)
  assert.match(output, /^figure +a +b$/m)
  assert.match(output, /^grid_num +13 +7$/m)
  const comparison = json(out, 'compare.json')
  assert.deepEqual(comparison.differences.grid_num, ['13', '7'])
  assert.equal(comparison.statistics.trades.length, 2)
  assert.match(readFileSync(join(out, 'compare.html'), 'utf8'), /Comparison of 2 backtests/)
})

test('lookahead clears a grid and says how it hangs on its start', async () => {
  const { code, output, errors } = await runJobs([
    ...[
      'lookahead',
      '--config',
      config,
      '--data',
      SET,
      '--home',
      home,
      '--to',
      '2024-01-06',
      '--cuts',
      '3',
    ],
  ])
  assert.equal(code, 0, errors)
  assert.match(
    output,
    /decisions in 1,440 candles; 3 windows that end earlier gave the same: it does not know the future\nstarted at /,
  )
})

test('the table of the best has a column of limits where any trial was cut short', async () => {
  const folder = join(scratch, 'some-limited')
  const { code, output, errors } = await on(
    'optimize',
    ...['--set', 'risk_config.max_drawdown=0.001', '--objective', 'totalReturn'],
    ...['--space', 'order_quantity=0.11,1', '--constraint', 'maxDrawdown<0.0009'],
    ...['--report', folder],
  )
  assert.equal(code, 0, errors)
  assert.match(output, /^The risk limits cut 1 of 2 trials short/m)
  assert.match(output, /^trial .* cut short by$/m)
  assert.match(output, / –$/m)
  assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /cut short by/)
})

test('what a strategy says against its own backtests stands above searches and comparisons', async () => {
  const run = (command: string, name: string, ...more: string[]) =>
    runJobs([
      ...[command, '--strategy', 'dca', '--data', SET, '--capital', '10000', '--home', home],
      ...['--to', '2024-01-06', '--report', join(scratch, name), ...more],
    ])
  const search = ['--space', 'safety_orders=2,3', '--objective', 'totalReturn']
  const found = await run('optimize', 'caveat', ...search)
  const caveat = /^Indicative only\. without a stop/m
  assert.match(found.output, caveat, found.errors)
  assert.match(json(scratch, 'caveat', 'optimize.json').warnings.join('\n'), caveat)
  await run('backtest', 'dca-2', '--set', 'safety_orders=2')
  await run('backtest', 'dca-3', '--set', 'safety_orders=3')
  const folders = [join(scratch, 'dca-2'), join(scratch, 'dca-3')]
  const { output, errors } = await runJobs(['compare', ...folders, '--home', home])
  assert.match(output, caveat, errors)
  assert.equal(output.split('Indicative only').length, 2, 'told once')
})

test('what is varied need not be set as well', async () => {
  const strategy = ['--strategy', 'perp_grid', '--set', 'grid_lower_price=90', '--no-limits']
  const sets = ['--set', 'grid_upper_price=110', '--set', 'order_quantity=1']
  const space = ['--space', 'grid_num=5,9', '--objective', 'totalReturn']
  const where = ['--data', SET, '--home', home, '--report', join(scratch, 'unset')]
  const { code, errors } = await runJobs(['optimize', ...strategy, ...sets, ...space, ...where])
  assert.equal(code, 0, errors)
  const unset = await runJobs(['optimize', ...strategy, ...space, ...where.slice(0, 4)])
  assert.equal(unset.code, 2)
  assert.match(unset.errors, /grid_upper_price is missing/)
})

test('lookahead lets no limit pass for the doing of the strategy', async () => {
  const strategy = ['--strategy', 'dual_ma', '--set', 'timeframe=15m', '--set', 'fast_length=3']
  const limits = ['--set', 'slow_length=9', '--set', 'risk_config.max_drawdown=0.001']
  const window = ['--data', SET, '--home', home, '--to', '2024-01-06', '--cuts', '2']
  const { code, output, errors } = await runJobs(['lookahead', ...strategy, ...limits, ...window])
  assert.equal(code, 0, errors)
  assert.equal(output.match(/decisions are the same/g)?.length, 3, output)
})

const failures: readonly (readonly [string, number, readonly string[], RegExp])[] = [
  ['no data', 2, ['optimize', '--config', config], /^--data is needed, e.g. --data hyperliquid/],
  ['no space', 2, ['optimize'], /^nothing is searched: name parameters with --space/],
  [
    'an unknown parameter',
    2,
    ['optimize', '--space', 'grid_nun=5'],
    /^perp_grid has no parameter grid_nun: did you mean grid_num\?$/m,
  ],
  [
    'a value outside the schema',
    2,
    ['optimize', '--space', 'grid_num=1'],
    /^space grid_num must be a whole number at least 2 and at most 1001, found 1$/m,
  ],
  [
    'an unknown figure',
    2,
    ['optimize', '--space', 'grid_num=5', '--objective', 'sharp'],
    /there is no figure sharp/,
  ],
  [
    'an unknown sampler',
    2,
    ['optimize', '--space', 'grid_num=5', '--sampler', 'best'],
    /^--sampler must be one of grid, random, tpe, found best$/m,
  ],
  [
    'no number of trials',
    2,
    ['optimize', '--space', 'grid_num=5', '--time-limit', '0'],
    /^--time-limit must be a whole number of at least 1, found 0$/m,
  ],
  [
    'no grid of a range',
    2,
    ['optimize', '--space', 'order_quantity=1..2'],
    /^a grid cannot count the values of order_quantity/,
  ],
  [
    'a split of nothing',
    2,
    ['optimize', '--space', 'grid_num=5', '--split', '1'],
    /^--split must lie between 0 and 1/,
  ],
  [
    'too short a window',
    2,
    ['walk-forward', '--space', 'grid_num=5'],
    /^the window of 30 days has no room for 90 days in sample/,
  ],
  [
    'nothing to resume',
    3,
    ['optimize', '--resume', join(scratch, 'nowhere')],
    /holds no search to resume/,
  ],
  ['one report alone', 2, ['compare', 'a'], /^name at least two report folders/],
  [
    'a report that is none',
    3,
    ['compare', join(scratch, 'x'), join(scratch, 'y')],
    /holds no result of a backtest/,
  ],
]

for (const [name, code, args, message] of failures)
  test(`${name} ends with exit ${code} and one sentence`, async () => {
    const [command = '', ...rest] = args
    const isWhole = command === 'compare' || rest.includes('--resume') || name === 'no data'
    const run = await (isWhole ? runJobs([...args, '--home', home]) : on(command, ...rest))
    assert.equal(run.code, code, run.errors)
    assert.match(run.errors, message)
    assert.equal(run.errors.trim().split('\n').length, 1)
    assert.equal(existsSync(join(home, 'reports')), false)
  })
