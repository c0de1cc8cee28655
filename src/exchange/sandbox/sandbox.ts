/** The sandbox of an exchange process: four venues on loopback ports over one set of books. See docs/concepts/sandbox.md. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Instrument } from '../../domain/instrument.ts'
import { formatMoney, type Ratio } from '../../domain/money.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { SandboxStore } from '../../ports/sandbox-store.ts'
import type { ExchangePush } from '../../protocol/exchange-messages.ts'
import type { SandboxLaunch } from '../../protocol/launch.ts'
import {
  type ActionFault,
  actionFaults,
  type FaultWish,
  type SandboxAccountKeys,
  type SandboxKeysFile,
  type SandboxRequest,
  type SandboxState,
  type SandboxVenue,
  type SandboxVenueKeys,
  type SandboxVenueState,
} from '../../protocol/sandbox-messages.ts'
import { demoAssets } from '../../simulation/demo-assets.ts'
import type { ExchangeBooks } from '../exchange-books.ts'
import { DEMO_FEED, demoFeed, type Feed, withGaps } from '../feed.ts'
import { ExchangeRefused } from '../refused.ts'
import { VenueBackend } from './backend.ts'
import { SandboxCore } from './core.ts'
import type { SandboxCredentials, VenueFront } from './front.ts'
import { loadFront } from './fronts.ts'
import { sandboxCredentials } from './keys.ts'
import { VenueListener } from './listener.ts'
import { FaultPanel } from './panel.ts'

const SECOND_MS = 1000
const HOST = '127.0.0.1'
const SETTLE: Readonly<Record<SandboxVenue, string>> = {
  okx: 'USDT',
  hyperliquid: 'USDC',
  backpack: 'USDC',
  aster: 'USDT',
}
/** Where the streams of a venue begin. */
const WS_PATH: Readonly<Record<SandboxVenue, string>> = {
  okx: '/ws/v5',
  hyperliquid: '/ws',
  backpack: '',
  aster: '',
}

export interface SandboxParts {
  readonly launch: SandboxLaunch
  readonly books: ExchangeBooks
  readonly store: SandboxStore
  readonly clock: Clock
  readonly logger: Logger & { mask(secret: string): void }
  readonly onFatal: (error: unknown) => void
}

interface Served {
  readonly backend: VenueBackend
  readonly front: VenueFront
  readonly listener: VenueListener
}

export class Sandbox {
  readonly #parts: SandboxParts
  readonly #core: SandboxCore
  readonly #panel: FaultPanel
  readonly #token = randomBytes(24).toString('base64url')
  readonly #venues: Served[] = []
  #stopClock: (() => void) | null = null

  constructor(parts: SandboxParts) {
    this.#parts = parts
    const { books, store, clock, launch } = parts
    this.#core = new SandboxCore({ books, store, clock, hasRateLimits: launch.hasRateLimits })
    this.#panel = new FaultPanel(this.#token, (request) => this.request(request))
    parts.logger.mask(this.#token)
  }

  /** Opens accounts and ports and writes the file of keys. @throws ExchangeRefused with one sentence */
  async start(): Promise<void> {
    const { launch, clock } = this.#parts
    const seed = readSeed(launch.seedFile)
    const before = readKeysFile(launch.file)
    const view = historyOf(this.#parts.books.feed)
    for (const wanted of launch.venues) {
      const instruments = listed(wanted.venue, this.#parts.books.feed, view)
      if (instruments.length === 0) continue
      await this.#serve(wanted, instruments, view, seed, portOf(before?.venues[wanted.venue]))
    }
    await listenOn(this.#panel, launch.panelPort, portOf(before, 'panel_url'))
    this.#writeKeys()
    this.#stopClock = clock.every(SECOND_MS, () => this.#guard(() => this.#onSecond()))
  }

  async #serve(
    wanted: SandboxLaunch['venues'][number],
    instruments: readonly Instrument[],
    view: Feed,
    seed: Uint8Array,
    lastPort: number,
  ): Promise<void> {
    const { venue } = wanted
    const { logger, clock, launch } = this.#parts
    const backend = new VenueBackend({
      core: this.#core,
      venue,
      source: view.source,
      instruments,
      accounts: wanted.accounts.map((account) => ({
        name: account.name,
        credentials: this.#credentials(seed, venue, account.name),
        conditions: { ...account, slippage: 0 as Ratio },
      })),
    })
    backend.takeEvents()
    const front = (await loadFront[venue]())(backend)
    const listener = new VenueListener({
      backend,
      front,
      faults: this.#core.faults,
      clock,
      latencyMs: launch.latencyMs,
      deliver: () => this.#deliver(),
      onError: (error) => this.#onError(error),
    })
    await listenOn(listener, wanted.port, lastPort)
    this.#venues.push({ backend, front, listener })
    logger.info('sandbox', `${venue} is served`, { port: listener.port })
  }

  #credentials(seed: Uint8Array, venue: SandboxVenue, account: string): SandboxCredentials {
    const credentials = sandboxCredentials(seed, venue, account)
    const { secretKey, passphrase, privateKey } = credentials
    for (const secret of [secretKey, passphrase, privateKey]) {
      if (secret !== '') this.#parts.logger.mask(secret)
    }
    return credentials
  }

  async close(): Promise<void> {
    this.#stopClock?.()
    await Promise.all([
      this.#panel.close(),
      ...this.#venues.map(async ({ listener }) => listener.close()),
    ])
    this.#parts.store.close()
  }

  // The market and the accounts

  /** What the exchange tells its accounts. */
  onPush(account: string, message: ExchangePush): void {
    for (const { backend, front } of this.#venues) {
      if (message.type === 'account') backend.sync(account)
      else if (message.type === 'market' && account === backend.marketKey) {
        front.onMarket(backend.shownEvents(message.events))
      }
    }
    if (message.type === 'account') this.#deliver()
  }

  #deliver(): void {
    for (const { backend, front } of this.#venues) {
      for (const { account, events } of backend.takeEvents()) front.onAccount(account, events)
    }
  }

  #onSecond(): void {
    this.#core.keepTime()
    this.#applyStates()
    for (const { listener } of this.#venues) listener.onSecond()
    this.#deliver()
  }

  /** Faults that are states of the market or of the wire: they may have been set, cleared, or run out. */
  #applyStates(): void {
    for (const { backend, listener } of this.#venues) {
      backend.applyGaps()
      listener.applyCut()
    }
  }

  #guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#onError(error)
    }
  }

  /** A front that stumbles over a message is noted; anything else may have broken the books. */
  #onError(error: unknown): void {
    const isStumble =
      error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
    if (!isStumble) this.#parts.onFatal(error)
    else this.#parts.logger.error('sandbox', error.stack ?? error.message)
  }

  // Faults and state

  /** @throws ExchangeRefused `bad_request` with a sentence */
  request(request: SandboxRequest): SandboxState {
    if (request.action === 'clear') this.#core.faults.clear(request.fault)
    else if (request.action === 'set') this.#set(request.fault)
    if (request.action !== 'status') this.#applyStates()
    return this.#state()
  }

  #set(wish: FaultWish): void {
    this.#checkSymbol(wish)
    const id = this.#core.faults.set(wish)
    if (!(actionFaults as readonly string[]).includes(wish.kind)) return
    this.#core.faults.clear(id)
    const isDone = this.#venues
      .filter(({ backend }) => (wish.venue ?? backend.venue) === backend.venue)
      .map(({ backend }) => backend.intervene(wish.kind as ActionFault, wish))
    this.#deliver()
    if (isDone.includes(true)) return
    throw new ExchangeRefused(
      'bad_request',
      `Sandbox: ${wish.kind} found nothing to act on; name a venue, an account and a symbol that it has.`,
    )
  }

  /** A gap of a contract that nobody lists would be one that nobody sees. */
  #checkSymbol({ kind, venue, symbol }: FaultWish): void {
    if (kind !== 'price_gap' || venue === undefined) return
    const served = this.#venues.find(({ backend }) => backend.venue === venue)
    const isListed = symbol === undefined || served?.backend.instrument(symbol) != null
    if (served !== undefined && isListed) return
    const found = served === undefined ? `no venue ${venue}` : `no ${symbol} on ${venue}`
    throw new ExchangeRefused('bad_request', `Sandbox: there is ${found} here for price_gap.`)
  }

  #state(): SandboxState {
    const { launch } = this.#parts
    return {
      keysFile: launch.file,
      latencyMs: launch.latencyMs,
      hasRateLimits: launch.hasRateLimits,
      venues: this.#venues.map((served) => stateOf(served)),
      faults: this.#core.faults.list(),
    }
  }

  #writeKeys(): void {
    const venues: Partial<Record<SandboxVenue, SandboxVenueKeys>> = {}
    for (const { backend, listener } of this.#venues) {
      const accounts = backend
        .accounts()
        .map(({ name, credentials }) => [name, keysOf(credentials)])
      venues[backend.venue] = {
        ...urlsOf(backend.venue, listener.port),
        accounts: Object.fromEntries(accounts),
      }
    }
    const panel_url = `http://${HOST}:${this.#panel.port}/sandbox/faults`
    writePrivately(this.#parts.launch.file, { token: this.#token, panel_url, venues })
  }
}

const urlsOf = (venue: SandboxVenue, port: number) => ({
  rest_url: `http://${HOST}:${port}`,
  ws_url: `ws://${HOST}:${port}${WS_PATH[venue]}`,
})

function keysOf(credentials: SandboxCredentials): SandboxAccountKeys {
  return {
    api_key: credentials.apiKey,
    secret_key: credentials.secretKey,
    passphrase: credentials.passphrase,
    wallet_address: credentials.walletAddress,
    private_key: credentials.privateKey,
  }
}

function stateOf({ backend, listener }: Served): SandboxVenueState {
  const { rest_url, ws_url } = urlsOf(backend.venue, listener.port)
  return {
    venue: backend.venue,
    restUrl: rest_url,
    wsUrl: ws_url,
    connections: listener.connections,
    requests: listener.requests,
    accounts: backend.accounts().map((account) => {
      const { equity, settle } = account.balance()
      return {
        account: account.name,
        equity: formatMoney(equity),
        settle,
        openOrders: account.openOrders().length,
        positions: account.positions().length,
      }
    }),
  }
}

/** The past is read from a market of its own: a generated one keeps what was read last. */
function historyOf(feed: Feed): Feed {
  if (feed.name !== DEMO_FEED) return feed
  const { gaps, seed } = feed
  return gaps === undefined ? demoFeed(seed) : withGaps(demoFeed(seed), gaps)
}

/** The contracts that a venue lists, offered by both markets. */
function listed(venue: SandboxVenue, feed: Feed, view: Feed): readonly Instrument[] {
  if (feed.name !== DEMO_FEED) return feed.source.instruments.filter((one) => one.venue === venue)
  const quote = SETTLE[venue]
  return demoAssets.map(({ base }) => {
    const symbol = `${base}/${quote}:${quote}`
    view.offer(venue, symbol)
    return feed.offer(venue, symbol)
  })
}

/** A wished port, else the one of the last time, else any. */
async function listenOn(
  listener: { listen(port: number): Promise<void> },
  wished: number,
  last: number,
): Promise<void> {
  if (wished === 0 && last !== 0) {
    try {
      await listener.listen(last)
      return
    } catch {
      // Somebody else has it now.
    }
  }
  try {
    await listener.listen(wished)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const text = `The sandbox cannot listen on port ${wished} (${why}): free it or choose another.`
    throw new ExchangeRefused('bad_request', text)
  }
}

function portOf(file: object | null | undefined, key = 'rest_url'): number {
  const url = file ? (file as Record<string, unknown>)[key] : undefined
  return typeof url === 'string' ? Number(new URL(url).port) : 0
}

function readKeysFile(path: string): SandboxKeysFile | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SandboxKeysFile
  } catch {
    return null
  }
}

/** The seed of all keys: made once, kept with mode 0600. */
function readSeed(path: string): Uint8Array {
  if (existsSync(path)) return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
  const seed = randomBytes(32)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${seed.toString('hex')}\n`, { mode: 0o600 })
  return seed
}

function writePrivately(path: string, content: SandboxKeysFile): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.new`
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, path)
}
