/** Machine time that a test moves by hand; timers fire in order of time, promises settle in between. */
import type { Clock } from '../../src/ports/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  #timers: Timer[] = []

  monotonicMs(): number {
    return this.#now
  }
  wallMs(): number {
    return 1_700_000_000_000 + this.#now
  }
  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }
  every(intervalMs: number, callback: () => void): () => void {
    let cancel: () => void = () => {}
    const again = (): void => {
      cancel = this.after(intervalMs, () => {
        again()
        callback()
      })
    }
    again()
    return () => cancel()
  }

  /** Forgets every timer: what a killed process would have done never happens. */
  forget(): void {
    this.#timers = []
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort(byTime)[0]
      if (!next) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await settle()
    }
    this.#now = end
  }
}

const byTime = (a: Timer, b: Timer): number => a.at - b.at || a.order - b.order

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve()
}
