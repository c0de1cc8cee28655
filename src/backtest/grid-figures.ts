/** Figures that only grids have, read from the living state of the strategy (plain data). */
import type { Json } from '../domain/strategy.ts'

/** The lines of a grid, ascending, in price units; null when the state is not that of a grid, or it waits. */
export function gridLines(state: Json): readonly number[] | null {
  if (!isRecord(state)) return null
  const { book } = state
  if (!isRecord(book) || !Array.isArray(book['lines']) || book['lines'].length < 2) return null
  return book['lines'] as readonly number[]
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Counts the candles that close within the range as it is then. */
export class TimeInRange {
  readonly #state: Json
  /** A grid has one from its start on, also while it waits. */
  readonly #hasBook: boolean
  #inside = 0
  #candles = 0

  /** `state` is changed in place by the strategy, so it is looked at again at every candle. */
  constructor(state: Json) {
    this.#state = state
    this.#hasBook = isRecord(state) && isRecord(state['book'])
  }

  add(close: number): void {
    if (!this.#hasBook) return
    const lines = gridLines(this.#state)
    if (lines === null) return
    this.#candles += 1
    if (close >= (lines[0] ?? 0) && close <= (lines.at(-1) ?? 0)) this.#inside += 1
  }

  /** So many candles at once, while the lines stay as they are. */
  leap(inside: number, candles: number): void {
    this.#inside += inside
    this.#candles += candles
  }

  /** 0 to 1; null when there was no grid. */
  get share(): number | null {
    return this.#candles === 0 ? null : this.#inside / this.#candles
  }
}
