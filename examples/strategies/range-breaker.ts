/**
 * Buys when a candle closes above the highest high of the last candles and rests a stop below their lowest low: written
 * against the contract itself, with targets, a protective order and books of its own (docs/guides/plug-ins.md).
 */
import {
  amountText,
  bookFill,
  type Candle,
  type Donchian,
  defineStrategy,
  donchianNext,
  donchianStart,
  emptyOwnBook,
  type Instrument,
  lotsText,
  type OwnBook,
  price,
  quantity,
  type RestingWant,
  type StrategyContext,
  type TargetWant,
  totalAt,
  type Wants,
} from 'perpfleet/strategy'

interface Parameters {
  readonly length: number
  readonly order_lots: number
}

interface State {
  readonly instrument: Instrument
  readonly lots: number
  readonly range: Donchian
  readonly book: OwnBook
  /** The range before the latest candle; null until it is known. */
  high: number | null
  low: number | null
  /** Signed lots wanted; null = nothing was wanted yet. */
  target: number | null
  /** Price of the resting stop. */
  stop: number | null
}

const targetOf = ({ instrument, target }: State): TargetWant | null =>
  target === null
    ? null
    : {
        instrument: instrument.id,
        quantity: quantity(target),
        worstPrice: null,
        style: 'take',
        deadlineAt: null,
        isReduceOnly: false,
      }

/** Sells the whole position when the mark falls to the stop. */
const stopOf = ({ instrument, stop }: State): RestingWant | null =>
  stop === null
    ? null
    : {
        slot: 'stop',
        instrument: instrument.id,
        side: 'sell',
        price: price(stop),
        quantity: 'position',
        isPostOnly: false,
        isReduceOnly: true,
        trigger: { kind: 'stop', price: price(stop), by: 'mark' },
      }

/** Moves the stop; null takes it back. */
function setStop(state: State, stop: number | null, out: Wants): void {
  if (stop === state.stop) return
  state.stop = stop
  const want = stopOf(state)
  if (want === null) out.drop('stop')
  else out.rest(want)
}

function onCandle(state: State, candle: Candle, out: Wants): void {
  const { high, low, book, range } = state
  const isBreak = high !== null && candle.close > high
  if (isBreak && book.position === 0 && state.target !== state.lots) {
    state.target = state.lots
    const want = targetOf(state)
    if (want !== null) out.target(want)
    out.note('info', `the close ${candle.close} broke the range at ${high}`)
  }
  // The stop follows the low end of the range, upwards only.
  if (book.position > 0 && low !== null) setStop(state, Math.max(low, state.stop ?? 0), out)
  donchianNext(range, candle.high, candle.low)
  state.high = range.upper
  state.low = range.lower
}

function onPosition(state: State, out: Wants): void {
  if (state.book.position > 0 && state.low !== null) setStop(state, state.stop ?? state.low, out)
  if (state.book.position > 0) return
  setStop(state, null, out)
  // The stop has sold: without this the target would buy it back at once.
  if (state.target === null) return
  state.target = null
  out.dropTarget(state.instrument.id)
}

function instrumentOf({ instruments }: StrategyContext): Instrument {
  const [instrument] = instruments
  if (instrument === undefined) throw new RangeError('range_breaker trades one instrument')
  return instrument
}

export default defineStrategy<Parameters, State>({
  id: 'range_breaker',
  stateVersion: 1,
  parameters: {
    length: {
      type: 'integer',
      doc: 'Candles of the range.',
      minimum: 2,
      maximum: 5000,
      default: 20,
    },
    order_lots: {
      type: 'integer',
      doc: 'Lots to buy.',
      unit: 'lots',
      minimum: 1,
      isRequired: true,
    },
  },
  inputs: ({ length }) => ({
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: [],
    warmUpCandles: length,
    bookDepth: 0,
  }),
  check({ order_lots: lots }, context) {
    const { quantityMin } = instrumentOf(context)
    if (lots >= quantityMin) return []
    const text = `order_lots must be at least ${quantityMin}, the venue's minimum, found ${lots}`
    return [{ code: 'below_minimum', text, overrideKey: null }]
  },
  start: ({ length, order_lots: lots }, context) => ({
    instrument: instrumentOf(context),
    lots,
    range: donchianStart(length),
    book: emptyOwnBook(),
    high: null,
    low: null,
    target: null,
    stop: null,
  }),
  on(state, event, out) {
    if (event.kind === 'candle') onCandle(state, event.candle, out)
    else if (event.kind === 'fill') {
      bookFill(state.book, state.instrument, event.fill)
      onPosition(state, out)
    } else if (event.kind === 'funding') state.book.funding += event.amount
  },
  /** The same wants from scratch: after a restart. */
  wanted(state) {
    const [target, stop] = [targetOf(state), stopOf(state)]
    return {
      targets: target === null ? [] : [target],
      resting: stop === null ? [] : [stop],
      wakes: [],
      finish: null,
    }
  },
  migrate: (state) => state as unknown as State,
  report(state, prices) {
    const { book, instrument } = state
    return {
      position: lotsText(instrument, book.position),
      funding: amountText(book.funding),
      fees: amountText(book.fees),
      total: amountText(totalAt(book, instrument, prices[0]?.mark ?? 0)),
      range_high: state.high,
      range_low: state.low,
      stop: state.stop,
    }
  },
})
