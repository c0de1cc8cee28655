/** The door of a desk: what a bot sends is checked before it can reach a loop. Pure; a fault is a sentence. */
import type { TargetWant, WantChange } from '../domain/strategy.ts'
import type { BotToDesk, LegsLimit } from './desk-messages.ts'

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isPrice = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0

/** The largest quantity, in lots, that a want may name: sums of some thousands of them stay exact. */
const LOTS_MAX = 1e11

function targetFault(want: TargetWant): string | null {
  if (!Number.isSafeInteger(want.quantity) || Math.abs(want.quantity) > LOTS_MAX)
    return `the target ${want.quantity} is no whole number of lots up to ${LOTS_MAX}`
  if (want.worstPrice !== null && !isPrice(want.worstPrice))
    return `the worst price ${want.worstPrice} is no price`
  return null
}

function changeFault(change: WantChange): string | null {
  if (change.kind === 'target') return targetFault(change.want)
  if (change.kind !== 'rest') return null
  const { want } = change
  if (want.side !== 'buy' && want.side !== 'sell')
    return `${want.slot}: the side ${want.side} is neither buy nor sell`
  if (!isPrice(want.price))
    return `${want.slot}: the price ${want.price} is no whole number above 0`
  if (want.quantity !== 'position' && !(isCount(want.quantity) && want.quantity <= LOTS_MAX))
    return `${want.slot}: the quantity ${want.quantity} is no whole number of lots up to ${LOTS_MAX}`
  if (want.trigger !== null && !isPrice(want.trigger.price))
    return `${want.slot}: the trigger ${want.trigger.price} is no price`
  return null
}

/** What is wrong with a message of wants; null when it may be applied. */
export function wantsFault(message: Extract<BotToDesk, { type: 'wants' }>): string | null {
  if (!isCount(message.basisSeq)) return `basisSeq ${message.basisSeq} is no number of an event`
  if (!Array.isArray(message.changes)) return 'the changes are no list'
  for (const change of message.changes) {
    const fault = changeFault(change)
    if (fault !== null) return fault
  }
  return null
}

/** What is wrong with a limit that a bot tells; null when it may be latched. */
export function limitFault({ code, onBreach, figures }: LegsLimit): string | null {
  if (code !== 'limit_daily_loss' && code !== 'limit_drawdown')
    return `${code} is no limit on the sum of legs`
  if (!['reduce_only', 'halt', 'flatten'].includes(onBreach))
    return `${onBreach} is nothing that a limit does`
  const { base, equity, allowed, share } = figures ?? {}
  return [base, equity, allowed, share].every(Number.isSafeInteger)
    ? null
    : 'the figures of the limit are no whole numbers'
}
