/**
 * Parameters as integers of the core: decimals are read once, with the instrument that scales them.
 */
import type { GridType } from '../../domain/grid/cells.ts'
import { type GridMode, nearestPrice } from '../../domain/grid/ladder.ts'
import type { Sizing } from '../../domain/grid/sizing.ts'
import type { Instrument } from '../../domain/instrument.ts'
import {
  type Money,
  money,
  type Price,
  parseDecimalRounded,
  price,
  type Quantity,
  quantity,
  RATIO_SCALE,
  type Ratio,
  type Rounding,
  ratio,
} from '../../domain/money.ts'
import type { Json, Objection } from '../../domain/strategy.ts'
import { gridParameters } from './parameters.ts'

/**
 * strategy_config as it stands in the file: decimals as text or number, absent or null = not given.
 */
export type GridParameters = { readonly [key: string]: Json | undefined }

export type BoundaryAction = 'hold' | 'pause' | 'close' | 'recentre'

/** Plain JSON; prices in price units, money in 1e-8, shares in 1e-8, times in ms. */
export interface GridSettings {
  readonly lower: Price | null
  readonly upper: Price | null
  readonly intervals: number
  readonly mode: GridMode
  readonly type: GridType
  readonly isAutoPrice: boolean
  readonly priceRange: Ratio | null
  readonly sizing: Sizing
  readonly positionLimit: Quantity | null
  /** As a Ratio: 1e8 = 1x; null = that of the context. */
  readonly leverage: number | null
  readonly stopLoss: Money | null
  readonly takeProfit: Money | null
  readonly stopPrice: Price | null
  readonly takeProfitPrice: Price | null
  readonly trailingStop: Ratio | null
  readonly trailingUp: Price | null
  readonly trailingDown: Price | null
  readonly triggerPrice: Price | null
  readonly boundaryAction: BoundaryAction
  readonly boundaryTolerance: Ratio
  readonly openOrdersMax: number
  readonly durationMs: number | null
  readonly intervalMs: number
  readonly entrySlippage: Ratio
  readonly liquidationBuffer: Ratio
  readonly isUnprofitableAllowed: boolean
  readonly isLiquidationAllowed: boolean
  readonly isOutsideAllowed: boolean
}

export const objection = (
  code: string,
  text: string,
  overrideKey: string | null = null,
): Objection => ({ code, text, overrideKey })

/** Reads keys, collecting every fault instead of stopping at the first. */
class Reader {
  readonly faults: Objection[] = []
  readonly #raw: GridParameters
  readonly #instrument: Instrument

  constructor(raw: GridParameters, instrument: Instrument) {
    this.#raw = raw
    this.#instrument = instrument
  }

  value(key: string): Json | undefined {
    const given = this.#raw[key]
    if (given !== undefined && given !== null && given !== '') return given
    return gridParameters[key]?.default
  }

  has(key: string): boolean {
    const given = this.value(key)
    return given !== undefined && given !== null
  }

  scaled(key: string, decimals: number, rounding: Rounding): number | null {
    const given = this.value(key)
    if (given === undefined || given === null || given === false) return null
    try {
      const read = parseDecimalRounded(String(given), decimals, rounding)
      return this.#inBounds(key, String(given), read / 10 ** decimals) ? read : null
    } catch {
      return this.#refuse(key, `${key} must be a decimal number, found ${JSON.stringify(given)}`)
    }
  }

  #inBounds(key: string, text: string, value: number): boolean {
    const { minimum, maximum, exclusiveMinimum } = gridParameters[key] ?? {}
    if (minimum !== undefined && value < minimum) {
      this.#refuse(key, `${key} must be at least ${minimum}, found ${text}`)
    } else if (exclusiveMinimum !== undefined && !(value > exclusiveMinimum)) {
      this.#refuse(key, `${key} must be above ${exclusiveMinimum}, found ${text}`)
    } else if (maximum !== undefined && value > maximum) {
      this.#refuse(key, `${key} must be at most ${maximum}, found ${text}`)
    } else return true
    return false
  }

  #refuse(key: string, text: string): null {
    this.faults.push(objection(`invalid_${key}`, text))
    return null
  }

  price(key: string): Price | null {
    const read = this.scaled(key, this.#instrument.priceDecimals, 'halfEven')
    return read === null ? null : price(read)
  }

  line(key: string): Price | null {
    const read = this.price(key)
    return read === null ? null : nearestPrice(this.#instrument, read)
  }

  lots(key: string): Quantity | null {
    const read = this.scaled(key, this.#instrument.quantityDecimals, 'floor')
    return read === null ? null : quantity(Math.floor(read / this.#instrument.lotSize))
  }

  money(key: string): Money | null {
    const read = this.scaled(key, 8, 'floor')
    return read === null ? null : money(read)
  }

  percent(key: string): Ratio | null {
    const read = this.scaled(key, 6, 'halfEven')
    return read === null ? null : ratio(read)
  }

  integer(key: string): number | null {
    const given = this.value(key)
    const read = this.scaled(key, 6, 'trunc')
    if (read === null) return null
    if (read % 1_000_000 === 0) return read / 1_000_000
    return this.#refuse(key, `${key} must be a whole number, found ${JSON.stringify(given)}`)
  }

  flag(key: string): boolean {
    const given = this.value(key)
    return given === true || given === 'true'
  }

  word<Word extends string>(key: string, fallback: Word): Word {
    const given = this.value(key)
    const values = gridParameters[key]?.values ?? []
    if (typeof given === 'string' && values.includes(given)) return given as Word
    this.#refuse(key, `${key} must be one of ${values.join(', ')}, found ${JSON.stringify(given)}`)
    return fallback
  }
}

/** Reads parameters; `settings` is null when what is missing or wrong leaves no grid at all. */
export function readSettings(
  raw: GridParameters,
  instrument: Instrument,
): { readonly settings: GridSettings | null; readonly objections: readonly Objection[] } {
  const reader = new Reader(raw, instrument)
  const intervals = readIntervals(reader)
  const sizing = readSizing(reader)
  const place = readPlace(reader)
  const rest = readRest(reader)
  if (intervals === null || sizing === null || reader.faults.length > 0) {
    return { settings: null, objections: reader.faults }
  }
  return { settings: { intervals, sizing, ...place, ...rest }, objections: [] }
}

function readIntervals(reader: Reader): number | null {
  const lines = reader.has('grid_num') ? reader.integer('grid_num') : null
  const intervals = reader.has('grid_intervals') ? reader.integer('grid_intervals') : null
  if (lines !== null && intervals !== null && lines !== intervals + 1) {
    reader.faults.push(
      objection(
        'levels_conflict',
        `grid_num ${lines} means ${lines - 1} intervals but grid_intervals says ${intervals}; give one of the two`,
      ),
    )
  }
  if (lines === null && intervals === null && reader.faults.length === 0) {
    reader.faults.push(
      objection('levels_missing', 'grid_num (lines) or grid_intervals is missing; give one'),
    )
  }
  return intervals ?? (lines === null ? null : lines - 1)
}

const sizeKeys = ['order_quantity', 'order_notional', 'total_margin'] as const

function readSizing(reader: Reader): Sizing | null {
  const given = sizeKeys.filter((key) => reader.has(key))
  if (given.length > 1) {
    reader.faults.push(
      objection(
        'size_conflict',
        `at most one of ${sizeKeys.join(', ')} may be given, found ${given.join(' and ')}`,
      ),
    )
    return null
  }
  const reserve = reader.percent('margin_reserve') ?? ratio(0)
  const lots = reader.lots(given[0] === 'order_quantity' ? 'order_quantity' : 'max_position')
  if (given[0] === 'order_notional') return withValue(reader.money('order_notional'))
  if (given[0] === 'total_margin') {
    const margin = reader.money('total_margin')
    return margin === null ? null : { kind: 'total_margin', margin, reserve }
  }
  if (lots !== null)
    return { kind: given[0] === 'order_quantity' ? 'order_quantity' : 'max_position', lots }
  if (reader.faults.length === 0) {
    reader.faults.push(
      objection(
        'size_missing',
        'no order size: give order_quantity, order_notional, total_margin or max_position',
      ),
    )
  }
  return null
}

const withValue = (value: Money | null): Sizing | null =>
  value === null ? null : { kind: 'order_notional', value }

function readPlace(reader: Reader) {
  const isAutoPrice = reader.flag('auto_price')
  const priceRange = reader.percent('price_range')
  const lower = reader.line('grid_lower_price')
  const upper = reader.line('grid_upper_price')
  if (isAutoPrice && priceRange === null) {
    reader.faults.push(
      objection(
        'price_range_missing',
        'auto_price needs price_range (percent on each side of the price)',
      ),
    )
  }
  if (!isAutoPrice && (lower === null || upper === null) && reader.faults.length === 0) {
    const missing = lower === null ? 'grid_lower_price' : 'grid_upper_price'
    reader.faults.push(
      objection('range_missing', `${missing} is missing; give it, or auto_price with price_range`),
    )
  }
  return {
    isAutoPrice,
    priceRange,
    lower,
    upper,
    mode: reader.word<GridMode>('grid_mode', 'arithmetic'),
    type: reader.word<GridType>('grid_type', 'neutral'),
  }
}

function readRest(reader: Reader) {
  const leverage = reader.scaled('leverage', 8, 'floor')
  const duration = reader.integer('duration')
  const action = reader.word<BoundaryAction | 'emergency_close'>('boundary_action', 'hold')
  const boundaryAction: BoundaryAction = action === 'emergency_close' ? 'close' : action
  return {
    positionLimit: reader.lots('max_position'),
    leverage,
    stopLoss: reader.money('stop_loss'),
    takeProfit: reader.money('take_profit'),
    stopPrice: reader.price('stop_price'),
    takeProfitPrice: reader.price('take_profit_price'),
    trailingStop: reader.percent('trailing_stop'),
    trailingUp: reader.price('trailing_up'),
    trailingDown: reader.price('trailing_down'),
    triggerPrice: reader.price('trigger_price'),
    boundaryAction,
    boundaryTolerance: reader.percent('boundary_tolerance') ?? ratio(0),
    openOrdersMax: reader.integer('open_orders_max') ?? 0,
    durationMs: duration === null ? null : duration * 1000,
    intervalMs: (reader.integer('interval') ?? 60) * 1000,
    entrySlippage: reader.percent('entry_slippage') ?? ratio(RATIO_SCALE / 100),
    liquidationBuffer: reader.percent('liquidation_buffer') ?? ratio(0),
    isUnprofitableAllowed: reader.flag('allow_unprofitable'),
    isLiquidationAllowed: reader.flag('allow_liquidation_before_last_line'),
    isOutsideAllowed: reader.flag('allow_price_outside'),
  }
}
