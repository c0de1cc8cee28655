/** Parameters with which every strategy of the registry trades within some hundred minutes of a random walk. */
import type { Json } from '../../src/domain/strategy.ts'
import { strategies } from '../../src/strategies/registry.ts'

/** Those that trade one instrument; those of several legs have tests of their own (leg-lives.test.ts). */
export const singleStrategies = strategies.filter(
  (strategy) => strategy.inputs({}).instrumentsMax === 1,
)

export const sampleParameters: Readonly<Record<string, { readonly [key: string]: Json }>> = {
  perp_grid: {
    grid_type: 'neutral',
    grid_mode: 'geometric',
    auto_price: true,
    price_range: '10',
    grid_num: 41,
    order_notional: '100',
  },
  dual_ma: { fast_length: 5, slow_length: 15, ma_type: 'ema', stop_loss: '2', trailing_stop: '3' },
  triple_ma: { fast_length: 4, middle_length: 8, slow_length: 16 },
  rsi_mean_reversion: { rsi_length: 5, take_profit: '1', time_exit: 20 },
  bollinger_breakout: { length: 12, deviations: 1.5, stop_loss: '1' },
  macd_divergence: { fast_length: 4, slow_length: 9, signal_length: 3, pivot_bars: 2 },
  donchian_breakout: { entry_length: 12, exit_length: 6, timeframe: '2m' },
  supertrend: { length: 6, multiplier: 2 },
  dca: { safety_orders: 3, deviation: '0.5', take_profit: '0.5' },
  market_making: { spread: '0.3', equity_share: '2' },
}
