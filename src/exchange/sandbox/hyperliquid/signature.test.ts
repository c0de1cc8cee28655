import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import {
  signedBody,
  TestClient,
  userSignedBody,
} from '../../../../test/support/hyperliquid-client.ts'
import { TestSandbox, wave } from '../../../../test/support/sandbox.ts'
import { readSignedRequest } from './actions.ts'
import { createHyperliquidFront } from './hyperliquid-front.ts'
import { addressOfKey, signerOfAction } from './signature.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const FROZEN_MS = 1_700_000_000_000
const KEY = `0x${'11'.repeat(32)}`
const SIGNER = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'

interface Sent {
  readonly url: string
  readonly body: string
}

function recorded(): readonly { readonly call: string; readonly http: readonly Sent[] }[] {
  const file = `${folder}/ccxt/requests_hyperliquid.json`
  const { marketsRequests, requests } = JSON.parse(readFileSync(file, 'utf8'))
  return [{ call: 'loadMarkets', http: marketsRequests }, ...requests]
}

/** BTC at 65,000, and an account whose owner is the key that signed what was recorded. */
const open = (walletAddress = SIGNER) =>
  new TestSandbox({
    venue: 'hyperliquid',
    front: createHyperliquidFront,
    wallMs: FROZEN_MS,
    rows: { 'BTC/USDC:USDC': wave(650_000, 0) },
    credentials: { walletAddress, privateKey: KEY, agentAddress: SIGNER },
  })

const post = (sandbox: TestSandbox, { url, body }: Sent) => {
  const { pathname } = new URL(url)
  return sandbox.http('POST', pathname, { body })
}

/** What the venue's rules say of a request, whoever signed it; `ok` for all others. */
const OWN_RULES: Readonly<Record<string, RegExp>> = {
  // The client id of the recording is no 128-bit number.
  cid0001: /Failed to deserialize/,
  // The order does not exist here.
  '1234567890': /never placed|Cannot modify/,
  '"o":111': /never placed/,
}

describe('what an unmodified client signs', () => {
  test('is accepted byte for byte', options, () => {
    const sandbox = open()
    let signed = 0
    for (const { call, http } of recorded()) {
      for (const sent of http) {
        const answer = post(sandbox, sent)
        const rule = Object.entries(OWN_RULES).find(([part]) => sent.body.includes(part))
        if (sent.url.endsWith('/info')) {
          assert.equal(answer.status, 200, `${call}: ${sent.body}`)
        } else if (rule && sent.url.endsWith('/exchange')) {
          assert.match(answer.body, rule[1], `${call}: ${sent.body}`)
        } else {
          assert.match(answer.body, /"status":"ok"/, `${call}: ${answer.body}`)
          assert.doesNotMatch(answer.body, /"error":"(?!Order could not immediately)/, call)
        }
        assert.doesNotMatch(answer.body, /does not exist|recover signer/, call)
        if (sent.url.endsWith('/exchange')) signed += 1
      }
    }
    assert.equal(signed, 15)
  })

  test('a changed byte is another signer, and that one does not exist', options, () => {
    const sandbox = open()
    const sent = recorded()
      .flatMap(({ http }) => http)
      .find(({ body }) => body.includes('"tif":"Alo"'))
    assert.ok(sent)
    for (const [from, to] of [
      ['"p":"66300"', '"p":"66301"'],
      ['"s":"0.01"', '"s":"0.02"'],
      ['"b":false', '"b":true'],
      ['"nonce":1700000000003', '"nonce":1700000000004'],
      ['"r":"0xff0a', '"r":"0xff0b'],
    ] as const) {
      assert.ok(sent.body.includes(from), from)
      const answer = post(sandbox, { ...sent, body: sent.body.replace(from, to) })
      assert.match(answer.body, /User or API Wallet 0x[0-9a-f]{40} does not exist\.|recover signer/)
      assert.doesNotMatch(answer.body, new RegExp(SIGNER))
    }
    assert.equal(sandbox.account.openOrders().length, 0)
    assert.match(post(sandbox, sent).body, /resting/)
  })
})

describe('signatures', () => {
  const action = { type: 'noop' }
  const envelope = { nonce: 1, vaultAddress: null, expiresAfter: null }

  const signerOf = (body: string, isMainnet = true) => {
    const request = readSignedRequest(JSON.parse(body))
    return signerOfAction(request.action, request, request.signature, isMainnet)
  }

  test('cover nonce, vault, deadline and chain', () => {
    assert.equal(addressOfKey(Buffer.from('11'.repeat(32), 'hex')), SIGNER)
    const vaultAddress = `0x${'ab'.repeat(20)}`
    const sending = { nonce: FROZEN_MS, expiresAfter: FROZEN_MS + 2500, vaultAddress }
    const body = signedBody(KEY, action, sending)
    assert.equal(signerOf(body), SIGNER)
    assert.notEqual(signerOf(body, false), SIGNER)
    for (const change of [{ nonce: 1 }, { expiresAfter: null }, { vaultAddress: null }]) {
      assert.notEqual(signerOf(JSON.stringify({ ...JSON.parse(body), ...change })), SIGNER)
    }
  })

  test('are taken over the order of keys and the numbers of the venue, not over the text', () => {
    const order = { a: 0, b: true, p: '65000', s: '0.01', r: false, t: { limit: { tif: 'Gtc' } } }
    const signed = JSON.parse(
      signedBody(KEY, { type: 'order', orders: [order], grouping: 'na' }, envelope as never),
    )
    const turned = {
      ...signed,
      action: { grouping: 'na', orders: [{ ...order, p: '65000.0' }], type: 'order' },
    }
    assert.equal(signerOf(JSON.stringify(turned)), SIGNER)
    const asWritten = signedBody(
      KEY,
      { type: 'order', orders: [{ ...order, p: '65000.0' }], grouping: 'na' },
      { nonce: 1 },
    )
    assert.notEqual(signerOf(asWritten), SIGNER)
  })

  test('leading zeros may be missing, other numbers are no signature', () => {
    const { r, s, v } = JSON.parse(signedBody(KEY, action, { nonce: 1 })).signature
    const short = (hex: string) => hex.replace(/^0x0+/, '0x')
    const signature = { r: short(r), s: short(s), v }
    assert.equal(signerOfAction(action, envelope, signature, true), SIGNER)
    assert.equal(signerOfAction(action, envelope, { ...signature, v: 29 }, true), null)
    assert.equal(signerOfAction(action, envelope, { ...signature, r: '0x0' }, true), null)
  })

  test('of an agent move no money', () => {
    const owner = `0x${'22'.repeat(20)}`
    const sandbox = open(owner)
    const client = new TestClient(sandbox)
    const chain = { signatureChainId: '0x66eee', hyperliquidChain: 'Mainnet' }
    const nonce = FROZEN_MS + 1
    for (const wish of [
      { type: 'withdraw3', ...chain, destination: owner, amount: '1', time: nonce },
      { type: 'usdSend', ...chain, destination: owner, amount: '1', time: nonce },
      { type: 'usdClassTransfer', ...chain, amount: '1', toPerp: false, nonce },
      { type: 'approveAgent', ...chain, agentAddress: owner, agentName: 'x', nonce },
    ]) {
      const answer = client.post('/exchange', userSignedBody(KEY, wish, nonce))
      const response = `Must deposit before performing actions. User: ${SIGNER}`
      assert.deepEqual(answer, { status: 'err', response }, wish.type)
    }
  })
})
