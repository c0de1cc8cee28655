/** Counts measurements by size, as metrics tell them. */

export interface HistogramCounts {
  /** Upper ends, ascending. */
  readonly bounds: readonly number[]
  /** Measurements at or below each bound and above the one before; the last number counts those above all bounds. */
  readonly counts: readonly number[]
  readonly sum: number
  readonly count: number
}

export class Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0
  #count = 0

  /** @param bounds ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = [...bounds, 0].map(() => 0)
  }

  add(value: number): void {
    const found = this.#bounds.findIndex((bound) => value <= bound)
    const place = found === -1 ? this.#bounds.length : found
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
    this.#sum += value
    this.#count += 1
  }

  counts(): HistogramCounts {
    return {
      bounds: this.#bounds,
      counts: [...this.#counts],
      sum: this.#sum,
      count: this.#count,
    }
  }
}

/** Both together; null when their bounds differ. */
export function addedUp(a: HistogramCounts, b: HistogramCounts): HistogramCounts | null {
  const isSame =
    a.bounds.length === b.bounds.length && a.bounds.every((one, i) => one === b.bounds[i])
  if (!isSame) return null
  const counts = a.counts.map((one, i) => one + (b.counts[i] ?? 0))
  return { bounds: a.bounds, counts, sum: a.sum + b.sum, count: a.count + b.count }
}
