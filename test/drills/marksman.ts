/**
 * A thread that kills a desk between the commit of an intent and its way to the exchange: it watches the journals' logs
 * without a pause and sends the SIGKILL when the commit frame of a new intent has been written.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { lastCounter, WalTail } from './wal-tail.ts'

export interface Shot {
  readonly pid: number
  readonly timeoutMs: number
  readonly journals: readonly {
    readonly path: string
    /** Client ids of this epoch begin so. */
    readonly prefix: string
    /** Counter of the last id that is known, -1 = none. */
    readonly last: number
  }[]
}

export interface ShotResult {
  readonly isFired: boolean
  readonly journal: string | null
}

function watch({ pid, timeoutMs, journals }: Shot): ShotResult {
  const tails = journals.map(({ path, prefix, last }) => {
    const tail = new WalTail(`${path}-wal`)
    // What was committed since the harness has looked is old as well.
    return { path, prefix, tail, last: Math.max(last, lastCounter(tail.take(), prefix)) }
  })
  const end = performance.now() + timeoutMs
  while (performance.now() < end) {
    for (const { path, prefix, last, tail } of tails) {
      const pages = tail.take()
      if (pages.length === 0 || lastCounter(pages, prefix) <= last) continue
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        return { isFired: false, journal: null }
      }
      return { isFired: true, journal: path }
    }
  }
  return { isFired: false, journal: null }
}

parentPort?.postMessage(watch(workerData as Shot))
