/** The strategy of an instance, ready to run: a shipped one, or one in a file of its own with its child process. */
import { PlugInStrategy } from '../adapters/plug-ins/host.ts'
import { keptPlugIn } from '../adapters/plug-ins/kept.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { type AnyStrategy, strategyById } from '../strategies/registry.ts'

export interface OpenStrategy {
  readonly strategy: AnyStrategy
  /** Ends what was started for it. */
  close(): void
}

/**
 * For backtests and searches, in any thread: one child serves any number of runs, one after the other. What fails in it
 * throws PlugInError with one sentence, out of Backtest too; open it anew then.
 * @returns null when there is no such strategy @throws PlugInError
 */
export function openStrategy(
  instance: Pick<ResolvedInstance, 'strategy' | 'strategyFile'>,
): OpenStrategy | null {
  const { strategyFile: file } = instance
  if (file === undefined) {
    const strategy = strategyById(instance.strategy)
    return strategy === null ? null : { strategy, close: () => {} }
  }
  const strategy = new PlugInStrategy(keptPlugIn(file.copy), { keepsState: false })
  return { strategy, close: () => strategy.close() }
}
