/** Files that ship, and those of an existing installation, load as they are. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadFleetConfiguration } from '../../src/config/fleet-configuration.ts'
import { loadInstances } from '../../src/config/instances.ts'
import { legsOf, type ResolvedInstance } from '../../src/config/resolved-instance.ts'
import { type Instrument, instrumentId, linearMoneyPerUnit } from '../../src/domain/instrument.ts'
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { StrategyContext } from '../../src/domain/strategy.ts'
import type { BotLaunch } from '../../src/protocol/launch.ts'
import { strategyById } from '../../src/strategies/registry.ts'

const root = join(import.meta.dirname, '..', '..')
const { configuration: fleet } = loadFleetConfiguration({ home: root, environment: {} })

function loadAll(dir: string): readonly ResolvedInstance[] {
  const loaded = loadInstances(dir, fleet, { environment: {} })
  assert.deepEqual(
    loaded.faults.map(({ text }) => text),
    [],
  )
  return loaded.instances
}

test('the templates are the demo instances, a grid of each kind and one of each other strategy', () => {
  const instances = loadAll(join(root, 'config/templates'))
  assert.deepEqual(
    instances.map(({ id, webPort, settings }) => [
      id,
      webPort,
      settings.symbol,
      settings.mode,
      settings.feed,
    ]),
    [
      ['bollinger_breakout', null, 'ETH/USDC:USDC', 'paper', null],
      ['cross_venue_market_making', null, 'SOL/USDC:USDC', 'paper', null],
      ['dca', null, 'SOL/USDC:USDC', 'paper', null],
      ['demo_eth_01', 5002, 'ETH/USDC:USDC', 'paper', null],
      ['demo_sol_01', 5001, 'SOL/USDC:USDC', 'paper', null],
      ['donchian_breakout', null, 'BTC/USDC:USDC', 'paper', null],
      ['dual_ma', null, 'BTC/USDC:USDC', 'paper', null],
      ['funding_arbitrage', null, 'BTC/USDT:USDT', 'paper', null],
      ['grid_long', null, 'ETH/USDC:USDC', 'paper', null],
      ['grid_neutral', null, 'SOL/USDC:USDC', 'paper', null],
      ['macd_divergence', null, 'BTC/USDC:USDC', 'paper', null],
      ['market_making', null, 'SOL/USDC:USDC', 'paper', null],
      ['rsi_mean_reversion', null, 'SOL/USDC:USDC', 'paper', null],
      ['spread_arbitrage', null, 'ETH/USDT:USDT', 'paper', null],
      ['supertrend', null, 'SOL/USDC:USDC', 'paper', null],
      ['triple_ma', null, 'ETH/USDC:USDC', 'paper', null],
    ],
  )
})

test('the examples name the sets they are replayed from', () => {
  const instances = loadAll(join(root, 'examples/instances'))
  assert.deepEqual(
    instances.map(({ id, settings }) => [id, settings.feed]),
    [
      ['btc-binance-replay', 'replay:binance/BTC_USDT_PERP/1m'],
      ['sol-hyperliquid-replay', 'replay:hyperliquid/SOL_USDC_PERP/5m'],
    ],
  )
})

/** A contract like those that imported history and the demo market make. */
function contract(symbol: string, priceDecimals: number, quantityDecimals: number): Instrument {
  const [base = '', quote = ''] = symbol.split(/[/:]/)
  const maintenanceRate = ratio(2_500_000)
  const tier = {
    notionalFloor: money(0),
    maintenanceRate,
    maintenanceAmount: money(0),
    leverageMax: 20,
  }
  return {
    id: instrumentId('venue', symbol),
    venue: 'venue',
    symbol,
    base,
    quote,
    settle: quote,
    kind: 'linear',
    priceDecimals,
    priceRule: { kind: 'tick', tick: 1 },
    quantityDecimals,
    lotSize: 1,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, quantityDecimals, 1),
    quantityMin: quantity(1),
    notionalMin: money(1_000_000_000),
    makerFee: ratio(20_000),
    takerFee: ratio(50_000),
    liquidationFee: ratio(500_000),
    marginTiers: [tier],
    fundingIntervalMs: 28_800_000,
  }
}

/** The strategy's own objections at a price, as at the first start. */
function objectionsOf(
  instance: ResolvedInstance,
  instrument: Instrument,
  at: number,
): readonly string[] {
  const { settings, strategy, parameters, initialPosition } = instance
  const last = price(at * 10 ** instrument.priceDecimals)
  const legs = legsOf(instance)
  const context: StrategyContext = {
    at: 0,
    instruments: legs.map(({ settings: { venue, symbol } }) => ({
      ...instrument,
      venue,
      id: instrumentId(venue, symbol),
    })),
    prices: legs.map(() => ({ last, mark: last })),
    capital: money(legs.reduce((sum, leg) => sum + leg.settings.capital, 0)),
    leverage: settings.leverage,
    marginMode: settings.marginMode,
    fees: legs.map((leg) => leg.settings.paper ?? assert.fail()),
    positions: legs.map(() => quantity(0)),
    initialPosition,
    settleRates: legs.map(({ settleRate }) => settleRate),
  }
  return (strategyById(strategy)?.check(parameters, context) ?? assert.fail()).map(
    ({ text }) => text,
  )
}

test('templates and examples pass the strategy’s own checks, grids over their whole range', () => {
  const all = [
    ...loadAll(join(root, 'config/templates')),
    ...loadAll(join(root, 'examples/instances')),
  ]
  const cases: [id: string, instrument: Instrument, prices: readonly number[]][] = [
    ['demo_sol_01', contract('SOL/USDC:USDC', 2, 2), [136, 150, 164]],
    ['demo_eth_01', contract('ETH/USDC:USDC', 2, 4), [2710, 3000, 3290]],
    ['grid_long', contract('ETH/USDC:USDC', 2, 4), [2410, 3000, 3590]],
    ['grid_neutral', contract('SOL/USDC:USDC', 2, 2), [50, 150, 400]],
    ...[
      'cross_venue_market_making',
      'dca',
      'market_making',
      'rsi_mean_reversion',
      'supertrend',
    ].map((id): [string, Instrument, readonly number[]] => [
      id,
      contract('SOL/USDC:USDC', 2, 2),
      [20, 300],
    ]),
    ...['bollinger_breakout', 'spread_arbitrage', 'triple_ma'].map(
      (id): [string, Instrument, readonly number[]] => [
        id,
        contract('ETH/USDC:USDC', 2, 4),
        [900, 5000],
      ],
    ),
    ...['donchian_breakout', 'dual_ma', 'funding_arbitrage', 'macd_divergence'].map(
      (id): [string, Instrument, readonly number[]] => [
        id,
        contract('BTC/USDC:USDC', 1, 5),
        [15_000, 120_000],
      ],
    ),
    ['sol-hyperliquid-replay', contract('SOL/USDC:USDC', 3, 3), [95, 125, 206]],
    ['btc-binance-replay', contract('BTC/USDT:USDT', 2, 5), [15_476, 46_200, 48_190]],
  ]
  assert.deepEqual(all.map(({ id }) => id).sort(), cases.map(([id]) => id).sort())
  for (const [id, instrument, prices] of cases) {
    const instance = all.find((candidate) => candidate.id === id) ?? assert.fail(id)
    for (const at of prices)
      assert.deepEqual(objectionsOf(instance, instrument, at), [], `${id} at ${at}`)
  }
  // the check does object when it should
  const eth = all.find(({ id }) => id === 'demo_eth_01')
  assert.ok(
    eth &&
      objectionsOf(
        { ...eth, parameters: { ...eth.parameters, max_position: '0.0001' } },
        contract('ETH/USDC:USDC', 2, 4),
        3000,
      ).length > 0,
  )
})

test('a resolved instance fits the launch of a bot', () => {
  for (const instance of loadAll(join(root, 'config/templates'))) {
    const { settings, name, strategy, parameters, initialPosition } = instance
    // the types say it: this fails to compile when the two sides drift apart
    const launch: Pick<
      BotLaunch,
      'settings' | 'name' | 'strategy' | 'parameters' | 'initialPosition'
    > = {
      settings,
      name,
      strategy,
      parameters,
      initialPosition,
    }
    assert.equal(launch.settings.instance, instance.id)
  }
})

const data = process.env.MARKET_DATA
test('files of an existing installation load unchanged, without keys in the environment', {
  skip: data === undefined && 'MARKET_DATA is not set',
}, () => {
  const dir = join(data ?? '', 'instances')
  const instances = loadAll(dir)
  assert.equal(instances.length, readdirSync(dir).length)
  for (const { id, file, settings, parameters, webPort } of instances) {
    assert.ok(file.endsWith(`${id}.json`))
    assert.equal(settings.mode, 'paper')
    assert.match(settings.symbol, /^[A-Z]+\/USDC:USDC$/)
    assert.ok(Number(parameters.grid_lower_price) < Number(parameters.grid_upper_price))
    assert.equal(parameters.duration, 86_400)
    assert.ok(Number(parameters.max_position) > 0)
    assert.ok(webPort !== null && webPort > 5000)
  }
})

test('no comment repeats a number that a command changes, or says that the file is a template', () => {
  const changed = /grid_lower_price|grid_upper_price|grid_num|auto_price|price_range|max_position/
  for (const folder of ['config/templates', 'examples/instances'])
    for (const name of readdirSync(join(root, folder)).filter((one) => one.endsWith('.json'))) {
      const lines = readFileSync(join(root, folder, name), 'utf8').split('\n')
      const comments = lines.filter((line) => changed.test(line)).map((line) => line.split('//')[1])
      assert.deepEqual(
        comments.filter((one) => /\d/.test(one ?? '')),
        [],
        name,
      )
      const head = lines.slice(0, lines.indexOf('{')).join('\n')
      // Examples say how they are used from where they lie; templates are copied as they are.
      if (folder === 'config/templates')
        assert.doesNotMatch(head, /config new|template|config\/active/, name)
    }
})
