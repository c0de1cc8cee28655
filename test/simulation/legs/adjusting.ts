/**
 * Hot adjustment of a pair, as the fleet does it: the file changes; a bot that runs is told, another one reads it at its next
 * start. What a new size or another number of parts means for the bound is kept here.
 */
import { cannotReconfigure } from '../../../src/bot/reconfigure.ts'
import { formatDecimal } from '../../../src/domain/money.ts'
import type { Json } from '../../../src/domain/strategy.ts'
import type { Random } from '../../support/random.ts'
import { type LegsBot, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'
import type { LegsScenario, Sizes } from './scenario.ts'

export type PairParameters = { readonly [key: string]: Json }

type Size = Pick<Sizes, 'size' | 'clips' | 'openMax'>

/** A start of the bot that has all legs takes a changed file over by then. */
const TAKEN_MS = 5000
/** A desk has taken what a bot says that it hears. */
const HEARD_MS = 1000

const same = (a: Json | undefined, b: Json | undefined): boolean => String(a) === String(b)

export class Adjusting {
  /** As the file has them now. */
  parameters: PairParameters
  readonly #world: LegsWorld
  /** What the file asks for, once nothing of before is held any more; null = that is so. */
  #next: Size | null = null
  #untakenSince: number | null = null
  /** Since when both desks hear a bot that goes by it. */
  #heardSince: number | null = null

  constructor(world: LegsWorld) {
    this.#world = world
    this.parameters = world.scenario.parameters
  }

  /** An operator changes the file. */
  adjust(random: Random): void {
    const { scenario, bot, coverage, scheduler } = this.#world
    const isAway = bot.owner.isDead || bot.keeper.engine === null
    const isDeaf = bot.owner.heldUntil > scheduler.now || cannotReconfigure(bot.keeper) !== null
    if (!isAway && isDeaf) return
    const size = nextSize(scenario, random)
    this.parameters = { ...this.parameters, ...changed(scenario, size, random) }
    this.#widen(size)
    if (isAway) return coverage.sometimes('legs: adjusted while the bot is away')
    this.#note(bot, size)
    const refusals = bot.configure(this.parameters)
    if (refusals.length > 0) this.#world.blame(`an adjustment is refused: ${refusals.join(' ')}`)
  }

  #note(bot: LegsBot, { size, clips }: Size): void {
    const { coverage, scenario, watch } = this.#world
    const { phase } = bot.pair?.legs ?? { phase: '' }
    if (phase === 'entering') coverage.sometimes('legs: adjusted while entering')
    else if (phase === 'holding') coverage.sometimes('legs: adjusted while holding')
    else if (phase === 'exiting') coverage.sometimes('legs: adjusted while exiting')
    else if (phase === 'following') coverage.sometimes('legs: adjusted while quoting')
    const { sizes } = scenario
    const isSmaller = size / clips < sizes.size / sizes.clips
    if (isSmaller && Math.abs(watch.delta) > sizes.dust)
      coverage.sometimes('legs: a smaller part is configured while one is on its way')
  }

  /** Until all of before is gone the larger of both sizes and the larger part of both are allowed. */
  #widen(next: Size): void {
    const { sizes } = this.#world.scenario
    this.#next = next
    this.#heardSince = null
    sizes.size = Math.max(sizes.size, next.size)
    sizes.clips = Math.min(sizes.clips, next.clips)
    sizes.openMax = Math.max(sizes.openMax, next.openMax)
  }

  /** After each event. */
  onEvent(): void {
    this.#narrow()
    this.#checkTaken()
  }

  #narrow(): void {
    const { scenario, bot, scheduler } = this.#world
    if (this.#next === null) return
    if (!this.#isTaken(bot) || !legs.every((leg) => bot.isSpeaking(leg))) {
      this.#heardSince = null
      return
    }
    this.#heardSince ??= scheduler.now
    // What was wanted before is on its way to a desk for so long, at most.
    if (scheduler.now - this.#heardSince < HEARD_MS) return
    if (!legs.every((leg) => this.#isEmpty(leg))) return
    Object.assign(scenario.sizes, this.#next)
    this.#next = null
  }

  /** Nothing is held, nothing is on its way, and the bot knows it. */
  #isEmpty(leg: 0 | 1): boolean {
    const { worlds, bot } = this.#world
    const market = this.#world.market(leg)
    const { desk, bots } = worlds[leg]
    const entry = desk?.desk.entries.get(bots[0]?.settings.instance ?? '')
    if (market.position !== 0 || bot.booked(leg) !== 0 || market.open.size > 0) return false
    return entry !== undefined && entry.loop.orders().length === 0 && bot.pair?.legs.aim === 0
  }

  /** What the strategy goes by is what the file says. */
  #isTaken({ pair }: LegsBot): boolean {
    if (pair === null) return false
    const given = pair.parameters as PairParameters
    return Object.entries(this.parameters).every(([key, value]) => same(given[key], value))
  }

  #checkTaken(): void {
    const { bot, scheduler } = this.#world
    const { isDead, heldUntil } = bot.owner
    const isThere = !isDead && heldUntil <= scheduler.now && !bot.hasFinished
    const isDue = isThere && bot.pair?.finish === null && legs.every((leg) => bot.isSpeaking(leg))
    if (!isDue || this.#isTaken(bot)) {
      this.#untakenSince = null
      return
    }
    this.#untakenSince ??= scheduler.now
    if (scheduler.now - this.#untakenSince > TAKEN_MS)
      this.#world.blame('the bot trades by other parameters than its file has')
  }
}

function nextSize({ sizes }: LegsScenario, random: Random): Size {
  const { step, dust, openMax } = sizes
  const least = Math.ceil((2 * (dust + 1)) / step) * step
  return {
    size: random.chance(0.5) ? sizes.size : least + step * random.int(0, 30),
    clips: random.int(1, 6),
    openMax: random.chance(0.5) ? openMax : random.pick([1, 2]),
  }
}

/** Parameters that follow from the size, and some others that may change while it runs. */
function changed(
  { strategy, sizes }: LegsScenario,
  { size, clips, openMax }: Size,
  random: Random,
): PairParameters {
  const common = {
    order_quantity: formatDecimal(size, sizes.decimals),
    clips,
    slippage_bps: random.pick(['2', '5', '20', '60']),
    leg_loss_cap_bps: random.pick(['10', '30', '50', '200']),
    cooldown_s: random.pick([0, 1, 5]),
  }
  if (strategy === 'cross_venue_market_making')
    return {
      ...common,
      min_profit_bps: random.pick(['-12', '-5', '0', '3']),
      inventory_max: formatDecimal(size * openMax, sizes.decimals),
    }
  if (strategy === 'funding_arbitrage')
    return { ...common, min_rate_bps_day: random.pick(['2', '5', '9']) }
  return {
    ...common,
    min_edge_bps: random.pick(['-15', '-5', '0', '5']),
    exit_spread_bps: random.pick(['-10', '0', '10']),
    max_open: openMax,
  }
}
