/**
 * The vault as one JSON file (mode 0600): each entry under a data key of its own, each data key wrapped by the key of
 * the vault, which is derived from a passphrase by scrypt (RFC 7914; N 2^17, r 8, p 1) or given as 32 bytes.
 */
import { createHash, randomBytes, scrypt } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import {
  type Credentials,
  type Vault,
  type VaultEntry,
  VaultError,
  type VaultKey,
} from '../../ports/vault.ts'
import { type Sealed, seal, unseal } from './sealed.ts'

const VERSION = 1
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1_048_576 } as const
const CHECK = 'perpfleet vault'

type Derivation =
  | { readonly kind: 'scrypt'; readonly salt: string; readonly N: number; r: number; p: number }
  | { readonly kind: 'key' }

interface StoredEntry extends Omit<VaultEntry, 'name'> {
  readonly wrappedKey: Sealed
  readonly credentials: Sealed
}

interface StoredVault {
  readonly version: number
  readonly derivation: Derivation
  /** A known text: tells a wrong key before anything is opened. */
  readonly check: Sealed
  readonly entries: Readonly<Record<string, StoredEntry>>
}

export class VaultFile implements Vault {
  readonly #path: string
  readonly #now: () => number

  /** @param now wall ms */
  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
  }

  get exists(): boolean {
    return existsSync(this.#path)
  }

  list(): readonly VaultEntry[] {
    if (!this.exists) return []
    return Object.entries(this.#read().entries).map(([name, entry]) => viewOf(name, entry))
  }

  async open(name: string, key: VaultKey): Promise<Credentials> {
    const vault = this.exists ? this.#read() : null
    const entry = vault?.entries[name]
    if (vault === null || entry === undefined) throw this.#unknown(name)
    const master = await this.#unlock(vault, key)
    const dataKey = unseal(entry.wrappedKey, master, contextOf(name, entry.venue, 'key'))
    const text = dataKey && unseal(entry.credentials, dataKey, contextOf(name, entry.venue, 'data'))
    if (!text) throw this.#damaged(`its entry ${name} was changed`)
    return JSON.parse(text.toString('utf8')) as Credentials
  }

  async add(
    name: string,
    venue: string,
    credentials: Credentials,
    key: VaultKey,
  ): Promise<VaultEntry> {
    const before = this.exists ? this.#read() : null
    if (before !== null && Object.hasOwn(before.entries, name))
      throw new VaultError(
        'EXISTS',
        `the vault has an entry ${name} already: perpfleet keys remove ${name}, or take another name`,
      )
    const { vault, master } =
      before === null
        ? await emptyVault(key)
        : { vault: before, master: await this.#unlock(before, key) }
    const entry: StoredEntry = {
      venue,
      addedAt: new Date(this.#now()).toISOString(),
      ...publicPart(credentials),
      ...sealedEntry(name, venue, credentials, master),
    }
    this.#write({ ...vault, entries: { ...vault.entries, [name]: entry } })
    return viewOf(name, entry)
  }

  remove(name: string): void {
    const vault = this.exists ? this.#read() : null
    if (vault === null || !Object.hasOwn(vault.entries, name)) throw this.#unknown(name)
    const { [name]: _, ...entries } = vault.entries
    this.#write({ ...vault, entries })
  }

  async rotate(from: VaultKey, to: VaultKey): Promise<number> {
    const before = this.exists ? this.#read() : null
    if (before === null)
      throw new VaultError('NOT_FOUND', 'there is no vault here yet: perpfleet keys add makes one')
    const names = Object.keys(before.entries)
    const opened = new Map<string, Credentials>()
    for (const name of names) opened.set(name, await this.open(name, from))
    if (names.length === 0) await this.#unlock(before, from)
    const { vault, master } = await emptyVault(to)
    const entries = Object.fromEntries(
      Object.entries(before.entries).map(([name, entry]) => [
        name,
        { ...entry, ...sealedEntry(name, entry.venue, opened.get(name) ?? {}, master) },
      ]),
    )
    this.#write({ ...vault, entries })
    return names.length
  }

  async #unlock(vault: StoredVault, key: VaultKey): Promise<Uint8Array> {
    const master = await masterOf(vault.derivation, key)
    if (master !== null && unseal(vault.check, master, CHECK) !== null) return master
    const what = vault.derivation.kind === 'key' ? 'key' : 'passphrase'
    throw new VaultError(
      'WRONG_KEY',
      `the vault does not open: its ${what} is another one (PERPFLEET_VAULT_PASSPHRASE, PERPFLEET_VAULT_KEY, or the systemd credential perpfleet-vault-key)`,
    )
  }

  #read(): StoredVault {
    if ((statSync(this.#path).mode & 0o077) !== 0)
      throw new VaultError(
        'PERMISSION',
        `${this.#path} can be read by others: chmod 600 ${this.#path}, and replace the keys at the venue`,
      )
    try {
      const vault = JSON.parse(readFileSync(this.#path, 'utf8')) as StoredVault
      if (vault.version !== VERSION || typeof vault.entries !== 'object') throw new Error('form')
      return vault
    } catch {
      throw this.#damaged('it cannot be read')
    }
  }

  /** Whole or not at all, and on disk before it is told. */
  #write(vault: StoredVault): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    const next = `${this.#path}.next`
    const file = openSync(next, 'w', 0o600)
    try {
      writeSync(file, `${JSON.stringify(vault, null, 2)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    chmodSync(next, 0o600)
    renameSync(next, this.#path)
  }

  #damaged(why: string): VaultError {
    return new VaultError(
      'DAMAGED',
      `the vault ${this.#path} is damaged, ${why}: put a copy of before back, or remove it and add the keys anew`,
    )
  }

  #unknown(name: string): VaultError {
    const names = this.list().map((one) => one.name)
    const known = names.length === 0 ? 'it is empty' : `it has ${names.join(', ')}`
    return new VaultError(
      'NOT_FOUND',
      `the vault has no entry ${name}, ${known}: perpfleet keys add ${name}`,
    )
  }
}

const contextOf = (name: string, venue: string, part: 'key' | 'data'): string =>
  `perpfleet-vault:${VERSION}:${venue}:${name}:${part}`

const viewOf = (
  name: string,
  { venue, addedAt, fingerprint, ending }: StoredEntry,
): VaultEntry => ({ name, venue, addedAt, fingerprint, ending })

function publicPart(credentials: Credentials): Pick<VaultEntry, 'fingerprint' | 'ending'> {
  const shown = credentials['api_key'] ?? credentials['wallet_address'] ?? ''
  const hash = createHash('sha256').update(shown).digest('hex')
  return { fingerprint: hash.slice(0, 12), ending: shown.slice(-4) }
}

function sealedEntry(name: string, venue: string, credentials: Credentials, master: Uint8Array) {
  const dataKey = randomBytes(32)
  const text = Buffer.from(JSON.stringify(credentials), 'utf8')
  return {
    wrappedKey: seal(dataKey, master, contextOf(name, venue, 'key')),
    credentials: seal(text, dataKey, contextOf(name, venue, 'data')),
  }
}

async function emptyVault(
  key: VaultKey,
): Promise<{ readonly vault: StoredVault; readonly master: Uint8Array }> {
  const { N, r, p } = SCRYPT
  const derivation: Derivation =
    key.kind === 'key'
      ? { kind: 'key' }
      : { kind: 'scrypt', salt: randomBytes(16).toString('base64'), N, r, p }
  const master = await masterOf(derivation, key)
  if (master === null) throw new VaultError('WRONG_KEY', 'a key of a vault has 32 bytes')
  const check = seal(Buffer.from(CHECK), master, CHECK)
  return { vault: { version: VERSION, derivation, check, entries: {} }, master }
}

/** @returns null when the vault wants a key of the other kind */
function masterOf(derivation: Derivation, key: VaultKey): Promise<Uint8Array | null> {
  if (derivation.kind === 'key')
    return Promise.resolve(key.kind === 'key' && key.bytes.length === 32 ? key.bytes : null)
  if (key.kind !== 'passphrase') return Promise.resolve(null)
  const { N, r, p } = derivation
  return new Promise((resolve, reject) => {
    scrypt(
      key.text.normalize('NFKC'),
      Buffer.from(derivation.salt, 'base64'),
      32,
      { N, r, p, maxmem: SCRYPT.maxmem },
      (error, bytes) => (error ? reject(error) : resolve(bytes)),
    )
  })
}
