/**
 * May this account be traded with this key? Asked at every connect; what must not trade is refused in one sentence. Roles:
 * Hyperliquid documentation, "Info endpoint": userRole, extraAgents; "Nonces and API wallets".
 */
import { hasForm } from '../../../domain/credential-form.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { AccountFacts, Credentials } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import { isRaw, type Raw, rawOf, textOf } from './raw.ts'
import { balanceOf } from './reports.ts'
import type { BudgetState, Requests } from './requests.ts'

const DAY_MS = 86_400_000
/** An agent that ends sooner is warned of. */
const AGENT_WARN_MS = 7 * DAY_MS

export interface Keys {
  /** The account's address, lower case. */
  readonly walletAddress: string
  /** 0x and 64 hex digits. */
  readonly privateKey: string
}

/** @throws NotSentError `credential` when address or key are missing or misspelt; neither stands in the text */
export function keysOf(credentials: Credentials): Keys {
  const { walletAddress = '', privateKey = '' } = credentials
  if (!hasForm('address', walletAddress)) throw misspelt('wallet_address', '0x and 40 hex digits')
  if (!hasForm('private_key', privateKey)) throw misspelt('private_key', '64 hex digits')
  const key = privateKey.toLowerCase().replace(/^0x/, '')
  return { walletAddress: walletAddress.toLowerCase(), privateKey: `0x${key}` }
}

const misspelt = (name: string, form: string): NotSentError =>
  new NotSentError('credential', name, `The ${name} of hyperliquid is not ${form}: copy it again.`)

export interface ConnectChecks {
  readonly requests: Requests
  /** Address of the private key, lower case. */
  readonly signer: string
  /** The operator takes the risk of a key that controls the funds. */
  readonly acceptsMainKey: boolean
  /** The operator says that an account without money is the right one. */
  readonly acceptsEmpty: boolean
}

/** @throws VenueError `credential` or `rejected` with a sentence, or why it could not be asked */
export async function assertAccount(checks: ConnectChecks): Promise<AccountFacts> {
  const { requests } = checks
  const clockOffsetMs = await requests.measureClock()
  const owner = await assertOwner(requests)
  const isMainKey = await assertSigner(checks, owner)
  await assertAccountMode(requests)
  await assertMoney(checks)
  const warnings = isMainKey
    ? [
        'the private key controls the funds of the hyperliquid account: approve an agent wallet and give its key instead',
      ]
    : await agentWarnings(checks, owner)
  const budget = await requests.readBudget(true)
  return {
    fingerprint: requests.user,
    // An agent wallet cannot withdraw; of a main key the operator has been told.
    canWithdraw: isMainKey ? null : false,
    isAddressBound: null,
    clockOffsetMs,
    warnings: [...warnings, ...budgetWarnings(budget)],
  }
}

export const budgetWarnings = (budget: BudgetState | null): readonly string[] =>
  budget?.isLow === true
    ? [
        `the hyperliquid address has ${budget.cap - budget.used} of ${budget.cap} actions left: each USDC traded gives one more`,
      ]
    : []

async function roleOf(requests: Requests, user: string): Promise<Raw> {
  return rawOf(await requests.ask({ type: 'userRole' }, { user }), 'role')
}

const roleOwner = (role: Raw, key: string): string =>
  (isRaw(role['data']) ? (textOf(role['data'], key) ?? '') : '').toLowerCase()

/** Whose agents may act for the account; sets the sub-account that actions name. */
async function assertOwner(requests: Requests): Promise<string> {
  const role = await roleOf(requests, requests.user)
  const name = textOf(role, 'role')
  if (name === 'user') return requests.user
  if (name === 'subAccount') {
    requests.vaultAddress = requests.user
    return roleOwner(role, 'master')
  }
  if (name === 'agent')
    throw credential(
      'agent_as_wallet',
      'The wallet_address of hyperliquid is that of an agent wallet, for which every question is answered with nothing: give the address of the account.',
    )
  throw credential(
    'unknown_account',
    `hyperliquid calls the wallet_address "${name ?? 'nothing'}", which cannot be traded: give the address of an account or sub-account.`,
  )
}

/** @returns whether the key is that of the account itself */
async function assertSigner(checks: ConnectChecks, owner: string): Promise<boolean> {
  const { requests, signer, acceptsMainKey } = checks
  if (signer === owner || signer === requests.user) {
    if (acceptsMainKey) return true
    throw credential(
      'main_key',
      'The private_key of hyperliquid controls the funds of the account: approve an agent wallet there and give its key, or set accept_main_key.',
    )
  }
  const role = await roleOf(requests, signer)
  if (textOf(role, 'role') !== 'agent')
    throw credential(
      'not_an_agent',
      'The private_key of hyperliquid is not that of an agent wallet of the account: approve one there (a new one each time) and give its key.',
    )
  if (roleOwner(role, 'user') === owner) return false
  throw credential(
    'agent_of_another',
    'The private_key of hyperliquid is that of an agent wallet of another account: give the key that was made for this wallet_address.',
  )
}

/** In a unified account the money stands elsewhere, and the balance of perpetuals would read as nothing. */
async function assertAccountMode(requests: Requests): Promise<void> {
  const answer = await unlessRefused(requests.askUser({ type: 'userAbstraction' }))
  const mode = String(answer ?? '').replaceAll('"', '')
  if (mode !== 'unifiedAccount' && mode !== 'portfolioMargin') return
  throw new VenueError(
    'rejected',
    'account_mode',
    `The hyperliquid account is in mode ${mode}, in which perpetuals have no balance of their own: set it to the standard mode or use a sub-account.`,
  )
}

async function assertMoney({ requests, acceptsEmpty }: ConnectChecks): Promise<void> {
  const { equity } = balanceOf(await requests.askUser({ type: 'clearinghouseState' }))
  if (equity > 0 || acceptsEmpty) return
  throw new VenueError(
    'rejected',
    'empty_account',
    'The hyperliquid account holds nothing for perpetuals, which is also what a wrong wallet_address looks like: transfer USDC to perpetuals, check the address, or set accept_unverified.',
  )
}

/** When a named agent ends; unnamed ones are not listed. */
async function agentWarnings(
  { requests, signer }: ConnectChecks,
  owner: string,
): Promise<readonly string[]> {
  const answer = await unlessRefused(requests.ask({ type: 'extraAgents' }, { user: owner }))
  const agents = Array.isArray(answer) ? answer.filter(isRaw) : []
  const own = agents.find((row) => (textOf(row, 'address') ?? '').toLowerCase() === signer)
  const endsAt = Number(own?.['validUntil'] ?? Number.POSITIVE_INFINITY)
  if (!(endsAt - requests.venueNow() < AGENT_WARN_MS)) return []
  return [
    `the agent wallet of the hyperliquid account ends at ${new Date(endsAt).toISOString()}: approve another one and give its key`,
  ]
}

/** Not every venue's node knows these questions: a refusal of the question is no answer. */
async function unlessRefused(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof VenueError && error.kind === 'rejected') return null
    throw error
  }
}

const credential = (code: string, text: string): VenueError =>
  new VenueError('credential', code, text)
