/**
 * The part that runs beside a plug-in, inside its realm (see sandbox.ts): it closes what is not of a strategy's business,
 * keeps the states and turns texts into calls. Nothing but texts crosses the border, so no object of Node.js ever comes
 * near a plug-in. Loaded as text: it must import nothing but types.
 */
import type { MarketPrice } from '../../domain/market.ts'
import type {
  Json,
  Strategy,
  StrategyContext,
  StrategyEvent,
  Wants,
} from '../../domain/strategy.ts'
import type { RealmRequest } from './messages.ts'

/** Memory outside the heap escapes its limit; chance and the garbage collector make runs differ. */
const CLOSED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'BigUint64Array',
  'BigInt64Array',
  'Uint8ClampedArray',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'Atomics',
  'WebAssembly',
  'WeakRef',
  'FinalizationRegistry',
  'console',
]

const { parse, stringify } = JSON
const { entries, getPrototypeOf, prototype } = Object
const { isArray } = Array
const { isFinite: isNumber } = Number

function closeRealm(): void {
  for (const name of CLOSED) Reflect.deleteProperty(globalThis, name)
  // Frames of a stack as objects would be a way to functions of ours.
  Object.defineProperty(Error, 'prepareStackTrace', { value: undefined })
  Math.random = () => {
    throw new Error('a strategy uses no chance: the same events must give the same wants')
  }
  globalThis.Date = new Proxy(Date, {
    apply: refuseClock,
    construct: (target, given, made) =>
      given.length === 0 ? refuseClock() : Reflect.construct(target, given, made),
    get: (target, key) => (key === 'now' ? refuseClock : Reflect.get(target, key)),
  })
  Object.defineProperty(Date.prototype, 'constructor', { value: Date })
}

function refuseClock(): never {
  throw new Error('a strategy reads no clock: the market time stands in event.at and context.at')
}

/** Why a value is no plain data; null = it is. Numbers are judged by whoever asks. */
function impurityOf(value: unknown): string | null {
  switch (typeof value) {
    case 'function':
    case 'bigint':
    case 'symbol':
      return `is a ${typeof value}: it must be plain JSON`
    case 'object': {
      if (value === null || isArray(value)) return null
      const above = getPrototypeOf(value)
      if (above === prototype || above === null) return null
      return 'is no plain object or list: it must be plain JSON'
    }
    default:
      return null
  }
}

/** Plain data only; what is no finite number is written as a text that the host refuses by name. */
function plain(key: string, value: unknown): unknown {
  if (typeof value === 'number') return isNumber(value) ? value : `${value}`
  const fault = impurityOf(value)
  if (fault !== null) throw new TypeError(`"${key}" ${fault}`)
  return value
}

/** Why a field of a state would not come back from JSON as it is. @param written what toJSON made of it */
function stateFault(field: unknown, written: unknown, isItem: boolean): string | null {
  if (typeof field === 'number' && !isNumber(field))
    return `of the state is ${field}: a state holds finite numbers`
  if (field === undefined && isItem) return 'of the state is undefined: it must be plain JSON'
  return impurityOf(field) ?? (field === written ? null : 'has toJSON: it must be plain JSON')
}

/** Where an object stands within another, as `a.b.3.`; empty for the object itself. */
function pathTo(sought: unknown, within: object, above: string): string | null {
  if (within === sought) return above
  for (const [key, value] of entries(within)) {
    if (typeof value !== 'object' || value === null) continue
    const found = pathTo(sought, value, `${above}${key}.`)
    if (found !== null) return found
  }
  return null
}

/** A state is written as it is, so what JSON cannot hold is refused here, with the place where it stands. */
const stateText = (state: unknown): string => {
  if (typeof state !== 'object' || state === null || isArray(state))
    throw new TypeError('the state must be an object')
  return stringify(state, function (this: Record<string, unknown>, key: string, written: unknown) {
    const fault = stateFault(this[key], written, isArray(this))
    if (fault === null) return written
    throw new TypeError(`"${pathTo(this, state, '') ?? ''}${key}" ${fault}`)
  })
}

class Recorder implements Wants {
  changes: unknown[] = []
  wakes: unknown[] = []
  notes: unknown[] = []
  end: unknown = null
  isTouched = false

  rest(want: unknown): void {
    this.#add({ kind: 'rest', want })
  }
  drop(slot: unknown): void {
    this.#add({ kind: 'drop', slot })
  }
  target(want: unknown): void {
    this.#add({ kind: 'target', want })
  }
  dropTarget(instrument: unknown): void {
    this.#add({ kind: 'drop_target', instrument })
  }
  wake(wake: unknown): void {
    this.wakes.push(wake)
    this.isTouched = true
  }
  finish(finish: unknown): void {
    this.end = finish
    this.isTouched = true
  }
  note(level: unknown, text: unknown): void {
    this.notes.push({ level, text })
    this.isTouched = true
  }
  #add(change: unknown): void {
    this.changes.push(change)
    this.isTouched = true
  }
}

type AnyStrategy = Strategy<unknown, unknown>

const NEEDED = ['inputs', 'check', 'start', 'on', 'wanted', 'migrate', 'report'] as const

function checkShape(value: unknown): AnyStrategy {
  if (typeof value !== 'object' || value === null)
    throw new TypeError('it must export a strategy by default: export default defineStrategy({…})')
  const shape = value as Record<string, unknown>
  for (const name of NEEDED)
    if (typeof shape[name] !== 'function') throw new TypeError(`${name} must be a function`)
  return value as AnyStrategy
}

class Service {
  readonly #strategy: AnyStrategy
  readonly #states = new Map<number, unknown>()
  #lastId = 0

  constructor(strategy: AnyStrategy) {
    this.#strategy = strategy
  }

  answer(request: RealmRequest): string {
    if (request.op === 'on') return this.#on(request)
    return stringify(this.#value(request), plain)
  }

  #value(request: Exclude<RealmRequest, { op: 'on' }>): unknown {
    const strategy = this.#strategy
    switch (request.op) {
      case 'describe': {
        const { id, stateVersion, parameters, contradictions, caveat } = strategy
        const judges = typeof contradictions === 'function'
        return { id, stateVersion, parameters, judges, caveat }
      }
      case 'inputs':
        return strategy.inputs(request.parameters)
      case 'contradictions':
        return strategy.contradictions?.(request.parameters, request.terms) ?? []
      case 'check':
        return strategy.check(request.parameters, request.context as StrategyContext)
      case 'start':
        return this.#keep(strategy.start(request.parameters, request.context as StrategyContext))
      case 'load':
        return this.#keep(request.state)
      case 'migrate':
        return this.#keep(strategy.migrate(request.state as Json, request.from))
      case 'wanted':
        return strategy.wanted(this.#state(request.state))
      case 'verify':
        stateText(this.#state(request.state))
        return null
      case 'state':
        return parse(stateText(this.#state(request.state)))
      case 'report':
        return strategy.report(this.#state(request.state), request.prices as readonly MarketPrice[])
      case 'forget':
        for (const id of request.states) this.#states.delete(id)
        return null
    }
  }

  #on(request: Extract<RealmRequest, { op: 'on' }>): string {
    const state = this.#state(request.state)
    const recorder = new Recorder()
    const given: unknown = this.#strategy.on(state, request.event as StrategyEvent, recorder)
    if (typeof given === 'object' && given !== null)
      throw new TypeError('on must not return a promise: a strategy is synchronous')
    const kept = request.keeps ? `,"state":${stringify(stateText(state))}` : ''
    if (!recorder.isTouched) return kept === '' ? '0' : `{"quiet":true${kept}}`
    const { changes, wakes, notes, end } = recorder
    const said = stringify({ changes, wakes, notes, finish: end }, plain)
    return `${said.slice(0, -1)}${kept}}`
  }

  #keep(state: unknown): { id: number; state: string } {
    const text = stateText(state)
    this.#lastId += 1
    this.#states.set(this.#lastId, state)
    return { id: this.#lastId, state: text }
  }

  #state(id: number): unknown {
    if (!this.#states.has(id)) throw new Error(`state ${id} is not known`)
    return this.#states.get(id)
  }
}

/** What was thrown, as JSON: nothing of it is trusted. */
export function faultOf(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null || !('message' in error))
      return stringify({ text: `threw ${String(error)}`, stack: '' })
    const name = 'name' in error ? `${error.name}: ` : ''
    const stack = 'stack' in error ? String(error.stack) : ''
    return stringify({ text: `${name}${error.message}`, stack })
  } catch {
    return '{"text":"threw something that cannot be read","stack":""}'
  }
}

/**
 * Called once with what the plug-in exports by default.
 * @returns what answers requests, text to text: `=` and the value, or `!` and what was thrown
 */
export function serve(exported: unknown): (text: string) => string {
  let service: Service | null = null
  return (text) => {
    try {
      service ??= new Service(checkShape(exported))
      return `=${service.answer(parse(text))}`
    } catch (error) {
      return `!${faultOf(error)}`
    }
  }
}

closeRealm()
