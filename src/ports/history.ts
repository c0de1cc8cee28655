/** Recorded market data as programs need it: named sets that load without parsing. */
import type { RecordedMarket, SetName } from '../domain/history.ts'

export type SeriesKind = 'candles' | 'mark' | 'funding'

/** What is known of a stored series without loading it. */
export interface SeriesHeader {
  readonly kind: SeriesKind
  readonly venue: string
  /** ccxt's unified symbol. */
  readonly symbol: string
  /** null for funding. */
  readonly timeframe: string | null
  readonly rows: number
  /** Market time in ms of the first and the last row. */
  readonly firstAt: number
  readonly lastAt: number
  /** Candles and mark: a price counts 10^-priceDecimals. */
  readonly priceDecimals: number | null
  /** Candles: one lot is lotSize · 10^-quantityDecimals of base. */
  readonly quantityDecimals: number | null
  readonly lotSize: number | null
  readonly sources: readonly SeriesSource[]
}

/** A file that was imported into a series. */
export interface SeriesSource {
  readonly file: string
  readonly sha256: string
  readonly rows: number
  readonly importedAt: string
  /** It was said to hold candles of a spot market; absent = not. */
  readonly isSpot?: boolean
}

/** `spot` as a word of its own in the name of a file. */
const SPOT_FILE = /(^|[^a-z])spot([^a-z]|$)/i

/** Whether a source holds candles of a spot market, by what was said at its import or by its name. */
export const isOfSpot = ({ file, isSpot }: SeriesSource): boolean =>
  isSpot === true || SPOT_FILE.test(file)

/** `not_found`: nothing of that name is stored; `damaged`: the files do not fit together; `unusable`: it holds nothing to replay. */
export type HistoryErrorKind = 'not_found' | 'damaged' | 'unusable'

/** Its message is one sentence for people: what, where, how to mend it. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError'
  readonly kind: HistoryErrorKind
  constructor(kind: HistoryErrorKind, text: string, options?: ErrorOptions) {
    super(text, options)
    this.kind = kind
  }
}

export interface HistoryReader {
  list(): readonly SeriesHeader[]
  /**
   * The recorded market of a set; its window is not cut out here (ReplaySource does that).
   * @throws HistoryError
   */
  load(name: SetName): RecordedMarket
}
