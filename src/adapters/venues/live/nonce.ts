/** Nonces that only grow, also when the wall clock is set back or several are asked for within one tick. */
export class MonotoneNonce {
  readonly #now: () => number
  #last: number

  /**
   * @param now the wanted nonce of this moment, e.g. venue wall µs
   * @param floor the greatest that may have been used before; the next is above it
   */
  constructor(now: () => number, floor = 0) {
    this.#now = now
    this.#last = floor
  }

  get last(): number {
    return this.#last
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#now()))
    return this.#last
  }
}
