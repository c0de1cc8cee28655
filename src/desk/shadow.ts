/**
 * Shadow mode: the whole way of an order but the last step. What would be sent is logged; in the loop it rests and never
 * fills, so that a want is logged once and not at every turn. Nothing reaches the journal or the venue.
 */
import { quantity } from '../domain/money.ts'
import type { ApprovedIntent } from '../domain/risk.ts'
import type { Plan } from '../engine/order-loop-types.ts'
import type { Logger } from '../ports/logger.ts'
import type { DeskInstanceSettings } from '../protocol/desk-messages.ts'
import type { InstanceEntry } from './instance-entry.ts'
import { CommandError } from './operator.ts'

const wordsOf = ({ intent }: ApprovedIntent): Readonly<Record<string, unknown>> => {
  const { side, kind, price, quantity: lots, timeInForce, isReduceOnly, trigger } = intent.request
  const slot = intent.origin.kind === 'slot' ? intent.origin.slot : intent.origin.kind
  return { slot, side, kind, price, lots, timeInForce, isReduceOnly, trigger }
}

export class Shadow {
  readonly #logger: Logger
  /** What was logged last per instance and slot: an immediate order is wanted again each second. */
  readonly #last = new Map<string, string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Takes a plan in place of journal and venue. */
  take(entry: InstanceEntry, plan: Plan): void {
    const bot = entry.settings.instance
    for (const clientId of plan.cancels) {
      this.#logger.info('shadow', 'would cancel', { bot, order: clientId })
      entry.loop.onCanceled({
        kind: 'final',
        clientId,
        status: 'canceled',
        quantityFilled: quantity(0),
      })
    }
    for (const approved of plan.places) {
      const { clientId, request } = approved.intent
      this.#log(bot, wordsOf(approved))
      const status = request.timeInForce === 'ioc' ? 'canceled' : 'open'
      entry.loop.onPlaced({ kind: 'accepted', clientId, status, quantityFilled: quantity(0) })
    }
  }

  /** @throws CommandError when the instance still has real orders: nobody would look after them */
  change(entry: InstanceEntry, { instance, shadow }: DeskInstanceSettings): void {
    const wasShadow = entry.settings.shadow === true
    const orders = entry.loop.orders()
    if (shadow === true && !wasShadow && orders.length > 0) {
      throw new CommandError(
        'REFUSED',
        `${instance} has ${orders.length} orders at the venue and cannot become a shadow: stop it first (perpfleet stop ${instance}), then set exchange_config.shadow`,
      )
    }
    if (wasShadow && shadow !== true) this.#forget(entry)
  }

  /** The instance trades from now on: what rested in its loop was never sent. */
  #forget(entry: InstanceEntry): void {
    const status = 'canceled'
    for (const { clientId } of entry.loop.orders())
      entry.loop.onCanceled({ kind: 'final', clientId, status, quantityFilled: quantity(0) })
  }

  #log(bot: string, words: Readonly<Record<string, unknown>>): void {
    const key = `${bot} ${String(words['slot'])}`
    const text = JSON.stringify(words)
    if (this.#last.get(key) === text) return
    this.#last.set(key, text)
    this.#logger.info('shadow', 'would place', { bot, ...words })
  }
}
