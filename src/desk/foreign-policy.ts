/** What follows when somebody else trades on the contract of an instance (exchange_config.on_foreign). */
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import { type InstanceEntry, sendMode } from './instance-entry.ts'

export interface ForeignPolicyParts {
  readonly key: string
  readonly clock: Clock
  readonly logger: Logger
}

export class ForeignPolicy {
  readonly #parts: ForeignPolicyParts
  #seen = 0
  readonly #news = new Map<string, number>()

  constructor(parts: ForeignPolicyParts) {
    this.#parts = parts
  }

  /** Orders and fills of others on contracts of ours, since the desk started. */
  get seenTotal(): number {
    return this.#seen
  }

  /** Those that an instance with `halt` was not to be alone with, since the desk started. */
  newsOf(instance: string): number {
    return this.#news.get(instance) ?? 0
  }

  /**
   * An order or a fill of somebody else on the contract of an instance. With `halt` nothing raises risk from now on until an
   * operator resumes the instance; what it holds may still be reduced.
   * @param what e.g. "order x1"
   */
  seen(entry: InstanceEntry, what: string): void {
    this.#seen++
    const { key, clock, logger } = this.#parts
    const { loop, settings } = entry
    if (settings.onForeign !== 'halt' || settings.shadow === true) return
    this.#news.set(settings.instance, this.newsOf(settings.instance) + 1)
    const before = loop.risk.mode
    if (loop.risk.latch !== null) {
      loop.risk.keep('foreign_activity', 'reduce_only')
      entry.isDirty = true
      return
    }
    loop.onAccountLimit('foreign_activity', 'reduce_only')
    if (loop.risk.mode !== before) {
      const limit = { code: 'foreign_activity', whose: 'instance', figures: null } as const
      loop.risk.explain({ kind: 'limit', since: clock.wallMs(), marketAt: loop.at, limit })
    }
    entry.isDirty = true
    sendMode(entry)
    const { instance } = settings
    const text = `${what} is of somebody else: ${instance} takes no new risk until perpfleet resume ${instance} (exchange_config.on_foreign is halt)`
    const alert = { alert: 'ForeignActivity', severity: 'critical', bot: instance, account: key }
    logger.error('reconciliation', text, alert)
  }
}
