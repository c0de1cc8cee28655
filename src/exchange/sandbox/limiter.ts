/** Counts what callers take of a venue's limits. */
import type { RateResult, RateRule } from './front.ts'

interface Count {
  used: number
  at: number
}

const SUBJECTS_MAX = 10_000

export class Limiter {
  readonly #isOn: boolean
  readonly #wallMs: () => number
  readonly #counts = new Map<string, Count>()

  /** @param isOn with false everything is counted and nothing refused */
  constructor(isOn: boolean, wallMs: () => number) {
    this.#isOn = isOn
    this.#wallMs = wallMs
  }

  /** Takes a weight of a limit. Refused requests take nothing. */
  take(rule: RateRule, subject: string, weight: number): RateResult {
    const count = this.#countOf(rule, subject)
    const used = count.used + weight
    if (this.#isOn && used > rule.limit) {
      const retryAfterMs = this.#retryAfter(rule, used - rule.limit)
      return { isAllowed: false, used: Math.ceil(count.used), retryAfterMs }
    }
    count.used = used
    return { isAllowed: true, used: Math.ceil(used), retryAfterMs: 0 }
  }

  #countOf(rule: RateRule, subject: string): Count {
    const key = `${rule.name} ${subject}`
    const now = this.#wallMs()
    let count = this.#counts.get(key)
    if (count === undefined) {
      if (this.#counts.size >= SUBJECTS_MAX) this.#counts.clear()
      count = { used: 0, at: now }
      this.#counts.set(key, count)
    }
    if (rule.kind === 'window') {
      const isSame = Math.floor(count.at / rule.windowMs) === Math.floor(now / rule.windowMs)
      if (!isSame) count.used = 0
    } else {
      const refilled = (Math.max(0, now - count.at) * rule.limit) / rule.windowMs
      count.used = Math.max(0, count.used - refilled)
    }
    count.at = now
    return count
  }

  #retryAfter(rule: RateRule, missing: number): number {
    if (rule.kind === 'window') return rule.windowMs - (this.#wallMs() % rule.windowMs)
    return Math.ceil((missing * rule.windowMs) / rule.limit)
  }
}
