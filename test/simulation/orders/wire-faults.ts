/** What may go wrong between a desk and the venue. */
import type { RequestPool } from '../../../src/domain/request-pool.ts'

/** Probabilities, and moments (virtual ms) until which something lasts. */
export interface WireFaults {
  lostRequest: number
  lostAnswer: number
  slow: number
  /** Something on the way repeats an order; only where the venue tells ids apart. */
  arrivesTwice: number
  noName: number
  unknownCode: number
  partlyRefused: number
  hiddenBatch: number
  deferredCancel: number
  dropped: number
  twice: number
  reordered: number
  partitionUntil: number
  rateLimitUntil: number
  isBudgetSpent: boolean
}

/** The one pool of requests of a venue that grants few. */
export const POOL = 'requests'
export const TIGHT: RequestPool = {
  name: POOL,
  capacity: 12,
  refillPerS: 6,
  reserve: 4,
  scope: 'account',
}

/** How far away the venue is, and what it grants. */
export interface WireLine {
  /** Each way, on top of what every message takes, ms. */
  readonly farMs: number
  /** null = it grants more requests than anybody asks. */
  readonly pool: RequestPool | null
}
