import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TestClient, wireOrder } from '../../../../test/support/hyperliquid-client.ts'
import { TestSandbox, type TestSandboxOptions } from '../../../../test/support/sandbox.ts'
import type { SandboxBackend } from '../front.ts'
import { HyperliquidFront } from './hyperliquid-front.ts'

const DAY_MS = 86_400_000
const NOOP = { type: 'noop' }
const DONE = { status: 'ok', response: { type: 'default' } }

function open(initial = 10_000, parts: Partial<TestSandboxOptions> = {}) {
  const budget = { initial, perUsdc: 1 }
  const front = (backend: SandboxBackend) => new HyperliquidFront(backend, { budget })
  const sandbox = new TestSandbox({ venue: 'hyperliquid', front, ...parts })
  return { sandbox, client: new TestClient(sandbox) }
}

describe('nonces', () => {
  test('are used once for each signer; a noop burns one', () => {
    const { client, sandbox } = open()
    const nonce = client.nextNonce()
    assert.deepEqual(client.exchange(NOOP, { nonce }), DONE)
    const order = { type: 'order', orders: [wireOrder(true, '29000', '0.01')], grouping: 'na' }
    const late = client.exchange(order, { nonce })
    assert.equal(late.response, `Invalid nonce: duplicate nonce ${nonce}`)
    assert.equal(sandbox.account.openOrders().length, 0, 'the burned order never executes')
    const used = client.nextNonce()
    assert.equal(client.exchange(order, { nonce: used }).status, 'ok')
    const burn = client.exchange(NOOP, { nonce: used })
    assert.equal(burn.response, `Invalid nonce: duplicate nonce ${used}`, 'it did arrive')
  })

  test('lie within two days before and one day after the clock', () => {
    const { client, sandbox } = open()
    const at = (offset: number) => client.exchange(NOOP, { nonce: sandbox.wallMs + offset })
    assert.match(at(-2 * DAY_MS).response, /nonce too low/)
    assert.match(at(DAY_MS).response, /nonce too high/)
    assert.deepEqual(at(-2 * DAY_MS + 1), DONE)
    assert.deepEqual(at(DAY_MS - 1), DONE)
  })

  test('the hundred highest are kept: below the lowest nothing is taken', () => {
    const { client, sandbox } = open()
    const base = sandbox.wallMs
    for (let index = 0; index < 100; index += 1) client.exchange(NOOP, { nonce: base + 10 * index })
    assert.equal(
      client.exchange(NOOP, { nonce: base - 1 }).response,
      `Invalid nonce: nonce too low ${base - 1} < ${base}`,
    )
    assert.deepEqual(client.exchange(NOOP, { nonce: base + 5 }), DONE, 'between two kept ones')
  })

  test('that an order has used are known after a restart of the sandbox', () => {
    const { client, sandbox } = open()
    const nonce = client.nextNonce()
    const order = { type: 'order', orders: [wireOrder(true, '29000', '0.01')], grouping: 'na' }
    client.exchange(order, { nonce })
    const restarted = new HyperliquidFront(sandbox.backend)
    Object.defineProperty(sandbox, 'front', { value: restarted })
    assert.equal(
      client.exchange(NOOP, { nonce }).response,
      `Invalid nonce: duplicate nonce ${nonce}`,
    )
  })
})

describe('deadlines', () => {
  test('an action that arrives after expiresAfter does nothing', () => {
    const { client, sandbox } = open()
    const order = { type: 'order', orders: [wireOrder(true, '29000', '0.01')], grouping: 'na' }
    const late = client.exchange(order, { expiresAfter: sandbox.wallMs - 1 })
    assert.equal(late.status, 'err')
    assert.match(late.response, /expiresAfter/)
    assert.equal(sandbox.account.openOrders().length, 0)
    assert.equal(client.exchange(order, { expiresAfter: sandbox.wallMs }).status, 'ok')
  })
})

describe('agents', () => {
  test('that are revoked or have expired do not exist', () => {
    for (const kind of ['key_revoked', 'agent_expired'] as const) {
      const { client, sandbox } = open()
      sandbox.fault({ kind })
      const { agentAddress } = sandbox.account.credentials
      const text = `User or API Wallet ${agentAddress} does not exist.`
      assert.deepEqual(client.exchange(NOOP), { status: 'err', response: text })
      assert.deepEqual(client.info('extraAgents', { user: client.user }), [])
    }
  })

  test('know no vaults and no other chain', () => {
    const { client } = open()
    const vaultAddress = `0x${'ab'.repeat(20)}`
    const answer = client.exchange(NOOP, { vaultAddress })
    assert.equal(answer.response, `Vault not registered: ${vaultAddress}`)
    assert.match(client.exchange(NOOP, { source: 'b' }).response, /does not exist/)
  })
})

describe('the budget of an address', () => {
  const limited = { hasRateLimits: true }
  const batch = (size: number) => ({
    type: 'order',
    orders: Array.from({ length: size }, () => wireOrder(true, '29000', '0.001')),
    grouping: 'na',
  })

  test('a batch of n counts n, and refused requests count nothing', () => {
    const { client } = open(10, limited)
    const used = () => client.info('userRateLimit', { user: client.user }).nRequestsUsed
    assert.equal(client.exchange(batch(9)).status, 'ok')
    assert.equal(used(), 9)
    assert.equal(client.exchange(batch(2)).status, 'ok', 'the one action of ten seconds')
    const refused = client.exchange(batch(2)).response
    assert.equal(
      refused,
      'Too many cumulative requests sent (13 > 10) for cumulative volume traded $0.00. Place taker orders to free up 1 request per USDC traded.',
    )
    assert.equal(used(), 11)
  })

  test('cancels go on up to twice the cap', () => {
    const { client } = open(4, limited)
    const placed = client.exchange(batch(4)).response.data.statuses
    const oids = placed.map((one: { resting: { oid: number } }) => one.resting.oid)
    client.exchange(NOOP)
    assert.match(client.exchange(NOOP).response, /Too many cumulative/)
    for (const o of oids.slice(0, 3)) {
      const answer = client.exchange({ type: 'cancel', cancels: [{ a: 0, o }] })
      assert.deepEqual(answer.response.data.statuses, ['success'])
    }
  })

  test('each USDC traded earns one more; ten seconds of waiting let one through', () => {
    const { client, sandbox } = open(1, limited)
    assert.equal(client.order(wireOrder(true, '31000', '0.01', { tif: 'Ioc' })).status, 'ok')
    const told = client.info('userRateLimit', { user: client.user })
    assert.equal(told.nRequestsCap, 1 + Math.floor(Number(told.cumVlm)))
    assert.ok(told.nRequestsCap > 250)
    const poor = open(1, limited)
    assert.deepEqual(poor.client.exchange(NOOP), DONE)
    assert.deepEqual(poor.client.exchange(NOOP), DONE)
    assert.match(poor.client.exchange(NOOP).response, /Too many cumulative/)
    poor.sandbox.advance(10_000)
    assert.deepEqual(poor.client.exchange(NOOP), DONE)
    assert.equal(sandbox.account.positions().length, 1)
  })
})

describe('weights', () => {
  test('1200 a minute for all of an internet address: then 429', () => {
    const { client, sandbox } = open(10_000, { hasRateLimits: true })
    for (let index = 0; index < 60; index += 1) {
      assert.ok(Array.isArray(client.info('metaAndAssetCtxs')), `request ${index}`)
    }
    const refused = sandbox.http('POST', '/info', { body: '{"type":"metaAndAssetCtxs"}' })
    assert.equal(refused.status, 429)
    assert.equal(sandbox.http('POST', '/exchange', { body: JSON.stringify({}) }).status, 422)
    sandbox.advance(0, 60_000)
    assert.ok(Array.isArray(client.info('metaAndAssetCtxs')))
  })
})
