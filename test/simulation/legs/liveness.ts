/** After everything has healed: both legs are settled, they match, and all books say the same, within a bounded time. */
import type { InstanceEntry } from '../../../src/desk/instance-entry.ts'
import { healthyVenue, healthyWire } from '../orders/scenario.ts'
import type { LegsDirector } from './director.ts'
import { type Leg, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'

export const HEAL_MS = 120_000
const LOOK_MS = 2000

export class LegsHealing {
  readonly #world: LegsWorld
  readonly #director: LegsDirector
  #findings: readonly string[] = []
  isWell = false

  constructor(world: LegsWorld, director: LegsDirector) {
    this.#world = world
    this.#director = director
  }

  begin(): void {
    for (const world of this.#world.worlds) {
      Object.assign(world.scenario.wire, healthyWire)
      Object.assign(world.scenario.venue, healthyVenue)
      Object.assign(world.room.faults, { isFull: false, failingSyncs: 0 })
      for (const market of world.venue.markets.values())
        for (const order of [...market.open])
          if (order.isForeign) world.venue.cancel(order.clientId)
      world.startHealing()
      if (world.desk === null) world.startDesk()
    }
    this.#world.startHealing()
    this.#everySecond(0)
  }

  #everySecond(count: number): void {
    const { scheduler } = this.#world
    this.#director.calm()
    if (count % 4 === 3) this.#director.release()
    if (count % (LOOK_MS / 1000) === 0) this.#look()
    if (!this.isWell) scheduler.after(1000, () => this.#everySecond(count + 1), null, false)
  }

  #look(): void {
    const { watch, scenario, bot, lost } = this.#world
    const findings = legs.flatMap((leg) => this.#faultsOf(leg))
    const isStuck = legs.some((leg) => lost.of(leg).length > 0)
    if (!bot.hasFinished && !isStuck && Math.abs(watch.delta) > scenario.sizes.dust)
      findings.push(`net delta is ${watch.delta} units`)
    if (bot.owner.isDead && !bot.hasFinished) findings.push('no bot runs')
    this.#findings = findings
    this.isWell = findings.length === 0
  }

  #faultsOf(leg: Leg): string[] {
    const world = this.#world.worlds[leg]
    const { desk, oracles, venue } = world
    const entry = desk?.desk.entries.get(world.bots[0]?.settings.instance ?? '')
    if (desk === null || entry === undefined) return [`leg ${leg}: its desk does not know it`]
    const findings = this.#orderFaults(leg, entry)
    if (!desk.desk.reconciler.isDone) findings.push(`leg ${leg}: the account is not compared`)
    for (const id of venue.fills.keys())
      if (!oracles.bookedKeys.has(`fill:${id}`))
        findings.push(`leg ${leg}: fill ${id} was never booked`)
    return [...findings, ...this.#botFaults(leg, entry), ...this.#moneyFaults(leg)]
  }

  #orderFaults(leg: Leg, { loop }: InstanceEntry): string[] {
    const market = this.#world.market(leg)
    const lost = new Set<string>(this.#world.lost.of(leg))
    const findings: string[] = []
    const say = (text: string): void => void findings.push(`leg ${leg}: ${text}`)
    const open = loop.orders().filter(({ clientId }) => !lost.has(clientId))
    const unknown = open.filter(({ status }) => status !== 'open')
    if (unknown.length > 0) say(`${unknown.length} orders are ${unknown[0]?.status}`)
    if (loop.position !== market.position)
      say(`holds ${loop.position}, at the venue ${market.position}`)
    if (loop.outside.gap !== 0) say(`differs by ${loop.outside.gap} lots`)
    const ours = new Set<string>(open.map(({ clientId }) => clientId))
    const resting = [...market.open].filter(({ isForeign }) => !isForeign)
    for (const { clientId } of resting) if (!ours.has(clientId)) say(`${clientId} is orphaned`)
    if (resting.length !== ours.size) say(`${ours.size} orders work, ${resting.length} rest`)
    return findings
  }

  /** An instance that has ended by its own rule wants nothing more. */
  #botFaults(leg: Leg, { loop }: InstanceEntry): string[] {
    const { bot } = this.#world
    const market = this.#world.market(leg)
    if (bot.hasFinished) return []
    const findings: string[] = []
    const say = (text: string): void => void findings.push(`leg ${leg}: ${text}`)
    // A kill waits for what is lost for ever, and so do a target that was taken back and an end of the instance.
    const isStuck = legs.some((one) => this.#world.lost.of(one).length > 0)
    if (loop.risk.mode !== 'running' && !isStuck) say(`is ${loop.risk.mode}`)
    const lastSeq = bot.keeper.lastSeqOf(leg)
    if (lastSeq !== loop.handedSeq) say(`its bot has booked ${lastSeq} of ${loop.handedSeq}`)
    if (bot.booked(leg) !== market.position)
      say(`its bot holds ${bot.booked(leg)}, at the venue ${market.position}`)
    const reason = bot.closedReason(leg)
    if (reason !== null && !isStuck) say(`is closed: ${reason}`)
    return findings
  }

  /** The books of a leg are those of its venue, to the last unit; what was taken over without a fill has no price there. */
  #moneyFaults(leg: Leg): string[] {
    const { bot, worlds } = this.#world
    const { engine } = bot.keeper
    const market = this.#world.market(leg)
    if (engine === null || bot.hasFinished) return []
    if (worlds[leg].oracles.adoptedLots > 0 || market.foreignLots > 0) return []
    const books = engine.ledger.legAmounts(leg)
    return (['cash', 'fees', 'funding'] as const)
      .filter((name) => books[name] !== market[name])
      .map((name) => `leg ${leg}: ${name} is ${books[name]}, at the venue ${market[name]}`)
  }

  /** What was not well at the last look, as problems. */
  report(): void {
    for (const text of this.#findings) this.#world.blame(`not healed: ${text}`)
  }
}
