/** The allowance of requests that a venue grants: who asks first is served by what a request is for, not by when it came. */

/** What a request is for, the most urgent first. */
export type RequestPriority = 'cancel' | 'reduce' | 'reconcile' | 'place' | 'data'

/** What a request takes of one pool. */
export interface RequestCost {
  /** Name of a RequestPool. */
  readonly pool: string
  readonly weight: number
}

/** One limit of a venue: `capacity` at once, refilled at `refillPerS`. */
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
}

/** Hands out the allowance; the desk holds it, adapters ask it before every request. */
export interface RequestBudget {
  /**
   * Resolves when the request may leave.
   * @param deadlineAt monotonic ms after which it must not leave any more; null = none
   * @throws VenueError `rate_limited` when it could not leave before its deadline, or the venue has blocked us
   */
  take(
    priority: RequestPriority,
    costs: readonly RequestCost[],
    deadlineAt: number | null,
  ): Promise<void>
  /** The venue refused for too many requests: nothing of the pool leaves for so long (ms of machine time). */
  block(pool: string, forMs: number): void
  /** The venue told how much of the pool is used. */
  used(pool: string, weight: number): void
}
