/**
 * One seeded disaster of the order path: a real AccountDesk with its real loops, a journal that loses what was not
 * committed, a venue with faults, a bot with cells. Kills of desk and bot at random moments. Checked all the time:
 * no order without a durable intent, no cell bought or sold twice; after the faults have ended: everything known.
 */

import { AccountDesk } from '../../src/desk/account-desk.ts'
import { money, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { DeskInstanceSettings } from '../../src/protocol/desk-messages.ts'
import { type Faults, FaultVenue, noFaults, VenueBooks } from '../support/fault-venue.ts'
import { Disk, MemoryJournal } from '../support/memory-journal.ts'
import { Random } from '../support/random.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { BotDouble, CELL_LOTS, LINES, newBotDisk } from './bot-double.ts'

export { silentLogger as silent }

export const settings: DeskInstanceSettings = {
  instance: 'bot_01',
  venue: 'test',
  account: 'main',
  mode: 'paper',
  symbol: 'SOL/USDC:USDC',
  capital: money(1_000_000_000_000),
  leverage: 5,
  marginMode: 'cross',
  onBotLost: 'cancel',
  limits: {
    positionSizeMax: ratio(100_000_000),
    positionNotionalMax: null,
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: ratio(100_000_000),
    onBreach: 'reduce_only',
  },
  timeZone: 'UTC',
  paper: null,
  feed: null,
}

/** How often rare situations occurred, summed over seeds: each must be reached. */
export interface Counters {
  orders: number
  fills: number
  deskKills: number
  botKills: number
  unknownResolved: number
  absent: number
}

export const newCounters = (): Counters => ({
  orders: 0,
  fills: 0,
  deskKills: 0,
  botKills: 0,
  unknownResolved: 0,
  absent: 0,
})

class World {
  readonly clock = new VirtualClock()
  readonly random: Random
  readonly disk = new Disk()
  readonly books = new VenueBooks()
  readonly botDisk = newBotDisk()
  readonly counters: Counters
  readonly faults: Faults
  readonly problems: string[] = []
  venue: FaultVenue | null = null
  desk: AccountDesk | null = null
  bot: BotDouble | null = null

  constructor(seed: number, counters: Counters) {
    this.random = new Random(seed)
    this.counters = counters
    const { random } = this
    this.faults = {
      lostRequest: random.pick([0, 0.1, 0.3]),
      lostAnswer: random.pick([0, 0.1, 0.3]),
      slow: random.pick([0, 0.1, 0.2]),
      lateEvent: random.pick([0, 0.2, 0.5]),
      failedQuery: random.pick([0, 0.2, 0.5]),
    }
    this.books.onNewOrder = () => {
      this.counters.orders++
    }
  }

  async startDesk(): Promise<void> {
    const journal = new MemoryJournal(this.disk)
    const isDurable = (id: ClientOrderId): boolean => this.disk.rows.has(id)
    this.venue = new FaultVenue(this.books, this.clock, this.random, this.faults, isDurable)
    const { clock } = this
    this.desk = new AccountDesk({
      key: 'paper-test-main',
      venue: this.venue,
      journal,
      clock,
      logger: silentLogger,
      defer: (callback) => void clock.after(0, callback),
    })
    await this.desk
      .start()
      .catch((error: unknown) => this.problems.push(`desk start: ${String(error)}`))
  }

  async startBot(): Promise<void> {
    this.bot = new BotDouble(this.botDisk, settings, this.clock)
    if (this.desk) await this.bot.connect(this.desk)
  }

  /** A kill -9: whatever was under way ends here; the venue goes on. */
  killDesk(): void {
    this.counters.deskKills++
    if (this.venue) this.venue.isDead = true
    if (this.bot) this.bot.isDead = true
    const pending = this.books
    pending.onEvent = () => {}
    this.desk = null
  }

  killBot(): void {
    this.counters.botKills++
    if (this.bot) this.bot.isDead = true
  }

  /** At every moment: what the venue executed for a cell lies between empty and full. */
  checkCells(): void {
    for (let i = 0; i + 1 < LINES.length; i++) {
      let x = i >= 3 ? CELL_LOTS : 0
      for (const order of this.books.orders.values()) {
        const at = Number(order.request.price)
        if (order.request.side === 'buy' && at === LINES[i]) x += order.filled
        if (order.request.side === 'sell' && at === LINES[i + 1]) x -= order.filled
      }
      if (x < 0 || x > CELL_LOTS)
        this.problems.push(`cell ${i} holds ${x} of ${CELL_LOTS} lots at the venue`)
    }
    for (const order of this.books.orders.keys()) {
      if (!this.disk.rows.has(order))
        this.problems.push(`order ${order} has no intent in the journal`)
    }
  }
}

async function restart(world: World): Promise<void> {
  world.clock.forget()
  await world.startDesk()
  await world.startBot()
}

async function trouble(world: World, steps: number): Promise<void> {
  const { random, clock, books } = world
  for (let i = 0; i < steps; i++) {
    const walk = random.int(-150, 150)
    books.move(Math.max(14_650, Math.min(15_350, books.price + walk)), random)
    world.venue?.tick()
    await clock.advance(random.int(1, 1500))
    const dice = random.next()
    if (dice < 0.03) {
      world.killDesk()
      await restart(world)
    } else if (dice < 0.08) {
      world.killBot()
      await world.startBot()
    } else if (dice < 0.11) world.venue?.disconnect()
    world.checkCells()
    if (world.problems.length > 0) return
  }
}

/** Liveness: once the faults have ended everything is known, booked and resting again. */
async function heal(world: World): Promise<void> {
  if (world.venue) world.venue.faults = noFaults
  for (let i = 0; i < 12; i++) {
    world.venue?.flush()
    world.venue?.tick()
    await world.clock.advance(5000)
  }
  const loop = world.desk?.entries.get(settings.instance)?.loop
  if (!loop) return void world.problems.push('the instance is not known to the desk')
  const unknown = loop.orders().filter((order) => order.status !== 'open')
  if (unknown.length > 0)
    world.problems.push(`${unknown.length} orders are still ${unknown[0]?.status}`)
  if (loop.position !== world.books.position)
    world.problems.push(`position ${loop.position}, at the venue ${world.books.position}`)
  const cells = world.botDisk.x.reduce((sum, x) => sum + x, 0) - 3 * CELL_LOTS
  if (cells !== world.books.position)
    world.problems.push(`cells hold ${cells}, the venue ${world.books.position}`)
  checkResting(world)
  world.checkCells()
}

function checkResting(world: World): void {
  const open = [...world.books.orders.values()].filter((order) => order.status === 'open')
  const ours = new Set(
    world.desk?.entries
      .get(settings.instance)
      ?.loop.orders()
      .map((order) => order.clientId),
  )
  for (const order of open)
    if (!ours.has(order.clientId)) world.problems.push(`order ${order.clientId} is orphaned`)
  const resting = (side: string, at: number): number =>
    open
      .filter((order) => order.request.side === side && order.request.price === at)
      .reduce((sum, order) => sum + Number(order.request.quantity) - order.filled, 0)
  const compare = (side: 'buy' | 'sell', at: number, wanted: number): void => {
    const rests = resting(side, at)
    // A line that the price has passed may only hold what is left of a partial fill.
    const isPassed = side === 'buy' ? at > world.books.price : at < world.books.price
    if (isPassed ? rests > wanted : rests !== wanted)
      world.problems.push(`${side} ${at}: ${rests} rest, ${wanted} are wanted`)
  }
  for (let i = 0; i + 1 < LINES.length; i++) {
    const x = world.botDisk.x[i] ?? 0
    compare('buy', LINES[i] as number, CELL_LOTS - x)
    compare('sell', LINES[i + 1] as number, x)
  }
}

/** Runs one seed; returns what went wrong (nothing, if the order path is right). */
export async function simulate(
  seed: number,
  counters: Counters,
  steps = 60,
): Promise<readonly string[]> {
  const world = new World(seed, counters)
  try {
    await world.startDesk()
    await world.startBot()
    await trouble(world, steps)
    if (world.problems.length === 0) await heal(world)
  } catch (error) {
    world.problems.push(String(error instanceof Error ? error.stack : error))
  }
  for (const row of world.disk.rows.values()) {
    if (row.outcome === 'absent') counters.absent++
    if (row.outcome !== null) counters.unknownResolved++
  }
  counters.fills += world.disk.fillIds.size
  return world.problems
}
