/** What a run of two venues has met, beside what each of them has (orders/coverage.ts). */
import { Coverage, type Situation } from '../orders/coverage.ts'
import type { Scheduler } from '../orders/scheduler.ts'

export const legSituations = [
  'legs: hedge filled in part',
  'legs: unknown order of the hedge, then filled',
  'legs: unknown order of the hedge, then absent',
  'legs: unknown order of the lead, then filled',
  'legs: unknown order of the lead, then absent',
  'legs: a venue goes down while entering',
  'legs: a venue goes down while holding',
  'legs: a venue goes down while exiting',
  'legs: a venue goes down while quoting',
  'legs: a cancel races a fill',
  'legs: dust is carried',
  'legs: repaired by hedging again',
  'legs: repaired by unwinding',
  'legs: unwound while the other venue is closed',
  'legs: the loss cap is reached',
  'legs: one leg is liquidated',
  'legs: bot killed between two legs',
  'legs: bot killed while both agree',
  'legs: bot held',
  'legs: power cut of the whole machine',
  'legs: both desks killed',
  'legs: kill command with open legs',
  'legs: kill command between two legs',
  'legs: close command with open legs',
  'legs: pause of one leg alone',
  'legs: a pair was entered',
  'legs: a pair was left',
  'legs: a maker order filled',
  'legs: the gap jumps while entering',
  'legs: funding of two intervals',
  'legs: traded with one venue four times as far as the other',
  'legs: traded with two different deadlines',
  'legs: traded with one deadline and none',
  'legs: traded with two different allowances of requests',
  'legs: traded with a dead-man switch at one venue alone',
  'legs: an order is lost for ever at a venue without deadlines',
  'legs: the dead-man switch of one venue fires',
  'legs: the dead-man switch takes resting orders away',
  'legs: the daily loss of the sum is reached',
  'legs: the drawdown of the sum is reached',
  'legs: a limit on the sum is reached while a leg is closed',
  'legs: a limit on the sum makes both legs reduce only',
  'legs: a limit on the sum halts both legs',
  'legs: a limit on the sum flattens both legs',
  'legs: a bot comes back to a latched limit',
  'legs: a limit on the sum is released',
  'legs: apart while both legs may only reduce',
  'legs: adjusted while entering',
  'legs: adjusted while holding',
  'legs: adjusted while exiting',
  'legs: adjusted while quoting',
  'legs: adjusted while the bot is away',
  'legs: a smaller part is configured while one is on its way',
] as const

export type LegSituation = (typeof legSituations)[number]

export class LegsCoverage {
  readonly counts = new Map<string, number>(legSituations.map((name) => [name, 0]))

  sometimes(name: LegSituation): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }
}

/** How long after it was met something may still show, ms; absent = 0. */
const lasting: Partial<Record<Situation, number>> = {
  'network: slow request': 20_000,
  'stream: half-open': 20_000,
  // Found by the comparison that is made each 30 s.
  'stream: message dropped': 30_000,
  'stream: message twice': 5000,
  'stream: message reordered': 4100,
  'venue: fill after final': 6000,
  'venue: order not visible yet': 5000,
  'venue: cancel pending': 3000,
}

/** What is no trouble of a venue: it answers all the same. */
const harmless: ReadonlySet<Situation> = new Set<Situation>([
  'venue: partial fill',
  'venue: reduce-only cut',
  'venue: post-only refused',
  'venue: cancel races fill',
  'venue: cancel of an unknown order',
  'venue: funding',
  'venue: funding told twice',
  'venue: deposit',
  'venue: fill before answer',
  'gate: limit of the instance',
  'gate: limit of the account',
  'order: unknown, then found',
  'order: unknown, then filled',
  'order: unknown, then absent',
  'desk: stale market',
])

/** Coverage of one venue, which remembers until when its latest trouble lasts. */
export class VenueCoverage extends Coverage {
  troubleUntil = 0
  onMet: (name: Situation) => void = () => {}
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler) {
    super()
    this.#scheduler = scheduler
  }

  override sometimes(name: Situation): void {
    super.sometimes(name)
    if (!harmless.has(name)) this.trouble(lasting[name] ?? 0)
    this.onMet(name)
  }

  /** Something goes on, or lasts for so long. */
  trouble(forMs: number): void {
    this.troubleUntil = Math.max(this.troubleUntil, this.#scheduler.now + forMs)
  }
}
