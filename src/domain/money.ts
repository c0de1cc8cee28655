/**
 * Numbers of the core: safe integers with nominal types, exact products, named rounding.
 * See docs/concepts/money.md.
 */

declare const unit: unique symbol
type Nominal<Name extends string> = number & { readonly [unit]: Name }

/** Price in the instrument's smallest price unit (10^-priceDecimals of the quote currency). */
export type Price = Nominal<'Price'>
/** Signed or unsigned count of lots (see Instrument.lotSize). */
export type Quantity = Nominal<'Quantity'>
/** Money in 1e-8 of the settlement currency. */
export type Money = Nominal<'Money'>
/** Dimensionless ratio in 1e-8: fee rates, funding rates, maintenance rates (2 bps = 20_000). */
export type Ratio = Nominal<'Ratio'>

export const MONEY_SCALE = 100_000_000
export const RATIO_SCALE = 100_000_000

/** Where the part of a result below one unit goes. `ceil` is towards +infinity, `floor` towards -infinity. */
export type Rounding = 'floor' | 'ceil' | 'trunc' | 'halfEven'

/** A broken invariant of the core: the process that meets it stops. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Throws InvariantError with `Invariant: rule` when the condition does not hold. */
export function invariant(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new InvariantError(`Invariant: ${rule}`)
}

function safe(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) {
    throw new InvariantError(`Invariant: ${what} must be a safe integer, found ${value}`)
  }
  return value === 0 ? 0 : value
}

export const price = (value: number): Price => safe(value, 'price') as Price
export const quantity = (value: number): Quantity => safe(value, 'quantity') as Quantity
export const money = (value: number): Money => safe(value, 'money') as Money
export const ratio = (value: number): Ratio => safe(value, 'ratio') as Ratio

export const ZERO_QUANTITY: Quantity = quantity(0)

/**
 * The exact quotient a·b/c, rounded as named; no intermediate loses a digit.
 * @throws InvariantError when c is 0 or the result leaves the safe integers
 */
export function mulDiv(a: number, b: number, c: number, rounding: Rounding): number {
  invariant(c !== 0, 'mulDiv divides by a number other than 0')
  const product = a * b
  // Below 2^53 both the product and the remainder are exact in doubles; BigInt is ten times slower.
  if (Number.isSafeInteger(product)) return divide(product, c, rounding)
  const guess = Math.trunc(product / c)
  if (Math.abs(c) < PAIR_MAX && Math.abs(guess) < PAIR_MAX)
    return dividePair(a, b, c, guess, rounding)
  return safe(Number(divideBig(BigInt(a) * BigInt(b), BigInt(c), rounding)), 'mulDiv result')
}

/** Divisors and quotients below this leave the pairs of dividePair room for every digit. */
const PAIR_MAX = 2 ** 50

/** 2^27 + 1: splits 53 bits into two halves whose products are exact (Veltkamp). */
const SPLITTER = 134_217_729

/** What rounding took from the product of two safe integers, exactly (Dekker, "A floating-point technique", 1971). */
function productError(a: number, b: number, product: number): number {
  const aMoved = SPLITTER * a
  const aHigh = aMoved - (aMoved - a)
  const aLow = a - aHigh
  const bMoved = SPLITTER * b
  const bHigh = bMoved - (bMoved - b)
  const bLow = b - bHigh
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
}

/** a·b/c where a·b has more than 53 bits: the guess is a unit or two off at most, its exact remainder puts it right. */
function dividePair(a: number, b: number, c: number, guess: number, rounding: Rounding): number {
  const product = a * b
  const taken = guess * c
  const left = product - taken + (productError(a, b, product) - productError(guess, c, taken))
  const below = divide(left, c, 'floor')
  const remainder = left - below * c
  const floor = guess + below
  if (remainder === 0 || rounding === 'floor') return floor
  if (rounding === 'ceil') return floor + 1
  if (rounding === 'trunc') return floor < 0 ? floor + 1 : floor
  const half = compareHalf(Math.abs(remainder), Math.abs(c))
  return half > 0 || (half === 0 && floor % 2 !== 0) ? floor + 1 : floor
}

/** The exact quotient a/c of two safe integers, rounded as named. */
export function divide(a: number, c: number, rounding: Rounding): number {
  const remainder = a % c
  const truncated = (a - remainder) / c
  if (remainder === 0) return truncated === 0 ? 0 : truncated
  const isNegative = a < 0 !== c < 0
  return (
    truncated +
    step(rounding, isNegative, compareHalf(Math.abs(remainder), Math.abs(c)), truncated % 2 !== 0)
  )
}

function compareHalf(remainder: number, divisor: number): number {
  return remainder - (divisor - remainder)
}

function step(rounding: Rounding, isNegative: boolean, half: number, isOdd: boolean): number {
  if (rounding === 'floor') return isNegative ? -1 : 0
  if (rounding === 'ceil') return isNegative ? 0 : 1
  if (rounding === 'trunc') return 0
  const away = half > 0 || (half === 0 && isOdd)
  if (!away) return 0
  return isNegative ? -1 : 1
}

function divideBig(a: bigint, c: bigint, rounding: Rounding): bigint {
  const remainder = a % c
  const truncated = a / c
  if (remainder === 0n) return truncated
  const isNegative = a < 0n !== c < 0n
  const absolute = (x: bigint) => (x < 0n ? -x : x)
  const half = 2n * absolute(remainder) - absolute(c)
  const sign = half > 0n ? 1 : half < 0n ? -1 : 0
  return truncated + BigInt(step(rounding, isNegative, sign, truncated % 2n !== 0n))
}

/** A fee on a notional: rounded up, so that a rebate (negative rate) is rounded against the account too. */
export function feeOf(notional: Money, rate: Ratio): Money {
  return money(mulDiv(notional, rate, RATIO_SCALE, 'ceil'))
}

/**
 * Reads a plain decimal text as an integer count of 10^-decimals, exactly.
 * @throws RangeError naming the text when it is no decimal, has more digits than `decimals`, or is too large
 */
export function parseDecimal(text: string, decimals: number): number {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim())
  if (!match || (match[2] === '' && !match[3]))
    throw new RangeError(`"${text}" is not a decimal number`)
  const exponent = Number(match[4] ?? 0)
  const fraction = match[3] ?? ''
  const digits = `${match[2]}${fraction}`
  const shift = decimals + exponent - fraction.length
  const value =
    shift >= 0 ? BigInt(digits) * 10n ** BigInt(shift) : dropZeros(digits, -shift, text, decimals)
  const result = Number(match[1] === '-' ? -value : value)
  if (!Number.isSafeInteger(result))
    throw new RangeError(`"${text}" is too large for ${decimals} decimals`)
  return result === 0 ? 0 : result
}

function dropZeros(digits: string, count: number, text: string, decimals: number): bigint {
  const kept = digits.slice(0, Math.max(0, digits.length - count))
  if (/[1-9]/.test(digits.slice(kept.length))) {
    throw new RangeError(`"${text}" has more than ${decimals} decimals`)
  }
  return BigInt(kept === '' ? '0' : kept)
}

/** Reads a decimal text like parseDecimal, rounding digits beyond `decimals` as named instead of refusing them. */
export function parseDecimalRounded(text: string, decimals: number, rounding: Rounding): number {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim())
  if (!match || (match[2] === '' && !match[3]))
    throw new RangeError(`"${text}" is not a decimal number`)
  const fraction = match[3] ?? ''
  const shift = decimals + Number(match[4] ?? 0) - fraction.length
  const unsigned = BigInt(`${match[2]}${fraction}`)
  const signed = match[1] === '-' ? -unsigned : unsigned
  const value =
    shift >= 0 ? signed * 10n ** BigInt(shift) : divideBig(signed, 10n ** BigInt(-shift), rounding)
  return safe(Number(value), 'decimal')
}

/** Writes an integer count of 10^-decimals as a plain decimal text without trailing zeros. */
export function formatDecimal(value: number, decimals: number): string {
  const digits = String(Math.abs(safe(value, 'decimal'))).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${value < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** Money as a decimal text. */
export const formatMoney = (value: Money): string => formatDecimal(value, 8)
