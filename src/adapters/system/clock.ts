/** The clock of the machine. */
import type { Clock } from '../../ports/clock.ts'

export class SystemClock implements Clock {
  monotonicMs(): number {
    return performance.now()
  }

  wallMs(): number {
    return Date.now()
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  }

  every(intervalMs: number, callback: () => void): () => void {
    const timer = setInterval(callback, intervalMs)
    return () => clearInterval(timer)
  }
}
