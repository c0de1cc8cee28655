/** What the desk last said of its instances, and what changed by somebody else's hand. */
import type { Instrument } from '../domain/instrument.ts'
import type { Money, Quantity } from '../domain/money.ts'
import type { InstanceMode } from '../domain/risk.ts'

/** One instance in a desk's answer to `status`; integers of the core. */
export interface DeskInstanceRow {
  readonly instance: string
  readonly symbol: string
  readonly instrument: Instrument
  readonly mode: InstanceMode
  readonly latch: unknown
  readonly is_bot_connected: boolean
  readonly position: Quantity
  readonly equity: Money
  readonly orders_working: number
  readonly orders_unknown: number
  /** Equity against that of the start of the day; absent from desks that do not tell. */
  readonly pnl_today?: Money
}

interface DeskAccount {
  readonly account: string
  readonly is_reconciled: boolean
  readonly instances: readonly DeskInstanceRow[]
}

export interface DeskStatus {
  readonly accounts: readonly DeskAccount[]
}

export const isDeskStatus = (value: unknown): value is DeskStatus =>
  typeof value === 'object' &&
  value !== null &&
  'accounts' in value &&
  Array.isArray(value.accounts)

/** An instance was paused or resumed, by whomever. */
export interface ModeChange {
  readonly instance: string
  readonly desired: 'running' | 'paused'
}

export class DeskWatch {
  readonly #rows = new Map<string, DeskInstanceRow>()
  readonly #reconciled = new Set<string>()
  #accounts: readonly DeskAccount[] = []

  row(instance: string): DeskInstanceRow | null {
    return this.#rows.get(instance) ?? null
  }
  isReconciled(instance: string): boolean {
    return this.#reconciled.has(instance)
  }
  get accounts(): readonly DeskAccount[] {
    return this.#accounts
  }

  /** Takes an answer; gives the instances that were paused or resumed since the one before. */
  take(answer: unknown): ModeChange[] {
    if (!isDeskStatus(answer)) return []
    const before = new Map([...this.#rows].map(([id, row]) => [id, row.mode]))
    this.#accounts = answer.accounts
    this.#rows.clear()
    this.#reconciled.clear()
    for (const account of answer.accounts) {
      for (const row of account.instances) {
        this.#rows.set(row.instance, row)
        if (account.is_reconciled) this.#reconciled.add(row.instance)
      }
    }
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
}
