/**
 * How many opportunities instances of several legs have closed, by outcome: each bot counts over its life, here they are added.
 * The sum never falls: neither while a bot restarts and books again what it had not saved, nor when an instance begins a new life
 * or is removed, nor with a restart of the control plane. A counter that falls to anything but 0 would be read as one that began
 * at 0 and counted all of the rest anew.
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
  return countsIn(new Map(Object.entries(asReport(grid))).get('opportunities_by_outcome'))
}

function countsIn(told: unknown): OutcomeCounts | null {
  if (typeof told !== 'object' || told === null) return null
  const found = new Map(Object.entries(told))
  const [profit, loss, unwound] = OUTCOMES.map((outcome) => Number(found.get(outcome) ?? 0))
  const counts = { profit: profit ?? 0, loss: loss ?? 0, unwound: unwound ?? 0 }
  return Object.values(counts).every(Number.isSafeInteger) ? counts : null
}

/** Where the counts outlive the control plane. */
export interface ExecutedKeeping {
  /** What was written last; null = nothing yet. */
  read(): string | null
  /** @throws Error when the disk takes nothing */
  write(text: string): void
}

type Lives = Map<string, Map<string, OutcomeCounts>>

/** Instead of the beginning of a life: all lives before the last one, which change no more. */
const EARLIER = 'earlier'

export class ExecutedBook {
  /** By instance, by the beginning of a life of it. */
  readonly #lives: Lives
  readonly #awaited = new Set<string>()
  readonly #keeping: ExecutedKeeping | null
  #isDirty = false

  constructor(keeping: ExecutedKeeping | null = null) {
    this.#keeping = keeping
    this.#lives = livesIn(keeping?.read() ?? null)
  }

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
    const known = lives.get(life)
    const now = combined(counts, known ?? NONE, Math.max)
    lives.set(life, now)
    this.#lives.set(id, lives)
    if (known === undefined || OUTCOMES.some((outcome) => now[outcome] !== known[outcome]))
      this.#isDirty = true
    this.#keep()
  }

  #keep(): void {
    if (!this.#isDirty || this.#keeping === null) return
    const whole = [...this.#lives].map(([id, lives]) => [id, Object.fromEntries(lives)])
    try {
      this.#keeping.write(JSON.stringify(Object.fromEntries(whole)))
      this.#isDirty = false
    } catch {
      // A full disk keeps nobody from seeing the list: it is written with the next look.
    }
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

/** What an earlier control plane has written; nothing of it counts when it cannot be read. */
function livesIn(text: string | null): Lives {
  const found: Lives = new Map()
  for (const [id, stored] of entriesOf(parsed(text))) {
    const lives = entriesOf(stored).flatMap(([life, told]) => {
      const counts = countsIn(told)
      return counts === null ? [] : [[life, counts] as const]
    })
    if (lives.length > 0) found.set(id, new Map(compacted(lives)))
  }
  return found
}

function compacted(
  lives: readonly (readonly [life: string, counts: OutcomeCounts])[],
): readonly (readonly [string, OutcomeCounts])[] {
  if (lives.length < 3) return lives
  const before = lives
    .slice(0, -1)
    .reduce((sum, [, counts]) => combined(sum, counts, (a, b) => a + b), NONE)
  return [[EARLIER, before], ...lives.slice(-1)]
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
