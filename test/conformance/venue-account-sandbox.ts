/** A real venue's adapter over real sockets: the exchange process speaks its wire protocol on loopback. For tests. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import type { DialectParts, VenueDialect } from '../../src/adapters/venues/live/dialect.ts'
import { LiveVenue, type LiveVenueOptions } from '../../src/adapters/venues/live/live-venue.ts'
import { type ClientIdSchemeName, clientIdSchemes } from '../../src/domain/client-id.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { AttachRequest, VenueListener } from '../../src/ports/venue.ts'
import type { SandboxAccountLaunch } from '../../src/protocol/launch.ts'
import type { SandboxKeysFile, SandboxVenue } from '../../src/protocol/sandbox-messages.ts'
import { DEPOSIT, sandboxLaunch } from '../support/sandbox-launch.ts'
import type { VenueUnderTest } from './venue-account-harness.ts'
import { ExchangeProcess } from './venue-account-paper.ts'

export interface SandboxSetting {
  readonly venue: SandboxVenue
  readonly symbol: string
  readonly idScheme: ClientIdSchemeName
  readonly make: (parts: DialectParts) => Promise<VenueDialect>
  readonly adoptsDuplicates: boolean
  /** isolated when absent; for a venue that has only one of them. */
  readonly marginMode?: 'isolated' | 'cross'
  readonly account?: Partial<SandboxAccountLaunch>
  readonly latencyMs?: number
  readonly speed?: number
}

/** An exchange process that serves one venue, and connections to its account `main`. */
export class SandboxProcess {
  readonly #setting: SandboxSetting
  readonly #exchange: ExchangeProcess
  readonly #open = new Set<LiveVenue>()
  #ids = 0

  constructor(setting: SandboxSetting) {
    this.#setting = setting
    this.#exchange = new ExchangeProcess({ speed: setting.speed ?? 1 })
  }

  get #keysFile(): string {
    return join(this.#exchange.home, 'run', 'sandbox.json')
  }

  start(): void {
    const { venue, latencyMs = 0, account = {} } = this.#setting
    const run = join(this.#exchange.home, 'run')
    const terms = { leverage: 3, marginMode: 'isolated', ...account } as const
    this.#exchange.start({ sandbox: { ...sandboxLaunch(run, [venue], terms), latencyMs } })
  }

  async #keys() {
    for (let tries = 0; tries < 200; tries++) {
      try {
        const file = JSON.parse(readFileSync(this.#keysFile, 'utf8')) as SandboxKeysFile
        const served = file.venues[this.#setting.venue]
        if (served) return { served, keys: served.accounts['main'] }
      } catch {
        // Not written yet.
      }
      await wait(50)
    }
    throw new Error(`the sandbox did not start: ${this.#exchange.stderr}`)
  }

  /** Sets a fault of the sandbox, see docs/concepts/sandbox.md. */
  async fault(kind: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#keys()
    const { panel_url, token } = JSON.parse(readFileSync(this.#keysFile, 'utf8')) as SandboxKeysFile
    const answer = await fetch(panel_url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kind, venue: this.#setting.venue, ...more }),
    })
    if (!answer.ok) throw new Error(`the fault ${kind} was not taken: ${await answer.text()}`)
  }

  /** Ends all faults. */
  async heal(): Promise<void> {
    const { panel_url, token } = JSON.parse(readFileSync(this.#keysFile, 'utf8')) as SandboxKeysFile
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(panel_url, { method: 'DELETE', headers })
    if (!answer.ok) throw new Error(`the faults were not ended: ${await answer.text()}`)
  }

  /** What the sandbox has on its own books. */
  get database(): string {
    return join(this.#exchange.home, 'run', 'sandbox.db')
  }

  async connect(
    listener: VenueListener,
    options: Partial<LiveVenueOptions> = {},
  ): Promise<LiveVenue> {
    const venue = await this.open(options)
    this.#open.add(venue)
    await venue.connect(listener)
    return venue
  }

  /** As connect, for a desk that connects and closes itself. */
  async open(options: Partial<LiveVenueOptions> = {}): Promise<LiveVenue> {
    const { served, keys } = await this.#keys()
    const clock = new SystemClock()
    const dialect = await this.#setting.make({
      credentials: {
        apiKey: keys?.api_key ?? '',
        secretKey: keys?.secret_key ?? '',
        passphrase: keys?.passphrase ?? '',
        walletAddress: keys?.wallet_address ?? '',
        privateKey: keys?.private_key ?? '',
      },
      restUrl: served.rest_url,
      wsUrl: served.ws_url,
      isTestnet: false,
      acceptsMainKey: false,
      acceptsUnverified: false,
      clock,
      logger: silentLogger,
      budget: { async take() {}, block() {}, used() {} },
      random: Math.random,
    })
    const venue = new LiveVenue({
      dialect,
      clock,
      logger: silentLogger,
      stampsRunAhead: true,
      account: `sandbox/${this.#setting.venue}/main`,
      random: Math.random,
      lastVenueSeq: 0,
      isBooked: () => false,
      eventsFrom: null,
      journalFrom: null,
      fingerprint: null,
      ...options,
    })
    return venue
  }

  signal(signal: NodeJS.Signals): void {
    this.#exchange.signal(signal)
  }

  async killAndRestart(): Promise<void> {
    await this.#exchange.kill()
    this.start()
  }

  async close(): Promise<void> {
    for (const venue of this.#open) await venue.close()
    await this.#exchange.close()
  }

  get request() {
    return {
      instance: 'one',
      symbol: this.#setting.symbol,
      leverage: 5,
      marginMode: this.#setting.marginMode ?? 'isolated',
      paper: null,
      feed: null,
    } satisfies AttachRequest
  }

  newId() {
    return clientIdSchemes[this.#setting.idScheme].make(1, ++this.#ids)
  }
}

/** For the suite of the venue port. */
export async function sandboxUnderTest(setting: SandboxSetting): Promise<VenueUnderTest> {
  const sandbox = new SandboxProcess(setting)
  sandbox.start()
  return {
    connect: (listener) => sandbox.connect(listener),
    request: sandbox.request,
    freeze: () => sandbox.signal('SIGSTOP'),
    thaw: () => sandbox.signal('SIGCONT'),
    killAndRestart: () => sandbox.killAndRestart(),
    close: () => sandbox.close(),
    live: {
      newId: () => sandbox.newId(),
      deposit: DEPOSIT,
      lots: 100,
      adoptsDuplicates: setting.adoptsDuplicates,
    },
  }
}
