import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arbitrageSection, scanSettings } from './arbitrage-schema.ts'
import type { ValueOf } from './schema.ts'

const defaults = Object.fromEntries(
  Object.entries(arbitrageSection.keys).map(([name, key]) => [name, key.default]),
) as ValueOf<typeof arbitrageSection>

test('nothing is compared before two different venues are named', () => {
  assert.equal(scanSettings(defaults), null)
  assert.equal(scanSettings({ ...defaults, venues: ['okx', 'okx'] }), null)
  assert.deepEqual(scanSettings({ ...defaults, venues: ['okx', 'aster'] })?.venues, [
    'okx',
    'aster',
  ])
})

test('what is written becomes integers, exactly', () => {
  const values = {
    ...{ venues: ['okx', 'aster'], min_edge_bps: '2.5', slippage_bps: '0.01', notional: '250.5' },
    ...{ holding_s: 0.5, stale_after_s: 2.5, quote_rates: ['USDT=0.9995', 'USDC=1'] },
  }
  const settings = scanSettings({ ...defaults, ...values })
  assert.deepEqual(settings, {
    ...{ venues: ['okx', 'aster'], symbols: [], edgeMin: 25_000, slippage: 100 },
    edgeMax: 5_000_000,
    ...{ notional: 25_050_000_000, holdingMs: 500, ageMaxMs: 2500, intervalMs: 500 },
    rates: { USDT: 99_950_000, USDC: 100_000_000 },
  })
  const finer = scanSettings({ ...defaults, ...values, min_edge_bps: '0.00001' })
  assert.equal(finer?.edgeMin, 1, 'rounded up')
})

test('a rate is a currency with its worth', () => {
  const { schema } = arbitrageSection.keys.quote_rates
  for (const good of ['USDT=1', 'USDE=0.98765432']) assert.ok(schema.safeParse([good]).success)
  for (const bad of ['USDT', 'usdt=1', 'USDT=-1', 'USDT=1e3', 'USDT=0.123456789'])
    assert.ok(!schema.safeParse([bad]).success, bad)
})
