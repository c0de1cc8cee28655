/** One account desk on a venue in memory, with what a test may hand in; kill it and open another on what is left. */
import assert from 'node:assert/strict'
import { AccountDesk } from '../../src/desk/account-desk.ts'
import type { InstanceEntry } from '../../src/desk/instance-entry.ts'
import type { KillOrders } from '../../src/desk/operator.ts'
import { price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../src/domain/order.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { VenueAccount } from '../../src/ports/venue.ts'
import type { DeskInstanceSettings } from '../../src/protocol/desk-messages.ts'
import { FaultVenue, noFaults, testInstrument, VenueBooks } from '../support/fault-venue.ts'
import { Disk, MemoryJournal } from '../support/memory-journal.ts'
import { Random } from '../support/random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { BotDouble, newBotDisk } from './bot-double.ts'
import { settings } from './desk-simulation.ts'

export interface LogLine {
  readonly module: string
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

export class DeskWorld {
  readonly clock = new VirtualClock()
  readonly disk = new Disk()
  readonly books = new VenueBooks()
  readonly random = new Random(7)
  readonly botDisk = newBotDisk()
  readonly log: LogLine[] = []
  /** Last sentences of desks whose account belongs to another one. */
  readonly lost: string[] = []
  readonly kills = new Set<string>()
  /** Wall time of the orders to kill, ms. */
  killedAt: number | null = null
  desk!: AccountDesk
  venue!: FaultVenue
  journal!: MemoryJournal
  bot!: BotDouble
  onOrderLeft: () => void = () => {}
  /** What the venue of the next desk can do beside that of every test. */
  venueParts: Partial<VenueAccount> = {}

  readonly #logger: Logger = {
    debug: () => {},
    info: (module, text, fields) => void this.log.push({ module, text, fields: fields ?? {} }),
    warn: (module, text, fields) => void this.log.push({ module, text, fields: fields ?? {} }),
    error: (module, text, fields) => void this.log.push({ module, text, fields: fields ?? {} }),
    flush: () => {},
  }
  readonly #killOrders: KillOrders = {
    pending: () => [...this.kills],
    orderedAt: () => this.killedAt,
    taken: (instance) => void this.kills.delete(instance),
  }

  constructor() {
    this.books.balance = settings.capital
  }

  async openDesk(): Promise<void> {
    const { clock, books, disk, random } = this
    this.journal = new MemoryJournal(disk)
    this.venue = new FaultVenue(books, clock, random, { ...noFaults }, (id) => disk.rows.has(id))
    Object.assign(this.venue, this.venueParts)
    this.desk = new AccountDesk({
      key: 'paper-test-main',
      venue: this.venue,
      journal: this.journal,
      clock,
      logger: this.#logger,
      killOrders: this.#killOrders,
      onLost: (text) => void this.lost.push(text),
      defer: (callback) => void clock.after(0, callback),
    })
    await this.desk.start()
  }

  /** Connects a bot; a refusal is thrown as its own error. */
  async openBot(change: Partial<DeskInstanceSettings> = {}): Promise<void> {
    this.bot = new BotDouble(this.botDisk, { ...settings, ...change }, this.clock)
    await this.bot.connect(this.desk)
    await this.clock.advance(500)
  }

  killDesk(): void {
    this.clock.forget()
    this.venue.isDead = true
    this.bot.isDead = true
    this.books.onEvent = () => {}
  }

  /** What a new journal in place of a damaged one looks like. */
  loseJournal(): void {
    const fresh = new Disk()
    Object.assign(this.disk, {
      epoch: 1_700_000_000,
      nextId: 0,
      venueSeq: 0,
      account: fresh.account,
      seqBase: 1_700_000_000_000,
      damage: { file: 'account.db.damaged-20261121T053000Z', reason: 'a test', at: 'now' },
    })
    this.disk.rows.clear()
    this.disk.events.length = 0
    this.disk.fillIds.clear()
    this.disk.instances.clear()
  }

  /** An order at the venue that no desk of this world has sent. */
  strange(id: string, side: 'buy' | 'sell', at: number, lots: number, isReduceOnly = false): void {
    const request: OrderRequest = {
      instrument: testInstrument.id,
      side,
      kind: 'limit',
      price: price(at),
      quantity: quantity(lots),
      timeInForce: 'gtc',
      isPostOnly: false,
      isReduceOnly,
      trigger: null,
    }
    this.books.place(id as ClientOrderId, request)
  }

  entry(): InstanceEntry {
    const entry = this.desk.entries.get('bot_01')
    assert.ok(entry, 'the desk knows the instance')
    return entry
  }

  open(): readonly string[] {
    return [...this.books.orders.values()]
      .filter((order) => order.status === 'open')
      .map(({ clientId }) => clientId)
  }

  said(pattern: RegExp): boolean {
    return this.log.some(({ text }) => pattern.test(text))
  }
}

export async function deskWorld(
  change: Partial<DeskInstanceSettings> = {},
  venueParts: Partial<VenueAccount> = {},
): Promise<DeskWorld> {
  const world = new DeskWorld()
  world.venueParts = venueParts
  await world.openDesk()
  await world.openBot(change)
  return world
}
