/** The file of a bot: it survives the process; what was not made durable is lost, or not, with the power. */
import type { Json } from '../../../src/domain/strategy.ts'
import type { BotStore, StoredFill } from '../../../src/ports/bot-store.ts'
import type { Random } from '../../support/random.ts'

export class BotDisk implements BotStore {
  /** The last that was synced, then what was written since. */
  #kept: string[] = []
  isFull = false

  load(): Json | null {
    const text = this.#kept.at(-1)
    return text === undefined ? null : (JSON.parse(text) as Json)
  }

  save(record: unknown, _fills: readonly StoredFill[], isDurable: boolean): void {
    if (this.isFull) throw new Error('the disk is full')
    if (isDurable) this.#kept = []
    // Between two syncs the oldest are as good as any.
    else if (this.#kept.length > 20) this.#kept.splice(1, 10)
    this.#kept.push(JSON.stringify(record))
  }

  saveStatus(): void {}

  lastFills(): readonly StoredFill[] {
    return []
  }

  close(): void {}

  cutPower(random: Random): void {
    if (this.#kept.length > 1) this.#kept.length = random.int(1, this.#kept.length)
  }
}
