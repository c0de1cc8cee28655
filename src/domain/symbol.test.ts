import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseSymbol, venueSpelling } from './symbol.ts'

const readable: readonly (readonly [string, string, 'linear' | 'inverse', string])[] = [
  ['SOL/USDC:USDC', 'SOL/USDC:USDC', 'linear', 'SOL_USDC_PERP'],
  ['SOL_USDC_PERP', 'SOL/USDC:USDC', 'linear', 'SOL_USDC_PERP'],
  [' sol_usdc_perp ', 'SOL/USDC:USDC', 'linear', 'SOL_USDC_PERP'],
  ['BTC-USDT-SWAP', 'BTC/USDT:USDT', 'linear', 'BTC_USDT_PERP'],
  ['BTC-USD-SWAP', 'BTC/USD:BTC', 'inverse', 'BTC_USD_BTC_PERP'],
  ['BTC_USD_BTC_PERP', 'BTC/USD:BTC', 'inverse', 'BTC_USD_BTC_PERP'],
  ['BTCUSDT', 'BTC/USDT:USDT', 'linear', 'BTC_USDT_PERP'],
  ['1000PEPEUSDC', '1000PEPE/USDC:USDC', 'linear', '1000PEPE_USDC_PERP'],
  ['ETHBTC', 'ETH/BTC:BTC', 'linear', 'ETH_BTC_PERP'],
]

for (const [text, symbol, kind, spelling] of readable) {
  test(`${text} is ${symbol}`, () => {
    const parsed = parseSymbol(text)
    assert.equal(parsed.symbol, symbol)
    assert.equal(parsed.kind, kind)
    assert.equal(venueSpelling(parsed), spelling)
    assert.deepEqual(parseSymbol(venueSpelling(parsed)), parsed)
  })
}

const unreadable: readonly (readonly [string, RegExp])[] = [
  ['', /symbol "" cannot be read: write it like SOL\/USDC:USDC/],
  ['SOL/USDC', /names no perpetual contract: write SOL\/USDC:USDC or SOL_USDC_PERP/],
  ['SOL-USDC', /names no perpetual contract/],
  ['BTCUSD', /does not say in which currency it settles: write BTC\/USD:USD or BTC\/USD:BTC/],
  ['BTCFDUSD', /can be read as BTC\/FDUSD and as BTCFD\/USD/],
  ['USDT', /cannot be read/],
  ['SOL', /cannot be read/],
  ['SOL/USDC:EUR', /settles in EUR: a perpetual contract settles in its quote \(SOL\/USDC:USDC\)/],
  ['SOL_SOL_PERP', /has SOL on both sides/],
  ['../etc/passwd', /cannot be read/],
]

for (const [text, message] of unreadable) {
  test(`"${text}" is refused with a sentence`, () => {
    assert.throws(() => parseSymbol(text), { name: 'RangeError', message })
  })
}

test('every symbol comes back from its two spellings', () => {
  const currency = fc.stringMatching(/^[A-Z0-9]{1,8}$/)
  fc.assert(
    fc.property(currency, currency, fc.boolean(), (base, quote, isLinear) => {
      fc.pre(base !== quote)
      const symbol = parseSymbol(`${base}/${quote}:${isLinear ? quote : base}`)
      assert.deepEqual(parseSymbol(symbol.symbol), symbol)
      assert.deepEqual(parseSymbol(venueSpelling(symbol)), symbol)
    }),
  )
})
