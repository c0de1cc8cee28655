/**
 * The vocabulary of configuration schemas: every key carries what is allowed, its default, unit, whether it acts
 * without a restart, and its meaning. docs/reference/configuration.md is compared with it.
 */
import * as z from 'zod'
import { canonicalDecimal, decimalsOf } from './decimal.ts'

/** How a value is written; decides which texts of the environment are taken for it. */
export type Form = 'text' | 'label' | 'number' | 'decimal' | 'boolean' | 'list' | 'map'

/** One key with a value. */
export interface Leaf<T> {
  readonly kind: 'leaf'
  readonly form: Form
  readonly schema: z.ZodType<T>
  /** Completes "key must be …". */
  readonly allowed: string
  /** The allowed words, for did-you-mean. */
  readonly values: readonly string[]
  readonly default: T
  /** What people read where the default is not a fixed value. */
  readonly defaultText: string | null
  readonly unit: string | null
  /** A share between 0 and 1, where 5 is probably meant as percent. */
  readonly isShare: boolean
  /** Acts without a restart. */
  readonly isHot: boolean
  readonly isSecret: boolean
  /** The key must be given (the default is no valid value). */
  readonly isRequired: boolean
  readonly doc: string
  /** A sentence for values that need what is not built yet, else null. */
  notBuilt(value: T): string | null
}

export interface Section<Keys extends Keyed = Keyed> {
  readonly kind: 'section'
  readonly keys: Keys
}

/** A list of sections, `name[]` in documents, `NAME_0_…` in the environment. */
export interface ListOf<Item extends Section = Section> {
  readonly kind: 'listOf'
  readonly item: Item
}

export type AnyKey = Leaf<unknown> | Section | ListOf
export interface Keyed {
  readonly [name: string]: AnyKey
}

/** The type of a checked configuration, derived from its schema. */
export type ValueOf<Key> =
  Key extends Leaf<infer T>
    ? T
    : Key extends Section<infer Keys>
      ? { readonly [Name in keyof Keys]: ValueOf<Keys[Name]> }
      : Key extends ListOf<infer Item>
        ? readonly ValueOf<Item>[]
        : never

/** What every key says of itself. `default: null` = may stay without a value. */
export interface About<D> {
  readonly default: D
  readonly doc: string
  readonly defaultText?: string
  readonly unit?: string
  readonly isHot?: boolean
  readonly isSecret?: boolean
  readonly isRequired?: boolean
  notBuilt?(value: unknown): string | null
}

interface Shape<T> {
  readonly form: Form
  readonly schema: z.ZodType<T>
  readonly allowed: string
  readonly values?: readonly string[]
  readonly isShare?: boolean
}

/** Makes a leaf; where the default is null, null is a value. */
export function leaf<T, D extends T | null>(shape: Shape<T>, about: About<D>): Leaf<T | D> {
  const schema = about.default === null ? shape.schema.nullable() : shape.schema
  return {
    kind: 'leaf',
    form: shape.form,
    schema: schema as z.ZodType<T | D>,
    allowed: shape.allowed,
    values: shape.values ?? [],
    default: about.default,
    defaultText: about.defaultText ?? null,
    unit: about.unit ?? null,
    isShare: shape.isShare ?? false,
    isHot: about.isHot ?? false,
    isSecret: about.isSecret ?? false,
    isRequired: about.isRequired ?? false,
    doc: about.doc,
    notBuilt: (value) => about.notBuilt?.(value) ?? null,
  }
}

export const section = <Keys extends Keyed>(keys: Keys): Section<Keys> => ({
  kind: 'section',
  keys,
})
export const listOf = <Item extends Section>(item: Item): ListOf<Item> => ({ kind: 'listOf', item })

// --- numbers ------------------------------------------------------------------------------------

interface Range {
  readonly min: number
  readonly max: number
  /** The minimum itself is not allowed. */
  readonly isAbove?: boolean
}

const rangeText = (range: Range): string =>
  range.isAbove
    ? `above ${range.min} and at most ${range.max}`
    : `between ${range.min} and ${range.max}`

function ranged(range: Range): z.ZodType<number> {
  const capped = z.number().max(range.max)
  return range.isAbove ? capped.gt(range.min) : capped.min(range.min)
}

export const integer = <const D extends number | null>(range: Range, about: About<D>) =>
  leaf<number, number | D>(
    {
      form: 'number',
      schema: ranged(range).refine(Number.isSafeInteger),
      allowed: `a whole number ${rangeText(range)}`,
    },
    about,
  )

export const number = <const D extends number | null>(range: Range, about: About<D>) =>
  leaf<number, number | D>(
    { form: 'number', schema: ranged(range), allowed: `a number ${rangeText(range)}` },
    about,
  )

/** A share between 0 and 1; 5 is refused with the words for percent. */
export const share = <const D extends number | null>(about: About<D>) =>
  leaf<number, number | D>(
    {
      form: 'number',
      schema: ranged({ min: 0, max: 1, isAbove: true }),
      allowed: 'a share above 0 and at most 1',
      isShare: true,
    },
    { unit: 'share', ...about },
  )

/** An amount of money or a quantity, kept as canonical decimal text. */
export const decimal = <const D extends string | null>(range: Range, about: About<D>) =>
  leaf<string, string | D>(
    {
      form: 'decimal',
      schema: z.string().refine((text) => {
        const canonical = canonicalDecimal(text)
        return (
          canonical === text &&
          decimalsOf(text) <= 8 &&
          ranged(range).safeParse(Number(text)).success
        )
      }),
      allowed: `a number ${rangeText(range)} with at most 8 decimals`,
    },
    about,
  )

// --- words --------------------------------------------------------------------------------------

export const flag = <const D extends boolean | null>(about: About<D>) =>
  leaf<boolean, boolean | D>(
    { form: 'boolean', schema: z.boolean(), allowed: 'true or false', values: ['true', 'false'] },
    about,
  )

export const oneOf = <
  const V extends readonly [string, ...string[]],
  const D extends V[number] | null,
>(
  values: V,
  about: About<D>,
) =>
  leaf<V[number], V[number] | D>(
    {
      form: 'text',
      schema: z.enum(values) as unknown as z.ZodType<V[number]>,
      allowed: values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`,
      values,
    },
    about,
  )

interface TextShape {
  readonly allowed: string
  /** The same for several, in lists. */
  readonly many?: string
  readonly pattern?: RegExp
  readonly test?: (text: string) => boolean
  /** Numbers are taken as they are written (versions, chat numbers). */
  readonly form?: 'text' | 'label'
}

const textSchema = (shape: TextShape): z.ZodType<string> =>
  z
    .string()
    .min(1)
    .max(4096)
    // a NUL or line break in a path, address or key is always an accident
    .refine((text) => !/[\0\r\n]/.test(text))
    .refine((text) => shape.pattern?.test(text) ?? true)
    .refine((text) => shape.test?.(text) ?? true)

export const text = <const D extends string | null>(shape: TextShape, about: About<D>) =>
  leaf<string, string | D>(
    { form: shape.form ?? 'text', schema: textSchema(shape), allowed: shape.allowed },
    about,
  )

export const listOfText = (
  shape: TextShape,
  about: About<readonly string[]>,
): Leaf<readonly string[]> =>
  leaf<readonly string[], readonly string[]>(
    {
      form: 'list',
      schema: z.array(textSchema(shape)).max(1000),
      allowed: `a list of ${shape.many ?? shape.allowed}`,
    },
    about,
  )

export const listOfWords = <const V extends readonly [string, ...string[]]>(
  values: V,
  about: About<readonly V[number][]>,
): Leaf<readonly V[number][]> =>
  leaf<readonly V[number][], readonly V[number][]>(
    {
      form: 'list',
      schema: z.array(z.enum(values)) as unknown as z.ZodType<readonly V[number][]>,
      allowed: `a list of words among ${values.join(', ')}`,
      values,
    },
    about,
  )

export const mapOfText = (about: About<Readonly<Record<string, string>>>) =>
  leaf<Readonly<Record<string, string>>, Readonly<Record<string, string>>>(
    {
      form: 'map',
      schema: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()),
      allowed: 'variable names, each with a text',
    },
    about,
  )

// --- common shapes ------------------------------------------------------------------------------

const isAddress = (protocols: readonly string[]) => (address: string) => {
  const url = URL.parse(address)
  return url !== null && protocols.includes(url.protocol) && url.hostname !== ''
}

export const anyText: TextShape = { allowed: 'a text', many: 'texts' }
export const label: TextShape = { allowed: 'a text', many: 'texts', form: 'label' }
export const path: TextShape = { allowed: 'the path of a file' }
export const httpAddress: TextShape = {
  allowed: 'an address like https://host',
  many: 'addresses like https://host',
  test: isAddress(['http:', 'https:']),
}
export const socketAddress: TextShape = {
  allowed: 'an address like wss://host',
  test: isAddress(['ws:', 'wss:']),
}
export const proxyAddress: TextShape = {
  allowed: 'an address like http://host:3128 or socks5://host:1080',
  test: isAddress(['http:', 'https:', 'socks5:', 'socks5h:']),
}
export const venueName: TextShape = {
  allowed: 'the name of a venue in small letters, e.g. hyperliquid',
  many: 'names of venues in small letters',
  pattern: /^[a-z0-9][a-z0-9_-]{0,31}$/,
}
export const accountName: TextShape = {
  allowed: 'a name of small letters, digits, - and _, at most 32',
  pattern: /^[a-z0-9][a-z0-9_-]{0,31}$/,
}
