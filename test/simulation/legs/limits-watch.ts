/**
 * Limits on the sum of the legs (docs/decisions/0007): one that is reached is latched, one that is not is not, and both legs
 * then do what is configured, until an operator lets them go. Equity is added up here anew, from the books of each leg.
 */
import type { InstanceEntry } from '../../../src/desk/instance-entry.ts'
import type { InstanceMode } from '../../../src/domain/instance-mode.ts'
import type { LegsRisk } from '../../../src/engine/legs-risk.ts'
import type { LegSituation, VenueCoverage } from './coverage.ts'
import { type Leg, type LegsBot, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'
import { RECOVERY_MS } from './watch.ts'

const latches = ['limit_daily_loss', 'limit_drawdown'] as const
type LegsLatch = (typeof latches)[number]
type OnBreach = LegsRisk['limits']['onBreach']

/** A desk that can hear of a latch has acted on it by then. */
const TOLD_MS = 1000
/** What a limit closes is closed by then, once the venue answers. */
const FLAT_MS = 10_000
const SCALE = 100_000_000n

/** What a leg may be in while the sum is limited; an operator's stricter word stands. */
const modesOf: Readonly<Record<OnBreach, ReadonlySet<InstanceMode>>> = {
  reduce_only: new Set<InstanceMode>(['reduce_only', 'paused', 'halted', 'killed', 'disarmed']),
  halt: new Set<InstanceMode>(['halted', 'killed', 'disarmed']),
  flatten: new Set<InstanceMode>(['halted', 'killed', 'disarmed']),
}

const held: Readonly<Record<OnBreach, LegSituation>> = {
  reduce_only: 'legs: a limit on the sum makes both legs reduce only',
  halt: 'legs: a limit on the sum halts both legs',
  flatten: 'legs: a limit on the sum flattens both legs',
}

/** Since when something that may not last holds, virtual ms. */
class Lasting {
  #since: number | null = null

  /** @returns for how long it has held, ms */
  take(now: number, holds: boolean): number {
    if (!holds) {
      this.#since = null
      return 0
    }
    this.#since ??= now
    return now - this.#since
  }
}

const pair = <T>(make: () => T): readonly [T, T] => [make(), make()]

export class LimitsWatch {
  readonly #world: LegsWorld
  #latch: string | null = null
  /** A loss that is not latched: prices that the bot had heard of each leg when its latest round began, and rounds that are over. */
  #loss: { readonly from: readonly [number, number]; readonly rounds: number } | null = null
  readonly #untold = pair(() => new Lasting())
  readonly #open = pair(() => new Lasting())
  readonly #apart = new Lasting()
  /** An operator has let the leg go since the limit was reached. */
  readonly #isResumed: [boolean, boolean] = [false, false]
  #isHeldNoted = false
  #wasApart = false

  constructor(world: LegsWorld) {
    this.#world = world
  }

  // What the bot adds up

  /** The bot has heard something and said what follows from it. */
  onHeard(bot: LegsBot): void {
    const { risk, engine } = bot.keeper
    if (risk === null || engine === null) return
    const { latch } = risk
    if (latch !== this.#latch) this.#onLatch(bot, risk)
    this.#latch = latch
    this.#checkMissed(bot, risk)
  }

  /** A bot comes from its file: what it had latched holds, and what it had not heard it hears again. */
  onBotStarted(): void {
    this.#loss = null
    const { keeper } = this.#world.bot
    if (keeper.engine === null) return
    const latch = keeper.risk?.latch ?? null
    if (latch !== null) this.#world.coverage.sometimes('legs: a bot comes back to a latched limit')
    if (latch !== this.#latch)
      this.#world.blame(`the limit on the sum was ${this.#latch}, and is ${latch} in the file`)
    this.#latch = latch
  }

  #onLatch(bot: LegsBot, risk: LegsRisk): void {
    const { coverage } = this.#world
    const { latch } = risk
    for (const leg of legs) this.#isResumed[leg] = false
    if (latch === null) return coverage.sometimes('legs: a limit on the sum is released')
    coverage.sometimes(
      latch === 'limit_daily_loss'
        ? 'legs: the daily loss of the sum is reached'
        : 'legs: the drawdown of the sum is reached',
    )
    if (legs.some((leg) => bot.closedReason(leg) !== null))
      coverage.sometimes('legs: a limit on the sum is reached while a leg is closed')
    const worth = worthOf(bot)
    if (!isBeyond(risk, latch, worth, 0 - ROUNDING))
      this.#world.blame(`${latch} is latched at an equity of ${worth.equity}, which is allowed`)
  }

  /** A loss that stood through two rounds of prices has stood through one that began after it. */
  #checkMissed(bot: LegsBot, risk: LegsRisk): void {
    const worth = worthOf(bot)
    const isLost =
      risk.latch === null && latches.some((latch) => isBeyond(risk, latch, worth, ROUNDING))
    const [first, second] = bot.pricesHeard
    if (!isLost) {
      this.#loss = null
      return
    }
    this.#loss ??= { from: [first, second], rounds: 0 }
    const { from, rounds } = this.#loss
    if (first === from[0] || second === from[1]) return
    this.#loss = { from: [first, second], rounds: rounds + 1 }
    // The first may have begun before the loss.
    if (rounds === 0) return
    this.#world.blame(
      `an equity of ${worth.equity} is beyond the limits on the sum, and none is latched`,
    )
  }

  // What the desks make of it

  /** An operator says to resume or to arm a leg. */
  onResumed(leg: Leg): void {
    this.#isResumed[leg] = true
  }

  /** A desk has taken the word of the bot: each closes for itself, so one leg may stand alone for a moment. */
  onTold(): void {
    if (this.#onBreach === 'flatten') this.#world.watch.allowClosing()
  }

  get #onBreach(): OnBreach | null {
    return this.#world.scenario.legsLimits?.onBreach ?? null
  }

  /** After each event. */
  onEvent(): void {
    const onBreach = this.#onBreach
    const { bot } = this.#world
    if (onBreach === null || bot.keeper.engine === null) return
    const isLatched = bot.keeper.risk?.latch != null
    for (const leg of legs) {
      this.#checkTold(leg, onBreach, isLatched)
      if (onBreach === 'flatten') this.#checkFlat(leg)
    }
    this.#noteHeld(onBreach, isLatched)
    this.#checkRepair()
  }

  /** A leg whose desk and bot speak to each other is in the mode that was configured. */
  #checkTold(leg: Leg, onBreach: OnBreach, isLatched: boolean): void {
    const { scheduler, bot } = this.#world
    const entry = this.#entry(leg)
    const isFree =
      isLatched &&
      entry !== null &&
      bot.isSpeaking(leg) &&
      entry.ending === null &&
      entry.override !== 'released' &&
      !modesOf[onBreach].has(entry.loop.risk.mode) &&
      // A bot that was away while an operator resumed and paused it hears of the pause alone.
      !(this.#isResumed[leg] && entry.loop.risk.mode !== 'running')
    const lasted = this.#untold[leg].take(scheduler.now, isFree)
    if (lasted > TOLD_MS)
      this.#world.blame(
        `leg ${leg} is ${entry?.loop.risk.mode} ${Math.round(lasted)} ms after a limit on the sum with on_breach ${onBreach} was latched`,
      )
  }

  /** Flattened is flattened, once the venue answers. */
  #checkFlat(leg: Leg): void {
    const { scheduler } = this.#world
    const entry = this.#entry(leg)
    const { latch = null } = entry?.loop.risk ?? {}
    const isDue =
      isOfSum(latch) &&
      entry?.override !== 'released' &&
      entry?.loop.outside.gap === 0 &&
      this.#answers(leg) &&
      this.#world.market(leg).position !== 0
    const lasted = this.#open[leg].take(scheduler.now, isDue)
    if (lasted > FLAT_MS)
      this.#world.blame(
        `leg ${leg} holds ${this.#world.market(leg).position} lots ${Math.round(lasted)} ms after a limit on the sum was to flatten it`,
      )
  }

  #noteHeld(onBreach: OnBreach, isLatched: boolean): void {
    if (!isLatched) this.#isHeldNoted = false
    else if (!this.#isHeldNoted && legs.every((leg) => isOfSum(this.#latchOf(leg)))) {
      this.#isHeldNoted = true
      this.#world.coverage.sometimes(held[onBreach])
    }
  }

  /** Where both legs may reduce and no more, the one that is ahead goes back to what the other holds. */
  #checkRepair(): void {
    const { scheduler, watch, scenario, coverage, bot } = this.#world
    const isApart = Math.abs(watch.delta) > scenario.sizes.dust
    const isDue = isApart && this.#isBotThere && legs.every((leg) => this.#isReducing(leg))
    const lasted = this.#apart.take(scheduler.now, isDue)
    if (isDue && !this.#wasApart) coverage.sometimes('legs: apart while both legs may only reduce')
    this.#wasApart = isDue
    if (lasted > 3 * scenario.imbalanceMs + 10_000)
      this.#world.blame(
        `net delta of ${watch.delta} units for ${Math.round(lasted)} ms while both legs may reduce (known ${watch.known(bot)})`,
      )
  }

  #isReducing(leg: Leg): boolean {
    const entry = this.#entry(leg)
    if (entry === null || !this.#answers(leg)) return false
    const { loop, override, ending } = entry
    const { mode } = loop.risk
    const isHeld = mode === 'reduce_only' || mode === 'paused'
    return isHeld && loop.outside.gap === 0 && override === null && ending === null
  }

  get #isBotThere(): boolean {
    const { bot, scheduler, botSince } = this.#world
    const { isDead, heldUntil } = bot.owner
    return !isDead && scheduler.now - Math.max(heldUntil, botSince) >= RECOVERY_MS
  }

  /** As LegsWatch has it, which looks first. */
  #answers(leg: Leg): boolean {
    const { scheduler, worlds } = this.#world
    return scheduler.now - (worlds[leg].coverage as VenueCoverage).troubleUntil >= RECOVERY_MS
  }

  #latchOf(leg: Leg): string | null {
    return this.#entry(leg)?.loop.risk.latch ?? null
  }

  #entry(leg: Leg): InstanceEntry | null {
    const { desk, bots } = this.#world.worlds[leg]
    return desk?.desk.entries.get(bots[0]?.settings.instance ?? '') ?? null
  }

  /** An order leaves a desk that a limit on the sum has halted: only what closes the position may. */
  onSent(leg: Leg, clientId: string, entry: InstanceEntry | null): void {
    if (entry === null || entry.override !== null) return
    const { mode, latch } = entry.loop.risk
    if (isOfSum(latch) && mode === 'halted')
      this.#world.blame(`${clientId} leaves leg ${leg}, which a limit on the sum has halted`)
  }
}

/** The desks have no loss limits of their own here. */
const isOfSum = (latch: string | null): boolean =>
  latch === 'limit_daily_loss' || latch === 'limit_drawdown'

interface Worth {
  readonly equity: number
  readonly capital: number
}

/** Capital and result of both legs at the marks that the bot has heard, in the money of the first. */
function worthOf({ keeper }: LegsBot): Worth {
  const { engine, prices } = keeper
  if (engine === null) return { equity: 0, capital: 0 }
  const { capital } = engine.ledger
  let sum = BigInt(capital)
  for (const leg of legs) {
    const { cash, fees, funding } = engine.ledger.legAmounts(leg)
    const { position } = engine.ledger.holding(leg)
    const perUnit = engine.instruments[leg]?.moneyPerUnit ?? 0
    const value = BigInt(position) * BigInt(prices[leg]?.mark ?? 0) * BigInt(perUnit)
    const result = BigInt(cash) + value - BigInt(fees) + BigInt(funding)
    sum += (result * BigInt(engine.ledger.settleRate(leg))) / SCALE
  }
  return { equity: Number(sum), capital }
}

/** Amounts of a leg are turned into the money of the first one by one, each rounded: so much may lie between two sums. */
const ROUNDING = 10

/** Whether so much less than what the limit counts from is lost. @param slack units that are no proof */
function isBeyond(
  { limits, stored }: LegsRisk,
  latch: LegsLatch,
  { equity, capital }: Worth,
  slack: number,
): boolean {
  const isDaily = latch === 'limit_daily_loss'
  const share = isDaily ? limits.dailyLossMax : limits.drawdownMax
  if (share === 0) return false
  const base = isDaily ? stored.dayStart : stored.peak
  const allowed = (BigInt(isDaily ? base : capital) * BigInt(share)) / SCALE
  return base - equity - slack > Number(allowed)
}
