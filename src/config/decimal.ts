/** Decimal texts: exact values of files and environment, before the instrument that scales them is known. */
import { parseDecimalRounded, type Ratio, ratio } from '../domain/money.ts'

const DECIMAL = /^([+-]?)(\d{0,30})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2}))?$/

/** A decimal text without exponent, sign of plus, or zeros that say nothing; null when it is no decimal. */
export function canonicalDecimal(text: string): string | null {
  const match = DECIMAL.exec(text.trim())
  if (match === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return null
  const shift = Number(exponent)
  const digits = `${'0'.repeat(Math.max(0, -shift))}${whole}${fraction}${'0'.repeat(Math.max(0, shift))}`
  const point = whole.length + shift + Math.max(0, -shift)
  const integer = digits.slice(0, point).replace(/^0+/, '')
  const decimals = digits.slice(point).replace(/0+$/, '')
  if (integer === '' && decimals === '') return '0'
  return `${sign === '-' ? '-' : ''}${integer === '' ? '0' : integer}${decimals === '' ? '' : `.${decimals}`}`
}

/** Digits behind the point of a canonical decimal. */
export const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0

/** A share or rate of a configuration (0.05) as the Ratio of the core, to the nearest 1e-8. */
export const ratioOf = (value: number): Ratio =>
  ratio(parseDecimalRounded(String(value), 8, 'halfEven'))

/** Basis points as the Ratio of the core: 2 bps = 20,000. */
export const ratioOfBasisPoints = (value: number): Ratio =>
  ratio(parseDecimalRounded(String(value), 4, 'halfEven'))
