/** `arbitrage scan`: asks the scanner of the fleet, or looks at the public books itself. */
import { join } from 'node:path'
import { SystemClock } from '../adapters/system/clock.ts'
import { Scanner } from '../arbitrage/scanner.ts'
import { CliError, type ScanSource, type ScanView, type ScanWish } from '../cli/context.ts'
import { arbitrageMessages as m } from '../cli/messages/arbitrage.ts'
import { sentence } from '../cli/speech.ts'
import { HttpError, type HttpTarget } from '../client/http-client.ts'
import { TypedApi } from '../client/typed-api.ts'
import { scanSettings } from '../config/arbitrage-schema.ts'
import type { FleetConfiguration } from '../config/fleet-schema.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { Home } from '../fleet/home.ts'
import { sandboxLaunch } from '../fleet/sandbox-accounts.ts'
import { SANDBOX_FILE } from '../fleet/services.ts'
import { unreachableOf } from '../protocol/arbitrage-messages.ts'
import { openScanFeeds } from './scan-feeds.ts'

const TIMEOUT_MS = 10_000

export interface ScanCommandParts {
  readonly home: Home
  readonly arbitrage: FleetConfiguration['arbitrage']
  /** As configured. */
  instances(): readonly ResolvedInstance[]
  complain(text: string): void
  /** The control plane of this home; null = none runs. */
  readonly target: HttpTarget | null
}

/** @throws CliError 2 when fewer than two venues are named, or one cannot be read; 3 when the sandbox does not run */
export async function openScan(parts: ScanCommandParts, wish: ScanWish): Promise<ScanSource> {
  if (parts.target !== null) {
    const fleet = fleetScan(parts.target, wish)
    if (await isAnswered(fleet)) return { ...fleet, isSandbox: marketOf(parts) === 'sandbox' }
  }
  return openOwn(parts, wish)
}

function marketOf({ arbitrage, home, instances }: ScanCommandParts): 'live' | 'sandbox' {
  if (arbitrage.market !== 'auto') return arbitrage.market
  return sandboxLaunch(home, instances(), false) === null ? 'live' : 'sandbox'
}

/** A fleet that compares nothing leaves it to this command. */
async function isAnswered(fleet: ScanSource): Promise<boolean> {
  try {
    await fleet.look()
    return true
  } catch (error) {
    if (error instanceof HttpError && error.code === 'PRECONDITION') return false
    throw error
  }
}

/** Of the control plane alone. Its answers may be refused with HttpError PRECONDITION: it compares nothing. */
export function fleetScan(target: HttpTarget, { venues, symbols }: ScanWish): ScanSource {
  const api = new TypedApi(target)
  const asked = { timeoutMs: TIMEOUT_MS }
  const isWanted = (row: { readonly base: string }, legs: readonly Leg[]): boolean =>
    (venues === null || legs.every(({ exchange }) => venues.includes(exchange))) &&
    (symbols === null || legs.some((leg) => symbols.some((name) => isNamed(row.base, leg, name))))
  const look = async (): Promise<ScanView> => {
    const [opportunities, pairs] = await Promise.all([
      api.get('/api/v1/arbitrage/opportunities', asked),
      api.get('/api/v1/arbitrage/pairs', asked),
    ])
    return {
      items: opportunities.items.filter((row) => isWanted(row, [row.buy, row.sell])),
      pairs: pairs.items.filter((row) => isWanted(row, row.legs)),
      // A control plane of an earlier version does not say.
      unreachable: (pairs.unreachable ?? []).filter(
        ({ exchange }) => venues === null || venues.includes(exchange),
      ),
    }
  }
  return { isFleet: true, look, close: async () => {} }
}

interface Leg {
  readonly exchange: string
  readonly symbol: string
}

const isNamed = (base: string, { symbol }: Leg, name: string): boolean =>
  [base, symbol].some((one) => one.toUpperCase() === name.toUpperCase())

async function openOwn(parts: ScanCommandParts, wish: ScanWish): Promise<ScanSource> {
  const { arbitrage, home } = parts
  const venues = wish.venues ?? arbitrage.venues
  const symbols = wish.symbols ?? arbitrage.symbols
  const settings = scanSettings({ ...arbitrage, venues, symbols })
  if (settings === null) throw new CliError(2, sentence(m.tooFew))
  const market = marketOf(parts)
  const clock = new SystemClock()
  const quiet = () => {}
  let hasStarted = false
  // Which venue did not answer at the start stands in what is shown.
  const warn = (_module: string, text: string): void => {
    if (hasStarted) parts.complain(text)
  }
  const logger = { debug: quiet, info: quiet, warn, error: warn, flush: quiet }
  const feeds = opened(() =>
    openScanFeeds(
      { venues: settings.venues, market, sandboxFile: join(home.run, SANDBOX_FILE) },
      { clock, logger },
    ),
  )
  const scanner = new Scanner({ settings, market, feeds, clock, logger, keep: quiet })
  await scanner.start()
  hasStarted = true
  const look = async (): Promise<ScanView> => ({
    items: scanner.opportunities(),
    pairs: scanner.pairs(),
    unreachable: unreachableOf(scanner.status()),
  })
  const isSandbox = market === 'sandbox'
  return { isFleet: false, isSandbox, look, close: () => scanner.close() }
}

function opened<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw error instanceof RangeError ? new CliError(2, error.message) : error
  }
}
