/** Client order ids from durable blocks: an id is never used twice, whatever was lost in a crash. */
import type { ClientOrderId } from '../domain/order.ts'

const BLOCK = 1000

/** Whether an id has the form of those of a desk (of this one, or of an earlier life of it). */
export const isDeskId = (id: string): boolean => /^pf[0-9a-z]{12,16}$/.test(id)

/**
 * `pf{epoch}{counter}`, base 36, at most 18 characters. The epoch is new at each start of the desk, a block of
 * counters is reserved durably before its first id is handed out.
 */
export class ClientIds {
  readonly #prefix: string
  readonly #reserve: (count: number) => number
  #next = 0
  #end = 0

  constructor(epoch: number, reserve: (count: number) => number) {
    this.#prefix = `pf${epoch.toString(36).padStart(5, '0')}`
    this.#reserve = reserve
  }

  next(): ClientOrderId {
    if (this.#next === this.#end) {
      this.#next = this.#reserve(BLOCK)
      this.#end = this.#next + BLOCK
    }
    const counter = this.#next++
    return `${this.#prefix}${counter.toString(36).padStart(7, '0')}` as ClientOrderId
  }
}
