/** Decimals as venues write them, without any rounding: a whole number of 1e-16. What does not fit is a fault, never a guess. */

const DECIMALS = 16
const SCALE = 10n ** BigInt(DECIMALS)

/** Whole 1e-16. */
export type Decimal = bigint & { readonly brand: 'decimal' }

export const zero = 0n as Decimal

/** @throws RangeError for what is no decimal, or has more than 16 of them */
export function decimal(text: string): Decimal {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text.trim())
  const fraction = match?.[3] ?? ''
  if (match === null || fraction.length > DECIMALS)
    throw new RangeError(`"${text}" is not a decimal number of at most ${DECIMALS} decimals`)
  const units = BigInt(`${match[2]}${fraction.padEnd(DECIMALS, '0')}`)
  return (match[1] === '-' ? -units : units) as Decimal
}

export const plus = (a: Decimal, b: Decimal): Decimal => (a + b) as Decimal
export const minus = (a: Decimal, b: Decimal): Decimal => (a - b) as Decimal

/** @throws RangeError when the product has more than 16 decimals */
export function times(a: Decimal, b: Decimal): Decimal {
  const product = a * b
  if (product % SCALE !== 0n) throw new RangeError('a product of decimals does not end')
  return (product / SCALE) as Decimal
}

export const sizeOf = (value: Decimal): Decimal => (value < 0n ? -value : value) as Decimal

/** Without zeros at its end. */
export function decimalText(value: Decimal): string {
  const digits = sizeOf(value)
    .toString()
    .padStart(DECIMALS + 1, '0')
  const whole = digits.slice(0, -DECIMALS)
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
