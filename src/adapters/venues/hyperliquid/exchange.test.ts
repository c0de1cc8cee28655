/** The bytes that leave for Hyperliquid, and what never leaves. Recorded ones need MARKET_DATA. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { bytesToHex } from '@noble/hashes/utils.js'
import { VenueError } from '../../../ports/venue.ts'
import { NotSentError } from '../live/errors.ts'
import { MonotoneNonce } from '../live/nonce.ts'
import { type HyperliquidExchange, hyperliquidExchange, type Signature } from './exchange.ts'

const folder = process.env['MARKET_DATA'] || undefined
const recorded = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

interface Recorded {
  readonly testKeys: { readonly walletAddress: string; readonly privateKey: string }
  readonly requests: readonly {
    readonly call: string
    readonly args: readonly unknown[]
    readonly http: readonly { readonly url: string; readonly body: string }[]
  }[]
}

interface SentAction {
  readonly action: { readonly type: string; readonly builder?: unknown }
  readonly nonce: number
  readonly signature: Signature
}

/** The published test key of the venue's own SDK, and of @nktkas/hyperliquid. */
const SDK_KEY = '0x0123456789012345678901234567890123456789012345678901234567890123'
const NKTKAS_KEY = '0x822e9959e022b78423eb653a62ea0020cd283e71a2a8133a6ff2aeffaf373cff'
const WALLET = `0x${'2'.repeat(40)}`

const make = (privateKey: string, isTestnet = false, restUrl: string | null = null) =>
  hyperliquidExchange({
    walletAddress: WALLET,
    privateKey,
    isTestnet,
    restUrl,
    wsUrl: null,
    nextNonce: () => 1,
    tap: () => null,
    onMessage: () => {},
  })

/** ccxt writes numbers without leading zeros. */
const same = (found: Signature, r: string, s: string, v: number): void => {
  assert.equal(BigInt(found.r), BigInt(r))
  assert.equal(BigInt(found.s), BigInt(s))
  assert.equal(found.v, v)
}

const load = (): Recorded =>
  JSON.parse(readFileSync(`${folder}/ccxt/requests_hyperliquid.json`, 'utf8')) as Recorded

describe('signatures of hyperliquid', () => {
  const action = {
    type: 'order',
    orders: [{ a: 0, b: true, p: '30000', s: '0.1', r: false, t: { limit: { tif: 'Gtc' } } }],
    grouping: 'na',
  }
  const vault = '1234567890123456789012345678901234567890'
  const at = 1_234_567_890

  test('the deadline and the vault stand in the hash as published', async () => {
    const exchange = await make(NKTKAS_KEY)
    const hash = (vaultAddress?: string, expiresAfter?: number) =>
      bytesToHex(exchange.actionHash(action, vaultAddress, at, expiresAfter))
    assert.equal(hash(), '25367e0dba84351148288c2233cd6130ed6cec5967ded0c0b7334f36f957cc90')
    assert.equal(
      hash(undefined, at),
      'c30b002ba3775e4c31c43c1dfd3291dfc85c6ae06c6b9f393991de86cad5fac7',
    )
    assert.equal(
      hash(vault, at),
      '2d62412aa0fc57441b5189841d81554a6a9680bf07204e1454983a9ca44f0744',
    )
  })

  test('signatures with a deadline are the published ones, on the main and the test network', async () => {
    const main = await make(NKTKAS_KEY)
    same(
      main.signL1Action(action, at, undefined, at),
      '0x162a52128fb58bc6adb783e3d36913c53127851144fc45c5603a51e97b9202fd',
      '0x469571eb0a2101a32f81f9584e15fd35c723a6089e106f4f33798dbccf7cd416',
      28,
    )
    same(
      main.signL1Action(action, at, vault, at),
      '0x78fcca006d7fdfaf1f66978ef7a60280246fc3e7a5b39a68a1656c3e42c58bf1',
      '0x61a09957de7f0886c2bdffb7a94e3a257bf240796883ea6ceaf4d0be37055cdd',
      27,
    )
    const testnet = await make(NKTKAS_KEY, true)
    same(
      testnet.signL1Action(action, at, undefined, at),
      '0x5094989a7c0317db6553f21dd7f90d43415e8bd01af03829de249d4ea0aa5f66',
      '0x491d04966e81662bd4e70d607fac30e71803c01733f4f66ff7299b0470675b8b',
      27,
    )
  })

  test('client ids, triggers and the dead-man switch are signed as the SDK of the venue does', async () => {
    const exchange = await make(SDK_KEY)
    const order = { a: 1, b: true, p: '100', s: '100', r: false }
    const signed = (row: object) =>
      exchange.signL1Action({ type: 'order', orders: [row], grouping: 'na' }, 0)
    same(
      signed({ ...order, t: { limit: { tif: 'Gtc' } }, c: '0x00000000000000000000000000000001' }),
      '0x41ae18e8239a56cacbc5dad94d45d0b747e5da11ad564077fcac71277a946e3',
      '0x3c61f667e747404fe7eea8f90ab0e76cc12ce60270438b2058324681a00116da',
      27,
    )
    same(
      signed({ ...order, t: { trigger: { isMarket: true, triggerPx: '103', tpsl: 'sl' } } }),
      '0x98343f2b5ae8e26bb2587daad3863bc70d8792b09af1841b6fdd530a2065a3f9',
      '0x6b5bb6bb0633b710aa22b721dd9dee6d083646a5f8e581a20b545be6c1feb405',
      27,
    )
    same(
      exchange.signL1Action({ type: 'scheduleCancel' }, 0),
      '0x6cdfb286702f5917e76cd9b3b8bf678fcc49aec194c02a73e6d4f16891195df9',
      '0x6557ac307fa05d25b8d61f21fb8a938e703b3d9bf575f6717ba21ec61261b2a0',
      27,
    )
    same(
      exchange.signL1Action({ type: 'scheduleCancel', time: 123_456_789 }, 0),
      '0x609cb20c737945d070716dcc696ba030e9976fcf5edad87afa7d877493109d55',
      '0x16c685d63b5c7a04512d73f183b3d7a00da5406ff1f8aad33f8ae2163bab758b',
      28,
    )
  })

  test('every signed action of unmodified ccxt, byte for byte', recorded, async () => {
    const { testKeys, requests } = load()
    const exchange = await make(testKeys.privateKey)
    const sent = requests
      .flatMap(({ http }) => http)
      .filter(({ url }) => url.endsWith('/exchange'))
      .map(({ body }) => JSON.parse(body) as SentAction)
    assert.ok(sent.length >= 13)
    for (const { action: theirs, nonce, signature } of sent)
      assert.deepEqual(exchange.signL1Action(theirs, nonce), signature)
  })
})

describe('what never leaves for hyperliquid', () => {
  const refused = (exchange: HyperliquidExchange, action: object) =>
    assert.throws(
      () => exchange.sign('exchange', 'private', 'POST', { action, nonce: 1 }),
      (error) => error instanceof NotSentError && error.code === 'action_not_allowed',
    )

  test('transfers, withdrawals, approvals, referrers, and a builder on an order', async () => {
    const exchange = await make(SDK_KEY)
    const types = ['withdraw3', 'usdSend', 'approveAgent', 'approveBuilderFee', 'setReferrer']
    for (const type of types) refused(exchange, { type })
    refused(exchange, {})
    const builder = { b: '0x6530512a6c89c7cfcebc3ba7fcd9ada5f30827a6', f: 0 }
    refused(exchange, { type: 'order', orders: [], grouping: 'na', builder })
    const allowed = exchange.sign('exchange', 'private', 'POST', { action: { type: 'noop' } })
    assert.equal(allowed.url, 'https://api.hyperliquid.xyz/exchange')
  })

  test('the first private call is one request: no referrer, no builder fee', async () => {
    const exchange = (await make(SDK_KEY)) as HyperliquidExchange & CcxtOrders
    exchange.setMarkets([BTC])
    const sent: { url: string; body: string }[] = []
    exchange.fetch = (url, _method, _headers, body) => {
      sent.push({ url, body: String(body) })
      const statuses = [{ resting: { oid: 1 } }]
      return Promise.resolve({ status: 'ok', response: { type: 'order', data: { statuses } } })
    }
    const cid = { clientOrderId: `0x${'0'.repeat(31)}1` }
    await exchange.createOrder('BTC/USDC:USDC', 'limit', 'buy', 0.01, 65_000, cid)
    assert.equal(sent.length, 1)
    const { action } = JSON.parse(sent[0]?.body ?? '{}') as SentAction
    assert.equal(action.type, 'order')
    assert.equal(action.builder, undefined)
  })

  test('the socket is pinged every 20 s', async () => {
    const exchange = (await make(SDK_KEY)) as HyperliquidExchange & CcxtPings
    assert.equal(exchange.streaming.keepAlive, 20_000)
    assert.deepEqual(exchange.ping(), { method: 'ping' })
  })

  test('hosts that are not the venue', async () => {
    const exchange = await make(SDK_KEY, false, 'https://api.hyperliquid.example')
    await assert.rejects(
      async () => await exchange.request('info', 'public', 'POST', { type: 'meta' }),
      (error) => error instanceof NotSentError && error.code === 'host_not_allowed',
    )
  })
})

/** As ccxt keeps it; what the making of an order asks for. */
const BTC = {
  id: '0',
  symbol: 'BTC/USDC:USDC',
  base: 'BTC',
  quote: 'USDC',
  settle: 'USDC',
  baseId: '0',
  type: 'swap',
  spot: false,
  swap: true,
  contract: true,
  linear: true,
  precision: { amount: '0.00001', price: '1' },
  limits: {},
  info: {},
}

interface CcxtPings {
  readonly streaming: { readonly keepAlive: number }
  ping(): unknown
}

interface CcxtOrders {
  setMarkets(markets: readonly object[]): void
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price: number,
    params: object,
  ): Promise<unknown>
}

describe('answers of hyperliquid', () => {
  const statuses = [{ resting: { oid: 1 } }, { error: 'Order has zero size.' }]

  test('the refusal of one order is not thrown for the batch', async () => {
    const exchange = await make(SDK_KEY)
    const answer = { status: 'ok', response: { type: 'order', data: { statuses } } }
    assert.equal(exchange.handleErrors(200, '', '', '', {}, '', answer, {}, ''), true)
    const unknown = { status: 'unknownOid' }
    assert.equal(exchange.handleErrors(200, '', '', '', {}, '', unknown, {}, ''), true)
  })

  test('what is said of the whole answer is thrown by what it proves', async () => {
    const exchange = await make(SDK_KEY)
    const kindOf = (status: number, answer: unknown) => {
      try {
        exchange.handleErrors(status, '', '', '', {}, '', answer, {}, '')
      } catch (error) {
        return error instanceof VenueError ? `${error.kind} ${error.code}` : 'other'
      }
      return 'nothing'
    }
    const said = (response: string) => kindOf(200, { status: 'err', response })
    assert.equal(said(`User or API Wallet ${WALLET} does not exist.`), 'credential unknown_signer')
    assert.equal(said('Too many cumulative requests sent (2 > 1)'), 'rate_limited address_budget')
    assert.equal(said('Invalid nonce: duplicate nonce 1741107452532'), 'unknown duplicate_nonce')
    assert.equal(said('something new'), 'rejected refused')
    assert.equal(kindOf(429, undefined), 'rate_limited http_429')
    assert.equal(kindOf(422, undefined), 'rejected http_422')
    assert.equal(kindOf(502, undefined), 'nothing')
  })

  test('no address or key stands in the text of an error', async () => {
    const exchange = await make(SDK_KEY)
    const response = `User or API Wallet ${WALLET} does not exist.`
    assert.throws(
      () => exchange.handleErrors(200, '', '', '', {}, '', { status: 'err', response }, {}, ''),
      (error) => error instanceof VenueError && !error.message.includes(WALLET),
    )
  })
})

test('nonces never repeat, whatever the clock does', () => {
  let wallMs = 1_700_000_000_000
  const nonces = new MonotoneNonce(() => wallMs)
  const made = [nonces.next(), nonces.next(), nonces.next()]
  wallMs -= 3_600_000
  made.push(nonces.next())
  wallMs += 7_200_000
  made.push(nonces.next())
  assert.deepEqual(
    made,
    [...new Set(made)].sort((a, b) => a - b),
  )
})
