/** The bytes that leave for Aster. Recorded ones need MARKET_DATA. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { Clock } from '../../../ports/clock.ts'
import { VenueError } from '../../../ports/venue.ts'
import { NotSentError } from '../live/errors.ts'
import { type AsterExchange, asterExchange, type SignTerms } from './exchange.ts'
import { addressOf, privateKeyBytes } from './signing.ts'

const folder = process.env['MARKET_DATA'] || undefined
const recorded = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const FROZEN_MS = 1_700_000_000_000
const KEY = `0x${'11'.repeat(32)}`
/** The address of KEY: recorded requests were signed by a main key for itself. */
const OWN = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'
const MAIN = '0x2222222222222222222222222222222222222222'

interface RecordedHttp {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const clock: Clock = {
  monotonicMs: () => 0,
  wallMs: () => FROZEN_MS,
  after: () => () => {},
  every: () => () => {},
}

const make = (walletAddress = MAIN): Promise<AsterExchange> =>
  asterExchange({
    credentials: { walletAddress, privateKey: KEY },
    urls: { rest: 'https://fapi.asterdex.com', ws: 'wss://fstream.asterdex.com' },
    clock,
    tap: () => null,
    onMessage: () => {},
    onAnswer: () => {},
  })

const formOf = ({ url, body }: RecordedHttp): string => body ?? new URL(url).search.slice(1)

/** What the caller of a recorded request gave, in its order. */
function paramsOf(http: RecordedHttp): Record<string, string> {
  const params = Object.fromEntries(new URLSearchParams(formOf(http)))
  for (const own of ['nonce', 'user', 'signer', 'signature']) delete params[own]
  return params
}

const read = (form: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(form))

const sign = (exchange: AsterExchange, terms: SignTerms = {}, path = 'v3/order') =>
  exchange.sign(path, 'fapiPrivate', 'POST', { symbol: 'BTCUSDT' }, terms)

describe('requests to aster', () => {
  test('every signed request of unmodified ccxt, byte for byte', recorded, async () => {
    const exchange = await make(OWN)
    const { requests } = JSON.parse(readFileSync(`${folder}/ccxt/requests_aster.json`, 'utf8')) as {
      requests: { http: RecordedHttp[] }[]
    }
    const signed = requests
      .flatMap(({ http }) => http)
      .filter((http) => formOf(http).includes('signature=') && http.url.includes('//fapi.'))
    let count = 0
    for (const http of signed) {
      const path = new URL(http.url).pathname.replace('/fapi/', '')
      // This program cancels what it names, never everything.
      if (path === 'v3/allOpenOrders') continue
      const nonce = Number(new URLSearchParams(formOf(http)).get('nonce'))
      const made = exchange.sign(path, 'fapiPrivate', http.method, paramsOf(http), { nonce })
      assert.equal(made.url, http.url)
      assert.equal(made.body, http.body)
      assert.deepEqual(made.headers, http.headers)
      count++
    }
    assert.ok(count >= 17, String(count))
  })

  test('public requests of unmodified ccxt', recorded, async () => {
    const exchange = await make()
    const { requests } = JSON.parse(readFileSync(`${folder}/ccxt/requests_aster.json`, 'utf8')) as {
      requests: { http: RecordedHttp[] }[]
    }
    for (const { url } of requests.flatMap(({ http }) => http)) {
      if (url.includes('signature=') || !url.includes('?')) continue
      const { pathname, searchParams } = new URL(url)
      const path = pathname.replace('/fapi/', '')
      const made = exchange.sign(path, 'fapiPublic', 'GET', Object.fromEntries(searchParams))
      assert.equal(made.url, url)
    }
  })

  test('an agent signs for the account', async () => {
    const { body } = sign(await make())
    const { user, signer } = read(body)
    assert.deepEqual([user, signer], [MAIN, OWN])
    assert.equal(addressOf(privateKeyBytes(KEY)), OWN)
    assert.throws(() => privateKeyBytes('0x12'), NotSentError)
  })

  test('nonces are used once, whatever the clock does, and are shifted by half of what the venue allows', async () => {
    let wallMs = FROZEN_MS
    const moving = { ...clock, wallMs: () => wallMs }
    const exchange = await asterExchange({
      credentials: { walletAddress: MAIN, privateKey: KEY },
      urls: { rest: 'https://fapi.asterdex.com', ws: 'wss://fstream.asterdex.com' },
      clock: moving,
      tap: () => null,
      onMessage: () => {},
      onAnswer: () => {},
    })
    exchange.clockOffsetMs = 40
    const nonces: number[] = []
    const take = () => nonces.push(Number(read(sign(exchange).body)['nonce']))
    take()
    take()
    wallMs -= 60_000
    take()
    wallMs += 61_000
    take()
    const first = (FROZEN_MS + 40 - 5000) * 1000
    assert.deepEqual(nonces, [first, first + 1, first + 2, (FROZEN_MS + 1040 - 5000) * 1000])
  })

  test('an order that could live longer than its deadline is not signed', async () => {
    const exchange = await make()
    const short = read(sign(exchange, { expiresAt: FROZEN_MS + 1000 }).body)
    assert.equal(short['nonce'], String((FROZEN_MS - 9000) * 1000))
    assert.ok(sign(exchange, { expiresAt: FROZEN_MS + 5000 }).body)
    sign(exchange)
    for (const expiresAt of [FROZEN_MS, FROZEN_MS - 1, FROZEN_MS + 4000])
      assert.throws(
        () => sign(exchange, { expiresAt }),
        (error) => error instanceof NotSentError && error.code === 'expired',
        String(expiresAt - FROZEN_MS),
      )
  })

  test('builders, agents and money are never touched, by no way through ccxt', async () => {
    const exchange = await make()
    for (const path of [
      'v3/approveBuilder',
      'v3/updateBuilder',
      'v3/approveAgent',
      'v3/updateAgent',
      'v3/asset/wallet/transfer',
      'v3/registerAndApproveAgent',
      'v3/asset/migrateUser',
    ])
      assert.throws(() => sign(exchange, {}, path), NotSentError, path)
    assert.throws(() => exchange.sign('v3/builder', 'fapiPrivate', 'GET', {}), NotSentError)
    assert.throws(() => exchange.sign('v3/order', 'sapiPrivate', 'POST', {}), NotSentError)
    const urls: string[] = []
    exchange.fetch = (url: string) => {
      urls.push(url)
      return Promise.resolve({ symbols: [], serverTime: FROZEN_MS })
    }
    const ccxt = exchange as unknown as {
      loadMarketsAndSignIn(): Promise<unknown>
      createOrder(...args: unknown[]): Promise<unknown>
    }
    await ccxt.loadMarketsAndSignIn().catch(() => {})
    await assert.rejects(ccxt.createOrder('BTC/USDT:USDT', 'limit', 'buy', 1, 1))
    assert.ok(urls.every((url) => !/builder|approve/i.test(url)))
  })

  test('refusals are told by status and code, without the request', async () => {
    const exchange = await make()
    const answer = { code: -2013, msg: 'Order does not exist.' }
    assert.throws(
      () => exchange.handleErrors(400, '', 'https://x', 'GET', {}, '', answer, {}, ''),
      (error) =>
        error instanceof VenueError &&
        error.kind === 'rejected' &&
        error.message === 'aster refuses (-2013): Order does not exist..',
    )
    const done = { code: 200, msg: 'success' }
    assert.equal(exchange.handleErrors(200, '', '', 'POST', {}, '', done, {}, ''), true)
  })
})
