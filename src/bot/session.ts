/**
 * The conversation of one bot with its desk (docs/concepts/wants.md): hello, welcome, catch up, the whole wants once
 * with `replace: true`, then changes. Free pace: one message of wants for each batch that came from the socket. Lockstep:
 * one for each step, after everything is stored, so that a bot that dies at any point goes on alike.
 */
import { formatDecimal, quantity } from '../domain/money.ts'
import type { InstanceMode } from '../domain/risk.ts'
import { NO_STEP } from '../engine/instance.ts'
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
import type { InstanceKeeper, Welcome } from './instance-keeper.ts'
import { fillText } from './log-text.ts'
import { Outbox } from './outbox.ts'
import { StateKeeping } from './state-keeping.ts'

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
  /** Hands a message to the desk; lost when there is no connection. */
  send(message: BotToDesk): void
  /** Gives the connection up and makes a new one after the back-off. */
  reconnect(): void
  /** Called once: everything is stored and nothing more will be done. */
  end(end: BotEnd): void
}

/** What the desk last said about the instance. */
export interface DeskView {
  readonly isConnected: boolean
  readonly isReady: boolean
  readonly mode: InstanceMode
  readonly modeReason: string | null
  readonly feed: string | null
  readonly pace: 'free' | 'lockstep' | null
  readonly reasons: Readonly<Record<string, string>>
}

const HEARTBEAT_INTERVAL_MS = 1000
const SAVE_INTERVAL_MS = 5000
const CATCH_UP_WAIT_MS = 1000
/** Refusals of a desk that a restart would meet again; every other one passes, e.g. while the venue cannot be reached. */
const finalCodes: ReadonlySet<string> = new Set([
  'REFUSED',
  'bad_terms',
  'feed_mismatch',
  'instrument_taken',
  'protocol_version',
  'unknown_symbol',
  'venue_refused',
  'version',
])
/** Refusals of this process: another one has taken its place, or its launch file is of an earlier desk. */
const processCodes: ReadonlySet<string> = new Set(['replaced', 'token', 'unauthorized'])

export class BotSession {
  readonly #parts: SessionParts
  readonly #keeper: InstanceKeeper
  readonly #logger: Logger
  readonly #outbox = new Outbox()
  readonly #state: StateKeeping
  #settings: DeskInstanceSettings
  readonly #cancels: (() => void)[] = []
  #view: DeskView = {
    isConnected: false,
    isReady: false,
    mode: 'running',
    modeReason: null,
    feed: null,
    pace: null,
    reasons: {},
  }
  #welcome: Welcome | null = null
  #needsReplace = true
  #hasAccountEvents = false
  #cancelWait: (() => void) | null = null
  #isEnded = false
  /** Why the strategy does not go on. */
  #failure: string | null = null

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#settings = parts.launch.settings
    this.#keeper = parts.keeper
    this.#logger = parts.logger
    this.#state = new StateKeeping(parts.keeper, parts.logger, () => this.#isLockstep())
  }

  get view(): DeskView {
    return this.#view
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

  connected(): void {
    const { deskToken } = this.#parts.launch
    const settings = this.#settings
    this.#needsReplace = true
    this.#hasAccountEvents = false
    this.#outbox.take()
    this.#view = { ...this.#view, isConnected: true, isReady: false }
    this.#parts.send({
      type: 'hello',
      version: DESK_PROTOCOL_VERSION,
      token: deskToken,
      settings,
      afterSeq: this.#keeper.lastSeq,
    })
  }

  disconnected(reason: string): void {
    this.#cancelWait?.()
    this.#welcome = null
    if (this.#view.isConnected) this.#logger.warn('desk', 'connection to the desk lost', { reason })
    this.#view = { ...this.#view, isConnected: false, isReady: false }
  }

  /** Everything that came from the socket at once. */
  receive(messages: readonly unknown[]): void {
    for (const message of messages) {
      if (this.#isEnded) return
      this.#handle(message as DeskToBot)
    }
    if (!this.#isEnded) this.#afterBatch()
  }

  /** Takes the output of an adjustment that was made outside a batch, and sends it. */
  adjusted(output: EngineOutput): void {
    if (this.#failure !== null) return
    this.#collect(output)
    if (this.#view.isReady && !this.#needsReplace) this.#sendChanges(null)
  }

  /** Other terms of the instance: the desk takes them from the hello of a new connection. */
  takeSettings(settings: DeskInstanceSettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return
    this.#settings = settings
    this.#keeper.takeLimits(settings.limits)
    if (this.#view.isConnected) this.#parts.reconnect()
  }

  /**
   * The strategy has failed for good: its desk halts the instance, nothing more is stored, and the books go on. An operator
   * who resumes it ends this process, and the next one starts the strategy anew from what was stored.
   * @param text one sentence
   */
  strategyFailed(text: string): void {
    if (this.#failure !== null || this.#isEnded) return
    this.#failure = text
    this.#keeper.freeze()
    const alert = { alert: 'StrategyFailed', severity: 'critical' }
    this.#logger.error('strategy', text, alert)
    if (this.#view.isReady) this.#parts.send({ type: 'halt', text })
  }

  /** SIGTERM: stores and says goodbye; orders stay as they are. */
  stop(reason: string): void {
    if (this.#isEnded) return
    if (this.#view.isConnected) this.#parts.send({ type: 'bye', reason })
    this.#end({ code: botExit.done, sentences: [] })
  }

  #handle(message: DeskToBot): void {
    switch (message.type) {
      case 'welcome':
        return this.#onWelcome(message)
      case 'account':
        return this.#onAccount(message)
      case 'market':
        return this.#onMarket(message)
      case 'step':
        return this.#onStep(message.step)
      case 'mode':
        return this.#onMode(message.mode, message.reason)
      case 'reasons':
        this.#view = { ...this.#view, reasons: message.reasons }
        return
      case 'ended':
        return this.#onEnded(message)
      case 'refused':
        return this.#onRefused(message.code, message.text)
    }
  }

  #onWelcome(welcome: Welcome): void {
    if (welcome.version !== DESK_PROTOCOL_VERSION) {
      return this.#refuse([
        `The desk speaks version ${welcome.version} of the protocol and this bot version ${DESK_PROTOCOL_VERSION}: restart both after an upgrade.`,
      ])
    }
    const scaleChange = this.#keeper.scaleChange(welcome)
    if (scaleChange !== null) return this.#refuse([scaleChange])
    this.#welcome = welcome
    const { mode, feed } = welcome
    const pace = welcome.pace ?? this.#view.pace
    const modeReason = welcome.modeReason ?? null
    this.#view = { ...this.#view, isReady: true, mode, modeReason, feed, pace, reasons: {} }
    this.#keeper.greet(welcome)
    if (this.#keeper.engine === null) {
      const refusals = this.#keeper.begin(welcome)
      if (refusals.length > 0) return this.#refuse(refusals)
      // Nothing has been wanted yet: that is a refusal, as of parameters.
      if (this.#failure !== null) return this.#refuse([this.#failure])
      this.#logger.info('instance', 'first start', { at: iso(welcome.at), feed })
    } else {
      this.#continue(welcome)
    }
    this.#waitForRest()
  }

  #continue(welcome: Welcome): void {
    if (this.#failure !== null) return this.#parts.send({ type: 'halt', text: this.#failure })
    const { output, refusals } = this.#keeper.continue(welcome)
    const missed = welcome.lastSeq - this.#keeper.lastSeq
    const behind = missed === 0 ? '' : `, ${missed} account events to catch up with`
    this.#logger.info('instance', `goes on where it was${behind}`, { feed: welcome.feed })
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

  #onAccount({ events }: Extract<DeskToBot, { type: 'account' }>): void {
    if (this.#keeper.engine === null) return
    for (const event of events) {
      if (event.seq > this.#keeper.lastSeq) this.#logEvent(event)
      this.#collect(this.#keeper.apply(event))
    }
    this.#hasAccountEvents = true
  }

  #onMarket({ events, step }: Extract<DeskToBot, { type: 'market' }>): void {
    const { engine } = this.#keeper
    if (engine === null) return
    this.#setPace(step === null ? 'free' : 'lockstep')
    if (step !== null && step <= engine.lastStep) return
    for (const event of events) this.#collect(this.#keeper.apply(event))
  }

  #onStep(step: number): void {
    const { engine } = this.#keeper
    if (engine === null) return
    this.#setPace('lockstep')
    if (step > engine.lastStep) this.#keeper.markStep(step)
    if (this.#failure !== null) {
      // The market goes on for the others.
      return this.#send({ step, replace: false, changes: [], wakes: null, finish: null })
    }
    this.#keeper.save()
    if (this.#needsReplace) this.#sendReplace(step)
    else this.#sendChanges(step)
  }

  #onMode(mode: InstanceMode, reason: string | null): void {
    if (mode !== this.#view.mode) {
      const why = reason === null ? '' : `: ${reason}`
      this.#logger.warn('desk', mode === 'running' ? 'it trades again' : `it is ${mode}${why}`)
    }
    const isReleased = mode === 'running' && this.#view.mode !== 'running'
    this.#view = { ...this.#view, mode, modeReason: reason }
    if (this.#failure === null || !isReleased) return
    this.#logger.info('strategy', 'it was resumed: the strategy is started anew')
    this.#end({ code: botExit.failed, sentences: [this.#failure] })
  }

  #onEnded(ended: Extract<DeskToBot, { type: 'ended' }>): void {
    const { engine } = this.#keeper
    if (engine === null) return
    const { reason, ordersCanceled } = ended
    const instrument = engine.instruments[0]
    const lots = quantity(ended.position) * (instrument?.lotSize ?? 1)
    const position = formatDecimal(lots, instrument?.quantityDecimals ?? 0)
    const left = `${ordersCanceled} orders withdrawn, position ${position} ${instrument?.base ?? ''}`
    this.#logger.info('instance', `ended at the desk (${reason}): ${left.trimEnd()}`)
    if (!this.isFinishing) return this.#end({ code: botExit.stopped, sentences: [] })
    const why = engine.wants().finish?.reason ?? reason
    this.#keeper.end({ at: engine.lastAt, reason: why, ordersCanceled, position })
    this.#end({ code: botExit.finished, sentences: [] })
  }

  #onRefused(code: string, text: string): void {
    const isFinal = finalCodes.has(code)
    if (!isFinal && !processCodes.has(code)) {
      this.#logger.warn('desk', `the desk does not take this bot yet: ${text}`, { code })
      this.#parts.reconnect()
      return
    }
    this.#logger.error('desk', text, { code })
    this.#end({ code: isFinal ? botExit.refused : botExit.failed, sentences: [text] })
  }

  #refuse(sentences: readonly string[]): void {
    for (const text of sentences) this.#logger.error('instance', text)
    this.#end({ code: botExit.refused, sentences })
  }

  #collect(output: EngineOutput): void {
    this.#outbox.add(output)
    for (const note of output.notes) this.#logger[note.level]('strategy', note.text)
    if (output.finish !== null) {
      this.#logger.warn('strategy', 'the instance ends by its own rule', { ...output.finish })
    }
  }

  #afterBatch(): void {
    if (!this.#view.isReady || this.#failure !== null) return
    const hasNews = this.#hasAccountEvents || !this.#outbox.isEmpty
    if (this.#isLockstep() && !this.#isBeforeFirstStep()) {
      // The step that these belong to answers for them; news outside a step goes out a little later.
      if (hasNews) this.#waitForRest()
    } else if (this.#needsReplace) {
      if (this.#isCaughtUp()) this.#sendReplace(null)
    } else if (hasNews) {
      this.#sendChanges(null)
    }
  }

  #setPace(pace: 'free' | 'lockstep'): void {
    if (pace !== this.#view.pace) this.#view = { ...this.#view, pace }
  }

  /** Until the desk has said it, an instance that has done a step stands in a market of steps. */
  #isLockstep(): boolean {
    const { pace } = this.#view
    if (pace !== null) return pace === 'lockstep'
    return (this.#keeper.engine?.lastStep ?? NO_STEP) > NO_STEP
  }

  /** In lockstep the market waits for the first wants before it makes its first step. */
  #isBeforeFirstStep(): boolean {
    return this.#needsReplace && (this.#keeper.engine?.lastStep ?? NO_STEP) === NO_STEP
  }

  #isCaughtUp(): boolean {
    return this.#welcome !== null && this.#keeper.lastSeq >= this.#welcome.lastSeq
  }

  /** Wants computed before the events that wait would take orders back for nothing; yet they must not wait for ever. */
  #waitForRest(): void {
    this.#cancelWait?.()
    const seqBefore = this.#keeper.lastSeq
    this.#cancelWait = this.#parts.clock.after(CATCH_UP_WAIT_MS, () => {
      if (this.#isEnded || !this.#view.isReady || this.#failure !== null) return
      if (this.#keeper.lastSeq !== seqBefore) this.#waitForRest()
      else if (this.#needsReplace) this.#sendReplace(null)
      else if (this.#hasAccountEvents || !this.#outbox.isEmpty) this.#sendChanges(null)
    })
  }

  #sendReplace(step: number | null): void {
    const { engine } = this.#keeper
    if (engine === null) return
    this.#state.checkPosition(this.#welcome)
    this.#outbox.take()
    this.#hasAccountEvents = false
    this.#needsReplace = false
    this.#state.saveIfDirty()
    this.#state.compareBooks()
    const { changes, wakes, finish } = engine.wants()
    this.#send({ step, replace: true, changes, wakes, finish })
  }

  #sendChanges(step: number | null): void {
    this.#hasAccountEvents = false
    this.#state.saveIfDirty()
    this.#send({ step, replace: false, ...this.#outbox.take() })
  }

  #send(wants: Omit<Extract<BotToDesk, { type: 'wants' }>, 'type' | 'basisSeq'>): void {
    this.#parts.send({ type: 'wants', basisSeq: this.#keeper.lastSeq, ...wants })
  }

  #logEvent(event: Extract<DeskToBot, { type: 'account' }>['events'][number]): void {
    if (event.kind !== 'fill') return
    const { instruments = [] } = this.#keeper.engine ?? {}
    const instrument = instruments.find(({ id }) => id === event.fill.instrument)
    if (instrument === undefined) return
    this.#logger.info('orders', fillText(event.fill, instrument), { market_time: iso(event.at) })
  }

  #heartbeat(): void {
    if (this.#view.isReady) this.#parts.send({ type: 'heartbeat' })
  }

  #end(end: BotEnd): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#cancelWait?.()
    for (const cancel of this.#cancels) cancel()
    this.#state.saveIfDirty()
    this.#parts.end(end)
  }
}

const iso = (at: number): string => new Date(at).toISOString()
