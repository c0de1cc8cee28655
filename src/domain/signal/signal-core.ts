/**
 * What all signal strategies share: books, the target of an entry or an exit, the open trade with its protective orders.
 * A rule says long, short or out at the close of a bar; this says what to hold and how to leave it. Plain data, changed in
 * place. See docs/reference/strategies.md.
 */
import { type Instrument, roundPrice } from '../instrument.ts'
import type { Candle, MarketPrice } from '../market.ts'
import { mulDiv, type Price, price, RATIO_SCALE } from '../money.ts'
import type { AttributedFill } from '../order.ts'
import type { Finish, StrategyContext, Wants } from '../strategy.ts'
import { priceText } from './amounts.ts'
import {
  beginSteps,
  firstStop,
  isTrailing,
  needsAtr,
  openTrade,
  raiseBest,
  STOP_SLOT,
  setLevels,
  TAKE_PROFIT_SLOT,
} from './exits.ts'
import { adoptPosition, bookFill, emptyOwnBook, entryOf, totalAt } from './own-book.ts'
import type { SignalSettings } from './signal-settings.ts'
import type { SignalCore } from './signal-state.ts'
import { setTarget, wakeAt, withProtection } from './signal-wants.ts'
import { entryLots } from './sizing.ts'

/** What a rule says at the close of a bar. EXIT_LONG closes a long position and nothing else. */
export const NOTHING = 0
export const LONG = 1
export const SHORT = -1
export const FLAT = 2
export const EXIT_LONG = 3
export const EXIT_SHORT = 4
export type Signal = 0 | 1 | -1 | 2 | 3 | 4

export function coreStart(settings: SignalSettings, context: StrategyContext): SignalCore {
  const [instrument] = context.instruments
  const [market] = context.prices
  if (instrument === undefined || market === undefined) {
    throw new RangeError('a signal strategy needs an instrument with a price to start')
  }
  const core: SignalCore = {
    settings,
    instrument,
    leverage: context.leverage,
    capital: context.capital,
    startedAt: context.at,
    book: emptyOwnBook(),
    last: market.last,
    mark: market.mark,
    lastAt: context.at,
    target: null,
    trade: null,
    entryAtr: 0,
    finish: null,
  }
  const found = context.positions[0] ?? 0
  if (found !== 0) {
    adoptPosition(core.book, instrument, found, market.mark)
    renewTrade(core, context.at, market.mark)
  }
  return core
}

export const equityOf = (core: SignalCore): number =>
  core.capital + totalAt(core.book, core.instrument, core.mark)

/** Prices move on; cheap, called for every candle. */
export function heard(core: SignalCore, at: number, market: MarketPrice, out: Wants): void {
  core.last = market.last
  core.mark = market.mark
  if (at > core.lastAt) core.lastAt = at
  if (core.trade !== null && core.settings.exits.takeProfitSteps.length > 0) keepTime(core, at, out)
}

/** A take-profit step begins when its time is heard. */
function keepTime(core: SignalCore, at: number, out: Wants): void {
  const { settings, instrument, trade } = core
  const due = wakeAt(core)
  if (trade === null || due === null || at < due) return
  withProtection(core, out, () => {
    beginSteps(settings.exits, trade, at)
    setLevels(settings.exits, instrument, trade)
  })
}

/** A candle has closed while a trade is open: the trailing stop follows. */
export function follow(core: SignalCore, candle: Candle, out: Wants): void {
  const { trade, settings } = core
  if (trade === null || !isTrailing(settings.exits) || !raiseBest(trade, candle)) return
  withProtection(core, out, () => setLevels(settings.exits, core.instrument, trade))
}

/** Whether a bar's close asks for a look beside the rule. */
export const isBusy = (core: SignalCore): boolean => core.trade !== null || core.target !== null

/** A bar has closed, before its signal: an entry that was not filled is given up; the time of a trade runs out. */
export function onBarClose(core: SignalCore, out: Wants): void {
  const { target, trade, book } = core
  if (target !== null && !target.isExit) {
    out.note('warn', 'the entry was not filled within entry_slippage by the close of the bar')
    if (book.position * target.quantity < 0) close(core, out)
    else setTarget(core, null, out)
  }
  if (trade === null) return
  trade.bars += 1
  const { timeExit } = core.settings.exits
  if (timeExit !== null && trade.bars >= timeExit) close(core, out)
}

/** Carries out what the rule says. @param atr average true range now, 0 = not measured or not warm */
export function decide(core: SignalCore, signal: Signal, atr: number, out: Wants): void {
  const { direction } = core.settings
  if (signal === LONG) enter(core, 1, direction !== 'short', atr, out)
  else if (signal === SHORT) enter(core, -1, direction !== 'long', atr, out)
  else if (signal === EXIT_LONG) leave(core, 1, out)
  else if (signal === EXIT_SHORT) leave(core, -1, out)
  else {
    leave(core, 1, out)
    leave(core, -1, out)
  }
}

/** Closes a position of one side, and takes back an entry into it. */
function leave(core: SignalCore, side: 1 | -1, out: Wants): void {
  if (core.book.position * side > 0) close(core, out)
  else if (core.target !== null && !core.target.isExit && core.target.quantity * side > 0)
    setTarget(core, null, out)
}

/** Closes whatever is held at the market. */
export function close(core: SignalCore, out: Wants): void {
  if (core.target?.isExit === true) return
  const isHeld = core.book.position !== 0
  setTarget(core, isHeld ? { quantity: 0, worst: null, isExit: true } : null, out)
}

function enter(core: SignalCore, side: 1 | -1, isAllowed: boolean, atr: number, out: Wants): void {
  // Exits in ATRs need one: until it is warm nothing is entered.
  const isMeasured = atr > 0 || !needsAtr(core.settings.exits)
  if (!isAllowed || !isMeasured) return leave(core, side > 0 ? -1 : 1, out)
  const isHeld = core.book.position * side > 0 && core.target === null
  if (isHeld || (core.target !== null && core.target.quantity * side > 0)) return
  const worst = worstPrice(core, side)
  const lots = sizeOf(core, side, worst, atr)
  if (lots === 0) {
    const at = priceText(core.instrument, core.last)
    out.note('info', `no entry at ${at}: its size is below the smallest order of the venue`)
    return leave(core, side > 0 ? -1 : 1, out)
  }
  core.entryAtr = atr
  setTarget(core, { quantity: side * lots, worst, isExit: false }, out)
}

/** Unsigned lots of an entry now; 0 when the venue takes no order so small. */
export function sizeOf(core: SignalCore, side: 1 | -1, worst: number, atr: number): number {
  const { instrument, leverage, last, settings } = core
  const stop = firstStop(settings.exits, instrument, side, last, atr)
  return entryLots(settings.sizing, {
    instrument,
    equity: equityOf(core),
    leverage,
    last,
    worst,
    stop,
  })
}

/** The last price ± entry_slippage, rounded outward to an allowed price. */
export function worstPrice(
  core: {
    readonly instrument: Instrument
    readonly last: number
    readonly settings: { readonly entrySlippage: number }
  },
  side: 1 | -1,
): Price {
  const rounding = side > 0 ? 'ceil' : 'floor'
  const factor = RATIO_SCALE + side * core.settings.entrySlippage
  const at = Math.max(1, mulDiv(core.last, factor, RATIO_SCALE, rounding))
  return price(Math.max(1, roundPrice(core.instrument, price(at), rounding)))
}

/** Ends the strategy: nothing is wanted any more, what is held stays. */
export function end(core: SignalCore, reason: string, why: string, out: Wants): void {
  if (core.finish !== null) return
  const finish: Finish = { reason, orders: 'cancel', positions: 'keep' }
  withProtection(core, out, () => {
    core.finish = finish
  })
  setTarget(core, null, out)
  out.finish(finish)
  out.note('warn', `the strategy ends: ${why}`)
}

/** Books a fill and brings trade, protection and target in line with it. */
export function onFill(core: SignalCore, fill: AttributedFill, out: Wants): void {
  const { book, instrument } = core
  const held = book.position
  withProtection(core, out, () => {
    bookFill(book, instrument, fill)
    renewTrade(core, fill.at, fill.price)
  })
  if (fill.origin.kind === 'liquidation') end(core, 'liquidation', 'the venue has closed it', out)
  if (fill.at > core.lastAt) core.lastAt = fill.at
  if (isOver(core, fill, held)) setTarget(core, null, out)
}

const isProtective = (slot: string): boolean => slot === STOP_SLOT || slot === TAKE_PROFIT_SLOT

/** Whether a fill settles the target: it is reached, or somebody else decided what is held. */
function isOver(core: SignalCore, fill: AttributedFill, heldBefore: number): boolean {
  const { target, book } = core
  if (target === null) return false
  if (book.position === target.quantity) return true
  if (target.isExit) return book.position === 0
  const { kind } = fill.origin
  // A protective order has closed the side that the entry was to enlarge.
  if (fill.origin.kind === 'slot')
    return isProtective(fill.origin.slot) && target.quantity * heldBefore > 0
  return kind !== 'target'
}

/** The open trade, after the position has changed. */
function renewTrade(core: SignalCore, at: number, fillPrice: number): void {
  const { book, instrument, settings } = core
  const { position } = book
  if (position === 0) {
    core.trade = null
    return
  }
  const side = position > 0 ? 1 : -1
  if (core.trade === null || core.trade.side !== side)
    core.trade = openTrade(side, at, fillPrice, core.entryAtr)
  core.trade.entry = entryOf(book, instrument) ?? fillPrice
  setLevels(settings.exits, instrument, core.trade)
}

/** New settings of sizing, exits and direction act at once. */
export function setSettings(core: SignalCore, settings: SignalSettings, out: Wants): void {
  withProtection(core, out, () => {
    core.settings = settings
    const { trade } = core
    if (trade === null) return
    trade.steps = 0
    beginSteps(settings.exits, trade, core.lastAt)
    setLevels(settings.exits, core.instrument, trade)
  })
}
