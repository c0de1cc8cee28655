/** Strategies for the tests of searches: one that trades, and ones that go wrong in every way a run can. */

import type { InstrumentId } from '../../src/domain/instrument.ts'
import { money, type Quantity, quantity } from '../../src/domain/money.ts'
import type { Strategy, TargetWant, Wanted } from '../../src/domain/strategy.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'

interface Parameters {
  readonly every: number
  readonly size: string
  readonly fault: 'none' | 'throw' | 'refuse' | 'nan' | 'die' | 'loop'
}

interface State {
  readonly instrument: InstrumentId
  readonly every: number
  readonly lots: number
  readonly fault: Parameters['fault']
  heard: number
  held: Quantity
}

const targetOf = ({ instrument, held }: State): TargetWant => ({
  instrument,
  quantity: held,
  worstPrice: null,
  style: 'take',
  deadlineAt: null,
  isReduceOnly: false,
})

function goWrong({ fault, heard }: State): void {
  if (heard < 20) return
  if (fault === 'throw') throw new Error('the strategy stumbled\nat a second line')
  if (fault === 'die') process.exit(3)
  if (fault === 'loop') for (;;);
}

/** Goes long and flat again every so many candles. */
const flipper: Strategy<Parameters, State> = {
  id: 'flipper',
  stateVersion: 1,
  parameters: {
    every: { type: 'integer', doc: 'candles between two changes', minimum: 1, maximum: 500 },
    size: { type: 'decimal', doc: 'how much is bought', exclusiveMinimum: 0 },
    fault: {
      type: 'enum',
      doc: 'what goes wrong',
      values: ['none', 'throw', 'refuse', 'nan', 'die', 'loop'],
    },
  },
  inputs: () => ({
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: [],
    warmUpCandles: 0,
    bookDepth: 0,
  }),
  check: ({ fault }) =>
    fault === 'refuse' ? [{ code: 'no', text: 'It cannot run like this.', overrideKey: null }] : [],
  start: ({ every, size, fault }, { instruments }) => {
    const [instrument] = instruments
    if (instrument === undefined) throw new RangeError('no instrument')
    const lots = Math.round(Number(size) * 1000)
    return { instrument: instrument.id, every, lots, fault, heard: 0, held: quantity(0) }
  },
  on(state, event, out) {
    if (event.kind !== 'candle') return
    state.heard += 1
    goWrong(state)
    if (state.heard % state.every !== 0) return
    state.held = quantity(state.held === 0 ? state.lots : 0)
    if (state.fault === 'nan') state.held = Number.NaN as Quantity
    out.target(targetOf(state))
  },
  wanted: (state): Wanted => ({
    resting: [],
    targets: state.held === 0 ? [] : [targetOf(state)],
    wakes: [],
    finish: null,
  }),
  migrate: (state) => state as unknown as State,
  report: () => null,
}

export const strategies: readonly AnyStrategy[] = [flipper as AnyStrategy]

/** Capital of every test. */
export const CAPITAL = money(1_000_00_000_000)
