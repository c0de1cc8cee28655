import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadFleetConfiguration } from './fleet-configuration.ts'
import { loadInstanceText } from './instances.ts'
import { credentialNames } from './venue-access.ts'

/** An instance file with this exchange_config, in a home with this local.yml. */
function load(venue: string, exchange: object, fleet = '', risk: object = {}) {
  const home = mkdtempSync(join(tmpdir(), 'access-'))
  try {
    const file = join(home, 'fleet.yml')
    writeFileSync(file, fleet === '' ? '{}\n' : fleet, { mode: 0o600 })
    const { configuration } = loadFleetConfiguration({ home, fleetConfig: file })
    const text = JSON.stringify({
      metadata: { exchange: venue, symbol: 'BTC/USDC:USDC', strategy: 'perp_grid' },
      exchange_config: exchange,
      risk_config: risk,
      strategy_config: {
        grid_lower_price: 1,
        grid_upper_price: 2,
        grid_num: 3,
        order_quantity: 1,
      },
    })
    const environment = { variables: { OKX_SECRET: 's3cret' }, files: [] }
    return loadInstanceText(join(home, 'a.json'), text, configuration, {
      environment: environment as never,
    })
  } finally {
    rmSync(home, { recursive: true })
  }
}

const texts = (loaded: ReturnType<typeof load>) => loaded.faults.map(({ text }) => text)
const keys = { capital: 1000, api_key: 'a', secret_key: 'b', passphrase: 'c' }

describe('who may trade where', () => {
  test('paper asks for nothing and has no access', () => {
    const { instance, faults } = load('okx', { mode: 'paper', api_key: '${NOT_THERE}' })
    assert.deepEqual(faults, [])
    assert.equal(instance?.access, null)
  })

  test('live needs trading.live, capital and keys, all told at once', () => {
    const said = texts(load('okx', { mode: 'live' }))
    assert.equal(said.length, 3)
    assert.match(said[0] ?? '', /exchange_config.mode live: trading.live is false; set it to true/)
    assert.match(said[1] ?? '', /exchange_config.capital is missing: with mode live say how much/)
    assert.match(
      said[2] ?? '',
      /exchange_config.key is missing: .* or give api_key, secret_key, passphrase/,
    )
  })

  test('live with everything is taken, and its money is no paper money', () => {
    const { instance, faults } = load('okx', { mode: 'live', ...keys }, 'trading: {live: true}\n')
    assert.deepEqual(faults, [])
    assert.equal(instance?.settings.paper, null)
    assert.deepEqual(instance?.access?.credential, {
      kind: 'given',
      values: { api_key: 'a', secret_key: 'b', passphrase: 'c' },
    })
  })

  test('risk_config.live false and exchanges[].testnet forbid it', () => {
    const own = load('okx', { mode: 'live', ...keys }, 'trading: {live: true}\n', { live: false })
    assert.match(texts(own)[0] ?? '', /risk_config.live is false/)
    const fleet = 'trading: {live: true}\nexchanges: [{name: okx}]\n'
    assert.match(
      texts(load('okx', { mode: 'live', ...keys }, fleet))[0] ?? '',
      /stands in exchanges with testnet true/,
    )
  })

  test('a venue without a test network points to the sandbox', () => {
    for (const venue of ['backpack', 'aster'])
      assert.match(
        texts(load(venue, { mode: 'testnet', capital: 10, key: 'one' }))[0] ?? '',
        /has no test network; rehearse with mode sandbox/,
      )
  })

  test('the sandbox hands out its own keys, for four venues', () => {
    const { instance } = load('aster', { mode: 'sandbox', capital: 10 })
    assert.deepEqual(instance?.access?.credential, { kind: 'sandbox' })
    assert.match(
      texts(load('bybit', { mode: 'sandbox', capital: 10 }))[0] ?? '',
      /speaks for okx, hyperliquid, backpack, aster, not for bybit/,
    )
  })

  test('an adapter that is not verified must be accepted', () => {
    const given = { mode: 'testnet', capital: 10, key: 'one' }
    assert.match(texts(load('bybit', given))[0] ?? '', /accept_unverified true/)
    assert.deepEqual(texts(load('bybit', { ...given, accept_unverified: true })), [])
  })

  test('the entry of the vault comes from the instance, else from exchanges, never beside keys', () => {
    const fleet = 'exchanges: [{name: okx, key: shared, testnet: true, proxy: "http://p:1"}]\n'
    const shared = load('okx', { mode: 'testnet', capital: 10 }, fleet).instance?.access
    assert.deepEqual(shared?.credential, { kind: 'vault', entry: 'shared' })
    assert.equal(shared?.proxy, 'http://p:1')
    const own = load('okx', { mode: 'testnet', capital: 10, key: 'own' }, fleet).instance?.access
    assert.deepEqual(own?.credential, { kind: 'vault', entry: 'own' })
    const both = texts(load('okx', { mode: 'testnet', key: 'own', ...keys }))
    assert.match(both[0] ?? '', /exchange_config.key must be alone, or left out/)
  })

  test('a venue that has cross margin alone says so', () => {
    const given = { mode: 'sandbox', capital: 10 }
    assert.match(
      texts(load('backpack', given))[0] ?? '',
      /exchange_config.margin_mode must be cross: backpack knows no other, found isolated/,
    )
    assert.deepEqual(texts(load('backpack', { ...given, margin_mode: 'cross' })), [])
  })

  test('each venue asks for what it knows', () => {
    assert.deepEqual(credentialNames('hyperliquid'), ['wallet_address', 'private_key'])
    assert.deepEqual(credentialNames('bybit'), ['api_key', 'secret_key'])
  })
})
