/** All strategies that ship; configuration and bots find them by id. */
import type { Strategy } from '../domain/strategy.ts'
import { bollingerBreakout } from './bollinger-breakout.ts'
import { crossVenueMarketMaking } from './cross-venue-market-making/strategy.ts'
import { dca } from './dca.ts'
import { donchianBreakout } from './donchian-breakout.ts'
import { dualMa } from './dual-ma.ts'
import { fundingArbitrage } from './funding-arbitrage/strategy.ts'
import { macdDivergence } from './macd-divergence.ts'
import { marketMaking } from './market-making.ts'
import { perpGrid } from './perp-grid/strategy.ts'
import { rsiMeanReversion } from './rsi-mean-reversion.ts'
import { spreadArbitrage } from './spread-arbitrage/strategy.ts'
import { supertrend } from './supertrend.ts'
import { tripleMa } from './triple-ma.ts'

/** A strategy of any parameters and state; only the strategy itself knows their shape. */
export type AnyStrategy = Strategy<unknown, unknown>

/** In the order in which they are listed. */
export const strategies: readonly AnyStrategy[] = [
  perpGrid,
  dualMa,
  tripleMa,
  rsiMeanReversion,
  bollingerBreakout,
  macdDivergence,
  donchianBreakout,
  supertrend,
  dca,
  marketMaking,
  spreadArbitrage,
  fundingArbitrage,
  crossVenueMarketMaking,
].map((strategy) => strategy as AnyStrategy)

/** The strategy with this id, or null. */
export function strategyById(id: string): AnyStrategy | null {
  return strategies.find((strategy) => strategy.id === id) ?? null
}
