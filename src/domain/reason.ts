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
  reconciling: 'the account is being compared with the venue',
  paused: 'the instance is paused',
  reduce_only: 'the instance may only reduce its position',
  halted: 'the instance was halted by a risk limit',
  killed: 'the kill switch is set',
  disarmed: 'the instance has not been armed',
  limit_position: 'the position limit max_position_size would be exceeded',
  limit_notional: 'the limit max_position_notional would be exceeded',
  limit_capital: 'the limit max_capital_utilization would be exceeded',
  limit_daily_loss: 'the daily loss limit was reached',
  limit_drawdown: 'the drawdown limit was reached',
  target_unfilled: 'the market did not fill the target within its worst price; it is tried again',
  bot_lost: 'the bot has not been heard; orders that raise risk are withdrawn',
  virtual: 'the order is not among the nearest open_orders_max and stays virtual',
} as const

export type ReasonCode = keyof typeof reasonCodes
