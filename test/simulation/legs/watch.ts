/**
 * What must hold of both legs together after every event, judged by the positions that the venues themselves have
 * (docs/concepts/simulation.md, "Two venues").
 */
import type { WireOrder } from '../../../src/adapters/venues/live/dialect.ts'
import type { InstanceEntry } from '../../../src/desk/instance-entry.ts'
import { totalsOfLeg } from '../../../src/domain/arbitrage/round-trip.ts'
import { type ClientOrderId, signOf } from '../../../src/domain/order.ts'
import type { VenueCoverage } from './coverage.ts'
import type { Said } from './leg-line.ts'
import { type Leg, type LegsBot, legs, type WantsMessage } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'
import { Notes } from './notes.ts'
import { partOf } from './scenario.ts'

/** So long after its last trouble a venue has been compared with anew, and what was unknown is known. */
export const RECOVERY_MS = 15_000
/** An order is answered by then, when nothing is lost and the venue is near. */
const ANSWER_MS = 200
/** What an operator or the venue closes is closed by then, once both answer. */
const CLOSING_MS = 5000
/** A net delta beyond dust is gone by then, once both venues answer: two turns of a repair and its retries. */
const repairMs = (imbalanceMs: number): number => 3 * imbalanceMs + 10_000
/** What an unwinding that is due takes beside its wait: orders that are refused or lost once, and a desk that is slow. */
const UNWIND_SLACK_MS = 10_000
/** During an exit the wait doubles as often as a hedge came back and went away again, up to so many times. */
const UNWIND_GROWTH_MAX = 4

export interface DeltaFigures {
  /** Units · ms while both venues answer, and while one does not. */
  deltaTime: number
  deltaTimeDown: number
  answeringMs: number
  downMs: number
  /** The largest |net delta| in parts of the bound that holds. */
  maxOfBound: number
  /** The longest beyond one part and dust with both answering, ms. */
  outsideMs: number
  /** The longest beyond dust with both answering, ms. */
  longestMs: number
  longestUnwindMs: number
  /** While two parts were allowed. */
  doubtMs: number
}

interface Ordered {
  readonly clientId: ClientOrderId
  readonly at: number
}

const otherOf = (leg: Leg): Leg => (leg === 0 ? 1 : 0)

export class LegsWatch {
  readonly figures: DeltaFigures = {
    deltaTime: 0,
    deltaTimeDown: 0,
    answeringMs: 0,
    downMs: 0,
    maxOfBound: 0,
    outsideMs: 0,
    longestMs: 0,
    longestUnwindMs: 0,
    doubtMs: 0,
  }
  readonly notes: Notes
  readonly #world: LegsWorld
  #lastAt = 0
  #delta = 0
  /** Lots that venues and strangers moved, as units, when all was even last. */
  #madeBefore = 0
  /** Units that an operator's or the venue's closing may leave on one side until all is even again. */
  #closing = 0
  #closingAt = 0
  /** The latest order of the target of each leg. */
  readonly #ordered: [Ordered | null, Ordered | null] = [null, null]
  #isInDoubt = false
  #openSince: number | null = null
  #outsideSince: number | null = null
  #unwindSince: number | null = null
  #closedTold = false
  /** What the bot knew as it said the latest wants that the desk of the leg has taken. */
  readonly #said: [Said | null, Said | null] = [null, null]
  #fillsSeen = 0

  constructor(world: LegsWorld) {
    this.#world = world
    this.notes = new Notes(world, this.#lead)
  }

  get #lead(): Leg {
    return this.#world.scenario.parameters.lead === 'second' ? 1 : 0
  }

  // What is true

  #unitsOf(leg: Leg): number {
    return this.#world.market(leg).position * this.#world.scenario.sizes.units[leg]
  }

  /** Signed net delta of both venues, in units of the common grid. */
  get delta(): number {
    return this.#unitsOf(0) + this.#unitsOf(1)
  }

  /** The same as the bot has it. */
  known(bot: LegsBot): number {
    const { units } = this.#world.scenario.sizes
    return bot.booked(0) * units[0] + bot.booked(1) * units[1]
  }

  /** Units that strangers, liquidations and fills after the end have ever moved. */
  get #made(): number {
    let sum = 0
    for (const leg of legs) {
      const { foreignLots, lateLots } = this.#world.market(leg)
      sum += (foreignLots + lateLots) * this.#world.scenario.sizes.units[leg]
    }
    return sum
  }

  /**
   * |net delta| never passes it: one part and dust. An order that was not answered in time, or whose target was taken back while
   * it was on its way, may still fill after something else was begun: then it is two parts.
   */
  get bound(): number {
    return this.#isInDoubt ? this.#onePart + this.usual : this.usual
  }

  /** One part and dust: what is left of it, also in doubt, ends within the time of an imbalance while both venues answer. */
  get usual(): number {
    const { dust } = this.#world.scenario.sizes
    return this.#onePart + dust + (this.#made - this.#madeBefore) + this.#closing
  }

  get #onePart(): number {
    const { sizes, strategy } = this.#world.scenario
    const held = sizes.size * sizes.openMax + this.#made
    const part = Math.max(partOf(sizes, sizes.size), partOf(sizes, held))
    return strategy === 'cross_venue_market_making' ? Math.max(sizes.size, part) : part
  }

  /** Desk and venue of a leg speak to each other, and have for long enough; so does the bot. */
  #answers(leg: Leg): boolean {
    const { worlds, scheduler } = this.#world
    const world = worlds[leg]
    const coverage = world.coverage as VenueCoverage
    const { now } = scheduler
    const { wire } = world.scenario
    const isDown =
      world.desk === null ||
      world.desk.owner.heldUntil > now ||
      wire.partitionUntil > now ||
      wire.rateLimitUntil > now ||
      world.room.faults.isFull ||
      world.venue.isClosed
    if (isDown) coverage.trouble(0)
    this.notes.down(leg, isDown)
    return now - coverage.troubleUntil >= RECOVERY_MS
  }

  get #isBotThere(): boolean {
    const { bot, scheduler, botSince } = this.#world
    const { isDead, heldUntil } = bot.owner
    return !isDead && scheduler.now - Math.max(heldUntil, botSince) >= RECOVERY_MS
  }

  /** The leg may trade as far as operators and strangers go. */
  #isPermitted(leg: Leg): boolean {
    const entry = this.#entry(leg)
    if (entry === null) return false
    const { loop, override, ending } = entry
    const isFree = override === null && ending === null
    return loop.risk.mode === 'running' && loop.outside.gap === 0 && isFree
  }

  #entry(leg: Leg): InstanceEntry | null {
    const { desk, bots } = this.#world.worlds[leg]
    return desk?.desk.entries.get(bots[0]?.settings.instance ?? '') ?? null
  }

  // After each event

  onEvent(): void {
    const { scheduler, scenario } = this.#world
    const { now } = scheduler
    const passed = now - this.#lastAt
    const areAnswering = this.#answers(0) && this.#answers(1) && this.#isBotThere
    const { figures } = this
    if (this.#isInDoubt) figures.doubtMs += passed
    if (passed > 0) {
      if (areAnswering) {
        figures.deltaTime += this.#delta * passed
        figures.answeringMs += passed
      } else {
        figures.deltaTimeDown += this.#delta * passed
        figures.downMs += passed
      }
    }
    this.#lastAt = now
    this.#delta = Math.abs(this.delta)
    const { dust } = scenario.sizes
    this.#checkBound()
    const isPermitted = this.#isPermitted(0) && this.#isPermitted(1)
    this.#checkRepair(areAnswering && isPermitted)
    this.#checkOutside(areAnswering && isPermitted)
    const isSettled = now - this.#closingAt > CLOSING_MS && isPermitted
    if (areAnswering && isSettled && this.#delta <= dust) {
      this.#madeBefore = this.#made
      this.#closing = 0
    }
    if (this.#isInDoubt && this.#delta <= dust && this.#isSettled(0) && this.#isSettled(1))
      this.#isInDoubt = false
    for (const leg of legs) this.#lookForDoubt(leg)
    this.#checkUnwind()
    this.notes.dust(areAnswering && this.#delta > 0 && this.#delta <= dust)
  }

  /** No order of the target is on its way, and the bot knows what the venue has. */
  #isSettled(leg: Leg): boolean {
    const entry = this.#entry(leg)
    const ordered = this.#ordered[leg]
    const isKnown = this.#world.bot.booked(leg) === this.#world.market(leg).position
    return entry !== null && isKnown && (ordered === null || !entry.loop.hasOrder(ordered.clientId))
  }

  /** Whether an order of the target is not settled although it could be. */
  #lookForDoubt(leg: Leg): void {
    const ordered = this.#ordered[leg]
    const { line } = this.#world.worlds[leg].scenario
    const answeredBy = ANSWER_MS + 2 * (line?.farMs ?? 0)
    if (ordered === null || this.#world.scheduler.now - ordered.at < answeredBy) return
    const entry = this.#entry(leg)
    if (entry !== null && !entry.loop.hasOrder(ordered.clientId)) this.#ordered[leg] = null
    else this.#isInDoubt = true
  }

  #checkBound(): void {
    if (this.#delta === 0) return
    const { bound } = this
    this.figures.maxOfBound = Math.max(this.figures.maxOfBound, this.#delta / bound)
    if (this.#delta > bound)
      this.#world.blame(
        `net delta of ${this.delta} units (${this.#unitsOf(0)} and ${this.#unitsOf(1)}), allowed are ${bound}`,
      )
  }

  #checkRepair(isWatched: boolean): void {
    const { scheduler, scenario } = this.#world
    if (!isWatched || this.#delta <= scenario.sizes.dust) {
      this.#openSince = null
      return
    }
    this.#openSince ??= scheduler.now
    const lasted = scheduler.now - this.#openSince
    this.figures.longestMs = Math.max(this.figures.longestMs, lasted)
    if (lasted > repairMs(scenario.imbalanceMs))
      this.#world.blame(
        `net delta of ${this.delta} units for ${Math.round(lasted)} ms while both venues answer`,
      )
  }

  /** Beyond one part and dust no longer than T. */
  #checkOutside(isWatched: boolean): void {
    const { scheduler, scenario } = this.#world
    if (!isWatched || this.#delta <= this.usual) {
      this.#outsideSince = null
      return
    }
    this.#outsideSince ??= scheduler.now
    const lasted = scheduler.now - this.#outsideSince
    this.figures.outsideMs = Math.max(this.figures.outsideMs, lasted)
    if (lasted > scenario.imbalanceMs)
      this.#world.blame(
        `net delta of ${this.delta} units is outside its bound of ${this.usual} for ${Math.round(lasted)} ms while both venues answer`,
      )
  }

  /** One leg is closed, the other one's venue answers: what is known to be unhedged there goes. */
  #checkUnwind(): void {
    const { bot, scheduler, scenario } = this.#world
    const { unwindAfterMs, sizes } = scenario
    const open = this.#openLegAlone()
    const isDue = open !== null && unwindAfterMs !== null && Math.abs(this.known(bot)) > sizes.dust
    if (!isDue) {
      this.#unwindSince = null
      return
    }
    this.#unwindSince ??= scheduler.now
    const lasted = scheduler.now - this.#unwindSince
    this.figures.longestUnwindMs = Math.max(this.figures.longestUnwindMs, lasted)
    const growth = bot.pair?.legs.phase === 'exiting' ? UNWIND_GROWTH_MAX : 1
    if (lasted > unwindAfterMs * growth + UNWIND_SLACK_MS)
      this.#world.blame(
        `net delta of ${this.known(bot)} units is known for ${Math.round(lasted)} ms, and leg ${open} alone is open and does not unwind it`,
      )
  }

  #openLegAlone(): Leg | null {
    const { bot } = this.#world
    if (!this.#isBotThere || bot.keeper.engine === null) return null
    const closed = legs.filter((leg) => bot.closedReason(leg) !== null)
    const [one] = closed
    if (closed.length !== 1 || one === undefined || bot.canReduce(one)) return null
    const open = otherOf(one)
    return this.#answers(open) && this.#isPermitted(open) ? open : null
  }

  // What the bot hears and says

  onHeard(bot: LegsBot): void {
    const { engine } = bot.keeper
    if (engine === null) return
    this.#closedTold = legs.some((leg) => bot.closedReason(leg) !== null)
    this.#checkTargets(bot)
    const fills = engine.ledger.legAmounts(0).fillsCount + engine.ledger.legAmounts(1).fillsCount
    if (fills === this.#fillsSeen && this.notes.phase !== '') return
    this.#fillsSeen = fills
    this.#checkBooks(bot)
  }

  /** With both legs open something is wanted that lowers what is known to be apart, and only the lead may go ahead, by a part. */
  #checkTargets(bot: LegsBot): void {
    const { engine } = bot.keeper
    if (engine === null || this.#closedTold || bot.hasFinished) return
    const { changes, finish } = engine.wants()
    if (finish !== null) return
    const { sizes } = this.#world.scenario
    const known = this.known(bot)
    const apart = Math.max(Math.abs(known), sizes.dust)
    let isLowered = Math.abs(known) <= sizes.dust
    for (const change of changes) {
      if (change.kind !== 'target') continue
      const leg = engine.instruments[0]?.id === change.want.instrument ? 0 : 1
      const move = (change.want.quantity - bot.booked(leg)) * sizes.units[leg]
      const next = Math.abs(known + move)
      isLowered ||= next < Math.abs(known)
      if (leg !== this.#lead && next > apart)
        this.#world.blame(
          `the hedge is to hold ${change.want.quantity} lots: known net delta ${known} would become ${known + move}`,
        )
    }
    if (!isLowered) this.#world.blame(`nothing is wanted against a known net delta of ${known}`)
  }

  /** Σ opportunities with the open one = the ledger of the leg, to the last unit. */
  #checkBooks(bot: LegsBot): void {
    const { pair } = bot
    const { engine } = bot.keeper
    if (pair === null || engine === null) return
    for (const leg of legs) {
      const told = totalsOfLeg(pair.book, leg)
      const books = engine.ledger.legAmounts(leg)
      for (const name of ['cash', 'fees', 'funding'] as const)
        if (told[name] !== books[name])
          this.#world.blame(
            `${name} of leg ${leg}: opportunities add up to ${told[name]}, the ledger says ${books[name]}`,
          )
    }
    this.notes.nextPhase(pair.legs.phase)
  }

  /** While a leg is closed nothing is wanted that takes the known positions further apart. */
  onWants(bot: LegsBot, leg: Leg, { changes, finish }: WantsMessage): void {
    if (finish !== null) this.allowClosing()
    const { sizes } = this.#world.scenario
    const isClosed = legs.some((one) => bot.closedReason(one) !== null)
    if (!isClosed) return
    // One message may hold what was thought on the way: the last of each slot counts.
    const slots = new Map<string, boolean>()
    for (const change of changes)
      if (change.kind === 'drop') slots.set(change.slot, false)
      else if (change.kind === 'rest') slots.set(change.want.slot, !change.want.isReduceOnly)
    for (const [slot, rests] of slots)
      if (rests) this.#world.blame(`${slot} is to rest while a leg is closed`)
    const last = changes.findLast(({ kind }) => kind === 'target' || kind === 'drop_target')
    if (last?.kind !== 'target') return
    const known = this.known(bot)
    const booked = bot.booked(leg)
    const next = known + (last.want.quantity - booked) * sizes.units[leg]
    if (Math.abs(next) <= Math.max(Math.abs(known), sizes.dust)) return
    // A pair is left, part by part, where both legs can at least reduce.
    const isLess =
      last.want.quantity * booked >= 0 && Math.abs(last.want.quantity) < Math.abs(booked)
    if (isLess && legs.every((one) => bot.canReduce(one))) return
    const closed = legs.filter((one) => bot.closedReason(one) !== null).join(' and ')
    this.#world.blame(
      `leg ${leg} is to hold ${last.want.quantity} lots while leg ${closed} is closed: known net delta ${known} would become ${next}`,
    )
  }

  onTaken(leg: Leg, said: Said): void {
    this.#said[leg] = said
    const ordered = this.#ordered[leg]
    if (ordered === null || !said.isTargetNew) return
    // What is still on its way belongs to a target that does not count any more.
    if (this.#entry(leg)?.loop.hasOrder(ordered.clientId)) this.#isInDoubt = true
  }

  /** An order leaves a desk whose bot knew a closed leg when it last spoke: it lowers the net delta, or reduces. */
  onSent(leg: Leg, { clientId, request }: WireOrder, entry: InstanceEntry | null): void {
    const { bot, scenario, scheduler } = this.#world
    const { quantity, isReduceOnly, side } = request
    if (request.timeInForce === 'ioc') this.#ordered[leg] = { clientId, at: scheduler.now }
    const said = this.#said[leg]
    if (!said?.isClosed || !this.#closedTold || entry?.override !== null) return
    if (isReduceOnly || quantity === 'position' || bot.owner.isDead) return
    const change = signOf(side) * quantity * scenario.sizes.units[leg]
    const raises = (known: number): boolean =>
      Math.abs(known + change) > Math.max(Math.abs(known), scenario.sizes.dust)
    if (raises(this.known(bot)) && raises(said.known) && raises(this.delta))
      this.#world.blame(`${clientId} takes new risk on leg ${leg} although a leg is closed`)
  }

  onBotStarted(): void {
    this.#closedTold = true
    this.#said[0] = null
    this.#said[1] = null
  }

  /** Somebody closes positions at their desks, each for itself: until both are closed one stands alone. */
  allowClosing(): void {
    const held = Math.max(Math.abs(this.#unitsOf(0)), Math.abs(this.#unitsOf(1)))
    this.#closing = Math.max(this.#closing, held)
    this.#closingAt = this.#world.scheduler.now
  }
}
