/**
 * What the scanner tells: over its local socket, by GET /api/v1/arbitrage/… and by `arbitrage scan --json`; and what instances of
 * two legs made of such differences. Amounts, prices and sizes are decimal texts, times ISO 8601 UTC.
 */

/** Questions of the scanner's socket. */
export const scannerQuestions = [
  'opportunities',
  'pairs',
  'history',
  'funding',
  'status',
  'shutdown',
] as const
export type ScannerQuestion = (typeof scannerQuestions)[number]

/** One line to the scanner; the answer is one line `{type: 'answer', id, ok, result | code, text}`. */
export interface ScannerRequest {
  readonly type: 'scan'
  readonly id: number
  readonly token: string
  readonly question: ScannerQuestion
}

/** Why a pair is no opportunity now. */
export interface ScanReasonRow {
  /** docs/concepts/arbitrage.md, "Reasons". */
  readonly code: string
  readonly exchange: string | null
  readonly symbol: string | null
  /** With its unit, as text: `4.21 bps`, `6200 ms`; null = there is no number. */
  readonly found: string | null
  readonly needed: string | null
}

export interface ScanLegRow {
  readonly exchange: string
  readonly symbol: string
  /** Depth-weighted, against the trader. */
  readonly price: string
  /** Limit that takes the whole size from the book as it stands. */
  readonly worst: string
  readonly notional: string
  /** Settlement currency of notional and margin. */
  readonly currency: string
  /** Initial margin at leverage 1. */
  readonly margin: string
}

/** The statement of a round trip, in the currency of the row. */
export interface ScanCostsRow {
  readonly entry_difference: string
  readonly fees: string
  readonly slippage: string
  readonly exit_spread: string
  /** Positive: received. */
  readonly funding: string
}

export interface OpportunityRow {
  readonly pair: string
  readonly base: string
  readonly at: string
  /** Since when it has been one. */
  readonly since: string
  readonly buy: ScanLegRow
  readonly sell: ScanLegRow
  readonly size: string
  readonly limited_by: 'depth' | 'margin' | null
  readonly edge_bps: string
  readonly edge: string
  readonly notional: string
  /** Of edge, notional, costs: what every quote currency is worth in. */
  readonly currency: string
  readonly costs: ScanCostsRow
  readonly funding_per_day: string
  /** null = never at the present rates. */
  readonly break_even_s: number | null
}

export interface PairLegRow {
  readonly exchange: string
  readonly symbol: string
  readonly bid: string | null
  readonly ask: string | null
  /** By the clock of the venue; null = no book has come. */
  readonly age_ms: number | null
}

/** Every pair that is compared, an opportunity or not; the largest edge first. */
export interface PairRow {
  readonly pair: string
  readonly base: string
  readonly legs: readonly PairLegRow[]
  readonly opportunity: boolean
  /** Where it would be bought now; null = not priced. */
  readonly buy_exchange: string | null
  readonly edge_bps: string | null
  readonly reasons: readonly ScanReasonRow[]
}

/** An opportunity from its beginning to its end. */
export interface OpportunityHistoryRow {
  readonly id: number
  readonly pair: string
  readonly buy_exchange: string
  readonly sell_exchange: string
  readonly opened_at: string
  /** null = it is there still. */
  readonly closed_at: string | null
  /** The best of its life. */
  readonly edge_bps: string
  readonly edge: string
  readonly currency: string
  readonly size: string
  /** Why it ended. */
  readonly reason: string | null
}

/** Funding of one contract, comparable over venues. */
export interface ScanFundingRow {
  readonly exchange: string
  readonly symbol: string
  readonly base: string
  /** Of the next settlement; positive = longs pay. */
  readonly rate: string
  readonly interval_s: number
  readonly next_at: string
  /** rate ÷ interval, per second. */
  readonly rate_per_second: string
  readonly rate_per_day: string
  readonly at: string
}

export interface ScanVenueRow {
  readonly exchange: string
  readonly connected: boolean
  readonly reconnects: number
  readonly last_message_at: string | null
  readonly contracts: number
  /** Why it cannot be read; null = it can. */
  readonly trouble: string | null
}

/** A venue whose books cannot be compared. */
export interface UnreachableRow {
  readonly exchange: string
  /** Why, in one sentence. */
  readonly text: string
}

export const unreachableOf = (status: ScannerStatus | null): readonly UnreachableRow[] =>
  (status?.venues ?? []).flatMap(({ exchange, trouble }) =>
    trouble === null ? [] : [{ exchange, text: trouble }],
  )

export interface ScannerStatus {
  readonly started_at: string
  /** `live`, or `sandbox`: the venues of this home's sandbox. */
  readonly market: 'live' | 'sandbox'
  readonly pairs: number
  readonly updates_total: number
  readonly venues: readonly ScanVenueRow[]
  /** Opportunities that began, by pair; since the scanner started. */
  readonly opportunities_total: Readonly<Record<string, number>>
}

export interface ScanList<Row> {
  readonly items: readonly Row[]
}

/** One leg of an opportunity that was taken, in its own settlement currency. */
export interface ExecutedLegRow {
  readonly venue: string
  readonly symbol: string
  /** Base. */
  readonly bought: string
  readonly sold: string
  /** Minus the signed worth of all fills. */
  readonly cash: string
  readonly fees: string
  /** Positive: received. */
  readonly funding: string
  /** Part of cash: what the fills were worse than the prices of the decision. */
  readonly slippage: string
  /** cash − fees + funding, and what is still held at mark; null = told by an earlier version. */
  readonly total: string | null
  readonly settle: string
}

/**
 * An opportunity that an instance of two legs took: everything from both legs flat to both flat again. Money is in `settle`, the
 * currency of the first leg; null = told by an earlier version of its bot, where nothing else is said.
 */
export interface ExecutedRow {
  readonly instance: string
  /** Of the life of the instance, from 1. */
  readonly number: number
  /** Market time. */
  readonly opened_at: string
  /** null = still held. */
  readonly closed_at: string | null
  readonly held_s: number
  /** null = still held. */
  readonly outcome: 'profit' | 'loss' | 'unwound' | null
  /** Why it was left; null = not yet. */
  readonly exit: string | null
  readonly first_leg: 'long' | 'short'
  readonly base: string
  /** Base: of the smaller leg. */
  readonly size: string | null
  readonly settle: string
  readonly total: string
  readonly fees: string | null
  readonly funding: string | null
  readonly slippage: string | null
  /** The most that both legs bound. */
  readonly margin_max: string
  /** total ÷ time-weighted margin of both legs, a share; null = none was bound. */
  readonly margin_return: string | null
  /** The same for a year; null also when it was held for less than a day. */
  readonly annual_return: string | null
  readonly legs: readonly ExecutedLegRow[]
}

/** Which of them are wanted; null = all. */
export interface ExecutedFilter {
  readonly instance: string | null
  /** Of one of its legs. */
  readonly venue: string | null
  /** ISO 8601, market time: those that were open then or later. */
  readonly since: string | null
  readonly limit: number
}
