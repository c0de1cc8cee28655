/**
 * The state table of an order as the desk sees it (docs/concepts/order-life.md). What is not in the table cannot
 * happen; fills are facts and are booked in every state, so they are no events of this table unless they end something.
 */

/** `absent`: proven never to have reached the venue. `settled`: final and every fill booked; it occupies nothing. */
export type OrderState =
  | 'intent'
  | 'sent'
  | 'open'
  | 'unknown'
  | 'cancelling'
  | 'final'
  | 'rejected'
  | 'absent'
  | 'settled'

export type OrderStep =
  /** The first byte leaves; the intent was synced before. */
  | 'send'
  /** The venue says, by answer, event or lookup, that it works. */
  | 'accept'
  /** The venue says no: nothing happened. */
  | 'reject'
  /** Time-out, disconnect, unreadable answer. */
  | 'lose'
  /** Not found, and the venue deadline has passed on the venue's clock. */
  | 'prove_absent'
  /** It is no longer wanted. */
  | 'cancel'
  /** A cancel answered with "not found", which proves nothing. */
  | 'miss'
  /** Filled, canceled or expired at the venue. */
  | 'end'
  /** The last of the fills that the venue counted is booked. */
  | 'settle'

const table: Readonly<Record<OrderState, Partial<Readonly<Record<OrderStep, OrderState>>>>> = {
  // After a crash an intent may have been sent: only a lookup tells.
  intent: { send: 'sent', lose: 'unknown' },
  sent: { accept: 'open', reject: 'rejected', lose: 'unknown', end: 'final' },
  open: {
    accept: 'open',
    cancel: 'cancelling',
    lose: 'unknown',
    miss: 'unknown',
    end: 'final',
    reject: 'rejected',
  },
  unknown: {
    accept: 'open',
    lose: 'unknown',
    miss: 'unknown',
    reject: 'rejected',
    prove_absent: 'absent',
    end: 'final',
  },
  cancelling: { accept: 'cancelling', lose: 'unknown', miss: 'unknown', end: 'final' },
  final: { end: 'final', settle: 'settled' },
  rejected: { reject: 'rejected', settle: 'settled' },
  absent: { settle: 'settled' },
  settled: { settle: 'settled' },
}

/** The state after a step; null when the step cannot happen in this state. */
export const nextOrderState = (state: OrderState, step: OrderStep): OrderState | null =>
  table[state][step] ?? null

/** Whether the order still takes its slot or target. */
export const isOccupying = (state: OrderState): boolean => state !== 'settled'

/** Whether the venue may still fill it: it counts against every limit. */
export const isExposed = (state: OrderState): boolean =>
  state === 'intent' ||
  state === 'sent' ||
  state === 'open' ||
  state === 'unknown' ||
  state === 'cancelling'
