/** What a bot of two legs says of itself (GET /instances/:id/grid): as much of it as the page shows. Every part may be missing. */
import type { InstanceView, LegView } from '../../../../src/protocol/fleet-messages.ts'
import type { BotStatus } from './grid-status.ts'

/** Of a leg by its strategy, in the order of the legs; money in the settlement currency of the leg. */
export interface PairLeg {
  readonly bid?: string | null
  readonly ask?: string | null
  /** Why its price does not count now; null = it does. */
  readonly price_fault?: string | null
  readonly position_wanted?: string
  readonly fees?: string
  readonly funding?: string
  readonly total?: string
  readonly margin?: string
  readonly equity?: string
  readonly settle?: string
}

/** Base; times in ms. */
export interface PairDelta {
  readonly bound?: string
  readonly imbalanced_ms?: number
  readonly longest_ms?: number
  readonly longest_closed_ms?: number
  readonly repair?: 'none' | 'unwind' | 'hedge'
  readonly unwinds?: number
}

export interface PairPhases {
  readonly phase: 'flat' | 'entering' | 'holding' | 'exiting' | 'following' | 'finished'
}

/** Basis points are decimal text. */
export interface PairReport extends PairPhases {
  readonly base?: string
  readonly aim?: string
  readonly net_delta: string
  readonly delta?: PairDelta
  readonly entries_stopped?: string | null
  /** Market time, ms. */
  readonly entries_pause_until?: number | null
  readonly unwound_in_row?: number
  readonly margin_now?: string
  readonly annual_return?: string | null
  readonly rebalance?: {
    readonly from: string
    readonly to: string
    readonly amount: string
  } | null
  readonly legs?: readonly PairLeg[]
  // spread_arbitrage
  readonly edge_now_bps?: string | null
  readonly entry_edge_bps?: string | null
  readonly min_edge_bps?: string
  readonly exit_spread_bps?: string | null
  readonly exit_at_bps?: string
  // funding_arbitrage
  readonly judged?: {
    readonly rate_bps_per_day: string
    readonly break_even_h: string | null
  } | null
  readonly rate_bps_per_day?: string | null
  readonly min_rate_bps_per_day?: string
  readonly exit_rate_bps_per_day?: string
  // cross_venue_market_making
  readonly bid?: string | null
  readonly ask?: string | null
  readonly min_profit_bps?: string
}

/** Null = its strategy says nothing of a pair. */
export function pairOf(status: BotStatus | undefined): PairReport | null {
  const told: unknown = status?.grid ?? null
  return typeof told === 'object' && told !== null && 'net_delta' in told
    ? (told as PairReport)
    : null
}

/** One leg for the table: what its desk says, with what the strategy says of it while the bot answers. */
export interface LegRow {
  readonly leg: LegView
  /** Of the bot, newer than the list; null = no bot answers. */
  readonly closedReason: string | null
  /** The head of the page says the same of the whole instance. */
  readonly isKnownWhy: boolean
  readonly isTold: boolean
  readonly report: PairLeg
}

const NOTHING: PairLeg = {}

export function legRows(
  { legs = [], restraint = null }: InstanceView,
  status: BotStatus | undefined,
): readonly LegRow[] {
  const report = pairOf(status)
  return legs.map((leg, index) => {
    const told = status?.legs?.[index]
    const closedReason = told === undefined ? leg.closed_reason : told.closed_reason
    return {
      leg,
      closedReason,
      isKnownWhy: closedReason !== null && closedReason === restraint?.why,
      isTold: told !== undefined,
      report: report?.legs?.[index] ?? NOTHING,
    }
  })
}
