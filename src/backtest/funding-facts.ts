/**
 * What could be known of an instrument's funding at each moment of recorded data, and nothing that came later: the rate of
 * the last settlement before that moment, and when the next one is due. Recorded series hold settled rates alone, so what a
 * venue foretold within an interval is not known here.
 */
import type { FundingColumns } from '../domain/history.ts'
import type { FundingTerms } from '../domain/market.ts'
import { ratio } from '../domain/money.ts'
import { settlementTime } from '../simulation/replay-source.ts'

/** Venues settle every 8 hours at the latest: after a longer silence the record has a hole, and nothing is known. */
const INTERVAL_MAX_MS = 8 * 3_600_000

export class FundingFacts {
  readonly #at: readonly number[]
  readonly #rate: readonly number[]
  /** How many settlements are over. */
  #settled = 0

  /** @param columns null = none is recorded, nothing is ever known */
  constructor(columns: FundingColumns | null) {
    this.#at = Array.from(columns?.at ?? [], settlementTime)
    this.#rate = Array.from(columns?.rate ?? [])
  }

  /** A settlement at this moment is over: its rate is known, and the next one is what is waited for. */
  settle(at: number): void {
    while ((this.#at[this.#settled] ?? Number.POSITIVE_INFINITY) <= at) this.#settled += 1
  }

  /**
   * What is known at a moment; a settlement due at this very moment is still to come, so its rate is not known yet.
   * Moments must not go back. Null where nothing is known.
   */
  termsAt(at: number): FundingTerms | null {
    while ((this.#at[this.#settled] ?? Number.POSITIVE_INFINITY) < at) this.#settled += 1
    const last = this.#settled - 1
    const lastAt = this.#at[last]
    const rate = this.#rate[last]
    if (lastAt === undefined || rate === undefined) return null
    const due = (this.#at[last + 1] ?? Number.POSITIVE_INFINITY) - lastAt
    const intervalMs = due <= INTERVAL_MAX_MS ? due : this.#formerInterval(last)
    const nextAt = lastAt + intervalMs
    return nextAt < at ? null : { rate: ratio(rate), intervalMs, nextAt }
  }

  #formerInterval(last: number): number {
    const former = (this.#at[last] ?? 0) - (this.#at[last - 1] ?? 0)
    return former > 0 && former <= INTERVAL_MAX_MS ? former : INTERVAL_MAX_MS
  }
}
