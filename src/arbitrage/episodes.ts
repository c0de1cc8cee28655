/** Opportunities from their beginning to their end: the last thousand, and all of them for whoever keeps them. */

import type { Opportunity } from '../domain/arbitrage/opportunity.ts'
import { type Finding, isOpportunity, type Pair } from '../domain/arbitrage/scan.ts'

/** An opportunity that is there, or was. */
export interface Episode {
  readonly id: number
  readonly pair: Pair
  /** Machine wall time, ms. */
  readonly openedAt: number
  closedAt: number | null
  /** As it was when its edge was greatest. */
  best: Opportunity
  /** Code of what spoke against it at its end. */
  reason: string | null
}

export const HISTORY_MAX = 1000

export class Episodes {
  readonly #open = new Map<string, Episode>()
  readonly #all: Episode[] = []
  readonly #begun = new Map<string, number>()
  readonly #onClosed: (episode: Episode) => void
  #lastId: number

  /**
   * @param lastId of those that an earlier process has found
   * @param onClosed each that has ended, once
   */
  constructor(lastId: number, onClosed: (episode: Episode) => void) {
    this.#lastId = lastId
    this.#onClosed = onClosed
  }

  /** Since when a pair has been an opportunity; null = it is none. */
  since(pair: string): number | null {
    return this.#open.get(pair)?.openedAt ?? null
  }

  /** How many have begun, by pair. */
  get begun(): ReadonlyMap<string, number> {
    return this.#begun
  }

  /** The newest first; those that are there still among them. */
  get newest(): readonly Episode[] {
    return this.#all.toReversed()
  }

  /** Those that are there now. */
  get open(): readonly Episode[] {
    return [...this.#open.values()]
  }

  /** Takes what holds for a pair now. */
  take(finding: Finding, at: number): void {
    const { pair, assessment } = finding
    const { opportunity } = assessment
    const open = this.#open.get(pair.id)
    const isOne = opportunity !== null && isOpportunity(finding)
    if (open !== undefined && !(isOne && isSameDirection(open.best, opportunity)))
      this.#close(open, at, isOne ? 'direction' : (assessment.reasons[0]?.code ?? 'edge'))
    if (!isOne) return
    const still = this.#open.get(pair.id)
    if (still === undefined) this.#begin(pair, opportunity, at)
    else if (opportunity.edge > still.best.edge) still.best = opportunity
  }

  /** The scanner ends: what is open is closed. */
  closeAll(at: number): void {
    for (const open of [...this.#open.values()]) this.#close(open, at, 'scanner_ended')
  }

  #begin(pair: Pair, best: Opportunity, at: number): void {
    this.#lastId += 1
    const episode: Episode = {
      id: this.#lastId,
      pair,
      openedAt: at,
      closedAt: null,
      best,
      reason: null,
    }
    this.#open.set(pair.id, episode)
    this.#all.push(episode)
    if (this.#all.length > HISTORY_MAX) this.#all.shift()
    this.#begun.set(pair.id, (this.#begun.get(pair.id) ?? 0) + 1)
  }

  #close(episode: Episode, at: number, reason: string): void {
    episode.closedAt = at
    episode.reason = reason
    this.#open.delete(episode.pair.id)
    this.#onClosed(episode)
  }
}

const isSameDirection = (one: Opportunity, other: Opportunity): boolean =>
  one.long.instrument === other.long.instrument
