/** What Aster wants to know of us, and what it says of an account before it may trade. */
import { hasForm } from '../../../domain/credential-form.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { AccountFacts, DialectParts } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import type { AsterCredentials, AsterUrls } from './exchange.ts'
import { addressOf, privateKeyBytes } from './signing.ts'

const REST = 'https://fapi.asterdex.com'
const WS = 'wss://fstream.asterdex.com'

/** @throws NotSentError `rejected` for a testnet, which this program does not know of the venue */
export function asterUrls({ restUrl, wsUrl, isTestnet }: DialectParts): AsterUrls {
  if (isTestnet)
    throw new NotSentError(
      'rejected',
      'no_testnet',
      'aster has no testnet here: rehearse in the sandbox (exchange_config.mode: sandbox).',
    )
  return { rest: restUrl ?? REST, ws: wsUrl ?? WS }
}

/**
 * The account's address and the key of its API wallet.
 * @throws NotSentError `credential` when one is missing, or the key is the account's own: it could move the funds
 */
export function asterCredentials({ credentials, acceptsMainKey }: DialectParts): AsterCredentials {
  const { walletAddress, privateKey } = credentials
  if (walletAddress === undefined || privateKey === undefined)
    throw new NotSentError(
      'credential',
      'missing_key',
      'aster needs the address of the account and the private key of an API wallet: add them with perpfleet keys add.',
    )
  if (!hasForm('address', walletAddress))
    throw new NotSentError(
      'credential',
      'wallet_address',
      'The wallet address of aster is not 0x and 40 hex digits: copy it again.',
    )
  const isMain = addressOf(privateKeyBytes(privateKey)) === walletAddress.toLowerCase()
  if (isMain && !acceptsMainKey)
    throw new NotSentError(
      'credential',
      'main_key',
      'The key of aster is that of the account itself and could move its funds: register an API wallet without the right to withdraw, and give its key.',
    )
  return { walletAddress, privateKey }
}

/** @throws VenueError `rejected` for an account in hedge mode */
export function assertOneWay(isDual: unknown): void {
  if (isDual === false || isDual === 'false') return
  throw new VenueError(
    'rejected',
    'hedge_mode',
    'The account at aster is in hedge mode: switch it to one-way mode while it has no orders and positions.',
  )
}

/** The venue does not tell what an API wallet may do. */
export function accountFacts(
  walletAddress: string,
  clockOffsetMs: number,
  canTrade: boolean | undefined,
  equity: number,
): AccountFacts {
  const warnings: string[] = []
  if (canTrade === false) warnings.push('the account may not trade')
  if (equity <= 0)
    warnings.push(
      'the account is empty: deposit, or see that this is the address of the right account',
    )
  return {
    fingerprint: walletAddress.toLowerCase(),
    canWithdraw: null,
    isAddressBound: null,
    clockOffsetMs,
    warnings,
  }
}
