/** What wakes the loop: every input that changes what a plan would find, while everything else is at rest. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId, Side } from '../domain/order.ts'
import type { RestingWant, TargetWant, WantChange } from '../domain/strategy.ts'
import { OrderLoop } from './order-loop.ts'

const limits = {
  positionSizeMax: ratio(100_000_000),
  positionNotionalMax: null,
  dailyLossMax: ratio(5_000_000),
  drawdownMax: 0,
  capitalUtilizationMax: ratio(100_000_000),
  onBreach: 'reduce_only' as const,
}
const options = {
  instance: 'a',
  instrument: testInstrument,
  capital: money(1_000_000_000_000),
  leverage: 1,
  limits,
  timeZone: 'UTC',
}
const at = 1_700_000_000_000
const prices = (value: number) => ({ last: price(value), mark: price(value) })
const idOf = (name: string) => name as ClientOrderId

function rest(slot: string, side: Side, at: number, lots: number): WantChange {
  const want: RestingWant = {
    slot,
    instrument: testInstrument.id,
    side,
    price: price(at),
    quantity: quantity(lots),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
  return { kind: 'rest', want }
}

function target(lots: number, style: TargetWant['style'] = 'take'): WantChange {
  const want: TargetWant = {
    instrument: testInstrument.id,
    quantity: quantity(lots),
    worstPrice: price(15_200),
    style,
    deadlineAt: null,
    isReduceOnly: false,
  }
  return { kind: 'target', want }
}

describe('the loop is woken', () => {
  let loop: OrderLoop
  let ids = 0
  let seq = 0

  beforeEach(() => {
    ids = 0
    seq = 0
    loop = new OrderLoop(options, at, prices(15_000))
  })

  const place = () => loop.plan(at, () => idOf(`id${++ids}`), null)
  /** What is sent now: `id`s of cancels, and `side price` of orders. */
  const sent = () => {
    const { cancels, places } = place()
    const orders = places.map(
      ({ intent: { request } }) => `${request.side} ${request.quantity} @ ${request.price}`,
    )
    return [...cancels, ...orders]
  }
  const accept = (id: string) =>
    loop.onPlaced({
      kind: 'accepted',
      clientId: idOf(id),
      status: 'open',
      quantityFilled: quantity(0),
    })
  /** Wants that rest, and a loop that has nothing to do. */
  const resting = (...changes: WantChange[]) => {
    loop.applyWants(seq, false, changes)
    for (const { intent } of place().places) accept(intent.clientId)
    place()
    assert.equal(loop.hasWork(), false)
  }
  const fill = (clientId: string | null, side: Side, lots: number, at_ = 15_000) => {
    const head = { id: `f${++seq}`, at, instrument: testInstrument.id, isMaker: true }
    const terms = { side, price: price(at_), quantity: quantity(lots), fee: money(0) }
    const told = { ...head, ...terms, clientId: clientId === null ? null : idOf(clientId) }
    const event = { kind: 'fill', venueSeq: seq, at, isLiquidation: false, fill: told } as const
    if (loop.onVenueEvent(event, () => null)) loop.handed(seq)
  }
  const hold = (lots: number) => {
    fill(null, 'buy', lots)
    loop.applyWants(seq, false, [])
    place()
    assert.equal(loop.hasWork(), false)
  }

  test('not by an order that the venue took and ended at once, before a second has passed or its want changes', () => {
    loop.applyWants(seq, false, [rest('B', 'buy', 14_900, 70)])
    const voided = () => {
      for (const { intent } of place().places) {
        const { clientId } = intent
        const status = 'canceled'
        loop.onPlaced({ kind: 'accepted', clientId, status, quantityFilled: quantity(0) })
      }
    }
    voided()
    assert.deepEqual(sent(), [])
    assert.equal(loop.reasons().B, 'venue_rejected')
    loop.onPrice(at + 999, prices(15_000))
    assert.deepEqual(loop.plan(at + 999, () => idOf('early'), null).places, [])
    loop.onPrice(at + 1000, prices(15_000))
    assert.equal(loop.plan(at + 1000, () => idOf('late'), null).places.length, 1)
  })

  test('by other terms', () => {
    resting(rest('B', 'buy', 14_900, 7000))
    assert.equal(loop.reasons().B, 'limit_position')
    loop.setTerms(money(2_000_000_000_000), 1, limits)
    assert.deepEqual(sent(), ['buy 7000 @ 14900'])
  })

  test('by the end of a comparison with the venue', () => {
    loop.setReconciled(false)
    resting(rest('B', 'buy', 14_900, 10))
    assert.equal(loop.reasons().B, 'reconciling')
    loop.setReconciled(true)
    assert.deepEqual(sent(), ['buy 10 @ 14900'])
  })

  test('by a target', () => {
    loop.applyWants(0, true, [])
    place()
    loop.applyWants(0, false, [target(10)])
    assert.equal(loop.hasWork(), true)
    assert.deepEqual(sent(), ['buy 10 @ 15200'])
  })

  test('by a price, when an order of a target no longer rests at the touch', () => {
    resting(target(10, 'maker_first'))
    loop.onPrice(at, prices(15_010))
    assert.equal(loop.hasWork(), true)
    assert.deepEqual(sent(), ['id1'])
  })

  test('by a fill of others, when a target is wanted', () => {
    resting(target(50))
    fill('id1', 'buy', 50)
    loop.applyWants(seq, false, [])
    place()
    assert.equal(loop.hasWork(), false)
    fill(null, 'sell', 5)
    assert.equal(loop.hasWork(), true)
    place()
    assert.equal(loop.reasons()['target'], 'basis_behind')
  })

  test('by a want, when it takes the room of another that only reduces', () => {
    hold(10)
    resting(rest('far', 'sell', 15_200, 10))
    loop.setMode('paused')
    assert.deepEqual(sent(), [])
    loop.applyWants(seq, false, [rest('near', 'sell', 15_100, 10)])
    assert.deepEqual(sent(), ['id1'])
  })

  test('by a fill, when less is left to reduce', () => {
    hold(20)
    resting(rest('near', 'sell', 15_100, 10), rest('far', 'sell', 15_200, 10))
    loop.setMode('paused')
    assert.deepEqual(sent(), [])
    fill(null, 'sell', 5)
    assert.deepEqual(sent(), ['id2'])
  })

  test('by a limit of its own', () => {
    hold(6000)
    resting(rest('B', 'buy', 14_000, 10))
    assert.equal(loop.onPrice(at, prices(14_100)), 'limit_daily_loss')
    assert.deepEqual(sent(), ['id1'])
  })

  test('by a limit of the account, and by its release', () => {
    resting(rest('B', 'buy', 14_900, 10))
    loop.onAccountLimit('limit_account_daily_loss', 'reduce_only')
    assert.deepEqual(sent(), ['id1'])
    const clientId = idOf('id1')
    loop.onCanceled({ kind: 'final', clientId, status: 'canceled', quantityFilled: quantity(0) })
    assert.deepEqual(sent(), [])
    loop.onAccountLimit('limit_account_daily_loss', 'release')
    assert.deepEqual(sent(), ['buy 10 @ 14900'])
  })

  test('by an order of unknown outcome that is no longer wanted', () => {
    loop.applyWants(0, false, [rest('B', 'buy', 14_900, 10)])
    place()
    loop.applyWants(0, false, [rest('B', 'buy', 14_910, 10)])
    assert.deepEqual(sent(), [], 'it is on its way')
    loop.onPlaced({ kind: 'unknown', clientId: idOf('id1'), reason: 'timeout' })
    assert.deepEqual(sent(), ['id1'])
  })

  test('by a lookup, so that nobody is told of an unknown outcome that is known', () => {
    resting(rest('B', 'buy', 14_900, 10))
    loop.applyWants(0, false, [rest('B', 'buy', 14_910, 10)])
    const request = loop.orders()[0]?.request
    assert.ok(request)
    assert.deepEqual(sent(), ['id1'])
    const clientId = idOf('id1')
    loop.onCanceled({ kind: 'unknown', clientId, reason: 'timeout' })
    loop.onPrice(at, prices(15_001))
    loop.setMode('running')
    loop.plan(at, () => idOf('none'), null)
    assert.equal(loop.reasons().B, 'unknown_outcome')
    // Canceled, but a fill of it is not booked yet.
    const found = { status: 'canceled', quantityFilled: quantity(3), reason: null } as const
    loop.onResolved(clientId, { clientId, request, ...found })
    place()
    assert.equal(loop.reasons().B, 'canceling')
  })
})
