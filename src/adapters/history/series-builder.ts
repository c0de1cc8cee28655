/** Rows of a file become columns; what cannot be taken is named with its line, never repaired. */
import { parseDecimalRounded } from '../../domain/money.ts'
import { formatTimeframe, formatTimeShort } from '../../domain/timeframe.ts'
import { DecimalColumn, IntegerColumn, readDecimal } from './decimal-column.ts'
import { ImportError } from './source-file.ts'
import { type Cells, readTime, type Where } from './table.ts'

const FAULTS_SHOWN = 5
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
export const PRICE_DECIMALS_MAX = 8

/** Collects what is wrong with a file, so that all of it is told at once. */
export class Faults {
  readonly #file: string
  readonly #shown: string[] = []
  #count = 0

  constructor(file: string) {
    this.#file = file
  }

  add(where: Where, text: string): void {
    this.#count += 1
    if (this.#shown.length < FAULTS_SHOWN) this.#shown.push(`${where}: ${text}`)
  }

  /** @throws ImportError naming the first faults and the number of the others */
  throwIfAny(): void {
    if (this.#count === 0) return
    const more = this.#count - this.#shown.length
    const others = more > 0 ? `; and ${more} more` : ''
    const rows = this.#count === 1 ? '1 fault' : `${this.#count} faults`
    throw new ImportError(
      'faulty',
      `${this.#file} was not imported, it has ${rows}: ${this.#shown.join('; ')}${others}`,
    )
  }
}

/** What all kinds of rows share: a time that must grow. */
class TimeColumn {
  readonly column = new IntegerColumn()
  readonly #faults: Faults
  readonly #isDroppingDuplicates: boolean
  dropped = 0

  constructor(faults: Faults, isDroppingDuplicates: boolean) {
    this.#faults = faults
    this.#isDroppingDuplicates = isDroppingDuplicates
  }

  /** The time of a row that may be taken, else null: the fault is noted or the row is dropped. */
  accept(cell: string | undefined, where: Where): number | null {
    const at = readTime(cell)
    if (at === null) {
      this.#faults.add(where, `time "${cell ?? ''}" cannot be read`)
      return null
    }
    const last = this.column.last
    if (last === null || at > last) return at
    const isKnown = this.column.has(at)
    if (isKnown && this.#isDroppingDuplicates) {
      this.dropped += 1
    } else if (isKnown) {
      this.#faults.add(
        where,
        `${formatTimeShort(at)} stands twice (--drop-duplicates keeps the first)`,
      )
    } else {
      this.#faults.add(
        where,
        `${formatTimeShort(at)} comes after ${formatTimeShort(last)} (sort the file by time)`,
      )
    }
    return null
  }
}

export interface BuilderOptions {
  readonly file: string
  readonly timeframeMs: number
  readonly isDroppingDuplicates: boolean
  /** Otherwise rows that all lie apart are taken for a wrong length. */
  readonly isLengthKnown?: boolean
}

/** Candles (open, high, low, close, volume) or mark prices (open only). */
export class PriceSeriesBuilder {
  readonly faults: Faults
  readonly prices: readonly DecimalColumn[]
  readonly volume = new DecimalColumn()
  readonly #names: readonly string[]
  readonly #hasVolume: boolean
  readonly #time: TimeColumn
  readonly #options: BuilderOptions
  #adjacent = 0

  constructor(options: BuilderOptions, kind: 'candles' | 'mark') {
    this.#options = options
    this.#hasVolume = kind === 'candles'
    this.#names = kind === 'candles' ? ['open', 'high', 'low', 'close'] : ['open']
    this.prices = this.#names.map(() => new DecimalColumn())
    this.faults = new Faults(options.file)
    this.#time = new TimeColumn(this.faults, options.isDroppingDuplicates)
  }

  get at(): IntegerColumn {
    return this.#time.column
  }

  get dropped(): number {
    return this.#time.dropped
  }

  add(cells: Cells, where: Where): void {
    const at = this.#time.accept(cells[0], where)
    if (at === null || !this.#isOnGrid(at, where)) return
    const values = this.#names.map((name, index) => this.#price(name, cells[index + 1], where))
    const volume = this.#hasVolume ? this.#volume(cells[5], where) : null
    if (values.includes(null) || (this.#hasVolume && volume === null)) return
    this.#time.column.push(at)
    values.forEach((value, index) => {
      if (value !== null) this.prices[index]?.push(value)
    })
    if (volume !== null) this.volume.push(volume)
  }

  #isOnGrid(at: number, where: Where): boolean {
    const { timeframeMs } = this.#options
    const last = this.#time.column.last
    const name = formatTimeframe(timeframeMs)
    if (last !== null && at - last < timeframeMs) {
      const distance = formatTimeframe(at - last)
      this.faults.add(where, `opens ${distance} after the row before, but --timeframe says ${name}`)
      return false
    }
    if (timeframeMs <= DAY_MS && at % timeframeMs !== 0) {
      this.faults.add(
        where,
        `${formatTimeShort(at)} is not the time at which a ${name} candle opens`,
      )
      return false
    }
    if (last !== null && at - last === timeframeMs) this.#adjacent += 1
    return true
  }

  #price(name: string, cell: string | undefined, where: Where) {
    const value = readDecimal(cell ?? '')
    if (value === null) {
      this.faults.add(where, `${name} "${cell ?? ''}" is not a number`)
    } else if (value.mantissa <= 0) {
      this.faults.add(where, `${name} "${cell ?? ''}" is not above 0`)
    } else if (value.decimals > PRICE_DECIMALS_MAX) {
      this.faults.add(where, `${name} "${cell ?? ''}" has more than ${PRICE_DECIMALS_MAX} decimals`)
    } else {
      return value
    }
    return null
  }

  #volume(cell: string | undefined, where: Where) {
    const value = readDecimal(cell ?? '')
    if (value === null) this.faults.add(where, `volume "${cell ?? ''}" is not a number`)
    else if (value.mantissa < 0) this.faults.add(where, `volume "${cell ?? ''}" is negative`)
    else return value
    return null
  }

  /** @throws ImportError when anything was wrong */
  finish(): void {
    const { file, timeframeMs, isLengthKnown } = this.#options
    this.faults.throwIfAny()
    const rows = this.at.length
    if (rows === 0) throw new ImportError('faulty', `${file} was not imported: it holds no rows`)
    if (rows > 2 && this.#adjacent === 0 && isLengthKnown !== true) {
      throw new ImportError(
        'faulty',
        `${file} was not imported: no two of its rows are ${formatTimeframe(timeframeMs)} apart, so --timeframe must be another`,
      )
    }
  }
}

/** Funding: raw time stamps, rates as Ratio (1e-8), rounded half to even. */
export class FundingBuilder {
  readonly faults: Faults
  readonly rate = new IntegerColumn()
  readonly #time: TimeColumn
  readonly #file: string

  constructor(options: Omit<BuilderOptions, 'timeframeMs'>) {
    this.#file = options.file
    this.faults = new Faults(options.file)
    this.#time = new TimeColumn(this.faults, options.isDroppingDuplicates)
  }

  get at(): IntegerColumn {
    return this.#time.column
  }

  get dropped(): number {
    return this.#time.dropped
  }

  add(cells: Cells, where: Where): void {
    const at = this.#time.accept(cells[0], where)
    if (at === null) return
    const last = this.at.last
    if (last !== null && Math.round(at / MINUTE_MS) === Math.round(last / MINUTE_MS)) {
      this.faults.add(where, `${formatTimeShort(at)} falls into the minute of the row before`)
      return
    }
    const rate = readRate(cells[1] ?? '')
    if (rate === null) {
      this.faults.add(where, `rate "${cells[1] ?? ''}" is not a number`)
    } else if (Math.abs(rate) >= 100_000_000) {
      this.faults.add(
        where,
        `rate "${cells[1] ?? ''}" is 100 % or more (rates are fractions: 0.0001)`,
      )
    } else {
      this.at.push(at)
      this.rate.push(rate)
    }
  }

  /** @throws ImportError when anything was wrong */
  finish(): void {
    this.faults.throwIfAny()
    if (this.at.length === 0) {
      throw new ImportError('faulty', `${this.#file} was not imported: it holds no rows`)
    }
  }
}

/** A rate in 1e-8; null when the text is no number. */
export function readRate(text: string): number | null {
  try {
    return parseDecimalRounded(text, 8, 'halfEven')
  } catch {
    return null
  }
}
