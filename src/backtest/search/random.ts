/** A seeded source of chance of our own, so that the same seed gives the same search on every machine and version. */

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes its own and BigCrush's tests. */
export class SeededRandom {
  #a: number
  #b: number
  #c = 0x9e3779b9
  #counter = 1

  /** @param seed any whole number @param stream another series of the same seed */
  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0
    this.#b = (Math.floor(seed / 4_294_967_296) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0
    for (let round = 0; round < 16; round += 1) this.#next32()
  }

  #next32(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0
    this.#counter = (this.#counter + 1) >>> 0
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0
    return sum
  }

  /** In [0, 1), 32 bits. */
  next(): number {
    return this.#next32() / 4_294_967_296
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  /** Of mean 0 and spread 1 (Box & Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return radius * Math.cos(2 * Math.PI * this.next())
  }

  /** Fisher & Yates in place, Durstenfeld's form. */
  shuffle(values: Float64Array): void {
    for (let last = values.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1)
      const kept = values[last] ?? 0
      values[last] = values[other] ?? 0
      values[other] = kept
    }
  }
}
