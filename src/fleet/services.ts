/** The exchange and the paper desk as supervised processes. */
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { Credential, VenueAccess } from '../config/venue-access.ts'
import type { HoldKind } from '../ports/fleet-store.ts'
import type { ProcessIdentity } from '../ports/process-host.ts'
import type { ServiceFile } from '../protocol/fleet-messages.ts'
import {
  DESK_CREDENTIALS,
  type DeskLaunch,
  type ExchangeLaunch,
  type LiveDeskLaunch,
  type LogSettings,
  type SandboxLaunch,
  type ScannerLaunch,
} from '../protocol/launch.ts'
import { localSocketPath } from '../protocol/lines.ts'
import { writeJson } from './files.ts'
import { dayName, type Home } from './home.ts'
import type { Kept, LaunchPlan } from './kept-process.ts'
import { servicePolicy } from './supervise.ts'

export const EXCHANGE = 'exchange'
/** Compares the public books of several venues (docs/concepts/arbitrage.md). */
export const SCANNER = 'scanner'
/** One desk speaks for all paper accounts, one for each account at a venue. */
export const PAPER_DESK = 'desk-paper'
/** What the sandbox of this home hands out: addresses and keys. */
export const SANDBOX_FILE = 'sandbox.json'
/** Encrypted keys, below database/. */
export const VAULT_FILE = 'vault.json'

export interface ServiceAddress {
  readonly name: string
  readonly socket: string
  readonly token: string
}

/** What the market of this home is; fixed by the first start, see docs/concepts/exchange.md. */
export interface FeedChoice {
  readonly feed: string
  readonly seed: number
  readonly speed: number
  readonly pace: 'free' | 'lockstep'
}

export interface ServiceParts {
  readonly home: Home
  /** Folder of the compiled programs. */
  readonly programs: string
  readonly log: Omit<LogSettings, 'dir'>
  /** What a desk needs to open the vault by itself. */
  readonly vaultEnvironment: Readonly<Record<string, string>>
  /** The secret of a service's socket: kept over restarts, so that those connected to it come back. */
  socketToken(name: string): string
  wallMs(): number
}

/** The address that a process working in the home uses. */
export const socketPath = (home: Home, name: string): string =>
  localSocketPath(home.socket(name), home.root)

export const serviceAddress = (parts: ServiceParts, name: string): ServiceAddress => ({
  name,
  socket: parts.home.socket(name),
  token: parts.socketToken(name),
})

const logOf = (parts: ServiceParts, name: string): LogSettings => ({
  ...parts.log,
  dir: parts.home.logs(name),
})

/** Where the program writes its own pid. */
export const servicePidFile = (home: Home, name: string): string => join(home.run, `${name}.pid`)

function planOf(
  parts: ServiceParts,
  name: string,
  program: string,
  launch: object,
  environment: Readonly<Record<string, string>> = {},
): LaunchPlan {
  const { home } = parts
  const launchFile = home.launchFile(name)
  writeJson(launchFile, launch, 0o600)
  const folder = join(home.logs(name), dayName(parts.wallMs(), parts.log.timeZone))
  return {
    program: join(parts.programs, program),
    launchFile,
    folder: home.root,
    pidFile: servicePidFile(home, name),
    stdoutFile: join(folder, `${name}_stdout.log`),
    stderrFile: join(folder, `${name}_stderr.log`),
    environment,
  }
}

function writeServiceFile(parts: ServiceParts, name: string, identity: ProcessIdentity): void {
  const file: ServiceFile = {
    name,
    pid: identity.pid,
    start_time: identity.startTime,
    boot_id: identity.bootId,
    socket: parts.home.socket(name),
    token: parts.socketToken(name),
    started_at: new Date(parts.wallMs()).toISOString(),
  }
  writeJson(parts.home.serviceFile(name), file, 0o600)
}

export interface ServiceHooks {
  isWanted(): boolean
  canStart(): boolean
  /** Asks the running service; rejects when it does not answer. */
  probe(): Promise<boolean>
  onHold(kind: HoldKind, reason: string): void
  onRunning(): void
}

export function keptExchange(
  parts: ServiceParts,
  choice: () => FeedChoice,
  expectedInstances: () => readonly string[],
  sandbox: () => SandboxLaunch | null,
  hooks: ServiceHooks,
): Kept {
  const launch = (): LaunchPlan => {
    const { home } = parts
    const launch: ExchangeLaunch = {
      program: 'exchange',
      token: parts.socketToken(EXCHANGE),
      socket: socketPath(home, EXCHANGE),
      pidFile: servicePidFile(home, EXCHANGE),
      dbPath: join(home.database, 'exchange.db'),
      historyDir: home.history,
      ...choice(),
      expectedInstances: expectedInstances(),
      fillRule: 'through',
      wireLatencyMs: 0,
      sandbox: sandbox(),
      log: logOf(parts, EXCHANGE),
    }
    return planOf(parts, EXCHANGE, 'exchange.js', launch)
  }
  return keptService(parts, EXCHANGE, launch, hooks)
}

/** @param wish what it compares, and whose books */
export function keptScanner(
  parts: ServiceParts,
  wish: () => Pick<ScannerLaunch, 'settings' | 'market'>,
  hooks: ServiceHooks,
): Kept {
  const launch = (): LaunchPlan => {
    const { home } = parts
    const launch: ScannerLaunch = {
      program: 'scanner',
      token: parts.socketToken(SCANNER),
      socket: socketPath(home, SCANNER),
      pidFile: servicePidFile(home, SCANNER),
      databaseDir: home.database,
      ...wish(),
      sandboxFile: join(home.run, SANDBOX_FILE),
      log: logOf(parts, SCANNER),
    }
    return planOf(parts, SCANNER, 'scanner.js', launch)
  }
  return keptService(parts, SCANNER, launch, hooks)
}

export function keptDesk(parts: ServiceParts, hooks: ServiceHooks): Kept {
  const launch = (): LaunchPlan =>
    planOf(parts, PAPER_DESK, 'desk.js', deskLaunch(parts, PAPER_DESK, null))
  return keptService(parts, PAPER_DESK, launch, hooks)
}

const deskLaunch = (
  parts: ServiceParts,
  name: string,
  live: LiveDeskLaunch | null,
): DeskLaunch => ({
  program: 'desk',
  token: parts.socketToken(name),
  name,
  socket: socketPath(parts.home, name),
  pidFile: servicePidFile(parts.home, name),
  databaseDir: parts.home.database,
  exchangeSocket: socketPath(parts.home, EXCHANGE),
  exchangeToken: parts.socketToken(EXCHANGE),
  live,
  log: logOf(parts, name),
})

/** @param instance one of the account, or a leg of one, whose file says how to reach it; null = none does now */
export function keptLiveDesk(
  parts: ServiceParts,
  name: string,
  account: Pick<LiveDeskLaunch, 'mode' | 'venue' | 'account'>,
  instance: () => Pick<ResolvedInstance, 'access'> | null,
  hooks: ServiceHooks,
): Kept {
  const launch = (): LaunchPlan => {
    const access = instance()?.access
    if (access == null) throw new Error(`no instance of the account of ${name} is configured`)
    const live = liveLaunch(parts.home, account, access)
    const { credential } = access
    const vault = credential.kind === 'vault' ? parts.vaultEnvironment : {}
    const environment = { ...vault, ...credentialEnvironment(credential) }
    return planOf(parts, name, 'desk.js', deskLaunch(parts, name, live), environment)
  }
  return keptService(parts, name, launch, hooks)
}

/** Tells two accesses apart; says nothing of the keys in them. */
export const accessHash = (access: VenueAccess): string =>
  createHash('sha256').update(JSON.stringify(access)).digest('hex')

/** Keys that an instance's file gives reach its desk by the environment: no file holds them in plain text. */
export const credentialEnvironment = (credential: Credential): Record<string, string> =>
  credential.kind === 'given' ? { [DESK_CREDENTIALS]: JSON.stringify(credential.values) } : {}

/** How whoever speaks for an account reaches it. */
export function liveLaunch(
  home: Home,
  account: Pick<LiveDeskLaunch, 'mode' | 'venue' | 'account'>,
  access: VenueAccess,
): LiveDeskLaunch {
  const { credential, sandbox: _, ...others } = access
  return {
    ...account,
    ...others,
    accessHash: accessHash(access),
    credential: reference(home, credential),
  }
}

function reference(home: Home, credential: Credential): LiveDeskLaunch['credential'] {
  if (credential.kind === 'given') return { kind: 'environment' }
  if (credential.kind === 'sandbox') return { kind: 'sandbox', file: join(home.run, SANDBOX_FILE) }
  return { kind: 'vault', entry: credential.entry, file: join(home.database, VAULT_FILE) }
}

function keptService(
  parts: ServiceParts,
  name: string,
  launch: () => LaunchPlan,
  hooks: ServiceHooks,
): Kept {
  return {
    ...hooks,
    name,
    policy: () => servicePolicy,
    probeIntervalMs: () => 1000,
    limits: () => null,
    launch,
    terminate: (end) => end(),
    onSpawned: (identity) => writeServiceFile(parts, name, identity),
    toldExit: () => null,
    onEnded: () => {
      rmSync(parts.home.serviceFile(name), { force: true })
      rmSync(servicePidFile(parts.home, name), { force: true })
    },
  }
}
