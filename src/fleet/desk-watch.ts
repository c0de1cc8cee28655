import { instanceOfLeg, legName } from '../domain/leg-name.ts'
import type { Ratio } from '../domain/money.ts'
import { type DeskAccount, type DeskInstanceRow, isDeskStatus } from './desk-rows.ts'
import { namesAmong, rowAmong } from './leg-rows.ts'

/** An instance was paused or resumed, by whomever. */
export interface ModeChange {
  readonly instance: string
  readonly desired: 'running' | 'paused'
}

export class DeskWatch {
  readonly #rows = new Map<string, DeskInstanceRow>()
  readonly #reconciled = new Set<string>()
  /** What each desk said last. */
  readonly #told = new Map<string, readonly DeskAccount[]>()
  readonly #desks = new Map<string, string>()
  readonly #ratesOf: (instance: string) => readonly Ratio[]

  /** @param ratesOf worth of the money of each leg in that of the first; of an instance of one contract it may be empty */
  constructor(ratesOf: (instance: string) => readonly Ratio[] = () => []) {
    this.#ratesOf = ratesOf
  }

  /** As a desk told it of one name: an instance, or a leg of one. */
  own(name: string): DeskInstanceRow | null {
    return this.#rows.get(name) ?? null
  }
  /** Of an instance; the rows of its legs are one. */
  row(instance: string): DeskInstanceRow | null {
    return rowAmong(this.#rows, instance, this.#ratesOf(instance))
  }
  /** The names of its legs that desks have told, itself first. */
  namesOf(instance: string): readonly string[] {
    return namesAmong(this.#rows.keys(), instance)
  }
  /** Every leg of it. */
  isReconciled(instance: string): boolean {
    const count = Math.max(1, this.#ratesOf(instance).length)
    return Array.from({ length: count }, (_, leg) => legName(instance, leg)).every((name) =>
      this.#reconciled.has(name),
    )
  }
  get accounts(): readonly DeskAccount[] {
    return [...this.#told.values()].flat()
  }
  /** Why a venue takes the key of an account of the instance no more; null = it does. */
  refusalOf(instance: string): string | null {
    const account = this.accounts.find(
      ({ link, instances }) =>
        link?.refusal != null && instances.some((row) => instanceOfLeg(row.instance) === instance),
    )
    return account?.link?.refusal ?? null
  }
  /** Which venue of the instance is away behind connections that stand, and why; null = none. */
  awayOf(instance: string): string | null {
    for (const { account, away, instances } of this.accounts)
      if (away != null && instances.some((row) => instanceOfLeg(row.instance) === instance))
        return `the venue of ${account} is away: ${away}`
    return null
  }
  /** The desk at which an instance, or a leg of one, was seen last. */
  deskOf(instance: string): string | null {
    return this.#desks.get(instance) ?? null
  }

  /** Takes an answer; gives the instances, and legs, that were paused or resumed since the one before. */
  take(answer: unknown, desk = ''): ModeChange[] {
    if (!isDeskStatus(answer)) return []
    const before = new Map([...this.#rows].map(([id, row]) => [id, row.mode]))
    this.#told.set(desk, answer.accounts)
    this.#rows.clear()
    this.#reconciled.clear()
    for (const [name, accounts] of this.#told)
      for (const account of accounts) this.#enter(name, account)
    const changes: ModeChange[] = []
    for (const { instance, mode } of this.#rows.values()) {
      const was = before.get(instance)
      if (was === undefined || was === mode) continue
      if (mode === 'paused') changes.push({ instance, desired: 'paused' })
      else if (was === 'paused' && mode === 'running')
        changes.push({ instance, desired: 'running' })
    }
    return changes
  }

  #enter(desk: string, { instances, is_reconciled: isReconciled }: DeskAccount): void {
    for (const row of instances) {
      this.#rows.set(row.instance, row)
      this.#desks.set(row.instance, desk)
      if (isReconciled) this.#reconciled.add(row.instance)
    }
  }
}
