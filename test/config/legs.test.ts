/** Instance files with `legs`: what each leg takes from exchange_config, what stands where, and what is refused in which words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StrategyCatalogue } from '../../src/config/instance-file.ts'
import { loadInstanceText } from '../../src/config/instances.ts'
import { contractsOf, legsOf } from '../../src/config/resolved-instance.ts'
import { maskedText } from '../../src/config/secrets.ts'
import { fleet, fleetWith, load } from './instance-files.ts'

const catalogue: StrategyCatalogue = {
  ids: ['pair', 'single'],
  parametersOf: (id) =>
    id === 'pair' || id === 'single' ? { depth: { type: 'integer', doc: '', default: 5 } } : null,
  wantedBy: (id, parameters) => {
    const count = id === 'pair' ? 2 : 1
    const { depth } = parameters as { depth: number }
    return { instrumentsMin: count, instrumentsMax: count, bookDepth: id === 'pair' ? depth : 0 }
  },
}

const okx = { exchange: 'okx', symbol: 'BTC-USDT-SWAP' }
const hyper = { exchange: 'hyperliquid', symbol: 'BTC/USDC:USDC' }

function read(
  sections: Readonly<Record<string, unknown>>,
  environment: Record<string, string> = {},
  configuration = fleet,
) {
  const text = JSON.stringify({ metadata: { strategy: 'pair' }, ...sections }, null, 1)
  const options = { environment, strategies: catalogue }
  return loadInstanceText('arb_1.json', text, configuration, options)
}

const faultsOf = (...given: Parameters<typeof read>) =>
  read(...given).faults.map(({ text }) => text)

function good(...given: Parameters<typeof read>) {
  const loaded = read(...given)
  assert.deepEqual(loaded.faults, [])
  assert.ok(loaded.instance)
  return loaded.instance
}

test('each leg is a contract of its own, by its own name at its desk', () => {
  const arb = good({
    exchange_config: { capital: 5000, leverage: 2, account: 'a', paper: { taker_bps: 4 } },
    legs: [
      okx,
      {
        ...hyper,
        leverage: 5,
        capital: '250.5',
        account: 'b',
        settle_rate: '0.9995',
        paper: { maker_bps: -1 },
      },
    ],
  })
  assert.equal(arb.id, 'arb_1')
  const told = contractsOf(arb).map((one) => [
    one.instance,
    one.venue,
    one.symbol,
    one.account,
    one.leverage,
    one.capital,
    one.bookDepth,
  ])
  assert.deepEqual(told, [
    ['arb_1', 'okx', 'BTC/USDT:USDT', 'a', 2, 5000e8, 5],
    ['arb_1.2', 'hyperliquid', 'BTC/USDC:USDC', 'b', 5, 250.5e8, 5],
  ])
  assert.deepEqual(
    legsOf(arb).map(({ settleRate }) => settleRate),
    [1e8, 0.9995e8],
  )
  const [first, second] = contractsOf(arb).map(({ paper }) => paper)
  assert.deepEqual([first?.maker, first?.taker], [20_000, 40_000])
  assert.deepEqual(
    [second?.maker, second?.taker],
    [-10_000, 40_000],
    'what a leg leaves out is that of exchange_config',
  )
})

test('daily loss and drawdown of one leg are off at its desk and held on the sum', () => {
  const risk_config = {
    max_daily_loss: 0.03,
    max_drawdown: 0.08,
    on_breach: 'flatten',
    max_consecutive_losses: 3,
  }
  const arb = good({ risk_config, legs: [okx, hyper] })
  for (const { limits } of contractsOf(arb)) {
    assert.deepEqual(
      [limits.dailyLossMax, limits.drawdownMax, limits.consecutiveLossesMax],
      [0, 0, 0],
    )
    assert.equal(limits.onBreach, 'flatten')
  }
  assert.deepEqual(arb.legsLimits, {
    dailyLossMax: 0.03e8,
    drawdownMax: 0.08e8,
    onBreach: 'flatten',
  })
  const single = good({ risk_config, metadata: { strategy: 'single', ...okx } })
  assert.equal(single.legsLimits, null)
  assert.deepEqual([single.settings.limits.dailyLossMax, single.legs.length], [0.03e8, 0])
  assert.equal(single.settings.bookDepth, undefined)
})

test('keys stand where the leg is: its own entry of the vault, its own addresses', () => {
  const arb = good({
    exchange_config: { mode: 'testnet', capital: 100, key: 'shared' },
    legs: [okx, { ...hyper, key: 'hl', ws_url: 'wss://example.test' }],
  })
  assert.deepEqual(
    legsOf(arb).map(({ access }) => access?.credential),
    [
      { kind: 'vault', entry: 'shared' },
      { kind: 'vault', entry: 'hl' },
    ],
  )
  assert.deepEqual(
    legsOf(arb).map(({ access }) => access?.wsUrl),
    [null, 'wss://example.test'],
  )
})

test('on paper the keys of a leg are neither read nor asked for', () => {
  good({ legs: [{ ...okx, key: '${NOT_SET}' }, hyper] })
  assert.match(
    faultsOf({
      exchange_config: { mode: 'testnet', capital: 1 },
      legs: [{ ...okx, key: 'a' }, hyper],
    }).join(),
    /^arb_1\.json:\d+: legs\[1\]\.key is missing: name the vault entry of the account/,
  )
})

test('a file on paper holds secrets when there are some, and not when a key is misspelt', () => {
  const warned = (leg: object) => {
    const files = {
      'x.json': JSON.stringify({ metadata: { strategy: 'pair' }, legs: [leg, hyper] }),
    }
    return load(files).warnings.map(({ text }) => text)
  }
  assert.deepEqual(warned(okx), [])
  assert.deepEqual(warned({ ...okx, fee: '5', key: 'okx-arb' }), [])
  assert.match(warned({ ...okx, api_key: 'abcd-efgh' }).join(), /holds secrets .* chmod 600/)
})

test('a secret in a leg is a secret', () => {
  const text = JSON.stringify({ legs: [{ ...okx, secret_key: 'abcd-efgh' }] })
  assert.doesNotMatch(maskedText(text, 'a.json'), /abcd-efgh/)
})

test('what is refused, with file, line, key, what was found and what is allowed', () => {
  const cases: readonly [Readonly<Record<string, unknown>>, RegExp][] = [
    [{}, /^arb_1\.json:\d+: legs is missing: pair trades 2 contracts at once;/],
    [
      { legs: [] },
      /^arb_1\.json:\d+: legs must be a list of at least 2 legs, or left out, found an empty list$/,
    ],
    [{ legs: [okx] }, /: legs must be a list of at least 2 legs, found 1 leg$/],
    [
      { legs: [okx, { ...okx, symbol: 'BTC/USDT:USDT' }] },
      /: legs\[1\] is BTC\/USDT:USDT at okx like legs\[0\]; each leg must be another contract$/,
    ],
    [
      { legs: [okx, hyper, { exchange: 'aster', symbol: 'BTCUSDT' }] },
      /: legs must be 2 contracts: pair trades no other number, found 3 legs$/,
    ],
    [
      { legs: [okx, { ...hyper, settle_rate: 0 }] },
      /: legs\[1\]\.settle_rate must be a number above 0 and at most 10000 with at most 8 decimals, found 0$/,
    ],
    [
      { legs: [okx, { ...hyper, settle_rate: '-1' }] },
      /: legs\[1\]\.settle_rate must be a number above 0/,
    ],
    [
      { legs: [{ ...okx, settle_rate: 0.99 }, hyper] },
      /: legs\[0\]\.settle_rate must be 1: all other legs are worth so much of its currency, found 0\.99$/,
    ],
    [{ legs: [okx, { symbol: 'BTC_USDC_PERP' }] }, /: legs\[1\]\.exchange is missing$/],
    [
      { legs: [okx, { ...hyper, symbol: 'BTC/USD:BTC' }] },
      /: legs\[1\]\.symbol: BTC\/USD:BTC settles in BTC;/,
    ],
    [
      { legs: [okx, { ...hyper, exchange: 'hyperliquit' }] },
      /: legs\[1\]\.exchange must be the name of a venue, found "hyperliquit"; did you mean hyperliquid\?$/,
    ],
    [
      { legs: [okx, { ...hyper, leverage: 50 }] },
      /: legs\[1\]\.leverage must be at most trading\.max_leverage, which is 10, found 50$/,
    ],
    [
      { legs: [okx, { ...hyper, capital: 20_000 }] },
      /: legs\[1\]\.capital must be at most legs\[1\]\.paper\.initial_balance, which is 10000, found 20000$/,
    ],
    [{ legs: [okx, { ...hyper, mode: 'live' }] }, /: legs\[1\]\.mode is not a known key;/],
    [
      { metadata: { strategy: 'pair', exchange: 'aster' }, legs: [okx, hyper] },
      /: metadata\.exchange must be that of the first leg, okx, or left out: with legs each leg names its own, found "aster"$/,
    ],
    [
      { metadata: { strategy: 'single' }, legs: [okx, hyper] },
      /: legs must be left out: single trades one contract, metadata\.exchange and metadata\.symbol, found 2 legs$/,
    ],
    [
      { metadata: { strategy: 'pair', ...okx } },
      /: legs is missing: pair trades 2 contracts at once; list them, each with exchange and symbol \(docs\/guides\/arbitrage\.md\)$/,
    ],
  ]
  for (const [sections, expected] of cases) {
    const faults = faultsOf(sections)
    assert.match(faults[0] ?? 'no fault', expected)
    assert.ok(faults.length <= 2, faults.join('\n'))
    assert.equal(read(sections).instance, null)
  }
})

test('every fault of every leg is told at once', () => {
  const legs = [
    { ...okx, levrage: 3 },
    { ...hyper, settle_rate: 0, symbol: 'BTC/USD:BTC' },
  ]
  assert.deepEqual(
    read({ legs }).faults.map(({ key }) => key),
    ['legs[0].levrage', 'legs[1].settle_rate', 'legs[1].symbol'],
  )
  const torn = faultsOf({ legs: [okx, 7] })
  assert.match(torn.join(), /legs\[1\] must be a section with keys, found 7/)
})

test('one account has one way to its venue', () => {
  const other = { exchange: 'okx', symbol: 'ETH-USDT-SWAP' }
  const exchange_config = { mode: 'testnet', capital: 100, key: 'main' }
  good({ exchange_config, legs: [okx, other] })
  assert.match(
    faultsOf({ exchange_config, legs: [okx, { ...other, key: 'b', proxy: 'http://host:1' }] })[0] ??
      '',
    /: legs\[1\] and legs\[0\] both trade on account main of okx and differ in key, proxy; one account has one desk: make them the same, or name two accounts$/,
  )
  good({ exchange_config, legs: [okx, { ...other, key: 'b', account: 'second' }] })
})

test('a venue without isolated margin is told at its leg', () => {
  const legs = [okx, { exchange: 'backpack', symbol: 'BTC_USDC_PERP', key: 'bp' }]
  const faults = faultsOf(
    { exchange_config: { mode: 'live', capital: 100, key: 'a' }, legs },
    {},
    fleetWith({ PERPFLEET_TRADING_LIVE: 'true' }),
  )
  assert.match(
    faults.join(),
    /: legs\[1\]\.margin_mode must be cross: backpack knows no other, found isolated$/,
  )
})

test('what is wrong for all legs alike is told once', () => {
  const exchange_config = { mode: 'live', capital: 100, key: 'a' }
  const faults = faultsOf({ exchange_config, legs: [okx, hyper] })
  assert.equal(faults.length, 1, faults.join('\n'))
  assert.match(faults[0] ?? '', /exchange_config\.mode live: trading\.live is false/)
})
