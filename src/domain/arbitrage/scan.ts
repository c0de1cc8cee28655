/**
 * Which contracts of several venues are compared, which of their books count, and in which order what was found stands. Pure: the
 * scanner (src/arbitrage/) brings time and books.
 */
import type { Instrument, InstrumentId } from '../instrument.ts'
import type { MarketBook } from '../market.ts'
import type { Money, Ratio } from '../money.ts'
import type { QuoteRates } from './conversion.ts'
import { isCrossed, touchOf } from './depth.ts'
import type { Assessment, Refusal } from './opportunity.ts'

/** What a scanner compares and how: the section `arbitrage` of the configuration, as integers. */
export interface ScanSettings {
  /** Names of venues; at least two. */
  readonly venues: readonly string[]
  /** Unified symbols or bases; empty = every base that two of the venues have. */
  readonly symbols: readonly string[]
  /** Less than this after all costs is no opportunity. */
  readonly edgeMin: Ratio
  /** More than this is an error of a price and no opportunity. */
  readonly edgeMax: Ratio
  /** Size of a comparison, in the common currency of `rates`. */
  readonly notional: Money
  readonly slippage: Ratio
  /** Funding of so much time is part of the edge, ms. */
  readonly holdingMs: number
  /** A book that its venue has not updated for longer does not count, ms. */
  readonly ageMaxMs: number
  /** How often lists and history are brought up to date, ms. */
  readonly intervalMs: number
  readonly rates: QuoteRates
}

/** What is known of the book of one contract. */
export interface BookState {
  readonly instrument: InstrumentId
  /** null = none has come yet, or it was lost. */
  readonly book: MarketBook | null
  /** Market time of its last update, ms. */
  readonly at: number
}

/**
 * Why a book does not count now; null = it does. Stale is what the venue has not updated for longer than `ageMaxMs` by its own
 * clock; an update of a moment that has not come yet is no younger than now.
 */
export function bookRefusal(state: BookState, venueNow: number, ageMaxMs: number): Refusal | null {
  const { instrument, book, at } = state
  if (book === null) return { code: 'down', instrument, found: 0, needed: 0, unit: 'none' }
  const age = venueNow - at
  if (age > ageMaxMs) return { code: 'stale', instrument, found: age, needed: ageMaxMs, unit: 'ms' }
  const touch = touchOf(book)
  if (touch === null) return { code: 'empty_book', instrument, found: 0, needed: 0, unit: 'none' }
  if (isCrossed(book))
    return { code: 'crossed', instrument, found: touch.bid, needed: touch.ask, unit: 'price' }
  return null
}

/** Two contracts of one base on two venues; `id` is `BASE:venue+venue`, the venues in alphabetical order. */
export interface Pair {
  readonly id: string
  readonly base: string
  readonly legs: readonly [Instrument, Instrument]
}

/**
 * All pairs of linear contracts that have a base in common and lie on different venues. A venue with several contracts of a base
 * (USDT and USDC) gives a pair for each; their ids carry the symbols then.
 */
export function pairsOf(instruments: readonly Instrument[]): readonly Pair[] {
  const linear = instruments.filter(({ kind }) => kind === 'linear')
  const sorted = [...linear].sort((a, b) => (a.id < b.id ? -1 : 1))
  const byBase = Map.groupBy(sorted, ({ base }) => base)
  return [...byBase.values()].flatMap((contracts) => {
    const isSingle = new Set(contracts.map(({ venue }) => venue)).size === contracts.length
    return contracts.flatMap((one, index) =>
      contracts
        .slice(index + 1)
        .filter((other) => other.venue !== one.venue)
        .map((other) => pairOf(one, other, isSingle)),
    )
  })
}

function pairOf(one: Instrument, other: Instrument, isSingle: boolean): Pair {
  const name = ({ venue, quote }: Instrument): string => (isSingle ? venue : `${venue}/${quote}`)
  return {
    id: `${one.base}:${name(one)}+${name(other)}`,
    base: one.base,
    legs: [one, other],
  }
}

/** What was found for a pair at a moment. */
export interface Finding {
  readonly pair: Pair
  /** Machine wall time, ms. */
  readonly at: number
  readonly assessment: Assessment
}

/** Whether a finding is an opportunity: priced, and nothing speaks against it. */
export const isOpportunity = ({ assessment }: Finding): boolean =>
  assessment.opportunity !== null && assessment.reasons.length === 0

/** The largest edge first; what has none comes last; equal ones by name, so that a list does not tremble. */
export function compareFindings(one: Finding, other: Finding): number {
  const [a, b] = [edgeOf(one), edgeOf(other)]
  if (a === null || b === null) return a === b ? byName(one, other) : a === null ? 1 : -1
  return b - a || byName(one, other)
}

const edgeOf = ({ assessment }: Finding): Ratio | null => assessment.opportunity?.edge ?? null
const byName = (one: Finding, other: Finding): number => (one.pair.id < other.pair.id ? -1 : 1)
