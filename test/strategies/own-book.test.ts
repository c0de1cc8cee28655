/** The books of a strategy against the ledger of its instance, on random fills of linear and inverse contracts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Instrument } from '../../src/domain/instrument.ts'
import { formatMoney, money, price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import {
  adoptPosition,
  bookFill,
  emptyOwnBook,
  entryOf,
  totalAt,
} from '../../src/domain/signal/own-book.ts'
import { InstanceLedger } from '../../src/engine/instance-ledger.ts'
import { btcInstrument } from '../support/instruments.ts'

const linear = btcInstrument()
const inverse: Instrument = {
  ...linear,
  kind: 'inverse',
  moneyPerUnit: 100_000_000,
  quantityDecimals: 0,
  lotSize: 1,
}

for (const instrument of [linear, inverse]) {
  test(`${instrument.kind}: position, cost and total are those of the ledger`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.array(
          fc.record({
            lots: fc.integer({ min: -60, max: 60 }).filter((lots) => lots !== 0),
            at: fc.integer({ min: 1_500_000, max: 2_500_000 }),
            fee: fc.integer({ min: -50, max: 500 }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        (found, fills) => {
          const ledger = new InstanceLedger([instrument], money(1e10))
          const book = emptyOwnBook()
          if (found !== 0) {
            ledger.adopt(0, quantity(found), price(2_000_000))
            adoptPosition(book, instrument, found, 2_000_000)
          }
          for (const [index, { lots, at, fee }] of fills.entries()) {
            const fill = {
              id: String(index),
              at: index,
              instrument: instrument.id,
              clientId: `pf${index}` as ClientOrderId,
              side: lots > 0 ? ('buy' as const) : ('sell' as const),
              price: price(at),
              quantity: quantity(Math.abs(lots)),
              fee: money(fee),
              isMaker: false,
            }
            ledger.fill(0, fill)
            bookFill(book, instrument, fill)
            assert.deepEqual([book.position, book.cost], [ledger.position, ledger.cost])
            const prices = [{ last: price(1_999_999), mark: price(1_999_999) }]
            assert.equal(
              formatMoney(money(totalAt(book, instrument, 1_999_999))),
              ledger.report(prices).total,
            )
            const entry = entryOf(book, instrument)
            assert.equal(entry === null, book.position === 0)
            if (entry !== null) assert.ok(entry > 1_490_000 && entry < 2_510_000, String(entry))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
}
