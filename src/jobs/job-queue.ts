/** The queue of the lab: a few jobs at a time, each in a process of its own; everything is written down first. */
import { Histogram, type HistogramCounts } from '../domain/statistic/histogram.ts'
import type { Json } from '../domain/strategy.ts'
import type { Job, JobExit, JobKind, JobProcesses, JobStore } from '../ports/job-store.ts'

export interface JobQueueParts {
  readonly store: JobStore
  readonly processes: JobProcesses
  /** Jobs at a time. */
  readonly concurrency: () => number
  /** Wall time, ms. */
  readonly wallMs: () => number
  /** Eight characters that no other job has. */
  readonly newName: () => string
}

/** What shall be done. */
export interface JobOrder {
  readonly kind: JobKind
  readonly author: string
  readonly request: Json
  readonly command: readonly string[]
}

/** Jobs that may wait; a page that asks in a loop must not fill the disk. */
const WAITING_MAX = 100
const DURATION_BOUNDS_S = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200]
/** Ended jobs that are kept; the oldest go with their reports. */
const KEPT = 500

/** The queue is full. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull'
}

interface Running {
  readonly stop: () => void
  isCancelled: boolean
}

export class JobQueue {
  readonly #parts: JobQueueParts
  readonly #running = new Map<string, Running>()
  readonly #waiters = new Map<string, ((job: Job) => void)[]>()
  readonly #durations = new Histogram(DURATION_BOUNDS_S)
  #isEnded = false

  /** What ran when the last control plane ended is marked; what waited goes on waiting. */
  constructor(parts: JobQueueParts) {
    this.#parts = parts
    const endedAt = parts.wallMs()
    for (const job of parts.store.open()) {
      if (job.state !== 'running') continue
      const error = 'the control plane ended while it ran: ask for it again'
      parts.store.save({ ...job, state: 'interrupted', endedAt, error })
    }
  }

  /** Begins what waits. */
  start(): void {
    this.#fill()
  }

  /** @throws QueueFull */
  submit({ kind, author, request, command }: JobOrder): Job {
    const { store, wallMs, newName } = this.#parts
    if (store.open().length >= WAITING_MAX + this.#parts.concurrency()) {
      throw new QueueFull(`${WAITING_MAX} jobs wait already: wait for one to end, or cancel one`)
    }
    const createdAt = wallMs()
    const stamp = new Date(createdAt).toISOString().replace(/\D/g, '').slice(0, 14)
    const job: Job = {
      id: `${kind.replace('_', '-')}-${stamp}-${newName()}`,
      kind,
      state: 'queued',
      author,
      request,
      command,
      createdAt,
      startedAt: null,
      endedAt: null,
      progress: null,
      error: null,
      summary: null,
    }
    store.save(job)
    this.#forgetOld()
    this.#fill()
    return store.get(job.id) ?? job
  }

  get(id: string): Job | null {
    return this.#parts.store.get(id)
  }

  list(kind: JobKind | null, limit: number, before: string | null): readonly Job[] {
    return this.#parts.store.list(kind, limit, before)
  }

  /** Jobs that wait or run. */
  count(): { readonly queued: number; readonly running: number } {
    const running = this.#running.size
    return { queued: this.#parts.store.open().length - running, running }
  }

  /** Jobs at a time. */
  concurrency(): number {
    return this.#parts.concurrency()
  }

  /** Of those that began and ended since the start, s. */
  durations(): HistogramCounts {
    return this.#durations.counts()
  }

  /** @returns null when there is no such job; a job that has ended is left as it is */
  cancel(id: string): Job | null {
    const job = this.get(id)
    if (job === null) return null
    const running = this.#running.get(id)
    if (running !== undefined) {
      running.isCancelled = true
      running.stop()
    } else if (job.state === 'queued') this.#end({ ...job, state: 'cancelled' })
    return this.get(id)
  }

  /** The same once more, as a job of its own. @returns null when there is no such job */
  retry(id: string, author: string): Job | null {
    const job = this.get(id)
    if (job === null) return null
    const { kind, request, command } = job
    return this.submit({ kind, author, request, command })
  }

  /** Removes a job that has ended, with its report. @returns false while it waits or runs, or when there is none */
  remove(id: string): boolean {
    const job = this.get(id)
    if (job === null || job.endedAt === null) return false
    this.#parts.processes.removeReport(id)
    this.#parts.store.remove(id)
    return true
  }

  /** Where the report of a job lies. */
  folder(id: string): string {
    return this.#parts.processes.reportFolder(id)
  }

  /** A file of the report; null when it is not there. */
  report(id: string, file: string): string | null {
    return this.get(id) === null ? null : this.#parts.processes.readReport(id, file)
  }

  /** Resolves when a job has ended, or after a time with the job as it is then. */
  async ended(id: string, timeoutMs: number): Promise<Job | null> {
    const job = this.get(id)
    if (job === null || job.endedAt !== null) return job
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.get(id)), timeoutMs)
      timer.unref()
      const tell = (ended: Job): void => {
        clearTimeout(timer)
        resolve(ended)
      }
      this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), tell])
    })
  }

  /** What runs is ended; the next control plane marks it as interrupted. */
  close(): void {
    this.#isEnded = true
    const running = [...this.#running.values()]
    // Forgotten first: how they end now is no outcome.
    this.#running.clear()
    for (const { stop } of running) stop()
  }

  #fill(): void {
    if (this.#isEnded) return
    for (const job of this.#parts.store.open()) {
      if (this.#running.size >= this.#parts.concurrency()) return
      if (job.state === 'queued') this.#begin(job)
    }
  }

  #begin(job: Job): void {
    const { store, processes, wallMs } = this.#parts
    const running: Job = { ...job, state: 'running', startedAt: wallMs(), progress: 0 }
    store.save(running)
    try {
      const folder = processes.reportFolder(job.id)
      const { stop } = processes.start([...job.command, '--report', folder], {
        onProgress: (share) => this.#onProgress(job.id, share),
        onExit: (exit) => this.#onExit(job.id, exit),
      })
      this.#running.set(job.id, { stop, isCancelled: false })
    } catch (error) {
      // A full disk, a folder that cannot be written to: the others go on, and nobody waits for this one.
      const why = error instanceof Error ? error.message : String(error)
      this.#end({ ...running, state: 'failed', error: `it could not begin: ${why}` })
    }
  }

  #onProgress(id: string, share: number): void {
    const job = this.get(id)
    if (job?.state !== 'running' || !this.#running.has(id)) return
    const progress = Math.min(1, Math.max(job.progress ?? 0, share))
    if (progress - (job.progress ?? 0) >= 0.01) this.#parts.store.save({ ...job, progress })
  }

  #onExit(id: string, { code, text }: JobExit): void {
    const running = this.#running.get(id)
    const job = this.get(id)
    if (running === undefined || job === null) return
    this.#running.delete(id)
    if (running.isCancelled) this.#end({ ...job, state: 'cancelled' })
    else if (code === 0) {
      const summary = this.#parts.processes.summaryOf(id)
      this.#end({ ...job, state: 'done', progress: 1, summary })
    } else {
      const error =
        text === '' ? 'its process ended without a word: the memory may be too small' : text
      this.#end({ ...job, state: 'failed', error })
    }
    this.#fill()
  }

  #end(job: Job): void {
    const ended = { ...job, endedAt: this.#parts.wallMs() }
    this.#parts.store.save(ended)
    if (job.startedAt !== null) this.#durations.add((ended.endedAt - job.startedAt) / 1000)
    for (const tell of this.#waiters.get(job.id) ?? []) tell(ended)
    this.#waiters.delete(job.id)
  }

  #forgetOld(): void {
    for (const { id } of this.#parts.store.list(null, KEPT + 50, null).slice(KEPT)) this.remove(id)
  }
}
