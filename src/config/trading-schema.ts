/** Limits of trading: the section `trading` of the fleet and, key by key, `risk_config` of an instance. */
import { decimal, flag, integer, number, oneOf, section, share } from './schema.ts'

const MONEY_MAX = 90_000_000

export const tradingSection = section({
  live: flag({
    default: false,
    doc: 'real orders may be sent; without it an instance with mode live is refused',
  }),
  max_position_size: share({
    default: 1,
    unit: 'share of equity × leverage',
    doc: 'worth of the position of an instance, orders that could fill included',
  }),
  max_position_notional: decimal(
    { min: 0, max: MONEY_MAX, isAbove: true },
    {
      default: null,
      defaultText: 'none',
      unit: 'settlement currency',
      isHot: true,
      doc: 'worth of all positions of the fleet together, handed out to its accounts as grants',
    },
  ),
  max_daily_loss: share({
    default: 0.05,
    unit: 'share of the equity at the start of the day',
    isHot: true,
    doc: 'loss since 00:00 in time_zone (market time), unrealised included; latched until the next day',
  }),
  max_drawdown: share({
    default: 0.1,
    unit: 'share of capital (instance) or peak equity (account, fleet)',
    isHot: true,
    doc: 'loss from the base that latches on_breach until an operator releases it',
  }),
  max_consecutive_losses: integer(
    { min: 0, max: 1000 },
    {
      default: 5,
      unit: 'round trips',
      isHot: true,
      doc: 'losing round trips in a row that are allowed, per instance; the next one acts as on_breach says and stays until an operator resumes; a round trip goes from flat to flat, net of fees, so the completed cells of a grid do not lose; 0 = off',
    },
  ),
  max_active_positions: integer(
    { min: 0, max: 10_000 },
    {
      default: 20,
      unit: 'positions per account',
      isHot: true,
      doc: 'open positions of one account; 0 = off',
    },
  ),
  max_capital_utilization: share({
    default: 0.8,
    unit: 'share of equity',
    isHot: true,
    doc: 'margin in use, orders that could fill included',
  }),
  default_leverage: integer(
    { min: 1, max: 125 },
    { default: 1, unit: 'times', doc: 'leverage of instances that name none' },
  ),
  max_leverage: integer(
    { min: 1, max: 125 },
    { default: 10, unit: 'times', doc: 'highest leverage an instance may ask for' },
  ),
  on_breach: oneOf(['reduce_only', 'halt', 'flatten'], {
    default: 'reduce_only',
    doc: 'what a broken limit does: only reduce, cancel and stop trading, or also close the position',
  }),
})

/** The same keys without values of their own: what is left out is taken from `trading`. */
export const riskSection = section({
  live: flag({
    default: null,
    defaultText: 'trading.live',
    doc: 'false keeps this instance from live trading',
  }),
  max_position_size: share({
    default: null,
    defaultText: 'trading.max_position_size',
    unit: 'share of equity × leverage',
    doc: 'worth of the position',
  }),
  max_position_notional: decimal(
    { min: 0, max: MONEY_MAX, isAbove: true },
    {
      default: null,
      defaultText: 'trading.max_position_notional',
      unit: 'settlement currency',
      isHot: true,
      doc: 'worth of the position as an amount',
    },
  ),
  max_daily_loss: share({
    default: null,
    defaultText: 'trading.max_daily_loss',
    unit: 'share of the equity at the start of the day',
    isHot: true,
    doc: 'loss of one day',
  }),
  max_drawdown: share({
    default: null,
    defaultText: 'trading.max_drawdown',
    unit: 'share of capital',
    isHot: true,
    doc: 'loss from the capital',
  }),
  max_consecutive_losses: integer(
    { min: 0, max: 1000 },
    {
      default: null,
      defaultText: 'trading.max_consecutive_losses',
      unit: 'round trips',
      isHot: true,
      doc: 'losing round trips in a row (flat to flat, net of fees); 0 = off',
    },
  ),
  max_active_positions: integer(
    { min: 0, max: 10_000 },
    {
      default: null,
      defaultText: 'trading.max_active_positions',
      unit: 'positions',
      isHot: true,
      doc: 'open positions; 0 = off',
    },
  ),
  max_capital_utilization: share({
    default: null,
    defaultText: 'trading.max_capital_utilization',
    unit: 'share of equity',
    isHot: true,
    doc: 'margin in use',
  }),
  default_leverage: integer(
    { min: 1, max: 125 },
    {
      default: null,
      defaultText: 'trading.default_leverage',
      unit: 'times',
      doc: 'leverage when neither exchange_config nor strategy_config names one',
    },
  ),
  max_leverage: integer(
    { min: 1, max: 125 },
    { default: null, defaultText: 'trading.max_leverage', unit: 'times', doc: 'highest leverage' },
  ),
  on_breach: oneOf(['reduce_only', 'halt', 'flatten'], {
    default: null,
    defaultText: 'trading.on_breach',
    doc: 'what a broken limit does',
  }),
  order_rate_per_s: integer(
    { min: 1, max: 1000 },
    {
      default: null,
      defaultText: 'none',
      unit: 'orders per second',
      isHot: true,
      doc: 'new orders of this instance by market time; others wait, the nearest to the price go first (limit_order_rate); cancels, reduce-only orders and those of an operator never wait',
    },
  ),
  price_band_bps: integer(
    { min: 1, max: 10_000 },
    {
      default: null,
      defaultText: 'none',
      unit: 'basis points',
      isHot: true,
      doc: 'distance from the mark beyond which no order is sent: a resting one waits (limit_price_band), an immediate or market order is cut to the edge; orders with a trigger and the close or kill of an operator are not bound',
    },
  ),
  max_spread_bps: integer(
    { min: 1, max: 10_000 },
    {
      default: null,
      defaultText: 'none',
      unit: 'basis points',
      isHot: true,
      doc: 'distance between best bid and best ask beyond which nothing that raises the position is sent',
    },
  ),
  min_depth_multiple: number(
    { min: 0, max: 1000, isAbove: true },
    {
      default: null,
      defaultText: 'none',
      unit: 'times the order',
      isHot: true,
      doc: 'what must stand at the best price before an order that takes may be sent',
    },
  ),
  max_price_disagreement_bps: integer(
    { min: 1, max: 10_000 },
    {
      default: null,
      defaultText: 'none',
      unit: 'basis points',
      isHot: true,
      doc: 'distance between mark, last and index price beyond which nothing that raises the position is sent',
    },
  ),
})
