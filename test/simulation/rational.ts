/** Exact fractions of BigInts. Slow and plain on purpose: nothing here is shared with the program under test. */
export interface Rational {
  readonly top: bigint
  /** > 0. */
  readonly bottom: bigint
}

export function rational(top: number | bigint, bottom: number | bigint = 1): Rational {
  const sign = BigInt(bottom) < 0n ? -1n : 1n
  return reduce(sign * BigInt(top), sign * BigInt(bottom))
}

function reduce(top: bigint, bottom: bigint): Rational {
  let [a, b] = [top < 0n ? -top : top, bottom]
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? { top: 0n, bottom: 1n } : { top: top / a, bottom: bottom / a }
}

export const ZERO = rational(0)
/** One unit of money. */
export const UNIT = rational(1, 100_000_000)

export const plus = (a: Rational, b: Rational): Rational =>
  reduce(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom)
export const negated = (a: Rational): Rational => ({ top: -a.top, bottom: a.bottom })
export const minus = (a: Rational, b: Rational): Rational => plus(a, negated(b))
export const times = (a: Rational, b: Rational): Rational =>
  reduce(a.top * b.top, a.bottom * b.bottom)
export const over = (a: Rational, b: Rational): Rational =>
  b.top < 0n
    ? reduce(-a.top * b.bottom, a.bottom * -b.top)
    : reduce(a.top * b.bottom, a.bottom * b.top)
export const signum = (a: Rational): number => (a.top > 0n ? 1 : a.top < 0n ? -1 : 0)
export const compare = (a: Rational, b: Rational): number => signum(minus(a, b))
export const absolute = (a: Rational): Rational => (a.top < 0n ? negated(a) : a)
export const largest = (a: Rational, b: Rational): Rational => (compare(a, b) >= 0 ? a : b)
export const smallest = (a: Rational, b: Rational): Rational => (compare(a, b) <= 0 ? a : b)

/** The whole number of 1e-8 at or below (`down`), at or above (`up`), or towards zero. */
export function rounded(a: Rational, way: 'up' | 'down' | 'zero'): Rational {
  const units = times(a, rational(100_000_000))
  const truncated = units.top / units.bottom
  const isExact = units.top % units.bottom === 0n
  let whole = truncated
  if (!isExact && way === 'up' && units.top > 0n) whole += 1n
  if (!isExact && way === 'down' && units.top < 0n) whole -= 1n
  return rational(whole, 100_000_000)
}

/** The number of 1e-8; throws when it is none. */
export function unitsOf(a: Rational): bigint {
  const units = times(a, rational(100_000_000))
  if (units.bottom !== 1n) throw new Error(`${a.top}/${a.bottom} is no whole number of 1e-8`)
  return units.top
}
