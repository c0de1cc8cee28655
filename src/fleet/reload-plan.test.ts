import assert from 'node:assert/strict'
import { it } from 'node:test'
import { shippedStrategies } from '../config/strategy-catalogue.ts'
import type { BotLaunch } from '../protocol/launch.ts'
import { planReload, refusalText } from './reload-plan.ts'

const schemas = shippedStrategies.parametersOf('perp_grid') ?? {}
const running = {
  program: 'bot',
  token: 't',
  settings: {
    instance: 'a',
    venue: 'okx',
    account: 'main',
    mode: 'paper',
    symbol: 'SOL/USDC:USDC',
    capital: 100,
    leverage: 1,
    marginMode: 'isolated',
    onBotLost: 'cancel',
    limits: { dailyLossMax: 5, drawdownMax: 10, positionSizeMax: 100, onBreach: 'halt' },
    timeZone: 'UTC',
    paper: { makerFee: 1 },
    feed: null,
  },
  name: 'a',
  environmentHash: 'hash',
  strategy: 'perp_grid',
  parameters: { grid_lower_price: '1', grid_upper_price: '2', grid_type: 'long', auto_price: true },
  initialPosition: 'open',
  dbPath: '/home/database/a.db',
  web: { host: '127.0.0.1', port: 5001 },
  log: { dir: '/logs', level: 'info', format: 'json', timeZone: 'UTC' },
} as unknown as BotLaunch

const plan = (change: object) =>
  planReload(running, { ...running, ...change } as BotLaunch, schemas)
const settings = (change: object) => plan({ settings: { ...running.settings, ...change } })
const limits = (change: object) => settings({ limits: { ...running.settings.limits, ...change } })
const parameters = (change: object) => plan({ parameters: { ...running.parameters, ...change } })

it('nothing to do for what only the supervision reads', () => {
  assert.equal(plan({ name: 'b', token: 'other', configFile: '/x' }).kind, 'none')
})

it('hot keys of strategy, risk and logging reach the bot while it runs', () => {
  assert.deepEqual(parameters({ grid_upper_price: '3' }), {
    kind: 'hot',
    keys: ['strategy_config.grid_upper_price'],
  })
  assert.equal(limits({ dailyLossMax: 4 }).kind, 'hot')
  assert.equal(plan({ log: { ...running.log, level: 'debug' } }).kind, 'hot')
  assert.equal(parameters({ auto_price: false, grid_num: 5 }).kind, 'hot')
})

it('others replace its process', () => {
  for (const change of [
    { leverage: 2 },
    { capital: 200 },
    { onBotLost: 'keep' },
    { timeZone: 'Asia/Tokyo' },
    { limits: { ...running.settings.limits, positionSizeMax: 50 } },
    { limits: { ...running.settings.limits, onBreach: 'flatten', dailyLossMax: 1 } },
  ])
    assert.equal(settings(change).kind, 'restart', JSON.stringify(change))
  assert.equal(plan({ web: { host: '127.0.0.1', port: 5002 } }).kind, 'restart')
  assert.equal(plan({ log: { ...running.log, format: 'text' } }).kind, 'restart')
  assert.deepEqual(plan({ environmentHash: 'other' }), {
    kind: 'restart',
    keys: ['daemon_config.environment'],
  })
})

it('what positions and books hang on is refused, whatever else changed', () => {
  for (const change of [{ symbol: 'ETH/USDC:USDC' }, { venue: 'aster' }, { account: 'b' }])
    assert.equal(settings(change).kind, 'refuse', JSON.stringify(change))
  assert.deepEqual(parameters({ grid_type: 'short', grid_upper_price: '3' }), {
    kind: 'refuse',
    keys: ['strategy_config.grid_type'],
  })
  assert.equal(plan({ strategy: 'other', parameters: {} }).kind, 'refuse')
  assert.equal(plan({ dbPath: '/home/database/b.db' }).kind, 'refuse')
})

it('of several legs each is compared, and is told by its own keys', () => {
  const leg = {
    settings: { ...running.settings, venue: 'aster', instance: 'a.2' },
    settleRate: 1e8,
  }
  const legsLimits = { dailyLossMax: 5, drawdownMax: 10, onBreach: 'halt' }
  const two = { ...running, legs: [leg], legsLimits } as unknown as BotLaunch
  const against = (change: object) => planReload(two, { ...two, ...change } as BotLaunch, schemas)
  const second = (change: object) =>
    against({ legs: [{ ...leg, settings: { ...leg.settings, ...change } }] })
  assert.equal(against({}).kind, 'none')
  assert.deepEqual(second({ symbol: 'X' }), { kind: 'refuse', keys: ['legs[1].symbol'] })
  assert.deepEqual(second({ account: 'b' }), { kind: 'refuse', keys: ['legs[1].account'] })
  assert.deepEqual(second({ leverage: 3 }), { kind: 'restart', keys: ['legs[1].leverage'] })
  const limits = { ...leg.settings.limits, positionNotionalMax: 1 }
  assert.equal(second({ limits }).kind, 'hot')
  const rate = against({ legs: [{ ...leg, settleRate: 2e8 }] })
  assert.deepEqual(rate, { kind: 'refuse', keys: ['legs[1].settle_rate'] })
  assert.match(
    refusalText(rate, two),
    /^legs\[1\]\.settle_rate is fixed .*: change it back, or close the pair \(perpfleet close-all a\), archive \/home\/database\/a\.db and start it anew$/,
  )
  assert.match(refusalText(second({ symbol: 'X' }), two), /give the change an instance of its own$/)
  assert.deepEqual(second({ capital: 200 }), { kind: 'restart', keys: ['legs[1].capital'] })
  const tighter = against({ legsLimits: { ...legsLimits, dailyLossMax: 1 } })
  assert.deepEqual(tighter, { kind: 'restart', keys: ['risk_config (legs)'] })
  assert.deepEqual(planReload(two, running, schemas).keys, ['legs'])
  assert.deepEqual(plan({ legs: [leg] }), { kind: 'refuse', keys: ['legs'] })
})
