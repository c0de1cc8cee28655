import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { SOL } from '../../test/bot/tiny-strategy.ts'
import { FillFingerprint, type FingerprintedFill } from './fingerprint.ts'
import { type Instrument, instrumentId } from './instrument.ts'
import { formatDecimal, formatMoney, money, price, quantity } from './money.ts'

/** The definition in words of the module, in the plainest way. */
function line(instrument: Instrument, fill: FingerprintedFill): string {
  const amount = formatDecimal(fill.quantity * instrument.lotSize, instrument.quantityDecimals)
  const at = formatDecimal(fill.price, instrument.priceDecimals)
  const role = fill.isMaker ? 'maker' : 'taker'
  return `${fill.at}|${instrument.id}|${fill.side}|${at}|${amount}|${formatMoney(fill.fee)}|${role}\n`
}

const fills: fc.Arbitrary<FingerprintedFill[]> = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 4e12 }),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    price: fc.integer({ min: 1, max: 1e12 }).map(price),
    quantity: fc.integer({ min: 1, max: 1e12 }).map(quantity),
    fee: fc.integer({ min: -1e12, max: 1e12 }).map(money),
    isMaker: fc.boolean(),
  }),
  { maxLength: 12 },
)

const shapes = fc.constantFrom<Instrument>(
  SOL,
  { ...SOL, priceDecimals: 0, quantityDecimals: 0, lotSize: 1 },
  { ...SOL, priceDecimals: 6, quantityDecimals: 1, lotSize: 5 },
  { ...SOL, id: instrumentId('aster', '币安人生/USDT:USDT é 🚀') },
)

test('the fingerprint is the SHA-256 of the canonical lines, also when stored and taken up at every fill', () => {
  fc.assert(
    fc.property(shapes, fills, (instrument, list) => {
      let running = new FillFingerprint()
      let text = ''
      for (const fill of list) {
        running = FillFingerprint.restore(JSON.parse(JSON.stringify(running.stored())))
        running.add(instrument, fill)
        text += line(instrument, fill)
        assert.equal(running.value(), createHash('sha256').update(text).digest('hex'))
      }
      assert.equal(running.fills, list.length)
    }),
    { numRuns: 150 },
  )
})

test('every part of a fill counts', () => {
  const fill: FingerprintedFill = {
    at: 1,
    side: 'buy',
    price: price(2),
    quantity: quantity(3),
    fee: money(4),
    isMaker: true,
  }
  const values = [
    fill,
    { ...fill, at: 2 },
    { ...fill, side: 'sell' as const },
    { ...fill, price: price(3) },
    { ...fill, quantity: quantity(4) },
    { ...fill, fee: money(-4) },
    { ...fill, isMaker: false },
  ].map((changed) => {
    const fingerprint = new FillFingerprint()
    fingerprint.add(SOL, changed)
    return fingerprint.value()
  })
  assert.equal(new Set(values).size, values.length)
})

test('a stored fingerprint whose parts do not fit is refused', () => {
  const stored = new FillFingerprint().stored()
  assert.throws(() => FillFingerprint.restore({ ...stored, bytes: 5 }), /Invariant/)
})
