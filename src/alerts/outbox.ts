/**
 * What still has to be sent: each message to each channel until its receiver has taken it, over restarts of the control
 * plane too. A receiver that is down delays its own messages alone.
 */
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import { type Notification, type Notifier, NotifierError } from '../ports/notifier.ts'

export interface Outgoing {
  readonly channel: string
  readonly notification: Notification
  readonly attempts: number
  /** Wall ms; older than a day it is given up. */
  readonly queuedAt: number
}

export interface OutboxParts {
  readonly clock: Clock
  readonly logger: Logger
  /** By channel; what is not configured any more is dropped. */
  notifier(channel: string): Notifier | null
  /** Keeps what waits, durably. */
  save(waiting: readonly Outgoing[]): void
  /** [0, 1), for jitter. */
  random(): number
}

const GIVEN_UP_MS = 86_400_000
const WAITING_MAX = 500
const BACKOFF_FIRST_MS = 1000
const BACKOFF_MAX_MS = 300_000

export class Outbox {
  readonly #parts: OutboxParts
  #waiting: Outgoing[]
  readonly #busy = new Set<string>()
  /** Monotonic ms before which a channel is not tried. */
  readonly #notBefore = new Map<string, number>()
  /** Since the start, `{channel} {outcome}`. */
  readonly counts = new Map<string, number>()

  constructor(waiting: readonly Outgoing[], parts: OutboxParts) {
    this.#waiting = [...waiting]
    this.#parts = parts
  }

  get waiting(): readonly Outgoing[] {
    return this.#waiting
  }

  /** Stored before this returns; sent as soon as its channel takes it. */
  add(notification: Notification, channels: readonly string[]): void {
    const queuedAt = this.#parts.clock.wallMs()
    const fresh = channels.map((channel) => ({ channel, notification, attempts: 0, queuedAt }))
    this.#waiting = [...this.#waiting, ...fresh].slice(-WAITING_MAX)
    this.#parts.save(this.#waiting)
    this.send()
  }

  /** Tries what is due; called each second too. */
  send(): void {
    for (const channel of new Set(this.#waiting.map((one) => one.channel)))
      if (!this.#busy.has(channel)) void this.#sendNext(channel)
  }

  /** The oldest message of a channel: order is kept, so that an end never comes before its beginning. */
  async #sendNext(channel: string): Promise<void> {
    const { clock } = this.#parts
    if (clock.monotonicMs() < (this.#notBefore.get(channel) ?? 0)) return
    const next = this.#waiting.find((one) => one.channel === channel)
    if (next === undefined) return
    const notifier = this.#parts.notifier(channel)
    if (notifier === null || clock.wallMs() - next.queuedAt > GIVEN_UP_MS)
      return this.#drop(next, 'given_up')
    this.#busy.add(channel)
    try {
      await notifier.send(next.notification)
      this.#notBefore.delete(channel)
      this.#drop(next, 'sent')
    } catch (error) {
      this.#onFailed(next, error)
    } finally {
      this.#busy.delete(channel)
    }
    if (this.#waiting.some((one) => one.channel === channel)) void this.#sendNext(channel)
  }

  #onFailed(failed: Outgoing, error: unknown): void {
    const { clock, logger, random } = this.#parts
    const text = error instanceof Error ? error.message : String(error)
    const isFinal = error instanceof NotifierError && error.isFinal
    this.#count(failed.channel, 'failed')
    if (failed.attempts === 0 || isFinal)
      logger.error('alerts', `a message to ${failed.channel} was not taken: ${text}`)
    if (isFinal) return this.#drop(failed, 'refused')
    const asked = error instanceof NotifierError ? error.retryAfterMs : null
    const usual = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failed.attempts, 10))
    this.#notBefore.set(
      failed.channel,
      clock.monotonicMs() + (asked ?? usual * (0.5 + random() / 2)),
    )
    const again = { ...failed, attempts: failed.attempts + 1 }
    this.#waiting = this.#waiting.map((one) => (one === failed ? again : one))
    this.#parts.save(this.#waiting)
  }

  #drop(done: Outgoing, outcome: 'sent' | 'refused' | 'given_up'): void {
    this.#count(done.channel, outcome)
    this.#waiting = this.#waiting.filter((one) => one !== done)
    this.#parts.save(this.#waiting)
  }

  #count(channel: string, outcome: string): void {
    const key = `${channel} ${outcome}`
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
  }
}
