/**
 * What an instance of two legs says it earned against what both venues say: per leg, per opportunity, to the last decimal; and the
 * net delta over time, measured from the venues' own fills.
 */

import type { WireFill, WireLeg, WireStatement } from './arbitrage-wire.ts'
import { type Decimal, decimal, decimalText, minus, plus, sizeOf, times, zero } from './decimal.ts'

/** Of one leg in its own settlement currency. */
export interface LegFigures {
  readonly bought: Decimal
  readonly sold: Decimal
  /** Minus the signed worth of all fills. */
  readonly cash: Decimal
  readonly fees: Decimal
  readonly funding: Decimal
}

export interface OpportunityFigures {
  readonly openedAt: number
  readonly legs: readonly [LegFigures, LegFigures]
}

type Words = Readonly<Record<string, unknown>>

/** What the control plane tells of the instance: GET /api/v1/instances/ID/grid. */
export interface ToldInstance {
  readonly legs: readonly {
    readonly is_open: boolean
    readonly closed_reason: string | null
    readonly desk: { readonly connected: boolean; readonly ready: boolean }
    readonly position?: { readonly quantity: string }
    readonly pnl?: Words
  }[]
  readonly state: string
  readonly pid: number
  readonly grid: {
    readonly phase: string
    readonly net_delta: string
    readonly delta: Words
    readonly legs: readonly Words[]
    readonly fees: string
    readonly funding: string
    readonly total: string
    readonly opportunities: readonly {
      readonly number: number
      readonly closed_at: number | null
      readonly exit: string | null
      readonly total: string
      readonly legs: readonly Words[]
    }[]
  }
  readonly pnl: Words
}

const none: LegFigures = { bought: zero, sold: zero, cash: zero, fees: zero, funding: zero }
const CENT = decimal('0.01')
const KEYS = ['bought', 'sold', 'cash', 'fees', 'funding'] as const

const added = (a: LegFigures, b: LegFigures): LegFigures => ({
  bought: plus(a.bought, b.bought),
  sold: plus(a.sold, b.sold),
  cash: plus(a.cash, b.cash),
  fees: plus(a.fees, b.fees),
  funding: plus(a.funding, b.funding),
})

const ofFill = ({ size, price, fee }: WireFill): LegFigures => ({
  bought: size > 0n ? size : zero,
  sold: size > 0n ? zero : sizeOf(size),
  cash: minus(zero, times(size, price)),
  fees: fee,
  funding: zero,
})

const sumOf = (all: readonly LegFigures[]): LegFigures => all.reduce(added, none)

/** Profit of a leg that holds nothing. */
export const resultOf = ({ cash, fees, funding }: LegFigures): Decimal =>
  plus(minus(cash, fees), funding)

export const legFigures = ({ fills, funding }: WireStatement): LegFigures => ({
  ...sumOf(fills.map(ofFill)),
  funding: funding.reduce((sum, { amount }) => plus(sum, amount), zero),
})

interface Step {
  readonly at: number
  readonly leg: 0 | 1
  readonly fill: WireFill
}

/** The fills of both legs in the order of their stamps; the venues' clocks are one. */
const stepsOf = (pair: readonly [WireStatement, WireStatement]): readonly Step[] =>
  ([0, 1] as const)
    .flatMap((leg) => pair[leg].fills.map((fill): Step => ({ at: fill.at, leg, fill })))
    .sort((a, b) => a.at - b.at || a.fill.id - b.fill.id)

/** From both flat to both flat again, as the venues' own fills tell it; funding belongs to what was held or came last. */
export function opportunitiesOf(
  pair: readonly [WireStatement, WireStatement],
): readonly OpportunityFigures[] {
  const found: { openedAt: number; legs: [LegFigures, LegFigures] }[] = []
  const held: [Decimal, Decimal] = [zero, zero]
  for (const { at, leg, fill } of stepsOf(pair)) {
    if (held[0] === 0n && held[1] === 0n) found.push({ openedAt: at, legs: [none, none] })
    const last = found.at(-1)
    if (last === undefined) continue
    last.legs[leg] = added(last.legs[leg], ofFill(fill))
    held[leg] = plus(held[leg], fill.size)
  }
  for (const leg of [0, 1] as const) {
    for (const { at, amount } of pair[leg].funding) {
      const of = found.findLast(({ openedAt }) => openedAt <= at)
      if (of !== undefined) of.legs[leg] = added(of.legs[leg], { ...none, funding: amount })
    }
  }
  return found
}

const told = (words: Words, key: string): Decimal => decimal(String(words[key] ?? ''))

function differences(
  what: string,
  venue: LegFigures,
  words: Words,
  keys: readonly (keyof LegFigures)[],
): string[] {
  return keys.flatMap((key) => {
    const said = told(words, key)
    if (said === venue[key]) return []
    return `${what} ${key}: venue ${decimalText(venue[key])}, told ${decimalText(said)}`
  })
}

/** Each opportunity that is told, leg by leg. @returns faults in words */
export function compareOpportunities(
  pair: readonly [WireStatement, WireStatement],
  { grid }: ToldInstance,
): readonly string[] {
  const found = opportunitiesOf(pair)
  const faults = found.flatMap((one, index) => {
    const said = grid.opportunities[index]
    if (said === undefined) return [`opportunity ${index + 1} is not told`]
    return [0, 1].flatMap((leg) => {
      const [words, figures] = [said.legs[leg], one.legs[leg as 0 | 1]]
      const name = `opportunity ${said.number}, leg ${leg + 1}`
      return words === undefined ? [`${name} is not told`] : differences(name, figures, words, KEYS)
    })
  })
  const more = grid.opportunities.length - found.length
  return more > 0 ? [...faults, `${more} opportunities more are told`] : faults
}

/** What is told of all opportunities, added, against the statement of each leg. */
export function compareSums(
  pair: readonly [WireStatement, WireStatement],
  { grid }: ToldInstance,
): readonly string[] {
  return ([0, 1] as const).flatMap((leg) => {
    const venue = legFigures(pair[leg])
    return KEYS.flatMap((key) => {
      const said = grid.opportunities.reduce(
        (sum, { legs }) => plus(sum, told(legs[leg] ?? {}, key)),
        zero,
      )
      if (said === venue[key]) return []
      return `leg ${leg + 1} ${key}: venue ${decimalText(venue[key])}, opportunities ${decimalText(said)}`
    })
  })
}

/** Sums of each leg, by the strategy's report and by the books of the instance, and the totals at par. */
export function compareLegs(
  pair: readonly [WireStatement, WireStatement],
  instance: ToldInstance,
): readonly string[] {
  const { grid, legs } = instance
  const faults: string[] = []
  const equal = (what: string, venue: Decimal, said: Decimal) => {
    if (venue !== said)
      faults.push(`${what}: venue ${decimalText(venue)}, told ${decimalText(said)}`)
  }
  let all = none
  for (const leg of [0, 1] as const) {
    const venue = legFigures(pair[leg])
    all = added(all, venue)
    const name = `leg ${leg + 1}`
    const report = grid.legs[leg] ?? {}
    faults.push(...differences(`${name} of the report`, venue, report, ['cash', 'fees', 'funding']))
    equal(`${name} of the report, total`, resultOf(venue), told(report, 'total'))
    const books = legs[leg]?.pnl ?? {}
    faults.push(...differences(`${name} of the books`, venue, books, ['fees', 'funding']))
    equal(`${name} of the books, total`, resultOf(venue), told(books, 'total'))
    // A statistic, told with two decimals.
    const apart = sizeOf(minus(volumeOf(pair[leg]), told(books, 'volume')))
    if (apart > CENT) faults.push(`${name}, volume: ${decimalText(apart)} apart`)
    equal(`${name}, fills`, decimal(String(pair[leg].fills.length)), told(books, 'fills'))
    equal(`${name}, position`, pair[leg].position, decimal(legs[leg]?.position?.quantity ?? ''))
  }
  equal('fees in all', all.fees, decimal(grid.fees))
  equal('funding in all', all.funding, decimal(grid.funding))
  equal('total', resultOf(all), decimal(grid.total))
  equal('total of the books', resultOf(all), told(instance.pnl, 'total'))
  return faults
}

const volumeOf = ({ fills }: WireStatement): Decimal =>
  fills.reduce((sum, { size, price }) => plus(sum, times(sizeOf(size), price)), zero)

// Net delta

/** Market time in which a venue was cut off. */
export interface Outage {
  readonly from: number
  readonly until: number
}

export interface DeltaTold {
  readonly most: Decimal
  /** ms outside the bound while both venues answered, and while one did not. */
  readonly outsideMs: number
  readonly outsideCutMs: number
  /** The longest time away from neutral by more than dust, with both venues there. */
  readonly longestMs: number
  readonly longestCutMs: number
  /** Σ |net delta| · s. */
  readonly baseSeconds: number
  readonly baseSecondsCut: number
}

interface Piece {
  readonly from: number
  readonly until: number
  readonly delta: Decimal
  readonly isCut: boolean
}

/** Net delta until a moment, in pieces between fills and edges of outages. */
function piecesOf(
  pair: readonly [WireStatement, WireStatement],
  outages: readonly Outage[],
  until: number,
): readonly Piece[] {
  const steps = stepsOf(pair).filter(({ at }) => at < until)
  const edges = outages.flatMap((one) => [one.from, one.until])
  const times = [...new Set([...steps.map(({ at }) => at), ...edges, until])].sort((a, b) => a - b)
  const pieces: Piece[] = []
  let delta = zero
  let next = 0
  for (const [index, from] of times.entries()) {
    for (let step = steps[next]; step !== undefined && step.at <= from; step = steps[++next])
      delta = plus(delta, step.fill.size)
    const end = times[index + 1] ?? from
    const isCut = outages.some((one) => one.from <= from && from < one.until)
    pieces.push({ from, until: end, delta, isCut })
  }
  return pieces
}

/** The longest stretch of neighbouring pieces that are beyond a limit, on one side of an outage or within it. */
function longest(pieces: readonly Piece[], limit: Decimal, isCut: boolean): number {
  let most = 0
  let since: number | null = null
  for (const piece of pieces) {
    const isOut = piece.isCut === isCut && sizeOf(piece.delta) > limit
    since = isOut ? (since ?? piece.from) : null
    if (since !== null) most = Math.max(most, piece.until - since)
  }
  return most
}

/** @param bound clip + dust, @param dust what the venues do not trade, both in base */
export function netDelta(
  pair: readonly [WireStatement, WireStatement],
  bound: Decimal,
  dust: Decimal,
  outages: readonly Outage[],
  until: number,
): DeltaTold {
  const pieces = piecesOf(pair, outages, until)
  const sum = (isCut: boolean, read: (piece: Piece) => number) =>
    pieces.reduce((total, piece) => (piece.isCut === isCut ? total + read(piece) : total), 0)
  const outside = (piece: Piece) => (sizeOf(piece.delta) > bound ? piece.until - piece.from : 0)
  const area = (piece: Piece) =>
    (Number(decimalText(sizeOf(piece.delta))) * (piece.until - piece.from)) / 1000
  return {
    most: pieces.reduce<Decimal>(
      (top, { delta }) => (sizeOf(delta) > top ? sizeOf(delta) : top),
      zero,
    ),
    outsideMs: sum(false, outside),
    outsideCutMs: sum(true, outside),
    longestMs: longest(pieces, dust, false),
    longestCutMs: longest(pieces, dust, true),
    baseSeconds: sum(false, area),
    baseSecondsCut: sum(true, area),
  }
}

/** Deposits and everything that was earned on an account are what it is worth, nothing being held. */
export function compareBalance(
  leg: WireLeg,
  statement: WireStatement,
  earned: readonly LegFigures[],
): readonly string[] {
  const sum = earned.reduce((all, one) => plus(all, resultOf(one)), statement.deposits)
  if (sum === statement.balance) return []
  const said = `${decimalText(statement.deposits)} paid in and ${decimalText(minus(sum, statement.deposits))} earned`
  return [`${leg.venue}/${leg.account}: ${decimalText(statement.balance)}, but ${said}`]
}
