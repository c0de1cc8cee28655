/** Asks venues for the doctor and for `keys test`: opens an account, looks, closes it. Nothing is changed there. */
import type { AccountFacts, VenueDialect } from '../adapters/venues/live/dialect.ts'
import { VENUES } from '../config/resolve-instance.ts'
import { legsOf, type ResolvedInstance, type ResolvedLeg } from '../config/resolved-instance.ts'
import { nearest } from '../config/suggestion.ts'
import { hasTestnet, VERIFIED_VENUES } from '../config/venue-access.ts'
import { deskOf } from '../fleet/desks.ts'
import type { VenueAccountFacts, VenueFacts } from '../fleet/doctor-venue-rules.ts'
import type { Home } from '../fleet/home.ts'
import { VenueError } from '../ports/venue.ts'

const LIMIT_MS = 20_000

export async function venueFacts(
  name: string,
  home: Home,
  configured: readonly ResolvedInstance[],
): Promise<VenueFacts> {
  const own = configured
    .flatMap(legsOf)
    .filter(({ settings, access }) => access !== null && settings.venue === name)
  const accounts = [...Map.groupBy(own, deskOf)].map(async ([desk, [first]]) => {
    const label = desk.replace(/^desk-([^-]+)-([^-]+)-/, '$1/$2/')
    return accountFacts(label, async () => {
      // Loaded when there is an account: the adapters of venues are heavy.
      const { openDialect } = await import('./direct-live.ts')
      const { SystemClock } = await import('../adapters/system/clock.ts')
      return openDialect(first as ResolvedLeg, home, new SystemClock())
    })
  })
  return {
    name,
    known: VENUES,
    suggestion: nearest(name, VENUES),
    isVerified: VERIFIED_VENUES.includes(name),
    hasTestnet: hasTestnet(name),
    accounts: await Promise.all(accounts),
  }
}

/** @param open gives the dialect and what its account said; whatever it throws is told as the reason */
export async function accountFacts(
  name: string,
  open: () => Promise<{ readonly dialect: VenueDialect; readonly facts: AccountFacts }>,
): Promise<VenueAccountFacts> {
  const late = new Promise<never>((_resolve, reject) => {
    const text = `it did not answer within ${LIMIT_MS / 1000} s`
    const refuse = () => reject(new VenueError('unavailable', 'timeout', text))
    setTimeout(refuse, LIMIT_MS).unref()
  })
  try {
    return { name, outcome: await Promise.race([look(open), late]) }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { name, outcome: { kind: 'failed', why: whyOf(error), text } }
  }
}

async function look(
  open: () => Promise<{ readonly dialect: VenueDialect; readonly facts: AccountFacts }>,
): Promise<VenueAccountFacts['outcome']> {
  const { dialect, facts } = await open()
  try {
    const [balance, positions, orders] = await Promise.all([
      dialect.balance(),
      dialect.positions(),
      dialect.openOrders(),
    ])
    const { canWithdraw, isAddressBound, clockOffsetMs, warnings } = facts
    return {
      kind: 'open',
      canWithdraw,
      isAddressBound,
      clockOffsetMs,
      warnings,
      settle: balance.settle,
      equity: balance.equity,
      positions: positions.filter(({ quantity }) => quantity !== 0).length,
      orders: orders.length,
    }
  } finally {
    await dialect.close()
  }
}

function whyOf(error: unknown): 'credential' | 'rejected' | 'unreachable' | 'other' {
  if (!(error instanceof VenueError)) return 'other'
  if (error.kind === 'credential' || error.kind === 'rejected') return error.kind
  return 'unreachable'
}
