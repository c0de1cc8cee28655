/**
 * From a bot's want to the wire, inside one process: the desk's own server, account desk, journal on disk, venue and dialect,
 * against the exchange process on loopback. `approved`: the venue is handed an order that the gate has approved and the
 * journal holds on disk. `wire`: the first byte of its request is handed to the socket, signed; taken at `Socket.write`, so
 * that neither the round trip nor the other end counts. What follows in life is TLS in the same call.
 */
import { spawnSync } from 'node:child_process'
import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { openJournal } from '../src/adapters/stores/sqlite-journal-file.ts'
import type { SqliteJournalStore } from '../src/adapters/stores/sqlite-journal-store.ts'
import { SystemClock } from '../src/adapters/system/clock.ts'
import { PaperVenue } from '../src/adapters/venues/paper/paper-venue.ts'
import { DeskServer, type DeskSocket } from '../src/desk/desk-server.ts'
import type { DeskRequestBudget } from '../src/desk/request-budget.ts'
import type { RestingWant } from '../src/domain/strategy.ts'
import { type LiveAccount, liveAccount } from '../src/main/live-desk.ts'
import type { VenueAccount } from '../src/ports/venue.ts'
import type { DeskToBot } from '../src/protocol/desk-messages.ts'
import { encodeLine, LineReader } from '../src/protocol/lines.ts'
import { sleep } from '../test/drills/world.ts'
import { median } from './measure.ts'
import { helloOf, restingWant, type Welcome, wantsLine } from './venue-bot.ts'
import { type BenchVenue, benchVenues, settingsOf, VenueHome } from './venue-home.ts'

/** Nothing slows the answers: what is measured ends at the socket. */
export const ORDERS_HOME = { speed: 1, latencyMs: 0, hasRateLimits: false }
const ORDERS = 500
const WARM_UP = 150
const PAUSE_MS = 5
const BARE_COMMITS = 200
const LIMIT_MS = 30_000
/** The bench asks faster than venues allow; the desk counts as always, and never has to wait. */
const ALLOWANCE_FACTOR = 1000

/** How the placement of an order begins on the wire. */
const placements: Readonly<Record<BenchVenue, RegExp>> = {
  okx: /^POST \/api\/v5\/trade\/(batch-orders|order) /,
  hyperliquid: /^POST \/exchange /,
  backpack: /^POST \/api\/v1\/orders? /,
  aster: /^POST \/fapi\/v3\/(order|batchOrders) /,
  paper: /"type":"place"/,
}

export interface OrderTimes {
  readonly venue: BenchVenue
  /** ms from the want, one for each order. */
  readonly approvedMs: readonly number[]
  readonly wireMs: readonly number[]
  /** Median of a bare insert with its fsync on the same disk, ms: one between two orders, and one after the other. */
  readonly bareCommitMs: number
  readonly bareInARowMs: number
}

const silent = { debug() {}, info() {}, warn() {}, error() {}, flush() {}, mask() {} }

/** Tells of everything that is handed to a socket, before it is. */
class WireTap {
  onWrite: (chunk: unknown) => void = () => {}
  readonly #original = Socket.prototype.write

  open(): void {
    const { prototype } = Socket
    const original = this.#original
    const told = (chunk: unknown) => this.onWrite(chunk)
    prototype.write = function write(this: Socket, ...args: Parameters<typeof original>) {
      told(args[0])
      return original.apply(this, args)
    } as typeof original
  }

  close(): void {
    Socket.prototype.write = this.#original
  }
}

/** The moments of the order that is on its way, by performance.now(). */
class Moments {
  approved = 0
  wire = 0
  /** How many placements and cancels the venue has answered. */
  placed = 0
  canceled = 0
  failure: string | null = null

  reset(): void {
    this.approved = 0
    this.wire = 0
  }
}

/** Notes when the venue is handed an order, and when it has answered. */
function watched(venue: VenueAccount, moments: Moments): VenueAccount {
  const place = venue.place.bind(venue)
  const cancel = venue.cancel.bind(venue)
  venue.place = async (intents) => {
    moments.approved ||= performance.now()
    const outcomes = await place(intents)
    const failed = outcomes.find(({ kind }) => kind !== 'accepted')
    if (failed !== undefined) moments.failure = JSON.stringify(failed)
    moments.placed += 1
    return outcomes
  }
  venue.cancel = async (...given) => {
    const outcomes = await cancel(...given)
    moments.canceled += 1
    return outcomes
  }
  return venue
}

function widen(budget: DeskRequestBudget): void {
  const declare = budget.declare.bind(budget)
  budget.declare = (pools) =>
    declare(
      pools.map((pool) =>
        pool.isBudget === true
          ? pool
          : {
              ...pool,
              capacity: pool.capacity * ALLOWANCE_FACTOR,
              refillPerS: pool.refillPerS * ALLOWANCE_FACTOR,
            },
      ),
    )
}

/** A desk as src/main/desk.ts makes it, in this process. */
class BenchDesk {
  readonly moments = new Moments()
  readonly #home: VenueHome
  readonly #server: DeskServer
  readonly #received: DeskToBot[] = []
  #say: (chunk: string) => void = () => {}
  #journal: SqliteJournalStore | null = null

  static async open(home: VenueHome, venue: BenchVenue): Promise<BenchDesk> {
    const launch = home.liveLaunch(venue)
    const clock = new SystemClock()
    const live = launch === null ? null : await liveAccount(launch, { clock, logger: silent })
    return new BenchDesk(home, clock, live)
  }

  constructor(home: VenueHome, clock: SystemClock, live: LiveAccount | null) {
    this.#home = home
    this.#server = new DeskServer({
      token: home.token,
      clock,
      logger: silent,
      defer: (callback) => void setImmediate(callback),
      openJournal: (venue, account, mode) => {
        const file = join(home.databaseDir, `account-${mode}-${venue}-${account}.db`)
        this.#journal = openJournal(file, () => clock.wallMs())
        return this.#journal
      },
      openVenue: (venue, account, _mode, { budget }) => {
        const account_ = `${venue}/${account}`
        return watched(this.#venue(live, budget, clock, account_), this.moments)
      },
      onShutdown: () => {},
    })
    this.#server.accept(this.#socket())
  }

  #venue(
    live: LiveAccount | null,
    budget: DeskRequestBudget,
    clock: SystemClock,
    account: string,
  ): VenueAccount {
    const { exchangeSocket: socket, token } = this.#home
    if (live === null) return new PaperVenue({ socket, token, account, clock, logger: silent })
    if (this.#journal === null) throw new Error('a journal is opened before its venue')
    widen(budget)
    return live.open(this.#journal, budget)
  }

  #socket(): DeskSocket {
    const reader = new LineReader()
    return {
      write: (text) => {
        for (const message of reader.push(text) as readonly DeskToBot[])
          if (message.type !== 'market' && message.type !== 'account') this.#received.push(message)
      },
      destroy: () => {},
      onData: (listener) => {
        this.#say = listener
      },
      onClose: () => {},
    }
  }

  say(line: string): void {
    this.#say(line)
  }

  async welcome(): Promise<Welcome> {
    await this.until('the desk welcomes the bot', () => this.#find() !== undefined)
    return this.#find() as Welcome
  }

  /** Why orders are missing, as the desk said last. */
  get #lastReasons(): string {
    const told = this.#received.filter(({ type }) => type === 'reasons' || type === 'mode')
    return JSON.stringify(told.slice(-2))
  }

  #find(): Welcome | undefined {
    const refused = this.#received.find(({ type }) => type === 'refused')
    if (refused !== undefined) throw new Error(JSON.stringify(refused))
    return this.#received.find((message) => message.type === 'welcome')
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + LIMIT_MS
    while (!holds()) {
      if (this.moments.failure !== null) throw new Error(`an order failed: ${this.moments.failure}`)
      if (performance.now() > giveUpAt)
        throw new Error(`not within ${LIMIT_MS} ms: ${what}; ${this.#lastReasons}`)
      await sleep(1)
    }
  }

  /** Resolves when the venue has accepted; with the moment at which the want was said. */
  async rest(want: RestingWant): Promise<number> {
    const { moments } = this
    moments.reset()
    const { placed } = moments
    const line = wantsLine([{ kind: 'rest', want }])
    const startedAt = performance.now()
    this.#say(line)
    await this.until('the order is accepted', () => moments.placed > placed)
    return startedAt
  }

  async drop(slot: string): Promise<void> {
    const { moments } = this
    const { canceled } = moments
    this.#say(wantsLine([{ kind: 'drop', slot }]))
    await this.until('the order is taken back', () => moments.canceled > canceled)
  }
}

/** One order after the other: each is wanted, accepted, and taken back. */
async function timeOrders(home: VenueHome, venue: BenchVenue): Promise<OrderTimes> {
  const tap = new WireTap()
  const desk = await BenchDesk.open(home, venue)
  const { moments } = desk
  const approvedMs: number[] = []
  const wireMs: number[] = []
  tap.onWrite = (chunk) => {
    if (moments.wire === 0 && placements[venue].test(textOf(chunk)))
      moments.wire = performance.now()
  }
  tap.open()
  desk.say(encodeLine(helloOf(settingsOf(venue), home.token, 0)))
  const welcome = await desk.welcome()
  const bare = new BareCommits(join(home.databaseDir, `bare-${venue}.db`))
  const bareMs: number[] = []
  for (let i = 0; i < WARM_UP + ORDERS; i++) {
    const want = restingWant(welcome, i)
    const startedAt = await desk.rest(want)
    if (i >= WARM_UP) {
      approvedMs.push(moments.approved - startedAt)
      wireMs.push(moments.wire - startedAt)
    }
    await desk.drop(want.slot)
    bareMs.push(bare.commit())
    await sleep(PAUSE_MS)
  }
  const inARow = Array.from({ length: BARE_COMMITS }, () => bare.commit())
  bare.close()
  return {
    venue,
    approvedMs,
    wireMs,
    bareCommitMs: median(bareMs.slice(WARM_UP)),
    bareInARowMs: median(inARow),
  }
}

const textOf = (chunk: unknown): string =>
  typeof chunk === 'string'
    ? chunk.slice(0, 200)
    : chunk instanceof Uint8Array
      ? Buffer.from(chunk.subarray(0, 200)).toString('latin1')
      : ''

/** What a disk takes for the least that an order must wait for; a disk that has rested takes longer. */
class BareCommits {
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  #rows = 0

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    this.#database.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY, body TEXT NOT NULL)')
    this.#insert = this.#database.prepare('INSERT INTO orders VALUES (?, ?)')
  }

  /** @returns ms */
  commit(): number {
    const body = 'x'.repeat(500)
    const startedAt = performance.now()
    this.#insert.run(this.#rows++, body)
    return performance.now() - startedAt
  }

  close(): void {
    this.#database.close()
  }
}

/** In a process of its own with the flags of a desk: compiled code that serves several venues would be slower. */
export function timeOrdersApart(home: VenueHome, venue: BenchVenue): OrderTimes {
  const flags = ['--max-semi-space-size=1', '--disable-warning=ExperimentalWarning']
  const args = [...flags, import.meta.filename, home.folder, venue]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the bench of orders at ${venue} failed: ${stderr}`)
  return JSON.parse(stdout) as OrderTimes
}

if (import.meta.main) {
  const [folder = '', name] = process.argv.slice(2)
  const venue = benchVenues.find((one) => one === name)
  if (venue === undefined) throw new Error(`${name} is no venue of the bench`)
  const times = await timeOrders(new VenueHome(ORDERS_HOME, folder), venue)
  // The desk has timers that never end.
  writeSync(1, JSON.stringify(times))
  process.exit(0)
}
