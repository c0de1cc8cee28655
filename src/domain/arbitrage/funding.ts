/**
 * Funding of two venues made comparable. Venues settle at intervals of their own (8 h, 4 h, 1 h) which may change: the
 * interval is read with the rate and never assumed. Source of the normalisation: Hummingbot `scripts/v2_funding_rate_arb.py`
 * (rates per second), with each venue's own interval where the script has constants.
 */
import type { FundingTerms } from '../market.ts'
import { divide, invariant, type Money, money, mulDiv, RATIO_SCALE, type Ratio } from '../money.ts'

declare const unit: unique symbol
/** Rate of one second, in 1e-16: 1 bp in 8 hours is 34,722,222 of them. */
export type RatePerSecond = number & { readonly [unit]: 'RatePerSecond' }

const SECOND_MS = 1000
const DAY_MS = 86_400_000

/** `rate / interval`, per second in 1e-16, rounded down; @throws InvariantError when the interval is not positive */
export function ratePerSecond({ rate, intervalMs }: Pick<FundingTerms, 'rate' | 'intervalMs'>) {
  invariant(intervalMs > 0, 'a funding interval is positive')
  return mulDiv(rate, RATIO_SCALE * SECOND_MS, intervalMs, 'floor') as RatePerSecond
}

/** The same rate for a day (Ratio 1e-8), rounded down. */
export function ratePerDay({ rate, intervalMs }: Pick<FundingTerms, 'rate' | 'intervalMs'>): Ratio {
  invariant(intervalMs > 0, 'a funding interval is positive')
  return mulDiv(rate, DAY_MS, intervalMs, 'floor') as Ratio
}

/** A span of market time in ms; a settlement counts when `from < at <= until`. */
export interface HoldingSpan {
  readonly from: number
  readonly until: number
}

/**
 * How many settlements fall into a span: `nextAt`, `nextAt + interval`, … and, where the venue's word is older than the span,
 * the same grid carried on. A position that is opened exactly at a settlement is taken not to be part of it, one that is
 * closed exactly then is (as in docs/concepts/simulation.md: settled on the position after the candle that closes there).
 */
export function settlementsWithin(
  { nextAt, intervalMs }: Omit<FundingTerms, 'rate'>,
  { from, until }: HoldingSpan,
): number {
  invariant(intervalMs > 0, 'a funding interval is positive')
  if (until <= from) return 0
  // Settlements at or before a moment, counted from nextAt; the grid has no beginning.
  const upTo = (at: number): number => divide(at - nextAt, intervalMs, 'floor')
  const first = nextAt > from ? 0 : upTo(from) + 1
  return Math.max(0, upTo(until) - first + 1)
}

/**
 * What one settlement brings a position of this notional: `−side · rate · notional` (Freqtrade `exchange.py:3471-3500`), positive
 * = received. What is paid is rounded up, what is received down.
 */
export function settlementMoney(notional: Money, rate: Ratio, side: 'long' | 'short'): Money {
  const signed = side === 'long' ? 0 - rate : rate
  return money(mulDiv(notional, signed, RATIO_SCALE, 'floor'))
}

/** Expected funding over a span at the present rate, for all settlements that fall into it; positive = received. */
export function expectedFunding(
  notional: Money,
  terms: FundingTerms,
  side: 'long' | 'short',
  span: HoldingSpan,
): Money {
  return money(settlementMoney(notional, terms.rate, side) * settlementsWithin(terms, span))
}

/** What a position of this notional earns (or pays: negative) in a day at the normalised rate, rounded down. */
export function fundingPerDay(notional: Money, terms: FundingTerms, side: 'long' | 'short'): Money {
  invariant(terms.intervalMs > 0, 'a funding interval is positive')
  const each = settlementMoney(notional, terms.rate, side)
  return money(mulDiv(each, DAY_MS, terms.intervalMs, 'floor'))
}

/**
 * How long funding must flow until it has paid for what is missing: `missing / funding per second`
 * (F6: break-even days = total cost / (|g1 − g2| · 86400)), rounded up. 0 = nothing is missing; null = never.
 */
export function breakEvenMs(missing: Money, perDay: Money): number | null {
  if (missing <= 0) return 0
  if (perDay <= 0) return null
  const time = Number((BigInt(missing) * BigInt(DAY_MS) + BigInt(perDay) - 1n) / BigInt(perDay))
  return Number.isSafeInteger(time) ? time : null
}
