/** What may still rest when an instance may only reduce: paused, limited, or its bot is lost. Pure. */
import { price, type Quantity, quantity } from '../domain/money.ts'
import { isReducing } from '../domain/risk.ts'
import type { RestingWant } from '../domain/strategy.ts'
import type { Slot } from './working-order.ts'

/** Whether a want is among the nearest orders of its side that together reduce the position to 0 at most. */
export function isAmongReducing(
  want: RestingWant,
  slots: Iterable<Slot>,
  position: Quantity,
): boolean {
  if (want.isReduceOnly || want.quantity === 'position') return true
  const room = want.side === 'sell' ? position : -position
  if (room <= 0) return false
  let before: number = want.quantity
  for (const { want: rival } of slots) {
    if (rival && rival !== want && rival.quantity !== 'position' && isAhead(rival, want))
      before += rival.quantity
  }
  return before <= room
}

function isAhead(rival: RestingWant, want: RestingWant): boolean {
  if (rival.side !== want.side || rival.trigger !== null) return false
  if (rival.price === want.price) return rival.slot < want.slot
  return want.side === 'sell' ? rival.price < want.price : rival.price > want.price
}

/** After a restart of the desk the bot may be gone for good: its order that reduces counts as wanted as it is. */
export function reducingWant(slot: Slot, position: Quantity): RestingWant | null {
  const order = slot.orders[0]
  const exposure = { position, buying: quantity(0), selling: quantity(0) }
  if (!order || !isReducing(order.request, exposure)) return null
  const { request } = order
  return {
    slot: order.slot,
    instrument: request.instrument,
    side: request.side,
    price: request.price ?? price(0),
    quantity: request.quantity === 'position' ? 'position' : quantity(order.lots - order.booked),
    isPostOnly: request.isPostOnly,
    isReduceOnly: request.isReduceOnly,
    trigger: request.trigger,
  }
}
