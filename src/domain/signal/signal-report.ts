/** Numbers of a running signal strategy for people; position, funding, fees and total agree with the ledger. */
import type { Json } from '../strategy.ts'
import { amountText, levelText, lotsText } from './amounts.ts'
import { totalAt } from './own-book.ts'
import type { SignalCore } from './signal-state.ts'

/** The report at a mark price, with what the strategy adds. */
export function signalReport(
  core: SignalCore,
  mark: number,
  added: { readonly [key: string]: Json },
): Json {
  const { book, instrument, trade, target } = core
  const total = totalAt(book, instrument, mark)
  return {
    phase: core.finish === null ? 'active' : 'finished',
    side: trade === null ? 'flat' : trade.side > 0 ? 'long' : 'short',
    position: lotsText(instrument, book.position),
    position_wanted: lotsText(instrument, target?.quantity ?? book.position),
    entry_price: levelText(instrument, trade?.entry ?? null),
    stop_price: levelText(instrument, trade?.stop ?? null),
    take_profit_price: levelText(instrument, trade?.takeProfit ?? null),
    bars_held: trade?.bars ?? 0,
    opened_at: trade?.openedAt ?? null,
    equity: amountText(core.capital + total),
    funding: amountText(book.funding),
    fees: amountText(book.fees),
    total: amountText(total),
    ...added,
    started_at: core.startedAt,
    finish: core.finish?.reason ?? null,
  }
}
