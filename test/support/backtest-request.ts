/** A backtest of tests: one strategy on one market, without limits of risk; `parts` say what matters to the test. */
import type { BacktestRequest } from '../../src/backtest/run.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import { money } from '../../src/domain/money.ts'
import type { PaperTerms } from '../../src/domain/paper-terms.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { paperTerms } from './table-market.ts'

const ALL = 100_000_000

/** No limit stops anything: the whole equity may be at risk and lost. */
export const noLimits: BacktestRequest['limits'] = {
  positionSizeMax: ALL,
  positionNotionalMax: null,
  dailyLossMax: ALL,
  drawdownMax: ALL,
  capitalUtilizationMax: ALL,
  onBreach: 'reduce_only',
}

/** @param capital of the instance, and what its paper account begins with; 1e-8 of the settlement currency */
export function backtestRequest(
  strategy: AnyStrategy,
  parameters: unknown,
  market: RecordedMarket,
  capital: number,
  {
    paper,
    ...parts
  }: Partial<Omit<BacktestRequest, 'paper'>> & {
    readonly paper?: Partial<Record<keyof PaperTerms, number>>
  } = {},
): BacktestRequest {
  return {
    instance: 'tested',
    strategy,
    parameters,
    market,
    window: { from: null, to: null },
    fillRule: 'through',
    capital: money(capital),
    leverage: 3,
    marginMode: 'cross',
    initialPosition: 'open',
    limits: noLimits,
    timeZone: 'UTC',
    paper: paperTerms({ initialBalance: capital, ...paper }),
    ...parts,
  }
}
