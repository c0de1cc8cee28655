/** The lab in the API: jobs, strategies, recorded data. */
export type JobKind = 'backtest' | 'optimize' | 'walk_forward' | 'compare'

/** `interrupted`: the control plane ended while it ran; it may be asked for again. */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'

export interface JobRow {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  readonly author: string
  readonly request: unknown
  /** ISO 8601. */
  readonly created_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  /** 0 to 1. */
  readonly progress: number | null
  readonly error: string | null
  readonly summary: unknown
}

export interface StrategyRow {
  readonly id: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface DataSetRow {
  readonly kind: 'candles' | 'mark' | 'funding'
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string | null
  readonly name: string | null
  readonly rows: number
  readonly first_at: string
  readonly last_at: string
}
