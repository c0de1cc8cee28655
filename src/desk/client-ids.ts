/** Client order ids from durable blocks: an id is never used twice, whatever was lost in a crash. */
import { type ClientIdScheme, clientIdSchemes } from '../domain/client-id.ts'
import type { ClientOrderId } from '../domain/order.ts'

/** What is reserved at once. Serials are few, and each start of the desk loses the rest of a block. */
const BLOCK = { epoch: 1000, journal: 64 } as const

/** Where counters come from: the journal. Both return the first of `count` durably reserved ones. */
export interface CounterSource {
  readonly epoch: number
  reserveIds(count: number): number
  reserveSerials(count: number): number
}

/** The ids of one start of a desk; a block of counters is reserved durably before its first id is handed out. */
export class ClientIds {
  readonly scheme: ClientIdScheme
  readonly #source: CounterSource
  #next = 0
  #end = 0

  constructor(source: CounterSource, scheme: ClientIdScheme = clientIdSchemes.text) {
    this.#source = source
    this.scheme = scheme
  }

  next(): ClientOrderId {
    if (this.#next === this.#end) {
      const { counters } = this.scheme
      const count = BLOCK[counters]
      this.#next =
        counters === 'epoch' ? this.#source.reserveIds(count) : this.#source.reserveSerials(count)
      this.#end = this.#next + count
    }
    return this.scheme.make(this.#source.epoch, this.#next++)
  }
}
