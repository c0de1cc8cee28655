/**
 * Writes down what every instance and the whole fleet are worth, all at the same moment. It asks nobody: the desk tells
 * its numbers each second anyway, so that recording costs the same whether somebody looks or not.
 */
import type { Clock } from '../ports/clock.ts'
import { type EquitySample, type EquityStore, FLEET_SERIES } from '../ports/equity-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { EquityPoint } from '../protocol/api-messages.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import { pointOf } from './equity-curve.ts'
import type { Fleet } from './fleet.ts'
import { WallWatch } from './wall-watch.ts'

/** An instance that there is, whether it runs or not. */
export interface EquityInstance {
  readonly id: string
  /** It should run: what it is worth will be told soon. */
  readonly isExpected: boolean
  /** Currency of its books; null = not known. */
  readonly settle: string | null
  /** What it is worth now, in 1e-8 of its currency; null = nobody tells. */
  readonly told: { readonly equity: number; readonly pnl: number | null } | null
}

export interface EquitySources {
  instances(): readonly EquityInstance[]
  /** Market time, ms; null = no market is seen. */
  marketAt(): number | null
}

export interface EquityRecorderParts {
  readonly sources: EquitySources
  readonly store: EquityStore
  readonly clock: Clock
  readonly logger: Logger
  /** How long the coarsest points are kept, ms; null = for ever. */
  keptMs(): number | null
  /** Hears of each point; null = of the whole fleet. */
  onPoint(instance: string | null, point: EquityPoint): void
}

export const RECORD_MS = 5000
const PRUNE_MS = 600_000
/** So long the curve of the fleet waits for an instance that starts for the first time. */
const FIRST_VALUE_MS = 60_000

/** Counted one to one: what they differ by is less than what a curve shows. */
const DOLLARS: ReadonlySet<string> = new Set(['USD', 'USDC', 'USDT'])

interface Value {
  readonly equity: number
  readonly pnl: number
}

export class EquityRecorder {
  readonly #parts: EquityRecorderParts
  readonly #wall: WallWatch
  /** Last values of the instances that there are: who does not tell keeps his. */
  #values = new Map<string, Value>()
  /** Since when an instance is awaited that has never told a value, monotonic ms. */
  #awaited = new Map<string, number>()
  #failure: string | null = null
  readonly #cancels: (() => void)[]

  constructor(parts: EquityRecorderParts) {
    this.#parts = parts
    this.#wall = new WallWatch(parts.clock)
    this.#cancels = [
      parts.clock.every(RECORD_MS, () => this.record()),
      parts.clock.every(PRUNE_MS, () => this.#prune()),
    ]
  }

  close(): void {
    for (const cancel of this.#cancels) cancel()
  }

  record(): void {
    const { sources, clock } = this.#parts
    const at = clock.wallMs()
    const marketAt = sources.marketAt()
    const instances = sources.instances()
    const samples = this.#samplesOf(instances, marketAt)
    const whole = this.#wholeOf(instances)
    if (whole !== null) samples.push({ series: FLEET_SERIES, marketAt, ...whole })
    this.#attempt('equity is not recorded', () => this.#parts.store.add(at, samples))
    for (const { series, equity, pnl } of samples) {
      const point = pointOf({ at, marketAt, equity, low: equity, high: equity, pnl })
      this.#parts.onPoint(series === FLEET_SERIES ? null : series, point)
    }
  }

  /** Of the instances that tell what they are worth now; takes in what they tell. */
  #samplesOf(instances: readonly EquityInstance[], marketAt: number | null): EquitySample[] {
    const values = new Map<string, Value>()
    const samples: EquitySample[] = []
    for (const { id, told } of instances) {
      const before = this.#values.get(id) ?? this.#stored(id)
      if (told !== null) {
        const value = { equity: told.equity, pnl: told.pnl ?? before?.pnl ?? 0 }
        values.set(id, value)
        samples.push({ series: id, marketAt, ...value })
      } else if (before !== null) values.set(id, before)
    }
    // Who is gone from the fleet is gone from its sum.
    this.#values = values
    return samples
  }

  /** What it was worth when an earlier control plane saw it last. */
  #stored(id: string): Value | null {
    let value: Value | null = null
    this.#attempt('equity is not read', () => {
      const last = this.#parts.store.last(id)
      if (last !== null) value = { equity: last.equity, pnl: last.pnl }
    })
    return value
  }

  /** The sum of all; null while somebody's first value is still to come, so that a start is no rise. */
  #wholeOf(instances: readonly EquityInstance[]): Value | null {
    const counted = instances.filter(({ settle }) => settle === null || DOLLARS.has(settle))
    if (this.#isWaiting(counted)) return null
    let [equity, pnl, count] = [0, 0, 0]
    for (const { id } of counted) {
      const value = this.#values.get(id)
      if (value === undefined) continue
      equity += value.equity
      pnl += value.pnl
      count += 1
    }
    const isExact = Number.isSafeInteger(equity) && Number.isSafeInteger(pnl)
    return count > 0 && isExact ? { equity, pnl } : null
  }

  #isWaiting(instances: readonly EquityInstance[]): boolean {
    const now = this.#parts.clock.monotonicMs()
    const unheard = instances.filter(({ id, isExpected }) => isExpected && !this.#values.has(id))
    this.#awaited = new Map(unheard.map(({ id }) => [id, this.#awaited.get(id) ?? now]))
    return [...this.#awaited.values()].some((since) => now - since < FIRST_VALUE_MS)
  }

  #prune(): void {
    this.#wall.look()
    if (!this.#wall.isTrusted) return
    const { store, clock, keptMs } = this.#parts
    this.#attempt('old equity is not removed', () => store.prune(clock.wallMs(), keptMs()))
  }

  /** A full disk is told once, and stops nothing else. */
  #attempt(what: string, run: () => void): void {
    try {
      run()
      this.#failure = null
    } catch (error) {
      const text = `${what}: ${error instanceof Error ? error.message : String(error)}`
      if (this.#failure !== text) this.#parts.logger.error('equity', text)
      this.#failure = text
    }
  }
}

/** What the desk of a fleet has told last; a second old at most while it runs. */
export const equitySourcesOf = (fleet: Fleet): EquitySources => ({
  marketAt: () => fleet.exchangeStatus?.marketAt ?? null,
  instances: () =>
    [...fleet.units.values()].map((unit) => {
      const { id, config, desired, record } = unit
      const row = fleet.deskRow(id)
      return {
        id,
        isExpected: desired !== 'stopped' && config !== null && record.hold === null,
        settle: row?.instrument.settle ?? settleIn(config?.settings.symbol),
        told:
          row === null || !isHeard(fleet, row)
            ? null
            : { equity: row.equity, pnl: row.pnl ?? null },
      }
    }),
})

/** The desks of all legs run: what one told before it ended is not of the same moment as the rest. */
const isHeard = (fleet: Fleet, row: DeskInstanceRow): boolean =>
  (row.legs ?? []).every(({ instance }) => fleet.legRow(instance) !== null)

/** `SOL/USDC:USDC` settles in USDC. */
const settleIn = (symbol: string | undefined): string | null => symbol?.split(':')[1] ?? null
