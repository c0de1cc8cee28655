/** After everything has healed: all is known, orders are what is wanted, positions agree, within a bounded time. */
import type { AccountDesk } from '../../../src/desk/account-desk.ts'
import type { InstanceEntry } from '../../../src/desk/instance-entry.ts'
import type { Bot } from './bots.ts'
import type { Director } from './director.ts'
import { healthyVenue, healthyWire } from './scenario.ts'
import type { BookMarket } from './venue-model.ts'
import type { World } from './world.ts'

/** A refused slot waits up to 60 s of market time; everything else takes a few seconds. */
export const HEAL_MS = 100_000
const LOOK_MS = 2000

/** Why a slot may stay without its order for ever. */
const isLasting = (reason: string | undefined): boolean =>
  reason === 'would_cross' || reason === 'below_minimum' || reason?.startsWith('limit_') === true

/** Ends every fault, then looks again and again until all is well or the time is over. */
export class Healing {
  readonly #world: World
  readonly #director: Director
  #findings: readonly string[] = []
  isWell = false

  constructor(world: World, director: Director) {
    this.#world = world
    this.#director = director
  }

  begin(): void {
    const { scenario, room, venue } = this.#world
    Object.assign(scenario.wire, healthyWire)
    Object.assign(scenario.venue, healthyVenue)
    Object.assign(room.faults, { isFull: false, failingSyncs: 0 })
    for (const market of venue.markets.values()) {
      market.tick = 1
      for (const order of [...market.open]) if (order.isForeign) venue.cancel(order.clientId)
    }
    this.#world.startHealing()
    if (this.#world.desk === null) this.#world.startDesk()
    this.#everySecond(0)
  }

  #everySecond(count: number): void {
    const { venue, scheduler } = this.#world
    for (const market of venue.markets.values()) this.#director.tick(market)
    if (count % 4 === 3) this.#release()
    if (count % (LOOK_MS / 1000) === 0) this.#look()
    if (!this.isWell) scheduler.after(1000, () => this.#everySecond(count + 1), null, false)
  }

  /** The operator lets everything trade again. */
  #release(): void {
    const { desk, bots } = this.#world
    if (desk === null) return
    for (const [index, bot] of bots.entries()) {
      bot.widen()
      const entry = desk.desk.entries.get(bot.settings.instance)
      if (entry === undefined) continue
      const { mode } = entry.loop.risk
      if (mode === 'killed' || mode === 'disarmed') void this.#world.operate(index, 'arm')
      else if (mode !== 'running' || entry.loop.outside.gap !== 0)
        void this.#world.operate(index, 'resume')
    }
  }

  #look(): void {
    const findings: string[] = []
    const process = this.#world.desk
    if (process === null) findings.push('no desk runs')
    else {
      findings.push(...this.#moneyFaults(process.desk))
      if (!process.desk.reconciler.isDone) findings.push('the account is not compared')
      for (const bot of this.#world.bots) {
        const entry = process.desk.entries.get(bot.settings.instance)
        if (entry === undefined) findings.push(`${bot.settings.instance} is not known to the desk`)
        else findings.push(...this.#faultsOf(bot, entry))
      }
    }
    this.#findings = findings
    this.isWell = findings.length === 0
  }

  #faultsOf(bot: Bot, entry: InstanceEntry): string[] {
    const { instance } = bot.settings
    const { loop } = entry
    const market = this.#world.venue.markets.get(entry.instrument.id) as BookMarket
    const findings: string[] = []
    const say = (text: string): void => void findings.push(`${instance}: ${text}`)
    const open = loop.orders().filter((order) => !this.#isLostForEver(order))
    const unknown = open.filter(({ status }) => status !== 'open')
    if (unknown.length > 0) say(`${unknown.length} orders are ${unknown[0]?.status}`)
    if (loop.position !== market.position)
      say(`holds ${loop.position}, at the venue ${market.position}`)
    if (bot.disk.seq !== loop.handedSeq)
      say(`its bot has booked ${bot.disk.seq} of ${loop.handedSeq}`)
    if (bot.disk.position !== market.position) say(`its bot holds ${bot.disk.position}`)
    const isStuck = open.length < loop.orders().length
    if (loop.risk.mode !== 'running' && !isStuck) say(`is ${loop.risk.mode}`)
    if (loop.outside.gap !== 0) say(`differs by ${loop.outside.gap} lots`)
    const ours = new Set<string>(open.map(({ clientId }) => clientId))
    const resting = [...market.open].filter(({ isForeign }) => !isForeign)
    for (const { clientId } of resting) if (!ours.has(clientId)) say(`${clientId} is orphaned`)
    if (resting.length !== ours.size) say(`${ours.size} orders work, ${resting.length} rest`)
    findings.push(...this.#missing(bot, entry, market))
    return findings
  }

  /** Without a deadline nothing proves that an order never came: it stays unknown until somebody looks. */
  #isLostForEver({ clientId, expiresAt, status }: Lost): boolean {
    if (status !== 'unknown' || expiresAt !== null) return false
    return !this.#world.venue.byClientId.has(clientId as never)
  }

  /** A target that a limit forbids is tried again and again, and says so only in between. */
  #isBounded(): boolean {
    const { limitLots, accountLimitLots } = this.#world.scenario
    return limitLots !== null || accountLimitLots !== null
  }

  #missing(bot: Bot, { loop }: InstanceEntry, market: BookMarket): string[] {
    const { disk, settings } = bot
    const reasons = loop.reasons()
    const blocked = new Set(
      loop
        .orders()
        .filter((order) => this.#isLostForEver(order))
        .map(({ slot }) => slot),
    )
    if (disk.isSwinging) {
      const isThere =
        market.position === disk.target || isLasting(reasons.target) || this.#isBounded()
      // A target says so when it waits for an order of which nobody will ever know what became of it.
      const isHeldUp = blocked.has('target') || (blocked.size > 0 && reasons.target === 'canceling')
      if (isThere || isHeldUp) return []
      return [
        `${settings.instance}: holds ${market.position}, wanted ${disk.target} (${reasons.target})`,
      ]
    }
    const findings: string[] = []
    for (const [i, held] of disk.x.entries()) {
      const legs = [
        [`B${disk.lines[i]}`, 100 - held],
        [`S${disk.lines[i + 1]}`, held],
      ] as const
      for (const [slot, wanted] of legs) {
        if (
          wanted < 0 ||
          loop.risk.mode !== 'running' ||
          blocked.has(slot) ||
          isLasting(reasons[slot])
        )
          continue
        let rests = 0
        for (const order of loop.orders())
          if (order.slot === slot) rests += order.lots - order.booked
        if (rests !== Math.max(0, wanted))
          findings.push(
            `${settings.instance} ${slot}: ${rests} rest, ${wanted} wanted (${reasons[slot]})`,
          )
      }
    }
    return findings
  }

  /** What was not well at the last look, as problems. */
  report(): void {
    for (const text of this.#findings) this.#world.oracles.blame(`not healed: ${text}`)
  }

  /** Account = instances + what is not theirs, to the last unit, and every fill is booked. */
  #moneyFaults(desk: AccountDesk): string[] {
    const { oracles, venue } = this.#world
    const missing = [...venue.fills.keys()].filter((id) => !oracles.bookedKeys.has(`fill:${id}`))
    const findings = missing.map((id) => `fill ${id} was never booked`)
    if (oracles.adoptedLots > 0) return findings
    let told = venue.balance()
    for (const { loop, instrument } of desk.entries.values()) {
      const { position, cost } = venue.markets.get(instrument.id) as BookMarket
      // At the price that the desk knows: the last one may still be on its way.
      told += loop.risk.mark * position * instrument.moneyPerUnit - cost
    }
    const known = desk.guard.equity()
    if (desk.guard.isBalanceKnown && known !== told)
      findings.push(`the account is worth ${known}, at the venue ${told}`)
    return findings
  }
}

interface Lost {
  readonly clientId: string
  readonly expiresAt: number | null
  readonly status: string
}
