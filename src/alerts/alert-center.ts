/** Looks at the fleet each second, says what has begun and what is over, once, and remembers it over restarts. */
import { type Alert, AlertBook, type AlertLevel, type AlertNews } from '../domain/alert.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Notifier } from '../ports/notifier.ts'
import { type AlertSpans, conditionsOf, NewsWatch, type WatchedFleet } from './conditions.ts'
import { Outbox, type Outgoing } from './outbox.ts'

export interface AlertParts {
  readonly clock: Clock
  readonly logger: Logger
  /** Texts that survive this process. */
  readonly settings: {
    setting(key: string): string | null
    saveSetting(key: string, value: string): void
  }
  /** Name of this node. */
  readonly fleet: string
  look(): WatchedFleet
  spans(): AlertSpans
  /** Channels of a level, as `notifications.routes` says. */
  route(level: AlertLevel): readonly string[]
  notifier(channel: string): Notifier | null
  random(): number
}

interface Kept {
  readonly active: readonly Alert[]
  readonly recent: readonly Alert[]
  readonly next: number
}

const ALERTS = 'alerts'
const OUTBOX = 'alerts.outbox'
const RECENT_MAX = 200
const LOOK_MS = 1000

export class AlertCenter {
  readonly #parts: AlertParts
  readonly #book: AlertBook
  readonly #events = new NewsWatch()
  readonly #outbox: Outbox
  #recent: readonly Alert[]
  readonly #cancel: () => void
  /** Raised since the start, by level. */
  readonly raised = new Map<AlertLevel, number>()

  constructor(parts: AlertParts) {
    this.#parts = parts
    const { clock, settings } = parts
    const kept = read<Kept>(settings.setting(ALERTS)) ?? { active: [], recent: [], next: 1 }
    this.#recent = kept.recent
    this.#book = new AlertBook(kept.active, kept.next, clock.monotonicMs())
    this.#outbox = new Outbox(read<Outgoing[]>(settings.setting(OUTBOX)) ?? [], {
      ...parts,
      save: (waiting) => settings.saveSetting(OUTBOX, JSON.stringify(waiting)),
    })
    this.#cancel = clock.every(LOOK_MS, () => this.look())
  }

  get active(): readonly Alert[] {
    return this.#book.active
  }
  /** Ended, the latest first. */
  get recent(): readonly Alert[] {
    return this.#recent
  }
  get notifications(): ReadonlyMap<string, number> {
    return this.#outbox.counts
  }

  close(): void {
    this.#cancel()
  }

  look(): void {
    const { clock, logger, spans } = this.#parts
    const now = clock.monotonicMs()
    try {
      const seen = this.#parts.look()
      const conditions = [...conditionsOf(seen, spans()), ...this.#events.take(seen, now)]
      const news = this.#book.take(conditions, now, clock.wallMs())
      if (news.length > 0) this.#tell(news)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      logger.error('alerts', `the fleet could not be looked at: ${text}`)
    }
    this.#outbox.send()
  }

  #tell(news: readonly AlertNews[]): void {
    const ended = news.flatMap(({ status, alert }) => (status === 'resolved' ? [alert] : []))
    this.#recent = [...ended.reverse(), ...this.#recent].slice(0, RECENT_MAX)
    // Remembered first: what was told and is forgotten would be told again by the next control plane.
    const kept: Kept = { active: this.#book.active, recent: this.#recent, next: this.#book.next }
    this.#parts.settings.saveSetting(ALERTS, JSON.stringify(kept))
    for (const one of news) this.#tellOne(one)
  }

  #tellOne(news: AlertNews): void {
    const { logger, fleet, route } = this.#parts
    const { alert, status } = news
    const fields = { alert: alert.alert, severity: alert.level, subject: alert.subject, status }
    if (status === 'resolved') logger.info('alerts', `over: ${alert.text}`, fields)
    else {
      this.raised.set(alert.level, (this.raised.get(alert.level) ?? 0) + 1)
      logger.error('alerts', alert.text, fields)
    }
    const notification = { id: `${alert.id}-${status}`, news, fleet, isTest: false }
    this.#outbox.add(notification, route(alert.level))
  }

  /** Sends a test at once. @throws NotifierError; Error when the channel is not enabled */
  async test(channel: string): Promise<void> {
    const notifier = this.#parts.notifier(channel)
    if (notifier === null)
      throw new Error(
        `notifications.${channel} is not enabled: set enabled to true and give what it needs`,
      )
    await notifier.send(testNotification(this.#parts.fleet, this.#parts.clock.wallMs()))
  }
}

/** A message that says that it is a test. */
export function testNotification(fleet: string, wallMs: number) {
  const alert: Alert = {
    id: 'alert-test',
    key: 'Test',
    alert: 'Test',
    level: 'info',
    subject: fleet,
    text: 'this is a test of perpfleet: messages arrive here',
    since: wallMs,
    endedAt: null,
  }
  return { id: `test-${wallMs}`, news: { status: 'firing', alert } as const, fleet, isTest: true }
}

function read<T>(text: string | null): T | null {
  if (text === null) return null
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}
