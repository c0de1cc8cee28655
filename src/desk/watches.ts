/** What the desk watches beside its orders: whether markets speak, who else trades, and that the venue knows the desk lives. */
import type { InstrumentId } from '../domain/instrument.ts'
import type { VenueOrder } from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import { DeadMan } from './dead-man.ts'
import { ForeignPolicy } from './foreign-policy.ts'
import type { Instances } from './instances.ts'
import { MarketWatch } from './market-watch.ts'
import { Outage } from './outage.ts'

export interface WatchesParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly clock: Clock
  readonly logger: Logger
  readonly instances: Instances
  /** Orders of others on the account. */
  readonly foreign: () => readonly VenueOrder[]
  /** Something changed: a turn is needed. */
  readonly onChanged: () => void
  /** The venue has gone away behind connections that stand. */
  readonly onAway: () => void
  /** A market is silent: is the venue still there? */
  readonly onSilent: () => void
}

export class Watches {
  readonly markets: MarketWatch
  readonly deadMan: DeadMan
  readonly policy: ForeignPolicy
  readonly outage: Outage
  readonly #parts: Pick<WatchesParts, 'onChanged' | 'onSilent'>

  constructor(parts: WatchesParts) {
    this.markets = new MarketWatch({ ...parts, isTimed: parts.venue.traits !== undefined })
    this.deadMan = new DeadMan(parts)
    this.policy = new ForeignPolicy(parts)
    this.outage = new Outage(parts)
    this.#parts = parts
  }

  onStale(instrument: InstrumentId, isStale: boolean): void {
    this.markets.set(instrument, isStale)
    if (isStale) this.#parts.onSilent()
    this.#parts.onChanged()
  }

  everySecond(isReconciled: boolean): void {
    this.markets.everySecond()
    this.outage.everySecond()
    if (isReconciled) this.deadMan.everySecond()
  }
}
