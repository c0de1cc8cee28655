/**
 * What the venue's texts mean. It answers 200 with `{status: "err", response: TEXT}` for a whole action and
 * `{error: TEXT}` for one order of it. Source: Hyperliquid documentation, "Error responses"; ccxt 4.5.84
 * js/src/hyperliquid.js `exceptions`.
 */
import type { VenueError, VenueErrorKind } from '../../../ports/venue.ts'
import { refusal } from '../live/errors.ts'
import { VENUE } from './instruments.ts'

/** The address has sent more actions than it has earned by trading. */
export const ADDRESS_BUDGET = 'address_budget'

interface Meaning {
  readonly kind: VenueErrorKind
  readonly code: string
}

/** The first that is found in a text counts. */
const MEANINGS: readonly (readonly [RegExp, VenueErrorKind, string])[] = [
  // The signer is nobody: a wrong or ended key, or a signature of other bytes than were sent. Nothing of it can work.
  [/\b(?:User|API Wallet)\b.* does not exist/i, 'credential', 'unknown_signer'],
  [/Must deposit before performing actions/i, 'credential', 'unknown_signer'],
  [/^L1 error: .*signature|invalid signature|Unable to recover signer/i, 'credential', 'signature'],
  [/Too many cumulative requests sent/i, 'rate_limited', ADDRESS_BUDGET],
  [/Too many requests|rate limit/i, 'rate_limited', 'rate_limited'],
  // Used up: perhaps by this very action, if something on the way sent it twice.
  [/duplicate nonce|nonce already used/i, 'unknown', 'duplicate_nonce'],
  [/nonce/i, 'rejected', 'nonce_too_low'],
  // There is an order with this id, and only we can have sent it: it is to be looked up.
  [/client order id|cloid/i, 'unknown', 'duplicate_client_id'],
  [/expiresAfter|action expired|has expired/i, 'rejected', 'expired'],
  [/never placed, already canceled, or filled/i, 'rejected', 'absent'],
  [/Post only order would have immediately matched/i, 'rejected', 'would_cross'],
  [/Reduce only order would increase position/i, 'rejected', 'reduce_only'],
  [/Insufficient margin|Insufficient spot balance/i, 'rejected', 'insufficient_margin'],
  [/minimum value of/i, 'rejected', 'below_minimum'],
  [/divisible by tick size/i, 'rejected', 'price_rule'],
  [/invalid price/i, 'rejected', 'price_rule'],
  [/invalid size|zero size/i, 'rejected', 'quantity_rule'],
  [/away from the reference price|too far from oracle/i, 'rejected', 'price_band'],
  [/could not immediately match/i, 'rejected', 'no_match'],
  [/No liquidity available/i, 'rejected', 'no_match'],
  [/Invalid TP\/SL price/i, 'rejected', 'trigger_price'],
  [/open interest/i, 'rejected', 'open_interest_cap'],
  [/until enough volume traded/i, 'rejected', 'volume_required'],
  [/trading is halted|halted/i, 'rejected', 'halted'],
]

/** What a text of the venue proves, and a short code for it. */
export function meaningOf(text: string): Meaning {
  const found = MEANINGS.find(([pattern]) => pattern.test(text))
  return { kind: found?.[1] ?? 'rejected', code: found?.[2] ?? 'refused' }
}

/** The refusal of a whole action or question, in the venue's words. */
export function refusalOf(text: string): VenueError {
  const { kind, code } = meaningOf(text)
  return refusal(kind, VENUE, code, text)
}
