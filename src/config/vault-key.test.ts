import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { vaultEnvironment, vaultKey } from './vault-key.ts'

const bytes = Buffer.alloc(32, 5)

test('the key of the vault: a systemd credential, else a key, else a passphrase, else none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'credential-'))
  try {
    const all = {
      CREDENTIALS_DIRECTORY: folder,
      PERPFLEET_VAULT_KEY: bytes.toString('base64'),
      PERPFLEET_VAULT_PASSPHRASE: 'words',
    }
    assert.deepEqual(vaultKey(all), { kind: 'key', bytes })
    writeFileSync(join(folder, 'perpfleet-vault-key'), 'a passphrase of systemd\n')
    assert.deepEqual(vaultKey(all), { kind: 'passphrase', text: 'a passphrase of systemd' })
    writeFileSync(join(folder, 'perpfleet-vault-key'), bytes.toString('base64'))
    assert.deepEqual(vaultKey(all), { kind: 'key', bytes })
    assert.deepEqual(vaultEnvironment({ ...all, OTHER: 'x' }), all)
  } finally {
    rmSync(folder, { recursive: true })
  }
  assert.deepEqual(vaultKey({ PERPFLEET_VAULT_PASSPHRASE: 'words' }), {
    kind: 'passphrase',
    text: 'words',
  })
  assert.equal(vaultKey({ PERPFLEET_VAULT_KEY: '' }), null)
})

test('a key of another length is refused without being shown', () => {
  assert.throws(
    () => vaultKey({ PERPFLEET_VAULT_KEY: 'c2hvcnQ=' }),
    /PERPFLEET_VAULT_KEY must be 32 bytes as base64, found 5: openssl rand -base64 32 makes one/,
  )
})
