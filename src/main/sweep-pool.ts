/**
 * Runs trials on worker threads. A chunk holds about a fifth of a second of work, so that messages do not matter; a worker
 * that dies or runs over its time is replaced, the set it was at fails, and the rest of its chunk is run again.
 */
import { Worker } from 'node:worker_threads'
import { type FigureRow, statisticNames } from '../backtest/search/figures.ts'
import type { TrialOutcome, TrialSetup, TrialTask } from '../backtest/search/trial.ts'
import type { RecordedMarket } from '../domain/history.ts'
import { sharedMarket } from './sweep-market.ts'
import {
  CHUNK,
  type StrategySource,
  type SweepAnswer,
  type SweepChunk,
  type SweepWorkerData,
  TASK,
} from './sweep-messages.ts'

export interface PoolOptions {
  readonly workers: number
  /** Wall time that one set may take. */
  readonly timeLimitMs: number
  /** A module with strategies that do not ship; for tests and strategies from outside. */
  readonly strategyModule?: string
}

/** Told about each outcome; `position` counts the tasks of the call. */
export type OnOutcome = (position: number, outcome: TrialOutcome) => void

const CHUNK_MS = 200
const CHUNK_MAX = 256
const WATCH_MS = 250
/** Of one worker: what a run keeps is small, and memory that is never used is not taken. */
const HEAP_MB = 512
const YOUNG_MB = 8

/** One call of run: what is still to do. */
interface Job {
  readonly tasks: readonly TrialTask[]
  readonly onOutcome: OnOutcome
  readonly end: (error: Error | null) => void
  /** Positions, in order, nobody works on. */
  waiting: number[]
  left: number
}

interface Slot {
  worker: Worker
  progress: Int32Array
  positions: readonly number[] | null
  chunk: number
  startedAt: number
  /** The task it was at when the watch looked last, and since when. */
  seenTask: number
  seenAt: number
  failure: string | null
}

export class SweepPool {
  readonly #data: Omit<SweepWorkerData, 'progress'>
  readonly #options: PoolOptions
  readonly #slots: Slot[] = []
  #watch: NodeJS.Timeout | null = null
  #job: Job | null = null
  #lastChunk = 0
  #runMs = 0
  #isClosed = false

  constructor({ request, space }: TrialSetup, strategy: StrategySource, options: PoolOptions) {
    const { strategy: _, ...rest } = request
    const market: RecordedMarket = sharedMarket(request.market)
    const strategyModule = options.strategyModule ?? null
    this.#data = { request: { ...rest, market }, strategy, strategyModule, space }
    this.#options = options
  }

  /**
   * Runs all tasks; outcomes come in no special order. Ends early when the pool is closed.
   * @throws Error when workers cannot even start
   */
  async run(tasks: readonly TrialTask[], onOutcome: OnOutcome): Promise<void> {
    if (tasks.length === 0 || this.#isClosed) return
    await new Promise<void>((done, failed) => {
      this.#job = {
        tasks,
        onOutcome,
        end: (error) => {
          this.#job = null
          if (error === null) done()
          else failed(error)
        },
        waiting: tasks.map((_, index) => index),
        left: tasks.length,
      }
      this.#watch ??= setInterval(() => this.#look(), WATCH_MS)
      const wanted = Math.min(this.#options.workers, tasks.length)
      while (this.#slots.length < wanted) this.#slots.push(this.#newSlot())
      for (const slot of this.#slots) if (slot.positions === null) this.#feed(slot)
    })
  }

  /** Ends all workers at once; a run that goes on ends with what is done. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#watch = null
    const ended = this.#slots.splice(0).map(({ worker }) => worker.terminate())
    this.#job?.end(null)
    await Promise.all(ended)
  }

  #newSlot(): Slot {
    const slot = { positions: null, chunk: 0, startedAt: 0, seenTask: -1, seenAt: 0, failure: null }
    return { ...slot, ...this.#newWorker() }
  }

  #newWorker(): { readonly worker: Worker; readonly progress: Int32Array } {
    const progress = new Int32Array(new SharedArrayBuffer(8))
    const file = import.meta.url.endsWith('.ts') ? './sweep-worker.ts' : './sweep-worker.js'
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: { ...this.#data, progress } satisfies SweepWorkerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
      stdin: false,
    })
    const slotOf = () => this.#slots.find((one) => one.worker === worker)
    worker.on('message', (answer: SweepAnswer) => this.#take(slotOf(), answer))
    worker.on('error', (error) => {
      const slot = slotOf()
      if (slot !== undefined) slot.failure ??= messageOf(error)
    })
    worker.on('exit', (code) => this.#onExit(slotOf(), code))
    return { worker, progress }
  }

  #feed(slot: Slot): void {
    const job = this.#job
    if (job === null || job.waiting.length === 0) return
    const size = Math.max(1, Math.min(CHUNK_MAX, Math.floor(CHUNK_MS / Math.max(this.#runMs, 0.1))))
    // The last chunks are shared out evenly: nobody waits for a long one at the end.
    const fair = Math.ceil(job.waiting.length / (2 * this.#options.workers))
    slot.positions = job.waiting.splice(0, this.#runMs === 0 ? 1 : Math.min(size, fair))
    this.#lastChunk += 1
    slot.chunk = this.#lastChunk
    slot.startedAt = performance.now()
    slot.seenTask = -1
    slot.seenAt = slot.startedAt
    const tasks = slot.positions.flatMap((position) => job.tasks[position] ?? [])
    slot.worker.postMessage({ id: slot.chunk, tasks } satisfies SweepChunk)
  }

  #take(slot: Slot | undefined, { id, rows, failures, limits, daily }: SweepAnswer): void {
    const positions = slot?.positions ?? null
    if (slot === undefined || positions === null || id !== slot.chunk) return
    slot.positions = null
    const runMs = (performance.now() - slot.startedAt) / positions.length
    this.#runMs = this.#runMs === 0 ? runMs : 0.7 * this.#runMs + 0.3 * runMs
    const width = statisticNames.length
    for (const [index, position] of positions.entries()) {
      const failure = failures[index] ?? null
      const row: FigureRow | null =
        failure === null ? rows.subarray(index * width, (index + 1) * width) : null
      const limited = limits[index] ?? null
      this.#settle(position, { row, failure, limited, daily: daily[index] ?? null })
    }
    this.#feed(slot)
  }

  #settle(position: number, outcome: TrialOutcome): void {
    const job = this.#job
    if (job === null) return
    job.onOutcome(position, outcome)
    job.left -= 1
    if (job.left === 0) job.end(null)
  }

  /** A worker is gone: the set it was at has failed, the others of its chunk are run again by a new one. */
  #onExit(slot: Slot | undefined, code: number): void {
    if (slot === undefined || this.#isClosed) return
    const { positions, chunk, progress, failure } = slot
    const why = failure ?? `it ended with code ${code}`
    const hasStarted = positions !== null && Atomics.load(progress, CHUNK) === chunk
    if (positions !== null && !hasStarted) {
      this.#job?.end(new Error(`a worker of the sweep could not start: ${why}`))
      return
    }
    Object.assign(slot, this.#newWorker(), { positions: null, failure: null })
    if (positions === null) return
    const at = Atomics.load(progress, TASK)
    const culprit = positions[at] ?? 0
    this.#job?.waiting.unshift(...positions.filter((position) => position !== culprit))
    this.#settle(culprit, {
      row: null,
      failure: `the worker that ran it died: ${why}`,
      limited: null,
      daily: null,
    })
    this.#feed(slot)
  }

  /** Ends a worker whose set runs over its time; #onExit does the rest. */
  #look(): void {
    const now = performance.now()
    for (const slot of this.#slots) {
      if (slot.positions === null || Atomics.load(slot.progress, CHUNK) !== slot.chunk) continue
      const task = Atomics.load(slot.progress, TASK)
      if (task !== slot.seenTask) Object.assign(slot, { seenTask: task, seenAt: now })
      else if (now - slot.seenAt > this.#options.timeLimitMs && slot.failure === null) {
        slot.failure = `it took longer than ${this.#options.timeLimitMs / 1000} s`
        void slot.worker.terminate()
      }
    }
  }
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
