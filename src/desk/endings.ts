/** Ends of instances: orders cancelled or kept, the position kept or closed, then the instance is released. */
import type { InstanceMode } from '../domain/instance-mode.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import type { Committer } from './committer.ts'
import type { InstanceEntry } from './instance-entry.ts'
import { textOf } from './venue-gateway.ts'

/** What stays down and is still being closed, whoever connects. */
const closing: ReadonlySet<InstanceMode> = new Set<InstanceMode>(['killed', 'halted', 'disarmed'])

export interface EndingsParts {
  readonly venue: VenueAccount
  readonly logger: Logger
  readonly committer: Committer
}

export class Endings {
  readonly #parts: EndingsParts

  constructor(parts: EndingsParts) {
    this.#parts = parts
  }

  /** Begins an end, or joins one that is under way; `onEnded` is called when the instance is released. */
  begin(
    entry: InstanceEntry,
    reason: string,
    orders: 'cancel' | 'keep',
    positions: 'keep' | 'close',
    onEnded: (ordersCanceled: number) => void,
  ): void {
    // What a kill or a close has begun is finished whatever a later stop says of orders and position.
    const isFlattening = entry.override === 'flatten'
    const isKept = orders === 'keep' && positions === 'keep' && !isFlattening
    const waiting = entry.ending?.onEnded ?? []
    entry.ending = {
      reason,
      positions,
      onEnded: [...waiting, onEnded],
      ordersAtStart: entry.loop.orders().length,
    }
    if (!isKept) {
      // A shadow has nothing at the venue that it could close.
      const isClosing = (positions === 'close' || isFlattening) && entry.settings.shadow !== true
      entry.override = isClosing ? 'flatten' : 'cancel'
      entry.loop.setOverride(entry.override)
    }
    if (isKept) this.release(entry)
    entry.isDirty = true
  }

  /**
   * A bot starts while an end stands that nobody waits for any more: released, or cut off by a restart of the desk. The
   * start counts; what a kill, a close or a limit holds down stays down.
   */
  forgetInterrupted(entry: InstanceEntry): void {
    const { mode } = entry.loop.risk
    if (entry.ending !== null || entry.override === null) return
    if (entry.override !== 'released' && closing.has(mode)) return
    entry.override = null
    entry.loop.setOverride(null)
  }

  /** Its orders are settled: the bot and whoever asked are told, and the venue lets it go. */
  release(entry: InstanceEntry): void {
    const { ending } = entry
    if (!ending) return
    entry.ending = null
    entry.override = 'released'
    entry.loop.forgetWants()
    entry.loop.setOverride(null)
    entry.isStepAwaited = false
    entry.isDirty = true
    this.#parts.committer.commit()
    const ordersCanceled = ending.ordersAtStart
    const { position } = entry.loop
    entry.link?.send({ type: 'ended', reason: ending.reason, ordersCanceled, position })
    for (const notify of ending.onEnded) notify(ordersCanceled)
    this.#parts.venue.detach(entry.settings.instance).catch((error: unknown) => {
      const text = `detach of ${entry.settings.instance} failed: ${textOf(error)}`
      this.#parts.logger.warn('desk', text)
    })
  }
}
