/**
 * Lockstep on the desk's side: hands a step to the bots with its prices and knows when all have answered.
 * At free pace prices go out at once and there are no steps. See docs/concepts/clocks.md.
 */
import type { MarketEvent } from '../domain/market.ts'
import type { InstanceEntry } from './instance-entry.ts'

export class StepBarrier {
  readonly #entries: ReadonlyMap<string, InstanceEntry>
  #market: MarketEvent[] = []
  #step: { readonly step: number; readonly at: number } | null = null
  #isOpen = false
  /** In lockstep prices are handed out with their step only. */
  isLockstep = false

  constructor(entries: ReadonlyMap<string, InstanceEntry>) {
    this.#entries = entries
  }

  setPace(pace: 'free' | 'lockstep'): void {
    this.isLockstep = pace === 'lockstep'
  }

  /** Market time of the present step; null at free pace. */
  get at(): number | null {
    return this.#step?.at ?? null
  }

  onMarket(events: readonly MarketEvent[]): void {
    if (this.isLockstep) this.#market.push(...events)
    else for (const entry of this.#entries.values()) sendMarket(entry, events, null)
  }

  /** A step begins, or is told again after a reconnection; returns false when it is under way already. */
  open(step: number, at: number): boolean {
    if (this.#isOpen && this.#step?.step === step) return false
    this.#step = { step, at }
    this.#isOpen = true
    for (const entry of this.#entries.values()) entry.isStepAwaited = entry.override !== 'released'
    return true
  }

  /** An instance that comes in while a step is under way has to answer it too. */
  enter(entry: InstanceEntry): void {
    if (this.#isOpen) entry.isStepAwaited = entry.override !== 'released'
  }

  send(entry: InstanceEntry): void {
    if (!this.#isOpen || this.#step === null || entry.override === 'released') return
    sendMarket(entry, this.#market, this.#step.step)
    entry.link?.send({ type: 'step', step: this.#step.step, at: this.#step.at })
  }

  answered(entry: InstanceEntry, step: number | null): void {
    if (step !== null && this.#step?.step === step) entry.isStepAwaited = false
  }

  /** The connection is gone: the venue tells the step again, with its prices. */
  reset(): void {
    this.#isOpen = false
    this.#market = []
  }

  /** Closes the step when every bot has answered and no loop has anything to do; returns its number, else null. */
  close(): number | null {
    if (!this.#isOpen || this.#step === null) return null
    for (const entry of this.#entries.values())
      if (entry.isStepAwaited || entry.loop.hasWork()) return null
    this.#isOpen = false
    this.#market = []
    return this.#step.step
  }
}

function sendMarket(
  entry: InstanceEntry,
  events: readonly MarketEvent[],
  step: number | null,
): void {
  const own = events.filter((event) => event.instrument === entry.instrument.id)
  if (own.length > 0) entry.link?.send({ type: 'market', events: own, step })
}
