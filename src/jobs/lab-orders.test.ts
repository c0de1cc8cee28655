import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backtestCommand, forwardCommand, optimizeCommand, type RunWish } from './lab-orders.ts'

const wish: RunWish = {
  file: null,
  strategy: 'dual_ma',
  data: 'binance/BTC_USDT_PERP/1h',
  from: null,
  to: null,
  capital: null,
  parameters: {},
  fillRule: null,
  path: null,
  hasLimits: true,
}

test('a wish is the command that a person would type', () => {
  assert.deepEqual(backtestCommand(wish), [
    'backtest',
    '--strategy=dual_ma',
    '--data=binance/BTC_USDT_PERP/1h',
  ])
  const parameters = { fast: 10, 'exchange_config.leverage': 3, flag: true }
  assert.deepEqual(
    backtestCommand({ ...wish, strategy: null, file: '/h/a b.json', capital: '500', parameters }),
    [
      'backtest',
      '--config=/h/a b.json',
      '--data=binance/BTC_USDT_PERP/1h',
      '--capital=500',
      '--set=fast=10',
      '--set=exchange_config.leverage=3',
      '--set=flag=true',
    ],
  )
})

test('limits, fill rule and path are those of the command', () => {
  const more = { fillRule: 'touch', path: 'adverse', hasLimits: false } as const
  assert.deepEqual(backtestCommand({ ...wish, ...more }).slice(3), [
    '--fill-rule=touch',
    '--path=adverse',
    '--no-limits',
  ])
})

test('a search is the command with what is varied and looked for', () => {
  const search = {
    ...wish,
    space: { fast: '5..50:5', 'risk_config.max_drawdown': '0.1,0.2' },
    objectives: ['sharpe - 2*maxDrawdown'],
    constraints: ['trades>=30'],
    sampler: 'tpe',
    trials: 200,
    seed: 7,
  }
  const common = [
    '--strategy=dual_ma',
    '--data=binance/BTC_USDT_PERP/1h',
    '--space=fast=5..50:5',
    '--space=risk_config.max_drawdown=0.1,0.2',
    '--objective=sharpe - 2*maxDrawdown',
    '--constraint=trades>=30',
    '--sampler=tpe',
    '--trials=200',
    '--seed=7',
  ]
  assert.deepEqual(optimizeCommand({ ...search, split: '0.7' }), [
    'optimize',
    ...common,
    '--split=0.7',
  ])
  const forward = { ...search, inSample: '90d', outOfSample: '30d', isAnchored: true }
  assert.deepEqual(forwardCommand(forward), [
    'walk-forward',
    ...common,
    '--in-sample=90d',
    '--out-of-sample=30d',
    '--anchored',
  ])
  const odd = { ...search, objectives: ['`id`'], split: null }
  assert.throws(() => optimizeCommand(odd), /objective "`id`" cannot be read/)
})

const refused: readonly (readonly [string, Partial<RunWish>, RegExp])[] = [
  ['both', { file: 'x' }, /either an instance or a strategy/],
  ['neither', { strategy: null }, /either an instance or a strategy/],
  ['no set', { data: 'nonsense' }, /set "nonsense" cannot be read/],
  ['another section', { parameters: { 'metadata.strategy': './x.ts' } }, /is no key of a strategy/],
  ['an option as key', { parameters: { '--home': 'x' } }, /is no key of a strategy/],
  ['a line break', { parameters: { fast: '1\n2' } }, /cannot be used here/],
  ['a variable', { parameters: { fast: '${' + 'SECRET}' } }, /cannot be used here/],
]
for (const [name, change, text] of refused) {
  test(`${name} is refused with a sentence`, () => {
    assert.throws(() => backtestCommand({ ...wish, ...change }), {
      name: 'RangeError',
      message: text,
    })
  })
}
