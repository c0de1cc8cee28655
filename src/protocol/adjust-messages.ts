/** What is told of the adjustment of a grid; names as on the wire (POST …/grid/adjust). */

/** What an adjustment trades at market at once; decimals as text, price and fee as if all were taken at the last price. */
export interface MarketTrade {
  readonly side: 'buy' | 'sell'
  readonly quantity: string
  /** What the quantities count: the base, or contracts where the instrument is inverse. */
  readonly unit: string
  readonly price: string
  readonly fee: string
  readonly settle: string
  readonly position_before: string
  readonly position_after: string
}
