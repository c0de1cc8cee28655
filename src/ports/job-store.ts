/** Jobs of the lab: what was asked, how far it is, what came of it. */
import type { Json } from '../domain/strategy.ts'

export type JobKind = 'backtest' | 'optimize' | 'walk_forward' | 'compare'

/** `interrupted`: the control plane ended while it ran; it may be asked for again. */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** Times are wall time in ms. */
export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  readonly author: string
  /** What was asked, as it was asked. */
  readonly request: Json
  /** Arguments of the command that carries it out, without the folder of its report. */
  readonly command: readonly string[]
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** 0 to 1; null = not known yet. */
  readonly progress: number | null
  /** One sentence: why it failed. */
  readonly error: string | null
  /** Headline figures of what came of it. */
  readonly summary: Json
}

export interface JobStore {
  save(job: Job): void
  get(id: string): Job | null
  /** The newest first, those made before `before` (a job id, itself left out). */
  list(kind: JobKind | null, limit: number, before: string | null): readonly Job[]
  /** Jobs that have not ended, the oldest first. */
  open(): readonly Job[]
  remove(id: string): void
}

/** How a process that carries a job out ended. */
export interface JobExit {
  /** null: it was killed. */
  readonly code: number | null
  /** The last line that it wrote to standard error. */
  readonly text: string
}

export interface JobListener {
  /** 0 to 1. */
  onProgress(share: number): void
  onExit(exit: JobExit): void
}

/** Where jobs are carried out: processes of their own, so that none can slow or end the control plane. */
export interface JobProcesses {
  start(command: readonly string[], listener: JobListener): { stop(): void }
  /** A fresh folder for the report of a job. */
  reportFolder(id: string): string
  /** Headline figures of a report; null when there is none. */
  summaryOf(id: string): Json
  /** Text of a file of the report; null when it is not there. */
  readReport(id: string, file: string): string | null
  removeReport(id: string): void
}
