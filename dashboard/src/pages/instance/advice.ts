/** What to do about an order that is missing: a key below `advice.` of instance.json for each reason code. */

export type Advice =
  | 'wait'
  | 'minimum'
  | 'margin'
  | 'rejected'
  | 'venue'
  | 'mismatch'
  | 'resume'
  | 'arm'
  | 'killed'
  | 'limit'
  | 'capital'
  | 'loss'
  | 'accountLimit'
  | 'accountLoss'
  | 'band'
  | 'target'
  | 'bot'
  | 'shadow'
  | 'virtual'

/** By code of docs/reference/reasons.md; a test names every code that has none. */
const ADVICE: Readonly<Record<string, Advice>> = {
  pending: 'wait',
  canceling: 'wait',
  unknown_outcome: 'wait',
  basis_behind: 'wait',
  below_minimum: 'minimum',
  would_cross: 'wait',
  insufficient_margin: 'margin',
  venue_rejected: 'rejected',
  venue_unavailable: 'venue',
  journal_unavailable: 'wait',
  reconciling: 'wait',
  position_mismatch: 'mismatch',
  paused: 'resume',
  reduce_only: 'resume',
  halted: 'resume',
  killed: 'killed',
  disarmed: 'arm',
  limit_position: 'limit',
  limit_notional: 'limit',
  limit_capital: 'capital',
  limit_daily_loss: 'loss',
  limit_drawdown: 'loss',
  limit_consecutive_losses: 'loss',
  limit_price_band: 'band',
  limit_order_rate: 'wait',
  limit_request_rate: 'wait',
  limit_address_budget: 'wait',
  limit_spread: 'wait',
  limit_depth: 'wait',
  limit_price_disagreement: 'wait',
  limit_leverage: 'limit',
  stale_market: 'venue',
  foreign_activity: 'mismatch',
  stop_watched: 'wait',
  limit_account_positions: 'accountLimit',
  limit_account_notional: 'accountLimit',
  limit_account_capital: 'accountLimit',
  limit_account_daily_loss: 'accountLoss',
  limit_account_drawdown: 'accountLoss',
  target_unfilled: 'target',
  bot_lost: 'bot',
  shadow: 'shadow',
  virtual: 'virtual',
}

/** Of a code that is newer than this page: null. */
export const adviceOf = (reason: string): Advice | null =>
  Object.hasOwn(ADVICE, reason) ? (ADVICE[reason] ?? null) : null
