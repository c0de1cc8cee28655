/**
 * Reads what came over the wire into the venue's own form: known keys in the venue's order, decimals without needless
 * zeros, hex in lower case. The venue hashes this form, not the text that was sent, and so does the sandbox.
 */

/** The body is none the venue knows: HTTP 422. */
export class MalformedBody extends Error {
  override readonly name = 'MalformedBody'
}

export type Reader<T> = (value: unknown) => T
type Fields = Readonly<Record<string, Reader<unknown>>>
type Read<F extends Fields> = { readonly [K in keyof F]: ReturnType<F[K]> }

const DECIMAL = /^(\d*)(?:\.(\d*))?$/

function malformed(): never {
  throw new MalformedBody('Failed to deserialize the JSON body into the target type')
}

/** A whole number from 0 on. */
export const uint: Reader<number> = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : malformed()

export const int: Reader<number> = (value) =>
  Number.isSafeInteger(value) ? (value as number) : malformed()

export const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : malformed())

export const text: Reader<string> = (value) => (typeof value === 'string' ? value : malformed())

/** A decimal from 0 on, as text; `65000.0` becomes `65000`. */
export const decimal: Reader<string> = (value) => {
  const match = typeof value === 'string' ? DECIMAL.exec(value) : null
  if (!match || (match[1] === '' && !match[2])) malformed()
  const whole = match[1]?.replace(/^0+(?=\d)/, '') || '0'
  const fraction = match[2]?.replace(/0+$/, '') ?? ''
  return fraction === '' ? whole : `${whole}.${fraction}`
}

const hexOf =
  (digits: number): Reader<string> =>
  (value) => {
    const isHex = typeof value === 'string' && /^0x[0-9a-fA-F]+$/.test(value)
    return isHex && value.length === digits + 2 ? value.toLowerCase() : malformed()
  }

export const address = hexOf(40)
/** A client order id: 128 bits. */
export const cloid = hexOf(32)

export const literal =
  <const T extends string>(...allowed: readonly T[]): Reader<T> =>
  (value) =>
    allowed.includes(value as T) ? (value as T) : malformed()

export const listOf =
  <T>(item: Reader<T>): Reader<readonly T[]> =>
  (value) =>
    Array.isArray(value) ? value.map(item) : malformed()

/** Null and absence are the same. */
export const maybe =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value) =>
    value === null || value === undefined ? null : reader(value)

/** The first reader that takes the value. */
export const oneOf =
  <T extends readonly Reader<unknown>[]>(...readers: T): Reader<ReturnType<T[number]>> =>
  (value) => {
    for (const reader of readers) {
      try {
        return reader(value) as ReturnType<T[number]>
      } catch (error) {
        if (!(error instanceof MalformedBody)) throw error
      }
    }
    return malformed()
  }

/** An object of these keys, in this order; absent optional ones are left out, unknown ones are dropped. */
export function objectOf<R extends Fields, O extends Fields = Record<never, never>>(
  required: R,
  optional?: O,
): Reader<Read<R> & Partial<Read<O>>> {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed()
    const given = value as Record<string, unknown>
    const read: Record<string, unknown> = {}
    for (const [key, reader] of Object.entries(required)) read[key] = reader(given[key])
    for (const [key, reader] of Object.entries(optional ?? {})) {
      if (given[key] !== null && given[key] !== undefined) read[key] = reader(given[key])
    }
    return read as Read<R> & Partial<Read<O>>
  }
}

/** @throws MalformedBody */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return malformed()
  }
}
