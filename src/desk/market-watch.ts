/**
 * Whether the markets speak. What has been silent for too long is stale: its instance takes no new risk (`stale_market`) until
 * a price comes again. The adapter of the venue says so of its streams; the desk itself notices when it does not.
 */
import type { InstrumentId } from '../domain/instrument.ts'
import type { MarketEvent } from '../domain/market.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Instances } from './instances.ts'

/** The adapter asks for a price itself when a stream is silent for some seconds; when that brings none either, the market is stale. */
export const SILENCE_MAX_MS = 20_000

export interface MarketWatchParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly instances: Instances
  /** False where nobody knows how often a market speaks: the simulated exchange tells a price when somebody needs it. */
  readonly isTimed: boolean
}

export class MarketWatch {
  readonly #parts: MarketWatchParts
  /** When a market was heard last, monotonic ms. */
  readonly #heardAt = new Map<InstrumentId, number>()

  constructor(parts: MarketWatchParts) {
    this.#parts = parts
  }

  /** A price has come. */
  heard({ instrument }: MarketEvent): void {
    this.#heardAt.set(instrument, this.#parts.clock.monotonicMs())
    this.set(instrument, false)
  }

  /** The stream of a market is silent, or speaks again. */
  set(instrument: InstrumentId, isStale: boolean): void {
    const entry = this.#parts.instances.on(instrument)
    if (entry === undefined || entry.loop.isMarketStale === isStale) return
    entry.loop.setMarketStale(isStale)
    const { instance } = entry.settings
    const text = isStale
      ? `the market of ${instance} is silent: it takes no new risk until a price comes`
      : `the market of ${instance} speaks again`
    this.#parts.logger[isStale ? 'warn' : 'info']('venue', text, { instrument })
  }

  everySecond(): void {
    if (!this.#parts.isTimed) return
    const now = this.#parts.clock.monotonicMs()
    for (const { instrument, override } of this.#parts.instances.all()) {
      const heardAt = this.#heardAt.get(instrument.id)
      // From the moment an instance comes in its market has as long as any other.
      if (heardAt === undefined) this.#heardAt.set(instrument.id, now)
      else if (override !== 'released' && now - heardAt > SILENCE_MAX_MS)
        this.set(instrument.id, true)
    }
  }
}
