/** The invariants of what reconciliation books, as properties. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/instruments.ts'
import { InstanceRisk } from '../engine/instance-risk.ts'
import { type InstrumentId, notionalOf } from './instrument.ts'
import { money, price, type Quantity, quantity, ratio } from './money.ts'
import type { ClientOrderId } from './order.ts'
import { applyExecution, FLAT, type Position } from './position/position.ts'
import {
  compareOrders,
  comparePositions,
  isAbsenceProven,
  isAverageDifferent,
  profitAtMark,
  syntheticFill,
} from './reconciliation.ts'

const instrument = testInstrument.id
const difference = fc.record({
  afterSeq: fc.nat(1e9),
  lots: fc.integer({ min: -5000, max: 5000 }).filter((lots) => lots !== 0),
  mark: fc.integer({ min: 1, max: 50_000 }).map(price),
  at: fc.nat(1e12),
})

const newRisk = () =>
  new InstanceRisk(
    {
      instrument: testInstrument,
      capital: money(1e12),
      limits: {
        positionSizeMax: ratio(1e8),
        positionNotionalMax: null,
        dailyLossMax: 0,
        drawdownMax: 0,
        capitalUtilizationMax: ratio(1e8),
        onBreach: 'halt',
      },
      timeZone: 'UTC',
    },
    { last: price(15_000), mark: price(15_000) },
    0,
  )

describe('what no event explains', () => {
  test('is booked so that the quantity is that of the venue', () => {
    fc.assert(
      fc.property(difference, fc.integer({ min: -900, max: 900 }), (one, booked) => {
        const fill = syntheticFill({ instrument, ...one })
        const after = booked + (fill.side === 'buy' ? fill.quantity : -fill.quantity)
        const venue = new Map([[instrument, quantity(booked + one.lots)]])
        assert.deepEqual(comparePositions(new Map([[instrument, after as Quantity]]), venue), [])
      }),
    )
  })

  test('wins and loses nothing', () => {
    fc.assert(
      fc.property(difference, (one) => {
        const fill = syntheticFill({ instrument, ...one })
        assert.equal(profitAtMark(testInstrument, fill, one.mark), 0)
        const risk = newRisk()
        risk.onPrice(0, { last: one.mark, mark: one.mark })
        const before = risk.equity()
        risk.bookFill(fill)
        assert.equal(risk.equity(), before)
      }),
    )
  })

  test('has an id that depends on what it explains and on nothing else', () => {
    fc.assert(
      fc.property(difference, fc.nat(1e12), fc.integer({ min: 1, max: 99 }), (one, later, mark) => {
        const again = { ...one, at: later, mark: price(mark) }
        const { id } = syntheticFill({ instrument, ...one })
        assert.equal(syntheticFill({ instrument, ...again }).id, id)
        assert.notEqual(syntheticFill({ instrument, ...one, afterSeq: one.afterSeq + 1 }).id, id)
        assert.notEqual(syntheticFill({ instrument, ...one, lots: -one.lots }).id, id)
      }),
    )
  })
})

describe('the average entry price of books and venue', () => {
  test('agrees within 0.01 % and is noticed beyond it', () => {
    const lots = quantity(1000)
    const cost = notionalOf(testInstrument, price(20_000), lots)
    const held: Position = { quantity: lots, cost }
    const off = (part: number) =>
      isAverageDifferent(testInstrument, held, money(Math.round(cost * (1 + part))))
    assert.deepEqual([off(0), off(0.000_09), off(-0.000_09)], [false, false, false])
    assert.deepEqual([off(0.000_11), off(-0.000_11), off(1)], [true, true, true])
    assert.equal(isAverageDifferent(testInstrument, held, money(0)), false, 'it is not told')
    assert.equal(isAverageDifferent(testInstrument, FLAT, cost), false)
  })

  test('is that of the fills, over turns of the position, and unknown after a takeover until it is flat', () => {
    const one = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.integer({ min: 1, max: 50 }),
      at: fc.integer({ min: 10_000, max: 20_000 }),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (fills) => {
        const risk = newRisk()
        let expected = FLAT
        for (const [i, { side, lots, at }] of fills.entries()) {
          const fill = {
            ...syntheticFill({ instrument, afterSeq: i, lots, mark: price(at), at: 0 }),
            side,
          }
          risk.bookFill(fill)
          expected = applyExecution(
            testInstrument,
            expected,
            side,
            price(at),
            quantity(lots),
          ).position
          assert.deepEqual(risk.entry, expected)
        }
        const stored = newRisk()
        stored.restore(risk.state())
        assert.deepEqual(stored.entry, risk.entry)
      }),
    )
    const risk = newRisk()
    risk.adopt(quantity(10))
    assert.equal(risk.entry, null)
    risk.bookFill(syntheticFill({ instrument, afterSeq: 1, lots: -10, mark: price(15_000), at: 0 }))
    assert.deepEqual(risk.entry, FLAT)
  })
})

test('without a deadline nothing that is not found is proven absent', () => {
  assert.equal(isAbsenceProven(null, Number.MAX_SAFE_INTEGER), false)
  assert.equal(isAbsenceProven(1000, 1500), false)
  assert.equal(isAbsenceProven(1000, 1501), true)
})

describe('books and venue side by side', () => {
  test('what only we know is to be looked up, what only the venue knows is foreign', () => {
    const ids = (...names: readonly string[]) => names as ClientOrderId[]
    assert.deepEqual(compareOrders(new Set(ids('a', 'b', 'c')), ids('b', 'x', 'y')), {
      missing: ids('a', 'c'),
      foreign: ids('x', 'y'),
    })
    assert.deepEqual(compareOrders(new Set(), []), { missing: [], foreign: [] })
  })

  test('a position that one of both does not have is 0 there; equal ones are no difference', () => {
    const of = (entries: Record<string, number>) =>
      new Map(Object.entries(entries).map(([id, lots]) => [id as InstrumentId, quantity(lots)]))
    const found = comparePositions(of({ A: 5, B: -2, C: 7, E: 0 }), of({ A: 5, B: 2, D: -1 }))
    assert.deepEqual(found, [
      { instrument: 'B', booked: -2, venue: 2 },
      { instrument: 'C', booked: 7, venue: 0 },
      { instrument: 'D', booked: 0, venue: -1 },
    ])
  })

  test('a fill of nobody sells what is held too much and buys what is missing, at no cost', () => {
    const of = (lots: number) =>
      syntheticFill({ instrument, afterSeq: 3, lots, mark: price(15_000), at: 9 })
    const common = { at: 9, instrument, clientId: null, price: 15_000, fee: 0, isMaker: false }
    assert.deepEqual(of(4), {
      ...common,
      id: `adopted:${instrument}:3:4`,
      side: 'buy',
      quantity: 4,
    })
    assert.deepEqual(of(-4), {
      ...common,
      id: `adopted:${instrument}:3:-4`,
      side: 'sell',
      quantity: 4,
    })
  })

  test('the profit of a fill at mark is the difference of the prices less its fee', () => {
    const fill = syntheticFill({ instrument, afterSeq: 0, lots: -10, mark: price(15_000), at: 0 })
    const paid = { ...fill, fee: money(7) }
    // Ten lots sold 3 price units above mark; a price unit of a lot is worth 10,000.
    assert.equal(profitAtMark(testInstrument, paid, price(14_997)), 10 * 3 * 10_000 - 7)
  })

  test('average prices may differ by the price unit of venues, but contracts of a coin have none', () => {
    // At a price of 20 units 0.01 % is far less than the unit to which a venue rounds it.
    const lots = quantity(-1000)
    const unit = 1000 * testInstrument.moneyPerUnit
    const cheap: Position = { quantity: lots, cost: notionalOf(testInstrument, price(20), lots) }
    const told = (by: number) => isAverageDifferent(testInstrument, cheap, money(cheap.cost + by))
    assert.deepEqual([told(unit), told(-unit)], [false, false])
    assert.deepEqual([told(unit + 1), told(-unit - 1)], [true, true])
    const inverse = { ...testInstrument, kind: 'inverse' as const, moneyPerUnit: 1e10 }
    const held: Position = { quantity: quantity(100), cost: money(49_995_000) }
    assert.equal(isAverageDifferent(inverse, held, money(50_000_000)), false)
    assert.equal(
      isAverageDifferent(inverse, { ...held, cost: money(49_994_999) }, money(5e7)),
      true,
    )
  })
})
