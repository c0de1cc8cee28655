/** Brings the trouble of a scenario upon a world: the price walks, and now and then something happens. */
import { price, quantity } from '../../../src/domain/money.ts'
import { crashPoints } from './fuse.ts'
import type { Deed } from './scenario.ts'
import type { BookMarket } from './venue-model.ts'
import { type AnyWorld, START_PRICE } from './world.ts'

const LOWEST = START_PRICE - 350
const HIGHEST = START_PRICE + 350

export class Director {
  readonly #world: AnyWorld

  constructor(world: AnyWorld) {
    this.#world = world
  }

  /** Once every instance stands in the journal: one step after the other until the trouble is over. */
  run(until: number): void {
    const { scheduler, scenario } = this.#world
    if (!this.isReady()) {
      scheduler.after(100, () => this.run(until), null, false)
      return
    }
    Object.assign(scenario.wire, scenario.wireTrouble)
    Object.assign(scenario.venue, scenario.venueTrouble)
    this.#begin(until)
  }

  /** Every instance stands in the journal and was armed: live ones begin disarmed. */
  isReady(): boolean {
    const { bots, room, desk } = this.#world
    let isReady = room.instances === bots.length && desk !== null
    for (const [index, { settings }] of bots.entries()) {
      const mode = desk?.desk.entries.get(settings.instance)?.loop.risk.mode
      if (mode === 'disarmed') void this.#world.operate(index, 'arm')
      isReady &&= mode === 'running'
    }
    return isReady
  }

  #begin(until: number): void {
    const { scheduler, random } = this.#world
    const step = (): void => {
      if (scheduler.now >= until) return
      this.#walk()
      this.#deed()
      scheduler.after(random.int(50, 700), step, null, false)
    }
    scheduler.after(100, step, null, false)
  }

  #walk(): void {
    const { venue, random } = this.#world
    for (const market of venue.markets.values()) {
      if (random.chance(0.3)) continue
      const to = market.price + random.int(-170, 170)
      this.#world.oracles.onPrice(market)
      venue.move(market, Math.max(LOWEST, Math.min(HIGHEST, to)))
      this.tick(market)
    }
  }

  /** Tells every desk the price of a market. */
  tick(market: BookMarket): void {
    this.#world.oracles.onPrice(market)
    for (const { wire } of this.#world.desks) wire.tick(market)
  }

  #deed(): void {
    const { random, scenario } = this.#world
    if (scenario.deeds.length === 0 || !random.chance(scenario.deedChance)) return
    this.act(random.pick(scenario.deeds))
  }

  act(deed: Deed): void {
    this.#world.scheduler.mix(deed.length)
    this.#process(deed) || this.#network(deed) || this.#venue(deed) || this.#operator(deed)
  }

  /** Faults of processes, disk and clock. */
  #process(deed: Deed): boolean {
    const { random, coverage, desk, room, scheduler, machine, fuse, bots } = this.#world
    if (deed === 'kill desk' || deed === 'power cut') {
      if (desk === null) return true
      const isCut = deed === 'power cut'
      coverage.sometimes(isCut ? 'crash: power cut' : 'crash: killed at a random time')
      if (isCut) {
        for (const index of bots.keys()) this.#world.killBot(index)
        room.cutPower()
      }
      this.#world.onCrash(desk.owner)
    } else if (deed === 'arm fuse') fuse.arm(random.pick(crashPoints), random.int(1, 20))
    else if (deed === 'kill bot') this.#world.killBot(random.int(0, bots.length - 1))
    else if (deed === 'hold desk') this.#hold(random.int(500, 20_000))
    else if (deed === 'second desk') this.#secondDesk()
    else if (deed === 'disk full') {
      room.faults.isFull = true
      scheduler.after(random.int(500, 8000), () => {
        room.faults.isFull = false
      })
    } else if (deed === 'fsync fails') room.faults.failingSyncs = random.int(1, 3)
    else if (deed === 'clock jump') {
      coverage.sometimes('clock: jump')
      machine.offsetMs += random.pick([-3_600_000, -5000, 5000, 3_600_000])
    } else return false
    return true
  }

  #hold(forMs: number): void {
    const { coverage, desk, scheduler } = this.#world
    if (desk === null) return
    coverage.sometimes('process: desk held')
    // A hold that ended early would let new messages overtake those that wait.
    desk.owner.heldUntil = Math.max(desk.owner.heldUntil, scheduler.now + forMs)
  }

  /** The supervisor believes that the desk is gone, and it is not. */
  #secondDesk(): void {
    const { random, coverage, desk, scheduler } = this.#world
    if (desk === null) return
    coverage.sometimes('operator: second desk on one journal')
    if (random.chance(0.5)) this.#hold(random.int(500, 6000))
    desk.isReplaced = true
    this.#world.startDesk()
    scheduler.after(random.int(3000, 15_000), () => this.#world.onCrash(desk.owner))
  }

  #network(deed: Deed): boolean {
    const { random, desk, scheduler, scenario } = this.#world
    const { wire } = scenario
    if (deed === 'partition') {
      const forMs = random.chance(0.1) ? random.int(60_000, 75_000) : random.int(1000, 20_000)
      wire.partitionUntil = scheduler.now + forMs
      desk?.wire.cut('the network is gone')
    } else if (deed === 'cut stream') desk?.wire.cut('closed by the venue')
    else if (deed === 'silence stream') desk?.wire.fallSilent(random.int(5000, 20_000))
    else if (deed === 'rate limit') wire.rateLimitUntil = scheduler.now + random.int(1000, 10_000)
    else if (deed === 'spend budget') wire.isBudgetSpent = true
    else return false
    return true
  }

  #market(): BookMarket {
    const { random, venue } = this.#world
    return random.pick([...venue.markets.values()])
  }

  #venue(deed: Deed): boolean {
    const { random, coverage, venue, scheduler, scenario } = this.#world
    const market = this.#market()
    if (deed === 'maintenance') {
      scenario.venue.isInMaintenance = true
      scheduler.after(random.int(1000, 10_000), () => {
        scenario.venue.isInMaintenance = false
      })
    } else if (deed === 'foreign order') this.#foreignOrder(market)
    else if (deed === 'foreign trade') {
      coverage.sometimes('venue: foreign trade')
      venue.foreignTrade(market, random.pick([1, -1]), random.int(1, 80))
    } else if (deed === 'liquidation') {
      coverage.sometimes('venue: liquidation')
      venue.liquidate(market)
    } else if (deed === 'funding') {
      coverage.sometimes('venue: funding')
      venue.fund(market, random.int(-50_000, 50_000))
    } else if (deed === 'deposit') {
      coverage.sometimes('venue: deposit')
      venue.deposit(random.int(-1000, 1000) * 1_000_000)
    } else if (deed === 'tick change') {
      coverage.sometimes('venue: tick changed')
      market.tick = random.pick([1, 10, 50])
    } else return false
    return true
  }

  #foreignOrder(market: BookMarket): void {
    const { random, coverage, venue } = this.#world
    coverage.sometimes('venue: foreign order')
    const side = random.pick(['buy', 'sell'] as const)
    const away = random.int(1, 3) * 50
    venue.place(null, {
      instrument: market.instrument.id,
      side,
      kind: 'limit',
      price: price(market.price + (side === 'buy' ? -away : away)),
      quantity: quantity(random.int(10, 60)),
      timeInForce: 'gtc',
      isPostOnly: false,
      isReduceOnly: false,
      trigger: null,
    })
  }

  #operator(deed: Deed): void {
    const { random, coverage, desk, bots } = this.#world
    const index = random.int(0, bots.length - 1)
    if (deed === 'crossed commands') this.#cross(index)
    else if (deed === 'adjust') {
      coverage.sometimes('operator: adjust')
      bots[index]?.adjust(random)
    } else if (deed === 'restart') {
      if (desk === null) return
      coverage.sometimes('operator: restart')
      this.#restart()
    } else if (['pause', 'resume', 'kill', 'arm', 'close'].includes(deed)) {
      const event = deed as 'pause' | 'resume' | 'kill' | 'arm' | 'close'
      coverage.sometimes(`operator: ${event}`)
      void this.#world.operate(index, event)
    }
  }

  /** Two operators: one lets it go while the other kills it. */
  #cross(index: number): void {
    const { random, coverage, scheduler } = this.#world
    coverage.sometimes('operator: commands cross')
    void this.#world.operate(index, 'kill')
    const at = random.int(500, 5000)
    scheduler.after(at, () => void this.#world.operate(index, 'arm'))
    scheduler.after(at + random.int(1, 150), () => void this.#world.operate(index, 'kill'))
  }

  /** As a supervisor ends a desk: it writes what it has and goes. */
  #restart(): void {
    const process = this.#world.desk
    if (process === null || process.owner.heldUntil > this.#world.scheduler.now) return
    process.desk.announceRestart(10_000)
    void process.desk.stop().then(() => this.#world.onCrash(process.owner))
  }
}
