/**
 * Noise with random access: every number is a hash of (seed, stream, index), so any minute of the demo market can be
 * made without the minutes before it. Floats: nothing here decides about an order.
 */

/** Finalizer of MurmurHash3 (Austin Appleby, public domain): every input bit flips each output bit with p ≈ 1/2. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const UNIT = 1 / 4294967296

/** One source of noise per seed; `stream` separates uses, `index` counts minutes or days (negative allowed). */
export class DemoNoise {
  readonly #seed: number

  constructor(seed: number) {
    // The high part of seeds above 2^32 counts as well.
    this.#seed = mix(seed ^ mix(Math.floor(seed / 4294967296) ^ 0x9e3779b9))
  }

  /** Uniform in (0, 1), never 0 or 1. */
  uniform(stream: number, index: number): number {
    const key = mix(this.#seed ^ Math.imul(stream + 1, 0x9e3779b1))
    return ((mix(key ^ mix(index + 0x7f4a7c15)) >>> 0) + 0.5) * UNIT
  }

  /** Standard normal by Box and Muller; uses the streams `stream` and `stream` + 1. */
  normal(stream: number, index: number): number {
    const radius = Math.sqrt(-2 * Math.log(this.uniform(stream, index)))
    return radius * Math.cos(2 * Math.PI * this.uniform(stream + 1, index))
  }
}
