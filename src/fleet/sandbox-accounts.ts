/** Which accounts the sandbox of a home must serve: those of its instances, and one of each venue to try by hand. */
import { join } from 'node:path'
import { legsOf, type ResolvedInstance, type ResolvedLeg } from '../config/resolved-instance.ts'
import { money, type Ratio, ratio } from '../domain/money.ts'
import type { ExchangeLaunch, SandboxAccountLaunch, SandboxLaunch } from '../protocol/launch.ts'
import { sandboxVenues } from '../protocol/sandbox-messages.ts'
import { readJson } from './files.ts'
import type { Home } from './home.ts'
import { EXCHANGE, SANDBOX_FILE } from './services.ts'

/** There and back, ms: what a venue far away takes. */
const LATENCY_MS = 150
const MAIN = 'main'

const standard: SandboxAccountLaunch = {
  name: MAIN,
  deposit: money(10_000 * 1e8),
  leverage: 1,
  marginMode: 'isolated',
  maker: 20_000 as Ratio,
  taker: 50_000 as Ratio,
  volumeShare: ratio(1e8),
}

/** Null: no instance trades in the sandbox, and nobody has asked for it. */
export function sandboxLaunch(
  home: Home,
  instances: readonly ResolvedInstance[],
  isAskedFor: boolean,
): SandboxLaunch | null {
  const own = instances.flatMap(legsOf).filter(({ settings }) => settings.mode === 'sandbox')
  if (own.length === 0 && !isAskedFor) return null
  return {
    file: join(home.run, SANDBOX_FILE),
    seedFile: join(home.database, 'sandbox.seed'),
    dbPath: join(home.database, 'sandbox.db'),
    latencyMs: LATENCY_MS,
    hasRateLimits: true,
    panelPort: 0,
    venues: sandboxVenues.map((venue) => ({
      venue,
      port: 0,
      accounts: accountsOf(own.filter(({ settings }) => settings.venue === venue)),
    })),
  }
}

/** The first instance, or leg, of an account gives its conditions; each brings its money. */
function accountsOf(instances: readonly ResolvedLeg[]): SandboxAccountLaunch[] {
  const accounts = new Map<string, SandboxAccountLaunch>([[MAIN, standard]])
  const named = Map.groupBy(instances, ({ settings }) => settings.account)
  for (const [name, of] of named) {
    const [first] = of
    const terms = first?.access?.sandbox
    if (first === undefined || terms == null) continue
    const { leverage, marginMode } = first.settings
    const deposit = of.reduce((sum, { access }) => sum + (access?.sandbox?.initialBalance ?? 0), 0)
    const { maker, taker, volumeShare } = terms
    const conditions = { leverage, marginMode, maker, taker, volumeShare }
    accounts.set(name, { name, deposit: money(deposit), ...conditions })
  }
  return [...accounts.values()]
}

/** What the exchange was started with last: one that was adopted is asked no more. */
export function launchedSandbox(home: Home): SandboxLaunch | null {
  const launch = readJson(home.launchFile(EXCHANGE)) as Partial<ExchangeLaunch> | null
  return launch?.sandbox ?? null
}

/** Whether a sandbox that runs as the one serves every account of the other. */
export function isServed(running: SandboxLaunch | null, wanted: SandboxLaunch | null): boolean {
  const names = (one: SandboxLaunch | null): string[] =>
    (one?.venues ?? []).flatMap(({ venue, accounts }) =>
      accounts.map(({ name }) => `${venue}/${name}`),
    )
  const served = new Set(names(running))
  return names(wanted).every((name) => served.has(name))
}
