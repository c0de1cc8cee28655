/**
 * The allowance of requests that a venue grants, as token buckets: who asks is served by what a request is for, not by when it
 * came. A part of each pool is kept for cancels and reductions. Pure; times are machine time in ms. docs/concepts/desk.md.
 */
import { invariant } from './money.ts'

/** What a request is for, the most urgent first. */
export const requestPriorities = ['cancel', 'reduce', 'reconcile', 'place', 'data'] as const
export type RequestPriority = (typeof requestPriorities)[number]

/** What a request takes of one pool. */
export interface RequestCost {
  /** Name of a RequestPool. */
  readonly pool: string
  readonly weight: number
}

/** One limit of a venue: `capacity` at once, refilled at `refillPerS`; no window of w seconds passes more than capacity + w · refillPerS. */
export interface RequestPool {
  readonly name: string
  /** Weight that may be taken at once. */
  readonly capacity: number
  /** Weight that comes back each second of machine time. */
  readonly refillPerS: number
  /** Weight that only cancels and reductions may take. */
  readonly reserve: number
  /** Whose limit it is: of all desks behind one internet address, of one account, or of this connection alone. */
  readonly scope: 'address' | 'account' | 'connection'
  /**
   * An allowance that is earned and spent like money (Hyperliquid's actions per address): nobody waits for it. What would
   * take of its reserve is refused at once, cancels and reductions always go. Absent = false.
   */
  readonly isBudget?: boolean
}

/** Why a request may not leave; both are reason codes of orders. */
export type RequestRefusal = 'limit_request_rate' | 'limit_address_budget'

/** The part of a pool that one of several desks behind the same address may use. @param parts how many there are */
export function share(pool: RequestPool, parts: number): RequestPool {
  invariant(Number.isInteger(parts) && parts >= 1, `${parts} desks cannot share a pool`)
  if (pool.scope !== 'address' || parts === 1) return pool
  return {
    ...pool,
    capacity: Math.floor(pool.capacity / parts),
    refillPerS: pool.refillPerS / parts,
    reserve: Math.floor(pool.reserve / parts),
  }
}

/** Lost digits of a sum of fractions; far below the weight of any request. */
const EPSILON = 1e-6

const isUrgent = (priority: RequestPriority): boolean =>
  priority === 'cancel' || priority === 'reduce'

/** How much of one pool is left, from moment to moment. */
export class PoolLevel {
  #pool: RequestPool
  #level: number
  #at: number
  #blockedUntil = Number.NEGATIVE_INFINITY

  constructor(pool: RequestPool, at: number) {
    this.#pool = pool
    this.#level = pool.capacity
    this.#at = at
  }

  get pool(): RequestPool {
    return this.#pool
  }

  /** Weight that is left; below 0 the venue has told that more is used than we knew. */
  levelAt(at: number): number {
    if (at > this.#at) {
      const { capacity, refillPerS } = this.#pool
      const refilled = this.#level + ((at - this.#at) * refillPerS) / 1000
      // A budget may hold more than the capacity that its pool was declared with.
      this.#level = Math.max(this.#level, Math.min(capacity, refilled))
      this.#at = at
    }
    return this.#level
  }

  /** Whether a budget is spent down to its reserve. */
  isSpent(weight: number, at: number): boolean {
    return this.#pool.isBudget === true && this.levelAt(at) - weight < this.#pool.reserve
  }

  /** The earliest moment at which so much may be taken if nobody else takes any; Infinity = never. */
  readyAt(weight: number, priority: RequestPriority, at: number): number {
    const { capacity, refillPerS, reserve, isBudget } = this.#pool
    const from = Math.max(at, this.#blockedUntil)
    if (isBudget === true && isUrgent(priority)) return from
    const floor = isUrgent(priority) ? 0 : reserve
    const missing = floor + weight - this.levelAt(at)
    if (missing <= EPSILON) return from
    if (floor + weight > capacity + EPSILON || refillPerS <= 0) return Number.POSITIVE_INFINITY
    return Math.max(from, at + (missing * 1000) / refillPerS)
  }

  take(weight: number, at: number): void {
    this.#level = this.levelAt(at) - weight
  }

  /** The venue refused for too many requests: nothing leaves until then, cancels neither. */
  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until)
  }

  /** The venue told how much is used: a budget is what it says, of a rate the smaller of both views holds. */
  used(weight: number, at: number): void {
    const left = this.#pool.capacity - weight
    this.#level = this.#pool.isBudget === true ? left : Math.min(this.levelAt(at), left)
  }

  /** Another part of the limit: a smaller one holds at once, a larger one fills by itself. */
  resize(pool: RequestPool, at: number): void {
    this.#level = Math.min(this.levelAt(at), Math.max(pool.capacity, 0))
    this.#pool = pool
  }
}

/** A request that waits for its allowance. */
export interface QueuedRequest {
  readonly priority: RequestPriority
  readonly costs: readonly RequestCost[]
  /** After this it must not leave any more; null = no deadline. */
  readonly deadlineAt: number | null
}

export interface Served<R extends QueuedRequest> {
  readonly granted: readonly R[]
  readonly refused: readonly { readonly request: R; readonly why: RequestRefusal }[]
  /** When to look again; null = nothing waits. */
  readonly nextAt: number | null
}

/** Requests in line: the most urgent first, of one urgency the oldest first. */
export class RequestQueue<R extends QueuedRequest> {
  readonly #levels: ReadonlyMap<string, PoolLevel>
  readonly #lines: Readonly<Record<RequestPriority, R[]>> = {
    cancel: [],
    reduce: [],
    reconcile: [],
    place: [],
    data: [],
  }

  constructor(levels: ReadonlyMap<string, PoolLevel>) {
    this.#levels = levels
  }

  get length(): number {
    return requestPriorities.reduce((sum, priority) => sum + this.#lines[priority].length, 0)
  }

  add(request: R): void {
    this.#lines[request.priority].push(request)
  }

  /**
   * Lets go what may leave now. Nobody overtakes a more urgent request on a pool that it waits for; other pools are free.
   */
  serve(at: number): Served<R> {
    const granted: R[] = []
    const refused: { request: R; why: RequestRefusal }[] = []
    const waitedFor = new Set<string>()
    let nextAt: number | null = null
    for (const priority of requestPriorities) {
      const line = this.#lines[priority]
      const staying: R[] = []
      for (const request of line) {
        const why = this.#refusal(request, at)
        if (why !== null) refused.push({ request, why })
        else {
          const wakeAt = this.#tryTake(request, at, waitedFor)
          if (wakeAt === null) granted.push(request)
          else {
            staying.push(request)
            nextAt = Math.min(nextAt ?? wakeAt, wakeAt)
          }
        }
      }
      line.splice(0, line.length, ...staying)
    }
    return { granted, refused, nextAt }
  }

  #levelOf(pool: string): PoolLevel {
    const level = this.#levels.get(pool)
    invariant(level !== undefined, `no pool of requests is called ${pool}`)
    return level
  }

  /** Why it can never leave in time; null = it may. */
  #refusal({ priority, costs, deadlineAt }: R, at: number): RequestRefusal | null {
    for (const { pool, weight } of costs)
      if (!isUrgent(priority) && this.#levelOf(pool).isSpent(weight, at))
        return 'limit_address_budget'
    const readyAt = this.#readyAt(priority, costs, at)
    const isTooLate = deadlineAt !== null && (at > deadlineAt || readyAt > deadlineAt)
    return isTooLate || readyAt === Number.POSITIVE_INFINITY ? 'limit_request_rate' : null
  }

  #readyAt(priority: RequestPriority, costs: readonly RequestCost[], at: number): number {
    let readyAt = at
    for (const { pool, weight } of costs)
      readyAt = Math.max(readyAt, this.#levelOf(pool).readyAt(weight, priority, at))
    return readyAt
  }

  /** @returns when to look at it again; null = it leaves now */
  #tryTake({ priority, costs, deadlineAt }: R, at: number, waitedFor: Set<string>): number | null {
    const readyAt = this.#readyAt(priority, costs, at)
    const isBehind = costs.some(({ pool }) => waitedFor.has(pool))
    if (readyAt <= at && !isBehind) {
      for (const { pool, weight } of costs) this.#levelOf(pool).take(weight, at)
      return null
    }
    for (const { pool } of costs) waitedFor.add(pool)
    // Behind others nobody knows when its turn comes; it is refused when its deadline has passed.
    const turnAt = isBehind ? Number.POSITIVE_INFINITY : readyAt
    return Math.min(turnAt, deadlineAt === null ? turnAt : deadlineAt + 1)
  }
}
