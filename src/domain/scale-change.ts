/** A venue that counts a contract in other steps than before: the same amounts in the numbers of now. Pure. */
import type { Instrument } from './instrument.ts'
import { type Price, price, type Quantity, quantity } from './money.ts'
import type { StoredOrder, Trigger } from './order.ts'

type Scale = Pick<Instrument, 'priceDecimals' | 'quantityDecimals' | 'lotSize' | 'moneyPerUnit'>

const SCALE_KEYS = ['priceDecimals', 'quantityDecimals', 'lotSize', 'moneyPerUnit'] as const

/** By which of its steps one is counted otherwise than the other; null = both are counted alike. */
export const scaleDifference = (before: Scale, now: Scale): keyof Scale | null =>
  SCALE_KEYS.find((key) => before[key] !== now[key]) ?? null

/** What was so many lots is so many now: the whole part, towards 0, and whether there was no rest. */
export function rescaledLots(
  lots: number,
  before: Scale,
  now: Scale,
): { readonly lots: Quantity; readonly isExact: boolean } {
  const base = BigInt(lots) * BigInt(before.lotSize) * 10n ** BigInt(now.quantityDecimals)
  const one = BigInt(now.lotSize) * 10n ** BigInt(before.quantityDecimals)
  return { lots: quantity(Number(base / one)), isExact: base % one === 0n }
}

/** The same order in the steps of now; null = it cannot be said in them. */
export function rescaledOrder(order: StoredOrder, before: Scale, now: Scale): StoredOrder | null {
  const { request, quantityFilled } = order
  const filled = wholeLots(quantityFilled, before, now)
  const lots =
    request.quantity === 'position' ? 'position' : wholeLots(request.quantity, before, now)
  const limit = request.price === null ? null : rescaledPrice(request.price, before, now)
  const trigger = request.trigger === null ? null : rescaledTrigger(request.trigger, before, now)
  const isSaid = (limit === null) === (request.price === null)
  if (filled === null || lots === null || !isSaid) return null
  if ((trigger === null) !== (request.trigger === null)) return null
  return {
    ...order,
    request: { ...request, price: limit, quantity: lots, trigger },
    quantityFilled: filled,
  }
}

function wholeLots(lots: number, before: Scale, now: Scale): Quantity | null {
  const found = rescaledLots(lots, before, now)
  return found.isExact ? found.lots : null
}

function rescaledPrice(at: Price, before: Scale, now: Scale): Price | null {
  const up = now.priceDecimals - before.priceDecimals
  const scaled = up >= 0 ? at * 10 ** up : at / 10 ** -up
  return Number.isSafeInteger(scaled) ? price(scaled) : null
}

function rescaledTrigger(trigger: Trigger, before: Scale, now: Scale): Trigger | null {
  const at = rescaledPrice(trigger.price, before, now)
  return at === null ? null : { ...trigger, price: at }
}
