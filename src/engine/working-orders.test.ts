import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest } from '../domain/order.ts'
import { isExposed } from '../domain/order-state.ts'
import type { VenueOrderStatus } from '../domain/venue-report.ts'
import { WorkingOrders } from './working-orders.ts'

const ID = 'id' as ClientOrderId
const LOTS = 10
const request: OrderRequest = {
  instrument: testInstrument.id,
  side: 'buy',
  kind: 'limit',
  price: price(15_000),
  quantity: quantity(LOTS),
  timeInForce: 'gtc',
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
}
const fill = (lots: number): Fill => ({
  id: 'f',
  at: 0,
  instrument: testInstrument.id,
  clientId: ID,
  side: 'buy',
  price: price(15_000),
  quantity: quantity(lots),
  fee: money(0),
  isMaker: true,
})

function tracked() {
  const orders = new WorkingOrders(() => {})
  const order = orders.track(ID, { kind: 'slot', slot: 'B' }, request, null, quantity(0))
  const told = (status: VenueOrderStatus, filled: number) =>
    orders.report({ clientId: ID, status, quantityFilled: quantity(filled) }, null, 0)
  const reserved = () => orders.exposure(quantity(0)).buying
  return { orders, order, told, reserved }
}

test('what has ended never works again, whatever is told late', () => {
  const { orders, order, told, reserved } = tracked()
  told('canceled', 4)
  assert.deepEqual([order.status, orders.size], ['final', 1], 'fills are still to come')
  told('open', 0)
  orders.lose(order)
  orders.reportCancel({ kind: 'absent', clientId: ID })
  orders.bookFill(order, fill(1))
  assert.equal(order.status, 'final')
  orders.bookFill(order, fill(3))
  assert.deepEqual([order.status, orders.size, reserved()], ['settled', 0, 0])
})

test('an order that is withdrawn is open until the venue has ended it, and unknown when nobody finds it', () => {
  const { orders, order, told } = tracked()
  told('open', 0)
  orders.cancel(order)
  assert.equal(order.status, 'cancelling')
  told('open', 0)
  assert.equal(order.status, 'cancelling', 'an older word of the venue')
  orders.reportCancel({ kind: 'absent', clientId: ID })
  assert.deepEqual([order.status, order.isCancelRequested], ['unknown', false])
  told('open', 0)
  assert.equal(order.status, 'open')
})

test('an order that was open and that nobody finds after its deadline is gone', () => {
  const { orders, order, told, reserved } = tracked()
  told('open', 0)
  orders.bookFill(order, fill(3))
  orders.proveAbsent(order)
  assert.deepEqual([orders.size, reserved()], [0, 0])
})

test('whatever is told in whatever order: what is reserved is what the venue may still fill, and it ends once', () => {
  const word = fc.constantFrom(
    'open',
    'canceled',
    'rejected',
    'lose',
    'cancel',
    'absent',
    'unknown',
    'fill',
  )
  const property = fc.property(fc.array(word, { maxLength: 25 }), (words) => {
    const { orders, order, told, reserved } = tracked()
    let isOver = false
    for (const one of words) {
      if (orders.size === 0) break
      if (one === 'open') told('open', order.booked)
      else if (one === 'canceled' || one === 'rejected') told(one, order.booked)
      else if (one === 'lose') orders.lose(order)
      else if (one === 'cancel') orders.cancel(order)
      else if (one === 'fill') orders.bookFill(order, fill(1))
      else orders.reportCancel({ kind: one, clientId: ID, reason: '' })
      isOver ||= !isExposed(order.status)
      assert.equal(isExposed(order.status), !isOver)
      assert.equal(reserved(), orders.size === 0 ? 0 : LOTS - order.booked)
    }
  })
  fc.assert(property, { numRuns: 400 })
})
