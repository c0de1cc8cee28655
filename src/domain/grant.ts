/**
 * One limit of the fleet, split among accounts: what was handed out never adds up to more than the limit, whatever is
 * lost, late, doubled or out of order on the way. Pure; the rules and why they hold: docs/concepts/grants.md.
 *
 * Amounts are integers of one unit; null = without limit.
 */
import { invariant, mulDiv } from './money.ts'

export type Amount = number | null

/** What the fleet tells a holder; numbers of one holder only grow. */
export interface GrantOrder {
  readonly number: number
  readonly amount: Amount
}

/** What a holder answers: the order that it has taken last, and what it holds now. */
export interface GrantAnswer {
  readonly number: number
  readonly amount: Amount
}

/** One holder as the fleet knows it; plain data. */
export interface StoredShare {
  readonly holder: string
  readonly confirmed: GrantAnswer
  /** Orders that were sent, or may have been, after the confirmed one; ascending. */
  readonly sent: readonly GrantOrder[]
}

export interface StoredGrants {
  readonly limit: Amount
  readonly shares: readonly StoredShare[]
}

interface Share {
  confirmed: GrantAnswer
  sent: GrantOrder[]
}

const numberOf = (amount: Amount): number => amount ?? Number.POSITIVE_INFINITY
const amountOf = (value: number): Amount => (value === Number.POSITIVE_INFINITY ? null : value)

/** The fleet's side. Whoever changes it stores it durably before an order leaves. */
export class GrantBook {
  readonly #shares = new Map<string, Share>()
  #limit: Amount

  constructor(stored: StoredGrants | null) {
    this.#limit = stored?.limit ?? null
    for (const { holder, confirmed, sent } of stored?.shares ?? [])
      this.#shares.set(holder, { confirmed, sent: [...sent] })
  }

  get limit(): Amount {
    return this.#limit
  }
  get holders(): readonly string[] {
    return [...this.#shares.keys()]
  }

  setLimit(limit: Amount): void {
    this.#limit = limit
  }

  /** The most that a holder may believe to hold: an order that is on the way may be taken at any time. */
  bound(holder: string): Amount {
    const share = this.#shares.get(holder)
    if (!share) return 0
    const possible = [share.confirmed, ...share.sent].map(({ amount }) => numberOf(amount))
    return amountOf(Math.max(...possible))
  }

  #boundOfAll(): number {
    return this.holders.reduce((sum, holder) => sum + numberOf(this.bound(holder)), 0)
  }

  /** A holder has spoken: its first word makes it known, a later one confirms the order that it names. */
  answer(holder: string, answer: GrantAnswer): void {
    const share = this.#shares.get(holder)
    if (!share) {
      this.#shares.set(holder, { confirmed: answer, sent: [] })
      return
    }
    const { confirmed } = share
    if (answer.number < confirmed.number) return
    if (answer.number === confirmed.number) {
      // Under one order a holder only gives back: the least that it has told holds, in whatever order it is heard.
      const least = Math.min(numberOf(confirmed.amount), numberOf(answer.amount))
      share.confirmed = { number: answer.number, amount: amountOf(least) }
      return
    }
    share.confirmed = answer
    share.sent = share.sent.filter(({ number }) => number > answer.number)
  }

  /** Forgets a holder that is gone for good and holds nothing. */
  leave(holder: string): void {
    this.#shares.delete(holder)
  }

  /**
   * Moves towards the targets: lowers at once, raises only by what the others are proven not to hold.
   * @param targets per holder; those that are not named keep what they have
   */
  aim(targets: ReadonlyMap<string, Amount>): void {
    for (const [holder, target] of targets) this.#lower(holder, numberOf(target))
    for (const [holder, target] of targets) this.#raise(holder, numberOf(target))
  }

  #latest(share: Share): GrantOrder {
    return share.sent.at(-1) ?? share.confirmed
  }

  #order(share: Share, value: number): void {
    share.sent.push({ number: this.#latest(share).number + 1, amount: amountOf(value) })
  }

  #lower(holder: string, target: number): void {
    const share = this.#shares.get(holder)
    if (share && target < numberOf(this.#latest(share).amount)) this.#order(share, target)
  }

  #raise(holder: string, target: number): void {
    const share = this.#shares.get(holder)
    // One raise at a time: what is on the way already counts as held.
    if (!share || share.sent.length > 0) return
    const held = numberOf(share.confirmed.amount)
    const free = this.#limit === null ? Number.POSITIVE_INFINITY : this.#limit - this.#boundOfAll()
    const next = Math.min(target, held + free)
    if (next > held) this.#order(share, next)
  }

  /** The order that a holder has to be told, again and again until it answers; null when there is none. */
  pending(holder: string): GrantOrder | null {
    return this.#shares.get(holder)?.sent.at(-1) ?? null
  }

  stored(): StoredGrants {
    const shares = [...this.#shares].map(([holder, { confirmed, sent }]) => ({
      holder,
      confirmed,
      sent: [...sent],
    }))
    return { limit: this.#limit, shares }
  }
}

/** What a holder keeps durably. `wanted` is below `amount` while more is in use than was ordered. */
export interface StoredHolding {
  readonly number: number
  readonly amount: Amount
  readonly wanted: Amount
}

/** The account's side: takes orders in their numbers, never gives up what it uses. Stored before it answers. */
export class GrantHolder {
  #holding: StoredHolding

  /** @param stored null = the first start; `first` is what it may use until it is told otherwise */
  constructor(stored: StoredHolding | null, first: Amount) {
    this.#holding = stored ?? { number: 0, amount: first, wanted: first }
  }

  get amount(): Amount {
    return this.#holding.amount
  }

  /** @param used what is at risk now; a lower order is taken as far as this allows */
  take(order: GrantOrder, used: number): GrantAnswer {
    if (order.number > this.#holding.number)
      this.#holding = { ...this.#holding, number: order.number, wanted: order.amount }
    return this.settle(used)
  }

  /** Goes on towards what was ordered, as far as what is in use allows; gives what is held now. */
  settle(used: number): GrantAnswer {
    const { number, amount, wanted } = this.#holding
    const held = numberOf(amount)
    const goal = numberOf(wanted)
    const next = goal >= held ? goal : Math.min(held, Math.max(goal, used))
    this.#holding = { number, amount: amountOf(next), wanted }
    return { number, amount: amountOf(next) }
  }

  stored(): StoredHolding {
    return this.#holding
  }
}

/**
 * A share for each: what it uses and an equal part of the rest; used up beyond the limit, in proportion to the use.
 * The shares never add up to more than the limit.
 * @param used per holder, whole numbers of at least 0
 */
export function divideLimit(limit: Amount, used: ReadonlyMap<string, number>): Map<string, Amount> {
  const holders = [...used.keys()]
  if (limit === null) return new Map(holders.map((holder) => [holder, null]))
  const total = [...used.values()].reduce((sum, value) => sum + value, 0)
  const free = Math.max(0, limit - total)
  const shares = holders.map((holder): [string, number] => {
    const own = used.get(holder) ?? 0
    const kept = total > limit ? mulDiv(own, limit, total, 'floor') : own
    return [holder, kept + Math.floor(free / holders.length)]
  })
  const sum = shares.reduce((total, [, share]) => total + share, 0)
  invariant(sum <= limit, 'the shares of a limit add up to the limit at most')
  return new Map(shares)
}
