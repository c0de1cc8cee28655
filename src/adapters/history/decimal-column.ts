/** Decimal texts of a file as exact integers: the scale that all of them need is known only at the end. */
import { mulDiv } from '../../domain/money.ts'

/** value = mantissa · 10^-decimals, without trailing zeros behind the point. */
export interface Decimal {
  readonly mantissa: number
  readonly decimals: number
}

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/
const DIGITS_MAX = 15

/** Reads a decimal text exactly; null when it is none. Digits beyond the 15 that an integer holds are cut off. */
export function readDecimal(text: string): Decimal | null {
  const match = PATTERN.exec(text)
  if (!match || (match[2] === '' && !match[3])) return null
  const fraction = match[3] ?? ''
  const digits = `${match[2]}${fraction}`.replace(/^0+(?=\d)/, '')
  let decimals = fraction.length - Number(match[4] ?? 0)
  const cut = Math.max(0, digits.length - DIGITS_MAX)
  let mantissa = Number(digits.slice(0, digits.length - cut))
  decimals -= cut
  if (mantissa === 0) return { mantissa: 0, decimals: 0 }
  while (decimals > 0 && mantissa % 10 === 0) {
    mantissa /= 10
    decimals -= 1
  }
  if (decimals < 0) {
    mantissa *= 10 ** -decimals
    decimals = 0
  }
  if (!Number.isSafeInteger(mantissa)) return null
  return { mantissa: match[1] === '-' ? -mantissa : mantissa, decimals }
}

/** A growing column of decimals. */
export class DecimalColumn {
  #mantissas = new Float64Array(1024)
  #decimals = new Uint16Array(1024)
  #length = 0
  #decimalsMax = 0

  get length(): number {
    return this.#length
  }

  /** The decimals that every value fits in. */
  get decimalsMax(): number {
    return this.#decimalsMax
  }

  push(value: Decimal): void {
    if (this.#length === this.#mantissas.length) this.#grow()
    this.#mantissas[this.#length] = value.mantissa
    this.#decimals[this.#length] = value.decimals
    this.#length += 1
    if (value.decimals > this.#decimalsMax) this.#decimalsMax = value.decimals
  }

  /** All values as counts of `lotSize` · 10^-decimals, rounded down; exact when the decimals suffice. */
  toCounts(decimals: number, lotSize = 1): Float64Array {
    const counts = new Float64Array(this.#length)
    for (let index = 0; index < this.#length; index += 1) {
      const mantissa = this.#mantissas[index] ?? 0
      const shift = decimals - (this.#decimals[index] ?? 0)
      counts[index] =
        shift >= 0
          ? mulDiv(mantissa, 10 ** shift, lotSize, 'floor')
          : Math.floor(Math.floor(mantissa / 10 ** -shift) / lotSize)
    }
    return counts
  }

  /** About the largest of these counts, by size; 0 of an empty column. */
  largest(decimals: number, lotSize = 1): number {
    let largest = 0
    for (let index = 0; index < this.#length; index += 1) {
      const size = Math.abs(this.#mantissas[index] ?? 0)
      const count = size * 10 ** (decimals - (this.#decimals[index] ?? 0))
      if (count > largest) largest = count
    }
    return largest / lotSize
  }

  #grow(): void {
    const mantissas = new Float64Array(this.#length * 2)
    mantissas.set(this.#mantissas)
    this.#mantissas = mantissas
    const decimals = new Uint16Array(this.#length * 2)
    decimals.set(this.#decimals)
    this.#decimals = decimals
  }
}

/** A growing column of plain integers (times, rates). */
export class IntegerColumn {
  #values = new Float64Array(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  get last(): number | null {
    return this.#length === 0 ? null : (this.#values[this.#length - 1] ?? null)
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length] = value
    this.#length += 1
  }

  toArray(): Float64Array {
    return this.#values.slice(0, this.#length)
  }

  /** Whether an ascending column holds the value. */
  has(value: number): boolean {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#values[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low < this.#length && this.#values[low] === value
  }
}
