/** Where the desk dies: at the n-th time that it passes a chosen point between two steps of its input and output. */
import type { Coverage, Situation } from './coverage.ts'
import type { Owner } from './scheduler.ts'

export const crashPoints = [
  'crash: before a commit is written',
  'crash: commit written, not synced, lost',
  'crash: commit torn',
  'crash: commit survives unsynced',
  'crash: commit durable, not answered',
  'crash: before ids are reserved',
  'crash: before place leaves',
  'crash: after place has left',
  'crash: before cancel leaves',
  'crash: after cancel has left',
  'crash: before a query leaves',
  'crash: after a query has left',
  'crash: before an answer is handled',
  'crash: after an answer was handled',
  'crash: before a message is handled',
  'crash: after a message was handled',
  'crash: before the bot is told',
  'crash: after the bot was told',
] as const satisfies readonly Situation[]

export type CrashPoint = (typeof crashPoints)[number]

export class Fuse {
  readonly #coverage: Coverage
  readonly #onCrash: (owner: Owner) => void
  #point: CrashPoint | null = null
  #left = 0

  constructor(coverage: Coverage, onCrash: (owner: Owner) => void) {
    this.#coverage = coverage
    this.#onCrash = onCrash
  }

  arm(point: CrashPoint, passes: number): void {
    this.#point = point
    this.#left = passes
  }

  disarm(): void {
    this.#point = null
  }

  /** A process passes the point. @returns whether it is dead now: nothing of the step may happen any more */
  passes(point: CrashPoint, owner: Owner): boolean {
    if (owner.isDead) return true
    if (this.#point !== point || --this.#left > 0) return false
    this.#point = null
    this.#coverage.sometimes(point)
    owner.isDead = true
    this.#onCrash(owner)
    return true
  }
}
