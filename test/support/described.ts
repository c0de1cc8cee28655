/** Checks a message against a schema of a venue's own description (OpenAPI, AsyncAPI): types, required keys, no key besides. */

export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

export type Schemas = Readonly<Record<string, Schema>>

/** How a value differs from its schema; empty = not at all. @param extra keys that may stand besides the described ones */
export function descriptionDifferences(
  value: unknown,
  schema: Schema,
  schemas: Schemas,
  extra: readonly string[] = [],
): readonly string[] {
  const found: string[] = []
  check(value, schema, '', { schemas, extra, found })
  return found
}

interface Run {
  readonly schemas: Schemas
  readonly extra: readonly string[]
  readonly found: string[]
}

/** A schema with its parts joined: what `allOf` adds stands at its own level. */
function joined(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref !== undefined) {
    return joined(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas)
  }
  if (schema.allOf === undefined) return schema
  const parts = schema.allOf.map((one) => joined(one, schemas))
  return {
    ...Object.assign({}, ...parts),
    required: parts.flatMap((one) => one.required ?? []),
    ...(parts.some((one) => one.properties)
      ? { properties: Object.assign({}, ...parts.map((one) => one.properties ?? {})) }
      : {}),
  }
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

function check(value: unknown, raw: Schema, path: string, run: Run): void {
  const schema = joined(raw, run.schemas)
  const where = path === '' ? 'the message' : path
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return checkChoice(value, choices, schema, path, run)
  if (schema.type !== undefined && TYPES[schema.type]?.(value) !== true) {
    run.found.push(`${where} is no ${schema.type}: ${JSON.stringify(value)}`)
    return
  }
  if (schema.enum && !schema.enum.includes(value)) run.found.push(`${where} may not be ${value}`)
  if (schema.const !== undefined && schema.const !== value) {
    run.found.push(`${where} is not ${schema.const}`)
  }
  if (schema.format === 'decimal' && Number.isNaN(Number(value))) {
    run.found.push(`${where} is no decimal: ${value}`)
  }
  if (Array.isArray(value)) checkList(value, schema, path, run)
  else if (typeof value === 'object' && (schema.properties || schema.additionalProperties)) {
    checkObject(value as Record<string, unknown>, schema, path, run)
  }
}

function checkChoice(
  value: unknown,
  choices: readonly Schema[],
  outer: Schema,
  path: string,
  run: Run,
): void {
  const tries = choices.map((one) => {
    const found: string[] = []
    const parts: Schema[] = [one]
    if (outer.properties !== undefined) {
      parts.push({ required: outer.required ?? [], properties: outer.properties })
    }
    check(value, { allOf: parts }, path, { ...run, found })
    return found
  })
  if (tries.some((one) => one.length === 0)) return
  run.found.push(...(tries.sort((a, b) => a.length - b.length)[0] ?? []))
}

function checkList(value: readonly unknown[], schema: Schema, path: string, run: Run): void {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema
  if (value.length < minItems || value.length > maxItems) {
    run.found.push(`${path} has ${value.length} elements`)
  }
  for (const one of value) if (items !== undefined) check(one, items, `${path}[]`, run)
}

function checkObject(value: Record<string, unknown>, schema: Schema, path: string, run: Run): void {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`)
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) run.found.push(`${at(key)} is missing`)
  }
  for (const [key, one] of Object.entries(value)) {
    const known = schema.properties?.[key]
    if (known !== undefined) check(one, known, at(key), run)
    else if (typeof schema.additionalProperties === 'object') {
      check(one, schema.additionalProperties, at(key), run)
    } else if (!run.extra.includes(at(key))) run.found.push(`${at(key)} is not described`)
  }
}
