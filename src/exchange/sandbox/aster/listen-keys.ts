/** Keys of user streams: one per account, good for an hour on the wall clock, prolonged by PUT. Lost at a restart. */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { SandboxBackend } from '../front.ts'
import { AsterRefusal } from './refusal.ts'

const LIFE_MS = 60 * 60_000

interface ListenKey {
  readonly account: string
  readonly key: string
  readonly endsAt: number
}

export class ListenKeys {
  readonly #backend: SandboxBackend
  readonly #keys = new Map<string, ListenKey>()

  constructor(backend: SandboxBackend) {
    this.#backend = backend
  }

  /** The key that is good now, prolonged; or a new one. */
  open(account: string): string {
    const now = this.#backend.wallMs()
    const known = this.#keys.get(account)
    const key =
      known !== undefined && known.endsAt > now
        ? known.key
        : bytesToHex(keccak_256(utf8ToBytes(`${account} ${now} listen`)))
    this.#keys.set(account, { account, key, endsAt: now + LIFE_MS })
    return key
  }

  /** @throws AsterRefusal -1125 when there is none, or none any more */
  prolong(account: string): void {
    const known = this.#keys.get(account)
    const now = this.#backend.wallMs()
    if (known === undefined || known.endsAt <= now) throw new AsterRefusal('-1125')
    this.#keys.set(account, { ...known, endsAt: now + LIFE_MS })
  }

  /** The key that was given up; null = there was none. */
  close(account: string): string | null {
    const known = this.#keys.get(account)
    this.#keys.delete(account)
    return known?.key ?? null
  }

  /** Whose key this is; null = nobody's, or no longer. */
  accountOf(key: string): string | null {
    for (const one of this.#keys.values()) {
      if (one.key === key && one.endsAt > this.#backend.wallMs()) return one.account
    }
    return null
  }

  /** Keys that have run out since the last call. */
  takeExpired(): readonly string[] {
    const now = this.#backend.wallMs()
    const expired = [...this.#keys.values()].filter((one) => one.endsAt <= now)
    for (const one of expired) this.#keys.delete(one.account)
    return expired.map((one) => one.key)
  }
}
