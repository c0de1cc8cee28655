/** `scheduleCancel`: all open orders end at a moment unless it is moved; kept by this process alone. */
import type { SandboxAccount } from '../front.ts'

const DAY_MS = 86_400_000
const LEAD_MS = 5000
const TRIGGERS_A_DAY = 10

interface Switch {
  at: number | null
  day: number
  fired: number
}

export class DeadMan {
  readonly #volumeMin: number
  readonly #switches = new Map<string, Switch>()

  /** @param volumeMin USDC that an address must have traded before it may arm the switch */
  constructor(volumeMin: number) {
    this.#volumeMin = volumeMin
  }

  /** @param at null lifts the switch. @returns why not, or null */
  set(account: SandboxAccount, at: number | null, wallMs: number, volume: number): string | null {
    const kept = this.#of(account)
    if (at === null) {
      kept.at = null
      return null
    }
    if (volume < this.#volumeMin) {
      return `Cannot set scheduled cancel time until enough volume traded. Required: $${this.#volumeMin}. Traded: $${volume.toFixed(2)}.`
    }
    if (at < wallMs + LEAD_MS) {
      return 'Scheduled cancel time too early, must be at least 5 seconds from now.'
    }
    if (kept.day === dayOf(wallMs) && kept.fired >= TRIGGERS_A_DAY) {
      return 'Cannot set scheduled cancel time: all 10 triggers of the day are used up.'
    }
    kept.at = at
    return null
  }

  /** Whether the switch of an account has run out; then it is lifted and counted. */
  fires(account: SandboxAccount, wallMs: number): boolean {
    const kept = this.#of(account)
    if (kept.at === null || wallMs < kept.at) return false
    const day = dayOf(wallMs)
    kept.fired = kept.day === day ? kept.fired + 1 : 1
    kept.day = day
    kept.at = null
    return true
  }

  #of(account: SandboxAccount): Switch {
    const known = this.#switches.get(account.name)
    if (known) return known
    const fresh = { at: null, day: -1, fired: 0 }
    this.#switches.set(account.name, fresh)
    return fresh
  }
}

/** Triggers are counted anew at 00:00 UTC. */
const dayOf = (wallMs: number): number => Math.floor(wallMs / DAY_MS)
