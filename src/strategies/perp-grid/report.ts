/** Numbers of a running grid for people, as decimal text. */

import { splitProfit } from '../../domain/grid/cells.ts'
import { formatLots } from '../../domain/instrument.ts'
import { formatMoney, money } from '../../domain/money.ts'
import type { Json } from '../../domain/strategy.ts'
import { restingWants, virtualWants } from './orders.ts'
import { describeLines, liquidationNow, percentText, priceText, walksOf } from './plan.ts'
import { type GridState, totalOf, walkStart } from './state.ts'
import { stopLossPrice } from './thresholds.ts'

const amount = (value: number): string => formatMoney(money(value))

/**
 * The report at a mark price. Profit fields are in the settlement currency and add up to `total`.
 */
export function gridReport(state: GridState, mark: number): Json {
  const { book, terms, settings } = state
  const { instrument } = terms
  const split = splitProfit(book, mark)
  const at = (value: number | null): string | null =>
    value === null ? null : priceText(instrument, value)
  const lines = book.lines.length > 0 ? book.lines.length : state.range.intervals + 1
  return {
    lines: describeLines(lines),
    type: settings.type,
    mode: settings.mode,
    phase: state.phase,
    range: {
      lower: at(book.lines[0] ?? state.range.lower),
      upper: at(book.lines[lines - 1] ?? state.range.upper),
    },
    in_range:
      book.lines.length > 0 &&
      state.last >= (book.lines[0] ?? 0) &&
      state.last <= (book.lines[lines - 1] ?? 0),
    quantity: formatLots(instrument, state.q),
    position: formatLots(instrument, book.position),
    position_wanted: formatLots(instrument, book.inventory),
    completed_cells: book.completed,
    grid_profit: amount(split.grid),
    inventory: amount(split.inventory),
    entry_adjustment: amount(split.entryAdjustment),
    closed: amount(split.closed),
    funding: amount(state.funding),
    fees: amount(state.fees),
    total: amount(totalOf(state, mark)),
    next_lines: nextLines(state),
    virtual: virtualLines(state),
    liquidation: liquidations(state, mark),
    stop_loss_price: at(stopLossPrice(state)),
    stop_price: at(settings.stopPrice),
    take_profit_price: at(settings.takeProfitPrice),
    trailing_stop: settings.trailingStop === null ? null : percentText(settings.trailingStop),
    peak_equity: settings.trailingStop === null ? null : amount(state.peak),
    trigger_price: state.phase === 'waiting' ? at(settings.triggerPrice) : null,
    started_at: state.startedAt,
    finish: state.finish?.reason ?? null,
  }
}

/** The nearest buy below and sell above. */
function nextLines(state: GridState): Json {
  const { instrument } = state.terms
  let buy: number | null = null
  let sell: number | null = null
  for (const want of restingWants(state)) {
    if (want.side === 'buy' && (buy === null || want.price > buy)) buy = want.price
    if (want.side === 'sell' && (sell === null || want.price < sell)) sell = want.price
  }
  return {
    buy: buy === null ? null : priceText(instrument, buy),
    sell: sell === null ? null : priceText(instrument, sell),
  }
}

/** The orders that open_orders_max keeps back, as the list of orders shows those that rest. */
function virtualLines(state: GridState): Json {
  const { instrument } = state.terms
  return virtualWants(state).map(({ slot, side, price, quantity }) => ({
    slot,
    side,
    price: priceText(instrument, price),
    quantity: formatLots(instrument, Number(quantity)),
  }))
}

/** Liquidation with the present position, and when every buy (long) or sell (short) has filled. */
function liquidations(state: GridState, mark: number): Json {
  const { book, terms } = state
  const text = (value: number | null): string | null =>
    value === null ? null : priceText(terms.instrument, value)
  const start = walkStart(state, mark)
  const now = text(liquidationNow(terms, start))
  if (state.phase !== 'active') return { now, worst_long: null, worst_short: null }
  const walks = walksOf(book, terms, state.settings.liquidationBuffer, start)
  return { now, worst_long: text(walks.down.worst), worst_short: text(walks.up.worst) }
}
