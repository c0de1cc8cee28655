/** What a bot says of itself (GET /instances/:id/grid): as much of it as the page shows. Every part may be missing: another strategy, or a bot that begins. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { InstanceState } from '../../components/badge.tsx'
import { get } from '../../lib/api.ts'

export interface WantedOrder {
  readonly slot: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  /** Decimal text, or `position`: all of it. */
  readonly quantity: string
  readonly protective: boolean
  readonly state: 'resting' | 'missing'
  /** A code of docs/reference/reasons.md. */
  readonly reason: string | null
  readonly reason_text: string | null
}

export interface VirtualOrder {
  readonly slot: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
}

/** Profit fields are in the settlement currency and add up to `total`; fees are told as a cost. */
export interface GridFacts {
  readonly type?: string
  readonly mode?: string
  readonly phase?: string
  readonly range?: { readonly lower: string | null; readonly upper: string | null }
  readonly in_range?: boolean
  readonly quantity?: string
  readonly position_wanted?: string
  readonly completed_cells?: number
  readonly grid_profit?: string
  readonly inventory?: string
  readonly entry_adjustment?: string
  readonly closed?: string
  readonly funding?: string
  readonly fees?: string
  readonly total?: string
  readonly virtual?: readonly VirtualOrder[]
  readonly liquidation?: {
    readonly now: string | null
    readonly worst_long: string | null
    readonly worst_short: string | null
  }
  readonly stop_loss_price?: string | null
  readonly stop_price?: string | null
  readonly take_profit_price?: string | null
  readonly trailing_stop?: string | null
  readonly trigger_price?: string | null
  readonly finish?: string | null
}

export interface LedgerFacts {
  readonly capital: string
  readonly realised: string
  readonly unrealised: string
  readonly funding: string
  readonly fees: string
  readonly total: string
  readonly volume?: string
}

export interface BotStatus {
  readonly state: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** The range is another one than that of the file, until a restart. */
  readonly adjusted?: Readonly<Record<string, unknown>> | null
  readonly market_time?: string
  readonly price?: { readonly last: string; readonly mark: string } | null
  readonly position?: {
    readonly quantity: string
    readonly base: string
    readonly entry_price: string | null
    readonly liquidation_price: string | null
  }
  readonly settle?: string
  readonly equity?: string
  readonly pnl?: LedgerFacts
  readonly orders?: {
    readonly wanted: number
    readonly resting: number
    readonly missing: number
    readonly list: readonly WantedOrder[]
  }
  readonly disagreements?: readonly string[]
  readonly grid?: GridFacts | null
  /** Of several legs, in their order. */
  readonly legs?: readonly { readonly closed_reason: string | null }[]
}

const STEP_MS = 1000
/** States in which no process answers. */
const AT_REST: readonly InstanceState[] = ['stopped', 'quarantined', 'foreign']

export const isAtRest = (state: InstanceState): boolean => AT_REST.includes(state)

/** States in which its process is about to begin or to end, or is known not to answer: asking comes back as an error. */
const MUTE: readonly InstanceState[] = ['starting', 'restarting', 'stopping', 'unreachable']

/** Whether its bot can be asked now. */
export const answers = (state: InstanceState): boolean => !isAtRest(state) && !MUTE.includes(state)

/** Asked again and again while it runs: what the bot wants is not on the stream. Keeps the last answer when it ends. */
export const useGridStatus = (id: string, state: InstanceState): UseQueryResult<BotStatus> =>
  useQuery({
    queryKey: ['grid', id],
    queryFn: ({ signal }) =>
      get<BotStatus>(`/instances/${encodeURIComponent(id)}/grid`, {}, signal),
    enabled: answers(state),
    refetchInterval: STEP_MS,
    staleTime: STEP_MS,
    retry: false,
  })
