/** The plan of faults of the sandbox: which strike where, how often, until when. Deterministic by seed. */
import {
  type EndpointClass,
  endpointClasses,
  type FaultKind,
  type FaultState,
  type FaultWish,
  faultKinds,
  type SandboxVenue,
  sandboxVenues,
} from '../../protocol/sandbox-messages.ts'
import { ExchangeRefused } from '../refused.ts'

/** Where something happens; what is null is not known there, and a fault bound to it does not strike. */
export interface Scene {
  readonly venue: SandboxVenue
  readonly account?: string | null
  readonly endpoint?: EndpointClass | null
  readonly symbol?: string | null
}

interface Planned {
  readonly id: string
  readonly wish: FaultWish
  readonly untilMs: number
  left: number
  hits: number
  random: () => number
}

const NEVER = Number.POSITIVE_INFINITY
const FAULTS_MAX = 200

export class FaultPlan {
  readonly #monotonicMs: () => number
  #planned: Planned[] = []
  #last = 0

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** @throws ExchangeRefused `bad_request` with a sentence that names the field */
  set(wish: FaultWish): string {
    checkWish(wish)
    this.#expire()
    if (this.#planned.length >= FAULTS_MAX) throw refuse(`at most ${FAULTS_MAX} faults, clear some`)
    this.#last += 1
    const id = `f${this.#last}`
    const { count, forMs, seed } = wish
    this.#planned.push({
      id,
      wish,
      untilMs: forMs === undefined ? NEVER : this.#monotonicMs() + forMs,
      left: count ?? NEVER,
      hits: 0,
      random: mulberry32(seed ?? this.#last),
    })
    return id
  }

  /** @param id null = all. @throws ExchangeRefused `bad_request` when there is none of this id */
  clear(id: string | null): void {
    if (id !== null && !this.#planned.some((one) => one.id === id)) {
      throw refuse(`there is no fault ${id}: perpfleet sandbox fault list shows them`)
    }
    this.#planned = id === null ? [] : this.#planned.filter((one) => one.id !== id)
  }

  list(): readonly FaultState[] {
    this.#expire()
    return this.#planned.map(({ id, wish, hits }) => ({ ...wish, id, hits }))
  }

  /** The first fault of a kind that strikes here now; a strike is counted. */
  strike(kind: FaultKind, scene: Scene): FaultWish | null {
    if (this.#planned.length === 0) return null
    const now = this.#monotonicMs()
    for (const one of this.#planned) {
      if (one.wish.kind !== kind || !isAt(one.wish, scene)) continue
      if (one.left <= 0 || now >= one.untilMs) continue
      if (one.random() >= (one.wish.probability ?? 1)) continue
      one.left -= 1
      one.hits += 1
      return one.wish
    }
    return null
  }

  /** A fault of a kind that holds here now, without counting: for what is a state and no event. */
  holding(kind: FaultKind, scene: Scene): FaultWish | null {
    if (this.#planned.length === 0) return null
    const now = this.#monotonicMs()
    const found = this.#planned.find(
      (one) => one.wish.kind === kind && one.left > 0 && now < one.untilMs && isAt(one.wish, scene),
    )
    if (found === undefined) return null
    found.hits += 1
    return found.wish
  }

  #expire(): void {
    const now = this.#monotonicMs()
    this.#planned = this.#planned.filter((one) => now < one.untilMs && one.left > 0)
  }
}

const isAt = (wish: FaultWish, scene: Scene): boolean =>
  (wish.venue === undefined || wish.venue === scene.venue) &&
  (wish.account === undefined || wish.account === scene.account) &&
  (wish.endpoint === undefined || wish.endpoint === scene.endpoint) &&
  (wish.symbol === undefined || wish.symbol === scene.symbol)

const refuse = (what: string) => new ExchangeRefused('bad_request', `Sandbox: ${what}.`)

function checkWish(wish: FaultWish): void {
  if (typeof wish !== 'object' || wish === null) throw refuse('a fault is an object with a kind')
  oneOf('kind', wish.kind, faultKinds)
  if (wish.venue !== undefined) oneOf('venue', wish.venue, sandboxVenues)
  if (wish.endpoint !== undefined) oneOf('endpoint', wish.endpoint, endpointClasses)
  for (const key of ['account', 'symbol', 'text'] as const) {
    if (wish[key] !== undefined && typeof wish[key] !== 'string') throw refuse(`${key} is a text`)
  }
  inRange('probability', wish.probability, 0, 1)
  inRange('count', wish.count, 1, 1e9)
  inRange('forMs', wish.forMs, 1, 7 * 86_400_000)
  inRange('value', wish.value, -1e15, 1e15)
  inRange('seed', wish.seed, 0, 2 ** 32)
  if (wish.kind === 'price_gap') checkGap(wish)
}

const GAP_BPS_MAX = 5000

/** A gap is one between venues. */
function checkGap({ venue, value }: FaultWish): void {
  if (venue === undefined) throw refuse('price_gap needs the venue whose prices move')
  if (value === undefined || !Number.isInteger(value)) {
    throw refuse('price_gap needs its whole basis points as value')
  }
  inRange('value', value, -GAP_BPS_MAX, GAP_BPS_MAX)
}

function oneOf(field: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) {
    throw refuse(`${field} "${String(value)}" is none of ${allowed.join(', ')}`)
  }
}

function inRange(field: string, value: unknown, min: number, max: number): void {
  if (value === undefined) return
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw refuse(`${field} ${String(value)} is no number from ${min} to ${max}`)
  }
}

/** A small generator of 32 bits: enough to repeat a rehearsal, not for keys. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
