import assert from 'node:assert/strict'
import { test } from 'node:test'
import { credentialForm, hasForm } from './credential-form.ts'

const isRight = (venue: string, name: string, text: string): boolean =>
  hasForm(credentialForm(venue, name), text)

const bytes = (count: number): string => Buffer.alloc(count, 200).toString('base64')
const address = `0x${'aB'.repeat(20)}`
const key = 'c1'.repeat(32)

test('what each venue asks for is recognised, and what was copied in part is not', () => {
  for (const name of ['api_key', 'secret_key', 'passphrase']) {
    assert.ok(isRight('okx', name, 'a b'))
    assert.ok(!isRight('okx', name, ' '))
  }
  for (const venue of ['hyperliquid', 'aster']) {
    assert.ok(isRight(venue, 'wallet_address', address))
    for (const wrong of ['', address.slice(2), address.slice(0, -1), `${address}0`, `0x${key}`])
      assert.ok(!isRight(venue, 'wallet_address', wrong), wrong)
    for (const right of [key, `0x${key}`, key.toUpperCase()])
      assert.ok(isRight(venue, 'private_key', right), right)
    for (const wrong of [
      '',
      key.slice(1),
      `0x${key}0`,
      `g${key.slice(1)}`,
      '0'.repeat(64),
      address,
    ])
      assert.ok(!isRight(venue, 'private_key', wrong), wrong)
  }
  assert.ok(isRight('backpack', 'api_key', bytes(32)))
  assert.ok(isRight('backpack', 'secret_key', bytes(32)))
  assert.ok(isRight('backpack', 'secret_key', bytes(64)), 'seed and verifying key')
  for (const count of [0, 31, 33, 64]) assert.ok(!isRight('backpack', 'api_key', bytes(count)))
  for (const count of [0, 31, 33, 63]) assert.ok(!isRight('backpack', 'secret_key', bytes(count)))
  assert.ok(!isRight('backpack', 'secret_key', `-${bytes(32).slice(1)}`))
  assert.ok(isRight('kraken', 'api_key', 'anything'), 'of others nothing is known')
})
