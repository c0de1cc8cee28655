/** A grid before it starts, as `grid preview` shows it; decimals as text. */

export interface GridLine {
  readonly price: string
  readonly side: 'buy' | 'sell' | null
  readonly quantity: string
  readonly isVirtual: boolean
}

export interface GridCell {
  readonly lower: string
  readonly upper: string
  readonly gross: string
  readonly fees: string
  readonly net: string
  readonly netPercent: string
}

/** A limit that is reached, and the first order that must wait for it. */
export interface GridLimit {
  readonly code: string
  readonly text: string
  readonly side: string
  readonly line: string
  /** Orders of its side before it; null = the position that is opened at once. */
  readonly before: number | null
}

export interface GridPreview {
  /** e.g. `31 lines, 30 intervals`. */
  readonly title: string
  readonly objections: readonly { readonly code: string; readonly text: string }[]
  readonly grid: {
    readonly type: string
    readonly mode: string
    readonly price: string
    readonly quantity: string
    readonly lines: readonly GridLine[]
    readonly orders: number
    /** On which side of the range the present price lies; null = inside. */
    readonly outside: 'below' | 'above' | null
    /** Orders that the limits of the instance let through. */
    readonly placed: number
    readonly limits: readonly GridLimit[]
    readonly initialPosition: string
    readonly cells: readonly GridCell[]
    readonly worst: GridCell | null
    readonly marginNeeded: string
    readonly capital: string
    readonly leverage: string
    readonly marginMode: string
    readonly liquidationNow: string | null
    readonly liquidationWorstLong: string | null
    readonly liquidationWorstShort: string | null
  } | null
  /** Where price and contract come from. */
  readonly source: string
}
