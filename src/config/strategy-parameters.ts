/** A strategy's plain parameter schema in the vocabulary of the configuration. */
import * as z from 'zod'
import type { Json, ParameterSchema } from '../domain/strategy.ts'
import { canonicalDecimal } from './decimal.ts'
import { type Leaf, leaf, type Section, section } from './schema.ts'

export type ParameterSchemas = Readonly<Record<string, ParameterSchema>>

/** The section `strategy_config` of a strategy. Values become what the bot gets: decimals are texts. */
export function strategySection(parameters: ParameterSchemas): Section {
  const made = sections.get(parameters)
  if (made !== undefined) return made
  const pairs = Object.entries(parameters).map(([name, schema]) => [name, parameterLeaf(schema)])
  const fresh = section(Object.fromEntries(pairs))
  sections.set(parameters, fresh)
  return fresh
}

/** Made once for each strategy: thousands of files share it. */
const sections = new WeakMap<ParameterSchemas, Section>()

function parameterLeaf(schema: ParameterSchema): Leaf<unknown> {
  const standard: Json = schema.default ?? null
  return leaf<unknown, Json>(shapeOf(schema), {
    default: standard,
    doc: schema.doc,
    ...(schema.unit === undefined ? {} : { unit: schema.unit }),
    ...(schema.isRequired ? { defaultText: 'required', isRequired: true } : {}),
    isHot: schema.isHot ?? false,
  })
}

function shapeOf(schema: ParameterSchema): {
  form: Leaf<unknown>['form']
  schema: z.ZodType<unknown>
  allowed: string
  values?: readonly string[]
  isShare?: boolean
} {
  const range = rangeText(schema)
  const inRange = (value: number) => isInRange(schema, value)
  switch (schema.type) {
    case 'boolean':
      return {
        form: 'boolean',
        schema: z.boolean(),
        allowed: 'true or false',
        values: ['true', 'false'],
      }
    case 'enum': {
      const values = schema.values ?? []
      const isKnown = z.string().refine((word) => values.includes(word))
      return { form: 'text', schema: isKnown, allowed: `one of ${values.join(', ')}`, values }
    }
    case 'string':
      return { form: 'label', schema: z.string().min(1).max(4096), allowed: 'a text' }
    case 'integer':
      return {
        form: 'number',
        schema: z.number().refine((value) => Number.isSafeInteger(value) && inRange(value)),
        allowed: `a whole number${range}`,
      }
    case 'number':
      return {
        form: 'number',
        schema: z.number().refine(inRange),
        allowed: `a number${range}`,
        isShare: isShare(schema),
      }
    case 'decimal':
      return {
        form: 'decimal',
        schema: decimalText(inRange),
        allowed: `a number${range}`,
        isShare: isShare(schema),
      }
    case 'decimalOrFalse':
      return {
        form: 'decimal',
        schema: z.literal(false).or(decimalText(inRange)),
        allowed: `false or a number${range}`,
      }
  }
}

const decimalText = (inRange: (value: number) => boolean) =>
  z.string().refine((text) => canonicalDecimal(text) === text && inRange(Number(text)))

const isShare = ({ maximum, unit }: ParameterSchema): boolean =>
  maximum !== undefined && maximum <= 1 && unit !== 'percent'

function isInRange(
  { minimum, maximum, exclusiveMinimum }: ParameterSchema,
  value: number,
): boolean {
  if (!Number.isFinite(value)) return false
  if (minimum !== undefined && value < minimum) return false
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return false
  return maximum === undefined || value <= maximum
}

function rangeText({ minimum, maximum, exclusiveMinimum }: ParameterSchema): string {
  const parts = [
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    minimum === undefined ? '' : `at least ${minimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`
}
