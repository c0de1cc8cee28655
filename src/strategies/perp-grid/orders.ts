/**
 * What a state wants: orders at lines, the target, the wakes. From scratch, and as differences of
 * the touched lines.
 */
import { lotsAtLine } from '../../domain/grid/cells.ts'
import { cellAt } from '../../domain/grid/ladder.ts'
import { minimumLots, roundPrice } from '../../domain/instrument.ts'
import { mulDiv, price, quantity, RATIO_SCALE } from '../../domain/money.ts'
import type { RestingWant, TargetWant, Wants } from '../../domain/strategy.ts'
import { type GridState, minimumAtLine } from './state.ts'

/** Slots are named by side and line price in price units: B15025, S15125. */
export const slotOf = (lots: number, line: number): string => `${lots > 0 ? 'B' : 'S'}${line}`

/** The line price of a slot, or null when the name is none of ours. */
export function lineOfSlot(slot: string): number | null {
  return /^[BS]\d+$/.test(slot) ? Number(slot.slice(1)) : null
}

/** Signed lots wanted at a line (+ buy, − sell), open_orders_max left aside. */
function lotsWanted(state: GridState, line: number): number {
  if (state.phase !== 'active') return 0
  const minimum = minimumAtLine(state, line)
  const lots = lotsAtLine(state.book, line, minimum)
  if (state.frozen === null || lots === 0) return lots
  const cap = state.frozen[slotOf(lots, state.book.lines[line] ?? 0)] ?? 0
  const allowed = Math.min(Math.abs(lots), cap)
  return allowed >= minimum ? Math.sign(lots) * allowed : 0
}

function restingAt(state: GridState, line: number, lots: number): RestingWant {
  return restingWant(state, state.book.lines[line] ?? 0, lots)
}

function restingWant(state: GridState, at: number, lots: number): RestingWant {
  return {
    slot: slotOf(lots, at),
    instrument: state.terms.instrument.id,
    side: lots > 0 ? 'buy' : 'sell',
    price: price(at),
    quantity: quantity(Math.abs(lots)),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
}

/**
 * All orders that rest, from scratch, the nearest to the price first: where limits of risk let only some of them pass,
 * those that trade next are among them.
 */
export function restingWants(state: GridState): RestingWant[] {
  const { lines } = state.book
  const lots = new Map<number, number>()
  forRestingLines(state, (line, wanted) => lots.set(line, wanted))
  return nearestFirst(lines, state.last).flatMap((line) => {
    const wanted = lots.get(line)
    return wanted === undefined ? [] : [restingAt(state, line, wanted)]
  })
}

/** Places of ascending lines by their distance from a price; of two equally far the lower first. */
export function nearestFirst(lines: readonly number[], from: number): number[] {
  const places: number[] = []
  let low = lines.findLastIndex((line) => line <= from)
  let high = low + 1
  while (low >= 0 || high < lines.length) {
    const down = low >= 0 ? from - (lines[low] ?? 0) : Number.POSITIVE_INFINITY
    const up = high < lines.length ? (lines[high] ?? 0) - from : Number.POSITIVE_INFINITY
    places.push(down <= up ? low-- : high++)
  }
  return places
}

/** The lines at which an order rests, with their signed lots. */
function forRestingLines(state: GridState, take: (line: number, lots: number) => void): void {
  if (state.phase !== 'active') return
  const count = state.settings.openOrdersMax
  if (count > 0) {
    forNearestLines(state, count, take)
    return
  }
  for (let line = 0; line < state.book.lines.length; line += 1) {
    const lots = lotsWanted(state, line)
    if (lots !== 0) take(line, lots)
  }
}

/** Signed lots by line price. */
function restingLots(state: GridState): ReadonlyMap<number, number> {
  const resting = new Map<number, number>()
  const { lines } = state.book
  forRestingLines(state, (line, lots) => resting.set(lines[line] ?? 0, lots))
  return resting
}

/**
 * Walks outward from the anchor, buys and sells together; of two equally far the lower comes first.
 */
function forNearestLines(
  state: GridState,
  count: number,
  take: (line: number, lots: number) => void,
): void {
  const { lines } = state.book
  let low = cellAt(lines, state.anchor)
  let high = low + 1
  let left = count
  while (left > 0 && (low >= 0 || high < lines.length)) {
    const down = low >= 0 ? state.anchor - (lines[low] ?? 0) : Number.POSITIVE_INFINITY
    const up = high < lines.length ? (lines[high] ?? 0) - state.anchor : Number.POSITIVE_INFINITY
    const line = down <= up ? low-- : high++
    const lots = lotsWanted(state, line)
    if (lots === 0) continue
    take(line, lots)
    left -= 1
  }
}

/**
 * Reports the difference of all orders before and after a change; for rare changes of many lines.
 */
export function withDifference(state: GridState, out: Wants, change: () => void): void {
  const before = restingLots(state)
  change()
  const after = restingLots(state)
  for (const [at, lots] of before)
    if (Math.sign(after.get(at) ?? 0) !== Math.sign(lots)) out.drop(slotOf(lots, at))
  for (const [at, lots] of after)
    if (before.get(at) !== lots) out.rest(restingWant(state, at, lots))
}

/** Lines that an event touched, with what they wanted before; reports only those that differ. */
export class TouchedLines {
  readonly #state: GridState
  readonly #lines: number[] = []
  readonly #before: number[] = []

  constructor(state: GridState) {
    this.#state = state
  }

  /** Before the lots of a cell change. */
  cell(cell: number): void {
    this.line(cell)
    this.line(cell + 1)
  }

  /** Before what a line wants changes. */
  line(line: number): void {
    if (line < 0 || line >= this.#state.book.lines.length || this.#lines.includes(line)) return
    this.#lines.push(line)
    this.#before.push(lotsWanted(this.#state, line))
  }

  report(out: Wants): void {
    for (let i = 0; i < this.#lines.length; i += 1) {
      const line = this.#lines[i] ?? 0
      const before = this.#before[i] ?? 0
      const after = lotsWanted(this.#state, line)
      if (before === after) continue
      const at = this.#state.book.lines[line] ?? 0
      if (before !== 0 && Math.sign(before) !== Math.sign(after)) out.drop(slotOf(before, at))
      if (after !== 0) out.rest(restingAt(this.#state, line, after))
    }
  }
}

/** Orders that open_orders_max keeps from resting, from the bottom; none without it. */
export function virtualWants(state: GridState): RestingWant[] {
  if (state.settings.openOrdersMax === 0) return []
  const resting = new Set(restingWants(state).map((want) => want.slot))
  const wants: RestingWant[] = []
  for (let line = 0; line < state.book.lines.length; line += 1) {
    const lots = lotsWanted(state, line)
    if (lots === 0) continue
    const want = restingAt(state, line, lots)
    if (!resting.has(want.slot)) wants.push(want)
  }
  return wants
}

/** True while what is left of the position is to be closed. */
export const isClosing = (state: GridState): boolean =>
  state.finish !== null &&
  (state.finish.positions === 'close' || state.finish.reason === 'liquidation')

/** Signed lots that should be held, or null when the position is left as it is. */
function neededPosition(state: GridState): number | null {
  const { book, finish } = state
  if (finish !== null) return finish.positions === 'close' && book.position !== 0 ? 0 : null
  if (state.phase !== 'active' || state.frozen !== null) return null
  const missing = Math.abs(book.inventory - book.position)
  const minimum = minimumLots(state.terms.instrument, price(book.lines[0] ?? 1))
  return missing >= minimum ? book.inventory : null
}

/** The target from scratch; only its worst price is remembered. */
export function targetWants(state: GridState): TargetWant[] {
  const needed = neededPosition(state)
  if (needed === null) return []
  const worst = state.finish === null ? (state.target?.worst ?? null) : null
  return [
    {
      instrument: state.terms.instrument.id,
      quantity: quantity(needed),
      worstPrice: worst === null ? null : price(worst),
      style: 'take',
      deadlineAt: null,
      isReduceOnly: state.finish !== null,
    },
  ]
}

/**
 * Brings the remembered target in line with the books, in silence; at the start and inside
 * syncTarget.
 */
export function settleTarget(state: GridState): boolean {
  const needed = neededPosition(state)
  const held = state.target
  if (needed === null) {
    state.target = null
    return held !== null
  }
  const side = needed > state.book.position ? 'buy' : 'sell'
  const isReduceOnly = state.finish !== null
  const isFresh =
    held === null ||
    held.side !== side ||
    held.isReduceOnly !== isReduceOnly ||
    state.lastAt >= held.checkAt
  const worst = isReduceOnly ? null : isFresh ? worstPriceOf(state, side) : held.worst
  const checkAt = isFresh ? state.lastAt + state.settings.intervalMs : held.checkAt
  state.target = { quantity: needed, worst, side, isReduceOnly, checkAt }
  return (
    held === null ||
    held.quantity !== needed ||
    held.worst !== worst ||
    held.isReduceOnly !== isReduceOnly
  )
}

/** Reports the target when it differs from the one reported last. */
export function syncTarget(state: GridState, out: Wants): void {
  if (!settleTarget(state)) return
  const target = targetWants(state)[0]
  if (target === undefined) out.dropTarget(state.terms.instrument.id)
  else out.target(target)
}

/** The last price ± entry_slippage, rounded outward to an allowed price. */
function worstPriceOf(state: GridState, side: 'buy' | 'sell'): number {
  const { instrument } = state.terms
  const share = RATIO_SCALE + (side === 'buy' ? 1 : -1) * state.settings.entrySlippage
  const rounding = side === 'buy' ? 'ceil' : 'floor'
  const at = mulDiv(state.last, share, RATIO_SCALE, rounding)
  return roundPrice(instrument, price(Math.max(1, at)), rounding)
}
