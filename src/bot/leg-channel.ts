/**
 * The conversation about one leg with its desk (docs/concepts/wants.md): hello, welcome, catch up, the whole wants once with
 * `replace: true`, then changes. Free pace: one message of wants for each batch that came from the socket. Lockstep: one for
 * each step, after everything is stored, so that a bot that dies at any point goes on alike.
 */
import type { NumberedEvent } from '../domain/account-event.ts'
import { type InstanceMode, mayReduce } from '../domain/instance-mode.ts'
import type { Wake } from '../domain/strategy.ts'
import { NO_STEP } from '../engine/instance.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'
import type { Clock } from '../ports/clock.ts'
import {
  type BotToDesk,
  DESK_PROTOCOL_VERSION,
  type DeskInstanceSettings,
  type DeskToBot,
} from '../protocol/desk-messages.ts'
import type { BotLeg, Welcome } from './bot-leg.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import type { LegRouter } from './leg-router.ts'
import { Outbox } from './outbox.ts'
import type { StateKeeping } from './state-keeping.ts'

/** What the desk last said about the leg. */
export interface DeskView {
  readonly isConnected: boolean
  readonly isReady: boolean
  readonly mode: InstanceMode
  readonly modeReason: string | null
  readonly feed: string | null
  readonly pace: 'free' | 'lockstep' | null
  readonly reasons: Readonly<Record<string, string>>
}

export type Ended = Extract<DeskToBot, { type: 'ended' }>
type OpenWord = Extract<DeskToBot, { type: 'open' }>

export interface LegChannelParts {
  /** Place of the leg in the list of the instance. */
  readonly index: number
  readonly leg: BotLeg
  readonly keeper: InstanceKeeper
  readonly clock: Clock
  readonly state: StateKeeping
  /** Null: the instance has this leg alone, so everything is its own. */
  readonly router: LegRouter | null
  send(message: BotToDesk): void
  /** Nothing is wanted any more: the process ends, or the strategy has failed. */
  isMute(): boolean
}

/** Wants computed before the events that wait would take orders back for nothing; yet they must not wait for ever. */
const CATCH_UP_WAIT_MS = 1000

export class LegChannel {
  readonly #parts: LegChannelParts
  readonly #outbox = new Outbox()
  settings: DeskInstanceSettings
  view: DeskView = {
    isConnected: false,
    isReady: false,
    mode: 'running',
    modeReason: null,
    feed: null,
    pace: null,
    reasons: {},
  }
  welcome: Welcome | null = null
  /** Said before the instance has started: booked right after it. */
  readonly early: NumberedEvent[] = []
  ended: Ended | null = null
  hasAccountEvents = false
  /** What the desk says of the venue; null = nothing yet on this connection. */
  #venue: Omit<OpenWord, 'type'> | null = null
  #needsReplace = true
  #cancelWait: (() => void) | null = null
  #wakesSent: readonly Wake[] | null = null

  constructor(parts: LegChannelParts) {
    this.#parts = parts
    this.settings = parts.leg.settings
  }

  get index(): number {
    return this.#parts.index
  }

  /** Number of the last event of this leg that was booked. */
  get lastSeq(): number {
    return this.#parts.keeper.lastSeqOf(this.#parts.index)
  }

  /** Why no new risk may be taken on this leg now; null = it may. */
  get closedReason(): string | null {
    const { isConnected, isReady, mode, modeReason } = this.view
    if (!isConnected) return 'its desk is not connected'
    if (!isReady) return 'its desk has not taken it yet'
    if (this.ended !== null) return 'it has ended'
    if (mode !== 'running') return modeReason ?? `it is ${mode}`
    if (this.#venue === null) return 'its desk has not said yet whether it is open'
    return this.#venue.isOpen ? null : (this.#venue.reason ?? 'its venue is not open')
  }

  /** Whether orders that only reduce pass now: a leg that is paused is closed, and can still be left. */
  get canReduce(): boolean {
    const { isConnected, isReady, mode } = this.view
    const isHeard = isConnected && isReady && this.ended === null
    return isHeard && mayReduce(mode) && this.#venue?.canReduce === true
  }

  /** Whether the venue holds what is booked, as far as its desk knows; undefined = it has not said so on this connection. */
  get isPositionSure(): boolean | undefined {
    return this.#venue?.isPositionSure
  }

  connected(): void {
    this.#needsReplace = true
    this.hasAccountEvents = false
    this.#outbox.take()
    this.#wakesSent = null
    this.ended = null
    this.view = { ...this.view, isConnected: true, isReady: false }
    this.#parts.send({
      type: 'hello',
      version: DESK_PROTOCOL_VERSION,
      token: this.#parts.leg.deskToken,
      settings: this.settings,
      afterSeq: this.lastSeq,
    })
  }

  disconnected(): void {
    this.#cancelWait?.()
    this.welcome = null
    this.early.length = 0
    this.#venue = null
    this.view = { ...this.view, isConnected: false, isReady: false }
  }

  greeted(welcome: Welcome): void {
    this.welcome = welcome
    const { mode, feed } = welcome
    const pace = welcome.pace ?? this.view.pace
    const modeReason = welcome.modeReason ?? null
    this.view = { ...this.view, isReady: true, mode, modeReason, feed, pace, reasons: {} }
  }

  onOpen({ isOpen, canReduce = isOpen, reason, isPositionSure = true }: OpenWord): void {
    this.#venue = { isOpen, canReduce, reason, isPositionSure }
  }

  setPace(pace: 'free' | 'lockstep'): void {
    if (pace !== this.view.pace) this.view = { ...this.view, pace }
  }

  /** Says something that is no want, when the desk has taken this leg. */
  tell(message: BotToDesk): void {
    if (this.view.isReady) this.#parts.send(message)
  }

  stop(): void {
    this.#cancelWait?.()
  }

  /** Takes what the strategy said; lost without a connection, for everything is said again after the next hello. */
  add(output: EngineOutput): void {
    if (!this.view.isConnected) return
    const { router, index } = this.#parts
    if (router === null) return this.#outbox.add(output)
    const own = router.share(output, index)
    const isSame = own.wakes !== null && isSameList(own.wakes, this.#wakesSent)
    if (own.wakes !== null) this.#wakesSent = own.wakes
    this.#outbox.add(isSame ? { ...own, wakes: null } : own)
  }

  /** Sends what is due after a batch of messages, of this leg or of another. */
  afterBatch(): void {
    if (!this.view.isReady || this.#parts.isMute()) return
    const hasNews = this.hasAccountEvents || !this.#outbox.isEmpty
    if (this.isLockstep && !this.#isBeforeFirstStep()) {
      // The step that these belong to answers for them; news outside a step goes out a little later.
      if (hasNews) this.waitForRest()
    } else if (this.#needsReplace) {
      if (this.#isCaughtUp()) this.#sendReplace(null)
    } else if (hasNews) {
      this.#sendChanges(null)
    }
  }

  /** What an adjustment outside a batch has changed. */
  sendAdjusted(): void {
    const hasNews = this.#parts.router === null || !this.#outbox.isEmpty
    if (this.view.isReady && !this.#needsReplace && hasNews) this.#sendChanges(null)
  }

  answerStep(step: number): void {
    if (this.#needsReplace) this.#sendReplace(step)
    else this.#sendChanges(step)
  }

  /** Until the desk has said it, an instance that has done a step stands in a market of steps. */
  get isLockstep(): boolean {
    const { pace } = this.view
    if (pace !== null) return pace === 'lockstep'
    return (this.#parts.keeper.engine?.lastStep ?? NO_STEP) > NO_STEP
  }

  /** In lockstep the market waits for the first wants before it makes its first step. */
  #isBeforeFirstStep(): boolean {
    return this.#needsReplace && (this.#parts.keeper.engine?.lastStep ?? NO_STEP) === NO_STEP
  }

  #isCaughtUp(): boolean {
    return this.welcome !== null && this.lastSeq >= this.welcome.lastSeq
  }

  waitForRest(): void {
    this.#cancelWait?.()
    const seqBefore = this.lastSeq
    this.#cancelWait = this.#parts.clock.after(CATCH_UP_WAIT_MS, () => {
      if (!this.view.isReady || this.#parts.isMute()) return
      if (this.lastSeq !== seqBefore) this.waitForRest()
      else if (this.#needsReplace) this.#sendReplace(null)
      else if (this.hasAccountEvents || !this.#outbox.isEmpty) this.#sendChanges(null)
    })
  }

  #sendReplace(step: number | null): void {
    const { keeper, state, router, index } = this.#parts
    const { engine } = keeper
    if (engine === null) return
    state.checkPosition(index, this.welcome)
    this.#outbox.take()
    this.hasAccountEvents = false
    this.#needsReplace = false
    state.saveIfDirty()
    state.compareBooks()
    const whole = engine.wants()
    const { finish } = whole
    const own = router === null ? whole : router.share({ ...whole, notes: [] }, index)
    this.#wakesSent = own.wakes
    this.send({ step, replace: true, changes: own.changes, wakes: own.wakes, finish })
  }

  #sendChanges(step: number | null): void {
    this.hasAccountEvents = false
    this.#parts.state.saveIfDirty()
    this.send({ step, replace: false, ...this.#outbox.take() })
  }

  send(wants: Omit<Extract<BotToDesk, { type: 'wants' }>, 'type' | 'basisSeq'>): void {
    this.#parts.send({ type: 'wants', basisSeq: this.lastSeq, ...wants })
  }
}

const isSameList = (a: readonly Wake[], b: readonly Wake[] | null): boolean =>
  b !== null && a.length === b.length && a.every((wake, index) => wake === b[index])
