/** What may still rest when an instance may only reduce: paused, limited, or its bot is lost. Pure. */
import { price, type Quantity, quantity } from '../domain/money.ts'
import type { ReasonCode } from '../domain/reason.ts'
import { isReducing, reasonOfMode } from '../domain/risk.ts'
import type { RestingWant, TargetWant } from '../domain/strategy.ts'
import type { InstanceRisk } from './instance-risk.ts'
import type { Outside } from './outside.ts'
import { flatWant, type Slot } from './working-order.ts'

export type Override = 'cancel' | 'flatten'

/** What mode, operator and a lost bot allow of the wants of one instance. */
export class Restriction {
  readonly #risk: InstanceRisk
  readonly #outside: Outside
  override: Override | null = null
  isBotKnown = false
  isBotLost = false

  constructor(risk: InstanceRisk, outside: Outside) {
    this.#risk = risk
    this.#outside = outside
  }

  /** Before the bot has spoken nothing is planned, unless somebody else has. */
  get maySpeak(): boolean {
    return this.isBotKnown || this.override !== null || this.isBotLost
  }

  get isRestricted(): boolean {
    return this.#risk.mode !== 'running' || this.isBotLost || this.#outside.gap !== 0
  }

  /** The want of a slot as far as it is allowed. */
  allowed(slot: Slot, slots: Iterable<Slot>): RestingWant | null {
    const { want } = slot
    const { mode } = this.#risk
    const position = quantity(this.#outside.certain(this.#risk.position))
    if (this.override !== null) return null
    if (want === null)
      return this.isBotLost && !this.isBotKnown ? reducingWant(slot, position) : null
    if (!this.isRestricted) return want
    if (mode === 'halted' || mode === 'killed') return want.trigger === null ? null : want
    return isAmongReducing(want, slots, position) ? want : null
  }

  /** The target that holds now; an operator's flattening goes before that of the strategy. */
  target(wanted: TargetWant | null, at: number): TargetWant | null {
    if (this.override === 'flatten') return flatWant(this.#risk.instrument)
    if (this.override !== null || this.isBotLost) return null
    const isOver = wanted?.deadlineAt != null && wanted.style === 'take' && at > wanted.deadlineAt
    return isOver ? null : wanted
  }

  /** Why a want is not allowed. */
  reason(slot: Slot, before: ReasonCode | null): ReasonCode | null {
    if (slot.want === null) return null
    if (this.override !== null)
      return this.override === 'flatten' ? (reasonOfMode(this.#risk.mode) ?? 'halted') : 'halted'
    if (this.isBotLost) return 'bot_lost'
    if (this.#outside.gap !== 0) return 'position_mismatch'
    return this.#risk.latch ?? reasonOfMode(this.#risk.mode) ?? before
  }
}

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
