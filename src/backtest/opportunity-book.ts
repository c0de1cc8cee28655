/**
 * What the legs of a run earned, by opportunity: everything from all legs flat until all are flat again. Exact in the
 * settlement money of each leg; the sum of all opportunities is what the books of the leg hold, to the last unit.
 */
import type { Money } from '../domain/money.ts'

/** One leg of an opportunity, 1e-8 of its settlement currency. */
export interface OpportunityLeg {
  /** Minus the signed value of its fills. */
  cash: number
  fees: number
  /** Positive = received. */
  funding: number
  /** Part of cash: what fills were worse than the last price when their orders were sent. */
  slippage: number
}

export interface Opportunity {
  readonly number: number
  readonly openedAt: number
  /** null = still held. */
  closedAt: number | null
  readonly legs: readonly OpportunityLeg[]
  /** The leg that was bought at its beginning. */
  readonly boughtLeg: number
  /** ∫margin dt of the run when it began and when it ended, 1e-8 · ms of the first leg's currency. */
  readonly marginFrom: number
  marginUntil: number
}

/** What a fill does to the leg's part. */
interface FillPart {
  readonly at: number
  readonly leg: number
  readonly isBuy: boolean
  readonly cash: Money
  readonly fee: Money
  readonly slippage: Money
  readonly isFlat: boolean
  readonly marginTime: number
}

export class OpportunityBook {
  readonly list: Opportunity[] = []
  readonly #legs: number
  #open: Opportunity | null = null

  constructor(legs: number) {
    this.#legs = legs
  }

  /** @param part `isFlat`: no leg holds anything after it */
  fill({ at, leg, isBuy, cash, fee, slippage, isFlat, marginTime }: FillPart): void {
    const open = this.#open ?? this.#begin(at, isBuy ? leg : 1 - leg, marginTime)
    const own = open.legs[leg]
    if (own === undefined) return
    own.cash += cash
    own.fees += fee
    own.slippage += slippage
    if (!isFlat) return
    open.closedAt = at
    open.marginUntil = marginTime
    this.#open = null
  }

  #begin(at: number, boughtLeg: number, marginFrom: number): Opportunity {
    const legs = Array.from({ length: this.#legs }, () => ({
      cash: 0,
      fees: 0,
      funding: 0,
      slippage: 0,
    }))
    const number = this.list.length + 1
    const open = { number, openedAt: at, closedAt: null, legs, boughtLeg, marginFrom }
    this.#open = { ...open, marginUntil: marginFrom }
    this.list.push(this.#open)
    return this.#open
  }

  /** What is settled after the end belongs to the latest one. */
  fund(leg: number, amount: Money): void {
    const own = (this.#open ?? this.list.at(-1))?.legs[leg]
    if (own !== undefined) own.funding += amount
  }
}
