/** Every key of `strategy_config` for perp_grid, as plain data: documentation, units, defaults. */
import type { ParameterSchema } from '../../domain/strategy.ts'

const range: Readonly<Record<string, ParameterSchema>> = {
  grid_lower_price: {
    type: 'decimal',
    doc: 'Lowest line; rounded to the nearest price the venue takes. Not needed with auto_price.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  grid_upper_price: {
    type: 'decimal',
    doc: 'Highest line; rounded to the nearest price the venue takes. Not needed with auto_price.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  grid_num: {
    type: 'integer',
    doc: 'Number of lines (levels); 6 lines make 5 intervals. Give this or grid_intervals.',
    minimum: 2,
    maximum: 1001,
    isHot: true,
  },
  grid_intervals: {
    type: 'integer',
    doc: 'Number of intervals (cells), one less than lines. Give this or grid_num.',
    minimum: 1,
    maximum: 1000,
    isHot: true,
  },
  grid_mode: {
    type: 'enum',
    doc: 'arithmetic: equal distances; geometric: equal ratios between lines.',
    values: ['arithmetic', 'geometric'],
    default: 'arithmetic',
    isHot: true,
  },
  grid_type: {
    type: 'enum',
    doc: 'neutral starts flat; long buys one order for each cell above the price; short sells one for the cell of the price and each below.',
    values: ['neutral', 'long', 'short'],
    default: 'neutral',
  },
  auto_price: {
    type: 'boolean',
    doc: 'Centre the range on the price of the first start (± price_range); resolved once per life, never again at a restart. Wins over grid_lower_price and grid_upper_price.',
    default: false,
  },
  price_range: {
    type: 'decimal',
    doc: 'Half width of the range that auto_price makes.',
    unit: 'percent',
    exclusiveMinimum: 0,
    maximum: 99,
  },
}

const size: Readonly<Record<string, ParameterSchema>> = {
  order_quantity: {
    type: 'decimal',
    doc: 'Size of each order. At most one of order_quantity, order_notional, total_margin; with none of them max_position ÷ intervals, rounded down to the lot.',
    unit: 'base',
    exclusiveMinimum: 0,
    isHot: true,
  },
  order_notional: {
    type: 'decimal',
    doc: 'Value of each order at the middle of the range; all orders have the same quantity.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  total_margin: {
    type: 'decimal',
    doc: 'Margin for the whole grid: quantity = margin · leverage · (1 − margin_reserve) ÷ Σ prices of what can be open together on the larger side, initial position included.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  margin_reserve: {
    type: 'decimal',
    doc: 'Share of total_margin kept for fees and funding.',
    unit: 'percent',
    minimum: 0,
    maximum: 99,
    default: '5',
    isHot: true,
  },
  leverage: {
    type: 'decimal',
    doc: 'Leverage that total_margin and the liquidation check count with. Without it the leverage of exchange_config counts, which is 1 by default.',
    exclusiveMinimum: 0,
    maximum: 1000,
  },
  max_position: {
    type: 'decimal',
    doc: 'Most the grid may hold; sizes the orders when no other size is given, else a grid that could hold more is refused.',
    unit: 'base',
    exclusiveMinimum: 0,
    isHot: true,
  },
}

const exits: Readonly<Record<string, ParameterSchema>> = {
  stop_loss: {
    type: 'decimal',
    doc: 'Positive. When the total profit since the start, on mark, is at or below −stop_loss: cancel, close, stop. Latched.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  take_profit: {
    type: 'decimal',
    doc: 'When the total profit since the start, on mark, reaches it: cancel, close, stop. Latched.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  stop_price: {
    type: 'decimal',
    doc: 'When mark reaches it from the side on which it lay at the start: cancel, close, stop. Latched. Lies beyond the side on which the grid loses: below the range for long, above it for short, outside it for neutral.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  take_profit_price: {
    type: 'decimal',
    doc: 'As stop_price, named as a success. Lies above the lowest line and the price for long, below the highest line and the price for short.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  trailing_stop: {
    type: 'decimal',
    doc: 'Falls the equity of the instance (on mark) this far from its peak: cancel, close, stop. The peak is taken at candle closes and wake-ups.',
    unit: 'percent',
    exclusiveMinimum: 0,
    maximum: 100,
    isHot: true,
  },
  duration: {
    type: 'integer',
    doc: 'Market time from the first start to the stop (orders cancelled, position kept, desired state stopped).',
    unit: 's',
    minimum: 1,
    isHot: true,
  },
}

const movement: Readonly<Record<string, ParameterSchema>> = {
  trailing_up: {
    type: 'decimalOrFalse',
    doc: 'Price limit up to which the range follows: one interval higher when the price is one interval above the top.',
    unit: 'quote',
    default: false,
    isHot: true,
  },
  trailing_down: {
    type: 'decimalOrFalse',
    doc: 'Price limit down to which the range follows: one interval lower when the price is one interval below the bottom.',
    unit: 'quote',
    default: false,
    isHot: true,
  },
  trigger_price: {
    type: 'decimal',
    doc: 'Nothing is ordered before the last price reaches it; resolved once per life.',
    unit: 'quote',
    exclusiveMinimum: 0,
  },
  boundary_action: {
    type: 'enum',
    doc: 'Beyond the range: hold keeps the orders; pause adds nothing new until the price is back; close stops and closes; recentre moves the range around the price and realises the loss. close and recentre need the close of a minute beyond bound × (1 ± tolerance). emergency_close is an older word for close.',
    values: ['hold', 'pause', 'close', 'recentre', 'emergency_close'],
    default: 'hold',
    isHot: true,
  },
  boundary_tolerance: {
    type: 'decimal',
    doc: 'Distance from the bound that boundary_action leaves free.',
    unit: 'percent',
    minimum: 0,
    maximum: 99,
    default: '0',
    isHot: true,
  },
  open_orders_max: {
    type: 'integer',
    doc: 'Only this many orders nearest to the price rest, the others stay virtual; 0 = all.',
    minimum: 0,
    maximum: 1000,
    default: 0,
    isHot: true,
  },
  interval: {
    type: 'integer',
    doc: 'Slowest re-check of an unfilled target, with a new worst price; events act at once.',
    unit: 's',
    minimum: 1,
    default: 60,
    isHot: true,
  },
  entry_slippage: {
    type: 'decimal',
    doc: 'Worst price of the initial position and of corrections: the last price ± this; renewed at each re-check.',
    unit: 'percent',
    minimum: 0,
    maximum: 50,
    default: '1',
    isHot: true,
  },
}

const overrides: Readonly<Record<string, ParameterSchema>> = {
  allow_unprofitable: {
    type: 'boolean',
    doc: 'Run although the worst line does not pay its fees.',
    default: false,
    isHot: true,
  },
  allow_liquidation_before_last_line: {
    type: 'boolean',
    doc: 'Run although the position can be liquidated before its last line has filled.',
    default: false,
    isHot: true,
  },
  liquidation_buffer: {
    type: 'decimal',
    doc: 'Distance that the last liquidation price must keep from the last line.',
    unit: 'percent',
    minimum: 0,
    maximum: 99,
    default: '0',
    isHot: true,
  },
  allow_price_outside: {
    type: 'boolean',
    doc: 'Run although the price lies outside the range on the side where the whole position is opened at once (long below it, short above it).',
    default: false,
    isHot: true,
  },
}

/** The schema of strategy_config. */
export const gridParameters: Readonly<Record<string, ParameterSchema>> = {
  ...range,
  ...size,
  ...exits,
  ...movement,
  ...overrides,
}
