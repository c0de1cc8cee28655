/** Reads parameters of a query or a body as the venue does, with its refusals. */
import { BackpackRefusal } from './refusal.ts'

export type Params = Readonly<Record<string, unknown>>

const malformed = (name: string, why: string): BackpackRefusal =>
  new BackpackRefusal('INVALID_CLIENT_REQUEST', `failed to parse parameter \`${name}\`: ${why}`)

/** The parameters of a query string; of a repeated one the last. */
export function readQuery(query: string): Params {
  return Object.fromEntries(new URLSearchParams(query))
}

/** The JSON object of a body; '' = {}. @throws BackpackRefusal for anything else */
export function readBody(body: string): unknown {
  if (body === '') return {}
  try {
    return JSON.parse(body) as unknown
  } catch {
    throw new BackpackRefusal('INVALID_CLIENT_REQUEST', 'parse request payload error: invalid JSON')
  }
}

/** @throws BackpackRefusal when it is missing */
export function textParam(params: Params, name: string): string {
  const value = optionalText(params, name)
  if (value === null) throw malformed(name, 'Type "string" expects an input value.')
  return value
}

export function optionalText(params: Params, name: string): string | null {
  const value = params[name]
  if (value === undefined || value === null || value === '') return null
  return String(value)
}

/** @throws BackpackRefusal for what is no whole number */
export function optionalInteger(params: Params, name: string): number | null {
  const text = optionalText(params, name)
  if (text === null) return null
  if (!/^-?\d{1,16}$/.test(text)) throw malformed(name, 'failed to parse "integer": invalid digit')
  return Number(text)
}

/** A page: `limit` (default 100) and `offset` (default 0). @throws BackpackRefusal beyond the greatest limit */
export function pageOf(params: Params, limitMax: number): { limit: number; offset: number } {
  const limit = optionalInteger(params, 'limit') ?? 100
  const offset = optionalInteger(params, 'offset') ?? 0
  if (limit < 0 || limit > limitMax) throw malformed('limit', `must be at most ${limitMax}`)
  if (offset < 0) throw malformed('offset', 'must not be negative')
  return { limit, offset }
}

export function oneOf<T extends string>(
  params: Params,
  name: string,
  allowed: readonly T[],
): T | null {
  const text = optionalText(params, name)
  if (text === null) return null
  const found = allowed.find((one) => one === text)
  if (found === undefined) throw malformed(name, 'Expect a valid enumeration value.')
  return found
}
