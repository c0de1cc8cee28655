/** Aster's dead-man switch: per account and symbol, on the wall clock. Lost when the exchange starts anew, as the venue's may be. */
import type { InstrumentId } from '../../../domain/instrument.ts'
import type { SandboxBackend } from '../front.ts'

interface Countdown {
  readonly account: string
  readonly instrument: InstrumentId
  readonly endsAt: number
}

export class Countdowns {
  readonly #backend: SandboxBackend
  readonly #running = new Map<string, Countdown>()

  constructor(backend: SandboxBackend) {
    this.#backend = backend
  }

  /** @param spanMs 0 = lift it */
  set(account: string, instrument: InstrumentId, spanMs: number): void {
    const key = `${account} ${instrument}`
    if (spanMs === 0) this.#running.delete(key)
    else this.#running.set(key, { account, instrument, endsAt: this.#backend.wallMs() + spanMs })
  }

  /** Cancels what has run out. */
  check(): void {
    const now = this.#backend.wallMs()
    for (const [key, { account, instrument, endsAt }] of this.#running) {
      if (endsAt > now) continue
      this.#running.delete(key)
      const found = this.#backend.accounts().find((one) => one.name === account)
      found?.cancel(found.openOrders(instrument).map(({ id }) => ({ id })))
    }
  }
}
