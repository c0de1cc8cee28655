/** A whole desk in this process at a venue of the sandbox: real journal rules, real adapter, real sockets; and its bot. */

import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { AccountDesk } from '../../src/desk/account-desk.ts'
import type { BotLink, InstanceEntry } from '../../src/desk/instance-entry.ts'
import { price, quantity } from '../../src/domain/money.ts'
import type { WantChange } from '../../src/domain/strategy.ts'
import type { SandboxOrder } from '../../src/exchange/sandbox/front.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { DeskInstanceSettings, DeskToBot } from '../../src/protocol/desk-messages.ts'
import type { SandboxProcess } from '../conformance/venue-account-sandbox.ts'
import { settings } from '../desk/desk-simulation.ts'
import { Disk, MemoryJournal } from './memory-journal.ts'

/** The clock of the machine, whose timers end with the test: those of a desk end with its process. */
class EndingClock extends SystemClock {
  readonly #pending = new Set<() => void>()
  #hasEnded = false

  override after(delayMs: number, callback: () => void): () => void {
    return this.#keep(super.after(delayMs, callback))
  }

  override every(intervalMs: number, callback: () => void): () => void {
    return this.#keep(super.every(intervalMs, callback))
  }

  #keep(cancel: () => void): () => void {
    if (this.#hasEnded) cancel()
    else this.#pending.add(cancel)
    return cancel
  }

  end(): void {
    this.#hasEnded = true
    for (const cancel of this.#pending) cancel()
  }
}

const LOTS = 100
/** Price units between two orders, and from the price to the first: far enough that nothing fills. */
const STEP = 50
const FIRST = 500
const HEARTBEAT_MS = 1000

export class SandboxDesk implements BotLink {
  readonly disk = new Disk()
  readonly told: DeskToBot[] = []
  readonly #sandbox: SandboxProcess
  readonly #settings: DeskInstanceSettings
  readonly #clock = new EndingClock()
  #desk: AccountDesk | null = null
  #entry: InstanceEntry | null = null
  #beat: NodeJS.Timeout | null = null
  #around = 0

  constructor(sandbox: SandboxProcess, change: Partial<DeskInstanceSettings>) {
    this.#sandbox = sandbox
    this.#settings = { ...settings, mode: 'sandbox', marginMode: 'isolated', ...change }
  }

  get desk(): AccountDesk {
    if (this.#desk === null) throw new Error('the desk is not open')
    return this.#desk
  }

  get entry(): InstanceEntry {
    if (this.#entry === null) throw new Error('the bot has not said hello')
    return this.#entry
  }

  async open(): Promise<void> {
    const journal = new MemoryJournal(this.disk)
    const venue = await this.#sandbox.open({
      lastVenueSeq: journal.lastVenueSeq,
      isBooked: (key) => journal.isBooked(key),
    })
    this.#desk = new AccountDesk({
      ...{ key: `sandbox-${this.#settings.venue}-main`, venue, journal, logger: silentLogger },
      ...{ clock: this.#clock, defer: (callback) => void setImmediate(callback) },
    })
    await this.#desk.start()
    const hello = { type: 'hello', version: 1, token: '', afterSeq: 0 } as const
    this.#entry = await this.#desk.hello(this, { ...hello, settings: this.#settings })
    this.#beat = setInterval(() => this.desk.heartbeat(this.entry), HEARTBEAT_MS)
  }

  send(message: DeskToBot): void {
    this.told.push(message)
    if (message.type === 'welcome') this.#around = message.price.last
  }

  close(): void {}

  /** One more order that rests, a step further below the price. */
  want(number: number): void {
    const { instrument } = this.entry
    const change: WantChange = {
      kind: 'rest',
      want: {
        ...{ slot: `B${number}`, instrument: instrument.id, side: 'buy', trigger: null },
        ...{ price: price(this.#around - FIRST - number * STEP), quantity: quantity(LOTS) },
        ...{ isPostOnly: true, isReduceOnly: false },
      },
    }
    this.#say([change])
  }

  drop(number: number): void {
    this.#say([{ kind: 'drop', slot: `B${number}` }])
  }

  #say(changes: readonly WantChange[]): void {
    this.desk.wants(this.entry, {
      ...{ type: 'wants', basisSeq: this.entry.loop.handedSeq, step: null, replace: false },
      ...{ changes, wakes: null, finish: null },
    })
  }

  /** As an operator does who has looked. */
  async resume(): Promise<void> {
    await this.desk.operator.command(this.entry, 'resume')
  }

  /** Orders that the venue has on its own books, in the order in which it took them. */
  atVenue(): readonly SandboxOrder[] {
    const database = new DatabaseSync(this.#sandbox.database, { readOnly: true, timeout: 3000 })
    try {
      const sql = "SELECT body FROM rows WHERE kind = 'order' AND account = ? ORDER BY id"
      return database
        .prepare(sql)
        .all(`${this.#settings.venue}/sandbox-main`)
        .map(({ body }) => JSON.parse(String(body)) as SandboxOrder)
    } finally {
      database.close()
    }
  }

  /** Prices of our orders that rest at the venue, each as often as there is one. */
  resting(): readonly number[] {
    return this.atVenue()
      .filter(({ status, origin }) => status === 'open' && origin === 'client')
      .map(({ request }) => Number(request.price))
  }

  /** Nothing is unknown, and exactly so many orders rest, no two at one price. */
  isCalm(orders: number): boolean {
    const prices = this.resting()
    const hasUnknown = this.entry.loop.orders().some(({ status }) => status === 'unknown')
    return !hasUnknown && prices.length === orders && new Set(prices).size === orders
  }

  async end(): Promise<void> {
    if (this.#beat !== null) clearInterval(this.#beat)
    await this.#desk?.stop()
    this.#clock.end()
  }
}

export async function untilTrue(
  what: string,
  isDone: () => boolean,
  limitMs: number,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await wait(25)
  }
}
