/** What databases and run/kill say of an instance whose bot does not run: its last books, its position, what holds it. */
import { join, resolve } from 'node:path'
import {
  type KeptInstance,
  readBotStatus,
  readKept,
} from '../adapters/stores/sqlite-fleet-reader.ts'
import { KillOrderFolder } from '../adapters/system/kill-orders.ts'
import { contractsOf } from '../config/resolved-instance.ts'
import { accountKey } from '../desk/desk-server.ts'
import { instanceOfLeg } from '../domain/leg-name.ts'
import { asReport, heldOf } from '../fleet/bot-report.ts'
import type { Home } from '../fleet/home.ts'
import { strictness } from '../fleet/leg-rows.ts'
import type { Known } from './offline-registry.ts'

export class OfflineMemory {
  readonly #home: Home
  readonly #orders: KillOrderFolder

  constructor(home: Home) {
    this.#home = home
    this.#orders = killOrdersOf(home)
  }

  /** The status that its bot saved last, as its /api/status would answer; null = it has never run. */
  saved({ record, config }: Known): unknown {
    return readBotStatus(
      resolve(this.#home.root, config?.dbPath ?? join('database', `${record.id}.db`)),
    )
  }

  /**
   * What the journal of its account holds, with a kill that no desk has taken up yet; null = nothing is known. A file
   * that cannot be read keeps nothing from being shown or done.
   */
  kept(known: Known): KeptInstance | null {
    const legs = this.#journalled(known)
    const [first] = legs
    if (first === undefined) return null
    // The strictest leg holds the instance; the position is that of the first.
    const held = legs.reduce((one, leg) =>
      strictness(leg.mode) > strictness(one.mode) ? leg : one,
    )
    const kept = {
      ...held,
      instance: first.instance,
      instrument: first.instrument,
      position: first.position,
    }
    const pending = this.#orders.pending().filter((name) => instanceOfLeg(name) === known.record.id)
    const [ordered] = pending
    if (kept.mode === 'killed' || ordered === undefined) return kept
    const since = this.#orders.orderedAt(ordered)
    const cause =
      since === null ? null : { kind: 'kill_order' as const, since, marketAt: since, limit: null }
    return { ...kept, mode: 'killed', latch: null, cause }
  }

  /** Of every leg whose journal tells of it, the first one first. */
  #journalled({ config }: Known): readonly KeptInstance[] {
    if (config === null) return []
    return contractsOf(config).flatMap(({ mode, venue, account, instance }) => {
      const file = `account-${accountKey(mode, venue, account)}.db`
      return orNull(() => readKept(join(this.#home.database, file), instance)) ?? []
    })
  }

  /** `0.5 SOL` that is open by the last books; null = flat, or nothing is known. */
  held(known: Known): string | null {
    const legs = this.#journalled(known)
    if (legs.length > 0) {
      const texts = legs.flatMap((leg) => heldText(heldOf(leg), leg.instrument.base) ?? [])
      return texts.length === 0 ? null : texts.join(' and ')
    }
    const { quantity, base } = asReport(orNull(() => this.saved(known))).position ?? {}
    return heldText(quantity, base)
  }
}

/** `run/kill`: what a desk obeys before it reconciles, and before it listens to a bot. */
export const killOrdersOf = (home: Home): KillOrderFolder =>
  new KillOrderFolder(join(home.run, 'kill'))

function heldText(quantity: unknown, base: unknown): string | null {
  const isFlat = typeof quantity !== 'string' || Number(quantity) === 0
  return isFlat || typeof base !== 'string' ? null : `${quantity} ${base}`
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
