/**
 * One instance over the conversations with its desks, one for each leg (leg-channel.ts; most instances have one). A first
 * start waits for the welcomes of all legs; later a leg whose desk is away leaves the others going, and the strategy is told
 * by `leg` events which legs may take new risk.
 */
import { formatDecimal, quantity } from '../domain/money.ts'
import type { InstanceMode } from '../domain/risk.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import {
  type BotToDesk,
  DESK_PROTOCOL_VERSION,
  type DeskInstanceSettings,
  type DeskToBot,
} from '../protocol/desk-messages.ts'
import { type BotLaunch, botExit } from '../protocol/launch.ts'
import { type BotLeg, legsOf, type Welcome } from './bot-leg.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import { type DeskView, LegChannel } from './leg-channel.ts'
import { LegRouter } from './leg-router.ts'
import { type LegView, viewOfLegs } from './leg-view.ts'
import { LegsLimit } from './legs-limit.ts'
import { fillText } from './log-text.ts'
import { finalCodes, processCodes } from './refusal-codes.ts'
import { StateKeeping } from './state-keeping.ts'

export type { DeskView } from './leg-channel.ts'

/** How the process ends: its exit code and the sentences for people. */
export interface BotEnd {
  readonly code: (typeof botExit)[keyof typeof botExit]
  readonly sentences: readonly string[]
}

export interface SessionParts {
  readonly launch: BotLaunch
  readonly keeper: InstanceKeeper
  readonly clock: Clock
  readonly logger: Logger
  /** Hands a message to the desk of a leg; lost when there is no connection. */
  send(leg: number, message: BotToDesk): void
  /** Gives the connection of a leg up and makes a new one after the back-off. */
  reconnect(leg: number): void
  /** Called once: everything is stored and nothing more will be done. */
  end(end: BotEnd): void
}

const HEARTBEAT_INTERVAL_MS = 1000
const SAVE_INTERVAL_MS = 5000

interface ToldLeg {
  /** Why it is closed; null = open. */
  readonly reason: string | null
  readonly canReduce: boolean
  readonly isPositionSure: boolean | undefined
}

export class BotSession {
  readonly #parts: SessionParts
  readonly #keeper: InstanceKeeper
  readonly #logger: Logger
  readonly #state: StateKeeping
  readonly #legs: readonly BotLeg[]
  readonly #channels: readonly LegChannel[]
  readonly #limit: LegsLimit
  readonly #cancels: (() => void)[] = []
  /** What the strategy was told last of each leg; undefined = nothing in this process. */
  readonly #told: (ToldLeg | undefined)[]
  /** Legs that were welcomed at least once in this process. */
  readonly #known = new Set<number>()
  #isEnded = false
  /** Why the strategy does not go on. */
  #failure: string | null = null

  constructor(parts: SessionParts) {
    const { keeper, logger, clock } = parts
    this.#parts = parts
    this.#keeper = keeper
    this.#logger = logger
    this.#state = new StateKeeping(keeper, logger, () =>
      this.#channels.some((one) => one.isLockstep),
    )
    this.#legs = legsOf(parts.launch)
    const instruments = () => keeper.engine?.instruments ?? []
    const router = this.#isSingle ? null : new LegRouter(instruments)
    const isMute = () => this.#isEnded || this.#failure !== null
    this.#channels = this.#legs.map((leg, index) => {
      const send = (message: BotToDesk) => parts.send(index, message)
      return new LegChannel({ index, leg, keeper, clock, state: this.#state, router, send, isMute })
    })
    this.#told = this.#legs.map(() => undefined)
    this.#limit = new LegsLimit({ keeper, logger, channels: this.#channels })
  }

  get #isSingle(): boolean {
    return this.#legs.length === 1
  }

  /** The instance as its desks see it together: what every leg is, or the strictest. */
  get view(): DeskView {
    return viewOfLegs(this.#channels)
  }

  /** In the order of the legs. */
  get legs(): readonly LegView[] {
    return this.#channels.map(({ view, closedReason, lastSeq }) => {
      return { ...view, closedReason, lastSeq }
    })
  }

  /** The last try to store the state failed; what the desk keeps is not lost by that. */
  get isUnsaved(): boolean {
    return this.#state.isUnsaved
  }

  /** Whether the strategy has asked to end the instance. */
  get isFinishing(): boolean {
    return this.#keeper.engine?.wants().finish != null
  }

  /** Arms heartbeat and regular saving. */
  start(): void {
    const { clock } = this.#parts
    this.#cancels.push(
      clock.every(HEARTBEAT_INTERVAL_MS, () => this.#heartbeat()),
      clock.every(SAVE_INTERVAL_MS, () => this.#state.everyFewSeconds()),
    )
  }

  connected(leg: number): void {
    this.#channel(leg).connected()
  }

  disconnected(leg: number, reason: string): void {
    const channel = this.#channel(leg)
    const { isConnected } = channel.view
    channel.disconnected()
    if (isConnected)
      this.#logger.warn('desk', `connection to the desk lost${this.#nameOf(leg)}`, { reason })
    if (this.#isEnded) return
    this.#tellLegs()
    this.#afterBatch()
  }

  /** Everything that came from the socket of a leg at once. */
  receive(leg: number, messages: readonly unknown[]): void {
    for (const message of messages) {
      if (this.#isEnded) return
      this.#handle(this.#channel(leg), message as DeskToBot)
    }
    if (!this.#isEnded) this.#afterBatch()
  }

  /** Takes the output of an adjustment that was made outside a batch, and sends it. */
  adjusted(output: EngineOutput): void {
    if (this.#failure !== null) return
    this.#collect(output)
    for (const channel of this.#channels) channel.sendAdjusted()
  }

  /** Other terms of the instance or of its further legs: a desk takes them from the hello of a new connection. */
  takeSettings(
    settings: DeskInstanceSettings,
    further: readonly DeskInstanceSettings[] = [],
  ): void {
    const limits = further.map((one) => one.limits)
    this.#keeper.takeLimits(settings.limits, limits)
    for (const [leg, one] of [settings, ...further].entries()) {
      const channel = this.#channels[leg]
      if (channel === undefined || JSON.stringify(one) === JSON.stringify(channel.settings))
        continue
      channel.settings = one
      if (channel.view.isConnected) this.#parts.reconnect(leg)
    }
  }

  /**
   * The strategy has failed for good: its desks halt the instance, nothing more is stored, and the books go on. An operator
   * who resumes it ends this process, and the next one starts the strategy anew from what was stored.
   * @param text one sentence
   */
  strategyFailed(text: string): void {
    if (this.#failure !== null || this.#isEnded) return
    this.#failure = text
    this.#keeper.freeze()
    const alert = { alert: 'StrategyFailed', severity: 'critical' }
    this.#logger.error('strategy', text, alert)
    for (const channel of this.#channels) channel.tell({ type: 'halt', text })
  }

  /** SIGTERM: stores and says goodbye; orders stay as they are. */
  stop(reason: string): void {
    if (this.#isEnded) return
    for (const [leg, { view }] of this.#channels.entries())
      if (view.isConnected) this.#parts.send(leg, { type: 'bye', reason })
    this.#end({ code: botExit.done, sentences: [] })
  }

  #channel(leg: number): LegChannel {
    const channel = this.#channels[leg]
    if (channel === undefined) throw new Error(`the instance has no leg ${leg}`)
    return channel
  }

  /** For sentences; an instance of one leg needs no name of it. */
  #nameOf(leg: number): string {
    const { venue = '', symbol = '' } = this.#legs[leg]?.settings ?? {}
    return this.#isSingle ? '' : ` (${venue} ${symbol})`
  }

  #handle(channel: LegChannel, message: DeskToBot): void {
    switch (message.type) {
      case 'welcome':
        return this.#onWelcome(channel, message)
      case 'account':
        return this.#onAccount(channel, message)
      case 'market':
        return this.#onMarket(channel, message)
      case 'step':
        return this.#onStep(channel, message.step)
      case 'mode':
        return this.#onMode(channel, message.mode, message.reason)
      case 'open':
        channel.onOpen(message)
        return this.#tellLegs()
      case 'reasons':
        channel.view = { ...channel.view, reasons: message.reasons }
        return
      case 'ended':
        return this.#onEnded(channel, message)
      case 'refused':
        return this.#onRefused(channel, message.code, message.text)
    }
  }

  #onWelcome(channel: LegChannel, welcome: Welcome): void {
    const fault = this.#faultOf(channel, welcome)
    if (fault !== null) return this.#refuse([fault])
    channel.greeted(welcome)
    this.#known.add(channel.index)
    this.#keeper.greet(channel.index, welcome)
    if (this.#keeper.engine === null) this.#begin()
    else this.#continue(channel, welcome)
    if (this.#isEnded || this.#keeper.engine === null) return
    this.#tellLegs()
    this.#limit.onWelcome(channel)
    channel.waitForRest()
  }

  /** Why the bot cannot work with what a desk says of the leg; null = it can. */
  #faultOf({ index }: LegChannel, welcome: Welcome): string | null {
    if (welcome.version !== DESK_PROTOCOL_VERSION)
      return `The desk speaks version ${welcome.version} of the protocol and this bot version ${DESK_PROTOCOL_VERSION}: restart both after an upgrade.`
    if (!this.#isSingle && welcome.pace === 'lockstep')
      return 'The market runs in steps (pace lockstep), which an instance of several legs cannot follow: take the free pace.'
    return this.#keeper.scaleChange(index, welcome)
  }

  /** The first start: with all legs, so that the strategy sees every price, fee and position at once. */
  #begin(): void {
    const welcomes = this.#channels.flatMap(({ welcome }) => welcome ?? [])
    if (welcomes.length < this.#channels.length) return
    const refusals = this.#keeper.begin(welcomes)
    if (refusals.length > 0) return this.#refuse(refusals)
    // Nothing has been wanted yet: that is a refusal, as of parameters.
    if (this.#failure !== null) return this.#refuse([this.#failure])
    const { feed } = this.view
    this.#logger.info('instance', 'first start', { at: iso(this.#keeper.lastAt), feed })
    for (const channel of this.#channels) {
      // What came while the others were awaited is not in the welcome.
      if (channel.early.length > 0) this.#book(channel, channel.early.splice(0))
      channel.waitForRest()
    }
  }

  #continue(channel: LegChannel, welcome: Welcome): void {
    if (this.#failure !== null) return channel.tell({ type: 'halt', text: this.#failure })
    const missed = welcome.lastSeq - channel.lastSeq
    const behind = missed === 0 ? '' : `, ${missed} account events to catch up with`
    const where = this.#nameOf(channel.index)
    this.#logger.info('instance', `goes on where it was${behind}${where}`, { feed: welcome.feed })
    // Changed parameters are judged at prices and fees of every leg.
    if (this.#known.size < this.#channels.length) return
    const { output, refusals } = this.#keeper.continue(welcome)
    if (output !== null) {
      this.#logger.info('instance', 'the changed configuration was taken over')
      this.#collect(output)
    }
    for (const text of refusals) {
      this.#logger.error(
        'instance',
        `the changed configuration is refused, the old one goes on: ${text}`,
      )
    }
  }

  #onAccount(channel: LegChannel, { events }: Extract<DeskToBot, { type: 'account' }>): void {
    if (this.#keeper.engine !== null) return this.#book(channel, events)
    const { lastSeq = 0 } = channel.welcome ?? {}
    channel.early.push(...events.filter(({ seq }) => seq > lastSeq))
  }

  #book(channel: LegChannel, events: Extract<DeskToBot, { type: 'account' }>['events']): void {
    for (const event of events) {
      if (event.seq > channel.lastSeq) this.#logEvent(event)
      this.#collect(this.#keeper.apply(event))
    }
    channel.hasAccountEvents = true
  }

  #onMarket(channel: LegChannel, { events, step }: Extract<DeskToBot, { type: 'market' }>): void {
    const { engine } = this.#keeper
    if (engine === null) return this.#hearEarly(channel, events)
    channel.setPace(step === null ? 'free' : 'lockstep')
    if (step !== null && step <= engine.lastStep) return
    for (const event of events) this.#collect(this.#keeper.apply(event))
    this.#limit.heard(channel)
  }

  /** The instance starts at prices of now, not at those of a leg that was there first. */
  #hearEarly(channel: LegChannel, events: Extract<DeskToBot, { type: 'market' }>['events']): void {
    const last = events.at(-1)
    if (channel.welcome === null || last === undefined) return
    const at = Math.max(channel.welcome.at, last.at)
    channel.welcome = { ...channel.welcome, price: last.price, at }
  }

  #onStep(channel: LegChannel, step: number): void {
    const { engine } = this.#keeper
    if (engine === null) return
    channel.setPace('lockstep')
    if (step > engine.lastStep) this.#keeper.markStep(step)
    if (this.#failure !== null) {
      // The market goes on for the others.
      return channel.send({ step, replace: false, changes: [], wakes: null, finish: null })
    }
    this.#keeper.save()
    channel.answerStep(step)
  }

  #onMode(channel: LegChannel, mode: InstanceMode, reason: string | null): void {
    const { view, index } = channel
    if (mode !== view.mode) {
      const why = reason === null ? '' : `: ${reason}`
      const text = mode === 'running' ? 'it trades again' : `it is ${mode}${why}`
      this.#logger.warn('desk', `${text}${this.#nameOf(index)}`)
    }
    const isReleased = mode === 'running' && view.mode !== 'running'
    channel.view = { ...view, mode, modeReason: reason }
    this.#limit.onMode(channel)
    if (this.#failure === null || !isReleased) return this.#tellLegs()
    this.#logger.info('strategy', 'it was resumed: the strategy is started anew')
    this.#end({ code: botExit.failed, sentences: [this.#failure] })
  }

  /** Tells the strategy which legs may take new risk, before it hears anything else of this moment. */
  #tellLegs(): void {
    const { engine } = this.#keeper
    if (engine === null || this.#isSingle || this.#failure !== null) return
    for (const [leg, channel] of this.#channels.entries()) {
      const { closedReason: reason, canReduce, isPositionSure } = channel
      const instrument = engine.instruments[leg]?.id
      const before = this.#told[leg]
      const isTold = before?.reason === reason && before.canReduce === canReduce
      const isSureTold = isPositionSure === undefined || before?.isPositionSure === isPositionSure
      if (instrument === undefined || (isTold && isSureTold)) continue
      this.#told[leg] = {
        reason,
        canReduce,
        isPositionSure: isPositionSure ?? before?.isPositionSure,
      }
      if ((before?.reason === null) !== (reason === null)) {
        const text = reason === null ? 'open for new risk' : `closed for new risk: ${reason}`
        this.#logger[reason === null ? 'info' : 'warn']('leg', `${text}${this.#nameOf(leg)}`)
      }
      const isOpen = reason === null
      const { lastAt: at } = this.#keeper
      const { mode } = channel.view
      const word = { kind: 'leg', at, instrument, isOpen, canReduce, reason, mode } as const
      const sure = isPositionSure === undefined ? {} : { isPositionSure }
      this.#collect(this.#keeper.apply({ ...word, ...sure }))
    }
  }

  #onEnded(channel: LegChannel, ended: Extract<DeskToBot, { type: 'ended' }>): void {
    const { engine } = this.#keeper
    if (engine === null) return
    const instrument = engine.instruments[channel.index]
    const lots = quantity(ended.position) * (instrument?.lotSize ?? 1)
    const position = formatDecimal(lots, instrument?.quantityDecimals ?? 0)
    const { reason, ordersCanceled } = ended
    const left = `${ordersCanceled} orders withdrawn, position ${position} ${instrument?.base ?? ''}`
    const where = this.#nameOf(channel.index)
    this.#logger.info('instance', `ended at the desk (${reason}): ${left.trimEnd()}${where}`)
    channel.ended = ended
    const all = this.#channels.flatMap((one) => one.ended ?? [])
    if (all.length < this.#channels.length) return this.#tellLegs()
    if (!this.isFinishing) return this.#end({ code: botExit.stopped, sentences: [] })
    const why = engine.wants().finish?.reason ?? reason
    const canceled = all.reduce((sum, one) => sum + one.ordersCanceled, 0)
    const first = all[0]?.position ?? ended.position
    const { lotSize = 1, quantityDecimals = 0 } = engine.instruments[0] ?? {}
    const held = formatDecimal(first * lotSize, quantityDecimals)
    this.#keeper.end({ at: engine.lastAt, reason: why, ordersCanceled: canceled, position: held })
    this.#end({ code: botExit.finished, sentences: [] })
  }

  #onRefused({ index }: LegChannel, code: string, text: string): void {
    const isFinal = finalCodes.has(code)
    const where = this.#nameOf(index)
    if (!isFinal && !processCodes.has(code)) {
      this.#logger.warn('desk', `the desk does not take this bot yet${where}: ${text}`, { code })
      this.#parts.reconnect(index)
      return
    }
    this.#logger.error('desk', `${text}${where}`, { code })
    this.#end({ code: isFinal ? botExit.refused : botExit.failed, sentences: [`${text}${where}`] })
  }

  #refuse(sentences: readonly string[]): void {
    for (const text of sentences) this.#logger.error('instance', text)
    this.#end({ code: botExit.refused, sentences })
  }

  #collect(output: EngineOutput): void {
    for (const channel of this.#channels) channel.add(output)
    for (const note of output.notes) this.#logger[note.level]('strategy', note.text)
    if (output.finish !== null) {
      this.#logger.warn('strategy', 'the instance ends by its own rule', { ...output.finish })
    }
  }

  #afterBatch(): void {
    this.#limit.look()
    for (const channel of this.#channels) channel.afterBatch()
  }

  #logEvent(event: Extract<DeskToBot, { type: 'account' }>['events'][number]): void {
    if (event.kind !== 'fill') return
    const { instruments = [] } = this.#keeper.engine ?? {}
    const leg = instruments.findIndex(({ id }) => id === event.fill.instrument)
    const instrument = instruments[leg]
    if (instrument === undefined) return
    const text = `${fillText(event.fill, instrument)}${this.#nameOf(leg)}`
    this.#logger.info('orders', text, { market_time: iso(event.at) })
  }

  #heartbeat(): void {
    for (const channel of this.#channels) channel.tell({ type: 'heartbeat' })
  }

  #end(end: BotEnd): void {
    if (this.#isEnded) return
    this.#isEnded = true
    for (const channel of this.#channels) channel.stop()
    for (const cancel of this.#cancels) cancel()
    this.#state.saveIfDirty()
    this.#parts.end(end)
  }
}

const iso = (at: number): string => new Date(at).toISOString()
