/** What is on its way to the venue: placements and cancels, and what their answers mean for loops and journal. */
import type { ClientOrderId } from '../domain/order.ts'
import type { ApprovedIntent } from '../domain/risk.ts'
import { Histogram, type HistogramCounts } from '../domain/statistic/histogram.ts'
import type { CancelOutcome, PlaceOutcome, VenueOrderStatus } from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalOutcome } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import { type VenueAccount, VenueError } from '../ports/venue.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'
import type { JournalBuffer } from './journal-buffer.ts'

export interface VenueGatewayParts {
  readonly venue: VenueAccount
  readonly instances: Instances
  readonly buffer: JournalBuffer
  readonly logger: Logger
  readonly clock: Clock
  /** Asks for a reconciliation: an outcome is not known. */
  readonly onUnknown: (reason: string) => void
  /** Something changed: a turn is needed. */
  readonly onChanged: () => void
}

/** Upper ends of what is counted, s. */
const EXECUTIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export class VenueGateway {
  readonly #parts: VenueGatewayParts
  #inFlight = 0
  #isShut = false
  /** From the decision to the venue's acceptance, by kind of order. */
  readonly #executions = new Map<string, Histogram>()

  constructor(parts: VenueGatewayParts) {
    this.#parts = parts
  }

  get isIdle(): boolean {
    return this.#inFlight === 0
  }

  /** Nothing leaves any more: the account belongs to another desk. */
  shut(): void {
    this.#isShut = true
  }

  /** Cancels need no commit: they can only lower risk, and must work when the disk does not. */
  cancel(entry: InstanceEntry, ids: readonly ClientOrderId[]): void {
    if (this.#isShut) return
    this.#inFlight++
    void this.#parts.venue.cancel(entry.instrument.id, ids).then(
      (outcomes) => this.#onCanceled(entry, outcomes),
      (error: unknown) =>
        this.#onCanceled(
          entry,
          ids.map((clientId) => ({ kind: 'unknown', clientId, reason: textOf(error) })),
        ),
    )
  }

  #onCanceled(entry: InstanceEntry, outcomes: readonly CancelOutcome[]): void {
    this.#inFlight--
    for (const outcome of outcomes) {
      entry.loop.onCanceled(outcome)
      if (outcome.kind === 'final') {
        this.note(entry, outcome.clientId, outcomeOf(outcome.status), null)
      } else if (outcome.kind !== 'pending') {
        this.#parts.onUnknown(`the outcome of a cancel of ${outcome.clientId} is unknown`)
      }
    }
    this.#parts.onChanged()
  }

  /** Since the desk started. */
  get executions(): Readonly<Record<string, HistogramCounts>> {
    return Object.fromEntries([...this.#executions].map(([kind, one]) => [kind, one.counts()]))
  }

  #measure(
    intents: readonly ApprovedIntent[],
    outcomes: readonly PlaceOutcome[],
    decidedMs: number,
  ): void {
    const seconds = (this.#parts.clock.monotonicMs() - decidedMs) / 1000
    const accepted = new Set(
      outcomes.filter(({ kind }) => kind === 'accepted').map(({ clientId }) => clientId),
    )
    for (const { intent } of intents) {
      if (!accepted.has(intent.clientId)) continue
      const kind = intent.request.trigger?.kind ?? intent.request.kind
      const known = this.#executions.get(kind) ?? new Histogram(EXECUTIONS_S)
      this.#executions.set(kind, known)
      known.add(seconds)
    }
  }

  /**
   * Sends intents that the journal holds durably; an answer that does not come is `unknown`, never a failure.
   * @param decidedMs when they were decided upon, monotonic
   */
  place(intents: readonly ApprovedIntent[], decidedMs = this.#parts.clock.monotonicMs()): void {
    if (this.#isShut) return
    this.#inFlight++
    void this.#parts.venue.place(intents).then(
      (outcomes) => {
        this.#measure(intents, outcomes, decidedMs)
        this.#onPlaced(outcomes)
      },
      (error: unknown) =>
        this.#onPlaced(
          intents.map(({ intent }) => ({
            kind: 'unknown',
            clientId: intent.clientId,
            reason: textOf(error),
          })),
        ),
    )
  }

  #onPlaced(outcomes: readonly PlaceOutcome[]): void {
    this.#inFlight--
    for (const outcome of outcomes) {
      const entry = this.#parts.instances.withOrder(outcome.clientId)
      if (entry) this.#onOnePlaced(entry, outcome)
    }
    this.#parts.onChanged()
  }

  #onOnePlaced(entry: InstanceEntry, outcome: PlaceOutcome): void {
    const { clientId } = outcome
    entry.loop.onPlaced(outcome)
    if (outcome.kind === 'accepted') {
      this.note(entry, clientId, outcomeOf(outcome.status), null)
      return
    }
    this.note(entry, clientId, outcome.kind, outcome.reason)
    // How long a refused slot waits is kept with the instance.
    entry.isDirty = true
    if (outcome.kind === 'unknown') {
      this.#parts.onUnknown(`the outcome of ${clientId} is unknown: ${outcome.reason}`)
    } else {
      const fields = { bot: entry.settings.instance, order: clientId, reason: outcome.reason }
      this.#parts.logger.info('orders', 'order rejected', fields)
    }
  }

  /** Records the latest outcome of an order; it is settled once its loop has let it go. */
  note(
    entry: InstanceEntry,
    clientId: ClientOrderId,
    outcome: JournalOutcome,
    reason: string | null,
  ): void {
    this.#parts.buffer.addOutcome(clientId, outcome, reason, !entry.loop.hasOrder(clientId))
  }
}

/** The journal's word for a status of the venue. */
export const outcomeOf = (status: VenueOrderStatus): JournalOutcome =>
  status === 'open' ? 'accepted' : status

export const textOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Whether the venue could not be asked: the same call may succeed later. Anything else is a refusal. */
export const isUnavailable = (error: unknown): boolean =>
  !(error instanceof VenueError) || error.kind === 'unavailable' || error.kind === 'rate_limited'
