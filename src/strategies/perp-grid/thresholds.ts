/**
 * Prices at which something next matters. The total profit is linear in mark, so every limit on
 * money has an exact price: total(mark) = cash + position · mark · unit + funding − fees.
 */
import { cellAt } from '../../domain/grid/ladder.ts'
import { divide, mulDiv, type Price, price, RATIO_SCALE } from '../../domain/money.ts'
import type { Wake, Wants } from '../../domain/strategy.ts'
import { trailingLine } from './plan.ts'
import { equityOf, type GridState, totalOf } from './state.ts'

/**
 * The mark price at which total reaches `amount` from above (`falling`) or below; null when no
 * price does.
 */
function priceOfTotal(
  state: GridState,
  amount: number,
  isFalling: boolean,
): { readonly below: number | null; readonly above: number | null } {
  const { position, moneyPerUnit } = state.book
  if (position === 0) return { below: null, above: null }
  const needed = amount - totalOf(state, 0)
  const isBelow = position > 0 === isFalling
  const at = divide(
    Math.sign(position) * needed,
    Math.abs(position) * moneyPerUnit,
    isBelow ? 'floor' : 'ceil',
  )
  if (at <= 0) return { below: null, above: null }
  return isBelow ? { below: at, above: null } : { below: null, above: at }
}

/** The equity at or below which trailing_stop ends the instance. */
export function trailingStopEquity(state: GridState): number | null {
  const share = state.settings.trailingStop
  return share === null ? null : mulDiv(state.peak, RATIO_SCALE - share, RATIO_SCALE, 'floor')
}

/** The mark price that is the same as stop_loss with the present position; null without either. */
export function stopLossPrice(state: GridState): Price | null {
  if (state.settings.stopLoss === null || state.phase === 'finished') return null
  const { below, above } = priceOfTotal(state, -state.settings.stopLoss, true)
  const at = below ?? above
  return at === null ? null : price(at)
}

/** Why the instance must end now, or null. */
export function dueFinish(state: GridState): string | null {
  const { settings, mark } = state
  if (settings.durationMs !== null && state.lastAt >= state.startedAt + settings.durationMs)
    return 'duration'
  if (state.phase !== 'active') return null
  const total = totalOf(state, mark)
  if (settings.stopLoss !== null && total <= -settings.stopLoss) return 'stop_loss'
  if (settings.takeProfit !== null && total >= settings.takeProfit) return 'take_profit'
  if (isReached(settings.stopPrice, state.stopSide, mark)) return 'stop_price'
  if (isReached(settings.takeProfitPrice, state.takeSide, mark)) return 'take_profit_price'
  const floor = trailingStopEquity(state)
  return floor !== null && equityOf(state) <= floor ? 'trailing_stop' : null
}

function isReached(level: number | null, side: 'below' | 'above' | null, at: number): boolean {
  if (level === null || side === null) return false
  return side === 'below' ? at <= level : at >= level
}

/** The first prices strictly beyond bound × (1 ± tolerance). */
export function boundaryPrices(state: GridState): {
  readonly below: number
  readonly above: number
} {
  const { lines } = state.book
  const tolerance = state.settings.boundaryTolerance
  const bottom = lines[0] ?? 0
  const top = lines[lines.length - 1] ?? 0
  return {
    below: mulDiv(bottom, RATIO_SCALE - tolerance, RATIO_SCALE, 'ceil') - 1,
    above: mulDiv(top, RATIO_SCALE + tolerance, RATIO_SCALE, 'floor') + 1,
  }
}

/** The price at which trailing would move the range, or null when it may not. */
export function trailingPrice(state: GridState, direction: 'up' | 'down'): number | null {
  const limit = direction === 'up' ? state.settings.trailingUp : state.settings.trailingDown
  if (limit === null || state.refused === direction) return null
  const line = trailingLine(state.terms.instrument, state.range, state.shift, direction)
  if (line === null) return null
  const isWithin = direction === 'up' ? line <= limit : line >= limit
  return isWithin ? line : null
}

/** A band that narrows as levels are added. */
class Band {
  below: number | null = null
  above: number | null = null

  addBelow(level: number | null): void {
    if (level !== null && level > 0 && (this.below === null || level > this.below))
      this.below = level
  }

  addAbove(level: number | null): void {
    if (level !== null && (this.above === null || level < this.above)) this.above = level
  }

  add(level: number | null, side: 'below' | 'above' | null): void {
    if (side === 'below') this.addBelow(level)
    else if (side === 'above') this.addAbove(level)
  }

  wake(state: GridState, by: 'last' | 'mark', at: number | null): Wake {
    return {
      instrument: state.terms.instrument.id,
      below: this.below === null ? null : price(this.below),
      above: this.above === null ? null : price(this.above),
      at,
      by,
    }
  }
}

/** The wakes from scratch: always one by last price (with the clock) and one by mark. */
export function wakesOf(state: GridState): readonly Wake[] {
  const last = new Band()
  const mark = new Band()
  if (state.phase === 'waiting') {
    const side = state.triggerFrom === 'below' ? 'above' : 'below'
    last.add(state.settings.triggerPrice, side)
  }
  if (state.phase === 'active') {
    addRangeLevels(state, last)
    addExitLevels(state, mark)
  }
  return [last.wake(state, 'last', nextTime(state)), mark.wake(state, 'mark', null)]
}

function addRangeLevels(state: GridState, band: Band): void {
  const { lines } = state.book
  band.addAbove(trailingPrice(state, 'up'))
  band.addBelow(trailingPrice(state, 'down'))
  if (state.settings.boundaryAction === 'pause') addPauseLevels(state, band)
  if (state.settings.openOrdersMax > 0) {
    const cell = cellAt(lines, state.anchor)
    band.addAbove(lines[cell + 1] ?? null)
    if (cell >= 0) band.addBelow((lines[cell] ?? 0) - 1)
  }
}

function addPauseLevels(state: GridState, band: Band): void {
  const { lines } = state.book
  const bottom = lines[0] ?? 0
  const top = lines[lines.length - 1] ?? 0
  if (state.frozen === null) {
    const beyond = boundaryPrices(state)
    if (trailingPrice(state, 'up') === null) band.addAbove(beyond.above)
    if (trailingPrice(state, 'down') === null) band.addBelow(beyond.below)
  } else if (state.last > bottom) band.addBelow(top)
  else band.addAbove(bottom)
}

function addExitLevels(state: GridState, band: Band): void {
  const { settings } = state
  band.add(settings.stopPrice, state.stopSide)
  band.add(settings.takeProfitPrice, state.takeSide)
  addTotal(state, band, settings.stopLoss === null ? null : -settings.stopLoss, true)
  addTotal(state, band, settings.takeProfit, false)
  addTotal(state, band, trailingTotal(state), true)
}

/** The mark at which the total profit reaches an amount. */
function addTotal(state: GridState, band: Band, amount: number | null, isFalling: boolean): void {
  if (amount === null) return
  const { below, above } = priceOfTotal(state, amount, isFalling)
  band.addBelow(below)
  band.addAbove(above)
}

function trailingTotal(state: GridState): number | null {
  const equity = trailingStopEquity(state)
  return equity === null ? null : equity - state.terms.capital
}

function nextTime(state: GridState): number | null {
  if (state.phase === 'finished') return null
  const { durationMs } = state.settings
  const end = durationMs === null ? null : state.startedAt + durationMs
  const check = state.target?.checkAt ?? null
  if (end === null || check === null) return end ?? check
  return Math.min(end, check)
}

/** Reports the wakes when they differ from those reported last. */
export function syncWakes(state: GridState, out: Wants): void {
  const wakes = wakesOf(state)
  const isSame = wakes.every((wake, i) => {
    const held = state.wakes[i]
    return (
      held !== undefined &&
      held.below === wake.below &&
      held.above === wake.above &&
      held.at === wake.at
    )
  })
  if (isSame) return
  state.wakes = wakes
  for (const wake of wakes) out.wake(wake)
}
