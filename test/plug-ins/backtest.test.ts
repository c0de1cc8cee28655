// A strategy in a file gives what the same strategy gives when it ships, and its failure is the failure of the run.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runJobs } from '../backtest/run-jobs.ts'
import { PlugInFolder, strategyText } from './plug-in-files.ts'

const folder = new PlugInFolder()
after(() => folder.close())
const home = join(folder.dir, 'home')
const SET = 'test/SOL_USDC_PERP/1m'
const examples = join(import.meta.dirname, '..', '..', 'examples', 'strategies')

/** Half a day of candles that swing. */
function swings(): string {
  const at = Date.UTC(2024, 0, 1)
  const priceAt = (n: number) => Math.round((100 + 5 * Math.sin(n / 12)) * 100) / 100
  const rows = Array.from({ length: 720 }, (_, n) => {
    const [open, close] = [priceAt(n), priceAt(n + 1)]
    return [at + n * 60_000, open, Math.max(open, close), Math.min(open, close), close, 1000]
  })
  return `timestamp_ms,open,high,low,close,volume\n${rows.map((row) => row.join(',')).join('\n')}\n`
}

before(async () => {
  const csv = folder.write('swings.csv', swings())
  const words = ['--venue', 'test', '--symbol', 'SOL_USDC_PERP', '--timeframe', '1m']
  const { code, errors } = await runJobs(['data', 'import', csv, ...words, '--home', home])
  assert.equal(code, 0, errors)
})

const backtest = (strategy: string, ...more: string[]) =>
  runJobs(['backtest', '--strategy', strategy, '--data', SET, '--home', home, ...more])

test('the example in a file gives the same run as the shipped strategy with the same rule', async () => {
  const own = await backtest(join(examples, 'mean-cross.ts'), '--json', '--set', 'fast=5')
  const set = ['--set', 'ma_type=ema', '--set', 'fast_length=5']
  const shipped = await backtest('dual_ma', '--json', ...set)
  assert.deepEqual([own.code, shipped.code], [0, 0], own.errors + shipped.errors)
  const [first, second] = [JSON.parse(own.output), JSON.parse(shipped.output)]
  assert.ok(first.counts.fills >= 10, String(first.counts.fills))
  assert.equal(first.fingerprint, second.fingerprint)
  assert.deepEqual(first.ledger, second.ledger)
})

test('the example against the contract itself trades, and keeps its books as the engine does', async () => {
  const path = join(examples, 'range-breaker.ts')
  const { code, output, errors } = await backtest(path, '--json', '--set', 'order_lots=100')
  assert.equal(code, 0, errors)
  const { counts, ledger, report } = JSON.parse(output)
  assert.ok(counts.fills >= 4, String(counts.fills))
  assert.equal(report.total, ledger.total)
  assert.equal(report.fees, ledger.fees)
})

test('an instance file names its strategy by a path beside it or below the home', async () => {
  mkdirSync(join(home, 'strategies'), { recursive: true })
  const text = strategyText({ id: 'quiet' })
  folder.write('home/strategies/below.ts', text)
  folder.write('files/beside.ts', text)
  for (const strategy of ['strategies/below.ts', './beside.ts']) {
    const metadata = { exchange: 'test', symbol: 'SOL/USDC:USDC', strategy }
    const file = folder.write('files/one.json', JSON.stringify({ metadata }))
    const words = ['backtest', '--config', file, '--data', SET, '--home', home, '--json']
    const { code, output, errors } = await runJobs(words)
    assert.equal(code, 0, errors)
    assert.equal(JSON.parse(output).strategy, 'quiet')
  }
})

const failing: readonly (readonly [string, string, RegExp])[] = [
  [
    'throws',
    `if (event.at % 600000 === 0) throw new Error('boom')`,
    /^bad\.ts failed: Error: boom \(line 11\), in on\(\) for the candle of 2024-01-01T00:10:00\.000Z\.\n$/,
  ],
  [
    'loops for ever',
    `if (event.at % 600000 === 0) for (;;) {}`,
    /^bad\.ts failed: it took longer than 250 ms and was ended, in on\(\) for the candle of .*\n$/,
  ],
  [
    'wants NaN',
    `out.target({ instrument: 'test:SOL/USDC:USDC' as never, quantity: NaN as never, worstPrice: null, style: 'take', deadlineAt: null, isReduceOnly: false })`,
    /^bad\.ts failed: target: quantity must be a whole number .*found "NaN", in on\(\).*\n$/,
  ],
  [
    'comes to hold NaN in its state, which it reports to nobody',
    'state.own = { average: state.n / state.n }',
    /^bad\.ts failed: TypeError: "own\.average" of the state is NaN: a state holds finite numbers, in its state before report\(\)\.\n$/,
  ],
]

for (const [what, on, sentence] of failing) {
  test(`a strategy that ${what} fails its backtest: one sentence, exit 1, no report`, async () => {
    const path = folder.write('bad.ts', strategyText({ on }))
    const reports = join(folder.dir, 'report')
    const { code, output, errors } = await backtest(path, '--report', reports)
    assert.equal(code, 1)
    assert.equal(output, '')
    assert.match(errors, sentence)
    assert.throws(() => readFileSync(join(reports, 'result.json')), { code: 'ENOENT' })
    rmSync(path)
  })
}

test('a search for look-ahead fails on a state that is no plain JSON, as a backtest does', async () => {
  const path = folder.write('bad.ts', strategyText({ on: 'state.own = 1 / 0' }))
  const words = ['lookahead', '--strategy', path, '--data', SET, '--home', home]
  const { code, errors } = await runJobs(words)
  rmSync(path)
  assert.equal(code, 1, errors)
  assert.match(errors, /^bad\.ts failed: .*"own" of the state is Infinity/)
})

const faulty: readonly (readonly [string, string, RegExp])[] = [
  [
    'a fault of its types',
    strategyText({ on: 'out.drop(7)' }),
    /metadata\.strategy: .*trial\.ts:11: Argument of type 'number'/,
  ],
  [
    'the id of a shipped one',
    strategyText({ id: 'perp_grid' }),
    /its id perp_grid is that of a shipped strategy/,
  ],
  ['no id', strategyText({ id: 'Not An Id' }), /id must be lower-case letters/],
]

for (const [what, text, sentence] of faulty) {
  test(`a file with ${what} is refused with a sentence`, async () => {
    const { code, errors } = await backtest(folder.write('trial.ts', text))
    assert.equal(code, 2)
    assert.match(errors, sentence)
  })
}

test('an absent file and a parameter that it does not have are refused', async () => {
  const absent = await backtest(join(folder.dir, 'absent.ts'))
  assert.deepEqual([absent.code, /there is no such file/.test(absent.errors)], [2, true])
  const path = join(examples, 'mean-cross.ts')
  const unknown = await backtest(path, '--set', 'fasst=5')
  assert.equal(unknown.code, 2)
  assert.match(unknown.errors, /strategy_config\.fasst.*did you mean fast\?/)
  const range = await backtest(path, '--set', 'fast=0')
  assert.match(range.errors, /strategy_config\.fast must be a whole number at least 1/)
  const crossed = await backtest(path, '--set', 'fast=50', '--set', 'slow=20')
  assert.match(crossed.errors, /fast must be below slow/)
})

test('strategy check says what a file describes, or what is wrong with it', async () => {
  const good = await runJobs([
    'strategy',
    'check',
    join(examples, 'range-breaker.ts'),
    '--home',
    home,
  ])
  assert.equal(good.code, 0, good.errors)
  assert.match(good.output, /is in order: strategy range_breaker, 2 parameters\./)
  assert.match(good.output, /order_lots +integer +required/)
  const bad = folder.write('bad.ts', strategyText({ on: 'const n: number = "x"; n' }))
  const refused = await runJobs(['strategy', 'check', bad, '--home', home])
  assert.equal(refused.code, 1)
  assert.match(refused.errors, /bad\.ts:11: Type 'string' is not assignable to type 'number'\.\n$/)
  const absent = await runJobs(['strategy', 'check', 'absent.ts', '--home', home])
  assert.equal(absent.code, 3)
})
