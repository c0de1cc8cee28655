/** What people are alarmed of: a condition that holds, from when it was raised until it is over. Pure data. */

export type AlertLevel = 'critical' | 'warning' | 'info'

/** Something that is the matter now. `key` is the same as long as it is the same matter. */
export interface AlertCondition {
  readonly key: string
  /** As in docs/reference/alerts.md, e.g. `BotDown`. */
  readonly alert: string
  readonly level: AlertLevel
  /** An instance, a desk, an account or the fleet. */
  readonly subject: string
  /** One sentence: what, where, how to mend it. */
  readonly text: string
  /** It is told when it has held so long, ms of machine time. */
  readonly holdMs: number
}

export interface Alert extends Omit<AlertCondition, 'holdMs'> {
  readonly id: string
  /** Wall ms. */
  readonly since: number
  /** Wall ms; null = it still holds. */
  readonly endedAt: number | null
}

/** What is sent when an alert begins or ends. */
export interface AlertNews {
  readonly status: 'firing' | 'resolved'
  readonly alert: Alert
}

interface Seen {
  readonly since: number
  readonly sinceWall: number
  condition: AlertCondition
  /** Monotonic ms at which it was seen last. */
  seenAt: number
  alert: Alert | null
}

/** An alert is over when its condition was absent for so long: one that flickers is one alert, ms. */
export const QUIET_MS = 5000

/** Which conditions have become alerts, and which alerts are over. */
export class AlertBook {
  readonly #seen = new Map<string, Seen>()
  #next: number

  /** @param held alerts of an earlier control plane that had not ended; `next` the first number of an id */
  constructor(held: readonly Alert[], next: number, nowMs: number) {
    this.#next = next
    for (const alert of held) {
      const { key, level, subject, text } = alert
      const condition = { key, alert: alert.alert, level, subject, text, holdMs: 0 }
      const since = nowMs
      this.#seen.set(key, { since, sinceWall: alert.since, condition, seenAt: nowMs, alert })
    }
  }

  get active(): readonly Alert[] {
    return [...this.#seen.values()].flatMap(({ alert }) => (alert === null ? [] : [alert]))
  }
  /** Number of the next id, to be kept. */
  get next(): number {
    return this.#next
  }

  /**
   * Takes one look.
   * @param nowMs monotonic
   * @returns what has begun and what has ended
   */
  take(conditions: readonly AlertCondition[], nowMs: number, wallMs: number): AlertNews[] {
    for (const condition of conditions) this.#see(condition, nowMs, wallMs)
    const news: AlertNews[] = []
    for (const [key, seen] of this.#seen) {
      const isHeld = seen.seenAt === nowMs
      if (isHeld && seen.alert === null && nowMs - seen.since >= seen.condition.holdMs)
        news.push(this.#raise(seen))
      if (isHeld || (seen.alert !== null && nowMs - seen.seenAt < QUIET_MS)) continue
      this.#seen.delete(key)
      if (seen.alert !== null)
        news.push({ status: 'resolved', alert: { ...seen.alert, endedAt: wallMs } })
    }
    return news
  }

  #see(condition: AlertCondition, nowMs: number, wallMs: number): void {
    const seen = this.#seen.get(condition.key)
    if (seen === undefined) {
      const first = { since: nowMs, sinceWall: wallMs, condition, seenAt: nowMs, alert: null }
      this.#seen.set(condition.key, first)
      return
    }
    seen.condition = condition
    seen.seenAt = nowMs
  }

  #raise(seen: Seen): AlertNews {
    const { holdMs: _, ...told } = seen.condition
    const alert: Alert = {
      ...told,
      id: `alert-${this.#next++}`,
      since: seen.sinceWall,
      endedAt: null,
    }
    seen.alert = alert
    return { status: 'firing', alert }
  }
}
