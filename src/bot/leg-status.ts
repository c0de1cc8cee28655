/** What /api/status says of each leg of an instance of several: its desk, its books in its own settlement money. */
import type { Instrument } from '../domain/instrument.ts'
import { formatDecimal, formatMoney, type Quantity, RATIO_SCALE } from '../domain/money.ts'
import type { Json } from '../domain/strategy.ts'
import type { InstanceEngine } from '../engine/instance.ts'
import type { BotLaunch } from '../protocol/launch.ts'
import { type BotLeg, legsOf } from './bot-leg.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import type { LegView } from './leg-view.ts'

/** One row for each leg, in their order; before the first start without books. */
export function legRowsOf(
  launch: BotLaunch,
  keeper: InstanceKeeper,
  views: readonly LegView[],
): readonly Json[] {
  const { engine } = keeper
  return legsOf(launch).flatMap((leg, index) => {
    const view = views[index]
    if (view === undefined) return []
    return [{ ...deskOf(leg, view), ...(engine === null ? {} : booksOf(keeper, engine, index)) }]
  })
}

function deskOf({ settings, settleRate }: BotLeg, view: LegView) {
  return {
    name: settings.instance,
    venue: settings.venue,
    account: settings.account,
    symbol: settings.symbol,
    desk: { connected: view.isConnected, ready: view.isReady },
    mode: view.mode,
    mode_reason: view.modeReason,
    is_open: view.closedReason === null,
    closed_reason: view.closedReason,
    last_seq: view.lastSeq,
    settle_rate: formatDecimal(settleRate, Math.log10(RATIO_SCALE)),
    reasons: { ...view.reasons },
  }
}

function booksOf({ prices }: InstanceKeeper, engine: InstanceEngine, index: number) {
  const instrument = engine.instruments[index]
  const price = prices[index]
  if (instrument === undefined || price === undefined) return {}
  const { priceDecimals, quantityDecimals, lotSize, base, settle } = instrument
  const { position, cost } = engine.ledger.holding(index)
  const pnl = engine.ledger.legReport(index, price.mark)
  return {
    price: {
      last: formatDecimal(price.last, priceDecimals),
      mark: formatDecimal(price.mark, priceDecimals),
    },
    position: {
      quantity: formatDecimal(position * lotSize, quantityDecimals),
      base,
      cost: formatMoney(cost),
      entry_price: entryPriceOf(instrument, { position, cost }),
    },
    settle,
    pnl,
    orders: { wanted: ordersOn(engine, instrument) },
  }
}

function ordersOn(engine: InstanceEngine, { id }: Instrument): number {
  return engine
    .wants()
    .changes.filter((change) => change.kind === 'rest' && change.want.instrument === id).length
}

/** The average price at which the open position was entered; null when there is none. For people: no book counts with it. */
export function entryPriceOf(
  instrument: Instrument | undefined,
  { position, cost }: { readonly position: Quantity; readonly cost: number },
): string | null {
  if (instrument === undefined || position === 0 || cost === 0) return null
  const { kind, moneyPerUnit, priceDecimals } = instrument
  const value = Math.abs(position) * moneyPerUnit
  const entered = Math.abs(cost)
  const units = kind === 'linear' ? entered / value : (value * 10 ** priceDecimals) / entered
  return formatDecimal(Math.round(units), priceDecimals)
}
