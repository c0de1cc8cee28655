/** All strategies that ship; configuration and bots find them by id. */
import type { Strategy } from '../domain/strategy.ts'
import { perpGrid } from './perp-grid/strategy.ts'

/** A strategy of any parameters and state; only the strategy itself knows their shape. */
export type AnyStrategy = Strategy<unknown, unknown>

/** In the order in which they are listed. */
export const strategies: readonly AnyStrategy[] = [perpGrid as AnyStrategy]

/** The strategy with this id, or null. */
export function strategyById(id: string): AnyStrategy | null {
  return strategies.find((strategy) => strategy.id === id) ?? null
}
