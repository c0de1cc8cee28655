/**
 * Whose the money of an account is: account = sum of the instances + unallocated + foreign. What instances have moved is in
 * their own books; this holds the rest. Pure; docs/concepts/desk.md.
 */
import { type Money, money } from './money.ts'

/** Plain data, stored with the account. */
export interface StoredAccountLedger {
  /** What was there before and what came in or went out since; null = the venue has not told its balance yet. */
  readonly unallocated: Money | null
  /** What others have won or lost on the account, and whatever else no event explains. */
  readonly foreign: Money
  /** Deposits less withdrawals since the journal began. */
  readonly flows: Money
}

export const emptyLedger: StoredAccountLedger = {
  unallocated: null,
  foreign: money(0),
  flows: money(0),
}

/**
 * Money came in (positive) or went out.
 * @param isFlow false for what the venue absorbs of a bankruptcy: no flow, but a loss less
 */
export function withCash(
  ledger: StoredAccountLedger,
  amount: Money,
  isFlow: boolean,
): StoredAccountLedger {
  const { unallocated, foreign, flows } = ledger
  return {
    unallocated: unallocated === null ? null : money(unallocated + amount),
    foreign,
    flows: isFlow ? money(flows + amount) : flows,
  }
}

/** A fee or a funding on a contract of no instance; what its trades have won or lost the next look tells. */
export const withForeign = (ledger: StoredAccountLedger, amount: Money): StoredAccountLedger =>
  ledger.unallocated === null ? ledger : { ...ledger, foreign: money(ledger.foreign + amount) }

/**
 * The venue's balance, asked while nothing happened on the account.
 * @param rest balance less what the instances have moved; at the first look all of it was there before
 */
export function withLook(ledger: StoredAccountLedger, rest: Money): StoredAccountLedger {
  const { unallocated } = ledger
  if (unallocated === null) return { ...ledger, unallocated: rest }
  return { ...ledger, foreign: money(rest - unallocated) }
}
