/** The folder `history/` of a home: history/{venue}/{BASE_QUOTE_PERP}/{timeframe}.candles, {timeframe}.mark, funding. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CandleColumns,
  type Column,
  type FundingColumns,
  formatSetName,
  type MarkColumns,
  type RecordedMarket,
  type SetName,
  shareColumn,
} from '../../domain/history.ts'
import { mulDiv } from '../../domain/money.ts'
import { type MarketSymbol, parseSymbol, venueSpelling } from '../../domain/symbol.ts'
import { parseTimeframe } from '../../domain/timeframe.ts'
import {
  HistoryError,
  type HistoryReader,
  type SeriesHeader,
  type SeriesKind,
} from '../../ports/history.ts'
import { type Columns, readColumns, readHeader, type StoredHeader } from './columnar-file.ts'
import { makeReplayInstrument } from './replay-instrument.ts'

/** Identity of a stored series. */
export interface SeriesKey {
  readonly kind: SeriesKind
  readonly venue: string
  readonly symbol: MarketSymbol
  /** null for funding. */
  readonly timeframe: string | null
}

export class HistoryFolder implements HistoryReader {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  pathOf(key: SeriesKey): string {
    const folder = join(this.directory, key.venue, venueSpelling(key.symbol))
    return join(folder, key.kind === 'funding' ? 'funding' : `${key.timeframe}.${key.kind}`)
  }

  /** The header and columns of one series; null when it is not stored. @throws HistoryError when damaged */
  read(key: SeriesKey): { header: StoredHeader; columns: Columns } | null {
    const path = this.pathOf(key)
    if (!existsSync(`${path}.json`)) return null
    const header = readHeader(path)
    return { header, columns: readColumns(path, header) }
  }

  /** Every series whose header can be read. */
  list(): readonly SeriesHeader[] {
    return [...this.#scan().headers].sort(compareHeaders)
  }

  /** Why the others of the folder cannot be read: one that is damaged must not stand in the way of the rest. */
  damaged(): readonly HistoryError[] {
    return this.#scan().faults
  }

  #scan() {
    const headers: SeriesHeader[] = []
    const faults: HistoryError[] = []
    for (const venue of subfolders(this.directory)) {
      for (const symbol of subfolders(join(this.directory, venue))) {
        const folder = join(this.directory, venue, symbol)
        for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
          try {
            headers.push(readHeader(join(folder, file.slice(0, -5))))
          } catch (error) {
            if (!(error instanceof HistoryError)) throw error
            faults.push(error)
          }
        }
      }
    }
    return { headers, faults }
  }

  /** What belongs to a set alone: candles and mark of its timeframe, and the rest of the contract when it is its last. */
  seriesOf(name: SetName): readonly SeriesHeader[] {
    const own = this.list().filter(
      ({ venue, symbol }) => venue === name.venue && symbol === name.symbol.symbol,
    )
    const isOfSet = ({ timeframe }: SeriesHeader) => timeframe === name.timeframe.text
    const isLast = own.every((header) => header.kind !== 'candles' || isOfSet(header))
    return isLast ? own : own.filter(isOfSet)
  }

  /** Deletes a set; the headers go first, so that what is left of an interrupted removal is no set. */
  remove(name: SetName): readonly SeriesHeader[] {
    const removed = this.seriesOf(name)
    const { venue, symbol } = name
    // By its name, too: one whose header is damaged is not listed.
    const own = (['candles', 'mark'] as const).map((kind) => ({
      kind,
      timeframe: name.timeframe.text,
    }))
    const paths = [...own, ...removed].map(({ kind, timeframe }) =>
      this.pathOf({ kind, venue, symbol, timeframe }),
    )
    for (const path of paths) rmSync(`${path}.json`, { force: true })
    // What a download of it left behind goes too.
    for (const path of paths)
      for (const part of ['', '.download.csv', '.replacement.download.csv'])
        rmSync(`${path}${part}`, { force: true })
    const folder = join(this.directory, venue, venueSpelling(symbol))
    for (const emptied of [folder, join(this.directory, venue)])
      if (existsSync(emptied) && readdirSync(emptied).length === 0) rmdirSync(emptied)
    return removed
  }

  /** @throws HistoryError when no candles of that name are stored; they are not read */
  demand(name: SetName): void {
    if (!existsSync(`${this.pathOf({ kind: 'candles', ...keyOf(name) })}.json`))
      throw this.#notFound(name)
  }

  load(name: SetName): RecordedMarket {
    const candles = this.read({ kind: 'candles', ...keyOf(name) })
    if (candles === null) throw this.#notFound(name)
    const { priceDecimals, quantityDecimals, lotSize } = candles.header
    if (priceDecimals === null || quantityDecimals === null || lotSize === null) {
      throw new HistoryError('damaged', `${formatSetName(name)} has no scale: import it again`)
    }
    const scale = { priceDecimals, quantityDecimals, lotSize }
    const funding = this.read({ ...keyOf(name), kind: 'funding', timeframe: null })
    return {
      instrument: makeReplayInstrument(name.venue, name.symbol, scale, null),
      timeframeMs: name.timeframe.ms,
      candles: candles.columns as unknown as CandleColumns,
      funding: (funding?.columns as unknown as FundingColumns | undefined) ?? null,
      mark: this.#loadMark(name, priceDecimals),
    }
  }

  /** The mark series of the set's own timeframe, else the finest there is, in the price unit of the candles. */
  #loadMark(name: SetName, priceDecimals: number): MarkColumns | null {
    const folder = join(this.directory, name.venue, venueSpelling(name.symbol))
    const timeframes = readdirSync(folder)
      .filter((file) => file.endsWith('.mark.json'))
      .map((file) => parseTimeframe(file.slice(0, -'.mark.json'.length)))
      .sort((a, b) => a.ms - b.ms)
    const chosen = timeframes.find(({ ms }) => ms === name.timeframe.ms) ?? timeframes[0]
    if (chosen === undefined) return null
    const stored = this.read({ ...keyOf(name), kind: 'mark', timeframe: chosen.text })
    const at = stored?.columns['at']
    const mark = stored?.columns['mark']
    if (!stored || !at || !mark) return null
    return { at, mark: rescale(mark, stored.header.priceDecimals ?? priceDecimals, priceDecimals) }
  }

  #notFound(name: SetName): HistoryError {
    const { venue, symbol } = keyOf(name)
    const others = this.list().filter((header) => header.kind === 'candles')
    const same = others.filter(
      (header) => header.venue === venue && header.symbol === symbol.symbol,
    )
    const wanted = formatSetName({ ...name, from: null, to: null })
    const finer = same
      .map(({ timeframe }) => parseTimeframe(timeframe ?? ''))
      .filter(({ ms }) => ms < name.timeframe.ms && name.timeframe.ms % ms === 0)
      .sort((a, b) => b.ms - a.ms)[0]
    if (finer !== undefined) {
      const source = formatSetName({ ...name, timeframe: finer, from: null, to: null })
      return new HistoryError(
        'not_found',
        `there are no candles ${wanted} in ${this.directory}: make them of the stored ones with "perpfleet data resample ${source} ${name.timeframe.text}"`,
      )
    }
    const choices = (same.length > 0 ? same : others)
      .slice(0, 8)
      .map(({ venue: at, symbol: of, timeframe }) =>
        [at, venueSpelling(parseSymbol(of)), timeframe].join('/'),
      )
    const mend =
      choices.length === 0
        ? 'import candles with "perpfleet data import"'
        : `stored are ${choices.join(', ')}; import others with "perpfleet data import"`
    return new HistoryError(
      'not_found',
      `there are no candles ${wanted} in ${this.directory}: ${mend}`,
    )
  }
}

function keyOf(name: SetName): { venue: string; symbol: MarketSymbol; timeframe: string } {
  return { venue: name.venue, symbol: name.symbol, timeframe: name.timeframe.text }
}

function subfolders(directory: string): readonly string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

function compareHeaders(a: SeriesHeader, b: SeriesHeader): number {
  const length = (header: SeriesHeader) =>
    header.timeframe === null ? 0 : parseTimeframe(header.timeframe).ms
  const name = (header: SeriesHeader) => `${header.venue} ${header.symbol} ${header.kind}`
  if (name(a) !== name(b)) return name(a) < name(b) ? -1 : 1
  return length(a) - length(b)
}

/** Prices counted in other decimals; digits that go are rounded half to even. */
export function rescale(values: Column, from: number, to: number): Column {
  if (from === to) return values
  const [factor, divisor] = to > from ? [10 ** (to - from), 1] : [1, 10 ** (from - to)]
  return shareColumn(
    Float64Array.from(values, (value) => mulDiv(value, factor, divisor, 'halfEven')),
  )
}
