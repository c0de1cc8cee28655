/** Orders and fills as events: one tail of all journals, read while somebody listens to either. */
import { instanceOfLeg } from '../../domain/leg-name.ts'
import { fillRow, orderRow } from '../../fleet/table-rows.ts'
import type { JournalTail } from '../../ports/journal-tail.ts'
import type { StreamHub } from './hub.ts'
import { type LookTools, lookEvery } from './looking.ts'

const LOOK_MS = 200

export class LiveJournals {
  readonly #hub: StreamHub
  readonly #tools: LookTools
  readonly #openTail: () => JournalTail
  #followers = 0
  #stop: () => void = () => {}

  constructor(hub: StreamHub, tools: LookTools, openTail: () => JournalTail) {
    this.#hub = hub
    this.#tools = tools
    this.#openTail = openTail
  }

  /** Of one topic more. */
  follow(): () => void {
    this.#followers += 1
    if (this.#followers === 1) this.#begin()
    return () => {
      this.#followers -= 1
      if (this.#followers === 0) this.#stop()
    }
  }

  #begin(): void {
    // At once: what is written from now on is told.
    let tail = this.#opened()
    const what = 'the journals are not followed'
    const cancel = lookEvery(this.#tools, LOOK_MS, what, () => {
      tail ??= this.#openTail()
      this.#look(tail)
    })
    this.#stop = () => {
      cancel()
      tail?.close()
    }
  }

  /** Null: a look will try it again, and tell why it cannot be done. */
  #opened(): JournalTail | null {
    try {
      return this.#openTail()
    } catch {
      return null
    }
  }

  #look(tail: JournalTail): void {
    const { orders, fills } = tail.poll()
    if (this.#hub.isFollowed('orders')) {
      for (const { order, instrument } of orders)
        this.#hub.publish('orders', instanceOfLeg(order.instance), orderRow(order, instrument))
    }
    if (!this.#hub.isFollowed('fills')) return
    for (const { fill, instrument } of fills)
      this.#hub.publish('fills', instanceOfLeg(fill.instance), fillRow(fill, instrument))
  }
}
