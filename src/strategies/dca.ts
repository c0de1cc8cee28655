/**
 * dca: buys a first order, more as the price falls or as time passes, and sells all at a profit on the average entry;
 * then it begins again. direction short is the mirror image.
 */
import { type Instrument, notionalOf, roundPrice } from '../domain/instrument.ts'
import { formatMoney, money, price, quantity, RATIO_SCALE, type Ratio } from '../domain/money.ts'
import { signOf } from '../domain/order.ts'
import { exitParameters } from '../domain/signal/exit-parameters.ts'
import { decide, LONG, NOTHING, SHORT, sizeOf, worstPrice } from '../domain/signal/signal-core.ts'
import type { RestingRule } from '../domain/signal/signal-rule.ts'
import type { SignalSettings } from '../domain/signal/signal-settings.ts'
import type { SignalCore } from '../domain/signal/signal-state.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'
import { setTarget } from '../domain/signal/signal-wants.ts'
import { entryLots, sizingParameters } from '../domain/signal/sizing.ts'
import type {
  Objection,
  ParameterSchema,
  RestingWant,
  StrategyContext,
} from '../domain/strategy.ts'

/** A further order that waits below (long) or above (short) the first entry. */
interface Step {
  readonly at: number
  /** What is still to trade. */
  lots: number
}

interface Terms {
  readonly safetyOrders: number
  readonly deviation: Ratio
  readonly stepScale: number
  readonly volumeScale: number
  readonly repeatBars: number
  readonly repeatsMax: number
  readonly cooldown: number
}

interface Dca extends Terms {
  /** Of the deal under way. */
  ladder: Step[]
  isDealing: boolean
  repeats: number
  /** Since the last order by time, or since the last deal ended. */
  bars: number
}

const sideOf = (settings: SignalSettings): 1 | -1 => (settings.direction === 'short' ? -1 : 1)

/** The further orders of a deal that entered `lots` at a price. */
function ladderOf(
  terms: Terms,
  instrument: Instrument,
  side: 1 | -1,
  entry: number,
  lots: number,
): Step[] {
  const steps: Step[] = []
  let distance = 0
  for (let index = 0; index < terms.safetyOrders; index += 1) {
    distance += (terms.deviation / RATIO_SCALE) * terms.stepScale ** index
    const at = entry * (1 - side * distance)
    if (at < 1) break
    const whole = price(side > 0 ? Math.floor(at) : Math.ceil(at))
    const level = roundPrice(instrument, whole, side > 0 ? 'floor' : 'ceil')
    const size = Math.floor(lots * terms.volumeScale ** (index + 1))
    if (level > 0 && size > 0) steps.push({ at: level, lots: size })
  }
  return steps
}

function restingSteps(own: Dca, core: SignalCore): RestingWant[] {
  if (core.finish !== null || core.trade === null || core.target?.isExit === true) return []
  const side = core.trade.side > 0 ? 'buy' : 'sell'
  const wants: RestingWant[] = []
  for (const [index, { at, lots }] of own.ladder.entries()) {
    if (lots <= 0) continue
    wants.push({
      slot: `S${index + 1}`,
      instrument: core.instrument.id,
      side,
      price: price(at),
      quantity: quantity(lots),
      isPostOnly: false,
      isReduceOnly: false,
      trigger: null,
    })
  }
  return wants
}

/** The first entry is done, filled or given up in part: the further orders are laid out from its average. */
function begin(own: Dca, core: SignalCore): void {
  const { trade, instrument, book } = core
  if (own.isDealing || trade === null || core.target !== null) return
  own.isDealing = true
  own.bars = 0
  own.repeats = 0
  own.ladder = ladderOf(own, instrument, trade.side, trade.entry, Math.abs(book.position))
}

const rests: RestingRule<Dca> = {
  resting: restingSteps,
  onBar(own, core, atr, out) {
    own.bars += 1
    const side = sideOf(core.settings)
    if (core.target !== null) return
    if (core.trade === null) {
      if (own.bars > own.cooldown) decide(core, side > 0 ? LONG : SHORT, atr, out)
      return
    }
    begin(own, core)
    if (own.repeatBars === 0 || own.bars < own.repeatBars || own.repeats >= own.repeatsMax) return
    own.bars = 0
    own.repeats += 1
    const { trade } = core
    const worst = worstPrice(core, trade.side)
    const lots = sizeOf(core, trade.side, worst, trade.atr)
    if (lots === 0) return
    setTarget(core, { quantity: core.book.position + trade.side * lots, worst, isExit: false }, out)
  },
  onFill(own, core, { origin, side, quantity: lots }, out) {
    const step = origin.kind === 'slot' ? own.ladder[Number(origin.slot.slice(1)) - 1] : undefined
    if (step !== undefined) {
      step.lots = Math.max(0, step.lots - lots)
      const { target } = core
      // What an order by time has still to buy stays the same.
      if (target !== null && !target.isExit)
        setTarget(core, { ...target, quantity: target.quantity + signOf(side) * lots }, out)
    }
    if (core.trade !== null) return begin(own, core)
    if (!own.isDealing) return
    own.isDealing = false
    own.ladder = []
    own.bars = 0
  },
}

/** What the whole deal could be worth must be covered by capital × leverage. */
function coverage(own: Dca, settings: SignalSettings, context: StrategyContext): Objection[] {
  const [instrument] = context.instruments
  const [market] = context.prices
  if (instrument === undefined || market === undefined) return []
  const { last } = market
  const { capital: equity, leverage } = context
  const lots = entryLots(settings.sizing, {
    instrument,
    equity,
    leverage,
    last,
    worst: last,
    stop: null,
  })
  const steps = ladderOf(own, instrument, sideOf(settings), last, lots)
  const worth = (at: number, count: number): number =>
    notionalOf(instrument, price(at), quantity(count))
  const repeats = own.repeatBars === 0 ? 0 : own.repeatsMax
  const total = steps.reduce(
    (sum, step) => sum + worth(step.at, step.lots),
    worth(last, lots) * (1 + repeats),
  )
  if (total <= equity * leverage) return []
  const most = formatMoney(money(Math.floor(equity * leverage)))
  const text = `a whole deal could be worth ${formatMoney(money(Math.floor(total)))} ${instrument.settle}, more than capital × leverage (${most}): lower the size of the first order, safety_orders, volume_scale or repeats_max`
  return [{ code: 'deal_too_large', text, overrideKey: null }]
}

const count = (doc: string, unit: string, standard: number, maximum: number): ParameterSchema => ({
  type: 'integer',
  doc,
  unit,
  minimum: 0,
  maximum,
  default: standard,
})

export const dca = signalStrategy<Dca>({
  id: 'dca',
  caveat:
    'without a stop, a time exit or a profit step below 0, dca ends a deal only with a gain or by liquidation: the share of won round trips says nothing then, losses stand in the position still held and in the drawdown',
  parameters: {
    safety_orders: count('Further orders that rest beyond the first entry.', 'orders', 5, 50),
    deviation: {
      type: 'decimal',
      doc: 'Distance of the first further order from the average price of the first entry.',
      unit: 'percent',
      exclusiveMinimum: 0,
      maximum: 90,
      default: '1.5',
    },
    step_scale: {
      type: 'number',
      doc: 'Each distance between further orders is this many times the one before.',
      minimum: 0.1,
      maximum: 10,
      default: 1,
    },
    volume_scale: {
      type: 'number',
      doc: 'Each further order is this many times the one before; the first is so many times the first entry.',
      minimum: 0.1,
      maximum: 10,
      default: 1,
    },
    repeat_bars: count(
      'An order of the size of a first entry is added each so many bars of a deal; 0 = none by time.',
      'bars',
      0,
      100_000,
    ),
    repeats_max: count('How many orders by time a deal has at most.', 'orders', 10, 1000),
    cooldown: count(
      'Bars that are left out between the end of a deal and the next one.',
      'bars',
      0,
      100_000,
    ),
    direction: {
      type: 'enum',
      doc: 'long: buys as the price falls; short: sells as it rises.',
      values: ['long', 'short'],
      default: 'long',
    },
    equity_share: { ...sizingParameters['equity_share'], default: '5' } as ParameterSchema,
    take_profit: { ...exitParameters['take_profit'], default: '1.5' } as ParameterSchema,
  },
  start: (reader) => ({
    safetyOrders: reader.count('safety_orders'),
    deviation: reader.percent('deviation') ?? (0 as Ratio),
    stepScale: reader.factor('step_scale'),
    volumeScale: reader.factor('volume_scale'),
    repeatBars: reader.count('repeat_bars'),
    repeatsMax: reader.count('repeats_max'),
    cooldown: reader.count('cooldown'),
    ladder: [],
    isDealing: false,
    repeats: 0,
    bars: reader.count('cooldown'),
  }),
  rests,
  check: coverage,
  warmUp: () => 0,
  next: () => NOTHING,
  indicators: (own) => ({
    deal: own.isDealing ? 'open' : 'none',
    orders_waiting: own.ladder.filter(({ lots }) => lots > 0).length,
    orders_by_time: own.repeats,
  }),
})
