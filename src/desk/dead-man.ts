/**
 * The venue's dead-man switch: while the desk lives it says so a few times a minute; when it does not (machine, network or
 * process gone) the venue cancels the orders by itself. A switch cancels stops too, so where a stop protects a position none
 * is armed. See docs/concepts/desk.md.
 */
import type { InstrumentId } from '../domain/instrument.ts'
import type { VenueOrder } from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import { type VenueAccount, VenueError, type VenueTraits } from '../ports/venue.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'
import { textOf } from './venue-gateway.ts'

/** Longer than a desk needs to come back, short enough that a grid does not trade for long without one. */
export const DEAD_MAN_MS = 60_000
/** After this a switch that the venue refused is tried again: its terms (traded volume) change slowly. */
const REFUSED_FOR_MS = 3_600_000
/** A clean stop waits no longer than this for the venue. */
const LIFT_TIMEOUT_MS = 2000

export interface DeadManParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly clock: Clock
  readonly logger: Logger
  readonly instances: Instances
  /** Orders of others on the account. */
  readonly foreign: () => readonly VenueOrder[]
}

/** `held_back`: a stop would be removed with the rest. `refused`: the venue does not grant it. */
export type DeadManState = 'armed' | 'lifted' | 'held_back' | 'refused' | 'unknown'

interface Scope {
  readonly instruments: readonly InstrumentId[]
  state: DeadManState
  /** Monotonic ms of the last time the venue confirmed it; null = it never has. */
  renewedAt: number | null
  /** Not before this anything is asked of the venue, monotonic ms. */
  retryAt: number
  isBusy: boolean
}

const isStop = (trigger: { readonly kind: string } | null): boolean => trigger?.kind === 'stop'

export class DeadMan {
  readonly #parts: DeadManParts
  readonly #traits: VenueTraits | null
  readonly #scopes = new Map<string, Scope>()

  constructor(parts: DeadManParts) {
    this.#parts = parts
    const { traits } = parts.venue
    const hasSwitch = traits?.deadMan != null && parts.venue.armDeadMan !== undefined
    this.#traits = hasSwitch ? traits : null
  }

  /** ms after the last renewal. */
  get timeoutMs(): number {
    const limits = this.#traits?.deadManMs ?? null
    if (limits === null) return DEAD_MAN_MS
    return Math.min(limits.max, Math.max(limits.min, DEAD_MAN_MS))
  }

  /** By scope: `account`, or the name of an instrument; null = the venue has no switch. */
  report(): Readonly<Record<string, DeadManState>> | null {
    if (this.#traits === null) return null
    return Object.fromEntries([...this.#scopes].map(([name, { state }]) => [name, state]))
  }

  /** Arms, renews and lifts what is due; called each second once the account is compared. */
  everySecond(): void {
    if (this.#traits === null) return
    for (const [name, entries] of this.#wanted())
      this.#tend(name, this.#scope(name, entries), entries)
  }

  #wanted(): Map<string, InstanceEntry[]> {
    const wanted = new Map<string, InstanceEntry[]>()
    for (const entry of this.#parts.instances.all()) {
      if (entry.settings.shadow === true) continue
      const name = this.#traits?.deadMan === 'account' ? 'account' : entry.instrument.id
      wanted.set(name, [...(wanted.get(name) ?? []), entry])
    }
    return wanted
  }

  #scope(name: string, entries: readonly InstanceEntry[]): Scope {
    const instruments = [...new Set(entries.map(({ instrument }) => instrument.id))]
    const known = this.#scopes.get(name)
    const fresh: Scope = {
      instruments,
      state: 'unknown',
      renewedAt: null,
      retryAt: 0,
      isBusy: false,
    }
    const scope = known === undefined ? fresh : Object.assign(known, { instruments })
    this.#scopes.set(name, scope)
    return scope
  }

  #tend(name: string, scope: Scope, entries: readonly InstanceEntry[]): void {
    const now = this.#parts.clock.monotonicMs()
    if (scope.isBusy || now < scope.retryAt) return
    const isNeeded = entries.some(({ override }) => override !== 'released')
    const isHeldBack = isNeeded && this.#wouldRemoveStop(entries)
    const isDue = scope.renewedAt === null || now - scope.renewedAt >= this.timeoutMs / 3
    if (isNeeded && !isHeldBack) {
      if (isDue || scope.state !== 'armed') void this.#ask(scope, this.timeoutMs, 'armed')
      return
    }
    const rest: DeadManState = isHeldBack ? 'held_back' : 'lifted'
    if (isHeldBack && scope.state !== 'held_back') this.#tellHeldBack(name)
    // What an earlier life of the desk has armed is lifted too.
    if (scope.state === 'armed' || scope.state === 'unknown') void this.#lift(scope, rest, isDue)
    else scope.state = rest
  }

  /** An order that waits for its trigger, ours or of somebody else, or one that is wanted and on its way. */
  #wouldRemoveStop(entries: readonly InstanceEntry[]): boolean {
    const isOurs = entries.some(({ loop }) => loop.hasStop())
    const contracts = new Set(entries.map(({ instrument }) => instrument.id))
    const isAccount = this.#traits?.deadMan === 'account'
    return (
      isOurs ||
      this.#parts
        .foreign()
        .some(
          ({ request }) =>
            isStop(request.trigger) && (isAccount || contracts.has(request.instrument)),
        )
    )
  }

  #tellHeldBack(name: string): void {
    const text = `the dead-man switch (${name}) is not armed: it would remove a stop that protects a position`
    this.#parts.logger.warn('desk', text, { account: this.#parts.key })
  }

  /** A switch that could not be lifted is renewed: left alone it would remove what it is lifted for. */
  async #lift(scope: Scope, rest: DeadManState, isDue: boolean): Promise<void> {
    if (await this.#ask(scope, null, rest)) return
    if (isDue && scope.renewedAt !== null) await this.#ask(scope, this.timeoutMs, 'armed')
  }

  async #ask(scope: Scope, timeoutMs: number | null, state: DeadManState): Promise<boolean> {
    const { venue, clock, key, logger } = this.#parts
    scope.isBusy = true
    try {
      await venue.armDeadMan?.(timeoutMs, scope.instruments)
      scope.state = state
      scope.renewedAt = timeoutMs === null ? null : clock.monotonicMs()
      return true
    } catch (error) {
      const isRefusal = error instanceof VenueError && error.kind === 'rejected'
      const isRefused = isRefusal && timeoutMs !== null
      if (isRefused) scope.state = 'refused'
      scope.retryAt = clock.monotonicMs() + (isRefused ? REFUSED_FOR_MS : 0)
      const what = timeoutMs === null ? 'lifted' : 'armed'
      logger.warn('desk', `the dead-man switch was not ${what}: ${textOf(error)}`, { account: key })
      return false
    } finally {
      scope.isBusy = false
    }
  }

  /** A clean stop: what rests stays. Never waits long, and what fails only means that the venue cancels. */
  async lift(): Promise<void> {
    const armed = [...this.#scopes.values()].filter(({ state }) => state === 'armed')
    if (armed.length === 0) return
    const lifts = Promise.all(armed.map((scope) => this.#ask(scope, null, 'lifted')))
    let cancel = (): void => {}
    const late = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.after(LIFT_TIMEOUT_MS, resolve)
    })
    await Promise.race([lifts, late])
    cancel()
  }
}
