/**
 * How a request leaves: allowance first (before it is signed), then once, within its time; never a second time. What a
 * failure proves is told by the VenueError: NotSentError = nothing left.
 */
import { Histogram, type HistogramCounts } from '../../../domain/statistic/histogram.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { RequestBudget, RequestCost, RequestPriority } from '../../../ports/request-budget.ts'
import { VenueError } from '../../../ports/venue.ts'
import { Breaker } from './breaker.ts'
import { NotSentError, toVenueError } from './errors.ts'

/** Upper ends of what is counted of round trips, s. */
const ROUND_TRIPS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10]
/** For the first byte and the body together. */
const TIMEOUT_MS = 8000
/** A pool whose limit was met is left alone for so long when the venue names no time, ms. */
const BLOCK_MS = 1000

/** After the venue has refused the key nothing new is placed, and nothing is asked more often than once in this time, ms. */
const REFUSED_PLACE_MS = 30_000
const REFUSED_ASK_MS = 1000

/** Endpoints that fail together: a venue's order entry may be down while its public data is not, and its own word on that. */
export type EndpointClass = 'order' | 'account' | 'market' | 'status'

export interface Errand {
  /** For the error text, e.g. `positions`. */
  readonly name: string
  readonly endpoint: EndpointClass
  readonly priority: RequestPriority
  readonly costs: readonly RequestCost[]
  /** ms of machine time from now within which it must have left; null = whenever the budget lets it. */
  readonly leavesWithinMs?: number | null
  readonly timeoutMs?: number
}

export interface TransportParts {
  readonly venue: string
  readonly clock: Clock
  readonly budget: RequestBudget
  readonly random: () => number
}

export class Transport {
  readonly #parts: TransportParts
  readonly #breakers: Readonly<Record<EndpointClass, Breaker>>
  readonly #roundTrips = new Histogram(ROUND_TRIPS_S)
  /** The venue has refused the key, and has taken no signed request since. */
  #refusal: { readonly placedAt: number; readonly askedAt: number; readonly text: string } | null =
    null

  constructor(parts: TransportParts) {
    this.#parts = parts
    const { clock, random } = parts
    this.#breakers = {
      order: new Breaker(clock, random),
      account: new Breaker(clock, random),
      market: new Breaker(clock, random),
      status: new Breaker(clock, random),
    }
  }

  get roundTrips(): HistogramCounts {
    return this.#roundTrips.counts()
  }

  /** For the metric circuit_state. */
  get circuits(): Readonly<Record<EndpointClass, Breaker['state']>> {
    const { order, account, market, status } = this.#breakers
    return {
      order: order.state,
      account: account.state,
      market: market.state,
      status: status.state,
    }
  }

  /**
   * Sends once. `send` signs when it is called, so a request that waited for its allowance is not an old one.
   * @throws VenueError of what the failure proves; NotSentError when nothing left
   */
  async call<T>(errand: Errand, send: () => Promise<T>): Promise<T> {
    const breaker = this.#breakers[errand.endpoint]
    // What lowers risk is tried even when everything before it failed.
    const isUrgent = errand.priority === 'cancel' || errand.priority === 'reduce'
    if (!breaker.admits() && !isUrgent) throw this.#circuitOpen(errand)
    if (!isUrgent) this.#heed(errand)
    await this.#take(errand)
    const sentMs = this.#parts.clock.monotonicMs()
    try {
      const answer = await this.#within(errand, send)
      breaker.succeeded()
      if (isSigned(errand)) this.#refusal = null
      return answer
    } catch (error) {
      const failure = toVenueError(error, this.#parts.venue, errand.name)
      this.#learn(errand, breaker, failure)
      throw failure
    } finally {
      this.#roundTrips.add((this.#parts.clock.monotonicMs() - sentMs) / 1000)
    }
  }

  /** A key that was refused is tried now and then: hammering a venue with it gets the address banned. */
  #heed(errand: Errand): void {
    const refusal = this.#refusal
    if (refusal === null || !isSigned(errand)) return
    const now = this.#parts.clock.monotonicMs()
    const isPlacement = errand.priority === 'place'
    const isSoon = isPlacement
      ? now - refusal.placedAt < REFUSED_PLACE_MS
      : now - refusal.askedAt < REFUSED_ASK_MS
    if (isSoon) throw new NotSentError('credential', 'key_refused', refusal.text)
    this.#refusal = isPlacement ? { ...refusal, placedAt: now } : { ...refusal, askedAt: now }
  }

  async #take(errand: Errand): Promise<void> {
    const { budget, clock } = this.#parts
    const within = errand.leavesWithinMs ?? null
    const deadlineAt = within === null ? null : clock.monotonicMs() + within
    try {
      await budget.take(errand.priority, errand.costs, deadlineAt)
    } catch (error) {
      if (error instanceof VenueError) throw new NotSentError(error.kind, error.code, error.message)
      throw error
    }
  }

  #within<T>(errand: Errand, send: () => Promise<T>): Promise<T> {
    const { clock, venue } = this.#parts
    const timeoutMs = errand.timeoutMs ?? TIMEOUT_MS
    return new Promise<T>((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () => {
        const text = `${venue} did not answer ${errand.name} within ${timeoutMs} ms.`
        reject(new VenueError('unknown', 'timeout', text))
      })
      // `send` may throw before it returns a promise, e.g. while it signs.
      Promise.resolve().then(send).then(resolve, reject).finally(cancel)
    })
  }

  /** A refusal is an answer: only silence and outages open the breaker. */
  #learn(errand: Errand, breaker: Breaker, failure: VenueError): void {
    if (failure.kind === 'credential') {
      const now = this.#parts.clock.monotonicMs()
      this.#refusal = { placedAt: now, askedAt: now, text: failure.message }
    }
    if (failure.kind === 'rate_limited')
      for (const cost of errand.costs) this.#parts.budget.block(cost.pool, BLOCK_MS)
    if (failure.kind === 'unavailable' || failure.kind === 'unknown') breaker.failed()
    else breaker.succeeded()
  }

  #circuitOpen(errand: Errand): NotSentError {
    const text = `${this.#parts.venue} is not asked for ${errand.name}: its ${errand.endpoint} endpoints failed several times in a row and are tried again shortly.`
    return new NotSentError('unavailable', 'circuit_open', text)
  }
}

/** Whether it is asked with the key. */
const isSigned = ({ endpoint }: Errand): boolean => endpoint === 'order' || endpoint === 'account'

/** For questions: what proves nothing of an order is, of a question, only that it got no answer. */
export async function asQuestion<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof VenueError && error.kind === 'unknown')
      throw new VenueError('unavailable', error.code, error.message)
    throw error
  }
}
