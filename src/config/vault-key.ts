/** Where the key of the vault comes from: a systemd credential, else the environment. Never from a file of the home. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VaultKey } from '../domain/vault-key.ts'
import { type Environment, processEnvironment } from './process-environment.ts'

/** Name of the credential in a systemd unit: `LoadCredentialEncrypted=perpfleet-vault-key`. */
export const VAULT_CREDENTIAL = 'perpfleet-vault-key'

/** What a desk inherits so that it can open the vault by itself; bots never do. */
export function vaultEnvironment(
  environment: Environment = processEnvironment(),
): Record<string, string> {
  const names = ['CREDENTIALS_DIRECTORY', 'PERPFLEET_VAULT_KEY', 'PERPFLEET_VAULT_PASSPHRASE']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
}

/**
 * @returns null when nothing names a key
 * @throws RangeError with one sentence when what is named is none
 */
export function vaultKey(environment: Environment = processEnvironment()): VaultKey | null {
  const folder = environment['CREDENTIALS_DIRECTORY'] || null
  const credential = folder === null ? null : readOrNull(join(folder, VAULT_CREDENTIAL))
  if (credential !== null) return ofCredential(credential)
  const key = environment['PERPFLEET_VAULT_KEY'] || null
  if (key !== null) return { kind: 'key', bytes: keyBytes(key, 'PERPFLEET_VAULT_KEY') }
  const text = environment['PERPFLEET_VAULT_PASSPHRASE'] || null
  return text === null ? null : { kind: 'passphrase', text }
}

/** 32 bytes as base64 are a key; anything else is a passphrase. */
function ofCredential(text: string): VaultKey {
  const bytes = Buffer.from(text, 'base64')
  const isKey = bytes.length === 32 && bytes.toString('base64') === text
  return isKey ? { kind: 'key', bytes } : { kind: 'passphrase', text }
}

function keyBytes(text: string, name: string): Uint8Array {
  const bytes = Buffer.from(text.trim(), 'base64')
  if (bytes.length === 32) return bytes
  throw new RangeError(
    `${name} must be 32 bytes as base64, found ${bytes.length}: openssl rand -base64 32 makes one`,
  )
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
