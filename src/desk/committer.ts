/** Writes what waits to the journal, at once or a little later, and hands the events out when they are durable. */
import type { Json } from '../domain/strategy.ts'
import type { Clock } from '../ports/clock.ts'
import { type JournalBatch, JournalLostError, type JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'
import { JournalBuffer } from './journal-buffer.ts'
import { textOf } from './venue-gateway.ts'

/** Outcomes alone may wait this long: lost, they are asked for again. */
const LAZY_COMMIT_MS = 20
const RETRY_MS = 1000

export interface CommitterParts {
  readonly key: string
  readonly journal: JournalStore
  readonly instances: Instances
  readonly clock: Clock
  readonly logger: Logger
  readonly onRetry: () => void
  /** Another desk owns the journal now. */
  readonly onLost: (error: JournalLostError) => void
  /** What is kept of the account as a whole. */
  readonly account: { unwritten(): Json | null; written(state: Json): void }
}

export class Committer {
  readonly buffer: JournalBuffer
  readonly #parts: CommitterParts
  #isLazyPlanned = false
  /** Since when something waits to be written without haste, monotonic ms; null = nothing does. */
  #waitsSinceMs: number | null = null

  constructor(parts: CommitterParts) {
    this.#parts = parts
    this.buffer = new JournalBuffer(parts.journal, (events) => this.#handOut(events))
  }

  commitLater(): void {
    if (!this.#hasUnwritten()) return
    this.#waitsSinceMs ??= this.#parts.clock.monotonicMs()
    if (!this.#isLazyPlanned) this.#planLazy(LAZY_COMMIT_MS)
  }

  #planLazy(delayMs: number): void {
    this.#isLazyPlanned = true
    this.#parts.clock.after(delayMs, () => {
      this.#isLazyPlanned = false
      if (this.#waitsSinceMs === null) return
      const leftMs = this.#waitsSinceMs + LAZY_COMMIT_MS - this.#parts.clock.monotonicMs()
      if (leftMs > 0) this.#planLazy(leftMs)
      else this.commit()
    })
  }

  #hasUnwritten(): boolean {
    if (!this.buffer.isEmpty || this.#dirtyEntries().length > 0) return true
    return this.#parts.account.unwritten() !== null
  }

  #dirtyEntries(): InstanceEntry[] {
    return [...this.#parts.instances.all()].filter((entry) => entry.isDirty)
  }

  /** One transaction, on disk when this returns; false when the journal cannot be written. */
  commit(): boolean {
    const dirty = this.#dirtyEntries()
    const account = this.#parts.account.unwritten()
    try {
      this.buffer.commit(dirty.map(journalRow), account)
    } catch (error) {
      this.#onFailed(error)
      return false
    }
    // All that waited is written: a want that comes next does not wait for a second commit.
    this.#waitsSinceMs = null
    for (const entry of dirty) entry.isDirty = false
    if (account !== null) this.#parts.account.written(account)
    return true
  }

  tellUnwritable(error: unknown): void {
    const { key, logger } = this.#parts
    const text = `the journal of ${key} cannot be written, so no order is sent: ${textOf(error)}`
    logger.error('journal', text)
  }

  /** A journal that cannot be written sends nothing; what came in stays in memory and is tried again. */
  #onFailed(error: unknown): void {
    const { instances, clock, onRetry, onLost } = this.#parts
    if (error instanceof JournalLostError) return onLost(error)
    this.tellUnwritable(error)
    for (const { intent } of this.buffer.dropIntents()) {
      const loop = instances.entries.get(intent.instance)?.loop
      loop?.onPlaced({ kind: 'rejected', clientId: intent.clientId, reason: 'journal_unavailable' })
    }
    clock.after(RETRY_MS, onRetry)
  }

  #handOut(events: JournalBatch['events']): void {
    if (events.length === 0) return
    for (const entry of this.#parts.instances.all()) {
      const rows = events.filter((row) => row.instance === entry.settings.instance)
      if (rows.length > 0)
        entry.link?.send({ type: 'account', events: rows.map((row) => row.event) })
    }
  }
}

function journalRow(entry: InstanceEntry): JournalBatch['instances'][number] {
  return {
    instance: entry.settings.instance,
    settings: entry.settings as unknown as Json,
    instrument: entry.instrument as unknown as Json,
    risk: entry.loop.state() as unknown as Json,
    override: entry.override,
  }
}

/** The last sentence of a desk whose account is another one's. */
export const lostText = (key: string, { message }: JournalLostError): string =>
  `account ${key} belongs to another desk now (${message}): this one sends nothing more and ends; see that one fleet alone trades the account`
