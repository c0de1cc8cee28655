/** How far the legs of a run stand open against each other, how long, and how much margin they use: sums kept fill by fill. */
import { YEARLY_FROM_MS } from '../domain/arbitrage/round-trip.ts'
import type { Instrument } from '../domain/instrument.ts'

/** Numbers of lots of one leg, in units of the finest grid of all legs. */
interface Grid {
  readonly decimals: number
  readonly unitsPerLot: readonly number[]
}

function gridOf(instruments: readonly Instrument[]): Grid {
  const decimals = Math.max(...instruments.map(({ quantityDecimals }) => quantityDecimals))
  const unitsPerLot = instruments.map(
    ({ lotSize, quantityDecimals }) => lotSize * 10 ** (decimals - quantityDecimals),
  )
  return { decimals, unitsPerLot }
}

const YEAR_MS = 365 * 86_400_000

export class LegExposure {
  readonly #grid: Grid
  readonly #lots: number[]
  readonly #margins: number[]
  #at: number
  /** Sum of the legs' positions in units of the grid; exact. */
  #delta = 0
  #deltaMax = 0
  #deltaTime = 0
  #openMs = 0
  #openMsMax = 0
  #openSince: number | null = null
  #margin = 0
  #marginMax = 0
  #marginTime = 0
  #heldMs = 0

  constructor(instruments: readonly Instrument[], at: number) {
    this.#grid = gridOf(instruments)
    this.#lots = instruments.map(() => 0)
    this.#margins = instruments.map(() => 0)
    this.#at = at
  }

  /**
   * A leg holds so many lots from now on.
   * @param margin initial margin of what it holds, 1e-8 of the first leg's currency
   */
  change(at: number, leg: number, lots: number, margin: number): void {
    this.#pass(at)
    this.#lots[leg] = lots
    this.mark(at, leg, margin)
    const { unitsPerLot } = this.#grid
    this.#delta = this.#lots.reduce((sum, held, index) => sum + held * (unitsPerLot[index] ?? 0), 0)
    if (this.#delta !== 0) this.#openSince ??= at
    else if (this.#openSince !== null) this.#endOpen(at, this.#openSince)
  }

  /** What a leg holds needs so much margin from now on, for its price has moved. */
  mark(at: number, leg: number, margin: number): void {
    this.#pass(at)
    this.#margins[leg] = margin
    this.#margin = this.#margins.reduce((sum, own) => sum + own, 0)
    this.#marginMax = Math.max(this.#marginMax, this.#margin)
  }

  #endOpen(at: number, since: number): void {
    this.#openMsMax = Math.max(this.#openMsMax, at - since)
    this.#openSince = null
  }

  /** Time passes with what is held. What lasts no time (both legs at one moment) counts nowhere. */
  #pass(at: number): void {
    const ms = at - this.#at
    this.#at = at
    if (ms <= 0) return
    const open = Math.abs(this.#delta)
    this.#deltaMax = Math.max(this.#deltaMax, open)
    this.#deltaTime += (open * ms) / 1000
    if (open > 0) this.#openMs += ms
    this.#marginTime += this.#margin * ms
    if (this.#lots.some((lots) => lots !== 0)) this.#heldMs += ms
  }

  /** The sums until a moment, which must not lie before the last change. */
  until(at: number): ExposureSums {
    this.#pass(at)
    const lasting = this.#openSince === null ? 0 : at - this.#openSince
    const unit = 10 ** -this.#grid.decimals
    return {
      decimals: this.#grid.decimals,
      delta: this.#delta,
      deltaMax: this.#deltaMax,
      deltaTime: this.#deltaTime * unit,
      openMs: this.#openMs,
      openMsMax: Math.max(this.#openMsMax, lasting),
      marginMax: this.#marginMax,
      marginTime: this.#marginTime,
      heldMs: this.#heldMs,
    }
  }
}

/** Of a run; moments that last no time are left out. */
export interface ExposureSums {
  /** Deltas count 10^-decimals of base. */
  readonly decimals: number
  readonly delta: number
  /** The largest |delta| that lasted. */
  readonly deltaMax: number
  /** ∫|delta| dt, base · s. */
  readonly deltaTime: number
  /** Time with a delta other than 0, in all and the longest in a row. */
  readonly openMs: number
  readonly openMsMax: number
  /** Largest initial margin of all legs, 1e-8. */
  readonly marginMax: number
  /** ∫margin dt, 1e-8 · ms. */
  readonly marginTime: number
  /** Time with a position on any leg. */
  readonly heldMs: number
}

/**
 * A year's result on the margin of all legs that was in use, 365 days; null when none was, and where it was in use for less than
 * a day (YEARLY_FROM_MS).
 * @param marginTime 1e-8 · ms
 */
export const yearOnMargin = (total: number, marginTime: number, heldMs: number): number | null =>
  marginTime > 0 && heldMs >= YEARLY_FROM_MS ? (total / marginTime) * YEAR_MS : null
