/**
 * Backpack's request signature: Ed25519 over the instruction, the sorted parameters, the timestamp and the window
 * (docs.backpack.exchange, "Signing requests"). Nothing here knows an account or a clock.
 */
import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto'

/** What stands before a raw Ed25519 key in DER (RFC 8410). */
const PRIVATE_KEY_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Default and greatest life of a request, ms. */
export const WINDOW_DEFAULT_MS = 5000
export const WINDOW_MAX_MS = 60_000

export type SignedParams = Readonly<Record<string, unknown>>

/** The instruction of every signed request, by `METHOD path`. */
export const INSTRUCTIONS: Readonly<Record<string, string>> = {
  'GET /api/v1/account': 'accountQuery',
  'PATCH /api/v1/account': 'accountUpdate',
  'GET /api/v1/account/limits/order': 'maxOrderQuantity',
  'GET /api/v1/capital': 'balanceQuery',
  'GET /api/v1/capital/collateral': 'collateralQuery',
  'GET /api/v1/order': 'orderQuery',
  'POST /api/v1/order': 'orderExecute',
  'DELETE /api/v1/order': 'orderCancel',
  'GET /api/v1/orders': 'orderQueryAll',
  'POST /api/v1/orders': 'orderExecute',
  'DELETE /api/v1/orders': 'orderCancelAll',
  'GET /api/v1/position': 'positionQuery',
  'GET /wapi/v1/capital/deposits': 'depositQueryAll',
  'GET /wapi/v1/capital/withdrawals': 'withdrawalQueryAll',
  'GET /wapi/v1/history/fills': 'fillHistoryQueryAll',
  'GET /wapi/v1/history/funding': 'fundingHistoryQueryAll',
  'GET /wapi/v1/history/orders': 'orderHistoryQueryAll',
  'GET /wapi/v1/history/settlement': 'settlementHistoryQueryAll',
}

/** The verifying key of a base64 seed (the first 32 bytes count). @throws Error when there are fewer */
export function verifyingKeyOfSeed(seed: string): KeyObject {
  const bytes = Buffer.from(seed, 'base64').subarray(0, 32)
  if (bytes.length !== 32) throw new Error('The seed of a Backpack key must be 32 bytes in base64.')
  const key = Buffer.concat([PRIVATE_KEY_PREFIX, bytes])
  return createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }))
}

/**
 * What must be signed. Values may have been joined as they are or percent-encoded (the documents do not say which);
 * both are told, and one of them must fit.
 * @param params the query or the body; of a batch its list
 */
export function signingTexts(
  instruction: string,
  params: SignedParams | readonly SignedParams[],
  timestamp: string,
  window: string,
): readonly string[] {
  const tail = `timestamp=${timestamp}&window=${window}`
  const list: readonly SignedParams[] = Array.isArray(params) ? params : [params as SignedParams]
  const build = (encode: (value: string) => string) =>
    [...list.map((one) => `instruction=${instruction}${joined(one, encode)}`), tail].join('&')
  const plain = build((value) => value)
  const encoded = build(encodeURIComponent)
  return plain === encoded ? [plain] : [plain, encoded]
}

function joined(params: SignedParams, encode: (value: string) => string): string {
  return Object.keys(params)
    .sort()
    .map((key) => `&${key}=${encode(textOf(params[key]))}`)
    .join('')
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** Whether one of the texts was signed with the key. */
export function isSigned(key: KeyObject, texts: readonly string[], signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64')
  if (bytes.length !== 64) return false
  return texts.some((text) => verify(null, Buffer.from(text), key, bytes))
}

/** Why a timestamp is not acceptable; null = it is. */
export function staleness(timestamp: string, window: string, nowMs: number): string | null {
  const at = Number(timestamp)
  const life = Number(window)
  if (!/^\d+$/.test(timestamp)) return 'Invalid timestamp'
  if (!/^\d+$/.test(window) || life > WINDOW_MAX_MS) return 'Invalid window'
  if (nowMs > at + life) return 'Request has expired'
  // The clock of a client may go ahead of the venue's by as much as its request may live.
  if (at > nowMs + life) return 'Timestamp is in the future'
  return null
}
