/** A strategy for tests: a few cells without netting, an adjustable range, an end by price. Its arithmetic is naive on purpose. */
import type { Instrument } from '../../src/domain/instrument.ts'
import { formatDecimal, parseDecimal, price, quantity } from '../../src/domain/money.ts'
import type {
  Finish,
  Json,
  ParameterSchema,
  RestingWant,
  Strategy,
  StrategyContext,
  StrategyEvent,
  Wake,
  Wanted,
  Wants,
} from '../../src/domain/strategy.ts'
import { usdcInstrument } from '../support/instruments.ts'

export const SOL: Instrument = usdcInstrument({}, 'SOL', 'backpack')

export interface TinyParameters {
  readonly grid_lower_price: string
  readonly grid_upper_price: string
  readonly grid_num: number
  readonly order_lots: number
  /** Above this price the instance ends; '' = never. */
  readonly finish_above: string
}

interface Cell {
  low: number
  high: number
  x: number
}

interface TinyState {
  instrument: Instrument
  lots: number
  cells: Cell[]
  position: number
  last: number
  finishAbove: number | null
  finish: Finish | null
}

const decimal: ParameterSchema = { type: 'decimal', doc: 'of the test strategy', isHot: true }

function linesOf(parameters: TinyParameters): number[] {
  const lower = parseDecimal(parameters.grid_lower_price, 2)
  const upper = parseDecimal(parameters.grid_upper_price, 2)
  const cells = parameters.grid_num - 1
  return Array.from(
    { length: cells + 1 },
    (_, i) => lower + Math.floor((i * (upper - lower)) / cells),
  )
}

function cellsOf(parameters: TinyParameters, last: number, old: readonly Cell[]): Cell[] {
  const lines = linesOf(parameters)
  return lines.slice(0, -1).map((low, i) => {
    const high = lines[i + 1] ?? low
    const same = old.find((cell) => cell.low === low && cell.high === high)
    return { low, high, x: same?.x ?? (low > last ? parameters.order_lots : 0) }
  })
}

function restingOf(state: TinyState, cell: Cell): RestingWant[] {
  const common = {
    instrument: state.instrument.id,
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
  const wants: RestingWant[] = []
  const missing = state.lots - cell.x
  if (missing > 0) {
    wants.push({
      ...common,
      slot: `B${cell.low}`,
      side: 'buy',
      price: price(cell.low),
      quantity: quantity(missing),
    })
  }
  if (cell.x > 0) {
    wants.push({
      ...common,
      slot: `S${cell.high}`,
      side: 'sell',
      price: price(cell.high),
      quantity: quantity(cell.x),
    })
  }
  return wants
}

const wakesOf = (state: TinyState): Wake[] =>
  state.finishAbove === null
    ? []
    : [
        {
          instrument: state.instrument.id,
          below: null,
          above: price(state.finishAbove),
          at: null,
          by: 'last',
        },
      ]

function onFill(
  state: TinyState,
  event: Extract<StrategyEvent, { kind: 'fill' }>,
  out: Wants,
): void {
  const { fill } = event
  const sign = fill.side === 'buy' ? 1 : -1
  state.position += sign * fill.quantity
  if (fill.origin.kind !== 'slot') return
  const { slot } = fill.origin
  const at = Number(slot.slice(1))
  const cell = state.cells.find((c) => (slot.startsWith('B') ? c.low : c.high) === at)
  if (cell === undefined) return
  const before = restingOf(state, cell)
  cell.x += sign * fill.quantity
  report(before, restingOf(state, cell), out)
}

function report(before: readonly RestingWant[], after: readonly RestingWant[], out: Wants): void {
  const kept = new Set(after.map((want) => want.slot))
  for (const want of before) if (!kept.has(want.slot)) out.drop(want.slot)
  for (const want of after) out.rest(want)
}

function onPrice(state: TinyState, last: number, out: Wants): void {
  state.last = last
  if (state.finish !== null || state.finishAbove === null || last < state.finishAbove) return
  state.finish = { reason: 'finish_above', orders: 'cancel', positions: 'keep' }
  out.finish(state.finish)
  out.note('warn', 'the price is above finish_above')
}

function onAdjust(state: TinyState, parameters: TinyParameters, out: Wants): void {
  const before = state.cells.flatMap((cell) => restingOf(state, cell))
  state.cells = cellsOf(parameters, state.last, state.cells)
  report(
    before,
    state.cells.flatMap((cell) => restingOf(state, cell)),
    out,
  )
}

export const tiny: Strategy<TinyParameters, TinyState> = {
  id: 'tiny',
  stateVersion: 1,
  parameters: {
    grid_lower_price: decimal,
    grid_upper_price: decimal,
    grid_num: decimal,
    order_lots: { ...decimal, isHot: false },
  },
  inputs: () => ({
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: [],
    warmUpCandles: 0,
    bookDepth: 0,
  }),
  check(parameters) {
    const lines = linesOf(parameters)
    const isRising = lines.every((line, i) => i === 0 || line > (lines[i - 1] ?? line))
    if (isRising) return []
    return [
      { code: 'lines_equal', text: 'Two lines of the grid have one price.', overrideKey: null },
    ]
  },
  start(parameters, context: StrategyContext) {
    const [instrument = SOL] = context.instruments
    const last = context.prices[0]?.last ?? 0
    return {
      instrument,
      lots: parameters.order_lots,
      cells: cellsOf(parameters, last, []),
      position: context.positions[0] ?? 0,
      last,
      finishAbove: parameters.finish_above === '' ? null : parseDecimal(parameters.finish_above, 2),
      finish: null,
    }
  },
  on(state, event, out) {
    if (event.kind === 'fill') onFill(state, event, out)
    if (event.kind === 'price' || event.kind === 'candle') onPrice(state, event.price.last, out)
    if (event.kind === 'command') {
      onAdjust(state, event.command.parameters as unknown as TinyParameters, out)
    }
  },
  wanted(state): Wanted {
    const resting = state.cells.flatMap((cell) => restingOf(state, cell))
    return { resting, targets: [], wakes: wakesOf(state), finish: state.finish }
  },
  migrate: (state: Json) => state as unknown as TinyState,
  report: (state) => ({ position: formatDecimal(state.position, 2) }),
}
