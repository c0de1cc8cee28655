/** One machine with a bot and two desks, and two venues outside of it; everything on one clock. */
import type { WireOrder } from '../../../src/adapters/venues/live/dialect.ts'
import type { BotEnd } from '../../../src/bot/session.ts'
import type { InstanceEntry } from '../../../src/desk/instance-entry.ts'
import { legName } from '../../../src/domain/leg-name.ts'
import type { Logger } from '../../../src/ports/logger.ts'
import type { DeskInstanceSettings } from '../../../src/protocol/desk-messages.ts'
import { type BotLaunch, botExit } from '../../../src/protocol/launch.ts'
import { Random } from '../../support/random.ts'
import type { JournalRoom } from '../orders/journal-room.ts'
import { type MachineTime, type Owner, ProcessClock, Scheduler } from '../orders/scheduler.ts'
import type { BookMarket } from '../orders/venue-model.ts'
import { type AnyWorld, World } from '../orders/world.ts'
import { Adjusting } from './adjusting.ts'
import { BotDisk } from './bot-disk.ts'
import { LegsCoverage, VenueCoverage } from './coverage.ts'
import { LegPort } from './leg-port.ts'
import { type Leg, LegsBot, type LegWorlds, legs } from './legs-bot.ts'
import { LimitsWatch } from './limits-watch.ts'
import { LostOrders } from './lost-orders.ts'
import type { LegsScenario } from './scenario.ts'
import { SwitchWatch } from './switch-watch.ts'
import { noteTerms } from './venue-terms.ts'
import { LegsWatch } from './watch.ts'

export class LegsWorld {
  readonly scenario: LegsScenario
  readonly random: Random
  readonly scheduler: Scheduler
  readonly machine: MachineTime
  readonly coverage = new LegsCoverage()
  readonly worlds: LegWorlds
  readonly disk = new BotDisk()
  readonly watch: LegsWatch
  readonly switches: SwitchWatch
  readonly lost: LostOrders
  readonly limits: LimitsWatch
  readonly adjusting: Adjusting
  readonly problems: string[] = []
  bot: LegsBot
  /** When the process that runs now was started. */
  botSince = 0
  readonly #logger: Logger
  #isHealing = false
  readonly #hasSent: [boolean, boolean] = [false, false]
  /** What the venues have different counts once both legs trade. */
  #isNoted = false

  constructor(scenario: LegsScenario, makeRoom: (world: AnyWorld) => JournalRoom, logger: Logger) {
    const { seed } = scenario
    this.scenario = scenario
    this.#logger = logger
    this.random = new Random(Math.imul(seed, 0x85ebca6b) ^ 0x27d4eb2f)
    this.scheduler = new Scheduler(new Random(seed ^ 0x165667b1))
    this.machine = { offsetMs: scenario.clockOffsetMs }
    const ports: LegPort[] = []
    const world = (leg: Leg) => this.#makeWorld(leg, makeRoom, logger, ports)
    this.worlds = [world(0), world(1)]
    for (const [leg, port] of ports.entries())
      port.onDesk = () => {
        if (!this.bot.owner.isDead) this.bot.onDesk(leg as Leg)
      }
    this.scheduler.onUncaught = (owner, error) => this.#onUncaught(owner, error)
    this.watch = new LegsWatch(this)
    this.switches = new SwitchWatch(this)
    this.lost = new LostOrders(this)
    this.limits = new LimitsWatch(this)
    this.adjusting = new Adjusting(this)
    this.bot = this.#makeBot()
  }

  blame(text: string): void {
    if (this.problems.length < 20) this.problems.push(text)
  }

  /** The market of a leg, as the venue has it. */
  market(leg: Leg): BookMarket {
    const [market] = this.worlds[leg].venue.markets.values()
    return market as BookMarket
  }

  #makeWorld(
    leg: Leg,
    makeRoom: (world: AnyWorld) => JournalRoom,
    logger: Logger,
    ports: LegPort[],
  ): World<LegPort> {
    const { scenario, scheduler, machine } = this
    const coverage = new VenueCoverage(scheduler)
    const instrument = scenario.instruments[leg]
    return new World<LegPort>(scenario.venues[leg], makeRoom, logger, {
      scheduler,
      machine,
      coverage,
      instruments: [instrument],
      settings: (base) => ({
        ...base,
        instance: legName('arb', leg),
        venue: instrument.venue,
        symbol: instrument.symbol,
        onBotLost: scenario.onBotLost,
        onForeign: scenario.onForeign,
      }),
      makeBot: (settings) => {
        const port = new LegPort(settings, () => this.bot?.owner ?? { isDead: true, heldUntil: 0 })
        ports.push(port)
        return port
      },
      killBot: () => this.killBot(),
      onSent: (order, entry) => this.#onSent(leg, order, entry),
    })
  }

  #onSent(leg: Leg, order: WireOrder, entry: InstanceEntry | null): void {
    this.#hasSent[leg] = true
    if (!this.#isNoted && this.#hasSent.every(Boolean)) {
      this.#isNoted = true
      noteTerms(this.scenario.venues, this.coverage)
    }
    this.watch.onSent(leg, order, entry)
    this.limits.onSent(leg, order.clientId, entry)
  }

  #launch(): BotLaunch {
    const { scenario, worlds } = this
    const settings = (leg: Leg): DeskInstanceSettings => (worlds[leg].bots[0] as LegPort).settings
    const desk = { deskSocket: '', deskToken: '' }
    return {
      program: 'bot',
      token: '',
      settings: settings(0),
      name: 'arb',
      strategy: scenario.strategy,
      parameters: this.adjusting.parameters,
      initialPosition: 'none',
      ...desk,
      legs: [{ settings: settings(1), ...desk, settleRate: scenario.settleRate }],
      legsLimits: scenario.legsLimits,
      dbPath: '',
      pidFile: '',
      web: { host: '', port: 0 },
      controlFile: '',
      configFile: null,
      log: {} as BotLaunch['log'],
    }
  }

  #makeBot(): LegsBot {
    const owner: Owner = { isDead: false, heldUntil: 0 }
    const { watch, limits } = this
    return new LegsBot({
      worlds: this.worlds,
      launch: this.#launch(),
      disk: this.disk,
      clock: new ProcessClock(this.scheduler, owner, this.machine),
      owner,
      logger: watch.notes.loggerOf(this.#logger),
      onHeard: (bot) => {
        watch.onHeard(bot)
        limits.onHeard(bot)
      },
      onWants: (bot, leg, message) => watch.onWants(bot, leg, message),
      onTaken: (leg, said) => watch.onTaken(leg, said),
      onLimit: () => limits.onTold(),
      known: (bot) => watch.known(bot),
      onEnd: (end) => this.#onEnd(owner, end),
    })
  }

  startBot(): void {
    if (this.bot.owner.isDead) this.bot = this.#makeBot()
    this.botSince = this.scheduler.now
    this.watch.onBotStarted()
    this.limits.onBotStarted()
    this.bot.start()
  }

  #onEnd(owner: Owner, { code, sentences }: BotEnd): void {
    owner.isDead = true
    if (code === botExit.finished) return
    if (code === botExit.failed) return this.#reviveLater()
    this.blame(`the bot ends with code ${code}: ${sentences.join(' ')}`)
  }

  killBot(): void {
    const { bot } = this
    if (bot.owner.isDead) return
    const { delta, notes } = this.watch
    notes.botKilled(Math.abs(delta) > this.scenario.sizes.dust)
    this.scheduler.count(8)
    bot.kill()
    this.#reviveLater()
  }

  #reviveLater(): void {
    const afterMs = this.#isHealing ? 500 : this.random.int(100, 20_000)
    this.scheduler.after(afterMs, () => {
      if (this.bot.owner.isDead && !this.bot.hasFinished) this.startBot()
    })
  }

  #onUncaught(owner: Owner, error: unknown): void {
    const world = this.worlds.find(({ desks }) => desks.some((one) => one.owner === owner))
    if (world !== undefined) return world.onUncaught(owner, error)
    this.blame(
      `uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    owner.isDead = true
  }

  /** After every event. @returns whether all is well so far */
  check(): boolean {
    this.bot.check()
    for (const leg of legs) {
      this.worlds[leg].checkLatches()
      for (const text of this.worlds[leg].oracles.problems.splice(0))
        this.blame(`leg ${leg}: ${text}`)
    }
    this.lost.onEvent()
    this.watch.onEvent()
    this.switches.onEvent()
    this.limits.onEvent()
    this.adjusting.onEvent()
    return this.problems.length === 0
  }

  startHealing(): void {
    this.#isHealing = true
    if (this.bot.owner.isDead && !this.bot.hasFinished) this.startBot()
  }
}
