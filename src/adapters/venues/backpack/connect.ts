/** What Backpack says of an account before it may trade. One net position per market is all it knows, so no mode is asked. */
import { createHash } from 'node:crypto'
import { VenueError } from '../../../ports/venue.ts'
import type { AccountFacts, Credentials, DialectParts } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import {
  type BackpackCredentials,
  type BackpackUrls,
  signingKey,
  verifyingKey,
} from './exchange.ts'
import type { AccountRow, CollateralRow } from './rows.ts'

const REST = 'https://api.backpack.exchange'
const WS = 'wss://ws.backpack.exchange'

/** @throws NotSentError `rejected` for a testnet, which the venue has not */
export function backpackUrls({ restUrl, wsUrl, isTestnet }: DialectParts): BackpackUrls {
  if (isTestnet)
    throw new NotSentError(
      'rejected',
      'no_testnet',
      'backpack has no testnet: rehearse in the sandbox (exchange_config.mode: sandbox).',
    )
  return { rest: restUrl ?? REST, ws: wsUrl ?? WS }
}

/** @throws NotSentError `credential` when a key is missing, or the two do not belong together */
export function backpackCredentials({ apiKey, secretKey }: Credentials): BackpackCredentials {
  if (apiKey === undefined || secretKey === undefined)
    throw new NotSentError(
      'credential',
      'missing_key',
      'backpack needs an API key and a secret key: add them with perpfleet keys add.',
    )
  if (verifyingKey(signingKey(secretKey)) !== apiKey)
    throw new NotSentError(
      'credential',
      'key_pair',
      'The API key and the secret key of backpack do not belong together: copy both again from the venue.',
    )
  return { apiKey, secretKey }
}

/**
 * What names the account. The venue has no query for its number, but its deposit address is the account's own; where the
 * key may not see it, the key itself stands for the account.
 */
export function fingerprintOf(apiKey: string, address: unknown): string {
  const { address: text } = (address ?? {}) as { address?: unknown }
  if (typeof text === 'string' && text !== '') return `address:${digest(text)}`
  return `key:${digest(apiKey)}`
}

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16)

/** Refusals of the deposit address that say "not for this key" and not "not now". */
export const isWithheld = (error: unknown): boolean =>
  error instanceof VenueError && (error.kind === 'rejected' || error.kind === 'credential')

export function accountFacts(
  fingerprint: string,
  clockOffsetMs: number,
  account: AccountRow,
  collateral: CollateralRow,
): AccountFacts {
  const warnings: string[] = []
  if (account.liquidating === true) warnings.push('the account is being liquidated')
  if (!(Number(collateral.netEquity) > 0))
    warnings.push('the account is empty: deposit, or see that this is the key of the right account')
  return { fingerprint, canWithdraw: null, isAddressBound: null, clockOffsetMs, warnings }
}
