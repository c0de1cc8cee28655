/**
 * Which instances stand at the venue: those that the journal knows are opened at the start, all are attached again after
 * a reconnection, and what fails is tried again each second.
 */
import type { JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { DeskInstanceSettings } from '../protocol/desk-messages.ts'
import type { InstanceEntry } from './instance-entry.ts'
import { type Instances, ownedElsewhere } from './instances.ts'
import { isUnavailable, textOf } from './venue-gateway.ts'

export interface AttachmentsParts {
  readonly journal: JournalStore
  readonly logger: Logger
  readonly instances: Instances
  /** What the journal knows was opened, as far as the venue let it. */
  readonly onOpened: () => void
}

export class Attachments {
  readonly #parts: AttachmentsParts
  #isTakenUp = false
  /** Instances that the venue did not take at the last reconnection. */
  readonly #unattached = new Set<string>()

  constructor(parts: AttachmentsParts) {
    this.#parts = parts
  }

  /** Whether every instance of the journal is open: before, an event would be booked for nobody. */
  get isTakenUp(): boolean {
    return this.#isTakenUp
  }

  /** Opens what the journal knows and is not open yet; what fails now is tried again with the next connection. */
  async takeUp(): Promise<void> {
    const { journal, instances, logger, onOpened } = this.#parts
    const rows = journal.instances()
    const known = rows.filter((row) => !ownedElsewhere(row, rows))
    const openings = known.map(async (row) => {
      try {
        await instances.open(row.settings as unknown as DeskInstanceSettings)
      } catch (error) {
        logger.error('desk', `instance ${row.instance} is not attached: ${textOf(error)}`)
        if (!isUnavailable(error)) instances.takeBack(row)
      }
    })
    await Promise.all(openings)
    onOpened()
    this.#isTakenUp = known.every(({ instance }) => instances.entries.has(instance))
  }

  /** The connection is new, so the venue knows none of them. */
  async renew(): Promise<void> {
    await Promise.all([...this.#parts.instances.all()].map((entry) => this.#attachAgain(entry)))
  }

  async #attachAgain({ settings, override, isDetached }: InstanceEntry): Promise<void> {
    const { instances, logger } = this.#parts
    this.#unattached.delete(settings.instance)
    if (override === 'released' || isDetached) return
    try {
      await instances.attach(settings)
    } catch (error) {
      logger.error(
        'desk',
        `instance ${settings.instance} could not be attached again: ${textOf(error)}`,
      )
      this.#unattached.add(settings.instance)
    }
  }

  everySecond(): void {
    if (!this.#isTakenUp) void this.takeUp()
    for (const entry of this.#parts.instances.all())
      if (this.#unattached.has(entry.settings.instance)) void this.#attachAgain(entry)
  }
}
