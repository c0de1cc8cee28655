/** Keys of venue accounts, encrypted at rest. What is opened stays in the memory of the one who opened it. */
import type { VaultKey } from '../domain/vault-key.ts'

export type { VaultKey }

/** Names as in exchange_config: api_key, secret_key, passphrase, wallet_address, private_key. */
export type Credentials = Readonly<Record<string, string>>

/** What may be shown of an entry. */
export interface VaultEntry {
  readonly name: string
  readonly venue: string
  /** ISO 8601. */
  readonly addedAt: string
  /** First 12 hex digits of SHA-256 of the public part: tells two keys apart, tells nothing of either. */
  readonly fingerprint: string
  /** Last four characters of the public part (API key, wallet address). */
  readonly ending: string
}

/** Every method that needs the key throws VaultError when it is another one. */
export interface Vault {
  readonly exists: boolean
  /** Needs no key. */
  list(): readonly VaultEntry[]
  open(name: string, key: VaultKey): Promise<Credentials>
  /** @throws VaultError `EXISTS` */
  add(name: string, venue: string, credentials: Credentials, key: VaultKey): Promise<VaultEntry>
  /** Needs no key. @throws VaultError `NOT_FOUND` */
  remove(name: string): void
  /** Encrypts every entry anew, under new data keys and another key. */
  rotate(from: VaultKey, to: VaultKey): Promise<number>
}

export type VaultFault = 'NOT_FOUND' | 'EXISTS' | 'WRONG_KEY' | 'DAMAGED' | 'PERMISSION'

/** One sentence; never holds what is secret. */
export class VaultError extends Error {
  override readonly name = 'VaultError'
  readonly code: VaultFault
  constructor(code: VaultFault, text: string) {
    super(text)
    this.code = code
  }
}
