import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadInstanceFile, loadInstances } from '../../src/config/instances.ts'
import {
  bare,
  fileOf,
  fleet,
  fleetWith,
  load,
  type Sections,
  sentences,
  single,
  strategies,
} from './instance-files.ts'

test('the smallest file gets every default', () => {
  const instance = single(fileOf())
  assert.equal(instance.id, 'a')
  assert.equal(instance.name, 'a')
  assert.equal(instance.logDir, 'logs/a')
  assert.equal(instance.dbPath, 'database/a.db')
  assert.equal(instance.webPort, null)
  assert.equal(instance.memoryLimitMb, 256)
  assert.deepEqual(instance.restart, {
    isAutomatic: true,
    delayMaxMs: 60_000,
    attemptsMax: 3,
    crashLoop: { exits: 5, windowMs: 300_000 },
  })
  assert.deepEqual(instance.parameters, {
    grid_lower_price: '135',
    grid_upper_price: '165.5',
    grid_num: 31,
    grid_type: 'neutral',
    auto_price: false,
    trailing_up: false,
    threshold: 0.5,
    interval: 60,
  })
  assert.deepEqual(instance.settings, {
    instance: 'a',
    venue: 'hyperliquid',
    account: 'main',
    mode: 'paper',
    symbol: 'SOL/USDC:USDC',
    capital: 1_000_000_000_000,
    leverage: 1,
    marginMode: 'isolated',
    onBotLost: 'cancel',
    limits: {
      positionSizeMax: 100_000_000,
      positionNotionalMax: null,
      dailyLossMax: 5_000_000,
      drawdownMax: 10_000_000,
      capitalUtilizationMax: 80_000_000,
      onBreach: 'reduce_only',
      orderRatePerS: null,
      priceBandBps: null,
      spreadMaxBps: null,
      depthMinMultiple: null,
      priceDisagreementMaxBps: null,
      leverageMax: 10,
      consecutiveLossesMax: 5,
    },
    timeZone: 'Europe/Berlin',
    paper: {
      initialBalance: 1_000_000_000_000,
      maker: 20_000,
      taker: 50_000,
      slippage: 0,
      latencyMs: 0,
      volumeShare: 100_000_000,
    },
    feed: null,
    accountLimits: {
      positionsMax: 20,
      capitalUtilizationMax: 80_000_000,
      dailyLossMax: 5_000_000,
      drawdownMax: 10_000_000,
      notionalMax: null,
      onBreach: 'reduce_only',
    },
    shadow: false,
    initialPosition: 'open',
    onForeign: 'halt',
  })
})

/** Written for this test after the shape that older installations use. */
const OLDER_FILE = `{
  // an older file
  "metadata": {
    "name": "Old grid", "instance_id": "old_01", "exchange": "backpack",
    "symbol": "SOL_USDC_PERP", "market_type": "perp", "strategy": "perp_grid"
  },
  "daemon_config": {
    "python_path": "venv/bin/python", "script_path": "main.py", "working_dir": ".",
    "log_dir": "logs/old_01", "db_path": "database/old_01.db", "web_port": 5010,
    "bot_args": [
      "--exchange", "backpack", "--symbol", "SOL/USDC:USDC", "--strategy=perp_grid",
      "--grid-lower", "141", "--grid-upper", "160", "--grid-num", "20",
      "--max-position", "10.50", "--duration", "86400", "--interval", "30"
    ]
  },
  "exchange_config": { "api_key": "\${OLD_KEY}", "secret_key": "\${OLD_SECRET}", "base_url": "\${OLD_URL}", "proxy": "" },
  "strategy_config": { "grid_lower_price": 140, "grid_upper_price": 160, "grid_num": 20 },
}`

test('an older file loads without its keys in the environment; its arguments go before its keys', () => {
  const loaded = load({ 'old.json': OLDER_FILE })
  assert.deepEqual(sentences(loaded), [])
  const [instance] = loaded.instances
  assert.ok(instance)
  assert.equal(instance.id, 'old_01')
  assert.equal(instance.webPort, 5010)
  const { grid_lower_price, grid_upper_price, max_position, duration, interval } =
    instance.parameters
  assert.deepEqual(
    { grid_lower_price, grid_upper_price, max_position, duration, interval },
    {
      grid_lower_price: '141',
      grid_upper_price: '160',
      max_position: '10.5',
      duration: 86_400,
      interval: 30,
    },
  )
  assert.deepEqual(
    loaded.warnings.map(({ text }) => text),
    [
      'config/active/old.json:12: --grid-lower 141 of daemon_config.bot_args goes before strategy_config.grid_lower_price 140 (line 17)',
      'config/active/old.json:8: daemon_config.python_path, daemon_config.script_path, daemon_config.working_dir are ignored: perpfleet starts its own bots',
    ],
  )
})

test('YAML says the same as JSON', () => {
  const yaml = `
metadata: {exchange: hyperliquid, symbol: SOL_USDC_PERP, strategy: perp_grid}  # comment
strategy_config:
  grid_lower_price: 135
  grid_upper_price: 165.50
  grid_num: 31
`
  const [instance] = load({ 'a.yaml': yaml }).instances
  const { file: _file, fileHash: _hash, ...rest } = instance ?? assert.fail()
  const { file: _other, fileHash: _otherHash, ...expected } = single(fileOf())
  assert.deepEqual(rest, expected)
})

test('variables give texts, numbers and flags; decimals keep their digits', () => {
  const instance = single(
    fileOf({
      metadata: { name: '${OWNER:-nobody} ${EMPTY:-x}' },
      strategy_config: {
        grid_num: '${LINES}',
        grid_upper_price: '0.123456789012',
        auto_price: '${AUTO:-true}',
      },
      daemon_config: { environment: { SECRET: '${OWNER:-y}', LEVEL: 3 } },
    }),
    { LINES: '12', EMPTY: '' },
  )
  assert.equal(instance.name, 'nobody x')
  assert.equal(instance.parameters.grid_num, 12)
  assert.equal(instance.parameters.grid_upper_price, '0.123456789012')
  assert.equal(instance.parameters.auto_price, true)
  assert.deepEqual(instance.environment, { SECRET: 'y', LEVEL: '3' })
})

test('the id comes from the option, else metadata, else the file name', () => {
  const text = fileOf({ metadata: { instance_id: 'named' } })
  assert.equal(single(text).id, 'named')
  const path = join(bare, 'from-file.yml')
  writeFileSync(path, text)
  const loaded = loadInstanceFile(path, fleet, { environment: {}, strategies, instanceId: 'given' })
  assert.equal(loaded.instance?.id, 'given')
  assert.equal(loaded.instance?.dbPath, 'database/given.db')
})

test('leverage: exchange_config, else strategy_config, else the default', () => {
  const leverageOf = (sections: Sections, configuration = fleet) => {
    const { settings, parameters: own } = single(fileOf(sections), {}, configuration)
    return [settings.leverage, own.leverage]
  }
  assert.deepEqual(leverageOf({ exchange_config: { leverage: 3 } }), [3, undefined])
  assert.deepEqual(leverageOf({ strategy_config: { leverage: 4 } }), [4, '4'])
  assert.deepEqual(
    leverageOf({ exchange_config: { leverage: 5 }, strategy_config: { leverage: '5.0' } }),
    [5, '5'],
  )
  const two = fleetWith({ PERPFLEET_TRADING_DEFAULT_LEVERAGE: '2' })
  assert.deepEqual(leverageOf({}, two), [2, undefined])
})

test('of trading and risk_config the tighter holds, both ways', () => {
  const strict = fleetWith({
    PERPFLEET_TRADING_MAX_DAILY_LOSS: '0.01',
    PERPFLEET_TRADING_MAX_POSITION_NOTIONAL: '500',
    PERPFLEET_TRADING_ON_BREACH: 'halt',
    PERPFLEET_TRADING_MAX_CONSECUTIVE_LOSSES: '0',
  })
  const looser = {
    max_daily_loss: 0.5,
    max_position_notional: '1000.5',
    on_breach: 'reduce_only',
    max_consecutive_losses: 3,
  }
  const loose = single(fileOf({ risk_config: looser }), {}, strict)
  assert.equal(loose.settings.limits.dailyLossMax, 1_000_000)
  assert.equal(loose.settings.limits.positionNotionalMax, 50_000_000_000)
  assert.equal(loose.settings.limits.onBreach, 'halt')
  assert.equal(loose.settings.limits.consecutiveLossesMax, 3)
  const tighter = {
    max_daily_loss: 0.001,
    max_position_notional: 1.5,
    on_breach: 'flatten',
    max_drawdown: 0.02,
  }
  const { limits } = single(fileOf({ risk_config: tighter }), {}, strict).settings
  assert.equal(limits.dailyLossMax, 100_000)
  assert.equal(limits.positionNotionalMax, 150_000_000)
  assert.equal(limits.onBreach, 'flatten')
  assert.equal(limits.drawdownMax, 2_000_000)
})

test('good files run beside faulty ones; hidden files and copies are left alone', () => {
  const loaded = load({
    'good.json': fileOf(),
    'bad.json': fileOf({ strategy_config: { grid_num: 0 } }),
    'worse.json': '{',
    '.hidden.json': '{',
    'good.json~': '{',
    '#good.json#': '{',
    'README.md': '{',
  })
  assert.deepEqual(
    loaded.instances.map(({ id }) => id),
    ['good'],
  )
  assert.deepEqual(
    loaded.faults.map(({ file }) => file),
    ['config/active/bad.json', 'config/active/worse.json'],
  )
})

test('two files with one id are refused, each naming the other', () => {
  const text = fileOf({ metadata: { instance_id: 'twin' } })
  const loaded = load({
    'x.json': text,
    'y.json': text,
    'z.json': fileOf({ exchange_config: { account: 'other' } }),
  })
  assert.deepEqual(
    loaded.instances.map(({ id }) => id),
    ['z'],
  )
  assert.deepEqual(sentences(loaded), [
    'config/active/x.json:1: the id twin is also that of config/active/y.json:1; give each instance its own',
    'config/active/y.json:1: the id twin is also that of config/active/x.json:1; give each instance its own',
  ])
})

test('two files with one database or log folder are refused', () => {
  const text = fileOf({ daemon_config: { db_path: 'database/shared.db' } })
  const loaded = load({ 'x.json': text, 'y.json': text })
  assert.deepEqual(loaded.instances, [])
  assert.deepEqual(sentences(loaded), [
    'config/active/x.json: the database database/shared.db is also that of config/active/y.json; give each instance its own',
    'config/active/y.json: the database database/shared.db is also that of config/active/x.json; give each instance its own',
  ])
})

test('two instances of one contract on one account are a warning', () => {
  const loaded = load({
    'x.json': fileOf(),
    'y.json': fileOf({ metadata: { symbol: 'SOL/USDC:USDC' } }),
  })
  assert.deepEqual(
    loaded.instances.map(({ id }) => id),
    ['x', 'y'],
  )
  assert.deepEqual(
    loaded.warnings.map(({ text }) => text),
    [
      'config/active/y.json: y and x both trade SOL/USDC:USDC on account main of hyperliquid (paper); only one of them can run at a time',
    ],
  )
})

test('live prices and rehearsals in one home are a warning: it has one market', () => {
  const live = fileOf({ exchange_config: { feed: 'live' } })
  const rehearsed = { mode: 'sandbox', capital: 100, account: 'b' }
  const loaded = load({ 'x.json': live, 'y.json': fileOf({ exchange_config: rehearsed }) })
  assert.deepEqual(loaded.faults, [])
  assert.deepEqual(
    loaded.warnings.map(({ text }) => text),
    [
      'config/active/x.json: x takes live prices (exchange_config.feed) and y is in mode sandbox, which has a market of its own; one home has one market: move one of them to another --home, or take feed live out',
    ],
  )
  assert.deepEqual(
    load({ 'x.json': live, 'y.json': fileOf({ exchange_config: { account: 'b' } }) }).warnings,
    [],
  )
})

test('a folder that does not exist has no instances; a file that cannot be read is named', {
  skip: process.getuid?.() === 0 && 'root reads everything',
}, () => {
  assert.deepEqual(loadInstances(join(bare, 'nowhere'), fleet, { strategies }).instances, [])
  const path = join(bare, 'closed.json')
  writeFileSync(path, fileOf())
  chmodSync(path, 0)
  const { faults } = loadInstanceFile(path, fleet, { strategies, home: bare })
  assert.deepEqual(
    faults.map(({ text }) => text),
    ['closed.json: the file cannot be read: this user may not read it'],
  )
})
