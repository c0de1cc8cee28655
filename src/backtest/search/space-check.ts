/** A space against the parameters of a strategy, and its values as a strategy takes them. */
import type { Json, ParameterSchema } from '../../domain/strategy.ts'
import { countOf, type Dimension, type Space, SpaceError, type Value, valueAt } from './space.ts'

export type ParameterSchemas = Readonly<Record<string, ParameterSchema>>

/** Values of a dimension that are looked at one by one. */
const CHECKED_MAX = 10_000

/**
 * Checks every value of a space against the schema; a range of whole numbers without a step gets the step 1.
 * @param nearest what was probably meant among names; null = nothing near
 * @throws SpaceError
 */
export function checkSpace(
  space: Space,
  strategy: string,
  schemas: ParameterSchemas,
  nearest: (name: string, among: readonly string[]) => string | null,
): Space {
  if (space.length === 0)
    throw new SpaceError(
      'nothing is searched: name parameters with --space, e.g. --space grid_num=10,20,50',
    )
  const seen = new Set<string>()
  return space.map((given) => {
    const { key } = given
    if (seen.has(key)) throw new SpaceError(`space names ${key} twice: leave one out`)
    seen.add(key)
    const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined
    if (schema === undefined) {
      const meant = nearest(key, Object.keys(schemas))
      const hint =
        meant === null ? `it has ${Object.keys(schemas).join(', ')}` : `did you mean ${meant}?`
      throw new SpaceError(`${strategy} has no parameter ${key}: ${hint}`)
    }
    const dimension = wholeSteps(given, schema)
    for (const value of valuesToCheck(dimension)) checkValue(key, schema, value)
    return dimension
  })
}

function wholeSteps(dimension: Dimension, { type }: ParameterSchema): Dimension {
  if (dimension.kind === 'list' || type !== 'integer' || dimension.step !== null) return dimension
  if (dimension.scale === 'linear') return { ...dimension, step: 1, decimals: 0 }
  return { ...dimension, decimals: 0 }
}

function valuesToCheck(dimension: Dimension): readonly Value[] {
  const count = countOf(dimension)
  if (count === null || count > CHECKED_MAX)
    return dimension.kind === 'range' ? [dimension.from, dimension.to] : dimension.values
  return Array.from({ length: count }, (_, place) => valueAt(dimension, place))
}

function checkValue(key: string, schema: ParameterSchema, value: Value): void {
  const allowed = allowedFor(schema)
  if (!isAllowed(schema, value))
    throw new SpaceError(`space ${key} must be ${allowed}, found ${JSON.stringify(value)}`)
}

function isAllowed(schema: ParameterSchema, value: Value): boolean {
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'enum':
      return typeof value === 'string' && (schema.values ?? []).includes(value)
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isSafeInteger(value) && isInRange(schema, value as number)
    case 'number':
    case 'decimal':
      return typeof value === 'number' && isInRange(schema, value)
    case 'decimalOrFalse':
      return value === false || (typeof value === 'number' && isInRange(schema, value))
  }
}

function isInRange(
  { minimum, maximum, exclusiveMinimum }: ParameterSchema,
  value: number,
): boolean {
  if (!Number.isFinite(value)) return false
  if (minimum !== undefined && value < minimum) return false
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return false
  return maximum === undefined || value <= maximum
}

const NAMES: Readonly<Record<ParameterSchema['type'], string>> = {
  boolean: 'true or false',
  enum: '',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  decimal: 'a number',
  decimalOrFalse: 'false or a number',
}

function allowedFor({ type, values, minimum, maximum, exclusiveMinimum }: ParameterSchema): string {
  if (type === 'enum') return `one of ${(values ?? []).join(', ')}`
  const parts = [
    exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`,
    minimum === undefined ? '' : ` at least ${minimum}`,
    maximum === undefined ? '' : ` at most ${maximum}`,
  ].filter((part) => part !== '')
  return `${NAMES[type]}${parts.join(' and')}`
}

/** A value as the strategy takes it: decimals are texts without an exponent. */
export function parameterOf({ type }: ParameterSchema, value: Value): Json {
  const isDecimal = type === 'decimal' || type === 'decimalOrFalse'
  return isDecimal && typeof value === 'number' ? plainDecimal(value) : value
}

/** The shortest text of a number, without an exponent. */
function plainDecimal(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  return value.toFixed(20).replace(/\.?0+$/, '')
}
