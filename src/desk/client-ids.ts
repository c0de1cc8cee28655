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
  readonly #onFailed: (error: unknown) => void
  #next = 0
  #end = 0
  #isFailed = false

  /** @param onFailed told once when a block cannot be reserved; nothing is tried again before `retry` */
  constructor(
    source: CounterSource,
    scheme: ClientIdScheme = clientIdSchemes.text,
    onFailed: (error: unknown) => void = () => {},
  ) {
    this.#source = source
    this.scheme = scheme
    this.#onFailed = onFailed
  }

  /** @returns null when the journal cannot be written: an id that is not reserved durably could be given out twice */
  next(): ClientOrderId | null {
    if (this.#next === this.#end && !this.#reserve()) return null
    return this.scheme.make(this.#source.epoch, this.#next++)
  }

  /** The next order tries the disk again. */
  retry(): void {
    this.#isFailed = false
  }

  #reserve(): boolean {
    if (this.#isFailed) return false
    const { counters } = this.scheme
    const count = BLOCK[counters]
    try {
      this.#next =
        counters === 'epoch' ? this.#source.reserveIds(count) : this.#source.reserveSerials(count)
    } catch (error) {
      this.#isFailed = true
      this.#onFailed(error)
      return false
    }
    this.#end = this.#next + count
    return true
  }
}
