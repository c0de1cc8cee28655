import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSetName, parseSetName } from './history.ts'

test('a set name is read in both spellings and written in one', () => {
  for (const text of ['hyperliquid/SOL_USDC_PERP/5m', 'hyperliquid/SOL/USDC:USDC/5m']) {
    const name = parseSetName(text)
    assert.equal(name.symbol.symbol, 'SOL/USDC:USDC')
    assert.equal(formatSetName(name), 'hyperliquid/SOL_USDC_PERP/5m')
  }
})

test('a window is half-open, and either end may be left out', () => {
  const both = parseSetName('v/SOL/USDC:USDC/5m@2025-04-01..2025-04-02T06:00')
  assert.deepEqual([both.from, both.to], [Date.UTC(2025, 3, 1), Date.UTC(2025, 3, 2, 6)])
  assert.equal(formatSetName(both), 'v/SOL_USDC_PERP/5m@2025-04-01..2025-04-02T06:00Z')
  assert.deepEqual(parseSetName(formatSetName(both)), both)
  assert.equal(parseSetName('v/SOL_USDC_PERP/5m@2025-04-01..').to, null)
  assert.equal(parseSetName('v/SOL_USDC_PERP/5m@..2025-04-01').from, null)
})

const refused: readonly (readonly [string, RegExp])[] = [
  ['SOL_USDC_PERP/5m', /cannot be read: write venue\/symbol\/timeframe\[@from..to\]/],
  ['v/SOL_USDC_PERP/5m@2025', /window "2025" cannot be read: write from..to/],
  ['v/SOL_USDC_PERP/5m@2025-04-02..2025-04-01', /is empty: its end must be later/],
  ['v/SOL_USDC_PERP/5m@a..b', /time "a" cannot be read/],
  ['v/SOL_USDC_PERP/5m@..@..', /cannot be read/],
  ['../SOL_USDC_PERP/5m', /venue ".." cannot be a name/],
  ['v/SOL_USDC_PERP/5x', /timeframe "5x" cannot be read/],
]
for (const [text, message] of refused) {
  test(`set "${text}" is refused with a sentence`, () => {
    assert.throws(() => parseSetName(text), { name: 'RangeError', message })
  })
}
