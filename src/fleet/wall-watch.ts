/**
 * Notices when the clock on the wall was set. Nothing is started, stopped or restarted by it; only what removes files by
 * their date waits until the new time has stood for a day of machine time.
 */
import type { Clock } from '../ports/clock.ts'

/** Smaller corrections are the daily work of a time service. */
const JUMP_MS = 3_600_000
export const TRUST_AFTER_MS = 86_400_000

export class WallWatch {
  readonly #clock: Clock
  #offset: number
  #distrustedUntil = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#offset = clock.wallMs() - clock.monotonicMs()
  }

  /** @returns by how much the clock was set since the last look, ms; 0 = it was not */
  look(): number {
    const offset = this.#clock.wallMs() - this.#clock.monotonicMs()
    const jump = offset - this.#offset
    if (Math.abs(jump) < JUMP_MS) return 0
    this.#offset = offset
    this.#distrustedUntil = this.#clock.monotonicMs() + TRUST_AFTER_MS
    return jump
  }

  get isTrusted(): boolean {
    return this.#clock.monotonicMs() >= this.#distrustedUntil
  }
}
