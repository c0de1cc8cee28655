/**
 * Memory and processor time of one process against its limits. A limit is passed when it is passed for a while: a
 * collection of garbage or a busy moment is none. Pure; times are machine time (monotonic), ms.
 */
import type { ProcessUsage } from '../ports/process-host.ts'

export interface UsageLimits {
  /** Resident memory. */
  readonly memoryBytes: number
  /** Of one core. */
  readonly cpuPercent: number
}

/** Memory above the limit in every sample of this time. */
export const MEMORY_OVER_MS = 5000
/** Processor time is averaged over this time: a start takes a second or two of it, a loop takes all. */
export const CPU_WINDOW_MS = 20_000
const SAMPLE_MS = 1000
const MEBIBYTE = 1_048_576

interface Sample {
  readonly at: number
  readonly cpuSeconds: number
}

export class UsageWatch {
  #samples: Sample[] = []
  #memoryOverSince: number | null = null
  #sampledAt = Number.NEGATIVE_INFINITY

  /** A new process: nothing of the one before counts. */
  reset(): void {
    this.#samples = []
    this.#memoryOverSince = null
    this.#sampledAt = Number.NEGATIVE_INFINITY
  }

  /** Whether the next sample is due; a sample costs three small reads. */
  isDue(now: number): boolean {
    return now - this.#sampledAt >= SAMPLE_MS
  }

  /** @returns which limit has been passed for too long, as the end of a sentence; null = none */
  take(now: number, usage: ProcessUsage, limits: UsageLimits): string | null {
    this.#sampledAt = now
    return this.#memory(now, usage, limits) ?? this.#cpu(now, usage, limits)
  }

  #memory(now: number, usage: ProcessUsage, limits: UsageLimits): string | null {
    if (usage.memoryBytes <= limits.memoryBytes) this.#memoryOverSince = null
    else this.#memoryOverSince ??= now
    if (this.#memoryOverSince === null || now - this.#memoryOverSince < MEMORY_OVER_MS) return null
    const [used, limit] = [usage.memoryBytes, limits.memoryBytes].map((bytes) =>
      Math.round(bytes / MEBIBYTE),
    )
    return `used ${used} MB of memory for ${MEMORY_OVER_MS / 1000} s, memory_limit_mb is ${limit}`
  }

  #cpu(now: number, usage: ProcessUsage, limits: UsageLimits): string | null {
    // The newest sample that is at least a window old is the base; older ones are of no use.
    while (now - (this.#samples[1]?.at ?? now) >= CPU_WINDOW_MS) this.#samples.shift()
    const base = this.#samples[0]
    this.#samples.push({ at: now, cpuSeconds: usage.cpuSeconds })
    if (base === undefined || now - base.at < CPU_WINDOW_MS) return null
    const percent = ((usage.cpuSeconds - base.cpuSeconds) / ((now - base.at) / 1000)) * 100
    if (percent <= limits.cpuPercent) return null
    const spanS = Math.round((now - base.at) / 1000)
    return `used ${Math.round(percent)} % of a core for ${spanS} s, cpu_limit_percent is ${limits.cpuPercent}`
  }
}
