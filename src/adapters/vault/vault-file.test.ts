import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { VaultError, type VaultKey } from '../../ports/vault.ts'
import { seal, unseal } from './sealed.ts'
import { VaultFile } from './vault-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'vault-'))
after(() => rmSync(folder, { recursive: true }))

const key: VaultKey = { kind: 'key', bytes: new Uint8Array(32).fill(7) }
const credentials = {
  api_key: 'public-ABCD',
  secret_key: 'canary-secret',
  passphrase: 'canary-pass',
}
let files = 0
const newVault = () => {
  const path = join(folder, `vault-${++files}.json`)
  return { path, vault: new VaultFile(path, () => Date.UTC(2026, 10, 21)) }
}
const fails = (code: string) => (error: unknown) =>
  error instanceof VaultError && error.code === code

describe('the vault', () => {
  test('gives back what was put in, and shows only what is public', async () => {
    const { path, vault } = newVault()
    const entry = await vault.add('okx-main', 'okx', credentials, key)
    assert.deepEqual(vault.list(), [entry])
    assert.deepEqual(await vault.open('okx-main', key), credentials)
    assert.equal(entry.ending, 'ABCD')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const text = readFileSync(path, 'utf8')
    for (const secret of ['canary', 'public-', Buffer.from('canary-secret').toString('base64')])
      assert.ok(!text.includes(secret), secret)
  })

  test('opens with a passphrase, and not with another one', async () => {
    const { vault } = newVault()
    const right: VaultKey = { kind: 'passphrase', text: 'correct horse' }
    await vault.add('one', 'okx', credentials, right)
    assert.deepEqual(await vault.open('one', right), credentials)
    await assert.rejects(vault.open('one', { ...right, text: 'wrong' }), fails('WRONG_KEY'))
    await assert.rejects(vault.open('one', key), fails('WRONG_KEY'))
    await assert.rejects(vault.add('two', 'okx', credentials, key), fails('WRONG_KEY'))
  })

  test('an entry put in the place of another does not open', async () => {
    const { path, vault } = newVault()
    await vault.add('small', 'okx', credentials, key)
    await vault.add('large', 'okx', { ...credentials, api_key: 'other' }, key)
    const stored = JSON.parse(readFileSync(path, 'utf8'))
    stored.entries.small = stored.entries.large
    writeFileSync(path, JSON.stringify(stored))
    await assert.rejects(vault.open('small', key), fails('DAMAGED'))
    assert.equal((await vault.open('large', key))['api_key'], 'other')
  })

  test('any changed byte of what is sealed is noticed', () => {
    const sealed = seal(Buffer.from('text'), key.bytes, 'context')
    assert.equal(unseal(sealed, key.bytes, 'context')?.toString(), 'text')
    assert.equal(unseal(sealed, key.bytes, 'other context'), null)
    for (const part of ['nonce', 'tag', 'data'] as const) {
      const bytes = Buffer.from(sealed[part], 'base64')
      for (let i = 0; i < bytes.length; i++) {
        const changed = Buffer.from(bytes)
        changed[i] = (changed[i] ?? 0) ^ 1
        assert.equal(
          unseal({ ...sealed, [part]: changed.toString('base64') }, key.bytes, 'context'),
          null,
        )
      }
      const short = bytes.subarray(0, bytes.length - 1).toString('base64')
      assert.equal(unseal({ ...sealed, [part]: short }, key.bytes, 'context'), null)
    }
  })

  test('rotation needs the old key and leaves nothing that it opens', async () => {
    const { path, vault } = newVault()
    await vault.add('one', 'okx', credentials, key)
    await vault.add('two', 'aster', credentials, key)
    const before = JSON.parse(readFileSync(path, 'utf8'))
    const next: VaultKey = { kind: 'key', bytes: new Uint8Array(32).fill(9) }
    await assert.rejects(vault.rotate(next, key), fails('WRONG_KEY'))
    assert.equal(await vault.rotate(key, next), 2)
    assert.deepEqual(await vault.open('two', next), credentials)
    await assert.rejects(vault.open('one', key), fails('WRONG_KEY'))
    const after = JSON.parse(readFileSync(path, 'utf8'))
    assert.notEqual(after.entries.one.credentials.data, before.entries.one.credentials.data)
  })

  test('a file that others can read is refused, a name twice and an unknown one too', async () => {
    const { path, vault } = newVault()
    await vault.add('one', 'okx', credentials, key)
    await assert.rejects(vault.add('one', 'okx', credentials, key), fails('EXISTS'))
    await assert.rejects(vault.open('none', key), fails('NOT_FOUND'))
    vault.remove('one')
    assert.throws(() => vault.remove('one'), fails('NOT_FOUND'))
    chmodSync(path, 0o644)
    assert.throws(() => vault.list(), fails('PERMISSION'))
    writeFileSync(path, '{', { mode: 0o600 })
    chmodSync(path, 0o600)
    assert.throws(() => vault.list(), fails('DAMAGED'))
  })

  test('refusals never hold what is secret', async () => {
    const { vault } = newVault()
    await vault.add('one', 'okx', credentials, { kind: 'passphrase', text: 'canary-words' })
    const errors = await Promise.all([
      vault.open('one', { kind: 'passphrase', text: 'canary-other' }).catch(String),
      vault.add('one', 'okx', credentials, key).catch(String),
    ])
    assert.ok(errors.every((text) => !String(text).includes('canary')))
  })
})
