import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  formatDecimal,
  formatDuration,
  formatRelative,
  formatShare,
  signOf,
  sumOf,
} from './format.ts'

describe('formatDecimal', () => {
  it('groups, rounds half away from zero and keeps every digit of large numbers', () => {
    assert.equal(formatDecimal('1234.5', { places: 2 }), '1,234.50')
    assert.equal(formatDecimal('-1234.565', { places: 2 }), '−1,234.57')
    assert.equal(formatDecimal('0.005', { places: 2 }), '0.01')
    assert.equal(
      formatDecimal('123456789012345678901.123456789', { places: 9 }),
      '123,456,789,012,345,678,901.123456789',
    )
    assert.equal(formatDecimal('999.995', { places: 2 }), '1,000.00')
  })
  it('shows what it was given where nothing is said, and no zeros at the end with upTo', () => {
    assert.equal(formatDecimal('150.2500'), '150.2500')
    assert.equal(formatDecimal('150.2500', { upTo: 8 }), '150.25')
    assert.equal(formatDecimal('0.123456789', { upTo: 8 }), '0.12345679')
    assert.equal(formatDecimal('100', { upTo: 8 }), '100')
  })
  it('signs what is not zero: what rounds to zero has no sign', () => {
    assert.equal(formatDecimal('3', { places: 2, signed: true }), '+3.00')
    assert.equal(formatDecimal('-0.001', { places: 2, signed: true }), '0.00')
  })
  it('shows a dash for nothing and for what is no decimal text', () => {
    for (const text of [null, undefined, '', 'NaN', '1e5']) assert.equal(formatDecimal(text), '–')
  })
})

describe('shares, signs and sums', () => {
  it('turns a share into percent', () => {
    assert.equal(formatShare('0.0123'), '1.23')
    assert.equal(formatShare(-0.5, 1), '−50.0')
    assert.equal(formatShare(null), '–')
  })
  it('knows the sign, and zero when it rounds to zero', () => {
    assert.deepEqual(
      ['-0.001', '0', '5', null].map((text) => signOf(text)),
      [-1, 0, 1, 0],
    )
    assert.equal(signOf('-0.001', 2), 0)
  })
  it('adds up exactly, and nothing to nothing', () => {
    assert.equal(sumOf(['0.1', '0.2', null, '-0.35']), '-0.05')
    assert.equal(sumOf([null, undefined]), null)
  })
})

describe('times', () => {
  it('tells spans by their two largest units', () => {
    assert.equal(formatDuration(93_784, 'en'), '1d 2h')
    assert.equal(formatDuration(59, 'en'), '59s')
    assert.equal(formatDuration(3600, 'en'), '1h')
    assert.equal(formatDuration(null, 'en'), '–')
  })
  it('tells how long ago it was', () => {
    assert.equal(formatRelative(0, 180_000, 'en'), '3 min. ago')
    assert.equal(formatRelative(0, 2000, 'en'), 'now')
  })
})
