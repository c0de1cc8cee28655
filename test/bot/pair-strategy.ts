/** A strategy for tests of several legs: opposite targets while both legs are open, one resting order on each, an end by price. */
import type { Instrument } from '../../src/domain/instrument.ts'
import { price, quantity } from '../../src/domain/money.ts'
import type {
  Finish,
  RestingWant,
  Strategy,
  StrategyEvent,
  TargetWant,
  Wake,
  Wants,
} from '../../src/domain/strategy.ts'

export interface PairParameters {
  readonly lots: number
  /** Above this price of the first leg the instance ends. */
  readonly finish_above: number
  /** A resting buy this far below the price on each leg; 0 = none. */
  readonly rest_below: number
}

interface PairState {
  readonly parameters: PairParameters
  readonly instruments: readonly Instrument[]
  readonly first: readonly number[]
  positions: number[]
  /** Why each leg is closed; null = open. */
  closed: (string | null)[]
  hasEntered: boolean
  /** Fills of the resting order of each leg. */
  rests: number[]
  /** Every word about a leg, e.g. `0 open`. */
  heard: string[]
  finish: Finish | null
}

const signs = [1, -1] as const

function targetOf(state: PairState, leg: number): TargetWant | null {
  const instrument = state.instruments[leg]
  if (!state.hasEntered || instrument === undefined) return null
  return {
    instrument: instrument.id,
    quantity: quantity((signs[leg] ?? 1) * state.parameters.lots + (state.rests[leg] ?? 0)),
    worstPrice: null,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: false,
  }
}

function restOf(state: PairState, leg: number): RestingWant | null {
  const instrument = state.instruments[leg]
  const { rest_below: below } = state.parameters
  if (below === 0 || instrument === undefined) return null
  return {
    slot: `R${leg}.${state.rests[leg] ?? 0}`,
    instrument: instrument.id,
    side: 'buy',
    price: price((state.first[leg] ?? 0) - below),
    quantity: quantity(1),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
}

const wakesOf = (state: PairState): Wake[] =>
  state.instruments.map(({ id }) => {
    return { instrument: id, below: null, above: price(1), at: null, by: 'last' }
  })

function onFill(
  state: PairState,
  { fill }: Extract<StrategyEvent, { kind: 'fill' }>,
  out: Wants,
): void {
  const leg = state.instruments.findIndex(({ id }) => id === fill.instrument)
  const signed = (fill.side === 'buy' ? 1 : -1) * fill.quantity
  state.positions[leg] = (state.positions[leg] ?? 0) + signed
  if (fill.origin.kind !== 'slot') return
  const before = restOf(state, leg)
  if (before !== null) out.drop(before.slot)
  state.rests[leg] = (state.rests[leg] ?? 0) + 1
  const after = restOf(state, leg)
  if (after !== null) out.rest(after)
  const target = targetOf(state, leg)
  if (target !== null) out.target(target)
}

function onLeg(state: PairState, event: Extract<StrategyEvent, { kind: 'leg' }>, out: Wants): void {
  const leg = state.instruments.findIndex(({ id }) => id === event.instrument)
  state.closed[leg] = event.reason
  const left = event.canReduce ? ', may reduce' : ''
  state.heard.push(event.isOpen ? `${leg} open` : `${leg} closed: ${event.reason}${left}`)
  if (state.hasEntered || state.closed.some((reason) => reason !== null)) return
  state.hasEntered = true
  for (const index of state.instruments.keys()) {
    const target = targetOf(state, index)
    if (target !== null) out.target(target)
  }
}

export const pair: Strategy<PairParameters, PairState> = {
  id: 'pair',
  stateVersion: 1,
  parameters: {},
  inputs: () => ({
    instrumentsMin: 2,
    instrumentsMax: 2,
    timeframes: [],
    warmUpCandles: 0,
    bookDepth: 0,
  }),
  check: () => [],
  start: (parameters, { instruments, prices, positions }) => ({
    parameters,
    instruments,
    first: prices.map(({ last }) => last),
    positions: [...positions],
    closed: instruments.map(() => 'not heard yet'),
    hasEntered: false,
    rests: instruments.map(() => 0),
    heard: [],
    finish: null,
  }),
  on(state, event, out) {
    if (event.kind === 'leg') onLeg(state, event, out)
    if (event.kind === 'fill') onFill(state, event, out)
    const isFirst = event.kind === 'price' && event.instrument === state.instruments[0]?.id
    if (isFirst && event.price.last > state.parameters.finish_above && state.finish === null) {
      state.finish = { reason: 'price', orders: 'cancel', positions: 'close' }
      out.finish(state.finish)
    }
  },
  wanted: (state) => ({
    resting: state.instruments.flatMap((_, leg) => restOf(state, leg) ?? []),
    targets: state.instruments.flatMap((_, leg) => targetOf(state, leg) ?? []),
    wakes: wakesOf(state),
    finish: state.finish,
  }),
  migrate: (state) => state as unknown as PairState,
  report: ({ positions, heard }) => ({
    ...{ positions, heard },
    opportunities_by_outcome: { profit: 3, loss: 2, unwound: 1 },
  }),
}
