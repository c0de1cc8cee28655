/** Waits that double with each failure, at random between half of it and all of it: desks that fail together do not return together. */
export function backoffMs(
  failures: number,
  firstMs: number,
  maxMs: number,
  random: () => number,
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(20, Math.max(0, failures)))
  return full / 2 + (full / 2) * random()
}
