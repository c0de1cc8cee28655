/**
 * Nonces ("Nonces and API wallets"): per signer the 100 highest are kept; a new one must be unused, above the lowest of a full
 * set, and within two days before and one day after the venue's clock. Orders carry theirs in the books, so that a restart
 * of the sandbox forgets none that an order has used.
 */
import type { SandboxAccount } from '../front.ts'

const KEPT = 100
const DAY_MS = 86_400_000
const REMEMBERED = 200

export class Nonces {
  readonly #used = new Map<string, Set<number>>()

  /** Why a nonce is refused; null = it may be used. */
  refusalOf(signer: string, nonce: number, wallMs: number, account: SandboxAccount): string | null {
    const used = this.#of(signer, account)
    if (used.has(nonce)) return `Invalid nonce: duplicate nonce ${nonce}`
    const least = used.size >= KEPT ? Math.min(...used) : 0
    const from = Math.max(least, wallMs - 2 * DAY_MS)
    if (nonce <= from) return `Invalid nonce: nonce too low ${nonce} < ${from}`
    const until = wallMs + DAY_MS
    return nonce >= until ? `Invalid nonce: nonce too high ${nonce} > ${until}` : null
  }

  use(signer: string, nonce: number, account: SandboxAccount): void {
    const used = this.#of(signer, account)
    used.add(nonce)
    if (used.size > KEPT) used.delete(Math.min(...used))
  }

  #of(signer: string, account: SandboxAccount): Set<number> {
    const known = this.#used.get(signer)
    if (known) return known
    const kept = new Set<number>()
    const recent = [...account.openOrders(), ...account.orderHistory({ limit: REMEMBERED })]
    for (const { extra } of recent) {
      if (extra['signer'] === signer) kept.add(Number(extra['nonce']))
    }
    const highest = [...kept].sort((a, b) => b - a).slice(0, KEPT)
    const used = new Set(highest)
    this.#used.set(signer, used)
    return used
  }
}
