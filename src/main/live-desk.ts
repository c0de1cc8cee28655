/** The desk of one account at a real venue: opens its keys, loads the one adapter that it needs, and joins both. */
import { readFileSync, statSync } from 'node:fs'
import type { SqliteJournalStore } from '../adapters/stores/sqlite-journal-store.ts'
import { VaultFile } from '../adapters/vault/vault-file.ts'
import type { OpenBooks } from '../adapters/venues/live/book-source.ts'
import type { Credentials, DialectParts, VenueDialect } from '../adapters/venues/live/dialect.ts'
import { isLoopback } from '../adapters/venues/live/hosts.ts'
import { LiveVenue } from '../adapters/venues/live/live-venue.ts'
import { type Environment, processEnvironment } from '../config/process-environment.ts'
import { vaultKey } from '../config/vault-key.ts'
import type { DeskRequestBudget } from '../desk/request-budget.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { RequestBudget, RequestCost, RequestPriority } from '../ports/request-budget.ts'
import { DESK_CREDENTIALS, type LiveDeskLaunch } from '../protocol/launch.ts'

/** Loaded when it is needed: a desk has one venue, and each adapter costs memory. */
const dialects: Readonly<Record<string, (parts: DialectParts) => Promise<VenueDialect>>> = {
  okx: async (parts) =>
    (await import('../adapters/venues/okx/dialect.ts')).OkxDialect.create(parts),
  hyperliquid: async (parts) =>
    new (await import('../adapters/venues/hyperliquid/dialect.ts')).HyperliquidDialect(parts),
  backpack: async (parts) =>
    new (await import('../adapters/venues/backpack/dialect.ts')).BackpackDialect(parts),
  aster: async (parts) =>
    new (await import('../adapters/venues/aster/dialect.ts')).AsterDialect(parts),
}

/** The adapter of a venue; any other venue of ccxt has the generic one, which nobody has verified. */
export async function dialectOf(venue: string, parts: DialectParts): Promise<VenueDialect> {
  const own = dialects[venue]
  if (own !== undefined) return own(parts)
  const { GenericDialect } = await import('../adapters/venues/generic/dialect.ts')
  return GenericDialect.create(venue, parts)
}

/** Names as in exchange_config, as the vault keeps them and the sandbox writes them. */
type Spelt = Readonly<Record<string, unknown>>

export const credentialsOf = (spelt: Spelt): Credentials => {
  const text = (name: string): string | undefined =>
    typeof spelt[name] === 'string' && spelt[name] !== '' ? spelt[name] : undefined
  const all = {
    apiKey: text('api_key'),
    secretKey: text('secret_key'),
    passphrase: text('passphrase'),
    walletAddress: text('wallet_address'),
    privateKey: text('private_key'),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** What must never stand in a log: everything but what a venue shows of an account itself. */
const secretsOf = ({ secretKey, passphrase, privateKey, apiKey }: Credentials): string[] =>
  [secretKey, passphrase, privateKey, apiKey].filter((value) => value !== undefined)

export interface AccountAccess {
  readonly credentials: Credentials
  readonly restUrl: string | null
  readonly wsUrl: string | null
}

/** Where the sandbox of this home listens and which keys it takes for an account. @throws Error with one sentence */
export function sandboxAccess(
  file: string,
  { venue, account }: Pick<LiveDeskLaunch, 'venue' | 'account'>,
): AccountAccess {
  const status = statSync(file, { throwIfNoEntry: false })
  const found: unknown = status === undefined ? null : JSON.parse(readFileSync(file, 'utf8'))
  const served = child(child(found, 'venues'), venue)
  const keys = child(child(served, 'accounts'), account)
  if (typeof served !== 'object' || served === null || typeof keys !== 'object' || keys === null)
    throw new Error(
      `the sandbox of this home has no account ${account} of ${venue} yet: it is served when the exchange runs (perpfleet sandbox status)`,
    )
  const { rest_url: rest, ws_url: ws } = served as Spelt
  return {
    credentials: credentialsOf(keys as Spelt),
    restUrl: typeof rest === 'string' ? rest : null,
    wsUrl: typeof ws === 'string' ? ws : null,
  }
}

const child = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Spelt)[name] : undefined

/** @throws Error with one sentence; nothing secret stands in it */
export async function accessOf(
  launch: LiveDeskLaunch,
  environment: Environment = processEnvironment(),
): Promise<AccountAccess> {
  const { credential, restUrl, wsUrl } = launch
  if (credential.kind === 'sandbox') return sandboxAccess(credential.file, launch)
  if (credential.kind === 'environment') {
    const text = environment[DESK_CREDENTIALS] ?? '{}'
    return { credentials: credentialsOf(JSON.parse(text) as Spelt), restUrl, wsUrl }
  }
  const key = vaultKey(environment)
  if (key === null)
    throw new Error(
      'the key of the vault is not known: set PERPFLEET_VAULT_PASSPHRASE or PERPFLEET_VAULT_KEY for the control plane, or give it the systemd credential perpfleet-vault-key',
    )
  const vault = new VaultFile(credential.file, () => Date.now())
  return { credentials: credentialsOf(await vault.open(credential.entry, key)), restUrl, wsUrl }
}

export interface LiveAccountParts {
  readonly clock: Clock
  readonly logger: Logger & { mask(value: string): void }
}

/** What a desk needs of its venue before any journal is open. */
export interface LiveAccount {
  open(journal: SqliteJournalStore, budget: DeskRequestBudget): LiveVenue
}

/** The allowance of the account, which its desk brings when it opens: the adapter is made before. */
class LateBudget implements RequestBudget {
  target: RequestBudget | null = null

  get #held(): RequestBudget {
    if (this.target === null) throw new Error('no request leaves before the account is open')
    return this.target
  }
  async take(
    priority: RequestPriority,
    costs: readonly RequestCost[],
    deadlineAt: number | null,
  ): Promise<void> {
    await this.#held.take(priority, costs, deadlineAt)
  }
  block(pool: string, forMs: number): void {
    this.#held.block(pool, forMs)
  }
  used(pool: string, weight: number): void {
    this.#held.used(pool, weight)
  }
}

/** @throws Error or VenueError with one sentence when the account cannot be opened as it is configured */
export async function liveAccount(
  launch: LiveDeskLaunch,
  { clock, logger }: LiveAccountParts,
): Promise<LiveAccount> {
  const access = await accessOf(launch)
  for (const secret of secretsOf(access.credentials)) logger.mask(secret)
  const late = new LateBudget()
  const dialect = await dialectOf(launch.venue, {
    ...access,
    isTestnet: launch.mode === 'testnet',
    acceptsMainKey: launch.acceptsMainKey,
    acceptsUnverified: launch.acceptsUnverified,
    clock,
    logger,
    budget: late,
    random: Math.random,
  })
  const account = `${launch.mode}/${launch.venue}/${launch.account}`
  const books = await booksOf(launch, access, clock)
  return {
    open: (journal, budget) => {
      late.target = budget
      budget.declare(dialect.pools)
      // The market of a sandbox runs by a clock of its own, ahead of that of its venues.
      const stampsRunAhead = access.restUrl !== null && isLoopback(access.restUrl)
      const feed = launch.mode
      return joined(dialect, journal, { account, feed, clock, logger, books, stampsRunAhead })
    },
  }
}

/** Public books of the venue for instances that ask for depth; null where there are none. */
async function booksOf(
  { venue, mode }: LiveDeskLaunch,
  { restUrl, wsUrl }: AccountAccess,
  clock: Clock,
): Promise<OpenBooks | null> {
  const { isBookVenue } = await import('../adapters/venues/public/book-venues.ts')
  const { deskBooks, publicUrls } = await import('../adapters/venues/public/desk-books.ts')
  if (!isBookVenue(venue)) return null
  const urls = publicUrls(venue, mode === 'testnet', restUrl, wsUrl)
  return deskBooks({ venue, urls, clock, random: Math.random })
}

const ASKED_EVERY_MS = 10_000

/**
 * Keeps up to where the venue has answered, at most each 10 s, and only when every event that came until then is in the
 * journal: one that was handed out and not committed when the process dies must be asked for again.
 */
export function askedKeeper(
  journal: Pick<SqliteJournalStore, 'lastVenueSeq' | 'keepAsked'>,
  clock: Pick<Clock, 'monotonicMs'>,
): (until: number, lastSeq: number) => void {
  let pending: { readonly until: number; readonly lastSeq: number } | null = null
  let keptAt = Number.NEGATIVE_INFINITY
  return (until, lastSeq) => {
    const isKept = pending !== null && journal.lastVenueSeq >= pending.lastSeq
    if (pending !== null && isKept && clock.monotonicMs() - keptAt >= ASKED_EVERY_MS) {
      keptAt = clock.monotonicMs()
      keepQuietly(journal, pending.until)
    }
    if (pending === null || isKept) pending = { until, lastSeq }
  }
}

function keepQuietly(journal: Pick<SqliteJournalStore, 'keepAsked'>, until: number): void {
  try {
    journal.keepAsked(until)
  } catch {
    // A full disk: the next start asks for a little more.
  }
}

function joined(
  dialect: VenueDialect,
  journal: SqliteJournalStore,
  {
    books,
    ...parts
  }: LiveAccountParts & {
    readonly account: string
    readonly feed: LiveDeskLaunch['mode']
    readonly books: OpenBooks | null
    readonly stampsRunAhead: boolean
  },
): LiveVenue {
  const { fingerprint, journalFrom, eventsFrom } = journal.venueMemory()
  return new LiveVenue({
    ...parts,
    ...(books === null ? {} : { books }),
    dialect,
    random: Math.random,
    lastVenueSeq: journal.lastVenueSeq,
    isBooked: (key) => journal.isBooked(key),
    eventsFrom,
    journalFrom,
    fingerprint,
    onConnected: (name, from) => journal.keepVenue(name, from),
    onAsked: askedKeeper(journal, parts.clock),
  })
}
