/** Sums of closed round trips, kept one by one: a sweep of thousands of runs keeps no lists. */

/** What a closed round trip came to; money in 1e-8. */
export interface RoundTrip {
  readonly openedAt: number
  readonly closedAt: number
  /** After its fees; funding is not part of a trip. */
  readonly net: number
}

/** Below this share of the size of the results they do not differ. */
const EPSILON = 1e-9

export class TradeSums {
  count = 0
  wins = 0
  losses = 0
  /** Sum of the wins. */
  won = 0
  /** Sum of the losses, positive. */
  lost = 0
  best = 0
  worst = 0
  heldMs = 0
  heldMsMax = 0
  winsInARowMax = 0
  lossesInARowMax = 0
  #winsInARow = 0
  #lossesInARow = 0
  #mean = 0
  /** Sum of squared deviations from the mean so far (Welford, 1962: no catastrophic cancellation). */
  #squares = 0

  /** Times in ms, the result in 1e-8 after fees; in the order of closing. */
  add(openedAt: number, closedAt: number, net: number): void {
    this.count += 1
    this.best = this.count === 1 ? net : Math.max(this.best, net)
    this.worst = this.count === 1 ? net : Math.min(this.worst, net)
    const held = closedAt - openedAt
    this.heldMs += held
    this.heldMsMax = Math.max(this.heldMsMax, held)
    this.#addRow(net)
    const before = net - this.#mean
    this.#mean += before / this.count
    this.#squares += before * (net - this.#mean)
  }

  #addRow(net: number): void {
    if (net > 0) {
      this.wins += 1
      this.won += net
    } else if (net < 0) {
      this.losses += 1
      this.lost -= net
    }
    this.#winsInARow = net > 0 ? this.#winsInARow + 1 : 0
    this.#lossesInARow = net < 0 ? this.#lossesInARow + 1 : 0
    this.winsInARowMax = Math.max(this.winsInARowMax, this.#winsInARow)
    this.lossesInARowMax = Math.max(this.lossesInARowMax, this.#lossesInARow)
  }

  /** Standard deviation (N − 1) of the results; null when they do not differ. */
  get spread(): number | null {
    if (this.count < 2) return null
    const spread = Math.sqrt(this.#squares / (this.count - 1))
    const size = Math.max(Math.abs(this.best), Math.abs(this.worst))
    return spread > size * EPSILON ? spread : null
  }
}
