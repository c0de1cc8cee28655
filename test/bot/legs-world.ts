/** A bot of two legs and its two desks in one process: real sockets between them, a venue in memory behind each desk. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { legsOf } from '../../src/bot/bot-leg.ts'
import { DeskLink } from '../../src/bot/desk-link.ts'
import { InstanceKeeper } from '../../src/bot/instance-keeper.ts'
import { type BotEnd, BotSession } from '../../src/bot/session.ts'
import { DeskServer, type DeskSocket } from '../../src/desk/desk-server.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { legName } from '../../src/domain/leg-name.ts'
import { money, ratio } from '../../src/domain/money.ts'
import type { Json } from '../../src/domain/strategy.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import type { BotStore, StoredFill } from '../../src/ports/bot-store.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { BotToDesk, DeskInstanceSettings } from '../../src/protocol/desk-messages.ts'
import type { BotLaunch } from '../../src/protocol/launch.ts'
import { settings } from '../desk/desk-simulation.ts'
import { FaultVenue, noFaults, VenueBooks } from '../support/fault-venue.ts'
import { usdcInstrument } from '../support/instruments.ts'
import { Disk, MemoryJournal } from '../support/memory-journal.ts'
import { Random } from '../support/random.ts'
import { type PairParameters, pair } from './pair-strategy.ts'

const TOKEN = 'token-of-both-desks'

/** A clock that a kill stops: nothing of what a dead process had planned is done. */
class MortalClock implements Clock {
  readonly #clock = new SystemClock()
  #isDead = false

  monotonicMs = (): number => this.#clock.monotonicMs()
  wallMs = (): number => this.#clock.wallMs()
  after = (delayMs: number, callback: () => void): (() => void) =>
    this.#clock.after(delayMs, () => this.#isDead || callback())
  every = (intervalMs: number, callback: () => void): (() => void) => {
    const cancel = this.#clock.every(intervalMs, () => (this.#isDead ? cancel() : callback()))
    return cancel
  }
  kill(): void {
    this.#isDead = true
  }
}

function asDeskSocket(socket: Socket): DeskSocket {
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  return {
    write: (text) => void socket.write(text),
    destroy: () => void socket.destroy(),
    onData: (listener) => void socket.on('data', (chunk: string) => listener(chunk)),
    onClose: (listener) => void socket.on('close', listener),
  }
}

/** One venue with its desk; the desk may die, venue and disk stay. */
export class Side {
  readonly books = new VenueBooks()
  readonly disk = new Disk()
  readonly settings: DeskInstanceSettings
  readonly socket: string
  venue: FaultVenue | null = null
  server: DeskServer | null = null
  /** In which its venue counts, where that is not as ever. */
  steps: Partial<Instrument> = {}
  #clock = new MortalClock()
  #listener: Server | null = null
  readonly #sockets = new Set<Socket>()

  constructor(dir: string, venue: string, index: number, lots: number) {
    this.socket = join(dir, `${venue}.sock`)
    const instance = legName('arb_01', index)
    this.settings = { ...settings, instance, venue, capital: money(lots) }
    this.books.balance = this.settings.capital
  }

  get instrument(): Instrument {
    return usdcInstrument(this.steps, 'SOL', this.settings.venue)
  }
  get entry() {
    return this.server?.find(this.settings.instance)?.entry
  }

  open(): Promise<void> {
    const { books, disk } = this
    const clock = new MortalClock()
    this.#clock = clock
    const server = new DeskServer({
      token: TOKEN,
      clock,
      logger: silentLogger,
      defer: (callback) => void clock.after(0, callback),
      openVenue: () => {
        const isDurable = disk.rows.has.bind(disk.rows)
        const venue = new FaultVenue(books, clock, new Random(3), { ...noFaults }, isDurable)
        venue.instrument = this.instrument
        this.venue = venue
        return venue
      },
      openJournal: () => new MemoryJournal(disk),
      onShutdown: () => {},
    })
    this.server = server
    this.#listener = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      server.accept(asDeskSocket(socket))
    })
    return new Promise((resolve) => this.#listener?.listen(this.socket, () => resolve()))
  }

  /** A kill -9 of its process. */
  async kill(): Promise<void> {
    this.#clock.kill()
    if (this.venue !== null) this.venue.isDead = true
    this.books.onEvent = () => {}
    for (const socket of this.#sockets) socket.destroy()
    this.server = null
    await new Promise<void>((resolve) => this.#listener?.close(() => resolve()) ?? resolve())
  }

  /** The market moves, orders on the way are filled, and the desk hears the price. */
  move(to: number): void {
    this.books.move(to, new Random(1))
    this.venue?.tick()
  }
}

/** What the disk of a bot holds; its records are plain text, as in a file. */
class MemoryStore implements BotStore {
  record: string | null = null
  readonly fills: StoredFill[] = []
  load(): Json | null {
    return this.record === null ? null : (JSON.parse(this.record) as Json)
  }
  save(record: unknown, fills: readonly StoredFill[]): void {
    this.record = JSON.stringify(record)
    this.fills.push(...fills)
  }
  saveStatus(): void {}
  lastFills(limit: number): readonly StoredFill[] {
    return this.fills.toReversed().slice(0, limit)
  }
  close(): void {}
}

export class LegsWorld {
  readonly dir = mkdtempSync(join(tmpdir(), 'perpfleet-legs-'))
  readonly sides: readonly [Side, Side]
  readonly store = new MemoryStore()
  readonly sent: { readonly leg: number; readonly message: BotToDesk }[] = []
  readonly log: string[] = []
  keeper!: InstanceKeeper
  session!: BotSession
  end: BotEnd | null = null
  launchParts: Partial<BotLaunch> = {}
  parameters: PairParameters = { lots: 10, finish_above: 1e9, rest_below: 0 }
  #clock = new MortalClock()
  #links: readonly DeskLink[] = []

  constructor() {
    const capital = 1_000_000_000_000
    this.sides = [
      new Side(this.dir, 'okx', 0, capital),
      new Side(this.dir, 'hyperliquid', 1, capital),
    ]
  }

  launch(): BotLaunch {
    const [first, second] = this.sides
    return {
      program: 'bot',
      token: '',
      settings: first.settings,
      name: 'arb',
      strategy: 'pair',
      parameters: { ...this.parameters },
      initialPosition: 'open',
      deskSocket: first.socket,
      deskToken: TOKEN,
      legs: [
        {
          settings: second.settings,
          deskSocket: second.socket,
          deskToken: TOKEN,
          settleRate: ratio(100_000_000),
        },
      ],
      dbPath: '',
      pidFile: '',
      web: { host: '127.0.0.1', port: 0 },
      controlFile: '',
      configFile: null,
      log: { dir: '', level: 'info', format: 'text', timeZone: 'UTC' },
      ...this.launchParts,
    }
  }

  startBot(): void {
    const clock = new MortalClock()
    this.#clock = clock
    this.end = null
    const launch = this.launch()
    this.keeper = new InstanceKeeper(launch, pair as AnyStrategy, this.store)
    const links = legsOf(launch).map(({ deskSocket }) => new DeskLink(deskSocket, clock))
    const say = (_module: string, text: string): void => void this.log.push(text)
    const session = new BotSession({
      launch,
      keeper: this.keeper,
      clock,
      logger: { ...silentLogger, info: say, warn: say, error: say },
      send: (leg, message) => {
        this.sent.push({ leg, message })
        links[leg]?.send(message)
      },
      reconnect: (leg) => links[leg]?.reconnect(),
      end: (end) => {
        this.end = end
        for (const link of links) link.close()
      },
    })
    session.start()
    for (const [leg, link] of links.entries())
      link.open({
        connected: () => session.connected(leg),
        disconnected: (reason) => session.disconnected(leg, reason),
        receive: (messages) => session.receive(leg, messages),
      })
    this.session = session
    this.#links = links
  }

  /** A kill -9: what was not stored is gone. */
  killBot(): void {
    this.#clock.kill()
    for (const link of this.#links) {
      link.close()
      link.reconnect()
    }
  }

  async close(): Promise<void> {
    this.killBot()
    await Promise.all(this.sides.map((side) => side.kill()))
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Waits for what the sockets bring. */
  async until(what: string, condition: () => boolean): Promise<void> {
    for (const deadline = Date.now() + 15_000; !condition(); ) {
      if (Date.now() > deadline)
        throw new Error(`not in time: ${what}; the log ends with ${this.log.slice(-5).join(' | ')}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** What the strategy heard of its legs. */
  get heard(): readonly string[] {
    const report = this.keeper.engine?.strategyReport([]) ?? { heard: [] }
    return (report as { readonly heard: readonly string[] }).heard
  }

  positions(): readonly (readonly [number, number, number])[] {
    return this.sides.map(({ books, entry }, leg) => [
      this.keeper.engine?.ledger.holding(leg).position ?? 0,
      entry?.loop.position ?? 0,
      books.position,
    ])
  }
}
