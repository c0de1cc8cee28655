/** What the schemas of the API have in common, and the sentences that tell what is wrong with a request. */
import { z } from 'zod'

z.config({ localeError: sentenceOf })

/** e.g. `template must be a string, found 5`; schemas may say it better. */
function sentenceOf(issue: z.core.$ZodRawIssue): string {
  const name = issue.path === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.')
  const found = issue.input === undefined ? 'it is missing' : `found ${shown(issue.input)}`
  switch (issue.code) {
    case 'invalid_type':
      return `${name} must be a ${issue.expected}, ${found}`
    case 'invalid_value':
      return `${name} must be ${issue.values.join(' or ')}, ${found}`
    case 'unrecognized_keys':
      return `${issue.keys.join(', ')} is unknown here`
    case 'too_big':
      return `${name} must be at most ${issue.maximum}, ${found}`
    case 'too_small':
      return `${name} must be at least ${issue.minimum}, ${found}`
    default:
      return `${name} cannot be read, ${found}`
  }
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, 40)

/** Gives a schema the name by which clients know it. */
export function as<T extends z.ZodType>(name: string, schema: T): T {
  z.globalRegistry.add(schema, { id: name })
  return schema
}

/** Money, prices and quantities are answered as decimal text. */
export const decimal = z.string().describe('decimal text')

/** And accepted as number or text. */
export const decimalGiven = z.union([z.string(), z.number()]).describe('a number or decimal text')

export const time = z.string().describe('ISO 8601, UTC')

const instanceId = z.string().regex(/^[a-z0-9_-]+$/)

export const idParams = z.object({ id: instanceId.describe('of the instance') })

/** Numbers of a query; what is no number counts as not given. */
export const limitText = z.string().optional().describe('how many at most; 50 when not given')

export const cursorText = z.string().optional().describe('next_cursor of the answer before')

export const nextCursor = z.string().nullable().describe('null: there is no more')

export const role = z.enum(['viewer', 'operator', 'admin', 'machine'])

const refusal = as(
  'Refusal',
  z.strictObject({
    error: z.strictObject({
      code: z.string().describe('e.g. NOT_FOUND, CONFLICT, REFUSED_RISK, VALIDATION'),
      message: z.string().describe('one sentence'),
      details: z.unknown(),
      request_id: z.string(),
    }),
  }),
)

/** Answers of a route: the good one, and how every refusal looks. */
export const answers = <T extends z.ZodType>(answer: T) => ({
  200: answer,
  '4xx': refusal,
  '5xx': refusal,
})
