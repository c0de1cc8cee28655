import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shown } from './fault.ts'
import { changedSecrets, maskedText } from './secrets.ts'

const json = `// key s3cret-value, do not show
{
  "metadata": { "name": "s3", "exchange": "okx" },
  "daemon_config": {
    "environment": { "DB_PASSWORD": "hunter2", "PLAIN": "visible" },
    "bot_args": ["--api-secret", "from-args", "--grid-num", "20"]
  },
  "exchange_config": {
    "api_key": "s3cret-value", // s3cret-value
    "secret_key": "\${SECRET}",
    "passphrase": "a\\"b",
    "key": "vault-entry",
    "proxy": "http://user:pa55word@proxy:3128"
  }
}
`

describe('secrets in configuration texts', () => {
  it('are masked by key, by name, in addresses and wherever the value stands', () => {
    const masked = maskedText(json, 'a.json')
    for (const secret of ['s3cret-value', 'hunter2', 'from-args', 'pa55word', 'a\\"b'])
      assert.equal(masked.includes(secret), false, secret)
    for (const plain of ['${SECRET}', 'visible', 'vault-entry', '"20"', 'http://user:***@proxy'])
      assert.ok(masked.includes(plain), plain)
    assert.equal(masked.split('\n').length, json.split('\n').length)
  })

  it('are masked in YAML, and in fleet files', () => {
    const yaml = 'exchange_config:\n  private_key: 0xabcdef # mine\n  wallet_address: 0x77\n'
    assert.equal(maskedText(yaml, 'a.yml').includes('abcdef'), false)
    assert.match(maskedText(yaml, 'a.yml'), /wallet_address: 0x77/)
    const fleet = 'notifications:\n  telegram:\n    bot_token: "123:ABCDE"\n'
    assert.equal(maskedText(fleet, 'local.yml').includes('ABCDE'), false)
  })

  it('are masked line by line where a text cannot be parsed', () => {
    const broken =
      '{\n  "api_key": "abcdefgh",\n  "secret_key": "${OK}",\n  "x": \n  "url": "http://u:longpass@h"'
    const masked = maskedText(broken, 'a.json')
    assert.equal(masked.includes('abcdefgh'), false)
    assert.equal(masked.includes('longpass'), false)
    assert.ok(masked.includes('${OK}'))
  })

  it('that differ are named without their values', () => {
    const after = json.replaceAll('s3cret-value', 'another-one')
    assert.deepEqual(changedSecrets(json, after, 'a.json'), ['exchange_config.api_key'])
    assert.deepEqual(changedSecrets(json, json, 'a.json'), [])
  })
})

it('a value that looks like a secret is not shown where a damaged file has put it', () => {
  assert.equal(shown('bmV2ZXItdG8tYmUtc2Vlbi1pbi1h-0123456789'), '"***"')
  assert.equal(shown('0123456789abcdef0123456789abcdef'), '"***"')
  const set = 'hyperliquid/SOL_USDC_PERP/5m@2025-04-05..2025-04-12'
  assert.equal(shown(set), `"${set}"`)
})
