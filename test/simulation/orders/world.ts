/** One simulated machine with its desk, its bots and its operator, and the venue outside of it. */
import type { WireOrder } from '../../../src/adapters/venues/live/dialect.ts'
import { LiveVenue } from '../../../src/adapters/venues/live/live-venue.ts'
import { AccountDesk } from '../../../src/desk/account-desk.ts'
import type { InstanceEntry } from '../../../src/desk/instance-entry.ts'
import { DeskRequestBudget } from '../../../src/desk/request-budget.ts'
import type { NumberedEvent } from '../../../src/domain/account-event.ts'
import type { ModeEvent } from '../../../src/domain/instance-mode.ts'
import type { Instrument, InstrumentId } from '../../../src/domain/instrument.ts'
import { money, ratio } from '../../../src/domain/money.ts'
import type { JournalBatch } from '../../../src/ports/journal-store.ts'
import type { Logger } from '../../../src/ports/logger.ts'
import type { DeskInstanceSettings } from '../../../src/protocol/desk-messages.ts'
import { usdcInstrument } from '../../support/instruments.ts'
import { Random } from '../../support/random.ts'
import { Bot, type BotDisk, newBotDisk } from './bots.ts'
import { Coverage } from './coverage.ts'
import { DeadManSwitch } from './dead-man-switch.ts'
import { Fuse } from './fuse.ts'
import type { JournalRoom } from './journal-room.ts'
import { type Bounds, Oracles } from './oracles.ts'
import type { Scenario } from './scenario.ts'
import { EPOCH_MS, type MachineTime, type Owner, ProcessClock, Scheduler } from './scheduler.ts'
import { VenueModel } from './venue-model.ts'
import { Wire } from './wire.ts'
import { TIGHT, type WireLine } from './wire-faults.ts'

/** A world of whatever bots. */
export type AnyWorld = World<DeskBot>

export const START_PRICE = 15_000
const DEPOSIT = 1_000_000_000_000
const BASES = ['SOL', 'ETH', 'BTC'] as const

export interface DeskProcess {
  readonly owner: Owner
  readonly epoch: number
  readonly desk: AccountDesk
  readonly wire: Wire
  /** Another desk was started in its place. */
  isReplaced: boolean
}

/** A bot as desk, director and supervisor see it. */
export interface DeskBot {
  readonly owner: Owner
  readonly settings: DeskInstanceSettings
  /** A desk has come up, or another one in its place. */
  connect(desk: AccountDesk, deskOwner: Owner): unknown
  kill(): void
  /** An operator changes what it does. */
  adjust(random: Random): void
}

/** What a simulation of several venues has in common, and what its venues are; absent = one venue with bots of its own. */
export interface WorldParts<B extends DeskBot> {
  readonly scheduler: Scheduler
  readonly machine: MachineTime
  readonly coverage: Coverage
  readonly instruments: readonly Instrument[]
  settings(base: DeskInstanceSettings): DeskInstanceSettings
  makeBot(settings: DeskInstanceSettings): B
  /** Kills, and brings up again later, whatever process the bot is part of. */
  killBot(): void
  /** Every order that leaves a desk. */
  onSent(order: WireOrder, entry: InstanceEntry | null): void
}

export class World<B extends DeskBot = Bot> {
  readonly scenario: Scenario
  readonly random: Random
  readonly scheduler: Scheduler
  readonly coverage: Coverage
  readonly machine: MachineTime
  readonly venue: VenueModel
  readonly deadMan: DeadManSwitch
  readonly fuse: Fuse
  readonly oracles: Oracles
  readonly room: JournalRoom
  readonly bots: B[] = []
  readonly killed = new Set<string>()
  /** How many questions to arm an instance are under way. */
  readonly #arming = new Map<string, number>()
  /** Every desk that runs; the last is the one that bots speak to. */
  desks: DeskProcess[] = []
  readonly #logger: Logger
  readonly #parts: WorldParts<B> | null
  readonly #grids = new Map<InstrumentId, BotDisk>()
  readonly #unknown = new Set<string>()
  /** How many kills of each instance were acknowledged. */
  readonly #kills = new Map<string, number>()
  #isHealing = false

  constructor(
    scenario: Scenario,
    makeRoom: (world: AnyWorld) => JournalRoom,
    logger: Logger,
    parts: WorldParts<B> | null = null,
  ) {
    this.scenario = scenario
    this.#logger = logger
    this.#parts = parts
    this.coverage = parts?.coverage ?? new Coverage()
    this.random = new Random(Math.imul(scenario.seed, 0x9e3779b1) ^ 0x5bd1e995)
    this.scheduler = parts?.scheduler ?? new Scheduler(new Random(scenario.seed ^ 0x2545f491))
    this.machine = parts?.machine ?? { offsetMs: scenario.clockOffsetMs }
    if (scenario.clockOffsetMs !== 0) this.coverage.sometimes('clock: off by seconds')
    const { rules, venue: faults } = scenario
    const instruments =
      parts?.instruments ??
      BASES.slice(0, scenario.instances).map((base) => usdcInstrument({}, base))
    this.venue = new VenueModel({
      ...this,
      rules,
      faults,
      instruments,
      startPrice: START_PRICE,
      deposit: DEPOSIT,
    })
    this.deadMan = new DeadManSwitch({
      ...this,
      isGranted: scenario.isDeadManGranted ?? true,
    })
    this.fuse = new Fuse(this.coverage, (owner) => this.onCrash(owner))
    this.room = makeRoom(this)
    this.oracles = new Oracles({
      venue: this.venue,
      bounds: this.bounds,
      isDurable: (id) => this.room.isDurable(id),
      epoch: () => this.room.epoch,
      gridOn: (instrument) => this.#grids.get(instrument) ?? null,
    })
    this.#listen()
    for (const [index, instrument] of instruments.entries()) {
      if (parts !== null) {
        this.bots.push(parts.makeBot(parts.settings(this.#settings(index))))
        continue
      }
      const disk = newBotDisk(START_PRICE, index === 2)
      if (!disk.isSwinging) this.#grids.set(instrument.id, disk)
      this.bots.push(this.#makeBot(index, disk) as DeskBot as B)
    }
    const { firstFuse } = scenario
    if (firstFuse !== null) this.fuse.arm(firstFuse.point, firstFuse.passes)
  }

  get bounds(): Bounds {
    const { limitLots, accountLimitLots } = this.scenario
    const worth = (lots: number | null): number | null =>
      lots === null ? null : lots * START_PRICE * usdcInstrument().moneyPerUnit
    return { notionalMax: worth(limitLots), accountNotionalMax: worth(accountLimitLots) }
  }

  #listen(): void {
    this.venue.onFact = (told) => {
      for (const { wire } of this.desks) wire.tell(told)
    }
    this.scheduler.onUncaught = (owner, error) => this.onUncaught(owner, error)
    this.venue.onAccepted = (order) => this.oracles.onAccepted(order)
    this.venue.onFilled = (order, _lots, before) => this.oracles.onFilled(order, before)
  }

  #makeBot(index: number, disk: BotDisk): Bot {
    const instrument = [...this.venue.markets.values()][index]?.instrument
    if (instrument === undefined) throw new Error(`there is no market ${index}`)
    const onTold = (events: readonly NumberedEvent[]): void => this.oracles.onTold(events)
    return new Bot({ ...this, disk, instrument, onTold, settings: this.#settings(index) })
  }

  #settings(index: number): DeskInstanceSettings {
    const { notionalMax, accountNotionalMax } = this.bounds
    const accountLimits = {
      positionsMax: 0,
      capitalUtilizationMax: ratio(100_000_000),
      dailyLossMax: 0,
      drawdownMax: 0,
      notionalMax: accountNotionalMax === null ? null : money(accountNotionalMax),
      onBreach: 'reduce_only',
    } as const
    return {
      instance: `bot_${index}`,
      venue: 'test',
      account: 'main',
      mode: 'live',
      symbol: `${BASES[index]}/USDC:USDC`,
      capital: money(DEPOSIT),
      leverage: 5,
      marginMode: 'cross',
      onBotLost: 'cancel',
      limits: {
        positionSizeMax: ratio(100_000_000),
        positionNotionalMax: notionalMax === null ? null : money(notionalMax),
        dailyLossMax: 0,
        drawdownMax: 0,
        capitalUtilizationMax: ratio(100_000_000),
        onBreach: 'reduce_only',
      },
      timeZone: 'UTC',
      paper: null,
      feed: null,
      accountLimits,
    }
  }

  /** The desk that bots and operator speak to; null while none runs. */
  get desk(): DeskProcess | null {
    return this.desks.findLast(({ owner, isReplaced }) => !owner.isDead && !isReplaced) ?? null
  }

  /** Something is made durable: judged, and what became of orders whose fate was unknown is counted. */
  onCommit(batch: JournalBatch): void {
    this.oracles.onCommit(batch)
    for (const { event } of batch.events)
      if (event.kind === 'fill') this.scheduler.mixText(event.fill.id)
    for (const { clientId, outcome } of batch.outcomes) {
      if (outcome === 'unknown') this.#unknown.add(clientId)
      else if (this.#unknown.delete(clientId)) {
        if (outcome === 'absent') this.coverage.sometimes('order: unknown, then absent')
        else if (outcome === 'filled') this.coverage.sometimes('order: unknown, then filled')
        else this.coverage.sometimes('order: unknown, then found')
      }
    }
  }

  get #line(): WireLine {
    const { isTight, line } = this.scenario
    return line ?? { farMs: 0, pool: isTight ? TIGHT : null }
  }

  // Processes

  startDesk(): void {
    const { scheduler, machine, venue, fuse, coverage, random, scenario } = this
    const owner: Owner = { isDead: false, heldUntil: 0 }
    const journalFrom = this.room.isNew ? null : EPOCH_MS
    const journal = this.room.open(owner)
    const { epoch } = journal
    const process: { desk?: DeskProcess } = {}
    const clock = new ProcessClock(scheduler, owner, machine)
    const budget = new DeskRequestBudget(clock)
    const wire = new Wire({
      ...{ venue, scheduler, owner, machine, random, coverage, fuse, budget },
      deadMan: this.deadMan,
      line: this.#line,
      onStarved: () => this.oracles.blame('a cancel waited for its allowance for too long'),
      faults: scenario.wire,
      onSent: (order) => {
        if (process.desk !== undefined) this.#onSent(process.desk, order)
      },
    })
    const live = new LiveVenue({
      dialect: wire,
      clock,
      logger: this.#logger,
      account: 'live/test/main',
      random: () => random.next(),
      lastVenueSeq: journal.lastVenueSeq,
      isBooked: (key) => journal.isBooked(key),
      eventsFrom: journalFrom,
      journalFrom,
      fingerprint: null,
      onConnected: () => {},
    })
    const connect = live.connect.bind(live)
    live.connect = (listener) =>
      connect({
        ...listener,
        onGap: (reason) => {
          wire.noteGap()
          listener.onGap(reason)
        },
      })
    const desk = new AccountDesk({
      key: 'live-test-main',
      venue: live,
      journal,
      clock,
      budget,
      logger: this.#logger,
      defer: (callback) => void scheduler.after(0, callback, owner, false),
      onLost: () => {
        this.coverage.sometimes('crash: another desk owns the journal')
        if (!owner.isDead) this.onCrash(owner)
      },
    })
    process.desk = { owner, epoch, desk, wire, isReplaced: false }
    this.desks.push(process.desk)
    desk.start().catch((error: unknown) => {
      if (!owner.isDead) this.oracles.blame(`the desk does not start: ${String(error)}`)
    })
    this.#grant(process.desk)
    for (const bot of this.bots) if (!bot.owner.isDead) void bot.connect(desk, owner)
  }

  /** The fleet tells what the account may use. */
  #grant({ desk }: DeskProcess): void {
    const { accountNotionalMax } = this.bounds
    if (accountNotionalMax === null) return
    const grant = { number: 1, amount: money(accountNotionalMax) }
    try {
      desk.operator.onFleet({ number: 1, latch: null, grant })
    } catch {
      // A journal that cannot be written now: the fleet tells it again with the next start.
    }
  }

  #onSent({ desk, epoch, wire }: DeskProcess, order: Parameters<Oracles['onSent']>[0]): void {
    let owner: InstanceEntry | null = null
    for (const entry of desk.entries.values())
      if (entry.loop.hasOrder(order.clientId)) owner = entry
    const isKilled = owner !== null && this.killed.has(owner.settings.instance)
    const sender = { epoch, isTrusted: wire.isTrusted, loop: owner?.loop ?? null, isKilled }
    this.oracles.onSent(order, sender)
    this.#parts?.onSent(order, owner)
  }

  /** A desk has died, by the fuse or by a deed: the supervisor starts another after a moment. */
  onCrash(owner: Owner): void {
    owner.isDead = true
    this.scheduler.count(7)
    this.desks = this.desks.filter((one) => !one.owner.isDead)
    const restart = (): void => {
      if (this.desk === null) this.startDesk()
    }
    this.scheduler.after(this.#isHealing ? 500 : this.random.int(300, 4000), restart)
  }

  /** As Node.js does: the process ends. Nothing may bring that about. */
  onUncaught(owner: Owner, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.oracles.blame(`uncaught: ${text}`)
    this.onCrash(owner)
  }

  killBot(index: number): void {
    const bot = this.bots[index]
    if (bot === undefined || bot.owner.isDead) return
    if (this.#parts !== null) return this.#parts.killBot()
    this.coverage.sometimes('crash: bot killed')
    this.scheduler.count(8)
    bot.kill()
    this.scheduler.after(this.random.int(100, 20_000), () => this.#reviveBot(index))
  }

  #reviveBot(index: number): void {
    const before = this.bots[index] as DeskBot | undefined
    if (!(before instanceof Bot) || !before.owner.isDead) return
    const bot = this.#makeBot(index, before.disk)
    this.bots[index] = bot as DeskBot as B
    const process = this.desk
    if (process !== null) void bot.connect(process.desk, process.owner)
  }

  // Operator

  /** A command reaches the desk; what is acknowledged holds from then on. */
  async operate(index: number, event: ModeEvent): Promise<void> {
    const process = this.desk
    const entry = process?.desk.entries.get(this.bots[index]?.settings.instance ?? '')
    if (!process || !entry || process.owner.heldUntil > this.scheduler.now) return
    const { instance } = entry.settings
    const wasKilled = this.killed.has(instance)
    const acknowledged = this.#kills.get(instance) ?? 0
    // From the moment of the question the desk may let it go.
    if (event === 'arm') {
      this.killed.delete(instance)
      this.#arming.set(instance, (this.#arming.get(instance) ?? 0) + 1)
    }
    try {
      await process.desk.operator.command(entry, event)
      // Whether an arm that died with its process is durable nobody knows: what was killed before it may run or not.
      if (process.owner.isDead) {
        const isKilledSince = acknowledged !== (this.#kills.get(instance) ?? 0)
        if (event !== 'arm' ? wasKilled : isKilledSince) this.killed.add(instance)
        return
      }
      if (event === 'kill') {
        this.#kills.set(instance, acknowledged + 1)
        this.killed.add(instance)
        // What was acknowledged after the question was asked stays; what was before is over.
      } else if (event === 'arm' && acknowledged === (this.#kills.get(instance) ?? 0))
        this.killed.delete(instance)
    } catch {
      // Another arm may be under way, and let it go at any moment.
      const isArming = (this.#arming.get(instance) ?? 0) > (event === 'arm' ? 1 : 0)
      // A process that is gone says nothing of what its successor was told since.
      const isPresent = this.desk === process && !process.owner.isDead
      const isKilled = entry.loop.risk.mode === 'killed'
      if (wasKilled && isPresent && !isArming && isKilled) this.killed.add(instance)
    } finally {
      if (event === 'arm') this.#arming.set(instance, (this.#arming.get(instance) ?? 1) - 1)
    }
  }

  /** After every event: what was killed stays killed, in whatever process. */
  checkLatches(): void {
    if (this.killed.size === 0) return
    for (const { desk, owner, epoch } of this.desks) {
      if (owner.isDead || epoch !== this.room.epoch) continue
      for (const instance of this.killed) {
        const entry = desk.entries.get(instance)
        if (entry !== undefined && entry.loop.risk.mode !== 'killed')
          this.oracles.blame(`${instance} was killed and is ${entry.loop.risk.mode}`)
      }
    }
  }

  /** No fault begins any more; what has begun ends. */
  startHealing(): void {
    this.#isHealing = true
    this.fuse.disarm()
    for (const [index, bot] of this.bots.entries()) if (bot.owner.isDead) this.#reviveBot(index)
  }
}
