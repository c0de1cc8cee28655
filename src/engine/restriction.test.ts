import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { RestingWant } from '../domain/strategy.ts'
import { OrderLoop } from './order-loop.ts'

const wanted = (slot: string, change: Partial<RestingWant>): RestingWant => ({
  slot,
  instrument: testInstrument.id,
  side: 'sell',
  price: price(15_100),
  quantity: quantity(40),
  isPostOnly: false,
  isReduceOnly: false,
  trigger: null,
  ...change,
})
const stop = (slot: string, lots: RestingWant['quantity']) =>
  wanted(slot, {
    quantity: lots,
    price: price(14_500),
    isReduceOnly: true,
    trigger: { kind: 'stop', price: price(14_500), by: 'mark' },
  })

const wants: readonly RestingWant[] = [
  wanted('more', { side: 'buy', price: price(14_900) }),
  wanted('near', {}),
  wanted('far', { price: price(15_200) }),
  wanted('only', { isReduceOnly: true, price: price(15_300) }),
  stop('stop', 'position'),
  stop('stop in lots', quantity(50)),
]

/** Holds 50 lots long; every want rests. */
function resting() {
  const at = { last: price(15_000), mark: price(15_000) }
  const limits = {
    positionSizeMax: ratio(100_000_000),
    positionNotionalMax: null,
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: ratio(100_000_000),
    onBreach: 'halt',
  } as const
  const options = { instance: 'a', capital: money(1e12), leverage: 1, limits, timeZone: 'UTC' }
  const loop = new OrderLoop({ ...options, instrument: testInstrument }, 0, at)
  loop.risk.adopt(quantity(50))
  loop.applyWants(
    0,
    true,
    wants.map((want) => ({ kind: 'rest', want })),
  )
  const slots = new Map<string, string>()
  let ids = 0
  const plan = () => {
    const { cancels, places } = loop.plan(0, () => `id${++ids}` as ClientOrderId, null)
    for (const { intent } of places)
      if (intent.origin.kind === 'slot') slots.set(intent.clientId, intent.origin.slot)
    for (const { intent } of places)
      loop.onPlaced({
        kind: 'accepted',
        clientId: intent.clientId,
        status: 'open',
        quantityFilled: quantity(0),
      })
    return cancels.map((id) => slots.get(id))
  }
  assert.deepEqual([plan(), slots.size], [[], wants.length])
  return { loop, plan }
}

for (const mode of ['paused', 'reduce_only', 'disarmed'] as const)
  test(`${mode}: a stop-loss and what reduces first stay, everything else is withdrawn`, () => {
    const { loop, plan } = resting()
    loop.setMode(mode)
    assert.deepEqual(plan(), ['more', 'far'])
  })

for (const mode of ['halted', 'killed'] as const)
  test(`${mode}: protective orders alone stay`, () => {
    const { loop, plan } = resting()
    loop.setMode(mode)
    assert.deepEqual(plan(), ['more', 'near', 'far', 'only'])
  })

test('a lost bot: as paused; a position that differs: only of what the venue holds too', () => {
  const lost = resting()
  lost.loop.setBotLost(true)
  assert.deepEqual(lost.plan(), ['more', 'far'])
  const differing = resting()
  differing.loop.outside.setGap(-10)
  assert.deepEqual(differing.plan(), ['more', 'far'], '40 lots are certain, 40 are sold first')
  const less = resting()
  less.loop.outside.setGap(-11)
  assert.deepEqual(less.plan(), ['more', 'near', 'far'])
})

test('an operator who cancels or flattens leaves nothing of the strategy', () => {
  for (const kind of ['cancel', 'flatten'] as const) {
    const { loop, plan } = resting()
    loop.setOverride(kind)
    assert.equal(plan().length, wants.length)
  }
})
