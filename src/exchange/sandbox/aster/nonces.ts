/**
 * Aster's nonce rule: microseconds, at most 10 s from the venue's clock, each once, the newest hundred of a user are kept
 * ("V3 Nonce Mechanism"). The documents name one code for all of it: -4225.
 */
import { AsterRefusal } from './refusal.ts'

const KEPT_MAX = 100
const TOLERANCE_US = 10_000_000n

export class Nonces {
  /** By user, ascending. */
  readonly #kept = new Map<string, bigint[]>()

  /** Takes up nonces that orders have used before a restart. */
  restore(user: string, nonces: readonly string[]): void {
    const values = nonces.filter((one) => /^\d{1,20}$/.test(one)).map(BigInt)
    const kept = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1)).slice(-KEPT_MAX)
    this.#kept.set(user, kept)
  }

  /** Takes a nonce. @throws AsterRefusal when it is malformed, too far from the clock, used, or below the hundred kept */
  take(user: string, nonce: string, wallMs: number): void {
    if (!/^\d{1,20}$/.test(nonce)) throw malformed
    const value = BigInt(nonce)
    const distance = value - BigInt(Math.trunc(wallMs)) * 1000n
    if (distance > TOLERANCE_US || distance < -TOLERANCE_US) throw new AsterRefusal('-4225')
    const kept = this.#kept.get(user) ?? []
    this.#kept.set(user, kept)
    const at = placeOf(kept, value)
    if (kept[at] === value) throw new AsterRefusal('-4225')
    if (kept.length >= KEPT_MAX) {
      if (at === 0) throw new AsterRefusal('-4225')
      kept.splice(at, 0, value)
      kept.shift()
    } else kept.splice(at, 0, value)
  }
}

const malformed = new AsterRefusal(
  '-1102',
  "Mandatory parameter 'nonce' was not sent, was empty/null, or malformed.",
)

/** Where a value stands or belongs in an ascending list. */
function placeOf(list: readonly bigint[], value: bigint): number {
  let at = list.length
  while (at > 0 && (list[at - 1] ?? 0n) >= value) at -= 1
  return at
}
