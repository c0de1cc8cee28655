/** Reads parameters of a request as Aster does, with its refusals. */
import { AsterRefusal } from './refusal.ts'

export type Params = ReadonlyMap<string, string>

/** A mandatory parameter is missing or no good. */
export const mandatory = (name: string): AsterRefusal =>
  new AsterRefusal(
    '-1102',
    `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
  )

export const notRequired = (name: string): AsterRefusal =>
  new AsterRefusal('-1106', `Parameter '${name}' sent when not required.`)

/** Null = not sent or empty. */
export function optionalText(params: Params, name: string): string | null {
  const value = params.get(name)
  return value === undefined || value === '' ? null : value
}

/** @throws AsterRefusal -1102 */
export function text(params: Params, name: string): string {
  const value = optionalText(params, name)
  if (value === null) throw mandatory(name)
  return value
}

/** @throws AsterRefusal -1130 for what is no whole number */
export function optionalInteger(params: Params, name: string): number | null {
  const value = optionalText(params, name)
  if (value === null) return null
  if (!/^-?\d{1,16}$/.test(value)) {
    throw new AsterRefusal('-1130', `Data sent for parameter '${name}' is not valid.`)
  }
  return Number(value)
}

/** Within 1 and `max`; absent = `standard`. @throws AsterRefusal -1130 */
export function limitOf(params: Params, standard: number, max: number): number {
  const value = optionalInteger(params, 'limit') ?? standard
  if (value >= 1 && value <= max) return value
  throw new AsterRefusal('-1130', "Data sent for parameter 'limit' is not valid.")
}

/** `true` and `false` in either case. @throws AsterRefusal -1130 */
export function flag(params: Params, name: string): boolean {
  const value = optionalText(params, name)?.toLowerCase() ?? 'false'
  if (value === 'true' || value === 'false') return value === 'true'
  throw new AsterRefusal('-1130', `Data sent for parameter '${name}' is not valid.`)
}

/** A list in JSON. @throws AsterRefusal -1130 */
export function listParam(params: Params, name: string): readonly unknown[] | null {
  const value = optionalText(params, name)
  if (value === null) return null
  try {
    const list = JSON.parse(value) as unknown
    if (Array.isArray(list)) return list
  } catch {
    // Falls through to the refusal.
  }
  throw new AsterRefusal('-1130', `Data sent for parameter '${name}' is not valid.`)
}
