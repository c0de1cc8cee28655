/**
 * Holds the limits on the sum of the legs (engine/legs-risk.ts): a breach is stored and told to every desk, also to one that
 * comes back later; an operator who lets a leg run again has released it.
 */

import type { InstanceMode } from '../domain/instance-mode.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { EquityRound } from '../engine/legs-risk.ts'
import type { Logger } from '../ports/logger.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import type { LegChannel } from './leg-channel.ts'

/** Whether a mode other than running is what a limit makes of a leg, or stricter. */
const isHeldEnough = (mode: InstanceMode, onBreach: RiskLimits['onBreach']): boolean =>
  onBreach === 'reduce_only' || (mode !== 'reduce_only' && mode !== 'paused')

export interface LegsLimitParts {
  readonly keeper: InstanceKeeper
  readonly logger: Logger
  readonly channels: readonly LegChannel[]
}

export class LegsLimit {
  readonly #parts: LegsLimitParts
  readonly #round: EquityRound

  constructor(parts: LegsLimitParts) {
    this.#parts = parts
    this.#round = new EquityRound(parts.channels.length)
  }

  /** The market of a leg has told something. */
  heard({ index }: LegChannel): void {
    this.#round.heard(index)
  }

  /** Looks at the equity of all legs, after each batch of news. */
  look(): void {
    const { keeper, logger, channels } = this.#parts
    const { engine, risk } = keeper
    if (engine === null || risk === null) return
    const at = engine.lastAt
    const round = this.#round.take(at, engine.ledger.equity(keeper.prices))
    const code = round === null ? null : risk.onEquity(at, round.highest, round.lowest)
    if (code === null) return
    logger.warn('risk', 'a limit on the sum of the legs was reached', { limit: code })
    // Durable before a desk acts on it, so that a leg that is away now is told by the next process too.
    keeper.save(true)
    for (const channel of channels) {
      this.#tell(channel)
      // A desk that holds the leg already says nothing new: when it runs again an operator has let it go.
      if (channel.view.isReady) this.onMode(channel)
    }
  }

  /** A desk that has not heard of the latch is told; one that runs again although it had was released by an operator. */
  onWelcome(channel: LegChannel): void {
    const isHeld = this.#parts.keeper.risk?.stored.held.includes(channel.index) === true
    this.onMode(channel)
    // Told twice, it could come after the word of an operator who has just resumed it.
    if (!isHeld) this.#tell(channel)
  }

  /** The desk tells a mode. */
  onMode({ index, view }: LegChannel): void {
    const { keeper, logger } = this.#parts
    const { engine, risk } = keeper
    if (engine === null || risk === null || risk.latch === null) return
    // Held for less than the limit asks: its desk may not know of it yet.
    if (view.mode !== 'running' && !isHeldEnough(view.mode, risk.limits.onBreach)) return
    const { stored } = risk
    const equity = engine.ledger.equity(keeper.prices)
    if (risk.onMode(index, view.mode === 'running', equity))
      logger.info('risk', 'the limit on the sum of the legs counts anew: an operator resumed a leg')
    // Which desks know of it must survive the process: who is resumed meanwhile is not held again.
    if (risk.stored !== stored) keeper.save(true)
  }

  #tell(channel: LegChannel): void {
    const { risk } = this.#parts.keeper
    const figures = risk?.figures() ?? null
    if (risk === null || risk.latch === null || figures === null) return
    channel.tell({ type: 'limit', code: risk.latch, onBreach: risk.limits.onBreach, figures })
  }
}
