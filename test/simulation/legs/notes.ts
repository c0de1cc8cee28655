/** Notes what two legs have met (coverage.ts), from what venues, bot and strategy tell; judges nothing but the bot's own complaints. */
import type { Logger } from '../../../src/ports/logger.ts'
import type { LegSituation, VenueCoverage } from './coverage.ts'
import { type Leg, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'

const DUST_CARRIED_MS = 2000

const downs: Readonly<Record<string, LegSituation>> = {
  entering: 'legs: a venue goes down while entering',
  holding: 'legs: a venue goes down while holding',
  exiting: 'legs: a venue goes down while exiting',
  following: 'legs: a venue goes down while quoting',
}

export class Notes {
  /** Of the strategy, as it was after the latest fill. */
  phase = ''
  readonly #world: LegsWorld
  readonly #wasDown: [boolean, boolean] = [false, false]
  #dustSince: number | null = null

  /** @param lead the leg that moves first */
  constructor(world: LegsWorld, lead: Leg) {
    this.#world = world
    for (const leg of legs) this.#watchVenue(leg, leg === lead ? 'lead' : 'hedge')
  }

  #watchVenue(leg: Leg, part: 'lead' | 'hedge'): void {
    const { worlds, scenario, coverage } = this.#world
    const venueCoverage = worlds[leg].coverage as VenueCoverage
    venueCoverage.onMet = (name) => {
      if (name === 'order: unknown, then filled')
        coverage.sometimes(`legs: unknown order of the ${part}, then filled`)
      else if (name === 'order: unknown, then absent')
        coverage.sometimes(`legs: unknown order of the ${part}, then absent`)
      else if (name === 'venue: partial fill' && part === 'hedge')
        coverage.sometimes('legs: hedge filled in part')
      else if (name === 'venue: cancel races fill')
        coverage.sometimes('legs: a cancel races a fill')
    }
    const { venue } = worlds[leg]
    const judge = venue.onFilled
    const isMaking = scenario.strategy === 'cross_venue_market_making' && leg === 0
    venue.onFilled = (order, lots, before) => {
      judge(order, lots, before)
      if (isMaking && order?.request.isPostOnly) coverage.sometimes('legs: a maker order filled')
    }
  }

  down(leg: Leg, isDown: boolean): void {
    const before = this.#wasDown[leg]
    this.#wasDown[leg] = isDown
    const name = downs[this.phase]
    if (isDown && !before && name !== undefined) this.#world.coverage.sometimes(name)
  }

  /** @param isCarried both venues answer, and what they hold differs by no more than dust, and not by nothing */
  dust(isCarried: boolean): void {
    const { scheduler, coverage } = this.#world
    if (!isCarried) {
      this.#dustSince = null
      return
    }
    this.#dustSince ??= scheduler.now
    if (scheduler.now - this.#dustSince < DUST_CARRIED_MS) return
    coverage.sometimes('legs: dust is carried')
    this.#dustSince = Number.POSITIVE_INFINITY
  }

  nextPhase(phase: string): void {
    const { coverage } = this.#world
    const before = this.phase
    this.phase = phase
    if (before === 'entering' && phase === 'holding') coverage.sometimes('legs: a pair was entered')
    if (before === 'exiting' && phase === 'flat') coverage.sometimes('legs: a pair was left')
  }

  botKilled(isApart: boolean): void {
    this.#world.coverage.sometimes(
      isApart ? 'legs: bot killed between two legs' : 'legs: bot killed while both agree',
    )
  }

  /** Hears notes of the strategy, and complaints of the bot about its own books: those are problems. */
  loggerOf(inner: Logger): Logger {
    const { coverage } = this.#world
    return {
      ...inner,
      warn: (scope, text, facts) => {
        inner.warn(scope, text, facts)
        if (scope !== 'strategy') return
        if (text.includes('is unwound')) this.#unwound(text)
        else if (text.includes('hedged at the market'))
          coverage.sometimes('legs: repaired by hedging again')
      },
      error: (scope, text, facts) => {
        inner.error(scope, text, facts)
        if (scope === 'instance' || scope === 'strategy') this.#world.blame(`the bot says: ${text}`)
      },
    }
  }

  #unwound(text: string): void {
    const { coverage, bot, scenario } = this.#world
    const isClosed = legs.some((leg) => bot.closedReason(leg) !== null)
    coverage.sometimes(
      isClosed ? 'legs: unwound while the other venue is closed' : 'legs: repaired by unwinding',
    )
    const lasted = Number(/for (\d+) ms/.exec(text)?.[1] ?? 0)
    if (!isClosed && lasted < scenario.imbalanceMs)
      coverage.sometimes('legs: the loss cap is reached')
  }
}
