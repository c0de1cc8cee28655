/**
 * Which price must lie on which side of which: one set of rules for files (decimals), starts and adjustments (prices).
 * Pure; numbers of one scale, whatever it is.
 */
import type { GridType } from '../../domain/grid/cells.ts'

/** null = not given, or not known yet. */
export interface GridSides {
  readonly type: GridType
  readonly lower: number | null
  readonly upper: number | null
  readonly trailingUp: number | null
  readonly trailingDown: number | null
  readonly stopPrice: number | null
  readonly takeProfitPrice: number | null
  /** The price at which the grid starts: its trigger, else the present one. */
  readonly reference: number | null
}

export interface SideFault {
  readonly key: 'trailing_up' | 'trailing_down' | 'stop_price' | 'take_profit_price'
  readonly code: string
  readonly found: number
  /** Reads behind "must lie". */
  readonly allowed: string
}

type Text = (value: number) => string

/** The range may follow the price away from it, not into it. */
export function trailingFaults(sides: GridSides, text: Text): SideFault[] {
  const { lower, upper, trailingUp, trailingDown } = sides
  const faults: SideFault[] = []
  if (trailingUp !== null && upper !== null && trailingUp <= upper)
    faults.push({
      key: 'trailing_up',
      code: 'trailing_up_inside',
      found: trailingUp,
      allowed: `above grid_upper_price ${text(upper)}`,
    })
  if (trailingDown !== null && lower !== null && trailingDown >= lower)
    faults.push({
      key: 'trailing_down',
      code: 'trailing_down_inside',
      found: trailingDown,
      allowed: `below grid_lower_price ${text(lower)}`,
    })
  return faults
}

/**
 * A stop lies beyond the side on which the grid loses, a profit is taken on the other one; a neutral grid loses on both
 * sides of its range and takes its profit anywhere. Of each key the first fault is told.
 */
export function exitFaults(sides: GridSides, text: Text): SideFault[] {
  const { type, stopPrice, takeProfitPrice } = sides
  const faults: SideFault[] = []
  const add = (key: 'stop_price' | 'take_profit_price', found: number, allowed: string | null) => {
    if (allowed !== null) faults.push({ key, code: `${key}_wrong_side`, found, allowed })
  }
  if (stopPrice !== null)
    add(
      'stop_price',
      stopPrice,
      type === 'neutral'
        ? outsideRange(sides, stopPrice, text)
        : beyond(type === 'long' ? 'below' : 'above', 'near', sides, stopPrice, text),
    )
  if (takeProfitPrice !== null && type !== 'neutral')
    add(
      'take_profit_price',
      takeProfitPrice,
      beyond(type === 'long' ? 'above' : 'below', 'far', sides, takeProfitPrice, text),
    )
  return faults
}

function outsideRange({ lower, upper }: GridSides, value: number, text: Text): string | null {
  if (lower === null || upper === null || value < lower || value > upper) return null
  return `outside the range ${text(lower)} to ${text(upper)}`
}

/** `near`: beyond the bound on its own side; `far`: beyond the other one is enough. */
function beyond(
  side: 'above' | 'below',
  distance: 'near' | 'far',
  { lower, upper, reference }: GridSides,
  value: number,
  text: Text,
): string | null {
  const isWrong = (bound: number) => (side === 'above' ? value <= bound : value >= bound)
  const isUpper = (side === 'above') === (distance === 'near')
  const bound = isUpper ? upper : lower
  const name = isUpper ? 'grid_upper_price' : 'grid_lower_price'
  if (bound !== null && isWrong(bound)) return `${side} ${name} ${text(bound)}`
  if (reference !== null && value !== reference && isWrong(reference))
    return `${side} the price ${text(reference)}`
  return null
}
