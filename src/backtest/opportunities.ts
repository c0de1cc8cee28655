/** The opportunities of a run on several legs as rows for people, and their results. */
import { notionalOf } from '../domain/instrument.ts'
import { formatMoney, money, quantity } from '../domain/money.ts'
import { worthAt } from '../domain/settle-rate.ts'
import { formatTime } from '../domain/timeframe.ts'
import type { Leg } from './leg.ts'
import { yearOnMargin } from './leg-exposure.ts'
import type { LegsBacktest } from './legs.ts'
import type { Opportunity } from './opportunity-book.ts'

/** One opportunity for people; money in the currency of the first leg but for `legs`. */
export interface OpportunityRow {
  readonly number: number
  readonly openedAt: string
  /** null = still held at the end. */
  readonly closedAt: string | null
  readonly heldHours: number
  /** Venue of the leg that was bought. */
  readonly bought: string
  /** Prices of what was bought and sold, what is held at mark; before fees and funding. */
  readonly price: string
  readonly funding: string
  readonly fees: string
  readonly slippage: string
  readonly net: string
  /** Time-weighted initial margin of all legs. */
  readonly marginAverage: string
  /** net ÷ average margin for a year; null when it lasted less than a day. */
  readonly annualReturn: number | null
  /** In the settlement money of each leg. */
  readonly legs: readonly {
    readonly cash: string
    readonly fees: string
    readonly funding: string
    readonly slippage: string
  }[]
}

/** All of a run, the one that is still held with its legs at mark. */
export function opportunityRows(run: LegsBacktest): readonly OpportunityRow[] {
  const endAt = run.end?.at ?? run.exchange.at
  const { marginTime: marginEnd } = run.exposure.until(endAt)
  return run.opportunities.list.map((one): OpportunityRow => {
    const until = one.closedAt ?? endAt
    const marginTime = (one.closedAt === null ? marginEnd : one.marginUntil) - one.marginFrom
    const sums = sumsOf(run, one)
    const held = until - one.openedAt
    return {
      number: one.number,
      openedAt: formatTime(one.openedAt),
      closedAt: one.closedAt === null ? null : formatTime(one.closedAt),
      heldHours: held / 3_600_000,
      bought: run.legs[one.boughtLeg]?.instrument.venue ?? '',
      price: formatMoney(sums.price),
      funding: formatMoney(sums.funding),
      fees: formatMoney(sums.fees),
      slippage: formatMoney(sums.slippage),
      net: formatMoney(sums.net),
      marginAverage: formatMoney(money(held > 0 ? Math.round(marginTime / held) : 0)),
      annualReturn: yearOnMargin(sums.net, marginTime, held),
      legs: one.legs.map((leg) => ({
        cash: formatMoney(money(leg.cash)),
        fees: formatMoney(money(leg.fees)),
        funding: formatMoney(money(leg.funding)),
        slippage: formatMoney(money(leg.slippage)),
      })),
    }
  })
}

/** The closed ones, their result in the currency of the first leg, 1e-8. */
export const closedOpportunities = (run: LegsBacktest) =>
  run.opportunities.list.flatMap((one) =>
    one.closedAt === null
      ? []
      : [{ openedAt: one.openedAt, closedAt: one.closedAt, net: sumsOf(run, one).net }],
  )

function sumsOf(run: LegsBacktest, { legs, closedAt }: Opportunity) {
  const sums = { price: 0, funding: 0, fees: 0, slippage: 0 }
  for (const [index, own] of legs.entries()) {
    const leg = run.legs[index]
    if (leg === undefined) continue
    const rate = run.engine.ledger.settleRate(index)
    const worth = closedAt === null ? worthHeld(run, leg) : 0
    sums.price += worthAt(money(own.cash + worth), rate)
    sums.funding += worthAt(money(own.funding), rate)
    sums.fees += worthAt(money(own.fees), rate)
    sums.slippage += worthAt(money(own.slippage), rate)
  }
  const { price, funding, fees, slippage } = sums
  return {
    price: money(price),
    funding: money(funding),
    fees: money(fees),
    slippage: money(slippage),
    net: money(price + funding - fees),
  }
}

/** Signed value at mark of what a leg holds. */
const worthHeld = ({ engine }: LegsBacktest, { index, instrument, mark }: Leg): number =>
  notionalOf(instrument, mark, quantity(engine.ledger.holding(index).position))
