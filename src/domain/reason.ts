/** Why an order that a strategy wants does not rest (docs/reference/reasons.md). Codes are never reused. */
export const reasonCodes = {
  pending: 'the order is on its way to the venue',
  canceling: 'an order that no longer fits is being cancelled first',
  unknown_outcome: 'the outcome of an order of this slot is not known yet',
  basis_behind: 'the bot has not yet booked the latest account event',
  below_minimum: 'the quantity is below what the venue takes',
  would_cross: 'the price has passed the line; a post-only order would cross',
  insufficient_margin: 'the venue refused the order for lack of margin',
  venue_rejected: 'the venue refused the order',
  venue_unavailable: 'the venue cannot be reached',
  journal_unavailable: 'the journal cannot be written, so nothing is sent; cancels go on',
  reconciling: 'the account is being compared with the venue',
  position_mismatch:
    'the venue reports another position than the books; nothing raises risk until they agree',
  paused: 'the instance is paused',
  reduce_only: 'the instance may only reduce its position',
  halted: 'the instance is halted, by a risk limit, by close-all or because its strategy failed',
  killed: 'the kill switch is set',
  disarmed: 'the instance has not been armed',
  limit_position: 'the position limit max_position_size would be exceeded',
  limit_notional: 'the limit max_position_notional would be exceeded',
  limit_capital: 'the limit max_capital_utilization would be exceeded',
  limit_daily_loss: 'the daily loss limit was reached',
  limit_drawdown: 'the drawdown limit was reached',
  limit_consecutive_losses:
    'the limit max_consecutive_losses was passed: too many losing round trips in a row',
  limit_price_band:
    'the price lies further from the mark than price_band_bps; it is sent when the mark comes near',
  limit_order_rate: 'the instance has sent order_rate_per_s orders; it is sent a moment later',
  limit_request_rate:
    "the venue's limit on requests left no room in time; it is sent a moment later",
  limit_address_budget:
    "the account's budget of actions at the venue is spent down to its reserve; cancels and reductions go on",
  limit_spread: 'the spread is wider than spread_max_bps; it is sent when the book narrows',
  limit_depth:
    'there is less at the touch than depth_min_multiple asks for; it is sent when there is more',
  limit_price_disagreement:
    'mark, last and index price differ by more than price_disagreement_max_bps',
  limit_leverage: 'what may be held would be worth more than max_leverage times the equity',
  stale_market:
    'the market has been silent for too long; nothing raises risk until it speaks again',
  foreign_activity:
    'somebody else trades on the account (on_foreign: halt); nothing raises risk until an operator resumes it',
  stop_watched:
    'the venue keeps no stop orders: the desk watches the price and fires the stop itself',
  limit_account_positions: 'the account may open no more positions: max_active_positions',
  limit_account_notional: 'what the account may use of max_position_notional would be exceeded',
  limit_account_capital: 'the limit max_capital_utilization of the account would be exceeded',
  limit_account_daily_loss: 'the daily loss limit of the account or the fleet was reached',
  limit_account_drawdown: 'the drawdown limit of the account or the fleet was reached',
  target_unfilled: 'the market did not fill the target within its worst price; it is tried again',
  bot_lost: 'the bot has not been heard; orders that raise risk are withdrawn',
  shadow: 'shadow mode: the order was logged, not sent',
  virtual: 'the order is not among the nearest open_orders_max and stays virtual',
} as const

export type ReasonCode = keyof typeof reasonCodes
