/** The contracts that the demo market generates. Prices are anchors, not forecasts; volatilities are of a calm year. */

export interface DemoAsset {
  readonly base: string
  /** The price around which the series turns, in quote. */
  readonly anchor: number
  /** Standard deviation of one day's return before sessions and clustering, as a fraction. */
  readonly dailyVolatility: number
  /** Share of the noise that all assets have in common, 0…1. */
  readonly commonShare: number
  /** Mean traded value of one minute, in quote. */
  readonly minuteTurnover: number
  /** Share of minutes without a trade. */
  readonly quietShare: number
  readonly priceDecimals: number
  readonly quantityDecimals: number
  readonly fundingIntervalHours: number
}

const asset = (
  base: string,
  anchor: number,
  dailyVolatility: number,
  commonShare: number,
  minuteTurnover: number,
  quietShare: number,
  priceDecimals: number,
  quantityDecimals: number,
  fundingIntervalHours: number,
): DemoAsset => ({
  base,
  anchor,
  dailyVolatility,
  commonShare,
  minuteTurnover,
  quietShare,
  priceDecimals,
  quantityDecimals,
  fundingIntervalHours,
})

/** In this order for ever: the position of an asset names its streams of noise. New assets go to the end. */
export const demoAssets: readonly DemoAsset[] = [
  asset('BTC', 100_000, 0.022, 0.85, 4_000_000, 0, 1, 5, 8),
  asset('ETH', 3_000, 0.028, 0.8, 2_500_000, 0, 2, 4, 8),
  asset('SOL', 150, 0.033, 0.7, 900_000, 0, 2, 2, 1),
  asset('XRP', 2.2, 0.034, 0.6, 500_000, 0, 4, 1, 8),
  asset('DOGE', 0.2, 0.038, 0.65, 400_000, 0.0003, 5, 0, 8),
  asset('BNB', 650, 0.022, 0.65, 300_000, 0, 2, 3, 8),
  asset('ADA', 0.7, 0.037, 0.65, 150_000, 0.0005, 4, 0, 8),
  asset('AVAX', 25, 0.039, 0.65, 120_000, 0.001, 3, 2, 8),
  asset('LINK', 15, 0.037, 0.65, 120_000, 0.001, 3, 2, 8),
  asset('SUI', 3, 0.045, 0.6, 150_000, 0.001, 4, 1, 8),
  asset('LTC', 100, 0.031, 0.65, 100_000, 0.002, 2, 3, 8),
  asset('HYPE', 25, 0.05, 0.45, 200_000, 0.001, 3, 2, 1),
]
