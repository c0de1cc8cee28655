/**
 * `perpfleet data download`: candles, mark prices and funding of a contract from its venue into history/. It goes on
 * where the set ends, keeps every page that came, and contradicts nothing that is stored.
 */

import { candleOpenAt } from '../../../domain/resample.ts'
import type { MarketSymbol } from '../../../domain/symbol.ts'
import { formatTimeShort, type Timeframe } from '../../../domain/timeframe.ts'
import type { SeriesHeader, SeriesKind } from '../../../ports/history.ts'
import type { HistoryFolder, SeriesKey } from '../history-folder.ts'
import { importSeries } from '../importer.ts'
import { FundingBuilder, PriceSeriesBuilder } from '../series-builder.ts'
import type { CcxtVenue, Row } from './ccxt-venue.ts'
import { DownloadError } from './download-error.ts'
import { OVERLAP_ROWS, refuseContradictions } from './overlap.ts'
import { type Patience, patiently } from './patience.ts'
import { Spool } from './spool.ts'

export interface DownloadRequest {
  readonly venue: string
  readonly symbol: MarketSymbol
  readonly timeframe: Timeframe
  readonly kind: SeriesKind
  /** [from, to), ms. */
  readonly from: number
  readonly to: number
  /** Writes over what is stored once everything has come. */
  readonly isReplacing: boolean
  /** Wall time in ms: a candle that has not closed by then is not taken. */
  readonly now: number
  readonly patience: Patience
  /** The share of the window that has been asked for. */
  readonly onProgress: (share: number) => void
}

export interface DownloadResult {
  readonly kind: SeriesKind
  /** null when nothing is stored and nothing came. */
  readonly header: SeriesHeader | null
  readonly rows: number
  /** The signal came before the end: the same command goes on there. */
  readonly isInterrupted: boolean
  /** The venue keeps no older candles than this (ms); null where that does not matter. */
  readonly keptFrom: number | null
}

const HOUR_MS = 3_600_000
const DAY: Timeframe = { text: '1d', ms: 24 * HOUR_MS }
/** No venue settles more often, so a window of so many hours never holds more rates. */
const FUNDING_STEP_MS = HOUR_MS

const HEADS: Readonly<Record<SeriesKind, string>> = {
  candles: 'timestamp_ms,open,high,low,close,volume',
  mark: 'timestamp_ms,mark',
  funding: 'timestamp_ms,rate',
}

/**
 * Downloads one series.
 * @throws DownloadError or ImportError with one sentence; pages that came are kept all the same
 */
export async function downloadSeries(
  folder: HistoryFolder,
  source: CcxtVenue,
  request: DownloadRequest,
): Promise<DownloadResult> {
  const series = new SeriesDownload(folder, source, request)
  try {
    return await series.run()
  } finally {
    series.release()
  }
}

class SeriesDownload {
  readonly #folder: HistoryFolder
  readonly #source: CcxtVenue
  readonly #request: DownloadRequest
  readonly #key: SeriesKey
  readonly #spool: Spool
  readonly #stepMs: number
  readonly #pageRows: number
  #rows = 0
  /** Whether the end of the window was reached. */
  #isWhole = false

  constructor(folder: HistoryFolder, source: CcxtVenue, request: DownloadRequest) {
    const { kind, venue, symbol, timeframe } = request
    this.#folder = folder
    this.#source = source
    this.#request = request
    this.#key = { kind, venue, symbol, timeframe: kind === 'funding' ? null : timeframe.text }
    const path = folder.pathOf(this.#key)
    this.#spool = new Spool(request.isReplacing ? `${path}.replacement` : path, HEADS[kind])
    this.#stepMs = kind === 'funding' ? FUNDING_STEP_MS : timeframe.ms
    const { candleRows, markRows, fundingRows } = source.terms
    // Where rates are counted from the newest, all of them are one page.
    const rates = source.terms.fundingUntil === null ? Number.MAX_SAFE_INTEGER : fundingRows
    this.#pageRows = { candles: candleRows, mark: markRows, funding: rates }[kind]
  }

  release(): void {
    this.#spool.release()
  }

  async run(): Promise<DownloadResult> {
    const { isReplacing, patience } = this.#request
    if (isReplacing) this.#spool.discard()
    // Rows of a run that was killed.
    else await this.#takeIn(false)
    const end = this.#end()
    const keptFrom = this.#keptFrom()
    const from = Math.max(this.#request.from, keptFrom ?? 0)
    try {
      const start = isReplacing ? from : await this.#resumeAt(from)
      if (start !== null && start < end) await this.#fetchAll(start, end)
    } finally {
      // Nothing of a broken replacement takes the place of what is whole.
      if (isReplacing && !this.#isWhole) this.#spool.discard()
      else await this.#takeIn(isReplacing)
    }
    const stored = this.#folder.read(this.#key)
    return {
      kind: this.#request.kind,
      header: stored?.header ?? null,
      rows: this.#rows,
      isInterrupted: patience.signal.aborted,
      keptFrom: keptFrom !== null && keptFrom > this.#request.from ? keptFrom : null,
    }
  }

  /** The end of the window, or of the last candle that has closed. */
  #end(): number {
    const { to, now, kind, timeframe } = this.#request
    return kind === 'funding' ? Math.min(to, now) : Math.min(to, candleOpenAt(now, timeframe.ms))
  }

  /** The open of the oldest candle that the venue still has; null = it has all, or it is about funding. */
  #keptFrom(): number | null {
    const { kind, now, timeframe } = this.#request
    const { candlesKept } = this.#source.terms
    if (kind === 'funding' || candlesKept === null) return null
    return candleOpenAt(now, timeframe.ms) - (candlesKept - 1) * timeframe.ms
  }

  /**
   * Where the stored rows end, once their last ones have been found to be those of the venue; `from` without any.
   * @throws DownloadError when they are others, or when the venue has rows of the window that lie before them
   */
  async #resumeAt(from: number): Promise<number | null> {
    const stored = this.#folder.read(this.#key)
    if (stored === null) return from
    const { firstAt, lastAt } = stored.header
    const missing = Math.max(from, firstAt - this.#pageRows * this.#stepMs)
    if (missing < firstAt) {
      const before = await this.#ask(missing, firstAt)
      if (before === null) return null
      if (before.length > 0) this.#refuseEarlier(firstAt)
    }
    const overlap = Math.max(firstAt, lastAt - OVERLAP_ROWS * this.#stepMs)
    const again = await this.#ask(overlap, lastAt + 1)
    if (again === null) return null
    refuseContradictions(stored, again, this.#request)
    return lastAt + (this.#request.kind === 'funding' ? 1 : this.#stepMs)
  }

  #refuseEarlier(firstAt: number): never {
    throw new DownloadError(
      'refused',
      `the stored ${this.#request.kind} begin at ${formatTimeShort(firstAt)} and ${this.#request.venue} has earlier ones: choose --from ${formatTimeShort(firstAt)}, or download all of them anew with --replace`,
    )
  }

  async #fetchAll(start: number, end: number): Promise<void> {
    const { onProgress, kind } = this.#request
    const pageMs = this.#pageRows * this.#stepMs
    let cursor = kind === 'funding' ? start : ceilOpen(start, this.#stepMs)
    for (let isFirst = true; cursor < end; isFirst = false) {
      const pageEnd = Math.min(end, cursor + pageMs)
      const rows = await this.#wholePage(cursor, pageEnd)
      if (rows === null) return
      this.#checkPage(rows)
      this.#spool.append(rows)
      this.#rows += rows.length
      const isSought = isFirst && rows.length === 0
      const next = isSought ? await this.#firstOpen(pageEnd, end) : pageEnd
      if (next === null) return
      cursor = next
      onProgress((Math.min(cursor, end) - start) / (end - start))
    }
    this.#isWhole = true
  }

  /** @throws ImportError when a row of the venue could not be stored; the pages before it are kept */
  #checkPage(rows: readonly Row[]): void {
    const { kind, venue, timeframe } = this.#request
    const file = `the answer of ${venue}`
    const options = { file, timeframeMs: timeframe.ms, isDroppingDuplicates: false }
    const builder =
      kind === 'funding' ? new FundingBuilder(options) : new PriceSeriesBuilder(options, kind)
    for (const row of rows) builder.add(row, formatTimeShort(Number(row[0])))
    builder.faults.throwIfAny()
  }

  /** All rows of a page, although an answer may hold a part of them: what it lacks at an end is asked for again. */
  async #wholePage(from: number, to: number): Promise<readonly Row[] | null> {
    const rows = await this.#ask(from, to)
    const [first, last] = [rows?.at(0), rows?.at(-1)]
    if (rows === null || first === undefined || last === undefined) return rows
    const isFunding = this.#request.kind === 'funding'
    const firstAt = Number(first[0])
    // Rates are stamped some ms early or late, candles are not.
    const nextAt = Number(last[0]) + (isFunding ? 1 : this.#stepMs)
    // A page of rates has room for those of every hour; fewer of them are no sign of a cut.
    const isCut = !isFunding || rows.length >= this.#pageRows
    if (!isCut) return rows
    const before = firstAt > from ? await this.#wholePage(from, firstAt) : []
    const after = nextAt < to ? await this.#wholePage(nextAt, to) : []
    return before === null || after === null ? null : [...before, ...rows, ...after]
  }

  /** Where candles begin behind an empty page: days are looked through, a day more is asked for than needed. */
  async #firstOpen(from: number, end: number): Promise<number | null> {
    const { kind } = this.#request
    if (kind === 'funding' || !this.#source.hasTimeframe(DAY)) return from
    const pageMs = this.#pageRows * DAY.ms
    for (let at = candleOpenAt(from, DAY.ms); at < end; at += pageMs) {
      const days = await this.#ask(at, at + pageMs, DAY)
      if (days === null) return null
      const [first] = days
      if (first !== undefined) return ceilOpen(Math.max(from, Number(first[0])), this.#stepMs)
    }
    return end
  }

  /** null when the signal came. */
  #ask(
    from: number,
    to: number,
    timeframe = this.#request.timeframe,
  ): Promise<readonly Row[] | null> {
    const { kind, patience } = this.#request
    const source = this.#source
    return patiently(
      patience,
      () =>
        kind === 'funding' ? source.funding(from, to) : source.candles(kind, timeframe, from, to),
      (error) => source.failureOf(error),
    )
  }

  /** The rows that came become part of the set. */
  async #takeIn(isReplacing: boolean): Promise<void> {
    if (!this.#spool.hasRows()) return
    const { kind, venue, symbol, timeframe } = this.#request
    const imported = importSeries(this.#folder, {
      file: this.#spool.file,
      sourceName: `downloaded from ${venue}`,
      isLengthKnown: true,
      kind,
      venue,
      symbol,
      timeframe: kind === 'funding' ? null : timeframe,
      isDroppingDuplicates: false,
      isReplacing,
      importedAt: new Date().toISOString(),
      onProgress: () => undefined,
    })
    await imported.catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause)
      const aside = this.#spool.putAside()
      throw new DownloadError(
        'refused',
        `what was downloaded was put aside as ${aside}, because it does not fit the set: ${why}`,
        { cause },
      )
    })
    this.#spool.discard()
  }
}

function ceilOpen(at: number, ms: number): number {
  const open = candleOpenAt(at, ms)
  return open < at ? open + ms : open
}
