/**
 * A plug-in as the engine sees it: a strategy like every other, whose state lives in a child process. What the child says
 * is checked at the border; the first fault ends it for good (docs/decisions/0006-plug-ins-in-a-child.md).
 */
import type {
  ContradictionTerms,
  Finish,
  Json,
  RestingWant,
  Strategy,
  StrategyContext,
  StrategyEvent,
  TargetWant,
  Wake,
  WantChange,
  Wanted,
  Wants,
} from '../../domain/strategy.ts'
import {
  BorderFault,
  contradictionsAnswer,
  type EventAnswer,
  eventAnswer,
  inputsAnswer,
  type KnownInstruments,
  objectionsAnswer,
  type PlugInDescription,
  reportAnswer,
  wantedAnswer,
} from './border.ts'
import { CallFault, PlugInCall } from './call.ts'
import type { RealmRequest } from './messages.ts'

/** A plug-in failed; the message is one sentence that names its file. */
export class PlugInError extends Error {
  override readonly name = 'PlugInError'
  readonly code: 'timeout' | 'threw' | 'ended' | 'invalid'
  constructor(code: PlugInError['code'], text: string) {
    super(text)
    this.code = code
  }
}

/** A file that was checked: what it describes, and the JavaScript that was looked at. */
export interface CheckedPlugIn extends PlugInDescription {
  /** How the file is called in messages. */
  readonly name: string
  readonly javascript: string
  /** Absolute path of the checked copy. */
  readonly copy?: string
}

export interface PlugInOptions {
  /** The state comes back with every answer: after a failure nothing booked is lost. For bots; it costs time. */
  readonly keepsState: boolean
  /** Instruments that wants may name; absent = those of the start. */
  readonly instruments?: readonly string[]
  /**
   * Called once, at the first fault. When it returns, the strategy goes on without the child: events change nothing, and
   * wanted() is what was wanted last. Absent = the error is thrown.
   */
  onFailure?(error: PlugInError): void
}

/** The wants as reported so far: what stands when the child is gone. */
class Mirror {
  readonly #resting = new Map<string, RestingWant>()
  readonly #targets = new Map<string, TargetWant>()
  #wakes: readonly Wake[] = []
  #finish: Finish | null = null

  set(wanted: Wanted): void {
    this.#resting.clear()
    this.#targets.clear()
    for (const want of wanted.resting) this.#resting.set(want.slot, want)
    for (const want of wanted.targets) this.#targets.set(want.instrument, want)
    this.#wakes = wanted.wakes
    this.#finish = wanted.finish
  }

  apply(changes: readonly WantChange[], finish: Finish | null): void {
    for (const change of changes) {
      if (change.kind === 'rest') this.#resting.set(change.want.slot, change.want)
      else if (change.kind === 'drop') this.#resting.delete(change.slot)
      else if (change.kind === 'target') this.#targets.set(change.want.instrument, change.want)
      else this.#targets.delete(change.instrument)
    }
    this.#finish = finish ?? this.#finish
  }

  wanted(): Wanted {
    return {
      resting: [...this.#resting.values()],
      targets: [...this.#targets.values()],
      wakes: this.#wakes,
      finish: this.#finish,
    }
  }
}

/** What the host knows of a state: its number in the child, its last text, its wants. */
interface Held {
  readonly id: number
  /** The child that holds it. */
  readonly call: PlugInCall | null
  text: string
  readonly mirror: Mirror
}

/** The state in hands of the engine: JSON.stringify writes what the child holds. */
class StateHandle {
  readonly toJSON: () => unknown
  constructor(toJSON: () => unknown) {
    this.toJSON = toJSON
  }
}

export class PlugInStrategy implements Strategy<unknown, unknown> {
  readonly id: string
  readonly stateVersion: number
  readonly parameters: PlugInDescription['parameters']
  readonly caveat?: string
  readonly #checked: CheckedPlugIn
  readonly #options: PlugInOptions
  #call: PlugInCall | null
  readonly #held = new WeakMap<object, Held>()
  readonly #gone = new FinalizationRegistry<Held>((held) => this.#unused.push(held))
  #unused: Held[] = []
  #known: KnownInstruments
  #failure: PlugInError | null = null

  /** Starts the child. @throws PlugInError when the file cannot be evaluated, unless onFailure takes it */
  constructor(checked: CheckedPlugIn, options: PlugInOptions) {
    this.#checked = checked
    this.#options = options
    this.id = checked.id
    this.stateVersion = checked.stateVersion
    this.parameters = checked.parameters
    if (checked.caveat !== undefined) this.caveat = checked.caveat
    this.#known = options.instruments === undefined ? null : new Set(options.instruments)
    this.#call = null
    this.#call = this.#open()
  }

  #open(): PlugInCall | null {
    const { name, javascript } = this.#checked
    return this.#try('its start', null, () => {
      const onEnd = (fault: CallFault) => this.#onIdleEnd(fault)
      return new PlugInCall(name, javascript, this.#options.keepsState, onEnd)
    })
  }

  /** The checked copy that runs, for other threads. */
  get copy(): string | null {
    return this.#checked.copy ?? null
  }

  /** Why it does not go on; null while it does. */
  get failure(): PlugInError | null {
    return this.#failure
  }

  /** Process id of the child. */
  get pid(): number {
    return this.#call?.pid ?? 0
  }

  /** Ends the child. */
  close(): void {
    this.#call?.close()
  }

  inputs(parameters: unknown) {
    const none = {
      instrumentsMin: 1,
      instrumentsMax: 1,
      timeframes: [],
      warmUpCandles: 0,
      bookDepth: 0,
    }
    return this.#try('inputs()', none, () => inputsAnswer(this.#ask({ op: 'inputs', parameters })))
  }

  contradictions(parameters: unknown, terms: ContradictionTerms) {
    if (!this.#checked.judges) return []
    return this.#try('contradictions()', [], () =>
      contradictionsAnswer(this.#ask({ op: 'contradictions', parameters, terms })),
    )
  }

  /** The first call of a run. A child that failed in another run is started anew; that of a bot is not. */
  check(parameters: unknown, context: StrategyContext) {
    if (this.#failure !== null && this.#options.onFailure === undefined) {
      this.#failure = null
      this.#call = this.#open()
    }
    const found = this.#try('check()', null, () =>
      objectionsAnswer(this.#ask({ op: 'check', parameters, context })),
    )
    return found ?? [{ code: 'strategy_failed', text: this.#sentence(), overrideKey: null }]
  }

  start(parameters: unknown, context: StrategyContext): unknown {
    this.#known ??= new Set(context.instruments.map(({ id }) => id))
    return this.#handle('start()', { op: 'start', parameters, context })
  }

  migrate(state: Json, from: number): unknown {
    return this.#handle('migrate()', { op: 'migrate', state, from })
  }

  on(state: unknown, event: StrategyEvent, out: Wants): void {
    const held = this.#heldOf(state)
    const keeps = this.#options.keepsState
    const answer = this.#try(eventText(event), null, () =>
      eventAnswer(this.#ask({ op: 'on', state: held.id, event, keeps }), this.#known),
    )
    if (answer === null) return
    if (answer.state !== null) held.text = answer.state
    held.mirror.apply(answer.changes, answer.finish)
    report(answer, out)
  }

  wanted(state: unknown): Wanted {
    const held = this.#heldOf(state)
    const wanted = this.#try('wanted()', null, () =>
      wantedAnswer(this.#ask({ op: 'wanted', state: held.id }), this.#known),
    )
    if (wanted !== null) held.mirror.set(wanted)
    return wanted ?? held.mirror.wanted()
  }

  /** Every run asks for it at its end, and a bot all the time: so no state that is no plain JSON passes. */
  report(state: unknown, prices: unknown): Json {
    const held = this.#heldOf(state)
    this.#try('its state before report()', null, () => this.#ask({ op: 'verify', state: held.id }))
    const none = { failure: this.#failure?.message ?? null }
    return this.#try('report()', none, () => {
      return reportAnswer(this.#ask({ op: 'report', state: held.id, prices }))
    })
  }

  #ask(request: RealmRequest): unknown {
    const call = this.#call
    if (call === null) throw new CallFault('ended', 'its process has not started')
    if (this.#unused.length > 0) {
      const states = this.#unused.filter((held) => held.call === call).map(({ id }) => id)
      this.#unused = []
      call.call({ op: 'forget', states })
    }
    return call.call(request)
  }

  #handle(what: string, request: RealmRequest): unknown {
    const made = this.#try(what, { id: 0, state: '{}' }, () => {
      return this.#ask(request) as { readonly id: number; readonly state: string }
    })
    const held = { id: made.id, call: this.#call, text: made.state, mirror: new Mirror() }
    const handle = new StateHandle(() => this.#stateOf(held))
    this.#keep(handle, held)
    return handle
  }

  #keep(handle: object, held: Held): void {
    this.#held.set(handle, held)
    this.#gone.register(handle, held)
  }

  /** A state as it was stored is handed to the child, and the object becomes a handle of it. */
  #heldOf(state: unknown): Held {
    if (typeof state !== 'object' || state === null) throw new Error('a state is an object')
    const known = this.#held.get(state)
    if (known !== undefined) {
      if (known.call !== this.#call) throw new Error('the child of this state is gone')
      return known
    }
    const text = JSON.stringify(state)
    const id = this.#try('its stored state', 0, () => {
      return (this.#ask({ op: 'load', state: JSON.parse(text) }) as { readonly id: number }).id
    })
    const held = { id, call: this.#call, text, mirror: new Mirror() }
    for (const key of Object.keys(state)) Reflect.deleteProperty(state, key)
    Object.defineProperty(state, 'toJSON', { value: () => this.#stateOf(held), enumerable: false })
    this.#keep(state, held)
    return held
  }

  #stateOf(held: Held): unknown {
    if (this.#options.keepsState || this.#failure !== null) return JSON.parse(held.text)
    return this.#try('its state', {}, () => this.#ask({ op: 'state', state: held.id }))
  }

  /** Runs a call; a fault of the plug-in ends its child and is told once. */
  #try<Value>(what: string, otherwise: Value, run: () => Value): Value {
    if (this.#failure !== null) {
      if (this.#options.onFailure === undefined) throw this.#failure
      return otherwise
    }
    try {
      return run()
    } catch (error) {
      if (error instanceof CallFault) this.#fail(error.code, `${error.message}, in ${what}`)
      else if (error instanceof BorderFault) this.#fail('invalid', `${error.message}, in ${what}`)
      else throw error
      return otherwise
    }
  }

  #onIdleEnd(fault: CallFault): void {
    if (this.#failure !== null) return
    this.#failure = new PlugInError(fault.code, `${this.#checked.name} failed: ${fault.message}.`)
    this.#options.onFailure?.(this.#failure)
  }

  /** @throws PlugInError unless onFailure takes it */
  #fail(code: PlugInError['code'], text: string): void {
    this.#failure = new PlugInError(code, `${this.#checked.name} failed: ${text}.`)
    this.#call?.close()
    if (this.#options.onFailure === undefined) throw this.#failure
    this.#options.onFailure(this.#failure)
  }

  #sentence(): string {
    return this.#failure?.message ?? `${this.#checked.name} has failed.`
  }
}

function report({ changes, wakes, notes, finish }: EventAnswer, out: Wants): void {
  for (const change of changes) {
    if (change.kind === 'rest') out.rest(change.want)
    else if (change.kind === 'drop') out.drop(change.slot)
    else if (change.kind === 'target') out.target(change.want)
    else out.dropTarget(change.instrument)
  }
  for (const wake of wakes) out.wake(wake)
  for (const { level, text } of notes) out.note(level, text)
  if (finish !== null) out.finish(finish)
}

const eventText = ({ kind, at }: StrategyEvent): string =>
  `on() for the ${kind} of ${new Date(at).toISOString()}`
