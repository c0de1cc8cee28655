/** Plans what an instance sends now: whether it may, under which ids and with which deadline. */
import { type ClientIdScheme, clientIdSchemes } from '../domain/client-id.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import { ClientIds } from './client-ids.ts'
import type { Committer } from './committer.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'
import { Shadow } from './shadow.ts'
import type { StepBarrier } from './step-barrier.ts'
import type { VenueClock } from './venue-clock.ts'
import type { VenueGateway } from './venue-gateway.ts'

/** The venue refuses an order that reaches it later than this after it was sent, unless its traits say another time. */
const VENUE_DEADLINE_MS = 2500
/** After a block of ids could not be reserved the disk is tried again. */
const IDS_RETRY_MS = 1000

export interface PlannerParts {
  readonly venue: VenueAccount
  readonly journal: JournalStore
  readonly clock: Clock
  readonly logger: Logger
  readonly instances: Instances
  readonly barrier: StepBarrier
  readonly committer: Committer
  readonly gateway: VenueGateway
  readonly venueClock: VenueClock
  readonly isReconciled: () => boolean
  /** Something changed: a turn is needed. */
  readonly onChanged: () => void
}

export class Planner {
  readonly shadow: Shadow
  readonly #parts: PlannerParts
  readonly #ids: ClientIds
  /** null = the venue knows no deadline: absence is proven by other evidence. */
  readonly #deadlineMs: number | null

  constructor(parts: PlannerParts) {
    this.#parts = parts
    this.shadow = new Shadow(parts.logger)
    const { traits } = parts.venue
    const scheme = clientIdSchemes[traits?.idScheme ?? 'text']
    this.#ids = new ClientIds(parts.journal, scheme, (error) => this.#onNoIds(error))
    this.#deadlineMs = traits === undefined ? VENUE_DEADLINE_MS : traits.deadlineMs
  }

  get scheme(): ClientIdScheme {
    return this.#ids.scheme
  }

  /** A disk that is full takes no new block of ids: no order is sent, cancels go on, and it is tried again. */
  #onNoIds(error: unknown): void {
    const { clock, committer, instances, onChanged } = this.#parts
    committer.tellUnwritable(error)
    clock.after(IDS_RETRY_MS, () => {
      this.#ids.retry()
      for (const { loop } of instances.all()) loop.lookAgain()
      onChanged()
    })
  }

  /** Lockstep plans as a backtest does: after the bot has answered the step, and after all answers of the venue. */
  #mayPlan(entry: InstanceEntry): boolean {
    const { barrier, gateway, isReconciled } = this.#parts
    if (!barrier.isLockstep || entry.override !== null) return true
    return !entry.isStepAwaited && gateway.isIdle && isReconciled()
  }

  /** Cancels leave at once; orders wait in the buffer for the commit. */
  plan(entry: InstanceEntry): void {
    const { barrier, committer, gateway, venueClock } = this.#parts
    if (!entry.loop.hasWork() || !this.#mayPlan(entry)) return
    // A deadline by a clock that nobody has compared would be none.
    if (this.#deadlineMs !== null && !venueClock.isKnown) return
    const plan = entry.loop.plan(
      barrier.at ?? 0,
      () => this.#ids.next(),
      this.#deadlineMs === null ? null : venueClock.now() + this.#deadlineMs,
    )
    if (entry.settings.shadow === true) return this.shadow.take(entry, plan)
    committer.buffer.addIntents(plan.places)
    // When a target may be tried again, how many orders went, and that a watched stop has fired, is kept with the instance.
    entry.isDirty ||=
      (entry.loop.isRateLimited && plan.places.length > 0) ||
      plan.places.some(({ intent }) => intent.origin.kind !== 'slot' || intent.isProtection)
    if (plan.cancels.length > 0) gateway.cancel(entry, plan.cancels)
  }
}
