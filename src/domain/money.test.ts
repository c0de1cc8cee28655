import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  divide,
  feeOf,
  formatDecimal,
  InvariantError,
  money,
  mulDiv,
  parseDecimal,
  parseDecimalRounded,
  type Rounding,
  ratio,
} from './money.ts'

const roundings: readonly Rounding[] = ['floor', 'ceil', 'trunc', 'halfEven']
const anySafe = fc.maxSafeInteger()

/** The same quotient by whole numbers without limit, written another way: scale, add, shift. */
function exact(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint {
  const [numerator, denominator] = c < 0n ? [-a * b, -c] : [a * b, c]
  const floor = (x: bigint): bigint =>
    (x - (((x % denominator) + denominator) % denominator)) / denominator
  if (rounding === 'floor') return floor(numerator)
  if (rounding === 'ceil') return -floor(-numerator)
  if (rounding === 'trunc') return numerator < 0n ? -floor(-numerator) : floor(numerator)
  const low = floor(numerator)
  const twice = 2n * (numerator - low * denominator)
  if (twice === denominator) return low % 2n === 0n ? low : low + 1n
  return twice > denominator ? low + 1n : low
}

describe('money', () => {
  test('mulDiv is exact for every rounding', () => {
    fc.assert(
      fc.property(
        anySafe,
        anySafe,
        anySafe.filter((c) => c !== 0),
        fc.constantFrom(...roundings),
        (a, b, c, rounding) => {
          const expected = exact(BigInt(a), BigInt(b), BigInt(c), rounding)
          if (
            expected > BigInt(Number.MAX_SAFE_INTEGER) ||
            expected < BigInt(Number.MIN_SAFE_INTEGER)
          ) {
            assert.throws(() => mulDiv(a, b, c, rounding), InvariantError)
          } else assert.equal(mulDiv(a, b, c, rounding), Number(expected))
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('mulDiv loses no digit where the product has more than 53 bits and the quotient has fewer', () => {
    const sized = (bits: number) => fc.integer({ min: -(2 ** bits), max: 2 ** bits })
    const factor = fc.oneof(sized(30), sized(45), anySafe)
    const quotient = fc.tuple(factor, factor, fc.constantFrom(100_000_000, 2, -6, 152, 2 ** 31 + 1))
    fc.assert(
      fc.property(quotient, fc.constantFrom(...roundings), ([a, b, c], rounding) => {
        const expected = exact(BigInt(a), BigInt(b), BigInt(c), rounding)
        if (Number.isSafeInteger(Number(expected)))
          assert.equal(mulDiv(a, b, c, rounding), Number(expected))
      }),
      { numRuns: 5000 },
    )
    for (const rounding of roundings) {
      for (const sign of [1, -1]) {
        // (2q + 1) · half / (2 · half) = q + 1/2, with a product of 70 bits.
        const [q, half] = [2 ** 40 + 12_345, 2 ** 28 + 1]
        const a = sign * (2 * q + 1)
        const expected = exact(BigInt(a), BigInt(half), BigInt(2 * half), rounding)
        assert.equal(mulDiv(a, half, 2 * half, rounding), Number(expected))
      }
    }
  })

  test('divide agrees with the exact quotient near halves', () => {
    for (const rounding of roundings) {
      for (let a = -25; a <= 25; a++) {
        for (const c of [-10, -4, -3, -1, 1, 3, 4, 10]) {
          assert.equal(
            divide(a, c, rounding),
            Number(exact(BigInt(a), 1n, BigInt(c), rounding)),
            `${a}/${c} ${rounding}`,
          )
        }
      }
    }
  })

  test('a fee is rounded up, a rebate too', () => {
    assert.equal(feeOf(money(1), ratio(20_000)), 1)
    assert.equal(feeOf(money(100_000), ratio(20_000)), 20)
    assert.equal(feeOf(money(100_001), ratio(20_000)), 21)
    assert.equal(feeOf(money(100_001), ratio(-20_000)), -20)
    assert.equal(feeOf(money(1), ratio(-20_000)), 0)
  })

  test('decimal text and integers turn into each other without loss', () => {
    fc.assert(
      fc.property(anySafe, fc.integer({ min: 0, max: 12 }), (value, decimals) => {
        assert.equal(parseDecimal(formatDecimal(value, decimals), decimals), value)
      }),
    )
    assert.equal(parseDecimal('1.50', 1), 15)
    assert.equal(parseDecimal('-0.00', 2), 0)
    assert.equal(parseDecimal('3.25373e-05', 10), 325_373)
    assert.equal(formatDecimal(-5, 2), '-0.05')
    assert.equal(parseDecimalRounded('0.00000000500', 8, 'halfEven'), 0)
    assert.equal(parseDecimalRounded('0.00000001500', 8, 'halfEven'), 2)
  })

  test('what is no decimal, or too fine or large, is refused with its text', () => {
    assert.throws(() => parseDecimal('12,5', 2), /"12,5" is not a decimal number/)
    assert.throws(() => parseDecimal('', 2), /"" is not a decimal number/)
    assert.throws(() => parseDecimal('NaN', 2), /not a decimal/)
    assert.throws(() => parseDecimal('1.234', 2), /"1.234" has more than 2 decimals/)
    assert.throws(() => parseDecimal('99999999999999999999', 0), /too large/)
  })

  test('a number beyond the safe integers stops', () => {
    assert.throws(() => money(2 ** 53), /Invariant: money must be a safe integer/)
    assert.throws(() => money(Number.NaN), InvariantError)
    assert.throws(() => mulDiv(1, 1, 0, 'floor'), InvariantError)
  })
})
