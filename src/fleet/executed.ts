/**
 * How many opportunities instances of several legs have closed, by outcome: each bot counts over its life, here they are added.
 * The sum never falls: neither while a bot restarts and books again what it had not saved, nor when an instance begins a new life
 * or is removed.
 */
import type { OpportunityOutcome } from '../domain/arbitrage/round-trip.ts'
import { asReport, type BotReport } from './bot-report.ts'

export type OutcomeCounts = Readonly<Record<OpportunityOutcome, number>>

const OUTCOMES = ['profit', 'loss', 'unwound'] as const satisfies readonly OpportunityOutcome[]
const NONE: OutcomeCounts = { profit: 0, loss: 0, unwound: 0 }

const combined = (
  a: OutcomeCounts,
  b: OutcomeCounts,
  both: (a: number, b: number) => number,
): OutcomeCounts => ({
  profit: both(a.profit, b.profit),
  loss: both(a.loss, b.loss),
  unwound: both(a.unwound, b.unwound),
})

/** What a bot tells; null = its strategy counts no opportunities, or nothing is told. */
function countsOf({ grid }: BotReport): OutcomeCounts | null {
  const told = new Map(Object.entries(asReport(grid))).get('opportunities_by_outcome')
  if (typeof told !== 'object' || told === null) return null
  const found = new Map(Object.entries(told))
  const [profit, loss, unwound] = OUTCOMES.map((outcome) => Number(found.get(outcome) ?? 0))
  const counts = { profit: profit ?? 0, loss: loss ?? 0, unwound: unwound ?? 0 }
  return Object.values(counts).every(Number.isSafeInteger) ? counts : null
}

export class ExecutedBook {
  /** By instance, by the beginning of a life of it. */
  readonly #lives = new Map<string, Map<string, OutcomeCounts>>()
  readonly #awaited = new Set<string>()

  /**
   * @param report what the bot tells now, or had saved when it ended
   * @param isAwaited it runs and has several legs: nobody knows its counts before it has answered
   */
  take(id: string, report: BotReport, isAwaited: boolean): void {
    const counts = countsOf(report)
    if (counts === null) {
      if (isAwaited && report.grid === undefined && !this.#lives.has(id)) this.#awaited.add(id)
      else this.#awaited.delete(id)
      return
    }
    this.#awaited.delete(id)
    const lives = this.#lives.get(id) ?? new Map<string, OutcomeCounts>()
    const life = typeof report.born_at === 'string' ? report.born_at : ''
    lives.set(life, combined(counts, lives.get(life) ?? NONE, Math.max))
    this.#lives.set(id, lives)
  }

  /**
   * Of all instances that were told of.
   * @param isThere whether there is such an instance now
   * @returns null = one of them has not told yet, or none counts opportunities
   */
  totals(isThere: (id: string) => boolean): OutcomeCounts | null {
    if (this.#lives.size === 0 || [...this.#awaited].some(isThere)) return null
    return [...this.#lives.values()]
      .flatMap((lives) => [...lives.values()])
      .reduce((sum, counts) => combined(sum, counts, (a, b) => a + b), NONE)
  }
}
