/** One instance on one recorded window: by the library of the backtest, and by real processes in lockstep. */

import { HistoryFolder } from '../../src/adapters/history/history-folder.ts'
import { importSeries } from '../../src/adapters/history/importer.ts'
import { resultOf } from '../../src/backtest/result.ts'
import { Backtest } from '../../src/backtest/run.ts'
import { parseSetName } from '../../src/domain/history.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import { parseTimeframe } from '../../src/domain/timeframe.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import type { ProgramKind } from '../drills/supervised.ts'
import { settingsOf, sleep, until, World, type WorldInstance } from '../drills/world.ts'

/** What must be equal: the fingerprint of all fills and the ledger of the bot to the last unit. */
export interface Outcome {
  readonly fingerprint: string
  readonly ledger: Readonly<Record<string, unknown>>
}

export interface Recording {
  /** `venue/symbol/timeframe@from..to` */
  readonly set: string
  readonly instance: WorldInstance
}

export async function importFile(
  historyDir: string,
  set: string,
  file: string,
  kind: 'candles' | 'funding',
): Promise<void> {
  const { venue, symbol, timeframe } = parseSetName(set)
  await importSeries(new HistoryFolder(historyDir), {
    file,
    kind,
    venue,
    symbol: parseSymbol(symbol.symbol),
    timeframe: kind === 'funding' ? null : parseTimeframe(timeframe.text),
    isDroppingDuplicates: false,
    isReplacing: false,
    importedAt: '2026-01-01T00:00:00.000Z',
    onProgress: () => {},
  })
}

export interface BacktestOutcome extends Outcome {
  readonly candles: number
  readonly fundingPayments: number
}

export function backtest(historyDir: string, { set, instance }: Recording): BacktestOutcome {
  const window = parseSetName(set)
  const strategy = strategyById(instance.strategy ?? 'perp_grid')
  const settings = settingsOf(instance, null)
  if (strategy === null || settings.paper === null)
    throw new Error(`there is no ${instance.strategy}`)
  const run = new Backtest({
    ...settings,
    paper: settings.paper,
    strategy,
    parameters: instance.parameters,
    initialPosition: 'open',
    market: new HistoryFolder(historyDir).load(window),
    window,
    fillRule: 'through',
  })
  while (run.run(10_000));
  const { fingerprint, ledger, counts } = resultOf(run, set)
  return {
    fingerprint,
    ledger: { ...ledger },
    candles: counts.candles,
    fundingPayments: counts.fundingPayments,
  }
}

const END_LIMIT_MS = 120_000

export interface ReplayOutcome extends Outcome {
  readonly steps: number
  readonly killed: readonly ProgramKind[]
}

/** @param kills programs to kill, spread evenly over the window */
export async function replay(
  historyDir: string,
  { set, instance }: Recording,
  port: number,
  kills: readonly ProgramKind[],
): Promise<ReplayOutcome> {
  const world = new World({
    name: 'lockstep',
    port,
    instances: [instance],
    feed: `replay:${set}`,
    seed: 0,
    speed: 1,
    pace: 'lockstep',
    wireLatencyMs: 0,
    historyDir,
  })
  const killed: ProgramKind[] = []
  try {
    world.start()
    const isEnded = async () => {
      const status = await world.exchangeStatus()
      if (status === null) return false
      if (status.state === 'ended') return true
      const { startAt, marketAt, endAt } = status
      const done = (marketAt - startAt) / ((endAt ?? marketAt) - startAt)
      const next = kills[killed.length]
      if (next !== undefined && done > (killed.length + 0.7) / (kills.length + 0.4)) {
        killed.push(next)
        const program = next === 'bot' ? world.bots.get(instance.id) : world[next]
        await program?.kill()
      }
      return false
    }
    if ((await until(isEnded, END_LIMIT_MS, 5)) === null) {
      const status = await world.exchangeStatus()
      throw new Error(
        `the replay of ${set} stands at ${status?.marketAt} and waits for ${status?.waitingFor.join(', ')}`,
      )
    }
    const steps = (await world.exchangeStatus())?.step ?? 0
    return { ...(await outcome(world, instance.id)), steps, killed }
  } finally {
    await world.stop()
    world.remove()
  }
}

async function outcome(world: World, instance: string): Promise<Outcome> {
  await sleep(100)
  const status = await world.botStatus(instance)
  if (status?.pnl === undefined || status.fingerprint === undefined) {
    throw new Error(`${instance} tells nothing at the end of the replay`)
  }
  if (status.disagreements && status.disagreements.length > 0) {
    throw new Error(`${instance}: ${status.disagreements.join('; ')}`)
  }
  return { fingerprint: status.fingerprint, ledger: { ...status.pnl } }
}
