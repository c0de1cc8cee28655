/** What an instance does, holds and lacks, and why: for list and status. */
import type { BooksView, FeedView, InstanceView } from '../protocol/fleet-messages.ts'
import { heldMessages as h } from './messages/held.ts'
import { instanceMessages as m } from './messages/instance.ts'
import { stateText, wordText } from './messages/words.ts'
import { amount, type Cell, duration } from './output.ts'
import { pairFacts } from './pair-text.ts'
import type { Speech } from './speech.ts'
import { displayWidth, padEnd } from './width.ts'

/** The market, where it stands, and what is the matter with it. */
export function feedText(feed: FeedView, { say, relay }: Speech): string {
  const { label, market_time: time, note = null } = feed
  const market = relay(label)
  const text = time === null ? market : say(m.marketTime, { feed: market, time: shortTime(time) })
  return note === null ? text : `${text}\n${relay(note)}`
}

const shortTime = (iso: string): string => `${iso.slice(0, 19)}Z`

/** One sentence on an instance that is not simply running; null when there is nothing to say. */
export function whyText(one: InstanceView, speech: Speech, nowMs: number): string | null {
  const { say, relay } = speech
  const { id, restraint = null, reason } = one
  if (restraint === null) return reason === null ? null : say(m.why, { id, reason: relay(reason) })
  const state = stateText(restraint.state, speech)
  const [why, way] = [relay(restraint.why), relay(restraint.way_out)]
  if (restraint.since === null) return say(h.held, { id, state, why, way })
  const since = shortTime(restraint.since)
  return say(h.since, { id, state, since, ago: agoOf(restraint.since, nowMs), why, way })
}

/** Of a pair that holds something on one leg alone; null = it does not. */
export function unhedgedText(one: InstanceView, speech: Speech, nowMs: number): string | null {
  const { id, unhedged = null } = one
  if (unhedged === null) return null
  const { amount: size, base, since, why } = unhedged
  const told = { amount: size, base, time: shortTime(since), ago: agoOf(since, nowMs), id }
  return speech.say(h.unhedged, { ...told, why: speech.relay(why) })
}

/** Of an instance whose process has ended and whose position has not: nobody looks after it. */
export function holdsText(one: InstanceView, speech: Speech): string | null {
  const { state, pid } = one
  const hasEnded = pid === null && (state === 'stopped' || state === 'quarantined')
  const held = hasEnded ? heldIn(one, speech) : null
  return held === null
    ? null
    : speech.say(h.holds, { state: shownState(one, speech), position: held })
}

/** Null = it holds nothing, or nobody tells. */
function heldIn({ position, books = null, symbol, legs }: InstanceView, { say }: Speech) {
  if (legs === undefined) {
    if (position === null || Number(position) === 0) return null
    const base = books?.base ?? ''
    return base === '' ? heldText(position, symbol) : `${position} ${base}`
  }
  const texts = legs.flatMap(({ venue, symbol: contract, position: lots }) =>
    lots === null || Number(lots) === 0 ? [] : [`${heldText(lots, contract)} (${venue})`],
  )
  return texts.length === 0 ? null : texts.join(say(h.comma))
}

/** `stopped and killed`: of both only one would be half of the truth. */
function shownState({ state, restraint = null }: InstanceView, speech: Speech): string {
  const text = stateText(state, speech)
  if (state !== 'stopped' || restraint === null) return text
  if (restraint.state === 'stopped' || restraint.state === 'quarantined') return text
  return speech.say(h.stateAnd, { state: text, held: stateText(restraint.state, speech) })
}

const agoOf = (iso: string, nowMs: number): string =>
  duration(Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000))) ?? '0s'

/**
 * All facts of an instance, one a line; the fingerprint of its fills when the replay `hasEnded`.
 * @param pair what its strategy of two legs says (pairReportIn); null = nothing
 */
export function statusText(
  one: InstanceView,
  speech: Speech,
  nowMs: number,
  hasEnded = false,
  pair: unknown = null,
): string {
  const { fingerprint = null } = one
  const last: Fact = [speech.say(m.factFingerprint), hasEnded ? fingerprint : null]
  const facts = [...factsOf(one, speech, nowMs, pair), last].filter(([, fact]) => fact !== null)
  const width = Math.max(9, ...facts.map(([name]) => displayWidth(name)))
  const lines = facts.map(([name, fact]) => `  ${padEnd(name, width)} ${fact}`)
  const log = one.last_lines.map((line) => `  | ${line}`)
  return `${[one.id, ...lines, ...log].join('\n')}\n`
}

type Fact = readonly [name: string, fact: Cell]

function factsOf(one: InstanceView, speech: Speech, nowMs: number, pair: unknown): Fact[] {
  const { say } = speech
  const { pid, port, equity, venue, symbol, books = null } = one
  const mode = wordText(one.mode, speech)
  const time = duration(one.uptime_s) ?? '–'
  const pnl = amount(one.pnl) ?? '–'
  return [
    [say(m.factState), conditionText(one, speech)],
    ...restraintFacts(one, speech, nowMs),
    [say(h.factUnhedged), unhedgedText(one, speech, nowMs)],
    [say(m.factContract), say(m.contract, { symbol, venue, mode })],
    [say(m.factProcess), pid === null ? null : say(m.process, { pid, port: port ?? '–', time })],
    [say(m.factEquity), equity && say(m.equity, { equity: amount(equity) ?? equity, pnl })],
    [say(h.factProfit), books === null ? null : profitText(books, speech)],
    ...positionFacts(one, speech),
    ['', holdsText(one, speech)],
    ...pairFacts(pair, speech),
    [say(m.factOrders), ordersText(one, speech)],
    ...missingFacts(one, speech),
    [say(m.factForeign), one.foreign_orders == null ? null : say(m.foreign, one.foreign_orders)],
    [say(m.factRestarts), one.restarts],
    [say(m.factFile), one.config_file],
  ]
}

function conditionText(one: InstanceView, speech: Speech): string {
  const [state, desired] = [shownState(one, speech), stateText(one.desired, speech)]
  const isToldBelow = one.restraint?.why === one.reason
  if (one.reason === null || isToldBelow) return speech.say(m.state, { state, desired })
  return speech.say(m.stateWhy, { state, desired, reason: speech.relay(one.reason) })
}

function restraintFacts(
  { restraint }: InstanceView,
  { say, relay }: Speech,
  nowMs: number,
): Fact[] {
  if (restraint == null) return []
  const { since, why, way_out: way } = restraint
  const ago = since === null ? '' : agoOf(since, nowMs)
  return [
    [say(h.factSince), since === null ? null : say(h.ago, { time: shortTime(since), ago })],
    [say(h.factWhy), relay(why)],
    [say(h.factWay), relay(way)],
  ]
}

/** `realised 12.30, unrealised -1.20, fees 0.40, funding 0.00 USDC`: these add up; what cells made of it stands behind. */
function profitText(books: BooksView, { say }: Speech): string {
  const { grid_profit: grid, realised, unrealised, fees, funding, settle } = books
  const parts = [
    [h.realised, realised],
    [h.unrealised, unrealised],
    [h.fees, fees],
    [h.funding, funding],
  ] as const
  const told = parts.flatMap(([message, value]) =>
    value === null ? [] : [say(message, { amount: amount(value) ?? value })],
  )
  const cells = grid === null ? '' : say(h.ofCells, { amount: amount(grid) ?? grid })
  return `${told.join(say(h.comma))} ${settle}`.trimEnd() + cells
}

/** Of several legs one line each: their contracts have no sum. */
function positionFacts(one: InstanceView, speech: Speech): Fact[] {
  const { say, relay } = speech
  const { legs } = one
  if (legs === undefined) return [[say(m.factPosition), positionText(one, speech)]]
  return legs.map((leg, index) => {
    const { venue, symbol, account, position, orders } = leg
    const state = leg.state === null ? '–' : stateText(leg.state, speech)
    const held = position === null ? '–' : heldText(position, symbol)
    const resting = orders === 1 ? h.restingOne : h.resting
    const told = { venue, symbol, account, state, position: held, orders: orders ?? '–', resting }
    const text = say(h.leg, told)
    const { closed_reason: reason } = leg
    const shown = reason === null ? text : say(h.legClosed, { leg: text, reason: relay(reason) })
    return [say(h.factLeg, { number: index + 1 }), shown]
  })
}

/** `0.5 SOL` */
const heldText = (position: string, symbol: string): string =>
  `${position} ${symbol.split('/')[0] ?? ''}`.trimEnd()

function positionText({ position, books = null }: InstanceView, { say }: Speech): string | null {
  if (position === null || books === null) return position
  if (Number(position) === 0) return say(h.flat)
  const { base, entry_price: entry, mark, liquidation_price: liquidation } = books
  const told = [
    `${position} ${base}`.trimEnd(),
    ...(entry === null ? [] : [say(h.entry, { price: entry })]),
    ...(mark === null ? [] : [say(h.mark, { price: mark })]),
    liquidation === null ? say(h.noLiquidation) : say(h.liquidation, { price: liquidation }),
  ]
  return told.join(say(h.comma))
}

/** Whether an order works or not nobody may read where nobody knows it. */
function ordersText(one: InstanceView, { say }: Speech): string | null {
  const { orders, fills: booked } = one
  if (orders === null && booked === null) return null
  const fills = booked ?? 0
  const unknown = unknownOf(one)
  if (orders === null || unknown === 0) return say(m.orders, { orders: orders ?? '–', fills })
  return say(h.ordersUnknown, { orders: Math.max(0, orders - unknown), unknown, fills })
}

const unknownOf = ({ orders_unknown: unknown = null }: InstanceView): number => unknown ?? 0

/** The state in the table, with a mark when the outcome of orders is not known. */
export function stateCell(one: InstanceView, speech: Speech): string {
  const state = stateText(one.state, speech)
  const count = unknownOf(one)
  return count === 0 ? state : speech.say(h.stateUnknown, { state, count })
}

/** One sentence on orders of unknown outcome; null when there are none. */
export function unknownText(one: InstanceView, { say }: Speech): string | null {
  const count = unknownOf(one)
  if (count === 0) return null
  return say(h.unknownOrders, { count, orders: say(count === 1 ? h.order : h.orders) })
}

/** One line a reason. */
function missingFacts(
  { missing_orders: missing = [] }: InstanceView,
  { say, relay }: Speech,
): Fact[] {
  return missing.map(({ reason, text, count }, at) => {
    const orders = say(count === 1 ? h.order : h.orders)
    const name = at === 0 ? say(h.factMissing) : ''
    return [name, say(h.missing, { count, orders, reason, text: relay(text) })]
  })
}
