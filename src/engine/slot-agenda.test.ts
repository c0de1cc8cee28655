import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest, Side } from '../domain/order.ts'
import type { RestingWant, WantChange } from '../domain/strategy.ts'
import { OrderLoop } from './order-loop.ts'

const limits = {
  positionSizeMax: ratio(100_000_000),
  positionNotionalMax: money(6_000_000_000),
  dailyLossMax: ratio(90_000_000),
  drawdownMax: ratio(90_000_000),
  capitalUtilizationMax: ratio(100_000_000),
  onBreach: 'reduce_only' as const,
}
const capital = money(1_000_000_000_000)

/** A loop with a venue that accepts everything, and a bot that answers every fill at once. */
class Rig {
  readonly loop: OrderLoop
  readonly #open = new Map<ClientOrderId, { request: OrderRequest; slot: string; left: number }>()
  #at = 1_700_000_000_000
  #seq = 0
  #ids = 0

  constructor() {
    const options = { instance: 'a', instrument: testInstrument, capital, leverage: 1, limits }
    const last = price(15_000)
    this.loop = new OrderLoop({ ...options, timeZone: 'UTC' }, this.#at, { last, mark: last })
    this.want(true, [])
  }

  want(isWhole: boolean, changes: readonly WantChange[]): void {
    this.loop.applyWants(this.#seq, isWhole, changes)
    this.#carryOut()
  }

  price(value: number): void {
    this.#at += 60_000
    this.loop.onPrice(this.#at, { last: price(value), mark: price(value) })
    this.#carryOut()
  }

  /** The order that has worked longest is filled, wholly or in part; its want is what is left of it, or stays as it is. */
  fill(share: number, isWantKept: boolean): void {
    const [first] = this.#open
    if (first === undefined) return
    const [clientId, order] = first
    const held = this.loop.position
    const whole = order.request.quantity === 'position' ? Math.abs(held) : order.left
    const lots = Math.max(1, Math.ceil(whole * share))
    order.left -= lots
    const isWhole = order.left <= 0
    if (isWhole) this.#open.delete(clientId)
    this.#seq += 1
    const { side } = order.request
    const at = this.#at
    const fill = {
      id: `f${this.#seq}`,
      at,
      instrument: testInstrument.id,
      clientId,
      side,
      price: order.request.price ?? price(15_000),
      quantity: quantity(lots),
      fee: money(0),
      isMaker: true,
    }
    const event = { kind: 'fill', venueSeq: this.#seq, at, fill, isLiquidation: false } as const
    this.loop.onVenueEvent(event, () => null)
    this.loop.handed(this.#seq)
    if (isWantKept) this.want(false, [])
    else if (isWhole) this.want(false, [{ kind: 'drop', slot: order.slot }])
    else this.want(false, [rest(order.slot, side, Number(order.request.price), order.left)])
  }

  #carryOut(): void {
    for (let turn = 0; this.loop.hasWork(); turn++) {
      assert.ok(turn < 50, 'the loop comes to rest')
      this.#send()
    }
  }

  #send(): { readonly cancels: number; readonly places: number } {
    const nextId = () => `x${this.#ids++}` as ClientOrderId
    const { cancels, places } = this.loop.plan(this.#at, nextId, null)
    for (const clientId of cancels) {
      this.#open.delete(clientId)
      const done = { kind: 'final', clientId, status: 'canceled' } as const
      this.loop.onCanceled({ ...done, quantityFilled: quantity(0) })
    }
    for (const { intent } of places) {
      const { clientId, request, origin } = intent
      const slot = origin.kind === 'slot' ? origin.slot : ''
      const left = request.quantity === 'position' ? 1 : request.quantity
      this.#open.set(clientId, { request, slot, left })
      const accepted = { kind: 'accepted', clientId, status: 'open' } as const
      this.loop.onPlaced({ ...accepted, quantityFilled: quantity(0) })
    }
    return { cancels: cancels.length, places: places.length }
  }

  /** Looks at every slot, whatever the agenda says. */
  lookAtAll(): { readonly cancels: number; readonly places: number } {
    this.loop.setTerms(capital, 1, limits)
    return this.#send()
  }
}

function rest(slot: string, side: Side, at: number, lots: number | 'position'): WantChange {
  const want: RestingWant = {
    slot,
    instrument: testInstrument.id,
    side,
    price: price(at),
    quantity: lots === 'position' ? lots : quantity(lots),
    isPostOnly: lots !== 'position',
    isReduceOnly: lots === 'position',
    trigger: null,
  }
  return { kind: 'rest', want }
}

const slots = fc.constantFrom('B1', 'B2', 'S1', 'S2', 'P')
const step = fc.oneof(
  fc.record({
    kind: fc.constant('want' as const),
    slot: slots,
    at: fc.integer({ min: 14_900, max: 15_100 }),
    lots: fc.integer({ min: 1, max: 400 }),
  }),
  fc.record({ kind: fc.constant('drop' as const), slot: slots }),
  fc.record({
    kind: fc.constant('price' as const),
    at: fc.integer({ min: 14_900, max: 15_100 }),
  }),
  fc.record({
    kind: fc.constant('fill' as const),
    share: fc.constantFrom(0.3, 1),
    isWantKept: fc.boolean(),
  }),
)

test('a slot that is left alone is one at which a plan would find nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const rig = new Rig()
      for (const one of steps) {
        if (one.kind === 'price') rig.price(one.at)
        else if (one.kind === 'fill') rig.fill(one.share, one.isWantKept)
        else if (one.kind === 'drop') rig.want(false, [{ kind: 'drop', slot: one.slot }])
        else if (one.slot === 'P') rig.want(false, [rest('P', 'sell', one.at, 'position')])
        else {
          const side = one.slot.startsWith('B') ? 'buy' : 'sell'
          rig.want(false, [rest(one.slot, side, one.at, one.lots)])
        }
        const reasons = rig.loop.reasons()
        assert.deepEqual(rig.lookAtAll(), { cancels: 0, places: 0 }, JSON.stringify(one))
        assert.deepEqual(rig.loop.reasons(), reasons)
      }
    }),
    { numRuns: 300 },
  )
})

test('a price that concerns no slot leaves nothing to do', () => {
  const rig = new Rig()
  rig.want(false, [rest('B1', 'buy', 14_900, 10)])
  rig.loop.onPrice(1_700_000_100_000, { last: price(14_950), mark: price(14_950) })
  assert.equal(rig.loop.hasWork(), false)
  rig.want(false, [])
  assert.equal(rig.loop.hasWork(), false)
})

test('an order that no longer fits when the venue has taken it is withdrawn', () => {
  const { loop } = new Rig()
  const at = 1_700_000_000_000
  const plan = () => loop.plan(at, () => 'late' as ClientOrderId, null)
  loop.applyWants(0, false, [rest('B1', 'buy', 14_900, 10)])
  assert.equal(plan().places.length, 1)
  loop.applyWants(0, false, [rest('B1', 'buy', 14_910, 10)])
  const { cancels, places } = plan()
  assert.deepEqual([cancels, places], [[], []])
  const clientId = 'late' as ClientOrderId
  loop.onPlaced({ kind: 'accepted', clientId, status: 'open', quantityFilled: quantity(0) })
  assert.ok(loop.hasWork())
  assert.deepEqual(plan().cancels, [clientId])
})

test('a part of an order that opens the position tells that its slot waits for the bot', () => {
  const { loop } = new Rig()
  const at = 1_700_000_000_000
  const clientId = 'part' as ClientOrderId
  const plan = () => loop.plan(at, () => clientId, null)
  loop.applyWants(0, false, [rest('B1', 'buy', 14_900, 10)])
  plan()
  loop.onPlaced({ kind: 'accepted', clientId, status: 'open', quantityFilled: quantity(0) })
  const instrument = testInstrument.id
  const amounts = { price: price(14_900), quantity: quantity(4), fee: money(0) }
  const fill = {
    id: 'f',
    at,
    instrument,
    clientId,
    side: 'buy',
    isMaker: true,
    ...amounts,
  } as const
  loop.onVenueEvent({ kind: 'fill', venueSeq: 1, at, fill, isLiquidation: false }, () => null)
  loop.handed(1)
  plan()
  assert.deepEqual(loop.reasons(), { B1: 'basis_behind' })
})
