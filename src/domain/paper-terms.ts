/** Conditions of a simulated account. */
import type { Money, Ratio } from './money.ts'

/** Conditions of a simulated account for one instrument. */
export interface PaperTerms {
  readonly initialBalance: Money
  readonly maker: Ratio
  readonly taker: Ratio
  readonly slippage: Ratio
  readonly latencyMs: number
  /** Share of a candle's volume that one account may take, in Ratio (1e8 = all). */
  readonly volumeShare: Ratio
}
