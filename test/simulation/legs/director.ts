/** Brings the trouble of a scenario upon both venues: prices walk apart and together, each venue has quiet and storms. */
import type { ModeEvent } from '../../../src/domain/instance-mode.ts'
import { Director } from '../orders/director.ts'
import { healthyVenue, healthyWire } from '../orders/scenario.ts'
import { type Leg, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'
import { GapMarket } from './market.ts'
import type { LegDeed } from './scenario.ts'

export class LegsDirector {
  readonly #world: LegsWorld
  readonly #directors: readonly [Director, Director]
  readonly #market: GapMarket
  readonly #isStorm: [boolean, boolean] = [false, false]
  #until = 0
  #operatedAt = 0

  constructor(world: LegsWorld) {
    this.#world = world
    this.#directors = [new Director(world.worlds[0]), new Director(world.worlds[1])]
    this.#market = new GapMarket(world)
  }

  /** Once both legs are armed and the strategy has begun: until the trouble is over. */
  run(until: number): void {
    const { scheduler, bot, random } = this.#world
    const areReady = this.#directors.map((director) => director.isReady())
    if (areReady.includes(false) || bot.keeper.engine === null) {
      for (const leg of legs) this.tick(leg)
      scheduler.after(100, () => this.run(until), null, false)
      return
    }
    this.#until = until
    for (const leg of legs)
      scheduler.after(random.int(0, 30_000), () => this.#storm(leg), null, false)
    this.#step()
  }

  #isOver(): boolean {
    return this.#world.scheduler.now >= this.#until
  }

  #step(): void {
    const { scheduler, random } = this.#world
    if (this.#isOver()) return
    this.#walk(this.#market.step())
    this.#market.fund()
    this.#deed()
    this.#supervise()
    scheduler.after(random.int(50, 700), () => this.#step(), null, false)
  }

  #walk(to: readonly [number, number]): void {
    const { random, worlds } = this.#world
    for (const leg of legs) {
      if (random.chance(0.2)) continue
      const market = this.#world.market(leg)
      worlds[leg].venue.move(market, to[leg])
      this.tick(leg)
    }
  }

  tick(leg: Leg): void {
    this.#directors[leg].tick(this.#world.market(leg))
  }

  /** After the trouble: the same price at both venues. */
  calm(): void {
    const to = this.#market.calm()
    for (const leg of legs) {
      const market = this.#world.market(leg)
      this.#world.worlds[leg].venue.move(market, to[leg])
      this.tick(leg)
    }
  }

  // Storms of one venue

  #storm(leg: Leg): void {
    const { scheduler, random, scenario, worlds } = this.#world
    if (this.#isOver()) return
    const { scenario: venue } = worlds[leg]
    this.#isStorm[leg] = !this.#isStorm[leg]
    const { partitionUntil, rateLimitUntil, isBudgetSpent } = venue.wire
    const lasting = { partitionUntil, rateLimitUntil, isBudgetSpent }
    const { isInMaintenance } = venue.venue
    if (this.#isStorm[leg]) {
      Object.assign(venue.wire, venue.wireTrouble, lasting)
      Object.assign(venue.venue, venue.venueTrouble, { isInMaintenance })
    } else {
      Object.assign(venue.wire, healthyWire, lasting)
      const { partialFill } = venue.venueTrouble
      Object.assign(venue.venue, healthyVenue, { isInMaintenance, partialFill })
    }
    const most = this.#isStorm[leg] ? scenario.stormMs : scenario.quietMs
    scheduler.after(random.int(most >> 2, most), () => this.#storm(leg), null, false)
  }

  #deed(): void {
    const { random, scenario, worlds, scheduler } = this.#world
    for (const leg of legs) {
      const { deeds, deedChance } = worlds[leg].scenario
      if (!this.#isStorm[leg] || deeds.length === 0 || !random.chance(deedChance)) continue
      const deed = random.pick(deeds)
      // A hold that is made longer would change the order of what waits.
      const isHeld = (worlds[leg].desk?.owner.heldUntil ?? 0) > scheduler.now
      if (!isHeld || (deed !== 'hold desk' && deed !== 'second desk'))
        this.#directors[leg].act(deed)
    }
    if (scenario.deeds.length > 0 && random.chance(scenario.deedChance))
      this.#act(random.pick(scenario.deeds))
  }

  #act(deed: LegDeed): void {
    this.#world.scheduler.mix(deed.length)
    this.#process(deed) || this.#operator(deed)
  }

  #process(deed: LegDeed): boolean {
    const { random, coverage, bot, scheduler, worlds, machine, disk } = this.#world
    if (deed === 'kill bot') this.#world.killBot()
    else if (deed === 'hold bot') {
      if (bot.owner.isDead || bot.owner.heldUntil > scheduler.now) return true
      coverage.sometimes('legs: bot held')
      bot.owner.heldUntil = scheduler.now + random.int(500, 15_000)
    } else if (deed === 'power cut') {
      coverage.sometimes('legs: power cut of the whole machine')
      this.#world.killBot()
      disk.cutPower(random)
      for (const { room } of worlds) room.cutPower()
      this.#killDesks()
    } else if (deed === 'kill both desks') {
      coverage.sometimes('legs: both desks killed')
      this.#killDesks()
    } else if (deed === 'clock jump') {
      for (const world of worlds) world.coverage.sometimes('clock: jump')
      machine.offsetMs += random.pick([-3_600_000, -5000, 5000, 3_600_000])
    } else return false
    return true
  }

  #killDesks(): void {
    for (const world of this.#world.worlds) {
      if (world.desk === null) continue
      world.coverage.sometimes('crash: killed at a random time')
      world.onCrash(world.desk.owner)
    }
  }

  /** As the command line does: one desk after the other; what was said to one only is a command to one. */
  #operate(event: ModeEvent, both = true): void {
    const { random, worlds, scheduler } = this.#world
    this.#operatedAt = scheduler.now
    const first = random.pick(legs)
    void worlds[first].operate(0, event)
    if (!both) return
    const other = worlds[first === 0 ? 1 : 0]
    scheduler.after(random.int(0, 50), () => void other.operate(0, event), null, false)
  }

  #operator(deed: LegDeed): void {
    const { coverage, watch, random, scenario } = this.#world
    const { delta } = watch
    const isHeld = legs.some((leg) => this.#world.market(leg).position !== 0)
    if (deed === 'kill' || deed === 'close') {
      watch.allowClosing()
      const isApart = Math.abs(delta) > scenario.sizes.dust
      if (deed === 'kill' && isApart) coverage.sometimes('legs: kill command between two legs')
      if (isHeld)
        coverage.sometimes(
          deed === 'kill'
            ? 'legs: kill command with open legs'
            : 'legs: close command with open legs',
        )
      this.#operate(deed)
    } else if (deed === 'pause') this.#operate('pause')
    else if (deed === 'pause one') {
      coverage.sometimes('legs: pause of one leg alone')
      this.#operate('pause', false)
    } else if (deed === 'adjust') this.#world.adjusting.adjust(random)
    else if (deed === 'liquidate') this.#liquidate(random.pick(legs))
  }

  /** It ends the instance: only near the end. */
  #liquidate(leg: Leg): void {
    const { scheduler, worlds, coverage, watch } = this.#world
    const market = this.#world.market(leg)
    if (scheduler.now < this.#until * 0.6 || market.position === 0) return
    coverage.sometimes('legs: one leg is liquidated')
    worlds[leg].coverage.sometimes('venue: liquidation')
    watch.allowClosing()
    worlds[leg].venue.liquidate(market)
  }

  /** The operator looks now and then, and lets go on what stands still. */
  #supervise(): void {
    const { random, scheduler } = this.#world
    // What was just said is not taken back before it was heard.
    if (random.chance(0.02) && scheduler.now - this.#operatedAt > 1000) this.release()
  }

  release(): void {
    for (const leg of legs) {
      const world = this.#world.worlds[leg]
      const { desk, bots } = world
      const operate = (event: ModeEvent): void => {
        this.#world.limits.onResumed(leg)
        void world.operate(0, event)
      }
      const entry = desk?.desk.entries.get(bots[0]?.settings.instance ?? '')
      if (entry === undefined) continue
      const { mode } = entry.loop.risk
      if (mode === 'killed' || mode === 'disarmed') operate('arm')
      else if (mode !== 'running' || entry.loop.outside.gap !== 0) operate('resume')
    }
  }
}
