/** A worker of a sweep (worker_threads): runs chunks of trials; every run begins from the request, nothing is carried over. */
import { parentPort, workerData } from 'node:worker_threads'
import { statisticNames } from '../backtest/search/figures.ts'
import { runTrial, type TrialSetup } from '../backtest/search/trial.ts'
import type { AnyStrategy } from '../engine/instance.ts'
import { type OpenStrategy, openStrategy } from './open-strategy.ts'
import {
  CHUNK,
  type SweepAnswer,
  type SweepChunk,
  type SweepWorkerData,
  TASK,
} from './sweep-messages.ts'

const data = workerData as SweepWorkerData
let open = await openedStrategy()
let setup: TrialSetup = { request: { ...data.request, strategy: open.strategy }, space: data.space }

parentPort?.on('message', (chunk: SweepChunk) => {
  const answer = work(chunk)
  parentPort?.postMessage(answer, [answer.rows.buffer as ArrayBuffer])
})

async function openedStrategy(): Promise<OpenStrategy> {
  const { strategy: source, strategyModule } = data
  const module = strategyModule === null ? null : await import(strategyModule)
  const others: readonly AnyStrategy[] = module?.strategies ?? []
  const given = others.find(({ id }) => id === source.strategy)
  return given === undefined ? reopened() : { strategy: given, close: () => {} }
}

/** A strategy in a file of its own begins anew after a failure: its child may be gone. */
function reopened(): OpenStrategy {
  const { strategy, strategyFile } = data.strategy
  const found = openStrategy({ strategy, ...(strategyFile === undefined ? {} : { strategyFile }) })
  if (found === null) throw new Error(`there is no strategy ${strategy}`)
  return found
}

function afterFailure(): void {
  if (data.strategy.strategyFile === undefined) return
  open.close()
  open = reopened()
  setup = { ...setup, request: { ...setup.request, strategy: open.strategy } }
}

function work({ id, tasks }: SweepChunk): SweepAnswer {
  const width = statisticNames.length
  const rows = new Float64Array(tasks.length * width).fill(Number.NaN)
  const failures: (string | null)[] = []
  const limits: (string | null)[] = []
  const daily: (readonly number[] | null)[] = []
  Atomics.store(data.progress, CHUNK, id)
  for (const [index, task] of tasks.entries()) {
    Atomics.store(data.progress, TASK, index)
    const outcome = runTrial(setup, task)
    if (outcome.row !== null) rows.set(outcome.row, index * width)
    if (outcome.failure !== null) afterFailure()
    failures.push(outcome.failure)
    limits.push(outcome.limited)
    daily.push(outcome.daily)
  }
  return { id, rows, failures, limits, daily }
}
