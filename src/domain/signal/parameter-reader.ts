/** Reads `strategy_config` by its schema with the instrument that scales it, collecting every fault. Pure. */
import type { Instrument } from '../instrument.ts'
import { type Money, money, parseDecimalRounded, type Ratio, ratio } from '../money.ts'
import type { Contradiction, Json, Objection, ParameterSchema } from '../strategy.ts'

/** strategy_config as it stands in the file: decimals as text or number, absent or null = not given. */
export type RawParameters = { readonly [key: string]: Json | undefined }

export type Schema = Readonly<Record<string, ParameterSchema>>

const isGiven = (value: Json | undefined): value is Json =>
  value !== undefined && value !== null && value !== ''

export class ParameterReader {
  readonly faults: Objection[] = []
  readonly instrument: Instrument
  readonly #raw: RawParameters
  readonly #schema: Schema

  constructor(raw: RawParameters, schema: Schema, instrument: Instrument) {
    this.#raw = raw
    this.#schema = schema
    this.instrument = instrument
  }

  refuse(key: string, text: string): null {
    this.faults.push({ code: `invalid_${key}`, text, overrideKey: null })
    return null
  }

  #value(key: string): Json | undefined {
    const given = this.#raw[key]
    return isGiven(given) ? given : this.#schema[key]?.default
  }

  /** A number with a fraction; null when not given. */
  number(key: string): number | null {
    const given = this.#value(key)
    if (!isGiven(given)) return null
    const read = Number(given)
    if (typeof given === 'boolean' || !Number.isFinite(read))
      return this.refuse(key, `${key} must be a number, found ${JSON.stringify(given)}`)
    return this.#inBounds(key, read) ? read : null
  }

  #inBounds(key: string, value: number): boolean {
    const { minimum, maximum, exclusiveMinimum } = this.#schema[key] ?? {}
    let allowed: string | null = null
    if (minimum !== undefined && value < minimum) allowed = `at least ${minimum}`
    else if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
      allowed = `above ${exclusiveMinimum}`
    else if (maximum !== undefined && value > maximum) allowed = `at most ${maximum}`
    if (allowed !== null) this.refuse(key, `${key} must be ${allowed}, found ${value}`)
    return allowed === null
  }

  #scaled(key: string, decimals: number): number | null {
    if (this.number(key) === null) return null
    try {
      return parseDecimalRounded(String(this.#value(key)), decimals, 'floor')
    } catch {
      return this.refuse(
        key,
        `${key} must be a decimal number, found ${JSON.stringify(this.#value(key))}`,
      )
    }
  }

  integer(key: string): number | null {
    const read = this.number(key)
    if (read === null || Number.isInteger(read)) return read
    return this.refuse(key, `${key} must be a whole number, found ${read}`)
  }

  /** A whole number that has a default. */
  count(key: string): number {
    return this.integer(key) ?? Number(this.#schema[key]?.default ?? 0)
  }

  /** A number that has a default. */
  factor(key: string): number {
    return this.number(key) ?? Number(this.#schema[key]?.default ?? 0)
  }

  /** A percentage as a Ratio: 1 % = 1,000,000. */
  percent(key: string): Ratio | null {
    const read = this.#scaled(key, 6)
    return read === null ? null : ratio(read)
  }

  /** Basis points as a Ratio: 1 bps = 10,000. */
  bps(key: string): Ratio | null {
    const read = this.#scaled(key, 4)
    return read === null ? null : ratio(read)
  }

  money(key: string): Money | null {
    const read = this.#scaled(key, 8)
    return read === null ? null : money(read)
  }

  /** Base (contracts for inverse ones) in whole lots, rounded down. */
  lots(key: string): number | null {
    const { quantityDecimals, lotSize } = this.instrument
    const read = this.#scaled(key, quantityDecimals)
    return read === null ? null : Math.floor(read / lotSize)
  }

  text(key: string): string {
    const given = this.#value(key)
    return given === undefined || given === null ? '' : String(given)
  }

  flag(key: string): boolean {
    const given = this.#value(key)
    return given === true || given === 'true'
  }

  word<Word extends string>(key: string, fallback: Word): Word {
    const given = this.#value(key)
    const values = this.#schema[key]?.values ?? []
    if (typeof given === 'string' && values.includes(given)) return given as Word
    this.refuse(key, `${key} must be one of ${values.join(', ')}, found ${JSON.stringify(given)}`)
    return fallback
  }
}

/** The parameters as the file gives them, for contradictions: no market is known yet. */
export class GivenParameters {
  readonly #raw: RawParameters
  readonly #schema: Schema

  constructor(raw: RawParameters, schema: Schema) {
    this.#raw = raw
    this.#schema = schema
  }

  has(key: string): boolean {
    return isGiven(this.#raw[key])
  }

  /** What stands there or acts by default; null when it is no number. */
  number(key: string): number | null {
    const value = this.has(key) ? this.#raw[key] : this.#schema[key]?.default
    const read = isGiven(value) ? Number(value) : Number.NaN
    return Number.isFinite(read) ? read : null
  }

  word(key: string): string {
    const value = this.has(key) ? this.#raw[key] : this.#schema[key]?.default
    return value === undefined || value === null ? '' : String(value)
  }

  /** At most one of two keys may be given. */
  exclusive(first: string, second: string): Contradiction[] {
    if (!this.has(first) || !this.has(second)) return []
    return [
      { keys: [second, first], found: this.word(second), allowed: `left out beside ${first}` },
    ]
  }

  /** The first number must be below the second. */
  rising(low: string, high: string): Contradiction[] {
    return this.#ordered(low, high, 'below', (a, b) => a < b)
  }

  /** The first number must not be above the second. */
  atMost(low: string, high: string): Contradiction[] {
    return this.#ordered(low, high, 'at most', (a, b) => a <= b)
  }

  #ordered(
    low: string,
    high: string,
    word: string,
    isRight: (a: number, b: number) => boolean,
  ): Contradiction[] {
    const a = this.number(low)
    const b = this.number(high)
    if (a === null || b === null || isRight(a, b)) return []
    return [{ keys: [low, high], found: String(a), allowed: `${word} ${high} ${b}` }]
  }
}
