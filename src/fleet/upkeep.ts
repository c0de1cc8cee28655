/** What the fleet does beside supervision: removes old logs, keeps the output of processes within its size. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Fleet } from './fleet.ts'
import { dayName } from './home.ts'
import { cleanLogs, type LogFolder } from './log-cleanup.ts'
import { EXCHANGE, SCANNER } from './services.ts'
import { WallWatch } from './wall-watch.ts'

/** Of the logs that belong to no instance (`logging.*`). */
export interface SharedLogs {
  readonly retentionDays: number
  readonly sizeMaxBytes: number
}

interface Kept extends LogFolder {
  readonly intervalMs: number
  readonly outputs: readonly string[]
  readonly sizeMaxBytes: number
}

const SHARED_INTERVAL_MS = 86_400_000
const CLEANUP_LOOK_MS = 30_000
const OUTPUT_LOOK_MS = 2000
const TAIL_BYTES = 65_536

export class Upkeep {
  readonly #fleet: Fleet
  readonly #shared: SharedLogs
  readonly #wall: WallWatch
  readonly #cleanedAt = new Map<string, number>()
  readonly #cancels: (() => void)[]

  constructor(fleet: Fleet, shared: SharedLogs) {
    this.#fleet = fleet
    this.#shared = shared
    const { clock } = fleet.parts.tools
    this.#wall = new WallWatch(clock)
    this.#cancels = [
      clock.every(CLEANUP_LOOK_MS, () => this.clean()),
      clock.every(OUTPUT_LOOK_MS, () => this.limitOutput()),
    ]
  }

  close(): void {
    for (const cancel of this.#cancels) cancel()
  }

  /** Removes old logs of whoever's interval is over. @returns the removed folders */
  clean(): string[] {
    const { clock, host, logger } = this.#fleet.parts.tools
    const jump = this.#wall.look()
    if (jump !== 0) {
      const text = `the clock was set by ${Math.round(jump / 1000)} s: no log is removed for a day`
      logger.warn('upkeep', text)
    }
    if (!this.#wall.isTrusted) return []
    const now = clock.monotonicMs()
    const today = this.#day(clock.wallMs())
    return this.#folders().flatMap((one) => {
      if (now - (this.#cleanedAt.get(one.folder) ?? Number.NEGATIVE_INFINITY) < one.intervalMs)
        return []
      this.#cleanedAt.set(one.folder, now)
      try {
        const removed = cleanLogs(one, today, (folder) => host.openFiles(folder))
        for (const folder of removed) logger.info('upkeep', 'old logs removed', { folder })
        return removed
      } catch (error) {
        logger.error('upkeep', `old logs of ${one.folder} were not removed: ${textOf(error)}`)
        return []
      }
    })
  }

  /** Output of processes is written by the system: a file beyond the greatest size is cut to its end. */
  limitOutput(): void {
    const { logger } = this.#fleet.parts.tools
    for (const { outputs, sizeMaxBytes } of this.#folders()) {
      for (const path of outputs) {
        try {
          const cut = cutToEnd(path, sizeMaxBytes)
          if (cut > 0) logger.warn('upkeep', 'output was cut', { file: path, bytes: cut })
        } catch (error) {
          logger.error('upkeep', `${path} could not be cut: ${textOf(error)}`)
        }
      }
    }
  }

  #folders(): Kept[] {
    const { desks, exchange, parts, scanner, units } = this.#fleet
    const { retentionDays, sizeMaxBytes } = this.#shared
    const shared = { retentionDays, sizeMaxBytes, intervalMs: SHARED_INTERVAL_MS }
    const ofService = (name: string, startedWallMs: number | null): Kept => ({
      ...shared,
      ...this.#place(parts.home.logs(name), name, startedWallMs),
    })
    const ofUnits = [...units.values()].map(({ config, logDir, process }) => ({
      retentionDays: config?.log.retentionDays ?? retentionDays,
      sizeMaxBytes: config?.log.sizeMaxBytes ?? sizeMaxBytes,
      intervalMs: config?.log.cleanupIntervalMs ?? SHARED_INTERVAL_MS,
      ...this.#place(logDir, 'bot', process.startedWallMs),
    }))
    return [
      ofService('control', null),
      ...desks.all.map(({ kept, startedWallMs }) => ofService(kept.name, startedWallMs)),
      ofService(EXCHANGE, exchange.startedWallMs),
      ofService(SCANNER, scanner.process.startedWallMs),
      ...ofUnits,
    ]
  }

  #place(folder: string, name: string, startedWallMs: number | null) {
    const startedOn = startedWallMs === null ? null : this.#day(startedWallMs)
    const outputs =
      startedOn === null
        ? []
        : ['stdout', 'stderr'].map((stream) => join(folder, startedOn, `${name}_${stream}.log`))
    return { folder, startedOn, outputs }
  }

  #day(wallMs: number): string {
    return dayName(wallMs, this.#fleet.parts.service.log.timeZone)
  }
}

/**
 * Keeps the last 64 KiB of a file that has grown too large; its writer appends and goes on behind them.
 * @returns the bytes that were cut away, 0 = none
 */
export function cutToEnd(path: string, sizeMaxBytes: number): number {
  let file: number
  try {
    file = openSync(path, 'r+')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
  try {
    const { size } = fstatSync(file)
    if (size <= sizeMaxBytes) return 0
    const tail = Buffer.alloc(Math.min(TAIL_BYTES, sizeMaxBytes))
    const count = readSync(file, tail, 0, tail.length, size - tail.length)
    ftruncateSync(file, 0)
    writeSync(file, tail, 0, count, 0)
    return size - count
  } finally {
    closeSync(file)
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
