/** Machine time and timers, handed in so that tests can own them. Market time never comes from here. */
export interface Clock {
  /** Monotonic, ms with fraction; only differences mean something. */
  monotonicMs(): number
  /** Wall clock, ms since 1970 UTC: for logs, file names and deadlines that a venue checks. */
  wallMs(): number
  /** Calls back once after a delay of machine time; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void
  /** Calls back repeatedly; the returned function cancels. */
  every(intervalMs: number, callback: () => void): () => void
}
