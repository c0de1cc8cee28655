/** The dead-man switch of the simulated venue: no word for so long, and the venue cancels what rests, whoever placed it. */
import type { Instrument, InstrumentId } from '../../../src/domain/instrument.ts'
import { VenueError } from '../../../src/ports/venue.ts'
import type { Scheduler } from './scheduler.ts'
import type { VenueModel } from './venue-model.ts'

export interface DeadManSwitchParts {
  readonly scheduler: Scheduler
  readonly venue: VenueModel
  /** Some venues grant it by traded volume. */
  readonly isGranted: boolean
}

interface Armed {
  /** Virtual ms. */
  readonly until: number
  readonly disarm: () => void
}

export class DeadManSwitch {
  readonly #parts: DeadManSwitchParts
  readonly #armed = new Map<InstrumentId, Armed>()
  /** It has cancelled so many orders. */
  onFired: (orders: number) => void = () => {}

  constructor(parts: DeadManSwitchParts) {
    this.#parts = parts
  }

  /** Whether the venue has one, and grants it. */
  get isGranted(): boolean {
    return this.#parts.isGranted && this.#parts.venue.rules.traits.deadMan !== null
  }

  /** Virtual ms at which what rests on the contract is cancelled; null = it is not armed. */
  armedUntil(instrument: InstrumentId): number | null {
    return this.#armed.get(instrument)?.until ?? null
  }

  /** @param timeoutMs null = it is lifted */
  arm(timeoutMs: number | null, instruments: readonly Instrument[]): void {
    const { venue, scheduler, isGranted } = this.#parts
    const { deadMan, deadManMs } = venue.rules.traits
    if (deadMan === null || !isGranted)
      throw new VenueError('rejected', 'dead_man_volume', 'the switch is not granted')
    const isWithin =
      timeoutMs === null ||
      deadManMs === null ||
      (timeoutMs >= deadManMs.min && timeoutMs <= deadManMs.max)
    if (!isWithin) throw new VenueError('rejected', 'dead_man_time', 'the switch takes other times')
    const scope =
      deadMan === 'account' ? [...venue.markets.keys()] : instruments.map(({ id }) => id)
    for (const id of scope) {
      this.#armed.get(id)?.disarm()
      this.#armed.delete(id)
      if (timeoutMs === null) continue
      const disarm = scheduler.after(timeoutMs, () => this.#fire(id))
      this.#armed.set(id, { until: scheduler.now + timeoutMs, disarm })
    }
  }

  #fire(id: InstrumentId): void {
    const { venue } = this.#parts
    this.#armed.delete(id)
    const open = [...(venue.markets.get(id)?.open ?? [])]
    for (const { clientId } of open) venue.cancel(clientId)
    this.onFired(open.length)
  }
}
