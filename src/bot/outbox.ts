/** What the strategy said since the last message to the desk. */
import type { Finish, Wake, WantChange } from '../domain/strategy.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'

export interface OutboxContent {
  readonly changes: readonly WantChange[]
  readonly wakes: readonly Wake[] | null
  readonly finish: Finish | null
}

export class Outbox {
  #changes: WantChange[] = []
  #wakes: readonly Wake[] | null = null
  #finish: Finish | null = null

  get isEmpty(): boolean {
    return this.#changes.length === 0 && this.#wakes === null && this.#finish === null
  }

  add(output: EngineOutput): void {
    for (const change of output.changes) this.#changes.push(change)
    if (output.wakes !== null) this.#wakes = output.wakes
    if (output.finish !== null) this.#finish = output.finish
  }

  take(): OutboxContent {
    const content = { changes: this.#changes, wakes: this.#wakes, finish: this.#finish }
    this.#changes = []
    this.#wakes = null
    this.#finish = null
    return content
  }
}
