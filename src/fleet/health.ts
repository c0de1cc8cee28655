/** GET /health: computed each second, served from memory. Only the database or a dead fleet loop make it 503. */
import { statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import type { InstanceState } from '../domain/instance-state.ts'
import type { CheckStatus, HealthReport } from '../protocol/fleet-messages.ts'
import type { Fleet } from './fleet.ts'
import { stateOf } from './view.ts'

const INTERVAL_MS = 1000
const TIMEOUT_MS = 2000
const LOOP_AGE_MAX_MS = 10_000
const MEMORY_FREE_WARNING = 0.05
const DISK_USED_WARNING = 0.9
const DISK_USED_UNHEALTHY = 0.97

type Checks = HealthReport['checks']

export class Health {
  readonly #fleet: Fleet
  readonly #startedAt: number
  #disk: CheckStatus = 'healthy'
  #isMeasuring = false
  #report: HealthReport
  #cancel: () => void

  constructor(fleet: Fleet) {
    this.#fleet = fleet
    const { clock } = fleet.parts.tools
    this.#startedAt = clock.monotonicMs()
    this.#report = this.#compute()
    this.#cancel = clock.every(INTERVAL_MS, () => {
      void this.#measureDisk()
      this.#report = this.#compute()
    })
  }

  /** The report of the last second; a loop that stands still shows at once. */
  get report(): HealthReport {
    return this.#fleet.loopAgeMs > LOOP_AGE_MAX_MS
      ? { ...this.#report, status: 'unhealthy' }
      : this.#report
  }

  close(): void {
    this.#cancel()
  }

  #compute(): HealthReport {
    const { clock } = this.#fleet.parts.tools
    const checks: Checks = {
      database: this.#database(),
      redis: 'disabled',
      memory: freemem() / totalmem() < MEMORY_FREE_WARNING ? 'warning' : 'healthy',
      disk: this.#disk,
      bots: this.#bots(),
      venues: this.#venues(),
    }
    const isDegraded = Object.values(checks).some((one) => one === 'warning' || one === 'unhealthy')
    const degraded = isDegraded ? 'degraded' : 'healthy'
    return {
      status: checks.database === 'unhealthy' ? 'unhealthy' : degraded,
      timestamp: new Date(clock.wallMs()).toISOString(),
      uptime: Math.floor((clock.monotonicMs() - this.#startedAt) / 1000),
      checks,
    }
  }

  #database(): CheckStatus {
    try {
      this.#fleet.parts.tools.store.setting('feed')
      return 'healthy'
    } catch {
      return 'unhealthy'
    }
  }

  #bots(): CheckStatus {
    const wanted = [...this.#fleet.units.values()].filter(({ desired }) => desired !== 'stopped')
    const bots = wanted.map((unit) => ({
      state: stateOf(this.#fleet, unit).state,
      hasFile: unit.config !== null,
    }))
    // Also of one that was stopped: what it holds on one leg alone moves with the market.
    const isUnhedged = [...this.#fleet.units.keys()].some(
      (id) => this.#fleet.unhedged.of(id) !== null,
    )
    return botsCheck(bots, this.#fleet.faults.length > 0, isUnhedged)
  }

  #venues(): CheckStatus {
    if (this.#fleet.exchange.phase.kind !== 'running') return 'unhealthy'
    if (!this.#fleet.desks.areRunning) return 'unhealthy'
    const { accounts } = this.#fleet.deskWatch
    return accounts.every((account) => account.is_reconciled) ? 'healthy' : 'warning'
  }

  async #measureDisk(): Promise<void> {
    if (this.#isMeasuring) return
    this.#isMeasuring = true
    try {
      this.#disk = await diskOf(this.#fleet.parts.home.root)
    } finally {
      this.#isMeasuring = false
    }
  }
}

const DOWN: readonly InstanceState[] = ['stopped', 'quarantined', 'unreachable']

/**
 * A faulty file harms nothing that runs: what it describes runs on as before, or does not begin.
 * @param wanted instances that shall run; without `hasFile` their file is missing or faulty
 * @param isUnhedged a pair holds something on one leg alone for longer than it may
 */
export function botsCheck(
  wanted: readonly { readonly state: InstanceState; readonly hasFile: boolean }[],
  hasFaults: boolean,
  isUnhedged = false,
): CheckStatus {
  if (isUnhedged) return 'unhealthy'
  const isDown = wanted.some(
    ({ state, hasFile }) => DOWN.includes(state) && (hasFile || state !== 'stopped'),
  )
  if (isDown) return 'unhealthy'
  const isFine = wanted.every(({ state }) => state === 'running' || state === 'paused')
  return isFine && !hasFaults ? 'healthy' : 'warning'
}

async function diskOf(path: string): Promise<CheckStatus> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), TIMEOUT_MS).unref())
  const disk = await Promise.race([statfs(path).catch(() => null), late])
  if (disk === null || disk.blocks === 0) return 'warning'
  const used = 1 - disk.bavail / disk.blocks
  if (used > DISK_USED_UNHEALTHY) return 'unhealthy'
  return used > DISK_USED_WARNING ? 'warning' : 'healthy'
}
