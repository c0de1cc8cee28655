/** The parameters that a search varies: lists of values and ranges, as people write them. Plain data. */

/** One value of a parameter: decimals are numbers here and texts in the parameters of a strategy. */
export type Value = string | number | boolean

/** Values one by one: `grid_num=10,20,50`. */
export interface ListDimension {
  readonly kind: 'list'
  readonly key: string
  readonly values: readonly Value[]
}

/** From one number to another, both included: `price_range=5..40:2.5`, `rsi_length=5..50`, `threshold=0.1..10:log`. */
export interface RangeDimension {
  readonly kind: 'range'
  readonly key: string
  readonly from: number
  readonly to: number
  /** null = every number (of a parameter of whole numbers: every whole number). */
  readonly step: number | null
  readonly scale: 'linear' | 'log'
  /** Digits behind the point of what is tried; null = six significant digits. */
  readonly decimals: number | null
}

export type Dimension = ListDimension | RangeDimension
export type Space = readonly Dimension[]

/** Values in the order of the dimensions of a space. */
export type Point = readonly Value[]

/** What is written cannot be read; its message is one sentence. */
export class SpaceError extends RangeError {
  override readonly name = 'SpaceError'
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const RANGE = /^(.+?)\.\.(.+?)(?::([^:]+))?(?::(log))?$/
const EXAMPLES = 'grid_num=10,20,50, price_range=5..40:2.5 or threshold=0.1..10:log'
/** Significant digits of a number that no step rounds. */
const DIGITS = 6

/**
 * Reads `key=from..to[:step]`, `key=from..to:log` or `key=a,b,c`.
 * @throws SpaceError
 */
export function parseDimension(text: string): Dimension {
  const at = text.indexOf('=')
  const key = text.slice(0, at).trim()
  if (at < 1 || !/^[a-z0-9_]+$/i.test(key)) {
    throw new SpaceError(`space "${text}" cannot be read: write ${EXAMPLES}`)
  }
  return dimensionOf(key, text.slice(at + 1).trim())
}

/**
 * The dimensions of a space file: `{ key: [values] }`, `{ key: { from, to, step?, log? } }` or `{ key: "5..40:2.5" }`.
 * @throws SpaceError
 */
export function spaceOfRecord(record: unknown): Space {
  if (!isRecord(record))
    throw new SpaceError('a space file holds keys with lists or ranges, e.g. grid_num: [10, 20]')
  return Object.entries(record).map(([key, value]) => {
    if (Array.isArray(value)) return listOf(key, value)
    if (isRecord(value)) return rangeOfRecord(key, value)
    return typeof value === 'string' ? dimensionOf(key, value) : listOf(key, [value])
  })
}

function rangeOfRecord(key: string, record: Readonly<Record<string, unknown>>): Dimension {
  const { from, to, step = null, log = false, ...others } = record
  const [unknown] = Object.keys(others)
  const isGood =
    typeof from === 'number' &&
    typeof to === 'number' &&
    (step === null || typeof step === 'number') &&
    typeof log === 'boolean'
  if (!isGood || unknown !== undefined)
    throw new SpaceError(`space ${key} cannot be read: a range has from, to, step and log (true)`)
  const stepText = step === null ? '' : `:${step}`
  return dimensionOf(key, `${from}..${to}${stepText}${log ? ':log' : ''}`)
}

function dimensionOf(key: string, text: string): Dimension {
  const range = RANGE.exec(text)
  if (range === null) return listOf(key, text.split(',').map(readValue))
  const [, from = '', to = '', third, fourth] = range
  const isLog = third === 'log' || fourth === 'log'
  const step = third === 'log' ? undefined : third
  const numbers = [from, to, ...(step === undefined ? [] : [step])].map((one) => one.trim())
  const bad = numbers.find((one) => !NUMBER.test(one))
  if (bad !== undefined)
    throw new SpaceError(
      `space ${key}=${text} cannot be read: "${bad}" is no number; write ${EXAMPLES}`,
    )
  return rangeOf(key, text, numbers, isLog)
}

function rangeOf(key: string, text: string, numbers: readonly string[], isLog: boolean): Dimension {
  const [from = 0, to = 0, step = null] = numbers.map(Number)
  const refuse = (why: string) => new SpaceError(`space ${key}=${text} cannot be searched: ${why}`)
  if (!(to > from)) throw refuse('the second number must be larger than the first')
  if (step !== null && !(step > 0)) throw refuse('the step must be above 0')
  if (isLog && from <= 0) throw refuse('a logarithmic range begins above 0')
  if (isLog && step !== null) throw refuse('a range has a step or is logarithmic, not both')
  const decimals = step === null ? null : Math.max(...numbers.map(decimalsIn))
  return { kind: 'range', key, from, to, step, scale: isLog ? 'log' : 'linear', decimals }
}

function listOf(key: string, values: readonly unknown[]): ListDimension {
  const isValue = (value: unknown): value is Value =>
    typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
  if (values.length === 0 || !values.every((value) => isValue(value) && value !== ''))
    throw new SpaceError(`space ${key} cannot be read: its list has an empty place`)
  return { kind: 'list', key, values: [...new Set(values as readonly Value[])] }
}

function readValue(text: string): Value {
  const word = text.trim()
  if (word === 'true' || word === 'false') return word === 'true'
  return NUMBER.test(word) ? Number(word) : word
}

function decimalsIn(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How many values a dimension has; null = without number. */
export function countOf(dimension: Dimension): number | null {
  if (dimension.kind === 'list') return dimension.values.length
  const { from, to, step } = dimension
  // A last step that floats make a hair too long still counts: 0..0.3 by 0.1 has four values.
  return step === null ? null : Math.floor((to - from) / step + 1e-9) + 1
}

/** The value at a place of a dimension that can be counted. */
export function valueAt(dimension: Dimension, place: number): Value {
  if (dimension.kind === 'list') return dimension.values[place] ?? ''
  return rounded(dimension, dimension.from + place * (dimension.step ?? 0))
}

function rounded({ decimals }: RangeDimension, value: number): number {
  return Number(decimals === null ? value.toPrecision(DIGITS) : value.toFixed(decimals))
}

/** The value at a share of a dimension, 0 to below 1: places of equal width, or along the (logarithmic) range. */
export function valueAtShare(dimension: Dimension, share: number): Value {
  const count = countOf(dimension)
  if (count !== null) return valueAt(dimension, Math.min(count - 1, Math.floor(share * count)))
  const { from, to, scale } = dimension as RangeDimension
  const value = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share
  return Math.min(to, Math.max(from, rounded(dimension as RangeDimension, value)))
}

/** Where a value lies in its dimension, 0 to 1: the middle of its place, or its share of the (logarithmic) range. */
export function shareOf(dimension: Dimension, value: Value): number {
  if (dimension.kind === 'list')
    return (dimension.values.indexOf(value) + 0.5) / dimension.values.length
  const { from, to, step, scale } = dimension
  const count = countOf(dimension) ?? 1
  if (step !== null) return (Math.round((Number(value) - from) / step) + 0.5) / count
  if (scale === 'log') return Math.log(Number(value) / from) / Math.log(to / from)
  return (Number(value) - from) / (to - from)
}

/** How many sets a grid over the space has; null when a dimension cannot be counted. */
export function gridSize(space: Space): number | null {
  return space.reduce<number | null>((product, dimension) => {
    const count = countOf(dimension)
    return product === null || count === null ? null : product * count
  }, 1)
}

/** The set at an index of the grid; the last dimension runs fastest. */
export function gridPoint(space: Space, index: number): Point {
  let rest = index
  return space
    .toReversed()
    .map((dimension) => {
      const count = countOf(dimension) ?? 1
      const place = rest % count
      rest = Math.floor(rest / count)
      return valueAt(dimension, place)
    })
    .toReversed()
}

/** A point as one text: the same for equal points. */
export const pointKey = (point: Point): string => JSON.stringify(point)

/** A point with the names of its parameters. */
export const namedPoint = (space: Space, point: Point): Readonly<Record<string, Value>> =>
  Object.fromEntries(space.map(({ key }, index) => [key, point[index] ?? '']))
