/**
 * The three strategies of a published run of another engine, in our contract: a cross of two averages, a long position
 * with stop and take profit, and a limit order below an average. One contract of base, always.
 */
import type { InstrumentId } from '../../src/domain/instrument.ts'
import { invariant, type Price, price, type Quantity, quantity } from '../../src/domain/money.ts'
import type {
  RestingWant,
  Strategy,
  StrategyContext,
  StrategyEvent,
  Wanted,
  Wants,
} from '../../src/domain/strategy.ts'

/** What every one of them remembers. */
export interface OracleState {
  instrument: string
  /** Lots of one base. */
  one: number
  /** Closes in price units, all of them: these runs are short. */
  closes: number[]
  held: number
  resting: RestingWant[]
  target: number | null
  average: number
  /** Candles that had closed when each fill was booked: the bar in which it happened. */
  bars: number[]
}

const none = { parameters: {}, stateVersion: 1 }

function startOf(context: StrategyContext): OracleState {
  const [instrument] = context.instruments
  invariant(instrument !== undefined, 'a market is needed')
  const one = 10 ** instrument.quantityDecimals / instrument.lotSize
  return {
    instrument: instrument.id,
    one,
    closes: [],
    held: 0,
    resting: [],
    target: null,
    average: Number.NEGATIVE_INFINITY,
    bars: [],
  }
}

function wantedOf(state: OracleState): Wanted {
  const { target } = state
  return {
    resting: state.resting,
    targets: target === null ? [] : [targetOf(state, target)],
    wakes: [],
    finish: null,
  }
}

const targetOf = (state: OracleState, lots: number) => ({
  instrument: state.instrument as InstrumentId,
  quantity: quantity(lots),
  worstPrice: null,
  style: 'take' as const,
  deadlineAt: null,
  isReduceOnly: false,
})

function aim(state: OracleState, lots: number, out: Wants): void {
  state.target = lots
  out.target(targetOf(state, lots))
}

function drop(state: OracleState, out: Wants): void {
  for (const { slot } of state.resting) out.drop(slot)
  state.resting = []
}

function rest(state: OracleState, want: RestingWant, out: Wants): void {
  state.resting.push(want)
  out.rest(want)
}

function mean(values: readonly number[], length: number, back: number): number {
  let sum = 0
  const end = values.length - back
  for (let index = end - length; index < end; index += 1) sum += values[index] ?? 0
  return sum / length
}

type Decide = (state: OracleState, out: Wants) => void

function strategyOf(
  id: string,
  decide: Decide,
  onFill: Decide = () => undefined,
): Strategy<unknown, OracleState> {
  return {
    ...none,
    id,
    inputs: () => ({
      instrumentsMin: 1,
      instrumentsMax: 1,
      timeframes: [],
      warmUpCandles: 0,
      bookDepth: 0,
    }),
    check: () => [],
    start: (_, context) => startOf(context),
    on: (state, event, out) => hear(state, event, out, decide, onFill),
    wanted: wantedOf,
    migrate: (state) => state as unknown as OracleState,
    report: () => ({}),
  }
}

function hear(
  state: OracleState,
  event: StrategyEvent,
  out: Wants,
  decide: Decide,
  onFill: Decide,
): void {
  if (event.kind === 'candle') {
    state.closes.push(event.candle.close)
    decide(state, out)
    return
  }
  if (event.kind !== 'fill') return
  const { side, origin } = event.fill
  const lots = event.fill.quantity
  state.held += side === 'buy' ? lots : -lots
  state.bars.push(state.closes.length)
  if (origin.kind === 'slot')
    state.resting = state.resting.filter((want) => want.slot !== origin.slot)
  if (origin.kind === 'slot') out.drop(origin.slot)
  onFill(state, out)
}

/** Long above, short below, from the first cross on. Averages of closes; a cross needs both bars apart. */
export const smaCross = (fast: number, slow: number) =>
  strategyOf('sma_cross', (state, out) => {
    const { closes, one } = state
    if (closes.length < slow + 1) return
    const before = mean(closes, fast, 1) - mean(closes, slow, 1)
    const now = mean(closes, fast, 0) - mean(closes, slow, 0)
    if (before < 0 && now > 0) aim(state, one, out)
    else if (before > 0 && now < 0) aim(state, -one, out)
  })

const rounded = (value: number): Price => price(Math.round(value))

/** Buys when the close crosses its average; leaves at a stop or a limit around the close of the signal. */
export const stopAndTake = (length: number, stop: number, take: number) =>
  strategyOf(
    'stop_and_take',
    (state, out) => {
      const { closes, one } = state
      if (closes.length < length + 1 || state.held !== 0) return
      const close = closes.at(-1) ?? 0
      const isBelow = (closes.at(-2) ?? 0) < mean(closes, length, 1)
      if (!isBelow || close <= mean(closes, length, 0)) return
      state.average = close
      aim(state, one, out)
    },
    (state, out) => {
      if (state.held === 0) {
        drop(state, out)
        state.target = null
        return
      }
      const base = { instrument: state.instrument as InstrumentId, side: 'sell' as const }
      const [low, high] = [rounded(state.average * (1 - stop)), rounded(state.average * (1 + take))]
      state.target = null
      out.dropTarget(base.instrument)
      const trigger = { kind: 'stop', price: low, by: 'last' } as const
      rest(
        state,
        {
          ...base,
          slot: 'stop',
          price: low,
          quantity: 'position',
          isPostOnly: false,
          isReduceOnly: true,
          trigger,
        },
        out,
      )
      rest(
        state,
        {
          ...base,
          slot: 'take',
          price: high,
          quantity: quantity(state.held),
          isPostOnly: false,
          isReduceOnly: true,
          trigger: null,
        },
        out,
      )
    },
  )

/** A buy below the exponential average, moved with each close; leaves at the first close above the average. */
export const limitDip = (length: number, dip: number) =>
  strategyOf(
    'limit_dip',
    (state, out) => {
      const close = state.closes.at(-1) ?? 0
      const share = 2 / (length + 1)
      const isFirst = state.closes.length === 1
      state.average = isFirst ? close : state.average + share * (close - state.average)
      drop(state, out)
      if (isFirst) return
      if (state.held !== 0) {
        if (close > state.average) aim(state, 0, out)
        return
      }
      state.target = null
      const at = rounded(state.average * (1 - dip))
      const one: Quantity = quantity(state.one)
      const base = { instrument: state.instrument as InstrumentId, side: 'buy' as const }
      rest(
        state,
        {
          ...base,
          slot: `dip${state.closes.length}`,
          price: at,
          quantity: one,
          isPostOnly: false,
          isReduceOnly: false,
          trigger: null,
        },
        out,
      )
    },
    (state, out) => {
      if (state.held !== 0) return
      state.target = null
      out.dropTarget(state.instrument as InstrumentId)
    },
  )
