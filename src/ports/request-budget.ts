/** The allowance of requests that a venue grants: who asks first is served by what a request is for, not by when it came. */
import type { RequestCost, RequestPool, RequestPriority } from '../domain/request-pool.ts'

export type { RequestCost, RequestPool, RequestPriority }

/** Hands out the allowance; the desk holds it, adapters ask it before every request. */
export interface RequestBudget {
  /**
   * Resolves when the request may leave.
   * @param deadlineAt monotonic ms after which it must not leave any more; null = none
   * @throws VenueError `rate_limited` when it could not leave before its deadline, or the venue has blocked us; its code is a
   * reason code of orders: `limit_request_rate`, or `limit_address_budget` when a budget is spent down to its reserve.
   * Nothing was sent then: an order that it was for is `rejected` with that code
   */
  take(
    priority: RequestPriority,
    costs: readonly RequestCost[],
    deadlineAt: number | null,
  ): Promise<void>
  /** The venue refused for too many requests: nothing of the pool leaves for so long (ms of machine time). */
  block(pool: string, forMs: number): void
  /** The venue told how much of the pool is used. Of a budget: capacity less what is left, below 0 when more is left. */
  used(pool: string, weight: number): void
}
