/** An account at a real venue, spoken to past its desk: kill --direct and close-all --direct. */
import { randomBytes } from 'node:crypto'
import { SystemClock } from '../adapters/system/clock.ts'
import type { AccountFacts, DialectParts, VenueDialect } from '../adapters/venues/live/dialect.ts'
import { processEnvironment } from '../config/process-environment.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { type DirectFlattened, flattenDirect } from '../desk/direct-flatten.ts'
import { DeskRequestBudget } from '../desk/request-budget.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { TradingMode } from '../domain/trading-mode.ts'
import type { Home } from '../fleet/home.ts'
import { credentialEnvironment, liveLaunch } from '../fleet/services.ts'
import type { Clock } from '../ports/clock.ts'
import { silentLogger } from '../ports/logger.ts'
import type { VenueAccount, VenueTraits } from '../ports/venue.ts'
import { accessOf, credentialsOf, dialectOf } from './live-desk.ts'

export interface DirectLiveParts {
  readonly home: Home
  readonly clock: Clock
  readonly limitMs: number
}

/**
 * Cancels and flattens what an account holds, of the given contracts or of all.
 * @param instance one of the account: its file says how it is reached
 * @throws Error or VenueError with one sentence when the account cannot be opened
 */
export async function flattenLive(
  instance: Pick<ResolvedInstance, 'settings' | 'access'>,
  instruments: ReadonlySet<InstrumentId> | null,
  { home, clock, limitMs }: DirectLiveParts,
): Promise<DirectFlattened> {
  const { dialect, facts } = await openDialect(instance, home, clock)
  try {
    const venue = directVenue(dialect)
    const newId = () => directId(dialect.traits.idScheme)
    const options = { instruments, clock: venueClock(clock, facts.clockOffsetMs), newId, limitMs }
    return await flattenDirect(venue, options)
  } finally {
    await dialect.close()
  }
}

/** @returns the dialect, open, and what its account said of itself */
export async function openDialect(
  { settings, access }: Pick<ResolvedInstance, 'settings' | 'access'>,
  home: Home,
  clock: Clock,
): Promise<Opened> {
  const { venue, account } = settings
  const mode = settings.mode as Exclude<TradingMode, 'paper'>
  if (access === null) throw new Error(`${settings.instance} trades on paper`)
  const launch = liveLaunch(home, { mode, venue, account }, access)
  const environment = { ...processEnvironment(), ...credentialEnvironment(access.credential) }
  const reached = await accessOf(launch, environment)
  return opened(venue, clock, {
    ...reached,
    isTestnet: mode === 'testnet',
    acceptsMainKey: access.acceptsMainKey,
    acceptsUnverified: access.acceptsUnverified,
  })
}

interface Opened {
  readonly dialect: VenueDialect
  readonly facts: AccountFacts
}

async function opened(
  venue: string,
  clock: Clock,
  parts: Pick<
    DialectParts,
    'credentials' | 'restUrl' | 'wsUrl' | 'isTestnet' | 'acceptsMainKey' | 'acceptsUnverified'
  >,
): Promise<Opened> {
  const budget = new DeskRequestBudget(clock)
  const logger = silentLogger
  const dialect = await dialectOf(venue, { ...parts, clock, logger, budget, random: Math.random })
  budget.declare(dialect.pools)
  return { dialect, facts: await dialect.open() }
}

/** An account by its keys alone: nothing is traded, so what an instance would have to accept is accepted. */
export const testedKey = (
  venue: string,
  spelt: Readonly<Record<string, string>>,
  isTestnet: boolean,
): Promise<Opened> =>
  opened(venue, new SystemClock(), {
    credentials: credentialsOf(spelt),
    restUrl: null,
    wsUrl: null,
    isTestnet,
    acceptsMainKey: true,
    acceptsUnverified: true,
  })

/** Ours with the venue's wall time: by a clock that is seconds slow every order would be too late there. */
export const venueClock = (clock: Clock, offsetMs: number): Clock => ({
  monotonicMs: () => clock.monotonicMs(),
  wallMs: () => clock.wallMs() + offsetMs,
  after: (delayMs, callback) => clock.after(delayMs, callback),
  every: (intervalMs, callback) => clock.every(intervalMs, callback),
})

/** The dialect in the words of the port, for contracts that nobody has attached. */
function directVenue(
  dialect: VenueDialect,
): Pick<VenueAccount, 'openOrders' | 'positions' | 'cancel' | 'place'> {
  const known = new Map<InstrumentId, Instrument>()
  const instrumentOf = async (id: InstrumentId): Promise<Instrument> => {
    const found =
      known.get(id) ?? (await dialect.instrument(id.slice(id.indexOf(':') + 1))).instrument
    known.set(id, found)
    return found
  }
  return {
    openOrders: () => dialect.openOrders(),
    positions: () => dialect.positions(),
    cancel: async (id, ids) => dialect.cancel(await instrumentOf(id), ids),
    place: async (intents) => {
      const orders = intents.map(async ({ intent, expiresAt }) => ({
        clientId: intent.clientId,
        instrument: await instrumentOf(intent.request.instrument),
        request: intent.request,
        expiresAt,
      }))
      return dialect.place(await Promise.all(orders))
    },
  }
}

/** Made of chance: no desk gives out such an id, but for 32 bits, where one in millions may meet an old order. */
export function directId(scheme: VenueTraits['idScheme']): ClientOrderId {
  if (scheme === 'hex128') return `0x${randomBytes(16).toString('hex')}` as ClientOrderId
  if (scheme === 'uint32') return String(randomBytes(4).readUInt32BE() || 1) as ClientOrderId
  return `pfd${randomBytes(6).toString('hex')}` as ClientOrderId
}
