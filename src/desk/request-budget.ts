/** The allowance of requests of one account desk: the pools of its venue, shared with the other desks behind its address. */
import { invariant } from '../domain/money.ts'
import {
  PoolLevel,
  type QueuedRequest,
  type RequestCost,
  type RequestPool,
  type RequestPriority,
  RequestQueue,
  type RequestRefusal,
  share,
} from '../domain/request-pool.ts'
import type { Clock } from '../ports/clock.ts'
import type { RequestBudget } from '../ports/request-budget.ts'
import { VenueError } from '../ports/venue.ts'

/** More than this in line is a fault of whoever asks; what comes then is refused. */
const WAITING_MAX = 2000

const REFUSALS: Readonly<Record<RequestRefusal, string>> = {
  limit_request_rate:
    "the venue's limit on requests leaves no room before the deadline: nothing was sent",
  limit_address_budget:
    "the account's budget of actions at the venue is spent down to its reserve: nothing was sent",
}

interface Waiting extends QueuedRequest {
  readonly grant: () => void
  readonly refuse: (why: RequestRefusal) => void
}

export class DeskRequestBudget implements RequestBudget {
  readonly #clock: Clock
  readonly #levels = new Map<string, PoolLevel>()
  /** As the venue grants them to all desks together. */
  readonly #whole = new Map<string, RequestPool>()
  readonly #queue = new RequestQueue<Waiting>(this.#levels)
  #desks = 1
  #refused = 0
  /** Cancels the timer that looks at the line again. */
  #cancelTimer: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  declare(pools: readonly RequestPool[]): void {
    const now = this.#clock.monotonicMs()
    for (const pool of pools) {
      this.#whole.set(pool.name, pool)
      const part = share(pool, this.#desks)
      const level = this.#levels.get(pool.name)
      if (level === undefined) this.#levels.set(pool.name, new PoolLevel(part, now))
      else level.resize(part, now)
    }
    this.#serve()
  }

  /** How many desks of this machine speak to the venue from one address, this one included. */
  setDesks(desks: number): void {
    invariant(Number.isInteger(desks) && desks >= 1, `${desks} desks cannot share an address`)
    if (desks === this.#desks) return
    this.#desks = desks
    this.declare([...this.#whole.values()])
  }

  /** Requests that were refused since the start. */
  get refusedTotal(): number {
    return this.#refused
  }

  /** Whether an order that could raise risk is refused for now, whatever it is; null = it may be sent. */
  get refusal(): 'limit_address_budget' | null {
    const now = this.#clock.monotonicMs()
    for (const level of this.#levels.values())
      if (level.isSpent(1, now)) return 'limit_address_budget'
    return null
  }

  /** For status: what is left of each pool, and how many wait. */
  report() {
    const now = this.#clock.monotonicMs()
    return {
      waiting: this.#queue.length,
      refused_total: this.#refused,
      desks: this.#desks,
      pools: [...this.#levels].map(([name, level]) => ({
        name,
        left: Math.floor(level.levelAt(now)),
        capacity: level.pool.capacity,
      })),
    }
  }

  take(
    priority: RequestPriority,
    costs: readonly RequestCost[],
    deadlineAt: number | null,
  ): Promise<void> {
    for (const { pool } of costs)
      invariant(this.#levels.has(pool), `no pool of requests is called ${pool}`)
    return new Promise((resolve, reject) => {
      const refuse = (why: RequestRefusal): void => {
        this.#refused++
        reject(new VenueError('rate_limited', why, REFUSALS[why]))
      }
      // A cancel is never turned away for the sake of what waits.
      if (this.#queue.length >= WAITING_MAX && priority !== 'cancel') {
        refuse('limit_request_rate')
        return
      }
      this.#queue.add({ priority, costs, deadlineAt, grant: resolve, refuse })
      this.#serve()
    })
  }

  block(pool: string, forMs: number): void {
    this.#levels.get(pool)?.block(this.#clock.monotonicMs() + forMs)
    this.#serve()
  }

  used(pool: string, weight: number): void {
    this.#levels.get(pool)?.used(weight, this.#clock.monotonicMs())
    this.#serve()
  }

  #serve(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    const now = this.#clock.monotonicMs()
    const { granted, refused, nextAt } = this.#queue.serve(now)
    if (nextAt !== null && Number.isFinite(nextAt))
      this.#cancelTimer = this.#clock.after(Math.max(1, Math.ceil(nextAt - now)), () =>
        this.#serve(),
      )
    for (const { grant } of granted) grant()
    for (const { request, why } of refused) request.refuse(why)
  }
}
