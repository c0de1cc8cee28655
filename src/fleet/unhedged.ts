/**
 * What an instance of two legs holds on one of them alone, and for how long: a leg that hangs must not look calm. Read from what
 * desks book, so that it is seen as well when its bot hangs or has ended. Nothing is decided by it.
 */
import { commonGrid } from '../domain/arbitrage/size.ts'
import { minimumLots } from '../domain/instrument.ts'
import { formatDecimal } from '../domain/money.ts'
import type { Clock } from '../ports/clock.ts'
import type { Unhedged } from '../protocol/fleet-messages.ts'
import { missingOf } from './bot-report.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import type { DeskWatch } from './desk-watch.ts'
import { deskRestraint } from './restraint.ts'

/** So long it may last, ms of wall time: the repair of a clip begins after seconds. */
export const UNHEDGED_MS = 30_000

export interface OpenDelta {
  /** Base, signed decimal text: what both legs together hold. */
  readonly amount: string
  readonly base: string
}

/** Smallest order of a leg in lots, at the last price that its desk has told. */
const leastLots = ({ instrument, price = null }: DeskInstanceRow): number =>
  price === null ? Math.max(1, instrument.quantityMin) : minimumLots(instrument, price.last)

/** Net delta beyond dust; null = hedged, or not two linear contracts of one base. */
export function openDeltaOf({ legs = [] }: DeskInstanceRow): OpenDelta | null {
  const [first, second] = legs
  if (first === undefined || second === undefined || legs.length > 2) return null
  const [one, other] = [first.instrument, second.instrument]
  if (one.base !== other.base || one.kind !== 'linear' || other.kind !== 'linear') return null
  const { lots, decimals } = commonGrid(one, other)
  const delta = first.position * lots[0] + second.position * lots[1]
  const dust = Math.max(leastLots(first) * lots[0], leastLots(second) * lots[1]) - 1
  if (Math.abs(delta) <= dust) return null
  const amount = formatDecimal(delta, decimals).replace(/(\.\d*?)0+$/, '$1')
  return { amount: amount.replace(/\.$/, ''), base: one.base }
}

/** What keeps its legs from trading, as far as desks know it: `okx: 2 orders of unknown outcome`. */
export function whyOpen({ legs = [] }: DeskInstanceRow, away: string | null): string {
  const told = legs.flatMap((leg) => {
    const why = whyLeg(leg)
    return why === null ? [] : [`${leg.instrument.venue} ${leg.symbol}: ${why}`]
  })
  const all = away === null ? told : [away, ...told]
  return all.length === 0 ? 'no desk holds a leg back' : all.join(', ')
}

function whyLeg(leg: DeskInstanceRow): string | null {
  const { orders_unknown: unknown } = leg
  if (unknown > 0) return `${unknown} orders of unknown outcome`
  const held = deskRestraint(leg)
  if (held !== null) return `${held.state.replace('_', ' ')}, ${held.why}`
  if (!leg.is_bot_connected) return 'its bot is not connected'
  return missingOf({}, leg)[0]?.text ?? null
}

/** An amount without its sign. */
const sizeOf = ({ amount }: OpenDelta): string => amount.replace(/^-/, '')

/** What a stop comes to: a pair that ends with one leg longer than the other is hedged by nobody any more. */
export function stoppedText(id: string, row: DeskInstanceRow | null): string {
  const delta = row === null ? null : openDeltaOf(row)
  if (delta === null) return 'stopped'
  const amount = `${sizeOf(delta)} ${delta.base}`
  return `stopped; ${amount} is unhedged and stays so: perpfleet stop ${id} --positions close closes both legs`
}

interface Seen {
  readonly fromMs: number
  readonly sinceMs: number
  lastMs: number
  told: Unhedged
}

export interface Look {
  readonly monotonicMs: number
  readonly wallMs: number
}

/** Since when instances are unhedged; one look each half second. */
export class UnhedgedWatch {
  readonly #seen = new Map<string, Seen>()

  /**
   * @param row null = desks do not tell of every leg: what was seen last stands, for silence hedges nothing
   * @param away which venue of it is away, and why; null = none
   */
  take(id: string, row: DeskInstanceRow | null, away: string | null, now: Look): void {
    const before = this.#seen.get(id)
    if (row === null) {
      if (before !== undefined) before.lastMs = now.monotonicMs
      return
    }
    const delta = openDeltaOf(row)
    if (delta === null) {
      this.#seen.delete(id)
      return
    }
    const { fromMs, sinceMs } = before ?? { fromMs: now.monotonicMs, sinceMs: now.wallMs }
    const since = new Date(sinceMs).toISOString()
    const told = { amount: sizeOf(delta), base: delta.base, since, why: whyOpen(row, away) }
    this.#seen.set(id, { fromMs, sinceMs, lastMs: now.monotonicMs, told })
  }

  /** Looks at every instance, and forgets those that are gone. */
  look(ids: readonly string[], desks: DeskWatch, clock: Clock): void {
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
    for (const id of this.#seen.keys()) if (!ids.includes(id)) this.#seen.delete(id)
    for (const id of ids) this.take(id, desks.row(id), desks.awayOf(id), now)
  }

  /** What is unhedged for longer than UNHEDGED_MS; null = nothing is. */
  of(id: string): Unhedged | null {
    const seen = this.#seen.get(id)
    return seen !== undefined && seen.lastMs - seen.fromMs > UNHEDGED_MS ? seen.told : null
  }
}
