import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal } from '../domain/money.ts'
import { canonicalDecimal, ratioOf, ratioOfBasisPoints } from './decimal.ts'

test('decimals are written without exponent, plus and empty zeros', () => {
  const cases: [string, string | null][] = [
    ['150', '150'],
    ['+0150.50', '150.5'],
    ['-0.0', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.25e1', '12.5'],
    ['125e-3', '0.125'],
    ['1.5E-8', '0.000000015'],
    ['', null],
    ['.', null],
    ['1,5', null],
    ['0x10', null],
    ['NaN', null],
    ['1e999', null],
  ]
  for (const [text, expected] of cases) assert.equal(canonicalDecimal(text), expected, text)
})

test('a canonical decimal stays as it is and has the same value', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: -9, max: 9 }),
      (value, decimals, exponent) => {
        const text = formatDecimal(value, decimals)
        const canonical = canonicalDecimal(`${text}e${exponent}`) ?? ''
        assert.equal(canonicalDecimal(canonical), canonical)
        const scaled = Number(`${text}e${exponent}`)
        assert.equal(Number(canonical), scaled === 0 ? 0 : scaled)
      },
    ),
  )
})

test('shares and basis points become ratios of 1e-8', () => {
  assert.equal(ratioOf(0.05), 5_000_000)
  assert.equal(ratioOf(1), 100_000_000)
  assert.equal(ratioOf(1e-9), 0)
  assert.equal(ratioOfBasisPoints(2), 20_000)
  assert.equal(ratioOfBasisPoints(4.5), 45_000)
  assert.equal(ratioOfBasisPoints(-0.5), -5_000)
})
