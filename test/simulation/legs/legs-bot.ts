/** The one bot of two legs: the real session, keeper, engine and strategy; a process that dies and comes again from its file. */
import { InstanceKeeper } from '../../../src/bot/instance-keeper.ts'
import { type BotEnd, BotSession } from '../../../src/bot/session.ts'
import type { AnyPair } from '../../../src/domain/arbitrage/pair-state.ts'
import type { Json } from '../../../src/domain/strategy.ts'
import type { AnyStrategy } from '../../../src/engine/instance.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { Logger } from '../../../src/ports/logger.ts'
import type { BotToDesk, DeskToBot } from '../../../src/protocol/desk-messages.ts'
import type { BotLaunch } from '../../../src/protocol/launch.ts'
import { crossVenueMarketMaking } from '../../../src/strategies/cross-venue-market-making/strategy.ts'
import { fundingArbitrage } from '../../../src/strategies/funding-arbitrage/strategy.ts'
import { spreadArbitrage } from '../../../src/strategies/spread-arbitrage/strategy.ts'
import type { Owner } from '../orders/scheduler.ts'
import type { World } from '../orders/world.ts'
import type { BotDisk } from './bot-disk.ts'
import { LegLine, type Said } from './leg-line.ts'
import type { LegPort } from './leg-port.ts'
import type { StrategyId } from './scenario.ts'

export type LegWorlds = readonly [World<LegPort>, World<LegPort>]
export type Leg = 0 | 1
export const legs: readonly Leg[] = [0, 1]

const strategies: Readonly<Record<StrategyId, unknown>> = {
  spread_arbitrage: spreadArbitrage,
  cross_venue_market_making: crossVenueMarketMaking,
  funding_arbitrage: fundingArbitrage,
}

export const strategyOf = (id: StrategyId): AnyStrategy => strategies[id] as AnyStrategy

export type WantsMessage = Extract<BotToDesk, { type: 'wants' }>

export interface BotParts {
  readonly worlds: LegWorlds
  readonly launch: BotLaunch
  readonly disk: BotDisk
  readonly clock: Clock
  readonly owner: Owner
  readonly logger: Logger
  /** The bot has heard something and said what follows from it. */
  readonly onHeard: (bot: LegsBot) => void
  readonly onWants: (bot: LegsBot, leg: Leg, message: WantsMessage) => void
  readonly onTaken: (leg: Leg, said: Said) => void
  /** A desk is about to take a limit on the sum. */
  readonly onLimit: () => void
  /** Net delta as the bot has it, in units. */
  readonly known: (bot: LegsBot) => number
  readonly onEnd: (end: BotEnd) => void
}

export class LegsBot {
  readonly owner: Owner
  readonly keeper: InstanceKeeper
  readonly session: BotSession
  readonly #parts: BotParts
  readonly #lines: readonly [LegLine, LegLine]
  /** How often this process has heard prices of each leg. */
  readonly pricesHeard: [number, number] = [0, 0]

  constructor(parts: BotParts) {
    const { launch, disk, clock, logger, owner } = parts
    this.#parts = parts
    this.owner = owner
    this.keeper = new InstanceKeeper(launch, strategyOf(launch.strategy as StrategyId), disk)
    this.session = new BotSession({
      launch,
      keeper: this.keeper,
      clock,
      logger,
      send: (leg, message) => this.#send(leg as Leg, message),
      reconnect: (leg) => this.#lines[leg as Leg].giveUp(),
      end: (end) => parts.onEnd(end),
    })
    this.#lines = [this.#line(0), this.#line(1)]
  }

  #line(leg: Leg): LegLine {
    const { worlds, owner, onHeard, onTaken, onLimit } = this.#parts
    const heard = (): void => onHeard(this)
    return new LegLine({
      world: worlds[leg],
      owner,
      onConnected: () => this.session.connected(leg),
      onDisconnected: (reason) => {
        this.session.disconnected(leg, reason)
        heard()
      },
      onMessages: (messages: readonly DeskToBot[]) => {
        if (messages.some(({ type }) => type === 'market')) this.pricesHeard[leg]++
        this.session.receive(leg, messages)
        heard()
      },
      onTaken: (said) => onTaken(leg, said),
      onLimit,
    })
  }

  #send(leg: Leg, message: BotToDesk): void {
    if (this.owner.isDead) return
    if (message.type === 'wants') this.#parts.onWants(this, leg, message)
    const changes = message.type === 'wants' ? message.changes : []
    const isTargetNew = changes.some(({ kind }) => kind === 'target' || kind === 'drop_target')
    const isClosed = legs.some((one) => this.closedReason(one) !== null)
    this.#lines[leg].send(message, { isClosed, isTargetNew, known: this.#parts.known(this) })
  }

  start(): void {
    this.session.start()
    for (const line of this.#lines) line.open()
  }

  onDesk(leg: Leg): void {
    this.#lines[leg].renew()
  }

  /** After each event. */
  check(): void {
    for (const line of this.#lines) line.check()
  }

  kill(): void {
    this.owner.isDead = true
    this.check()
  }

  /** The fleet tells of a changed file, as the bot's process hears it. @returns why it is refused; none = it acts */
  configure(parameters: BotLaunch['parameters']): readonly string[] {
    const { output, refusals } = this.keeper.reconfigure(parameters, this.keeper.lastAt)
    if (output !== null) this.session.adjusted(output)
    this.#parts.onHeard(this)
    return refusals
  }

  /** What the strategy keeps; null before its first start. */
  get pair(): AnyPair | null {
    const state = this.keeper.engine?.stored().state as Json | undefined
    return state === undefined ? null : (state as unknown as AnyPair)
  }

  /** Lots that the bot has booked. */
  booked(leg: Leg): number {
    return this.keeper.engine?.ledger.holding(leg).position ?? 0
  }

  closedReason(leg: Leg): string | null {
    return this.session.legs[leg]?.closedReason ?? null
  }

  /** Whether what only reduces may pass, as far as the desk has said; whether its venue is open the strategy was told. */
  canReduce(leg: Leg): boolean {
    const { isConnected = false, isReady = false, mode = 'killed' } = this.session.legs[leg] ?? {}
    const isHeard = isConnected && isReady && mode !== 'killed' && mode !== 'halted'
    return isHeard && this.pair?.legs.pair[leg].canReduce === true
  }

  /** Bot and desk of the leg hear each other. */
  isSpeaking(leg: Leg): boolean {
    const { desk, scheduler } = this.#parts.worlds[leg]
    const { isConnected = false, isReady = false } = this.session.legs[leg] ?? {}
    const areFree = [this.owner, desk?.owner].every(
      (owner) => owner?.isDead === false && owner.heldUntil <= scheduler.now,
    )
    return isConnected && isReady && areFree
  }

  get hasFinished(): boolean {
    return this.keeper.ended !== null
  }
}
