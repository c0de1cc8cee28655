/** With whose money an instance trades. */

/** `sandbox`: a rehearsal of a real venue at the exchange of this home, over the venue's own wire protocol. */
export type TradingMode = 'paper' | 'testnet' | 'live' | 'sandbox'

export const tradingModes = ['paper', 'testnet', 'live', 'sandbox'] as const

/** The name of the desk process that speaks for an account: all paper accounts share one. */
export const deskNameOf = (mode: TradingMode, venue: string, account: string): string =>
  mode === 'paper' ? 'desk-paper' : `desk-${mode}-${venue}-${account}`

/** The account behind the name of a desk; null for the shared one, and for what is no desk. */
export function deskAccountOf(name: string): {
  readonly mode: Exclude<TradingMode, 'paper'>
  readonly venue: string
  readonly account: string
} | null {
  const [, mode, venue, account] = /^desk-(testnet|live|sandbox)-([^-]+)-(.+)$/.exec(name) ?? []
  if (venue === undefined || account === undefined) return null
  return { mode: mode as Exclude<TradingMode, 'paper'>, venue, account }
}
