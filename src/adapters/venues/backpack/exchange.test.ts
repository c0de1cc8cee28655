/** The bytes that leave for Backpack. Recorded ones need MARKET_DATA. */
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { Clock } from '../../../ports/clock.ts'
import { VenueError } from '../../../ports/venue.ts'
import { NotSentError } from '../live/errors.ts'
import { type BackpackExchange, backpackExchange, signingKey, verifyingKey } from './exchange.ts'

const folder = process.env['MARKET_DATA'] || undefined
const recorded = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const FROZEN_MS = 1_700_000_000_000
const SEED = Buffer.alloc(32, 7).toString('base64')

interface Recorded {
  readonly requests: readonly {
    readonly call: string
    readonly args: readonly unknown[]
    readonly http: readonly RecordedHttp[]
  }[]
  readonly market: object
}

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

const make = (): Promise<BackpackExchange> =>
  backpackExchange({
    credentials: { apiKey: 'key', secretKey: SEED },
    urls: null,
    clock,
    tap: () => null,
    onMessage: () => {},
  })

/** Parameters of a recorded request, in the wrong order on purpose. */
function paramsOf({ url, body }: RecordedHttp): unknown {
  const given = body === undefined ? undefined : (JSON.parse(body) as object)
  const pairs = given ? Object.entries(given) : [...new URL(url).searchParams]
  return Object.fromEntries(pairs.reverse())
}

describe('requests to backpack', () => {
  test('every signed request of unmodified ccxt, byte for byte', recorded, async () => {
    const exchange = await make()
    const file = `${folder}/ccxt/requests_backpack.json`
    const { requests } = JSON.parse(readFileSync(file, 'utf8')) as Recorded
    const signed = requests.flatMap(({ http }) => http).filter(({ headers }) => headers)
    assert.ok(signed.length >= 15)
    for (const http of signed) {
      const path = new URL(http.url).pathname.slice(1)
      const made = exchange.sign(path, 'private', http.method, paramsOf(http))
      assert.equal(made.url, http.url)
      assert.equal(made.body, http.body)
      // ccxt names itself as the broker of every order; this program does not.
      const { 'X-Broker-Id': broker, ...headers } = http.headers ?? {}
      assert.equal(broker, '1400')
      assert.deepEqual({ ...made.headers }, headers)
    }
  })

  test('a batch is signed order by order, as the venue describes it', async () => {
    const exchange = await make()
    const orders = [
      { symbol: 'SOL_USDC_PERP', side: 'Bid', orderType: 'Limit', price: '141', quantity: '12' },
      { symbol: 'SOL_USDC_PERP', side: 'Bid', orderType: 'Limit', price: '140', quantity: '11' },
    ]
    const made = exchange.sign('api/v1/orders', 'private', 'POST', orders)
    assert.equal(made.body, JSON.stringify(orders))
    const text =
      'instruction=orderExecute&orderType=Limit&price=141&quantity=12&side=Bid&symbol=SOL_USDC_PERP' +
      '&instruction=orderExecute&orderType=Limit&price=140&quantity=11&side=Bid&symbol=SOL_USDC_PERP' +
      `&timestamp=${FROZEN_MS}&window=5000`
    assert.ok(isSigned(text, made.headers?.['X-Signature']))
  })

  test('the deadline of an order is its window, from the venue clock', async () => {
    const exchange = await make()
    exchange.clockOffsetMs = 300.7
    const deadline = { expiresAt: FROZEN_MS + 2500 }
    const { headers } = exchange.sign('api/v1/order', 'private', 'POST', { a: 1 }, deadline)
    assert.equal(headers?.['X-Timestamp'], String(FROZEN_MS + 300))
    assert.equal(headers?.['X-Window'], '2200')
    assert.ok(
      isSigned(
        `instruction=orderExecute&a=1&timestamp=${FROZEN_MS + 300}&window=2200`,
        headers?.['X-Signature'],
      ),
    )
  })

  test('what is past its deadline is not signed, and that proves that nothing left', async () => {
    const exchange = await make()
    const deadline = { expiresAt: FROZEN_MS }
    assert.throws(
      () => exchange.sign('api/v1/order', 'private', 'POST', {}, deadline),
      (error) => error instanceof NotSentError && error.code === 'expired',
    )
  })

  test('a path without an instruction is refused before it is sent', async () => {
    const exchange = await make()
    assert.throws(
      () => exchange.sign('wapi/v1/capital/withdrawals', 'private', 'POST', {}),
      NotSentError,
    )
  })

  test('refusals are told by status and code, without the request', async () => {
    const exchange = await make()
    const body = '{"code":"RESOURCE_NOT_FOUND","message":"Order not found"}'
    assert.throws(
      () =>
        exchange.handleErrors(
          404,
          '',
          'https://x/y?s=1',
          'GET',
          {},
          body,
          JSON.parse(body),
          {},
          '',
        ),
      (error) =>
        error instanceof VenueError &&
        error.kind === 'rejected' &&
        error.message === 'backpack refuses (RESOURCE_NOT_FOUND): Order not found.',
    )
  })

  test('the seed gives the verifying key (RFC 8032, 7.1, test 1)', () => {
    const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')
    const seed = base64('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
    const key = base64('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
    assert.equal(verifyingKey(signingKey(seed)), key)
    assert.throws(() => signingKey('c2hvcnQ='), NotSentError)
  })
})

function isSigned(text: string, signature: string | undefined): boolean {
  return verify(
    null,
    Buffer.from(text),
    createPublicKey(signingKey(SEED)),
    Buffer.from(signature ?? '', 'base64'),
  )
}
