/** Medians of several repetitions, measured in turns so that a noisy moment of the machine meets both sides. */

export interface Row {
  readonly what: string
  readonly measured: string
  readonly reference: string
  readonly ratio: string
  readonly note: string
  /** The reference is a target that must be met, and it was not: the run fails. Absent = it is no such row. */
  readonly isMissed?: boolean
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Nanoseconds of one call of each side, which does `count` operations: median of so many turns, the first left out. */
export function inTurns(
  repetitions: number,
  count: number,
  own: () => void,
  reference: () => void,
): { readonly ownNs: number; readonly referenceNs: number } {
  const ownTimes: number[] = []
  const referenceTimes: number[] = []
  for (let i = 0; i <= repetitions; i++) {
    const a = timed(own)
    const b = timed(reference)
    if (i === 0) continue
    ownTimes.push(a)
    referenceTimes.push(b)
  }
  const perOperation = 1e6 / count
  return {
    ownNs: median(ownTimes) * perOperation,
    referenceNs: median(referenceTimes) * perOperation,
  }
}

function timed(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

export function shownTime(ns: number): string {
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(3)} ms`
  return ns >= 1000 ? `${(ns / 1000).toFixed(2)} µs` : `${ns.toFixed(1)} ns`
}

export const shownRatio = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

export function timeRow(
  what: string,
  { ownNs, referenceNs }: { readonly ownNs: number; readonly referenceNs: number },
  note: string,
): Row {
  return {
    what,
    measured: shownTime(ownNs),
    reference: shownTime(referenceNs),
    ratio: shownRatio(ownNs / referenceNs),
    note,
  }
}

export const perSecond = (ns: number): string => `${(1e9 / ns / 1e6).toFixed(2)} M/s`
